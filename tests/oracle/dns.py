#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares our DNS decoder with tshark's, packet by packet.

usage: dns.py DUMP CAPTURE...    DUMP is the program built from tests/oracle

Prints each difference. Exit status 1 when there is one.
"""

import json
import re
import subprocess
import sys

# One tshark field a column; several values in a packet are joined by SEPARATOR, in packet order.
SEPARATOR = "\x1e"
FIELDS = [
    "frame.number", "dns.id", "dns.flags", "dns.qry.name", "dns.qry.type",
    "dns.resp.name", "dns.resp.type", "dns.resp.ttl", "dns.resp.len", "dns.a", "dns.aaaa", "dns.cname", "dns.ns",
    "dns.ptr.domain_name", "dns.srv.priority", "dns.srv.weight", "dns.srv.port", "dns.srv.target",
    "dns.mx.preference", "dns.mx.mail_exchange", "dns.soa.mname", "dns.soa.rname", "dns.soa.serial_number",
    "dns.soa.minimum_ttl", "dns.svcb.svcpriority", "dns.svcb.targetname",
]
MALFORMED = "_ws.malformed"
A, NS, CNAME, SOA, PTR, MX, AAAA, SRV, OPT, NSEC, NSEC3, SVCB, HTTPS = (
    1, 2, 5, 6, 12, 15, 28, 33, 41, 47, 50, 64, 65)


def tshark(capture):
    """{frame: {field: [values]}} of all packets that tshark takes for DNS, mDNS or LLMNR, but not
    what ICMP errors quote nor datagrams longer than their IP packet, which nobody would receive.
    TCP segments are looked at one by one, as our dump does."""
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=" + SEPARATOR, "-E", "separator=/t",
               "-o", "tcp.desegment_tcp_streams:FALSE",
               "-Y", "(dns || mdns || llmnr) && !icmp && !icmpv6 "
                     "&& !udp.length.bad"]
    for field in FIELDS + [MALFORMED]:
        command += ["-e", field]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    frames = {}
    for line in result.stdout.decode("utf-8", "replace").rstrip("\n").split("\n"):
        if not line:
            continue
        columns = line.split("\t")
        values = [column.split(SEPARATOR) if column else [] for column in columns]
        frames[int(columns[0])] = dict(zip(FIELDS + [MALFORMED], values))
    return frames


def ours(dump, capture):
    """{frame: [messages]}"""
    result = subprocess.run([dump, "dns", capture], check=True, stdout=subprocess.PIPE)
    frames = {}
    for line in result.stdout.splitlines():
        message = json.loads(line)
        frames.setdefault(message["frame"], []).append(message)
    return frames


def plain(name):
    """A name as tshark shows it: "<Root>" is ours ".", and what it writes instead of odd octets is
    not comparable: '?' stands for any run of them on both sides."""
    if name in ("<Root>", "."):
        return "."
    name = re.sub(r'\\([."();@$\\])', r"\1", name)
    return re.sub(r"(\\[0-7]{3}|\\\d{3}|\\[nrtfvba]|[^!-~])+", "?", name)


def names(values):
    return [plain(value) for value in values]


def numbers(values):
    return [int(value, 0) for value in values]


def readable(value):
    """tshark puts a remark in place of a name that it cannot read."""
    return value == "<Root>" or not value.startswith("<")


def expected(fields):
    """tshark's fields, in the form of flat()."""
    flat = {}
    for field in FIELDS[1:]:
        text = field in ("dns.a", "dns.aaaa")
        name = "name" in field or field in ("dns.cname", "dns.ns", "dns.srv.target",
                                            "dns.mx.mail_exchange")
        values = fields[field]
        flat[field] = values if text else names(filter(readable, values)) if name else numbers(values)
    return flat


def flat(messages):
    """Our messages of one packet as tshark's fields: all values of a field in packet order."""
    questions = [question for message in messages for question in message.get("questions", [])]
    records = [record for message in messages for record in message.get("records", [])]

    def content(member, *types):
        return [record[member] for record in records
                if record["type"] in types and record["decoded"]]

    return {
        "dns.id": [message["id"] for message in messages if "id" in message],
        "dns.flags": [message["flags"] for message in messages if "id" in message],
        "dns.qry.name": names(question["name"] for question in questions),
        "dns.qry.type": [question["type"] for question in questions],
        # tshark gives the owner of an SRV record in a field of its own.
        "dns.resp.name": names(record["name"] for record in records if record["type"] != SRV),
        "dns.resp.type": [record["type"] for record in records],
        "dns.resp.ttl": [record["ttl"] for record in records if record["type"] != OPT],
        "dns.resp.len": [record["length"] for record in records],
        "dns.a": content("address", A),
        "dns.aaaa": content("address", AAAA),
        "dns.cname": names(content("target", CNAME)),
        "dns.ns": names(content("target", NS)),
        "dns.ptr.domain_name": names(content("target", PTR)),
        "dns.srv.priority": content("priority", SRV),
        "dns.srv.weight": content("weight", SRV),
        "dns.srv.port": content("port", SRV),
        "dns.srv.target": names(content("target", SRV)),
        "dns.mx.preference": content("preference", MX),
        "dns.mx.mail_exchange": names(content("target", MX)),
        "dns.soa.mname": names(content("target", SOA)),
        "dns.soa.rname": names(content("mailbox", SOA)),
        "dns.soa.serial_number": content("serial", SOA),
        "dns.soa.minimum_ttl": content("minimum", SOA),
        "dns.svcb.svcpriority": content("priority", SVCB, HTTPS),
        "dns.svcb.targetname": names(content("target", SVCB, HTTPS)),
    }


def begins(values, start):
    return values[:len(start)] == start


def same(field, left, right, we_stopped, they_stopped):
    """Both stop at the first thing that contradicts itself, but not at the same things: we at names
    that do not end or are too long, tshark at contents of records that we do not look into."""
    if field == "dns.resp.type" and (NSEC in left or NSEC3 in left):
        return True  # tshark gives the types in the bitmap too
    return (left == right or we_stopped and begins(right, left)
            or they_stopped and begins(left, right))


def compare(dump, capture):
    """(packets compared, lines that tell the differences)"""
    theirs = tshark(capture)
    mine = ours(dump, capture)
    differences = []
    for frame in sorted(theirs.keys() | mine.keys()):
        where = f"{capture}: frame {frame}"
        if frame not in theirs or frame not in mine:
            who = "ours" if frame in mine else "tshark"
            differences.append(f"{where}: only {who} sees DNS")
            continue
        left, right = flat(mine[frame]), expected(theirs[frame])
        status = [message["status"] for message in mine[frame]]
        we_stopped = "malformed" in status or "cut-short" in status
        they_stopped = bool(theirs[frame][MALFORMED])
        differences += [f"{where}: {field}: ours {left[field]} {status}, tshark {right[field]}"
                        for field in FIELDS[1:]
                        if not same(field, left[field], right[field], we_stopped, they_stopped)]
    return len(theirs.keys() & mine.keys()), differences


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    packets = 0
    differences = []
    for capture in sys.argv[2:]:
        compared, found = compare(sys.argv[1], capture)
        packets += compared
        differences += found
    for difference in differences:
        print(difference)
    print(f"{packets} packets compared, {len(differences)} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
