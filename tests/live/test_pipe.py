#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A capture read from a pipe while it is made elsewhere.

usage: test_pipe.py TURNSCOPE SAMPLES"""
import pathlib
import signal
import subprocess
import sys
import time
import unittest

BINARY, SAMPLES = "", ""
WAIT = 30
FINDING = "turn.integrity-failure"


def has_blocked(status, number):
    """Whether the process of /proc/PID/status waits for the signal instead of dying from it."""
    line = next(line for line in status.read_text().splitlines() if line.startswith("SigBlk:"))
    return int(line.split()[1], 16) >> (number - 1) & 1


class Pipe(unittest.TestCase):
    def setUp(self):
        self.capture = pathlib.Path(SAMPLES, "case4-431", "capture.pcap").read_bytes()
        self.process = subprocess.Popen(
            [BINARY, "-r", "-", "--color", "never"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.process.communicate)
        self.addCleanup(self.process.kill)

    def write(self, octets):
        self.process.stdin.write(octets)
        self.process.stdin.flush()

    def finish(self):
        out, error = self.process.communicate(timeout=WAIT)
        return out.decode(), error.decode(), self.process.returncode

    def test_a_pipe_in_one_go_is_a_file(self):
        self.write(self.capture)
        out, error, status = self.finish()
        path = str(pathlib.Path(SAMPLES, "case4-431", "capture.pcap"))
        file = subprocess.run([BINARY, "-r", path, "--color", "never"], capture_output=True,
                              check=False)
        self.assertEqual(out.splitlines()[1:], file.stdout.decode().splitlines()[1:])
        self.assertEqual((error, status), ("", 1))

    def test_findings_come_while_the_pipe_is_open(self):
        self.write(self.capture)
        self.assertIn(FINDING, self.process.stdout.readline().decode())
        self.assertIsNone(self.process.poll())
        self.assertIn("\nFAIL  ", self.finish()[0])

    def test_an_interrupt_ends_with_the_report(self):
        self.write(self.capture[:-10])
        self.process.stdout.readline()
        self.process.send_signal(signal.SIGTERM)
        out = self.process.stdout.read().decode()
        self.assertIn("\nFAIL  ", out)
        # Half a packet on its way is no fault of the input.
        self.assertEqual(self.process.stderr.read(), b"")
        self.assertEqual(self.process.wait(WAIT), 1)

    @unittest.skipUnless(sys.platform == "linux", "there is no /proc")
    def test_an_interrupt_before_the_first_packet(self):
        deadline = time.monotonic() + WAIT
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        while not has_blocked(status, signal.SIGTERM) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.process.send_signal(signal.SIGTERM)
        out, error = self.process.stdout.read().decode(), self.process.stderr.read()
        self.assertIn("0 packets", out)
        self.assertEqual((error, self.process.wait(WAIT)), (b"", 0))

    def test_a_report_is_given_on_demand(self):
        self.write(self.capture)
        self.process.stdout.readline()
        self.process.send_signal(signal.SIGUSR1)
        while not self.process.stdout.readline().startswith(b"FAIL  "):
            pass
        self.assertIsNone(self.process.poll())
        self.assertIn("\nFAIL  ", self.finish()[0])


if __name__ == "__main__":
    BINARY, SAMPLES = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
