#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: tests/races/races.sh
# ThreadSanitizer, which ends a program with status 66, watches the thread that reads ahead and the
# one that analyses: in its own test, and in the whole program with thousands of sessions while
# reports are asked for in the middle.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lib/dependencies.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

build races -- test_ahead turnscope generate
# Older ones do not start where addresses are spread over more bits than they know.
fixed=()
starts() {
    "${fixed[@]}" build/races/turnscope --version >/dev/null 2>&1
}
starts || fixed=(setarch "$(uname -m)" -R)
starts || { say "ThreadSanitizer does not start here: races were not looked for"; exit 0; }

quietly "${fixed[@]}" build/races/tests/test_ahead

build/races/bench/generate signalling "$folder/capture.pcap" 5000 >/dev/null
# Until it takes signals, they shall not end it.
(
    trap '' USR1
    exec "${fixed[@]}" build/races/turnscope --json -r "$folder/capture.pcap" -o "$folder/reports"
) 2>"$folder/races" &
program=$!
for _ in 1 2 3 4 5; do
    sleep 0.1
    kill -USR1 "$program" 2>/dev/null || break
done
status=0
wait "$program" || status=$?
cat "$folder/races"
[ "$status" -le 1 ] || exit 1
[ "$(grep -c '"schema"' "$folder/reports")" -gt 1 ] || { echo "no report in the middle"; exit 1; }
