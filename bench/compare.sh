#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Packets a second and peak memory of turnscope beside other readers of the same capture files, and
# how far that is from the targets in README.md.
#
# usage: bench/compare.sh [FILE...]
#   without a FILE, one of media and one of signalling are generated, 2 GB each, and removed again
#   the target of pcap_count is that for media where the name of a FILE says "media"
# environment: BUILD (build/release), RUNS (3: the best one counts), SLICE (200000 packets for
#   tshark), TMPDIR (/tmp)
set -euo pipefail

cd "$(dirname "$0")/.."
build=${BUILD:-build/release}
runs=${RUNS:-3}
slice=${SLICE:-200000}
work=$(mktemp -d "${TMPDIR:-/tmp}/turnscope-compare.XXXXXX")
trap 'rm -rf "$work"' EXIT

need() {
    command -v "$1" >/dev/null || { echo "compare.sh: $1 is not installed" >&2; return 1; }
}

need cmake || exit 1
need /usr/bin/time || exit 1
cmake --build "$build" --target turnscope pcap_count generate >/dev/null 2>&1

# seconds of wall time, seconds of processor time, kilobytes: of the fastest of several runs
best_of() {
    local i
    for ((i = 0; i < runs; i++)); do
        # turnscope says with its exit status that it found a fault, too
        /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" >/dev/null 2>&1 || true
        tail -n 1 "$work/time"
    done | awk '{ print $1, $2 + $3, $4 }' | sort -n | head -n 1
}

# name, packets, seconds, processor seconds, kilobytes; $base is what pcap_count makes in a second
row() {
    awk -v name="$1" -v packets="$2" -v wall="$3" -v cpu="$4" -v kilobytes="$5" -v base="$base" '
        BEGIN {
            wall = wall > 0 ? wall : 0.005
            rate = packets / wall
            share = base > 0 ? sprintf("%.3f", rate / base) : "1"
            printf "%-12s %12d %9.2f %9.2f %14d %10s %10.1f\n",
                name, packets, wall, cpu, rate, share, kilobytes / 1000
        }'
}

# Also of a file that ends in the middle of a packet.
count() {
    { "$build/bench/pcap_count" "$1" 2>/dev/null || true; } | awk '{ print $1 }'
}

rate_of() {
    awk -v packets="$1" -v wall="$2" 'BEGIN { print packets / (wall > 0 ? wall : 0.005) }'
}

measure() {
    local name=$1 packets=$2 wall cpu kilobytes
    shift 2
    if ! need "$1"; then
        printf '%-12s %s\n' "$name" "not installed"
        return
    fi
    read -r wall cpu kilobytes < <(best_of "$@")
    rates[$name]=$(rate_of "$packets" "$wall")
    if [ "$name" = pcap_count ]; then
        base=${rates[$name]}
    fi
    row "$name" "$packets" "$wall" "$cpu" "$kilobytes"
}

# turnscope's rate as a multiple of another's, beside what is asked for
ratio() {
    local other=$1 target=$2
    [ -n "${rates[$other]:-}" ] || return 0
    awk -v ours="${rates[turnscope]}" -v theirs="${rates[$other]}" -v other="$other" \
        -v target="$target" 'BEGIN {
            ratio = ours / theirs
            verdict = ratio >= target ? "reached" : "missed"
            printf "  of %-12s %8.3f   target %s   %s\n", other, ratio, target, verdict
        }'
}

# The file's kind sets its first target: see README.md.
target_of() {
    case $1 in
    *media*) echo 0.8 ;;
    *) echo 0.35 ;;
    esac
}

compare() {
    local file=$1 packets
    declare -gA rates=()
    base=0
    packets=$(count "$file")
    echo "$file"
    printf '%-12s %12s %9s %9s %14s %10s %10s\n' program packets seconds cpu packets/s \
        of-count peak-MB
    measure pcap_count "$packets" "$build/bench/pcap_count" "$file"
    measure turnscope "$packets" "$build/turnscope" --json -o "$work/report.json" -r "$file"
    measure tcpdump "$packets" tcpdump -n -r "$file" 'less 1'
    measure ndpiReader "$packets" ndpiReader -q -i "$file"
    if need tcpdump && need tshark; then
        tcpdump -n -r "$file" -c "$slice" -w "$work/slice.pcap" 2>/dev/null
        measure tshark "$(count "$work/slice.pcap")" tshark -r "$work/slice.pcap" -Y stun
    fi
    ratio pcap_count "$(target_of "$file")"
    ratio ndpiReader 5
    ratio tshark 100
    echo
}

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    files=("$work/media.pcap" "$work/signalling.pcap")
    "$build/bench/generate" media "${files[0]}" >/dev/null
    "$build/bench/generate" signalling "${files[1]}" >/dev/null
fi
for file in "${files[@]}"; do
    compare "$file"
done
