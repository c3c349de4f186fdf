# SPDX-License-Identifier: MIT
"""STUN and TURN messages (RFC 8489, RFC 8656)."""
import hashlib
import hmac
import ipaddress
import struct
import zlib

COOKIE = 0x2112A442
REQUEST, INDICATION, SUCCESS, ERROR = 0x000, 0x010, 0x100, 0x110
BINDING, ALLOCATE, REFRESH, SEND, DATA_INDICATION = 0x001, 0x003, 0x004, 0x006, 0x007
CREATE_PERMISSION, CHANNEL_BIND, CONNECT = 0x008, 0x009, 0x00A

MAPPED_ADDRESS, USERNAME, MESSAGE_INTEGRITY, ERROR_CODE = 0x0001, 0x0006, 0x0008, 0x0009
UNKNOWN_ATTRIBUTES, CHANNEL_NUMBER, LIFETIME = 0x000A, 0x000C, 0x000D
XOR_PEER_ADDRESS, DATA, REALM, NONCE, XOR_RELAYED_ADDRESS = 0x12, 0x13, 0x14, 0x15, 0x16
REQUESTED_ADDRESS_FAMILY, REQUESTED_TRANSPORT, DONT_FRAGMENT = 0x17, 0x19, 0x1A
MESSAGE_INTEGRITY_SHA256, PASSWORD_ALGORITHM = 0x1C, 0x1D
XOR_MAPPED_ADDRESS, PRIORITY, USE_CANDIDATE = 0x20, 0x24, 0x25
PASSWORD_ALGORITHMS, SOFTWARE, ALTERNATE_SERVER = 0x8002, 0x8022, 0x8023
FINGERPRINT, ICE_CONTROLLED, ICE_CONTROLLING = 0x8028, 0x8029, 0x802A

FINGERPRINT_XOR = 0x5354554E


def text(kind, value):
    return kind, value.encode() if isinstance(value, str) else value


def number(kind, value):
    return kind, struct.pack("!I", value)


def plain_address(kind, address):
    packed = ipaddress.ip_address(address[0]).packed
    return kind, struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, address[1]) + packed


def xor_address(kind, address, transaction):
    """IPv6 addresses are also xored with the transaction ID (RFC 8489 section 14.2)."""
    packed = ipaddress.ip_address(address[0]).packed
    mask = struct.pack("!I", COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(packed, mask))
    family = 1 if len(packed) == 4 else 2
    return kind, struct.pack("!BBH", 0, family, address[1] ^ COOKIE >> 16) + hidden


def transport(protocol=17):
    return REQUESTED_TRANSPORT, struct.pack("!BBH", protocol, 0, 0)


def channel(value):
    return CHANNEL_NUMBER, struct.pack("!HH", value, 0)


def error_code(code, reason):
    reason = reason.encode() if isinstance(reason, str) else reason
    return ERROR_CODE, struct.pack("!HBB", 0, code // 100, code % 100) + reason


def long_term_key(username, realm, password, digest=hashlib.md5):
    return digest(f"{username}:{realm}:{password}".encode()).digest()


def _attribute(kind, value, padding):
    return struct.pack("!HH", kind, len(value)) + value + padding * (-len(value) % 4)


def _header(kind, length, transaction):
    return struct.pack("!HHI", kind, length, COOKIE) + transaction


def message(kind, transaction, attributes, key=None, fingerprint=False, padding=b"\0",
            integrity=MESSAGE_INTEGRITY):
    """A whole message. `kind` is method | class; `key` adds MESSAGE-INTEGRITY, or what `integrity`
    says; `fingerprint` adds FINGERPRINT, and the value "wrong" adds a false one; `padding` fills
    attributes up to a multiple of four (some stacks use spaces)."""
    body = b"".join(_attribute(number_, value, padding) for number_, value in attributes)
    if key is not None:
        digest = hashlib.sha1 if integrity == MESSAGE_INTEGRITY else hashlib.sha256
        signed = _header(kind, len(body) + 4 + digest().digest_size, transaction) + body
        body += _attribute(integrity, hmac.new(key, signed, digest).digest(), b"")
    if fingerprint:
        checked = _header(kind, len(body) + 8, transaction) + body
        value = zlib.crc32(checked) ^ FINGERPRINT_XOR
        value ^= 0x00010000 if fingerprint == "wrong" else 0
        body += _attribute(FINGERPRINT, struct.pack("!I", value), b"")
    return _header(kind, len(body), transaction) + body


def channel_data(value, data, stream=False):
    """ChannelData; padded to a multiple of four on a stream (RFC 8656 section 12.5)."""
    padding = b"\0" * (-len(data) % 4) if stream else b""
    return struct.pack("!HH", value, len(data)) + data + padding
