# SPDX-License-Identifier: MIT
"""Octets that look random and are the same on every run."""
import hashlib


def octets(label, length):
    """`length` octets that depend on `label` alone."""
    blocks = []
    for number in range((length + 31) // 32):
        blocks.append(hashlib.sha256(f"{label}/{number}".encode()).digest())
    return b"".join(blocks)[:length]


def hexadecimal(label, length):
    """`length` characters 0-9a-f that depend on `label` alone."""
    return octets(label, (length + 1) // 2).hex()[:length]


def number(label, bits):
    """An unsigned number of at most `bits` bits that depends on `label` alone."""
    return int.from_bytes(octets(label, 8), "big") & ((1 << bits) - 1)
