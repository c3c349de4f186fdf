#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares our decoders of STUN, TLS, DTLS, QUIC and RTP with tshark's, field by field and packet by packet.

usage: fields.py DUMP stun|tls|dtls|quic|rtp CAPTURE...    DUMP is the program built from tests/oracle

Prints each difference. Exit status 1 when there is one, or nothing to compare.
"""

import ipaddress
import json
import re
import subprocess
import sys

SEPARATOR = "\x1e"
MALFORMED = "_ws.malformed"

HELLO = {
    "handshake.type": "number", "handshake.version": "number", "handshake.ciphersuite": "number",
    "handshake.extensions.supported_version": "number",
    "handshake.extensions_supported_group": "number",
    "handshake.extensions_key_share_group": "number",
    "handshake.extensions_server_name": "text", "handshake.extensions_alpn_str": "text",
    "handshake.certificate": "hex",
}
ALERT = {"alert_message.level": "number", "alert_message.desc": "number"}
STUN = {"type": "number", "id": "hex", "att.type": "number", "att.ipv4": "address",
        "att.ipv6": "address", "att.port": "number", "att.error.class": "number", "att.error": "number"}
# ICE over TCP puts a length before each message (RFC 4571); TURN, which is what we look for, does not.
RFC_4571 = "(tcp.payload[6:4] == 21:12:a4:42)"
# tshark gives no type of attributes that it has no name for. Of these: one of WhatsApp, two of Teams.
NAMELESS = {0x4002, 0x8033, 0x8036}
# How the texts of a certificate are encoded; tshark has a field for each.
STRINGS = ["x509sat.IA5String", "x509sat.PrintableString", "x509sat.printableString", "x509sat.uTF8String", "x509sat.teletexString",
           "x509sat.bmpString", "x509sat.CountryName"]
# What says more of a packet than is compared: SSL 2.0 is not dissected further than its hello, and
# drafts of TLS 1.3 had key_share under number 40.
REMARKS = ["_ws.col.Protocol", "tls.handshake.extension.type"]
KEY_SHARE_OF_DRAFTS = "40"


class Protocol:
    """What tshark shows of it (filter), and the fields that are compared, with their kind.
    partial: tshark sees further, into later packets of a compound or with keys from the capture;
    our values are the beginning of its. by_form: ours looks at the form of each datagram alone and
    takes many for its own that tshark knows better."""

    def __init__(self, shown, prefix, fields, others=(), options=(), partial=False, by_form=False):
        self.shown = shown
        self.partial = partial
        self.by_form = by_form
        self.fields = {name: (prefix + name, kind) for name, kind in fields.items()}
        self.fields.update({name: (name, kind) for name, kind in others})
        self.options = list(options)


PROTOCOLS = {
    "tls": Protocol("tls && !quic && !dtls && !icmp && tcp", "tls.", {**HELLO, **ALERT},
                    [("x509ce.dNSName", "text"), ("x509ce.iPAddress", "address")],
                    ["-o", "tcp.reassemble_out_of_order:TRUE", "-d", "tcp.port==80,tls"]),
    "dtls": Protocol("dtls && !icmp", "dtls.", {
        **HELLO, **ALERT, "handshake.cookie": "hex", "handshake.fragment_offset": "number",
        "handshake.fragment_length": "number", "handshake.message_seq": "number",
        "record.content_type": "number", "record.version": "number", "record.epoch": "number",
        "record.sequence_number": "number"}),
    "quic": Protocol("quic.long.packet_type || quic.long.packet_type_v2", "quic.",
                     {"version": "number", "scid": "hex"},
                     [(name, kind) for name, kind in HELLO.items() if name != "handshake.certificate"],
                     partial=True),
    "stun": Protocol(f"(stun.type || classicstun.type) && !icmp && !icmpv6 && !{RFC_4571}", "", {
        prefix + name: kind for prefix in ("stun.", "classicstun.") for name, kind in STUN.items()},
        options=["-o", "tcp.try_heuristic_first:TRUE", "-o", "tcp.desegment_tcp_streams:FALSE"]),
    "rtp": Protocol("(rtp || rtcp) && udp && !udp.length.bad && !icmp && !stun", "", {
        "rtp.p_type": "number", "rtp.seq": "number", "rtp.timestamp": "number",
        "rtp.ssrc": "number", "rtp.cc": "number", "rtp.marker": "number", "rtcp.pt": "number",
        "rtcp.length": "number", "rtcp.senderssrc": "number"},
        options=["--enable-heuristic", "rtp_udp", "--enable-heuristic", "rtcp_udp"], partial=True,
        by_form=True),
}
# The hellos in QUIC are TLS's.
PROTOCOLS["quic"].fields.update({name: ("tls." + name, kind) for name, kind in HELLO.items()
                                 if name in PROTOCOLS["quic"].fields})


def normal(kind, value):
    if kind == "number":
        return int({"True": "1", "False": "0"}.get(value, value), 0)
    if kind == "text":
        return value.encode("utf-8", "surrogateescape").hex()
    if kind == "hex":
        return value.replace(":", "").lower()
    octets = bytes.fromhex(value.replace(":", "")) if re.fullmatch("([0-9a-f]{2}:?)+", value) else None
    return str(ipaddress.ip_address(octets if octets else value))


def tshark(protocol, capture):
    """{frame: {our name: [values]}}"""
    columns = [field for field, _ in protocol.fields.values()] + STRINGS + REMARKS + [MALFORMED]
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=" + SEPARATOR, "-E", "separator=/t", "-Y", protocol.shown,
               "-e", "frame.number"] + protocol.options
    for column in columns:
        command += ["-e", column]
    # A capture file that is cut short ends with an error, and with all packets before it.
    result = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    frames = {}
    for line in result.stdout.decode("utf-8", "surrogateescape").split("\n"):
        if not line:
            continue
        number, *values = line.split("\t")
        values = [value.split(SEPARATOR) if value else [] for value in values]
        row = dict(zip(columns, values))
        frame = {name: [normal(kind, value) for value in row[field]]
                 for name, (field, kind) in protocol.fields.items()}
        frame["strings"] = [value for field in STRINGS for value in row[field]]
        frame.update((name, row[name]) for name in REMARKS + [MALFORMED])
        frames[int(number)] = frame
    return frames


def ours(dump, name, capture):
    result = subprocess.run([dump, name, capture], check=True, stdout=subprocess.PIPE)
    return {line["frame"]: line for line in map(json.loads, result.stdout.splitlines())}


def is_grease(value):
    return value & 0x0f0f == 0x0a0a and value >> 8 == value & 0xff


def names_in(text):
    """The values of an RFC 2253 name, unescaped."""
    parts = re.split(r"(?<!\\)[,+]", text)
    values = [part.split("=", 1)[1] for part in parts if "=" in part]
    values = [re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m.group(1), 16)), value) for value in values]
    return [re.sub(r"\\(.)", r"\1", value) for value in values]


def strings_missing(mine, strings):
    """What we say stands in subject or issuer, and tshark does not show anywhere."""
    named = [value for name in mine.get("subject", []) + mine.get("issuer", [])
             for value in names_in(name)]
    return [value for value in named if not value.startswith("#") and value not in strings]


def same(protocol, name, left, right, row):
    if name == "handshake.extensions_key_share_group":
        if KEY_SHARE_OF_DRAFTS in row["tls.handshake.extension.type"]:
            return True
        right = [value for value in right if not is_grease(value)]
    if name == "stun.att.type":
        left = [value for value in left if value not in NAMELESS]
    if name.startswith("stun.") and row[MALFORMED]:
        return left[:len(right)] == right  # [MS-TURN] does not pad, which tshark does not expect
    if name == "rtcp.senderssrc" and row[MALFORMED]:
        return True  # SRTCP: tshark gives up where the encrypted part begins
    return left == (right[:len(left)] if protocol.partial else right)


def is_empty(protocol, frame):
    return not any(frame.get(name) for name in protocol.fields)


def compare(dump, name, capture):
    """(packets compared, lines that tell the differences)"""
    protocol = PROTOCOLS[name]
    theirs = {frame: row for frame, row in tshark(protocol, capture).items()
              if not is_empty(protocol, row)}
    mine = ours(dump, name, capture)
    differences = []
    for frame in sorted(theirs.keys() | mine.keys()):
        where = f"{capture}: frame {frame}"
        if frame not in mine and theirs[frame]["_ws.col.Protocol"] == ["SSLv2"]:
            continue
        if frame not in theirs and (protocol.by_form or mine[frame]["status"] == "malformed"):
            continue
        if frame not in theirs or frame not in mine:
            who = "ours" if frame in mine else "tshark"
            shown = mine.get(frame) or theirs.get(frame)
            differences.append(f"{where}: only {who} sees {name}: {str(shown)[:160]}")
            continue
        left, right = mine[frame], theirs[frame]
        differences += [f"{where}: {field}: ours {str(left.get(field, []))[:200]}, "
                        f"tshark {str(right[field])[:200]} {right[MALFORMED]}"
                        for field in protocol.fields if not same(protocol, field, left.get(field, []), right[field], right)]
        missing = strings_missing(left, right["strings"])
        if missing:
            differences.append(f"{where}: names that tshark does not show: {missing}")
    return len(theirs.keys() & mine.keys()), differences


def main():
    if len(sys.argv) < 4 or sys.argv[2] not in PROTOCOLS:
        sys.exit(__doc__)
    packets = 0
    differences = []
    for capture in sys.argv[3:]:
        compared, found = compare(sys.argv[1], sys.argv[2], capture)
        packets += compared
        differences += found
    for difference in differences:
        print(difference)
    print(f"{packets} packets compared, {len(differences)} differences")
    sys.exit(1 if differences or packets == 0 else 0)


if __name__ == "__main__":
    main()
