#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The worst that packets can cost: twice as many take twice as long, not four times.

usage: test_worst.py TURNSCOPE GENERATE"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TURNSCOPE, GENERATE = "", ""
TRIES = 3
# What a busy machine may add to twice the time, and seconds too few to be measured.
FACTOR, SLACK = 3.0, 0.05
# So many packets take a few tenths of a second with sanitizers.
KINDS = {
    "worst-pointers": 20_000,
    "worst-attributes": 20_000,
    "worst-segments": 100_000,
    "worst-holes": 50_000,
    "worst-heads": 100_000,
    "worst-tags": 100_000,
    "worst-records": 100_000,
    "worst-frames": 3_000,
    "worst-overlaps": 100_000,
    "worst-certificates": 100,
    "worst-nesting": 50_000,
    "worst-findings": 20_000,
    "worst-paths": 24_576,
}


def seconds(capture):
    """The least processor time that the analysis of this capture took."""
    times = []
    for _ in range(TRIES):
        process = subprocess.Popen([TURNSCOPE, "-r", capture, "--json"],
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        times.append(usage.ru_utime)
    return min(times)


class Worst(unittest.TestCase):
    def test_time_is_linear(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder, "capture.pcap")
            for kind, packets in KINDS.items():
                times = []
                for count in (packets, 2 * packets):
                    subprocess.run([GENERATE, kind, capture, str(count)], check=True,
                                   stdout=subprocess.DEVNULL)
                    times.append(seconds(capture))
                with self.subTest(kind=kind, times=times):
                    self.assertLess(times[1], FACTOR * times[0] + SLACK)


if __name__ == "__main__":
    TURNSCOPE, GENERATE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
