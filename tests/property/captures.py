# SPDX-License-Identifier: MIT
"""What the property tests share: reading and writing pcap files, running the program on them."""
import json
import pathlib
import struct
import subprocess
import tempfile

MICROSECONDS_MAGIC = 0xA1B2C3D4
FILE_HEADER, RECORD_HEADER = struct.Struct("<IHHiIII"), struct.Struct("<IIII")
LINK_ETHERNET = 1
TIMEOUT_SECONDS = 60


class Packet:
    """One record: its time in microseconds, its octets, and its length on the wire."""

    def __init__(self, time, octets, length):
        self.time, self.octets, self.length = time, octets, length


def read(path):
    """(link type, packets) of a little-endian microsecond pcap file; None for any other file.
    A record cut by the file's end is left out."""
    data = path.read_bytes()
    if len(data) < FILE_HEADER.size:
        return None
    magic, *_, link_type = FILE_HEADER.unpack_from(data)
    if magic != MICROSECONDS_MAGIC:
        return None
    packets, at = [], FILE_HEADER.size
    while at + RECORD_HEADER.size <= len(data):
        seconds, microseconds, captured, length = RECORD_HEADER.unpack_from(data, at)
        at += RECORD_HEADER.size
        if at + captured > len(data):
            break
        packets.append(Packet(seconds * 1000000 + microseconds, data[at:at + captured], length))
        at += captured
    return link_type, packets


def write(path, link_type, packets):
    with open(path, "wb") as file:
        file.write(FILE_HEADER.pack(MICROSECONDS_MAGIC, 2, 4, 0, 0, 262144, link_type))
        for packet in packets:
            file.write(RECORD_HEADER.pack(packet.time // 1000000, packet.time % 1000000,
                                          len(packet.octets), packet.length))
            file.write(packet.octets)


class Sample:
    """A capture's name, the folder and the arguments to read it with, and its packets."""

    def __init__(self, name, path, arguments):
        self.name, self.folder, self.path, self.arguments = name, path.parent, path, arguments
        self.link_type, self.packets = read(path) or (None, [])

    def diagnose(self, binary, *captures):
        """The JSON document for the captures under the sample's arguments; AssertionError when the
        program breaks."""
        inputs = [argument for capture in captures for argument in ("-r", capture)]
        done = subprocess.run([binary, *inputs, "--json", *self.arguments],
                              cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT_SECONDS, check=False)
        broken = done.returncode < 0 \
            or b"ERROR: AddressSanitizer" in done.stderr or b"runtime error:" in done.stderr
        if broken or not done.stdout:
            raise AssertionError(f"{self.name}: exit status {done.returncode}: "
                                 f"{done.stderr.decode(errors='replace')[-2000:]}")
        return json.loads(done.stdout)

    def diagnose_packets(self, binary, packets):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "capture.pcap"
            write(path, self.link_type, packets)
            return self.diagnose(binary, path)


def sample(folder):
    """What a sample's expected.json says."""
    expected = json.loads((folder / "expected.json").read_text())
    return Sample(folder.name, folder / expected.get("capture", "capture.pcap"),
                  expected.get("arguments", []))


def samples(folder):
    """Every sample whose capture `read` understands, by name; captures without one as well."""
    every = [sample(path.parent) for path in sorted(folder.glob("*/expected.json"))]
    every += [Sample(path.stem, path, []) for path in sorted(folder.glob("*.pcap"))]
    return [each for each in every if each.packets]
