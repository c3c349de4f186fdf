#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rejects what the layers forbid: includes that point up, libraries outside their folder, calls
that a layer may not make.

usage: layering.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

LAYERS = ("dissectors", "analyzer", "ui")

# Folders of analyzer/ in the order of the line that data goes: each may include those before it.
STEPS = ("capture", "flow", "crypto", "http", "log", "track", "diagnose")
# Headers beside those folders that put them together, and so stand above them.
ASSEMBLY = re.compile(r"analyzer/(ahead|arrival|content\w*|engine|trackers)\.h")

# Headers of libraries -> the folders that may include them.
LIBRARIES = {
    r"pcap(/.*)?\.h": ("analyzer/capture/",),
    r"(zlib|zstd)\.h": ("analyzer/capture/",),
    r"openssl/.*": ("analyzer/crypto/",),
    r"nghttp2/.*": ("analyzer/http/",),
    r"ini\.h": ("analyzer/diagnose/", "ui/tui/settings.c"),
    r"jansson\.h": ("ui/report/",),
    r"seccomp\.h": ("ui/cli/sandbox_seccomp.c",),
    r"(n?cursesw?/)?(n?curses|panel|menu|form|term)\.h": ("ui/tui/",),
}

# What dissectors, which neither allocate nor do input or output, need of the C library.
# <stdio.h> is for snprintf; the calls below keep the rest of it out.
DISSECTORS_MAY_INCLUDE = {
    "arpa/inet.h", "assert.h", "ctype.h", "inttypes.h", "limits.h", "stdalign.h", "stdbool.h",
    "stddef.h", "stdint.h", "stdio.h", "string.h", "strings.h"}

UNBOUNDED = "gets|strcpy|strcat|sprintf|vsprintf|stpcpy|scanf|sscanf"
PRINTING = "printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|fputc|perror|syslog"
ENDING = "exit|_exit|quick_exit|abort"
ALLOCATING = "malloc|calloc|realloc|free|strdup|strndup|asprintf|alloca"
OUTSIDE = "fopen|open|read|write|socket|time|clock_gettime|gettimeofday|getenv|rand|random"

# Folder -> the functions that nothing in it may call, and why.
FORBIDDEN_CALLS = {
    "dissectors/": [(ALLOCATING, "dissectors do not allocate"),
                    (OUTSIDE, "dissectors do no input or output and know no clock"),
                    (PRINTING, "only ui prints"), (ENDING, "only ui/cli ends the program"),
                    (UNBOUNDED, "writes without a bound")],
    "analyzer/": [(PRINTING, "only ui prints"), (ENDING, "only ui/cli ends the program"),
                  (UNBOUNDED, "writes without a bound")],
    "ui/": [(UNBOUNDED, "writes without a bound")],
}

COMMENT_OR_STRING = re.compile(
    r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)


def layer_of(path):
    return path.split("/")[0]


def step_of(path):
    """The place of a file's folder in STEPS; None of a file that is in none of them."""
    parts = path.split("/")
    return STEPS.index(parts[1]) if parts[0] == "analyzer" and parts[1] in STEPS else None


def judge_step(path, header):
    step, other = step_of(path), step_of(header)
    if step is not None and (ASSEMBLY.fullmatch(header) or (other is not None and other > step)):
        return f"points up, from analyzer/{STEPS[step]} to {header}"
    return None


def judge_own(path, header, exists):
    """Why the file at `path` may not include our own `header`; None when it may."""
    layer, other = layer_of(path), layer_of(header)
    if other not in LAYERS or not exists(header):
        return "is no header of the layers by its path from the root"
    if LAYERS.index(other) > LAYERS.index(layer):
        return f"points up, from {layer} to {other}"
    return judge_step(path, header)


def judge_system(path, header):
    for pattern, folders in LIBRARIES.items():
        if re.fullmatch(pattern, header):
            return None if path.startswith(folders) else f"belongs to {' '.join(folders)}"
    if layer_of(path) == "dissectors" and header not in DISSECTORS_MAY_INCLUDE:
        return "is more of the system than dissectors may use"
    return None


def headers_seen(path, texts):
    """Our own headers that the file at `path` includes, and all that those include."""
    seen, waiting = set(), [path]
    while waiting:
        for match in INCLUDE.finditer(texts.get(waiting.pop(), "")):
            if match.group(2) and match.group(2) not in seen:
                seen.add(match.group(2))
                waiting.append(match.group(2))
    return seen


def leaks(texts):
    """What files see of a library through a header of ours; `texts`: all files, by their paths."""
    libraries = {path: [system for system, _ in INCLUDE.findall(text) if system]
                 for path, text in texts.items()}
    for path in texts:
        for header in sorted(headers_seen(path, texts)):
            for system in libraries.get(header, []):
                if judge_system(path, system) and any(re.fullmatch(known, system)
                                                      for known in LIBRARIES):
                    yield f"{path}: sees <{system}> through {header}"


def without_comments_and_strings(text):
    return COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def bad_includes(path, text, exists):
    for match in INCLUDE.finditer(text):
        system, own = match.groups()
        reason = judge_system(path, system) if system else judge_own(path, own, exists)
        if reason:
            yield text.count("\n", 0, match.start(match.lastindex)) + 1, f"{system or own} {reason}"


def bad_calls(path, text):
    code = without_comments_and_strings(text)
    for names, reason in FORBIDDEN_CALLS[layer_of(path) + "/"]:
        if path.startswith("ui/cli/") and names == ENDING:
            continue
        for match in re.finditer(rf"(?<![\w.>])({names})\s*\(", code):
            yield code.count("\n", 0, match.start()) + 1, f"{match.group(1)}(): {reason}"


def violations(path, text, exists):
    """One line for each, as a compiler would print it."""
    found = [*bad_includes(path, text, exists), *bad_calls(path, text)]
    if not text.startswith("/* SPDX-License-Identifier: MIT */\n"):
        found.append((1, "the first line is not the SPDX licence line"))
    return [f"{path}:{line}: {what}" for line, what in sorted(found)]


def main(root):
    texts = {file.relative_to(root).as_posix(): file.read_text()
             for layer in LAYERS for file in sorted((root / layer).rglob("*.[ch]"))}
    found = [violation for path, text in texts.items()
             for violation in violations(path, text, texts.__contains__)] + list(leaks(texts))
    print("\n".join(found) or f"{len(texts)} files keep the layers")
    return 1 if found or not texts else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
