#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Live captures, each in network namespaces of its own: needs root, else it is skipped (77).

usage: test_live.py TURNSCOPE [TEST ...]"""
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tui"))

import network
from network import SERVER, Network, Turnscope
from terminal import Terminal

BINARY = ""


def is_sanitized():
    """A build with sanitizers has no sandbox."""
    return b"__asan_init" in pathlib.Path(BINARY).read_bytes()


def frames(path):
    return len(network.run("tshark", "-r", str(path)).splitlines())


def diagnosis(*arguments):
    result = subprocess.run([BINARY, "--json", *arguments], capture_output=True, text=True,
                            check=False)
    return json.loads(result.stdout)


def codes(document):
    """What was found, but for what is said of a capture as a whole."""
    return sorted(finding["code"] for finding in document["findings"]
                  if not finding["code"].startswith("capture."))


class LiveTest(unittest.TestCase):
    def setUp(self):
        self.network = self.enterContext(Network()) if hasattr(self, "enterContext") else None
        if self.network is None:
            self.network = Network()
            self.network.__enter__()
            self.addCleanup(self.network.__exit__)
        self.folder = self.network.folder

    def turnscope(self, *arguments, **options):
        return Turnscope(self.network, BINARY, *arguments, **options)


@unittest.skipUnless(shutil.which("turnserver"), "there is no turnserver (coturn)")
class Diagnosis(LiveTest):
    def test_a_wrong_password_is_said_within_a_second(self):
        self.network.start_turn_server("right")
        scope = self.turnscope("-i", "cable", "-T", "ndjson", "-w", "kept.pcap")
        self.network.start_turn_client("wrong")
        finding, delay = scope.wait_for_finding("turn.integrity-failure")
        self.assertLess(delay, 1)
        self.assertEqual(finding["subjects"]["username"], "turnuser")
        out, _, status = scope.end()
        self.assertEqual(status, 1)
        live = json.loads(out.splitlines()[-1])
        self.assertEqual(live["type"], "diagnosis")
        self.assertEqual(live["verdict"]["status"], "fail")
        self.assertEqual(live["inputs"][0]["kind"], "interface")
        again = diagnosis("-r", self.folder / "kept.pcap")
        self.assertEqual(again["verdict"]["status"], "fail")
        self.assertEqual(again["verdict"]["sentence"], live["verdict"]["sentence"])
        self.assertEqual(codes(again), codes(live))
        self.assertEqual(frames(self.folder / "kept.pcap"), live["inputs"][0]["packets"])

    def test_the_right_password_is_no_finding(self):
        self.network.start_turn_server("right")
        scope = self.turnscope("-i", "cable", "--json", "--fail-on", "error")
        self.network.start_turn_client("right").wait(network.WAIT)
        out, _, status = scope.end()
        self.assertNotIn("turn.integrity-failure", out)
        states = [a["state"] for a in json.loads(out)["turn"]["allocations"]]
        self.assertTrue(states)
        self.assertFalse({"refused", "unanswered"} & set(states), states)
        self.assertEqual(status, 0)

    def test_the_report_comes_when_asked_for(self):
        self.network.start_turn_server("right")
        scope = self.turnscope("-i", "cable", "--color", "never")
        self.network.start_turn_client("wrong")
        scope.wait_for_line(scope.process.stdout, "turn.integrity-failure")
        scope.tell(signal.SIGUSR1)
        scope.wait_for_line(scope.process.stdout, "FAIL  The TURN server rejects")
        scope.wait_for_line(scope.process.stdout, "The guide's cases")
        self.assertIsNone(scope.process.poll())
        out, _, status = scope.end(signal.SIGTERM)
        self.assertIn("FAIL  The TURN server rejects", out)
        self.assertEqual(status, 1)

    def test_silence_is_found_while_nothing_comes(self):
        """A client that does not come back after the challenge: no packet makes the finding."""
        self.network.start_turn_server("right")
        scope = self.turnscope("-i", "cable", "-T", "ndjson")
        allocate = "000300082112a442" + 12 * "07" + "0019000411000000"
        self.network.python(self.network.client, f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes.fromhex('{allocate}'), ('{SERVER}', 3478))
s.recv(1500)
""")
        scope.wait_for_finding("turn.challenge-unanswered")
        self.assertEqual(scope.end()[2], 1)


