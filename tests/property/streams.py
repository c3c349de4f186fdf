#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How TCP cut and delivered the bytes changes nothing of what they say.

usage: streams.py [--keep FOLDER] TURNSCOPE SAMPLES_FOLDER

Rewrites the samples that are about TCP: segments in another order, segments twice, every segment
as segments of one byte. All bytes are still there, so handshakes, lookups and STUN messages must
be the same as in the sample. IP and TCP checksums are left as they were."""
import argparse
import concurrent.futures
import os
import pathlib
import random
import struct
import sys

import captures

SAMPLES = ("tls-*", "turn-tcp-segments", "turn-on-tcp-443", "turn-tcp-*", "tcp-fallback",
           "http-*", "healthy")
WINDOW = 4
ETHERNET_LENGTH, TYPE_IPV4, PROTOCOL_TCP = 14, 0x0800, 6
SYN, RST, FIN, PSH = 0x02, 0x04, 0x01, 0x08


class Segment:
    """The TCP segment in a packet; `payload` is empty when it is none or was cut."""

    def __init__(self, packet):
        self.packet, self.payload, self.flags, self.direction = packet, b"", 0, None
        octets = packet.octets
        if len(octets) < ETHERNET_LENGTH + 20 or len(octets) < packet.length \
                or struct.unpack_from("!H", octets, 12)[0] != TYPE_IPV4 \
                or octets[ETHERNET_LENGTH + 9] != PROTOCOL_TCP:
            return
        self.tcp = ETHERNET_LENGTH + (octets[ETHERNET_LENGTH] & 15) * 4
        self.data = self.tcp + (octets[self.tcp + 12] >> 4) * 4
        self.end = ETHERNET_LENGTH + struct.unpack_from("!H", octets, ETHERNET_LENGTH + 2)[0]
        self.flags, self.payload = octets[self.tcp + 13], octets[self.data:self.end]
        self.direction = octets[ETHERNET_LENGTH + 12:ETHERNET_LENGTH + 20] \
            + octets[self.tcp:self.tcp + 4]

    def is_plain_data(self):
        return bool(self.payload) and not self.flags & (SYN | RST | FIN)

    def part(self, start, end):
        """The packet with the payload's bytes from `start` to `end`; FIN and PSH go with the
        last."""
        octets = bytearray(self.packet.octets[:self.data]) + self.payload[start:end]
        sequence = struct.unpack_from("!I", octets, self.tcp + 4)[0]
        struct.pack_into("!H", octets, ETHERNET_LENGTH + 2, len(octets) - ETHERNET_LENGTH)
        struct.pack_into("!I", octets, self.tcp + 4, (sequence + start) & 0xFFFFFFFF)
        if end < len(self.payload):
            octets[self.tcp + 13] &= ~(FIN | PSH)
        return captures.Packet(self.packet.time, bytes(octets), len(octets))


def reorder(packets, chance):
    """Shuffles up to WINDOW segments with data that one side sent without a packet between."""
    result, run = [], []
    for segment in [*map(Segment, packets), None]:
        goes_on = run and segment and segment.is_plain_data() and len(run) < WINDOW \
            and segment.direction == run[0].direction
        if run and not goes_on:
            times = [each.packet.time for each in run]
            chance.shuffle(run)
            result += [captures.Packet(time, each.packet.octets, each.packet.length)
                       for time, each in zip(times, run)]
            run = []
        if segment and segment.is_plain_data():
            run.append(segment)
        elif segment:
            result.append(segment.packet)
    return result


def duplicate(packets, _):
    result = []
    for packet in packets:
        result.append(packet)
        if Segment(packet).is_plain_data():
            result.append(packet)
    return result


def split(packets, _):
    result = []
    for packet in packets:
        segment = Segment(packet)
        if segment.payload and not segment.flags & (SYN | RST):
            result += [segment.part(at, at + 1) for at in range(len(segment.payload))]
        else:
            result.append(packet)
    return result


def split_and_reorder(packets, chance):
    return reorder(split(packets, chance), chance)


REWRITES = (reorder, duplicate, split, split_and_reorder)


def essence(document):
    """What must stay the same."""
    handshake = ("client", "server", "sni", "alpn", "version", "cipher", "state", "certificates")
    lookup = ("client", "server", "name", "type", "rcode", "answers", "state")
    return {
        "tls": [{name: each[name] for name in handshake} for each in document["tls"]["handshakes"]],
        "dns": [{name: each[name] for name in lookup} for each in document["dns"]["lookups"]],
        "stun": {name: document["stun"][name]
                 for name in ("messages", "requests", "responses", "errors", "unanswered")},
        "root cause": [finding["code"] for finding in document["findings"]
                       if finding["id"] == document["verdict"]["root_cause"]],
    }


def differences(sample, binary, keep):
    """A line for each part that a rewrite changed."""
    original = essence(sample.diagnose(binary, sample.path))
    for rewrite in REWRITES:
        label = f"{sample.name} {rewrite.__name__}"
        packets = rewrite(sample.packets, random.Random(label))
        if keep:
            captures.write(keep / (label.replace(" ", "_") + ".pcap"), sample.link_type, packets)
        now = essence(sample.diagnose_packets(binary, packets))
        for part, value in original.items():
            if now[part] != value:
                yield f"{label}: {part}: was {value}, is {now[part]}"


def main():
    parser = argparse.ArgumentParser(description="TCP segmentation changes nothing")
    parser.add_argument("--keep", type=pathlib.Path, help="where to keep the rewritten captures")
    parser.add_argument("turnscope", type=pathlib.Path)
    parser.add_argument("samples", type=pathlib.Path)
    options = parser.parse_args()
    binary = options.turnscope.resolve()
    every = [sample for sample in captures.samples(options.samples.resolve())
             if sample.link_type == captures.LINK_ETHERNET
             and any(pathlib.PurePath(sample.name).match(pattern) for pattern in SAMPLES)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = sum(pool.map(lambda each: list(differences(each, binary, options.keep)), every), [])
    print("\n".join(wrong + [f"{len(every)} samples, {len(wrong)} differences"]))
    return 1 if wrong or not every else 0


if __name__ == "__main__":
    sys.exit(main())
