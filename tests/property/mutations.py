#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A worse capture of the same events never gives a new definite verdict.

usage: mutations.py [--rounds N | --seconds N] [--seed N] [--keep FOLDER] TURNSCOPE SAMPLES_FOLDER

Loses, duplicates, reorders and truncates packets of each sample, in the ways of degrade.py. A root
cause that is definite and an error must be as certain in the whole capture: what is missing from a
capture may hide a fault, it must not make one. Each round gives each sample one mutation, the same
on every machine. With --seconds the rounds go on until the time is up: a hunt, not a test."""
import argparse
import concurrent.futures
import os
import pathlib
import random
import sys
import time

import captures
import degrade


def definite_errors(document):
    """The codes of the root causes, of the document and of each attempt, that leave no doubt."""
    findings = {finding["id"]: finding for finding in document["findings"]}
    roots = {document["verdict"]["root_cause"]}
    roots.update(attempt["root_cause"] for attempt in document["attempts"])
    return {findings[root]["code"] for root in roots - {None}
            if findings[root]["certainty"] == "definite" and findings[root]["severity"] == "error"}


def certainties(document):
    """The most that is said of each code, whatever its severity."""
    ranks = ("hint", "strong", "definite")
    return {finding["code"]: finding["certainty"]
            for finding in sorted(document["findings"],
                                  key=lambda finding: ranks.index(finding["certainty"]))}


# What one fault is called when the packets before it are lost: of an alias that leads nowhere, the
# target's own NXDOMAIN is left.
ALSO_CALLED = {"dns.dangling-alias": "dns.nxdomain"}


def definite_codes(whole):
    codes = {code for code, certainty in whole.items() if certainty == "definite"}
    return codes | {ALSO_CALLED[code] for code in codes if code in ALSO_CALLED}


class Hunt:
    def __init__(self, binary, seed, keep):
        self.binary, self.seed, self.keep = binary, seed, keep
        self.known = {}

    def learn(self, sample):
        self.known[sample.name] = certainties(sample.diagnose(self.binary, sample.path))

    def try_one(self, sample, mutation, turn):
        """A line for what is wrong, or None."""
        label = f"{sample.name} {mutation.__name__} {self.seed}.{turn}"
        packets = mutation(sample.packets, random.Random(label))
        try:
            document = sample.diagnose_packets(self.binary, packets)
        except AssertionError as broken:
            return self.report(sample, packets, label, str(broken))
        whole = self.known[sample.name]
        if "capture.clock" in whole and "capture.clock" not in certainties(document):
            return None  # put in order: that the clock was set, which made for doubt, is gone
        invented = definite_errors(document) - definite_codes(whole)
        if not invented:
            return None
        return self.report(sample, packets, label, f"definite {', '.join(sorted(invented))}, the "
                           f"whole capture has {whole}")

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
                  for kind, mutation in enumerate(degrade.WAYS)
                  if (index + turn) % len(degrade.WAYS) == kind]
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
