# SPDX-License-Identifier: MIT
"""The same packets in another form give the same diagnosis: behind other link layers and in tunnels,
in fragments, in files of other formats, in several files.

usage: forms.py [--all] [--keep FOLDER] TURNSCOPE SAMPLES
Each sample in a few forms, others for each; with --all in all of them.
"""
import argparse
import concurrent.futures
import gzip
import os
import pathlib
import random
import struct
import sys
import tempfile

import captures

MAC_ADDRESSES, ETHERNET_HEADER = 12, 14
IPV4, IPV6, VLAN, MPLS, PPPOE = 0x0800, 0x86DD, 0x8100, 0x8847, 0x8864
LINK_NULL, LINK_RAW, LINK_SLL, LINK_SLL2 = 0, 101, 113, 276
UDP = 17


def with_octets(packet, octets):
    """The packet with other octets; what the snaplen cut stays cut."""
    return captures.Packet(packet.time, octets, packet.length + len(octets) - len(packet.octets))


def ethertype(packet):
    return int.from_bytes(packet.octets[MAC_ADDRESSES:ETHERNET_HEADER], "big")


def is_ip(packet):
    return len(packet.octets) > ETHERNET_HEADER and ethertype(packet) in (IPV4, IPV6)


def link_form(link_type, change, only_ip=False):
    """A form in which each frame is changed; None where a frame cannot be."""
    def form(packets, _):
        if any(len(each.octets) < ETHERNET_HEADER or (only_ip and not is_ip(each))
               for each in packets):
            return None
        return link_type, [with_octets(each, change(each.octets, ethertype(each)))
                           for each in packets]
    return form


def raw(octets, _):
    return octets[ETHERNET_HEADER:]


def loopback(octets, kind):
    return struct.pack("<I", 2 if kind == IPV4 else 10) + octets[ETHERNET_HEADER:]


def cooked(octets, kind):
    return struct.pack(">HHH8sH", 0, 1, 6, octets[6:12], kind) + octets[ETHERNET_HEADER:]


def cooked_2(octets, kind):
    return struct.pack(">HHIHBB8s", kind, 0, 2, 1, 0, 6, octets[6:12]) + octets[ETHERNET_HEADER:]


def vlan(octets, _):
    return octets[:MAC_ADDRESSES] + struct.pack(">HH", VLAN, 100) + octets[MAC_ADDRESSES:]


def behind(kind, header):
    def change(octets, original):
        if original not in (IPV4, IPV6):
            return octets
        return octets[:MAC_ADDRESSES] + struct.pack(">H", kind) \
            + header(octets[ETHERNET_HEADER:], original) + octets[ETHERNET_HEADER:]
    return change


def mpls_header(_, __):
    return struct.pack(">I", 100 << 12 | 1 << 8 | 64)


def ip_length(octets):
    """Of the packet by its own header; padding of short frames is none of it."""
    if octets[0] >> 4 == 4:
        return int.from_bytes(octets[2:4], "big")
    return 40 + int.from_bytes(octets[4:6], "big")


def pppoe_header(inside, original):
    return struct.pack(">HHHH", 0x1100, 1, 2 + ip_length(inside),
                       0x0021 if original == IPV4 else 0x0057)


def gre_header(inside, original):
    total = 24 + ip_length(inside)
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 47, 0,
                       bytes([10, 255, 0, 1]), bytes([10, 255, 0, 2])) + struct.pack(">HH", 0, original)


def is_whole_datagram(packet):
    """An IPv4 datagram of UDP in one piece, captured whole, that is worth cutting up."""
    octets = packet.octets
    if not is_ip(packet) or len(octets) < 60 or octets[14] != 0x45 or octets[23] != UDP:
        return False
    whole = int.from_bytes(octets[20:22], "big") & 0x3FFF == 0
    return whole and ETHERNET_HEADER + ip_length(octets[ETHERNET_HEADER:]) == len(octets)


