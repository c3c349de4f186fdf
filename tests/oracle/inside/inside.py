#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what a key log shows us with what it shows tshark.

usage: inside.py INSIDE CAPTURE KEYLOG [CAPTURE KEYLOG ...]    INSIDE is built from tests/oracle/inside

Compared: the status of every final HTTP answer, and the number of certificates in every Certificate
message of TLS 1.3, both with the frame that completes them. Prints each difference. Exit status 1
when there is one."""

import collections
import json
import subprocess
import sys

FIELDS = ["frame.number", "http.response.code", "http2.headers.status", "tls.handshake.type",
          "tls.handshake.certificate_length", "tls.handshake.extensions.supported_version"]
CERTIFICATE = "11"


def tshark(capture, keylog, display_filter):
    command = ["tshark", "-n", "-r", capture, "-o", f"tls.keylog_file:{keylog}", "-T", "fields",
               "-E", "occurrence=a", "-E", "aggregator=,", "-E", "separator=/t",
               "-Y", display_filter]
    for field in FIELDS:
        command += ["-e", field]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in result.stdout.splitlines():
        columns = (line.split("\t") + [""] * len(FIELDS))[:len(FIELDS)]
        yield [column.split(",") if column else [] for column in columns]


def streams_of_tls13(capture, keylog):
    result = subprocess.run(
        ["tshark", "-n", "-r", capture, "-o", f"tls.keylog_file:{keylog}", "-Y",
         "tls.handshake.type == 2 && tls.handshake.extensions.supported_version == 0x0304",
         "-T", "fields", "-e", "tcp.stream"], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


def is_final(status):
    return int(status) >= 200 or int(status) == 101


def theirs(capture, keylog):
    """Counter of (kind, frame, value)."""
    found = collections.Counter()
    for frame, http, http2, *_ in tshark(capture, keylog, "http.response || http2.headers.status"):
        found.update(("http", int(frame[0]), int(each)) for each in http if is_final(each))
        found.update(("http2", int(frame[0]), int(each)) for each in http2 if is_final(each))
    for stream in streams_of_tls13(capture, keylog):
        from_server = f"tcp.stream == {stream} && tls.handshake.type == {CERTIFICATE}"
        for frame, _, _, _, lengths, _ in list(tshark(capture, keylog, from_server))[:1]:
            found[("certificates", int(frame[0]), len(lengths))] += 1
    return found


def ours(inside, capture, keylog):
    result = subprocess.run([inside, capture, keylog], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return collections.Counter((line["kind"], line["frame"], line["value"]) for line in lines)


def main(arguments):
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        sys.exit(__doc__)
    inside, *files = arguments
    compared = differences = 0
    for capture, keylog in zip(files[::2], files[1::2]):
        mine, other = ours(inside, capture, keylog), theirs(capture, keylog)
        compared += sum((mine & other).values())
        for who, rest in (("ours", mine - other), ("tshark", other - mine)):
            for (kind, frame, value), count in sorted(rest.items()):
                differences += count
                print(f"{capture}: frame {frame}: only {who} has {kind} {value}")
    print(f"{compared} compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
