#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the dashboard does, beyond what its screens show.

usage: behaviour.py TURNSCOPE SAMPLES [TEST ...]"""
import base64
import gzip
import json
import os
import pathlib
import shutil
import struct
import sys
import time

from terminal import Terminal, need_tmux

MARK = "● "


class Tests:
    """One method a test; each returns what is wrong, or nothing."""

    def __init__(self, program, samples):
        self.program, self.samples = program, samples
        self.case4 = samples / "case4-431" / "capture.pcap"
        self.profile = f"--profile '{samples / 'octavio.ini'}'"

    def open(self, *sizes, arguments=None, **more):
        arguments = arguments or f"{self.profile} -r '{self.case4}'"
        return Terminal(f"'{self.program}' -t {arguments}", *sizes, **more)

    def test_three_keys_lead_to_the_message(self):
        """From the overview to the remedy, the evidence and the 431 message."""
        with self.open() as terminal:
            steps = [([], "FAIL"), (["Enter"], "What to do"),
                     (["Enter"], "Allocate Error 431"), (["Enter"], "ERROR-CODE  431")]
            for keys, wanted in steps:
                terminal.keys(*keys)
                if terminal.wait_for(wanted) is None:
                    return f"no '{wanted}' after {keys}:\n" + terminal.screen()

    def test_keys_go_on_while_a_pipe_is_silent(self):
        """With the capture on standard input keys come from the terminal, and nothing blocks."""
        script = ("import sys,time;d=open(sys.argv[1],'rb').read();o=sys.stdout.buffer;"
                  "o.write(d[:4000]);o.flush();time.sleep(4);o.write(d[4000:]);o.flush();"
                  "time.sleep(4)")
        command = f"{sys.executable} -c \"{script}\" '{self.case4}' | '{self.program}' -t -r -"
        with Terminal(command) as terminal:
            if terminal.wait_for("reading") is None or terminal.wait_for("DNS ✓") is None:
                return "no packets:\n" + terminal.screen()
            terminal.keys("2")
            if terminal.wait_for("Details") is None:
                return "no answer to a key:\n" + terminal.screen()
            terminal.keys("1")
            if terminal.wait_for("1466 packets") is None:
                return "the rest did not come:\n" + terminal.screen()
            terminal.keys("q")
            if terminal.wait_for("status 1") is None:
                return "it did not end:\n" + terminal.screen()

    def test_a_file_fills_in_while_keys_are_answered(self):
        """A large file: the progress bar moves, and keys are answered at once."""
        with Terminal("true") as place:
            large = place.home / "large.pcap"
            write_large(self.case4, large, 150_000)
            with self.open(arguments=f"-r '{large}'") as terminal:
                if terminal.wait_for("%") is None:
                    return "no progress bar:\n" + terminal.screen()
                slowest = 0
                for key, wanted in (("9", "Counted"), ("2", "Outcome"), ("1", "Capture")):
                    start = time.monotonic()
                    terminal.keys(key)
                    if terminal.wait_for(wanted) is None:
                        return f"no answer to {key}:\n" + terminal.screen()
                    slowest = max(slowest, time.monotonic() - start)
                reading = "%" in terminal.screen()
                print(f"  slowest key: {1000 * slowest:.0f} ms, "
                      f"{'while' if reading else 'not while'} reading")
                if slowest > 1:
                    return f"a key took {slowest:.1f} s"

    def test_packets_that_had_to_go_are_read_again(self):
        """What was found at the start of a large file is shown, from the file itself; of one that
        cannot be read again it is said."""
        with Terminal("true") as place:
            flooded = place.home / "flooded.pcap"
            write_flooded(self.case4, flooded, 70_000)
            with self.open(arguments=f"-r '{flooded}'") as terminal:
                for keys, wanted in (([], "71466 packets"), (["Enter"], "What to do"),
                                     (["Home", "Enter"], "Allocate Request, no credentials"),
                                     (["Enter"], "REQUESTED-TRANSPORT")):
                    terminal.keys(*keys)
                    if terminal.wait_for(wanted) is None:
                        return f"no '{wanted}' after {keys}:\n" + terminal.screen()
                return terminal.sanitizer_reports()

    def test_packets_that_cannot_be_read_again(self):
        with Terminal("true") as place:
            flooded = place.home / "flooded.pcap"
            write_flooded(self.case4, flooded, 70_000)
            packed = place.home / "flooded.pcap.gz"
            packed.write_bytes(gzip.compress(flooded.read_bytes(), 1))
            with self.open(100, 30, arguments=f"-r '{packed}'") as terminal:
                for keys, wanted in (([], "71466 packets"), (["Enter"], "What to do"),
                                     (["Home", "Enter"], "cannot be read again")):
                    terminal.keys(*keys)
                    if terminal.wait_for(wanted) is None:
                        return f"no '{wanted}' after {keys}:\n" + terminal.screen()

    def test_pause(self):
        """p holds the packets of a pipe back; p again takes them."""
        script = ("import sys,time;d=open(sys.argv[1],'rb').read();o=sys.stdout.buffer;"
                  "o.write(d[:4000]);o.flush();sys.stdin.readline();o.write(d[4000:]);o.flush();"
                  "time.sleep(30)")
        with Terminal("true") as place:
            go = place.home / "go"
            os.mkfifo(go)
            command = (f"{sys.executable} -c \"{script}\" '{self.case4}' <'{go}' | "
                       f"'{self.program}' -t -r -")
            with Terminal(command) as terminal:
                pipe = open(go, "w")
                terminal.wait_for("DNS ✓")
                terminal.keys("p")
                if terminal.wait_for("PAUSED") is None:
                    return "not paused:\n" + terminal.screen()
                pipe.write("go\n")
                pipe.close()
                time.sleep(1)
                if "1466 packets" in terminal.screen():
                    return "packets were taken during the pause"
                terminal.keys("p")
                if terminal.wait_for("1466 packets") is None:
                    return "packets were not taken after the pause:\n" + terminal.screen()

    def test_settings(self):
        """Keys and colours of the settings file."""
        settings = ("[keys]\nattempts = F9 ^A\n[colors]\nbar = white on magenta\n"
                    "[screen]\ncharset = ascii\ntime = start\n")
        with self.open(settings=settings) as terminal:
            terminal.wait_for("FAIL")
            terminal.keys("C-a")
            screen = terminal.wait_for("Outcome")
            if screen is None or not screen.isascii():
                return "keys or charset were not taken:\n" + terminal.screen()
            if "\x1b[37m\x1b[45m" not in terminal.screen("-e"):
                return "the bar has another colour:\n" + repr(terminal.screen("-e")[:200])
            terminal.keys("?")
            terminal.keys("/", *"F9", "Enter")
            if terminal.wait_for("F9 ^A") is None:
                return "the help shows other keys:\n" + terminal.screen()

    def test_wrong_settings(self):
        """A wrong line ends the program with its place and what to write."""
        cases = {"[keys]\nfilter = F77\n": "turnscoperc:2: there is no key 'F77'",
                 "[keys]\nfliter = f\n": "turnscoperc:2: there is no command 'fliter'",
                 "[screen]\n\ntheme = pink\n": "turnscoperc:3: unknown theme 'pink'",
                 "[colors]\nbad = rot\n": "turnscoperc:2: unknown colour 'rot'",
                 "nonsense\n": "turnscoperc:1: "}
        for settings, wanted in cases.items():
            with self.open(120, 24, settings=settings) as terminal:
                screen = terminal.wait_for("status 2")
                if screen is None or wanted not in screen:
                    return f"not '{wanted}' but:\n" + terminal.screen()

    def test_no_color(self):
        """NO_COLOR: reverse and bold at most. Otherwise there are colours."""
        for value, wanted in (("1", False), ("", True)):
            with self.open(environment={"NO_COLOR": value}) as terminal:
                terminal.wait_for("FAIL")
                shown = terminal.screen("-e")
                if any(f"\x1b[{code}m" in shown for code in (*range(30, 38), *range(40, 48))) != wanted:
                    return f"NO_COLOR={value!r}: {shown[:300]!r}"

    def test_light_terminals(self):
        """COLORFGBG says that the background is white: no yellow and no cyan text."""
        with self.open(environment={"COLORFGBG": "0;15"}) as terminal:
            terminal.wait_for("FAIL")
            shown = terminal.screen("-e")
            if "\x1b[36m" in shown or "\x1b[33m" in shown or "\x1b[44m" not in shown:
                return repr(shown[:400])

    def test_save(self):
        """The report and the packets in view, never over a file that is there."""
        with self.open() as terminal:
            terminal.wait_for("FAIL")
            for name in ("report.txt", "report.json"):
                terminal.keys("s", "C-u", *name, "Enter")
                if terminal.wait_for(f"saved as {name}") is None:
                    return "not saved:\n" + terminal.screen()
            terminal.keys("s", "C-u", *"report.txt", "Enter")
            if terminal.wait_for("there is such a file") is None:
                return "saved over a file:\n" + terminal.screen()
            terminal.keys("s", "C-u", *"../report.txt", "Enter")
            if terminal.wait_for("not saved") is None:
                return "saved elsewhere:\n" + terminal.screen()
            terminal.keys("Enter", "s", "Enter")
            if terminal.wait_for("saved as turnscope.pcapng") is None:
                return "no packets saved:\n" + terminal.screen()
            document = json.loads((terminal.home / "report.json").read_text())
            if document["verdict"]["status"] != "fail":
                return f"another verdict was saved: {document['verdict']}"
            if "rejects the client's" not in (terminal.home / "report.txt").read_text():
                return "the report has no verdict"
            frames = count_packets((terminal.home / "turnscope.pcapng").read_bytes())
            if frames != 4:
                return f"{frames} packets were saved as evidence, not 4"

    def test_copy(self):
        """c gives the display filter to the terminal's clipboard (OSC 52)."""
        with self.open() as terminal:
            terminal.wait_for("FAIL")
            terminal.keys("c")
            if terminal.wait_for("copied") is None:
                return terminal.screen()
            sent = terminal.raw.read_bytes()
            wanted = base64.b64encode(b"stun.id == e6:6d:4d:bb:8c:5c:54:3c:3f:28:3e:0c")
            if b"\x1b]52;c;" + wanted + b"\a" not in sent:
                return "the sequence was not sent"

    def test_lines_of_the_event_log(self):
        """Evidence that is no packet has neither a ladder nor a display filter."""
        sample = self.samples / "cms-log-webbridge"
        log = f"--cms-log '{sample / 'event.log'}'"
        for arguments in (f"-r '{sample / 'capture.pcap'}' {log}", log):
            with self.open(100, 40, arguments=arguments) as terminal:
                for keys, wanted in (([], "FAIL"), (["Enter"], "lines of the CMS event log"),
                                     (["Enter"], "line 1 of the CMS event log"),
                                     (["c"], "no packet here"),
                                     (["s", "Enter"], "saved as turnscope.pcapng")):
                    terminal.keys(*keys)
                    if terminal.wait_for(wanted) is None:
                        return f"no '{wanted}' after {keys}:\n" + terminal.screen()
                if "In Wireshark" in terminal.screen():
                    return "a display filter for a line of a log:\n" + terminal.screen()

    def test_mouse(self):
        """A click on a tab, a click on a row and one more on it, the wheel."""
        with self.open() as terminal:
            terminal.wait_for("FAIL")
            click(terminal, 1, 37)
            if terminal.wait_for("Severity") is None:
                return "the tab was not opened:\n" + terminal.screen()
            click(terminal, 3, 20)
            if terminal.wait_for("Evidence (") is None:
                return "the finding was not opened:\n" + terminal.screen()

    def test_resize_at_any_time(self):
        """Small, tiny, large, while reading and while typing."""
        with self.open() as terminal:
            for size, wanted in (((20, 5), "make the window"), ((200, 60), "What 172.16.84.124 did"),
                                 ((80, 24), "FAIL"), ((41, 11), "FAIL"), ((80, 24), "FAIL")):
                terminal.resize(*size)
                if terminal.wait_for(wanted) is None:
                    return f"at {size}:\n" + terminal.screen()
            terminal.keys("/")
            terminal.resize(100, 30)
            terminal.keys("?", "Escape")
            if terminal.wait_for("F1Help") is None:
                return terminal.screen()
            return terminal.sanitizer_reports()

    def test_stopped_and_continued(self):
        """^Z gives the terminal back to the shell, in the sandbox too; fg brings the dashboard
        back, in the size that the terminal has then."""
        if shutil.which("bash") is None:
            return None
        with Terminal("bash --norc -i", environment={"PS1": "shell> "}) as terminal:
            terminal.wait_for("shell>")
            terminal.type(f"'{self.program}' -t {self.profile} -r '{self.case4}'")
            terminal.keys("Enter")
            for key, wanted in (("C-z", "Stopped"), (None, "FAIL"), ("2", "Outcome")):
                if key is None:
                    terminal.resize(120, 40)
                    terminal.type("fg")
                    key = "Enter"
                elif terminal.wait_for("FAIL") is None:
                    return "no dashboard:\n" + terminal.screen()
                terminal.keys(key)
                if terminal.wait_for(wanted) is None:
                    return f"no '{wanted}':\n" + terminal.screen()
            if terminal.wait_for("9 Statistics") is None:
                return "it has the old size:\n" + terminal.screen()
            return terminal.sanitizer_reports()

    def test_needs_a_terminal(self):
        """Without one it says so, and what was meant for the terminal goes nowhere."""
        with Terminal(f"'{self.program}' -t -r '{self.case4}' | cat", 120, 24) as terminal:
            if terminal.wait_for("standard output is none") is None:
                return terminal.screen()
        for name, wanted in (("nonsense", "is unknown: set TERM"),
                             ("dumb", "cannot place its cursor")):
            command = f"TERM={name} '{self.program}' -t -r '{self.case4}'"
            with Terminal(command, 120, 24) as terminal:
                screen = terminal.wait_for("status 2")
                if screen is None or wanted not in screen:
                    return terminal.screen()

    def test_one_packet_is_one(self):
        with self.open(arguments=f"-c 1 -r '{self.case4}'") as terminal:
            screen = terminal.wait_for("1 packet in ")
            if screen is None or "1 packet  " not in screen or "1 packets" in screen:
                return terminal.screen()

    def test_a_filter_is_told(self):
        """On the overview, and in a report that is saved."""
        with self.open(arguments=f"-r '{self.case4}' udp port 3478") as terminal:
            if terminal.wait_for("only: udp port 3478") is None:
                return terminal.screen()
            terminal.keys("s", "C-u", *"report.txt", "Enter")
            terminal.wait_for("saved as report.txt")
            if "match: udp port 3478\n" not in (terminal.home / "report.txt").read_text():
                return (terminal.home / "report.txt").read_text()[:200]

    def test_selecting_twice_takes_back(self):
        """Space marks a message, Space again unmarks it, and two are compared."""
        with self.open() as terminal:
            terminal.wait_for("FAIL")
            terminal.keys("3", "End", "Space")
            if terminal.wait_for(MARK) is None:
                return "not marked:\n" + terminal.screen()
            terminal.keys("Space")
            if terminal.wait_for(lambda screen: MARK not in screen) is None:
                return "not taken back:\n" + terminal.screen()
            terminal.keys("Space", "Up", "Space")
            if terminal.wait_for("fields differ") is None:
                return "not compared:\n" + terminal.screen()

    def test_leaving(self):
        """Esc leads back and never out; q leaves; the status is the diagnosis'."""
        with self.open() as terminal:
            terminal.wait_for("FAIL")
            terminal.keys("Enter", "Enter")
            terminal.wait_for("Frame 1462")
            for _ in range(6):
                terminal.keys("Escape")
                time.sleep(0.1)
            if terminal.wait_for("F10 leaves turnscope") is None:
                return "Esc left:\n" + terminal.screen()
            terminal.keys("q")
            if terminal.wait_for("status 1") is None:
                return "q did not leave:\n" + terminal.screen()