@unittest.skipUnless(shutil.which("turnserver"), "there is no turnserver (coturn)")
@unittest.skipUnless(shutil.which("tmux"), "there is no tmux")
class Dashboard(LiveTest):
    """The same on the screen."""

    def open(self, *arguments):
        command = " ".join(("ip netns exec", self.network.server, BINARY, "-t", *arguments))
        return self.enter(Terminal(command, 100, 30))

    def enter(self, terminal):
        self.addCleanup(terminal.close)
        self.assertIsNotNone(terminal.wait_for("live, "), terminal.screen())
        return terminal

    def test_a_wrong_password_is_shown_within_a_second(self):
        self.network.start_turn_server("right")
        terminal = self.open("-i", "cable", "-o", str(self.folder / "report.txt"))
        start = time.monotonic()
        self.network.start_turn_client("wrong")
        self.assertIsNotNone(terminal.wait_for("rejects"), terminal.screen())
        self.assertLess(time.monotonic() - start, 1)
        for key, wanted in (("Enter", "What to do"), ("Enter", "Allocate Error 401"),
                            ("Enter", "ERROR-CODE  401"), ("8", "refused, 401")):
            terminal.keys(key)
            self.assertIsNotNone(terminal.wait_for(wanted), terminal.screen())
        terminal.keys("C-c")
        self.assertIsNotNone(terminal.wait_for("status 1"), terminal.screen())
        report = (self.folder / "report.txt").read_text(encoding="utf-8")
        self.assertIn("What to do", report)
        self.assertEqual(terminal.sanitizer_reports(), "")

    def test_an_interface_that_goes_away_is_said(self):
        terminal = self.open("-i", "cable")
        self.network.send(3)
        network.run("ip", "-n", self.network.server, "link", "delete", "cable")
        self.assertIsNotNone(terminal.wait_for("can no longer be captured from"),
                             terminal.screen())
        terminal.keys("9")
        self.assertIsNotNone(terminal.wait_for("Counted"), terminal.screen())


class Ending(LiveTest):
    def test_after_so_many_packets(self):
        scope = self.turnscope("-i", "cable", "-c", "5", "--json", "udp port 3478")
        self.network.send(20)
        out, _, status = scope.end(0)
        self.assertEqual(json.loads(out)["inputs"][0]["packets"], 5)
        self.assertIn(status, (0, 1))

    def test_after_so_long(self):
        start = time.monotonic()
        scope = self.turnscope("-i", "cable", "--duration", "1", "--json")
        out, _, status = scope.end(0)
        self.assertGreaterEqual(time.monotonic() - start, 1)
        self.assertEqual(json.loads(out)["verdict"]["status"], "inconclusive")
        self.assertEqual(status, 0)

    def test_when_the_interface_goes_away(self):
        scope = self.turnscope("-i", "cable", "--json", "udp port 3478")
        self.network.send(3)
        self.network.settle()
        self.network.run(self.network.server, "ip", "link", "delete", "cable")
        out, error, status = scope.end(0)
        document = json.loads(out)
        self.assertEqual(document["inputs"][0]["packets"], 3)
        self.assertIn("can no longer be captured from", document["inputs"][0]["error"])
        self.assertIn("cable: can no longer be captured from", error)
        self.assertEqual(status, 2)

    def test_not_when_one_of_two_interfaces_goes_away(self):
        scope = self.turnscope("-i", "cable", "-i", "lo", "--json", "udp port 3478")
        self.network.run(self.network.server, "ip", "link", "delete", "cable")
        self.network.settle()
        self.assertIsNone(scope.process.poll())
        self.network.send(2, to="127.0.0.1")
        self.network.settle()
        out, _, status = scope.end()
        self.assertEqual(json.loads(out)["inputs"][1]["packets"], 2)
        self.assertEqual(status, 2)

    def test_not_when_the_interface_goes_down_and_up(self):
        scope = self.turnscope("-i", "cable", "--json", "udp port 3478")
        for state in ("down", "up"):
            self.network.run(self.network.server, "ip", "link", "set", "cable", state)
            self.network.settle()
        self.network.send(2)
        self.network.settle()
        self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["packets"], 2)