def fragment(packet, start, end, number):
    header = bytearray(packet.octets[:34])
    last = end >= len(packet.octets) - 34
    body = packet.octets[34 + start:34 + end]
    struct.pack_into(">HHH", header, 16, 20 + len(body), number & 0xFFFF,
                     start // 8 | (0 if last else 0x2000))
    return captures.Packet(packet.time, bytes(header) + body, len(header) + len(body))


def fragmented(packets, chance):
    """Each datagram in two fragments, the second first now and then. Where a clock went back, frames
    are counted."""
    result = []
    if any(a.time > b.time for a, b in zip(packets, packets[1:])):
        return None
    for number, packet in enumerate(packets, 1):
        if not is_whole_datagram(packet):
            result.append(packet)
            continue
        middle = 8 * chance.randint(1, (len(packet.octets) - 35) // 8)
        both = [fragment(packet, 0, middle, number), fragment(packet, middle, 65536, number)]
        result += both if chance.random() < 0.7 else both[::-1]
    return captures.LINK_ETHERNET, result


FRAMES = ("frame", "display_filter")

# What it is called, how packets are changed, and what of the document may change with it.
FORMS = (
    ("raw", link_form(LINK_RAW, raw, True), ()),
    ("loopback", link_form(LINK_NULL, loopback, True), ()),
    ("cooked", link_form(LINK_SLL, cooked), ()),
    ("cooked 2", link_form(LINK_SLL2, cooked_2), ()),
    ("vlan", link_form(captures.LINK_ETHERNET, vlan), ()),
    ("mpls", link_form(captures.LINK_ETHERNET, behind(MPLS, mpls_header)), ()),
    ("pppoe", link_form(captures.LINK_ETHERNET, behind(PPPOE, pppoe_header)), ()),
    ("gre", link_form(captures.LINK_ETHERNET, behind(IPV4, gre_header)), ()),
    ("fragments", fragmented, FRAMES),
)


def swapped(link_type, packets):
    """A file of a machine with the other byte order."""
    yield struct.pack(">IHHiIII", captures.MICROSECONDS_MAGIC, 2, 4, 0, 0, 262144, link_type)
    for each in packets:
        yield struct.pack(">IIII", each.time // 1000000, each.time % 1000000, len(each.octets),
                          each.length) + each.octets


def nanoseconds(link_type, packets):
    yield struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link_type)
    for each in packets:
        yield struct.pack("<IIII", each.time // 1000000, each.time % 1000000 * 1000,
                          len(each.octets), each.length) + each.octets


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(link_type, packets):
    yield block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    yield block(1, struct.pack("<HHI", link_type, 0, 262144))
    for each in packets:
        yield block(6, struct.pack("<IIIII", 0, each.time >> 32, each.time & 0xFFFFFFFF,
                                   len(each.octets), each.length) + each.octets)


def gzipped(link_type, packets):
    yield gzip.compress(b"".join(nanoseconds(link_type, packets)))


FORMATS = (swapped, nanoseconds, pcapng, gzipped)


def without(value, names):
    """The document without these keys, wherever they are."""
    if isinstance(value, dict):
        return {key: without(each, names) for key, each in value.items() if key not in names}
    return [without(each, names) for each in value] if isinstance(value, list) else value


def changes(was, now, place=""):
    """The places where two documents differ."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(set(was) | set(now)):
            yield from changes(was.get(key), now.get(key), f"{place}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, pair in enumerate(zip(was, now)):
            yield from changes(*pair, f"{place}[{index}]")
    elif was != now:
        yield f"{place}: was {str(was)[:80]}, is {str(now)[:80]}"


class Comparison:
    """One sample under one diagnosis after the other."""

    def __init__(self, sample, binary):
        self.sample, self.binary = sample, binary
        self.original = sample.diagnose(binary, sample.path)

    def __call__(self, label, paths, may_change=()):
        ignored = ("inputs", *may_change)
        now = self.sample.diagnose(self.binary, *paths)
        found = list(changes(without(self.original, ignored), without(now, ignored)))
        return [f"{self.sample.name}, {label}: {found[0]} ({len(found)} in all)"] if found else []


def in_two_files(sample, chance, folder):
    """Each packet in one of two files: they are merged by time."""
    parts = ([], [])
    for packet in sample.packets:
        parts[chance.randrange(2)].append(packet)
    paths = [folder / "first.pcap", folder / "second.pcap"]
    for path, packets in zip(paths, parts):
        captures.write(path, sample.link_type, packets)
    return paths


def is_in_order(packets):
    """Strictly: packets of one time would have no order when merged."""
    return all(a.time < b.time for a, b in zip(packets, packets[1:]))


def packets_form(compare, chance, folder, form):
    name, change, may_change = form
    changed = change(compare.sample.packets, chance)
    if changed is None:
        return []
    path = folder / f"{name.replace(' ', '-')}.pcap"
    captures.write(path, *changed)
    return compare(name, [path], may_change)


def file_form(compare, _, folder, write):
    path = folder / write.__name__
    path.write_bytes(b"".join(write(compare.sample.link_type, compare.sample.packets)))
    return compare(write.__name__, [path])


def two_files_form(compare, chance, folder, _):
    if not is_in_order(compare.sample.packets):
        return []
    return compare("two files", in_two_files(compare.sample, chance, folder), (*FRAMES, "input"))


EVERY = [(packets_form, form) for form in FORMS] + [(file_form, write) for write in FORMATS] \
    + [(two_files_form, None)]
FEW = 4


def differences(sample, options, folder):
    """A line for each form that changed the diagnosis."""
    chance = random.Random(sample.name)
    compare = Comparison(sample, options.turnscope)
    chosen = EVERY if options.all else chance.sample(EVERY, FEW)
    return sum((run(compare, chance, folder, form) for run, form in chosen), [])


def in_folder(sample, options):
    if options.keep:
        folder = options.keep / sample.name
        folder.mkdir(parents=True, exist_ok=True)
        return differences(sample, options, folder)
    with tempfile.TemporaryDirectory() as folder:
        return differences(sample, options, pathlib.Path(folder))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true", help="each sample in every form")
    parser.add_argument("--keep", type=pathlib.Path, help="where to keep the captures")
    parser.add_argument("turnscope", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("samples", type=pathlib.Path)
    options = parser.parse_args()
    every = [sample for sample in captures.samples(options.samples.resolve())
             if sample.link_type == captures.LINK_ETHERNET]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = sum(pool.map(lambda each: in_folder(each, options), every), [])
    print("\n".join(wrong + [f"{len(every)} samples, {len(wrong)} differences"]))
    return 1 if wrong or not every else 0


if __name__ == "__main__":
    sys.exit(main())
