#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the screens of every view with those that were looked at and kept.

usage: screens.py [--update] TURNSCOPE SAMPLES [SCENE ...]

Each scene is a capture and the keys that lead to a screen. It is shown at 120x40 and, after a
resize, at 80x24, both in UTF-8; and at 80x24 in ASCII. --update writes screens/SCENE.SIZE.txt anew:
look at what changed before it is kept."""
import difflib
import pathlib
import sys

from terminal import Terminal, need_tmux

STILL = 40  # looks at a screen, 50 ms apart, until it is believed not to change any more
SCREENS = pathlib.Path(__file__).parent / "screens"

# Scene -> sample, keys.
SCENES = {
    "overview": ("case4-431", []),
    "overview-pass": ("healthy", []),
    "finding": ("case4-431", ["Enter"]),
    "ladder": ("case4-431", ["Enter", "Enter"]),
    "message": ("case4-431", ["Enter", "Enter", "Enter"]),
    "message-segments": ("turn-tcp-segments", ["3", *["Down"] * 5, "Enter"]),
    "message-bytes": ("case4-431", ["Enter", "Enter", "Enter", "r"]),
    "compare": ("case4-401", ["3", "End", "/", *"signed", "Enter", "N", "N", "Space", "Down",
                              "Space"]),
    "attempts": ("two-clients-two-faults", ["2", "Down"]),
    "attempts-filtered": ("two-clients-two-faults", ["2", "f", *"124", "Enter"]),
    "ladder-relay": ("healthy", ["3", "End"]),
    "ladder-segments": ("turn-tcp-segments", ["3", *["Down"] * 5]),
    "ladder-silence": ("server-silent", ["5", "Enter", "Enter"]),
    "ladder-extended": ("tls-self-signed", ["3", "x"]),
    "ladder-local-names": ("local-names", ["3", "x"]),
    "findings": ("two-clients-two-faults", ["5"]),
    "names": ("dns-nxdomain", ["6"]),
    "names-sorted": ("dns-dangling-alias", ["6", ">", "z"]),
    "handshakes": ("tls-self-signed", ["7"]),
    "allocations": ("healthy", ["8"]),
    "statistics": ("one-438", ["9"]),
    "help": ("case4-431", ["?"]),
    "time-since-start": ("case4-431", ["3", "w", "w"]),
}


def compare(name, size, screen, update):
    """What differs from the screen that was kept; "" when nothing does."""
    path = SCREENS / f"{name}.{size}.txt"
    if update:
        path.write_text(screen, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if screen == kept:
        return ""
    return "".join(difflib.unified_diff(kept.splitlines(True), screen.splitlines(True),
                                        f"{path.name} (kept)", f"{path.name} (shown)"))


def settled(terminal, name, size, update):
    """The screen that was kept, when it comes; else what is there after a while."""
    path = SCREENS / f"{name}.{size}.txt"
    if update or not path.exists():
        return terminal.settled()
    kept = path.read_text(encoding="utf-8")
    still = [""] * STILL

    def is_settled(screen):
        still.append(screen)
        return screen == kept or len(set(still[-STILL:])) == 1
    return terminal.wait_for(is_settled) or terminal.screen()


def show(program, sample, keys, width, height, locale):
    terminal = Terminal(f"'{program}' -t --profile '{sample.parent / 'octavio.ini'}' "
                        f"-r '{sample / 'capture.pcap'}'", width, height, locale)
    if terminal.wait_for(lambda screen: "packets" in screen and "reading" not in screen and
                         " 0 packets" not in screen) is None:
        print(terminal.screen(), terminal.sanitizer_reports())
    for key in keys:
        terminal.keys(key)
    return terminal


def run_scene(program, samples, name, update):
    sample, keys = samples / SCENES[name][0], SCENES[name][1]
    problems = []
    with show(program, sample, keys, 120, 40, "C.UTF-8") as terminal:
        problems.append(compare(name, "120x40", settled(terminal, name, "120x40", update), update))
        terminal.resize(80, 24)
        problems.append(compare(name, "80x24", settled(terminal, name, "80x24", update), update))
        problems.append(terminal.sanitizer_reports())
    with show(program, sample, keys, 80, 24, "C") as terminal:
        screen = settled(terminal, name, "80x24-ascii", update)
        problems.append(compare(name, "80x24-ascii", screen, update))
        problems.append("" if screen.isascii() else "the ASCII screen is none\n")
        problems.append(terminal.sanitizer_reports())
    return "".join(problems)


def main(arguments):
    need_tmux()
    update = "--update" in arguments
    program, samples, *names = [a for a in arguments if a != "--update"]
    failed = 0
    for name in names or SCENES:
        problems = run_scene(pathlib.Path(program).resolve(), pathlib.Path(samples).resolve(), name,
                             update)
        print(f"{'FAILED' if problems else 'ok    '} {name}")
        print(problems, end="")
        failed += problems != ""
    if failed:
        print(f"If the new screens are right: {__file__} --update {program} {samples}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
