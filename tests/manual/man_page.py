#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the man page has every option of --help, every finding and every profile key.

usage: man_page.py TURNSCOPE MAN_PAGE SOURCE_FOLDER"""
import pathlib
import re
import subprocess
import sys


def help_options(binary):
    text = subprocess.run([binary, "--help"], capture_output=True, check=True, text=True).stdout
    return re.findall(r"^  (?:-(\w),)? +--([\w-]+)(?: ([A-Z]+))?", text, re.MULTILINE)


def missing_options(binary, page):
    options = help_options(binary)
    if len(options) < 10:
        yield f"--help shows only {len(options)} options"
    items = [line for line in page if line.startswith(".It Fl ")]
    for letter, name, value in options:
        item = next((line for line in items if re.search(rf"Fl -{name}( |$)", line)), None)
        if item is None:
            yield f"--{name} is not in the man page"
        elif letter and not item.startswith(f".It Fl {letter} "):
            yield f"-{letter} is not in the man page"
        elif bool(value) != (" Ar " in item):
            yield f"--{name}: does it take a value?"


def missing_rows(page, files, pattern, form):
    """Names of the program's own tables that have no item in the man page."""
    names = [name for file in files for name in re.findall(pattern, file.read_text())]
    if len(names) < 10:
        yield f"only {len(names)} names found for {form}"
    for name in names:
        start = form.format(name.replace("-", "\\-"))
        if not any(line.startswith(start) for line in page):
            yield f"{name} is not in the man page"


def main(binary, page_name, source):
    page = pathlib.Path(page_name).read_text(encoding="utf-8").splitlines()
    folder = pathlib.Path(source) / "analyzer" / "diagnose"
    problems = list(missing_options(binary, page))
    problems += missing_rows(page, sorted(folder.glob("catalogue_*.c")),
                             r'\.name = "([^"]+)"', ".It Cm {} Pq ")
    problems += missing_rows(page, [folder / "profile_keys.c"],
                             r'\{"[\w-]+", "(\w+)", \w+, [^,]+,\s*"', ".It Ic {} No = ")
    problems += [f"{line}: not filled in" for line in page if line.startswith("@")]
    print("\n".join(problems) or "as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
