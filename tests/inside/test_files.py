#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs turnscope with the files that users give beside a capture, good and bad.

usage: test_files.py TURNSCOPE SAMPLES [TEST ...]"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TURNSCOPE = SAMPLES = None
OCTAVIO = "octavio.ini"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, octets, name="keys.log"):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def run_it(self, *arguments, **more):
        """(document or None, standard error, exit status)."""
        result = subprocess.run([TURNSCOPE, "--json", *map(str, arguments)], capture_output=True,
                                text=True, timeout=120, **more)
        document = json.loads(result.stdout) if result.stdout else None
        return document, result.stderr, result.returncode


def codes(document):
    return [finding["code"] for finding in document["findings"]]


def case(document, name):
    return next(each for each in document["cases"] if each["id"] == name)


class KeyLogs(Case):
    """A page that is answered 400 inside TLS 1.3, with a good certificate."""

    def setUp(self):
        super().setUp()
        self.sample = SAMPLES / "http-bad-request-tls13"
        self.capture = self.sample / "capture.pcap"
        self.keys = (self.sample / "keys.log").read_bytes()
        self.lines = self.keys.splitlines(keepends=True)

    def analyse(self, keylog):
        return self.run_it("--profile", SAMPLES / OCTAVIO, "-r", self.capture, "--keylog", keylog)

    def assert_opened(self, keylog, remark=""):
        document, error, status = self.analyse(keylog)
        self.assertEqual(codes(document), ["http.bad-request"])
        self.assertEqual(status, 1)
        self.assertIn(remark, error)
        if not remark:
            self.assertEqual(error, "")

    def assert_closed(self, keylog, reason):
        """Nothing is seen, nothing is blamed, and the key log is said to be why."""
        document, error, status = self.analyse(keylog)
        self.assertEqual(codes(document), ["tls.certificate-hidden"])
        self.assertIn(reason, document["findings"][0]["explanation"])
        for name in ("bad-request", "not-secure"):
            self.assertEqual(case(document, name)["status"], "not-observable")
            self.assertIn(reason, case(document, name)["reason"])
        self.assertEqual((error, status), ("", 0))

    def assert_refused(self, keylog, problem):
        document, error, status = self.analyse(keylog)
        self.assertIsNone(document)
        self.assertEqual(status, 2)
        self.assertIn(f"{keylog}: {problem}", error)
        self.assertEqual(error.count("\n"), 1)

    def test_as_browsers_write_it(self):
        self.assert_opened(self.file(self.keys))

    def test_line_ends_comments_and_blank_lines(self):
        self.assert_opened(self.file(b"# comment\r\n\r\n" + self.keys.replace(b"\n", b"\r\n")))

    def test_in_any_order_and_twice(self):
        self.assert_opened(self.file(b"".join(reversed(self.lines)) + self.keys))

    def test_without_the_last_line_end(self):
        self.assert_opened(self.file(self.keys.rstrip()))

    def test_lines_of_other_kinds(self):
        self.assert_opened(self.file(b"RSA 0102 03\n" + self.keys + b"ECH_SECRET 01 02\n"))

    def test_malformed_lines(self):
        bad = [b"CLIENT_RANDOM zz 00\n", b"\x00\xff\n", b"x" * 100000 + b"\n",
               self.lines[0][:90] + b"\n"]
        self.assert_opened(self.file(b"".join(bad) + self.keys),
                           "keys.log: 4 of its lines are not those of a key log")

    def test_of_another_connection(self):
        other = (SAMPLES / "page-tls13" / "keys.log").read_bytes()
        self.assert_closed(self.file(other), "has no secrets of this connection")

    def test_other_secrets_for_the_same_random(self):
        lines = []
        for line in self.keys.decode().split("\n")[:-1]:
            lines.append(line[:-1] + ("1" if line[-1] == "0" else "0"))
        self.assert_closed(self.file("\n".join(lines).encode() + b"\n"), "its secrets do not open it")

    def test_of_one_direction(self):
        client = [line for line in self.lines if line.startswith(b"CLIENT")]
        self.assert_closed(self.file(b"".join(client)), "has only some of the secrets")
        server = [line for line in self.lines if line.startswith(b"SERVER")]
        document, _, _ = self.analyse(self.file(b"".join(server)))
        self.assertEqual(codes(document), ["http.bad-request"])
        self.assertIsNone(document["http"]["exchanges"][0]["method"])

    def test_of_the_handshake_alone(self):
        part = [line for line in self.lines if b"TRAFFIC_SECRET_0" not in line]
        document, _, _ = self.analyse(self.file(b"".join(part)))
        self.assertEqual(case(document, "not-secure")["status"], "cleared")
        self.assertIn("only some of the secrets", case(document, "bad-request")["reason"])

    def test_cut_anywhere(self):
        """A line that is cut gives nothing, or what the whole one gives."""
        for length in range(1, len(self.keys), 61):
            document, _, status = self.analyse(self.file(self.keys[:length]))
            if document is None:
                self.assertEqual(status, 2)
            else:
                self.assertIn(codes(document), (["http.bad-request"], ["tls.certificate-hidden"], []))

    def test_no_key_log_at_all(self):
        self.assert_refused(self.file(bytes(range(256)) * 64), "has no usable line")
        self.assert_refused(self.file(b"-----BEGIN PRIVATE KEY-----\n"), "has no usable line")
        self.assert_refused(self.folder, "is a directory")
        self.assert_refused(self.folder / "none", "there is no such file")

    def test_empty(self):
        """As a browser leaves it that refused every certificate: the rest is diagnosed all the same."""
        document, remark, _ = self.analyse(self.file(b""))
        self.assertIn("is empty", remark)
        self.assertIn("tls.certificate-hidden", codes(document))

    def test_through_a_pipe(self):
        path = self.folder / "fifo"
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(self.keys,))
        writer.start()
        self.assert_opened(path)
        writer.join()

    def test_huge(self):
        """100 MB of other connections; this one's secrets stand at the end, or at the beginning."""
        line = "CLIENT_RANDOM {:064x} " + 96 * "a" + "\n"
        others = "".join(line.format(i) for i in range(600000)).encode()
        self.assertGreater(len(others), 100_000_000)
        remark = "only the latest 16384 connections of the key log are kept"
        self.assert_opened(self.file(others + self.keys), remark)
        document, error, _ = self.analyse(self.file(self.keys + others))
        self.assertEqual(codes(document), ["tls.certificate-hidden"])
        self.assertIn(remark, error)

    def test_that_grows_behind_the_packets(self):
        """The secrets come in pieces, after the handshake has passed."""
        path = self.file(b"# new\n")
        octets = self.capture.read_bytes()
        with subprocess.Popen([TURNSCOPE, "--json", "-r", "-", "--keylog", path],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdin.write(octets[:-700])
            process.stdin.flush()
            time.sleep(1)
            with open(path, "ab", buffering=0) as file:
                for start in range(0, len(self.keys), 100):
                    file.write(self.keys[start:start + 100])
            out, error = process.communicate(octets[-700:], timeout=60)
        self.assertEqual(error, b"")
        document = json.loads(out)
        self.assertEqual(codes(document), ["http.bad-request"])
        self.assertTrue(document["tls"]["handshakes"][0]["certificate_visible"])


LINES = """\
2017-05-20 18:15:28.769 Warning Web bridge connection to "cmsweb.cms.octavio.local" failed (connect failure)
2017-05-20 19:43:18.805 Info call 6: setting up combined RTP session for DTLS (combined media and control)
2017-05-20 19:43:21.805 Info call 6: ICE failure; relay candidate creation timeout
2017-05-20 19:50:21.805 Info call 7: ICE failure 4 (unauthorized - check credentials)
"""


class EventLog(Case):
    """The guide's lines of the event log of CMS, without a capture and with one."""

    def test_alone(self):
        log = self.file(LINES.encode(), "event.log")
        document, error, status = self.run_it("--cms-log", log)
        self.assertEqual((error, status), ("", 1))
        self.assertEqual(codes(document), ["webbridge.link-failed", "relay.candidate-timeout",
                                           "ice.unauthorized"])
        self.assertEqual({finding["certainty"] for finding in document["findings"]}, {"definite"})
        self.assertEqual(case(document, "join-call-missing")["status"], "matched")
        self.assertEqual(case(document, "connect-timeout")["status"], "matched")
        self.assertEqual(case(document, "not-secure")["status"], "not-observable")
        self.assertEqual(document["inputs"], [
            {"source": str(log), "kind": "cms-log", "link_type": None, "packets": 0, "bytes": 0,
             "first": None, "last": None, "truncated_packets": 0, "malformed_packets": 0,
             "dropped": 0, "error": None,
             "lines": 4}])

    def test_three_seconds_from_set_up_to_time_out(self):
        document, _, _ = self.run_it("--cms-log", self.file(LINES.encode(), "event.log"))
        evidence = document["findings"][1]["evidence"]
        self.assertEqual([each["frame"] for each in evidence], [2, 3])
        self.assertEqual([each["time"] for each in evidence],
                         ["2017-05-20T19:43:18.805000Z", "2017-05-20T19:43:21.805000Z"])

    def test_evidence_names_its_own_input(self):
        document, _, _ = self.run_it("-r", SAMPLES / "healthy" / "capture.pcap", "--cms-log",
                                     self.file(LINES.encode(), "event.log"))
        kinds = [each["kind"] for each in document["inputs"]]
        self.assertEqual(kinds, ["file", "cms-log"])
        of_log = [each["input"] for finding in document["findings"]
                  for each in finding["evidence"] if finding["code"] == "ice.unauthorized"]
        self.assertEqual(of_log, [1])

    def test_text_numbers_lines(self):
        """What stands there are lines and not frames, and nobody sent them."""
        text = subprocess.run([TURNSCOPE, "--cms-log", self.file(LINES.encode(), "event.log")],
                              capture_output=True, text=True, timeout=120).stdout
        evidence = text[text.index("Evidence\n"):].splitlines()
        self.assertEqual(evidence[1].split(), "line time (UTC) of the CMS event log".split())
        self.assertEqual(evidence[2].split()[0], "1")
        self.assertNotIn("frame", text)

    def test_from_standard_input(self):
        document, _, status = self.run_it("--cms-log", "-", input=LINES)
        self.assertEqual((len(document["findings"]), status), (3, 1))

    def test_nothing_to_tell(self):
        log = self.file(b"2017-05-20 18:15:28.769 Info all is well\n", "event.log")
        document, _, status = self.run_it("--cms-log", log)
        self.assertEqual((codes(document), status), ([], 0))
        self.assertEqual(document["verdict"]["status"], "inconclusive")


class Secrets(Case):
    """What TLS hid may be shown; what it hid for good reason is not."""

    # Every secret of samples/make/conversations.py and of the lab's users.
    HIDDEN = ["do-not-keep", "cisco"]

    def test_no_output_has_any(self):
        for name in ("http-bad-request-tls12", "http-bad-request-tls13", "http-bad-request-http2",
                     "http-websocket-refused",
                     "page-tls13", "turn-inside-tls", "turn-inside-tls-refused"):
            sample = SAMPLES / name
            keys = (sample / "keys.log").read_text().split()
            arguments = ["-v", "-r", sample / "capture.pcap", "--keylog", sample / "keys.log",
                         "--turn-password-file", SAMPLES / "turn.secret", "--profile",
                         SAMPLES / OCTAVIO]
            for form in ("text", "json", "ndjson"):
                result = subprocess.run([TURNSCOPE, "-T", form, *map(str, arguments)], text=True,
                                        capture_output=True, timeout=60)
                said = result.stdout + result.stderr
                self.assertTrue(result.stdout)
                for secret in self.HIDDEN + keys[2::3]:
                    self.assertNotIn(secret, said, f"{name} as {form}")


class Filters(Case):
    @unittest.skipUnless(sys.platform == "linux", "there is no /proc")
    def test_an_interrupt_while_nothing_passes(self):
        """A record of a packet without bytes is 16 zeros: a hole holds billions of them."""
        path = self.file((SAMPLES / "case4-431" / "capture.pcap").read_bytes(), "hole.pcap")
        whole = self.run_it("-r", path, "udp")[0]["inputs"][0]["packets"]
        os.truncate(path, 1 << 36)
        process = subprocess.Popen([TURNSCOPE, "--json", "-r", path, "udp"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        while not blocks_interrupts(process.pid):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
        self.assertEqual(json.loads(out)["inputs"][0]["packets"], whole)
        self.assertEqual(error, b"")


def blocks_interrupts(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
    return int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    TURNSCOPE, SAMPLES = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    unittest.main()
