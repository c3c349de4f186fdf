#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A worse capture of the same events never gives a new definite verdict.

usage: mutations.py [--rounds N | --seconds N] [--seed N] [--keep FOLDER] TURNSCOPE SAMPLES_FOLDER

Drops, duplicates, reorders and truncates packets of each sample. A root cause that is definite and
an error must be something the whole capture shows too: what is missing from a capture may hide a
fault, it must not make one. Each round gives each sample one mutation, the same on every machine.
With --seconds the rounds go on until the time is up: a hunt, not a test."""
import argparse
import concurrent.futures
import os
import pathlib
import random
import sys
import time

import captures

NEAR_MICROSECONDS = 50000
SNAPLENS = (60, 68, 96, 128, 256)


def drop(packets, chance):
    """Loses one packet in ten, or a run of packets."""
    if chance.random() < 0.5:
        return [packet for packet in packets if chance.random() >= 0.1]
    start = chance.randrange(len(packets))
    return packets[:start] + packets[start + chance.randint(1, 1 + len(packets) // 5):]


def drop_one(packets, chance):
    gone = chance.randrange(len(packets))
    return packets[:gone] + packets[gone + 1:]


def drop_direction(packets, chance):
    """Keeps, from some packet on, only what one side sends: the frames alike in their first
    octets, where the link layer's addresses are."""
    start, kept = chance.randrange(len(packets)), chance.choice(packets).octets[:6]
    return packets[:start] + [each for each in packets[start:] if each.octets[:6] == kept]


def duplicate(packets, chance):
    copies = []
    for packet in packets:
        copies.append(packet)
        if chance.random() < 0.2:
            copies.append(captures.Packet(packet.time + chance.randrange(200), packet.octets,
                                          packet.length))
    return copies


def reorder(packets, chance):
    """Swaps neighbours that are close in time; the times stay in order, as a capture's are."""
    order = list(packets)
    for index in range(len(order) - 1):
        near = packets[index + 1].time - packets[index].time <= NEAR_MICROSECONDS
        if near and chance.random() < 0.3:
            order[index], order[index + 1] = order[index + 1], order[index]
    return [captures.Packet(slot.time, packet.octets, packet.length)
            for slot, packet in zip(packets, order)]


def truncate(packets, chance):
    snaplen = chance.choice(SNAPLENS)
    return [captures.Packet(each.time, each.octets[:snaplen], each.length) for each in packets]


def truncate_some(packets, chance):
    return [captures.Packet(each.time, each.octets[:chance.randint(14, max(14, len(each.octets)))],
                            each.length) if chance.random() < 0.2 else each for each in packets]


MUTATIONS = (drop, drop_one, drop_direction, duplicate, reorder, truncate, truncate_some)


def definite_errors(document):
    """The codes of the root causes, of the document and of each attempt, that leave no doubt."""
    findings = {finding["id"]: finding for finding in document["findings"]}
    roots = {document["verdict"]["root_cause"]}
    roots.update(attempt["root_cause"] for attempt in document["attempts"])
    return {findings[root]["code"] for root in roots - {None}
            if findings[root]["certainty"] == "definite" and findings[root]["severity"] == "error"}


def codes(document):
    return {finding["code"] for finding in document["findings"]}


class Hunt:
    def __init__(self, binary, seed, keep):
        self.binary, self.seed, self.keep = binary, seed, keep
        self.known = {}

    def learn(self, sample):
        self.known[sample.name] = codes(sample.diagnose(self.binary, sample.path))

    def try_one(self, sample, mutation, turn):
        """A line for what is wrong, or None."""
        label = f"{sample.name} {mutation.__name__} {self.seed}.{turn}"
        packets = mutation(sample.packets, random.Random(label))
        try:
            document = sample.diagnose_packets(self.binary, packets)
        except AssertionError as broken:
            return self.report(sample, packets, label, str(broken))
        invented = definite_errors(document) - self.known[sample.name]
        if not invented:
            return None
        return self.report(sample, packets, label, f"definite {', '.join(sorted(invented))}, the "
                           f"whole capture has {sorted(self.known[sample.name])}")

    def report(self, sample, packets, label, text):
        if self.keep:
            captures.write(self.keep / (label.replace(" ", "_") + ".pcap"), sample.link_type,
                           packets)
        return f"{label}: {text}"


def rounds(hunt, every, turns, seconds, pool):
    """The number of mutated captures tried, and the complaints."""
    end, tried, wrong = time.monotonic() + (seconds or 1e9), 0, []
    list(pool.map(hunt.learn, every))
    for turn in range(turns):
        chosen = [(sample, mutation) for index, sample in enumerate(every)
                  for kind, mutation in enumerate(MUTATIONS)
                  if (index + turn) % len(MUTATIONS) == kind]
        for start in range(0, len(chosen), 16):
            if time.monotonic() > end:
                return tried, wrong
            part = chosen[start:start + 16]
            tried += len(part)
            wrong += filter(None, pool.map(lambda pair: hunt.try_one(*pair, turn), part))
    return tried, wrong


def main():
    parser = argparse.ArgumentParser(description="mutation test of the verdicts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="where to keep the captures that failed")
    parser.add_argument("turnscope", type=pathlib.Path)
    parser.add_argument("samples", type=pathlib.Path)
    options = parser.parse_args()
    hunt = Hunt(options.turnscope.resolve(), options.seed, options.keep)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tried, wrong = rounds(hunt, captures.samples(options.samples.resolve()),
                              1000000 if options.seconds else options.rounds, options.seconds, pool)
    print("\n".join(wrong + [f"{tried} mutated captures, {len(wrong)} wrong"]))
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
