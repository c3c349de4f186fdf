# SPDX-License-Identifier: MIT
"""DNS messages (RFC 1035, RFC 2782, RFC 3596) and the lookups of one client."""
import ipaddress
import struct

from octets import number
from wire import Udp

A, CNAME, SOA, AAAA, SRV, HTTPS = 1, 5, 6, 28, 33, 65
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
RESPONSE, TRUNCATED, RECURSION = 0x8000, 0x0200, 0x0180
SERVER = ("10.88.246.210", 53)


def name(value):
    labels = value.rstrip(".").split(".") if value.rstrip(".") else []
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def question(value, kind):
    return name(value) + struct.pack("!HH", kind, 1)


def query(identifier, value, kind):
    return struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + question(value, kind)


def record(owner, kind, data, ttl=300):
    return name(owner) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def address(owner, value):
    packed = ipaddress.ip_address(value).packed
    return record(owner, A if len(packed) == 4 else AAAA, packed)


def alias(owner, target):
    return record(owner, CNAME, name(target))


def service(owner, priority, weight, port, target):
    return record(owner, SRV, struct.pack("!HHH", priority, weight, port) + name(target))


def authority(zone):
    return record(zone, SOA, name(f"ns.{zone}") + name(f"hostmaster.{zone}")
                  + struct.pack("!IIIII", 2017052001, 3600, 600, 86400, 300))


def response(identifier, value, kind, answers=(), rcode=NOERROR, authorities=(), truncated=False):
    flags = RESPONSE | RECURSION | rcode | (TRUNCATED if truncated else 0)
    return struct.pack("!HHHHHH", identifier, flags, 1, len(answers), len(authorities), 0) \
        + question(value, kind) + b"".join(answers) + b"".join(authorities)


class Resolver:
    """The lookups of one client at one server. Each takes a new port and a new identifier."""

    def __init__(self, capture, client="172.16.84.124", server=SERVER, label="dns"):
        self.capture, self.client, self.server, self.label = capture, client, server, label
        self.count = 0

    def ask(self, value, kind=A):
        """Sends a query; returns its frame. `answer` answers the last one."""
        self.count += 1
        port = 49152 + number(f"{self.label} port {self.client} {self.count}", 13)
        self.identifier = number(f"{self.label} identifier {self.client} {self.count}", 16)
        self.value, self.kind = value, kind
        self.flow = Udp(self.capture, (self.client, port), self.server)
        return self.again()

    def again(self):
        return self.flow.send(query(self.identifier, self.value, self.kind))

    def answer(self, *answers, **more):
        return self.flow.reply(response(self.identifier, self.value, self.kind, answers, **more))

    def lookup(self, value, *addresses):
        """An A lookup that succeeds."""
        self.ask(value)
        return self.answer(*[address(value, each) for each in addresses])
