#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Strangers' strings never reach the terminal as they are: escape sequences, marks that turn text
around, letters written from right to left, wide and combining characters, invalid UTF-8.

usage: hostile.py TURNSCOPE SAMPLES"""
import pathlib
import sys

from terminal import Terminal, need_tmux

HARMFUL = {
    "a title for the window": "\x1b]0;owned\x07",
    "a colour": "\x1b[35;45;5m",
    "a C1 control": "\x9b31m",
    "a combining accent": "\u0301",
    "a right-to-left override": "\u202e",
    "a left-to-right isolate": "\u2066",
    "a Hebrew letter": "\u05e9",
    "an Arabic letter": "\u0639",
    "a wide character": "\u65e5",
    "an emoji": "\U0001f4a9",
    "a zero-width joiner": "\u200d",
    "a tag character": "\U000e0041",
    "a line separator": "\u2028",
    "a soft hyphen": "\u00ad",
}
TEXT = "owned" + "".join(HARMFUL.values())
INVALID = b"\xff\xfe\xc3("
WALK = [["1"], ["Enter"], ["End"], ["Enter"], ["Enter"], ["r"], ["2"], ["Enter"], ["x"], ["End"],
        ["Enter"], ["End"], ["Escape"], ["Space", "Up", "Space"], ["End"], ["5"], ["6"], ["End"],
        ["7"], ["End"], ["Enter"], ["Enter"], ["8"], ["End"], ["9"], ["/", *"owned", "Enter"]]


def make_capture(samples, path):
    """A refused allocation all of whose strings are hostile, and a name and an SNI that are."""
    sys.path.insert(0, str(samples / "make"))
    import dns
    import stun
    from story import arrive, turn_udp
    from wire import Capture
    capture = Capture()
    resolver = dns.Resolver(capture, label="hostile")
    resolver.ask(TEXT[:20] + ".octavio.com")
    resolver.answer(rcode=dns.NXDOMAIN)
    arrive(capture, name=TEXT[:40])
    turn = turn_udp(capture, password="wrong", username=TEXT, realm=TEXT,
                    software=INVALID + TEXT.encode())
    turn.challenge()
    turn.authenticate()
    turn.error(stun.ALLOCATE, 431, turn.credentials(), signed=True,
               reason=INVALID + TEXT.encode())
    path.write_bytes(capture.pcap())


def harmful_bytes(raw):
    """What of the above stands in the bytes that the program sent to the terminal."""
    found = [name for name, text in HARMFUL.items() if text.encode() in raw]
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        found.append(f"invalid UTF-8 at {error.start}")
    return found


def walk(program, samples, locale):
    with Terminal("true", locale=locale) as place:
        capture = place.home / "hostile.pcap"
        make_capture(samples, capture)
        with Terminal(f"'{program}' -t --profile '{samples / 'octavio.ini'}' -r '{capture}'",
                      200, 40, locale) as terminal:
            if terminal.wait_for("FAIL") is None:
                return ["the capture was not analysed:\n" + terminal.screen()]
            seen = ""
            for keys in WALK:
                terminal.keys(*keys)
                seen += terminal.settled()
            problems = harmful_bytes(terminal.raw.read_bytes())
            for shown in ("\\u{202e}", "\\u{65e5}", "\\u{0301}", "\\u{05e9}", "\\u{001b}", "\\xff"):
                if shown not in seen:
                    problems.append(f"{shown} was shown nowhere: the walk tested nothing")
            if locale == "C" and not seen.isascii():
                problems.append("an ASCII terminal was sent something else")
            return problems + [terminal.sanitizer_reports()] * bool(terminal.sanitizer_reports())


def main(arguments):
    need_tmux()
    program, samples = (pathlib.Path(each).resolve() for each in arguments)
    failed = False
    for locale in ("C.UTF-8", "C"):
        problems = walk(program, samples, locale)
        print(f"{locale}: {'; '.join(problems) or 'ok'}")
        failed |= bool(problems)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