def click(terminal, top, left):
    """Both reports of a click, as xterm's first protocol has them."""
    place = chr(33 + left) + chr(33 + top)
    terminal.type("\x1b[M " + place)
    terminal.type("\x1b[M#" + place)


def count_packets(data):
    """Enhanced packet blocks of a pcapng file in this machine's byte order."""
    count, at = 0, 0
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("=II", data, at)
        count += kind == 6
        at += length
    return count


def write_flooded(sample, path, packets):
    """The sample, and behind it Binding Requests of somebody else, more than are kept."""
    data = sample.read_bytes()
    request = bytes.fromhex("000100002112a442")
    with path.open("wb") as out:
        out.write(data)
        for i in range(packets):
            stun = request + struct.pack(">III", 1, 2, i)
            udp = struct.pack(">HHHH", 40000, 3478, 8 + len(stun), 0) + stun
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                             bytes((10, 9, 9, 9)), bytes((10, 9, 9, 1))) + udp
            frame = bytes(12) + b"\x08\0" + ip
            out.write(struct.pack("<IIII", 1495309980 + i // 1000, i % 1000 * 1000, len(frame),
                                  len(frame)) + frame)


def write_large(sample, path, packets):
    """The sample's frames over and over, each round a minute after the one before."""
    data = sample.read_bytes()
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, micros, length, wire = struct.unpack_from("<IIII", data, at)
        frames.append((seconds, micros, wire, data[at + 16:at + 16 + length]))
        at += 16 + length
    with path.open("wb") as out:
        out.write(data[:24])
        for i in range(packets):
            seconds, micros, wire, frame = frames[i % len(frames)]
            out.write(struct.pack("<IIII", seconds + 60 * (i // len(frames)), micros, len(frame),
                                  wire) + frame)


def main(arguments):
    need_tmux()
    program, samples, *names = arguments
    tests = Tests(pathlib.Path(program).resolve(), pathlib.Path(samples).resolve())
    failed = 0
    for name in names or [each for each in dir(tests) if each.startswith("test_")]:
        problem = getattr(tests, name)()
        print(f"{'FAILED' if problem else 'ok    '} {name}", flush=True)
        if problem:
            print(problem)
        failed += bool(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
