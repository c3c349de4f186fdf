#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: tests/sandbox/whole_program.sh TURNSCOPE
# Every sample, read inside the sandbox by a build without sanitizers, from a file and from a pipe,
# with and without -w: whatever the analysis needs from the system must have been had before.
set -euo pipefail

turnscope=$(readlink -f "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# Nothing that was refused may show in the report.
diagnose() {
    "$turnscope" --profile samples/octavio.ini --json "$@" 2>&1 || true
}

compare() {
    cmp -s "$folder/outside" "$folder/inside" && return
    echo "$1: the sandbox changes the diagnosis"
    diff "$folder/outside" "$folder/inside" | head -5 || true
    failed=1
}

for capture in samples/*/capture.pcap*; do
    name=$(basename "$(dirname "$capture")")
    diagnose --no-sandbox -r "$capture" >"$folder/outside"
    diagnose -r "$capture" -w "$folder/kept" >"$folder/inside"
    compare "$name"
    diagnose --no-sandbox -r - <"$capture" >"$folder/outside"
    diagnose -r - <"$capture" >"$folder/inside"
    compare "$name, through a pipe"
done
[ "$failed" = 0 ] && echo "$(find samples -name 'capture.pcap*' | wc -l) samples as outside"
exit "$failed"