class Seeing(LiveTest):
    def test_all_interfaces_at_once(self):
        scope = self.turnscope("-i", "any", "--json", "udp port 3478")
        self.network.send(2)
        self.network.settle()
        self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["packets"], 2)

    def test_several_interfaces_in_order(self):
        scope = self.turnscope("-i", "cable", "-i", "lo", "-w", "both.pcapng", "--json",
                               "udp port 3478")
        for _ in range(3):
            self.network.send(2, to="127.0.0.1")
            self.network.send(3)
        self.network.settle()
        inputs = json.loads(scope.end()[0])["inputs"]
        self.assertEqual([i["packets"] for i in inputs], [9, 6])
        fields = network.run("tshark", "-r", self.folder / "both.pcapng", "-T", "fields", "-e",
                             "frame.time_epoch", "-e", "frame.interface_name").splitlines()
        times = [float(line.split()[0]) for line in fields]
        self.assertEqual(times, sorted(times))
        self.assertEqual({line.split()[1] for line in fields}, {"cable", "lo"})

    def test_fragments_pass_a_filter_on_ports(self):
        scope = self.turnscope("-i", "cable", "--json", "udp port 3478")
        self.network.send(1, size=4000)
        self.network.send(1, size=4000, port=9)
        self.network.settle()
        # Three of each; of the one to another port all but the first.
        self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["packets"], 5)

    def test_tagged_packets_pass_a_filter_on_ports(self):
        """Received: the kernel has taken the tag out. Sent: it is in the packet."""
        scopes = [self.turnscope("-i", "cable", "--json", "udp port 3478", namespace=name)
                  for name in (self.network.server, self.network.client)]
        self.network.python(self.network.client, """
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('cable', 0))
macs = bytes.fromhex('ffffffffffff020000000002')
for tags in ('', '81000005', '88a8000981000005'):
    for port in (3478, 53):
        ip = bytes.fromhex('45000020000100004011000 00a6300020a630001'.replace(' ', ''))
        udp = bytes.fromhex('c350') + port.to_bytes(2, 'big') + bytes.fromhex('000c00007475726e')
        s.send(macs + bytes.fromhex(tags) + bytes.fromhex('0800') + ip + udp)
""")
        self.network.settle()
        for scope in scopes:
            self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["packets"], 3)

    def test_packets_are_cut_when_asked_to(self):
        scope = self.turnscope("-i", "cable", "-s", "60", "-p", "--json", "udp port 3478")
        self.network.send(2, size=500)
        self.network.settle()
        self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["truncated_packets"], 2)

    def test_what_the_kernel_dropped_is_counted(self):
        scope = self.turnscope("-i", "cable", "-B", "512", "--json", "udp port 3478")
        scope.tell(signal.SIGSTOP)
        self.network.send(3000, size=1400)
        scope.tell(signal.SIGCONT)
        self.network.settle()
        document = json.loads(scope.end()[0])
        dropped = document["inputs"][0]["dropped"]
        self.assertGreater(dropped, 0)
        self.assertEqual(dropped + document["inputs"][0]["packets"], 3000)
        counts = [f["count"] for f in document["findings"] if f["code"] == "capture.drops"]
        self.assertEqual(counts, [dropped])

    def test_interfaces_are_listed(self):
        listed = self.network.run(self.network.server, BINARY, "-D").splitlines()
        self.assertTrue(any(line.split()[:2] == ["cable", "up"] and SERVER in line
                            for line in listed), listed)


