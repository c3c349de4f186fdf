# SPDX-License-Identifier: MIT
"""A terminal to try the dashboard in: tmux on a private socket, keys in, screens out as text."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 20  # seconds until a screen must be there: sanitizers and busy machines are slow
SKIPPED = 77


def need_tmux():
    if shutil.which("tmux") is None:
        print("skipped: tmux is not installed")
        sys.exit(SKIPPED)


class Terminal:
    """One program in one terminal, in a folder of its own that is also its home."""

    def __init__(self, command, width=80, height=24, locale="C.UTF-8", settings=None, environment=()):
        self.folder = tempfile.TemporaryDirectory(prefix="turnscope-tui.")
        self.home = pathlib.Path(self.folder.name)
        self.socket = self.home / "tmux"
        self.raw = self.home / "raw"
        if settings is not None:
            (self.home / "turnscope").mkdir()
            (self.home / "turnscope" / "turnscoperc").write_text(settings)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home),
            "LC_ALL": locale, "TERM": "screen", "ASAN_OPTIONS": f"log_path={self.home}/sanitizer",
            "UBSAN_OPTIONS": f"log_path={self.home}/sanitizer", **dict(environment)}
        self.size = (width, height)
        assigned = " ".join(f"'{name}={value}'" for name, value in self.environment.items())
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                  "-c", str(self.home), f"env -i {assigned} {command}; echo status $?; exec cat")
        self.tmux("pipe-pane", "-o", f"cat >'{self.raw}'")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-u", "-S", str(self.socket), *arguments], check=True,
                              capture_output=True, text=True, encoding="utf-8").stdout

    def keys(self, *names):
        if names:
            self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def resize(self, width, height):
        self.size = (width, height)
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, *options):
        return self.tmux("capture-pane", "-p", *options).rstrip("\n") + "\n"

    def wait_for(self, wanted):
        """The screen as soon as it has (or is, when that is a function) what is wanted; None when
        it never comes."""
        has = wanted if callable(wanted) else lambda screen: wanted in screen
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            if has(screen):
                return screen
            time.sleep(0.05)
        return None

    def settled(self):
        """The screen once it has stopped changing."""
        screens = [None] * 4
        while len(set(screens[-4:])) > 1 or screens[-1] is None:
            time.sleep(0.05)
            screens.append(self.screen())
        return screens[-1]

    def sanitizer_reports(self):
        return "".join(path.read_text(errors="replace") for path in self.home.glob("sanitizer*"))

    def close(self):
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], check=False,
                       capture_output=True)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()
