#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: completion.sh TURNSCOPE COMPLETION
# Types beginnings of words into the completion for bash and compares what it offers.
set -euo pipefail

binary=$1
# shellcheck source=/dev/null
. "$2"
failed=0
PATH=$(dirname "$binary"):$PATH

# offers WANTED WORD...: what is offered for the last of the words behind "turnscope".
offers() {
    local wanted=$1
    shift
    COMP_WORDS=(turnscope "$@") COMP_CWORD=$#
    _turnscope || true
    [ "${COMPREPLY[*]-}" = "$wanted" ] && return
    echo "turnscope $*: offers '${COMPREPLY[*]-}' instead of '$wanted'"
    failed=1
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
touch a.pcap b.ini "call of Monday.pcap"

offers "--json" --js
offers "--read --rotate-size --rotate-seconds --rotate-files --relinquish-privileges" --r
offers "a.pcap" -r a
offers "b.ini" --profile b
offers "call of Monday.pcap" -r call
[ "${#COMPREPLY[@]}" = 1 ] || { echo "a name with spaces is taken apart"; failed=1; }
offers "text json ndjson" -T ""
offers "expressway-e-lan1 expressway-e-lan2 expressway-c" --vantage ex
offers "always" --color al
offers "warning" --fail-on w
offers "turn.quota-reached" --explain turn.q
offers "root" -Z roo
offers "any" -i an
offers "" -c ""
offers "" -r a.pcap "host"
mapfile -t every < <("$binary" --help | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p')
offers "${every[*]}" --
exit "$failed"