class Keeping(LiveTest):
    def test_a_ring_of_files(self):
        scope = self.turnscope("-i", "cable", "-w", "ring.pcap", "-C", "1", "-W", "2", "--json",
                               "udp port 3478")
        self.network.send(2500, size=1200)
        time.sleep(1)
        packets = json.loads(scope.end()[0])["inputs"][0]["packets"]
        sizes = {path.name: path.stat().st_size for path in self.folder.glob("ring*")}
        self.assertEqual(packets, 2500)
        self.assertEqual(set(sizes), {"ring-00001.pcap", "ring-00002.pcap"})
        self.assertTrue(all(size < 1002000 for size in sizes.values()), sizes)
        # The first two are full, and were written anew.
        full = -(-(1000000 - 24) // (16 + 14 + 28 + 1200))
        self.assertEqual([frames(self.folder / name) for name in sorted(sizes)],
                         [full, 2500 - 3 * full])

    def test_another_file_each_second(self):
        scope = self.turnscope("-i", "cable", "-w", "trace", "-G", "1", "udp port 3478")
        self.network.send(5, pause=0.6)
        scope.end()
        names = sorted(path.name for path in self.folder.glob("trace*"))
        self.assertEqual(names, ["trace-00001", "trace-00002", "trace-00003"])
        self.assertEqual([frames(self.folder / name) for name in names], [2, 2, 1])

    def test_log_rotation(self):
        scope = self.turnscope("-i", "cable", "-w", "log.pcap", "udp port 3478")
        self.network.send(3)
        self.network.settle()
        (self.folder / "log.pcap").rename(self.folder / "old.pcap")
        scope.tell(signal.SIGHUP)
        self.network.settle()
        self.network.send(2)
        self.network.settle()
        scope.end()
        self.assertEqual(frames(self.folder / "old.pcap"), 3)
        self.assertEqual(frames(self.folder / "log.pcap"), 2)

    def test_a_full_disk_does_not_end_the_analysis(self):
        scope = self.turnscope("-i", "cable", "-w", "/dev/full", "--json", "udp port 3478")
        self.network.send(3)
        scope.wait_for_line(scope.process.stderr, "/dev/full: packets cannot be kept there")
        self.network.send(3)
        self.network.settle()
        out, _, status = scope.end()
        self.assertEqual(json.loads(out)["inputs"][0]["packets"], 6)
        self.assertEqual(status, 2)

    def test_packets_through_a_pipe(self):
        scope = self.turnscope("-i", "cable", "-w", "-", "-o", "report", "-c", "3", live=False,
                               wrapper=("sh", "-c", '"$0" "$@" | cat > piped.pcap'))
        scope.wait_for_line(scope.process.stderr, "listening on")
        self.network.send(3)
        scope.end(0)
        self.assertEqual(frames(self.folder / "piped.pcap"), 3)
        self.assertIn("3 packets", (self.folder / "report").read_text(encoding="utf-8"))


class LeastPrivilege(LiveTest):
    NOTHING = "0000000000000000"

    def test_root_becomes_nobody(self):
        scope = self.turnscope("-i", "cable", "-w", "kept.pcap")
        status = scope.status()
        nobody = network.run("id", "-u", "nobody").strip()
        group = network.run("id", "-g", "nobody").strip()
        self.assertEqual(status["Uid"].split(), [nobody] * 4)
        self.assertEqual(status["Gid"].split(), [group] * 4)
        self.assertEqual(status["Groups"].split(), [group])
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(status[name], self.NOTHING, name)
        self.assertEqual(status["NoNewPrivs"], "1")
        if not is_sanitized():
            self.assertEqual(status["Seccomp"], "2")
        scope.end()
        self.assertEqual((self.folder / "kept.pcap").stat().st_mode & 0o777, 0o600)

    def test_the_sandbox_can_be_left_out(self):
        scope = self.turnscope("-i", "cable", "--no-sandbox")
        self.assertEqual(scope.status()["Seccomp"], "0")
        scope.end()

    def test_files_belong_to_the_user_that_is_named(self):
        scope = self.turnscope("-i", "cable", "-Z", "daemon", "-w", "kept.pcap", "-o", "report")
        scope.end()
        daemon = int(network.run("id", "-u", "daemon"))
        for name in ("kept.pcap", "report"):
            self.assertEqual((self.folder / name).stat().st_uid, daemon, name)

    def test_files_belong_to_who_called_sudo(self):
        scope = self.turnscope("-i", "cable", "-w", "kept.pcap",
                               wrapper=("env", "SUDO_UID=4321", "SUDO_GID=1234"))
        scope.end()
        status = (self.folder / "kept.pcap").stat()
        self.assertEqual((status.st_uid, status.st_gid), (4321, 1234))

    def as_nobody(self):
        return ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")

    def test_without_privileges_the_remedy_is_said(self):
        scope = self.turnscope("-i", "cable", live=False, wrapper=self.as_nobody())
        _, error, status = scope.end(0)
        self.assertIn("cable: this user may not capture packets", error)
        self.assertIn(f"sudo setcap cap_net_raw+ep {pathlib.Path(BINARY).resolve()}", error)
        self.assertEqual(len(error.splitlines()), 1)
        self.assertEqual(status, 2)

    @unittest.skipUnless(shutil.which("setcap"), "there is no setcap (libcap2-bin)")
    def test_a_capability_of_the_file_is_enough(self):
        copy = self.folder / "turnscope"
        shutil.copy(BINARY, copy)
        network.run("setcap", "cap_net_raw+ep", str(copy))
        scope = Turnscope(self.network, str(copy), "-i", "cable", "--json", "udp port 3478",
                          wrapper=self.as_nobody())
        self.assertEqual(scope.status()["CapPrm"], self.NOTHING)
        self.assertEqual(scope.status()["CapEff"], self.NOTHING)
        self.network.send(2)
        self.network.settle()
        self.assertEqual(json.loads(scope.end()[0])["inputs"][0]["packets"], 2)


if __name__ == "__main__":
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    REASON = network.why_not()
    if REASON is not None:
        print(f"skipped: {REASON}")
        sys.exit(77)
    unittest.main()
