#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: tests/live/soak.sh SECONDS TURNSCOPE GENERATE
# Captures under load in network namespaces of its own, keeping a ring of files and reporting now
# and then, and watches the memory. Floods fill every table first; then new clients come without end
# (their addresses change with every round of the traffic), and after the first third of the time no
# more memory may be asked for, nor much more be resident. TURNSCOPE_RATE is the load in packets a
# second. Exit status 77: cannot be run here.
set -euo pipefail

seconds=$1 turnscope=$(readlink -f "$2") generate=$(readlink -f "$3")
rate=${TURNSCOPE_RATE:-20000}
sink=soak-$$-sink source=soak-$$-source
growth=3 # per cent: what the allocator may still rearrange

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" = 0 ] || skip "network namespaces need root"
for program in ip tcpreplay; do
    command -v "$program" >/dev/null || skip "there is no $program"
done
ip netns add "$sink" 2>/dev/null || skip "network namespaces are not allowed here"
ip netns exec "$sink" true 2>/dev/null || {
    ip netns delete "$sink"
    skip "programs are not allowed in network namespaces here"
}
folder=$(mktemp -d)
started=()

clean_up() {
    for process in "${started[@]}"; do
        kill -KILL "$process" 2>/dev/null || true
    done
    ip netns delete "$sink" || true
    ip netns delete "$source" || true
    rm -rf "$folder"
}
trap clean_up EXIT

ip netns add "$source"
ip -n "$sink" link add cable type veth peer name cable netns "$source"
ip -n "$sink" link set cable up
ip -n "$source" link set cable up

# What is resident, and what is asked for, in KiB.
memory() {
    awk '$1 == "VmRSS:" { resident = $2 } $1 == "VmData:" { data = $2 } END { print resident, data }' \
        "/proc/$capture/status"
}

cd "$folder"
"$generate" signalling signalling.pcap 1000 >generated
"$generate" media media.pcap 50 500 >>generated
for flood in flows:300000 transactions:70000 connections:35000 allocations:70000 hellos:35000 \
    names:17000; do
    "$generate" "${flood%:*}" "flood-${flood%:*}.pcap" "${flood#*:}" >>generated
done
ip netns exec "$sink" "$turnscope" -i cable --json -o report -w ring.pcap -C 5 -W 2 2>errors &
capture=$! started+=("$!")
for _ in $(seq 100); do
    grep -q "listening on" errors && break
    sleep 0.1
done
ip netns exec "$source" tcpreplay -q -i cable --preload-pcap --pps=$((rate * 15)) flood-*.pcap \
    >flooded 2>&1
ip netns exec "$source" tcpreplay -q -i cable --loop=0 --unique-ip --preload-pcap --pps="$rate" \
    signalling.pcap media.pcap >replayed 2>&1 &
load=$! started+=("$!")

half_seconds=$((seconds * 2)) highest_at_first=0 highest=0 data_at_first=0 data=0
for ((i = 0; i < half_seconds; i++)); do
    sleep 0.5
    read -r now data < <(memory)
    if ((i * 3 < half_seconds)); then
        highest_at_first=$((now > highest_at_first ? now : highest_at_first))
        data_at_first=$((data > data_at_first ? data : data_at_first))
    fi
    highest=$((now > highest ? now : highest))
    ((i % 20 == 19)) && kill -USR1 "$capture"
done

kill -INT "$load"
wait "$load" || true
sleep 0.5
kill -INT "$capture"
status=0
wait "$capture" || status=$?
cat errors
# SIGUSR1 put documents in front of the last one.
python3 - report "$highest_at_first" "$highest" "$data_at_first" "$data" "$growth" "$status" <<'PYTHON'
import json
import sys

text = open(sys.argv[1], encoding="utf-8").read()
first, highest, data_first, data, growth, status = map(int, sys.argv[2:])
documents = []
while text.strip():
    document, end = json.JSONDecoder().raw_decode(text.lstrip())
    documents.append(document)
    text = text.lstrip()[end:]
source = documents[-1]["inputs"][0]
evicted = documents[-1]["analyzer"]["evicted"]
print(f"{source['packets']} packets, {source['dropped']} dropped, {len(documents)} reports, "
      f"{len(documents[-1]['findings'])} findings, evicted: {evicted}")
print(f"resident memory: {first} KiB at most in the first third, {highest} KiB at most in all; "
      f"asked for: {data_first} KiB, then {data} KiB")
drops = [f["count"] for f in documents[-1]["findings"] if f["code"] == "capture.drops"]
problems = []
if source["packets"] == 0:
    problems.append("nothing was captured")
# Tables are made at the start: their pages become resident as they are first used.
if highest * 100 > first * (100 + growth) and data > data_first:
    problems.append("memory grows")
if (drops or [0])[0] != source["dropped"]:
    problems.append(f"{source['dropped']} packets were dropped, but the finding says {drops}")
if status not in (0, 1):
    problems.append(f"exit status {status}")
print("\n".join(problems) or "as expected")
sys.exit(1 if problems else 0)
PYTHON
