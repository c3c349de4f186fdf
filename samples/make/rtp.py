# SPDX-License-Identifier: MIT
"""SRTP and SRTCP packets as they look on the wire: a clear header, then octets (RFC 3711)."""
import struct

from octets import octets


def srtp(label, sequence, length=92, kind=111, source=0x1F2E3D4C):
    header = struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, sequence * 960 & 0xFFFFFFFF,
                         source)
    return header + octets(f"{label} rtp {sequence}", length)


def srtcp(label, sequence, source=0x1F2E3D4C):
    """A sender report, encrypted: 28 octets, the index word and the tag."""
    return struct.pack("!BBHI", 0x80, 200, 6, source) + octets(f"{label} rtcp {sequence}", 20) \
        + struct.pack("!I", 0x80000000 | sequence) + octets(f"{label} tag {sequence}", 10)
