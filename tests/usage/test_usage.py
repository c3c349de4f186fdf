#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs turnscope as users do on a bad night, and looks at what is left on the disk.

usage: test_usage.py TURNSCOPE SAMPLES [TEST ...]"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TURNSCOPE = SAMPLES = None
FULL = pathlib.Path("/dev/full")
NOT_BOTH = "cannot be read and written at once: name another file with"


class Case(unittest.TestCase):
    """A capture of a wrong password, a profile and a password file, which may be harmed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for source, name in ((SAMPLES / "case4-431" / "capture.pcap", "a.pcap"),
                             (SAMPLES / "octavio.ini", "site.ini"),
                             (SAMPLES / "turn.secret", "turn.secret")):
            shutil.copy(source, self.folder / name)
        (self.folder / "turn.secret").chmod(0o600)

    def run_it(self, *arguments, **more):
        """(standard output, standard error, exit status)."""
        result = subprocess.run([TURNSCOPE, *map(str, arguments)], cwd=self.folder, text=True,
                                stderr=subprocess.PIPE, timeout=120,
                                **{"stdout": subprocess.PIPE, **more})
        return result.stdout, result.stderr, result.returncode


class Output(Case):
    def assert_refused(self, name, *arguments, **more):
        """Nothing is written over what is read."""
        before = (self.folder / name).read_bytes()
        out, error, status = self.run_it(*arguments, **more)
        self.assertEqual((out, status), ("", 2))
        self.assertEqual(error.count("\n"), 1)
        self.assertIn(NOT_BOTH, error)
        self.assertEqual((self.folder / name).read_bytes(), before)

    def test_never_over_the_capture(self):
        (self.folder / "link").symlink_to("a.pcap")
        for option in ("-o", "-w"):
            self.assert_refused("a.pcap", "-r", "a.pcap", option, "a.pcap")
            self.assert_refused("a.pcap", "-r", "a.pcap", option, "link")
            with open(self.folder / "a.pcap", "rb") as standard_input:
                self.assert_refused("a.pcap", "-r", "-", option, "a.pcap", stdin=standard_input)

    def test_never_over_what_is_given_beside_it(self):
        (self.folder / "named.ini").write_text("[turn]\npassword_file = turn.secret\n")
        for option in ("-o", "-w"):
            self.assert_refused("site.ini", "-r", "a.pcap", "--profile", "site.ini", option,
                                "site.ini")
            self.assert_refused("turn.secret", "-r", "a.pcap", "--turn-password-file",
                                "turn.secret", option, "turn.secret")
            self.assert_refused("turn.secret", "-r", "a.pcap", "--profile", "named.ini", option,
                                "turn.secret")

    def test_a_dash_is_standard_output(self):
        out, _, status = self.run_it("-r", "a.pcap", "-o", "-")
        self.assertEqual((out, status), (self.run_it("-r", "a.pcap")[0], 1))
        self.assertFalse((self.folder / "-").exists())

    @unittest.skipUnless(FULL.exists(), "no /dev/full here")
    def test_a_full_disk_is_named(self):
        for form in ("text", "json", "ndjson"):
            _, error, status = self.run_it("-r", "a.pcap", "-T", form, "-o", FULL)
            self.assertEqual(status, 2)
            self.assertRegex(error, f"^turnscope: {FULL}: the report could not be written: .+\n$")

    @unittest.skipUnless(FULL.exists(), "no /dev/full here")
    def test_nothing_is_lost_in_silence(self):
        for arguments in (("-r", "a.pcap"), ("--profile-template",), ("--list-findings",),
                          ("--explain", "dns.nxdomain"), ("--help",), ("--version",)):
            with open(FULL, "w", encoding="ascii") as full:
                _, error, status = self.run_it(*arguments, stdout=full)
            self.assertEqual(status, 2, arguments)
            self.assertRegex(error, "^turnscope: standard output: .*: .+\n$")

    def test_a_missing_password_file_is_named(self):
        (self.folder / "turn.secret").unlink()
        _, error, status = self.run_it("-r", "a.pcap", "--profile", "site.ini",
                                       "--turn-password-file", "turn.secret")
        self.assertEqual(status, 2)
        self.assertIn("turn.secret: the password file cannot be read: ", error)


class Passwords(Case):
    """What is said of the password file; what it holds is told nowhere."""

    def error_with(self, text):
        (self.folder / "turn.secret").write_text(text, encoding="utf-8")
        (self.folder / "turn.secret").chmod(0o600)
        out, error, status = self.run_it("-r", "a.pcap", "--turn-password-file", "turn.secret")
        self.assertEqual(status, 1)
        self.assertNotIn("s3cret", out + error)
        return error

    def test_a_user_without_a_line(self):
        """As a misspelt one: the file looks right, and nothing could be verified."""
        self.assertEqual(self.error_with("turnusr:s3cret\n"),
                         "turnscope: warning: turn.secret has no line for the user 'turnuser', whom "
                         "a TURN server rejects: add one to learn which side holds another "
                         "password\n")

    def test_a_user_with_a_line(self):
        for text in ("turnuser:s3cret\n", "turnuser:s3cret", "turnuser:s3:c ret \r\n",
                     "\ufeffturnuser:s3cret\n", "# all users\n\nbob:s3cret\nturnuser:s3cret\n"):
            self.assertEqual(self.error_with(text), "", repr(text))


class Head(Case):
    """The first lines of the report."""

    def head(self, *arguments):
        return self.run_it(*arguments)[0].split("\n\n")[0].splitlines()

    def test_one_packet(self):
        self.assertIn("a.pcap: 1 packet, ", self.head("-r", "a.pcap", "-c", 1)[0])
        self.assertIn("a.pcap: 2 packets, ", self.head("-r", "a.pcap", "-c", 2)[0])

    def test_a_filter_is_told(self):
        """What it keeps out must not be taken for what did not happen."""
        for arguments in (("-r", "a.pcap", "host", "192.0.2.1"),
                          ("-r", "a.pcap", "-f", "host 192.0.2.1")):
            self.assertEqual(self.head(*arguments),
                             ["a.pcap: 0 packets", "Only packets that match: host 192.0.2.1"])
        self.assertNotIn("match", "".join(self.head("-r", "a.pcap")))
        document = json.loads(self.run_it("--json", "-r", "a.pcap", "host", "192.0.2.1")[0])
        self.assertEqual(document["filter"], "host 192.0.2.1")
        self.assertNotIn("filter", json.loads(self.run_it("--json", "-r", "a.pcap")[0]))


class Verbose(Case):
    def test_http_exchanges_have_columns(self):
        sample = SAMPLES / "http-bad-request-http2"
        out = self.run_it("-v", "-r", sample / "capture.pcap", "--keylog", sample / "keys.log")[0]
        self.assertIn("\nHTTP\n  19:52:30.041740  GET cmsweb.octavio.com/: 400  #16\n", out)

    def test_findings_fit_into_80_columns(self):
        for arguments in ((), ("-v",)):
            out = self.run_it(*arguments, "-r", SAMPLES / "captive-portal" / "capture.pcap")[0]
            others = out[out.index("\nAlso found\n"):out.index("\nThe guide's cases\n")]
            headings = [line for line in others.splitlines()
                        if line.startswith(("  error ", "  warning ", "  info "))]
            self.assertEqual(len(headings), 3)
            self.assertLess(max(map(len, headings)), 80)


def main():
    global TURNSCOPE, SAMPLES
    TURNSCOPE, SAMPLES = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])


if __name__ == "__main__":
    main()
