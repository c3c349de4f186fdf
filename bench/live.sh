#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: bench/live.sh [SECONDS]
# What a live capture can take beside tcpdump and dumpcap, which only copy packets to /dev/null while
# turnscope analyses them: the highest rate without drops, and the processor time for a packet. Same
# snapshot length and buffer, a cable between two network namespaces. Needs root, tcpreplay, tcpdump
# and dumpcap. The sender runs on the same machine: leave it two processors of its own.
set -euo pipefail

seconds=${1:-3}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
buffer=16384 # KiB, turnscope's default
sink=bench-$$-sink source=bench-$$-source
folder=$(mktemp -d)

clean_up() {
    jobs -p | xargs -r kill -KILL 2>/dev/null || true
    ip netns delete "$sink" 2>/dev/null || true
    ip netns delete "$source" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT

cmake --preset release -S "$root" >"$folder/log"
cmake --build "$root/build/release" --target turnscope generate >>"$folder/log"
cd "$folder"
turnscope=$root/build/release/turnscope
"$root/build/release/bench/generate" media media.pcap 50 500 >>log
"$root/build/release/bench/generate" signalling signalling.pcap 1000 >>log

ip netns add "$sink"
ip netns add "$source"
ip -n "$sink" link add cable type veth peer name cable netns "$source"
ip -n "$sink" link set cable up
ip -n "$source" link set cable up

# Each tool: how to start it, and how to find in what it said how many it captured and dropped.
start() {
    case $1 in
    turnscope) set -- "$turnscope" -i cable --json -o report -B "$buffer" ;;
    turnscope-w) set -- "$turnscope" -i cable --json -o report -B "$buffer" -w /dev/null ;;
    tcpdump) set -- tcpdump -i cable -n -s 262144 -B "$buffer" -w /dev/null ;;
    dumpcap) set -- dumpcap -q -i cable -s 262144 -B $((buffer / 1024)) -w /dev/null ;;
    esac
    ip netns exec "$sink" "$@" >said 2>&1 &
    capture=$!
    until grep -qE "listening|Capturing|File:" said; do
        sleep 0.1
    done
}

counts() {
    case $1 in
    turnscope*) python3 -c 'import json
i = json.load(open("report"))["inputs"][0]
print(i["packets"], i["dropped"])' ;;
    tcpdump) awk '/packets captured/ { n = $1 } /dropped by kernel/ { d = $1 }
        END { print n, d }' said ;;
    dumpcap) tr '\r' '\n' <said | sed -n "s,^Packets received/dropped on interface 'cable': \([0-9]*\)/\([0-9]*\).*,\1 \2,p" ;;
    esac
}

# Processor time of a process so far, in clock ticks.
ticks() {
    awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# try TOOL RATE: sets captured, dropped, achieved (packets a second) and nanoseconds (a packet).
try() {
    local before after speed=(--topspeed)
    [ "$2" = 0 ] || speed=(--pps="$2")
    start "$1"
    before=$(ticks "$capture")
    ip netns exec "$source" tcpreplay -q -i cable --loop=0 --duration="$seconds" --preload-pcap \
        "${speed[@]}" media.pcap signalling.pcap >replayed 2>&1
    sleep 1
    after=$(ticks "$capture")
    kill -INT "$capture"
    wait "$capture" || true
    read -r captured dropped < <(counts "$1")
    achieved=$(awk '/^Rated:/ { print int($(NF - 1)) }' replayed)
    nanoseconds=$(((after - before) * 10000000 / (captured > 0 ? captured : 1)))
}

# Halves the distance between what worked and what did not.
highest() {
    local low=0 high=$fastest rate=$fastest
    cost=0
    for _ in 1 2 3 4 5 6; do
        try "$1" "$rate"
        if [ "$dropped" = 0 ]; then
            low=$achieved cost=$nanoseconds
            [ "$rate" = "$fastest" ] && break
        else
            high=$rate
        fi
        rate=$(((low + high) / 2))
    done
    best=$low
}

# Faster than this the sender cannot send.
try tcpdump 0
fastest=$achieved
echo "the sender sends at most $fastest packets a second"
declare -A rates
printf '%-12s %14s %8s %14s\n' tool packets/s ratio ns/packet
for tool in tcpdump dumpcap turnscope turnscope-w; do
    highest "$tool"
    rates[$tool]=$best
    printf '%-12s %14d %8.2f %14d\n' "$tool" "$best" \
        "$(awk "BEGIN { print $best / ${rates[tcpdump]} }")" "$cost"
done
