#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Floods from spoofed addresses: memory stays within its limit, a real session among them stays
known, and what had to be forgotten is said.

usage: test_flood.py TURNSCOPE GENERATE"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TURNSCOPE, GENERATE = "", ""
PACKETS = 300_000
MEGABYTES = 256
# bench/floods.c: before every hundredth packet comes one of the session; its first six are
# signalling, and what follows are media of 200 octets by turns from either side.
WITNESS, EVERY, SIGNALLING, MEDIA = "10.10.10.10:40000", 100, 6, 200
# Each kind of flood, and what the analyzer must say that it forgot.
KINDS = {
    "flows": "flows",
    "transactions": "transactions",
    "names": "lookups",
    "connections": "connections",
    "fragments": "fragments",
    "allocations": "allocations",
    "hellos": "handshakes",
}


def run(command, out, stdin):
    """Runs it; the most memory that it took, in MB."""
    process = subprocess.Popen(command, stdout=out, stdin=stdin)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1000


def analyse(kind, *options):
    """The diagnosis of a flood, and the most memory that it took, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        pipe, report = pathlib.Path(folder, "pipe"), pathlib.Path(folder, "report")
        os.mkfifo(pipe)
        flood = subprocess.Popen([GENERATE, kind, pipe, str(PACKETS)], stdout=subprocess.DEVNULL)
        with open(pipe, "rb") as packets, open(report, "wb") as out:
            memory = run([TURNSCOPE, "-r", "-", "--json", *options], out, packets)
        flood.wait()
        return json.loads(report.read_bytes()), memory


class Flood(unittest.TestCase):
    def check_is_said(self, diagnosis, kind):
        self.assertGreater(diagnosis["analyzer"]["evicted"][KINDS[kind]], PACKETS // 100)
        codes = [finding["code"] for finding in diagnosis["findings"]]
        self.assertIn("analyzer.state-evicted", codes)

    def check_witness(self, diagnosis):
        known = [allocation for allocation in diagnosis["turn"]["allocations"]
                 if allocation["client"] == WITNESS]
        self.assertEqual(len(known), 1)
        octets = (PACKETS // EVERY - SIGNALLING) // 2 * MEDIA
        self.assertEqual(known[0]["state"], "allocated")
        self.assertEqual(known[0]["relayed_bytes"], {"to_peer": octets, "from_peer": octets})
        self.assertEqual(len(known[0]["channels"]), 1)

    def test_each_kind(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                diagnosis, memory = analyse(kind)
                self.check_is_said(diagnosis, kind)
                self.check_witness(diagnosis)
                self.assertLess(memory, MEGABYTES)

    def test_less_memory_forgets_earlier(self):
        usual = analyse("flows")[0]["analyzer"]["evicted"]["flows"]
        diagnosis, _ = analyse("flows", "--memory", "16")
        self.check_witness(diagnosis)
        self.assertGreater(diagnosis["analyzer"]["evicted"]["flows"], usual * 3 // 2)


if __name__ == "__main__":
    TURNSCOPE, GENERATE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
