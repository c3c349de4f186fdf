# SPDX-License-Identifier: MIT
"""Packets from the link layer to UDP, TCP and ICMP, and the pcap file that holds them.

A Capture is a list of frames with a clock. The clock moves by itself: what comes from far away
arrives a round trip after what it answers, what the machine next to the capture point sends follows
at once. `wait` adds to it. Every function that emits a packet returns its Frame, so that an
expectation can name the frame whatever its number comes to be.
"""
import datetime
import ipaddress
import struct

from octets import number

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
ROUND_TRIP = 10_085  # microseconds: what the guide's exchange shows
NEXT = 140
MICROSECOND = 1_000_000
ROUTER_MAC = bytes.fromhex("02005e005301")
LINK_TYPES = {"ethernet": 1, "vlan": 1, "qinq": 1, "pppoe": 1, "sll": 113, "sll2": 276, "raw": 101}


def microseconds(text):
    """Microseconds since the epoch of an ISO time in UTC."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * MICROSECOND + moment.microsecond


START = microseconds("2017-05-20T19:52:30.000000")


def ones_complement(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Frame:
    """One captured packet. `network` is its IP packet, which an ICMP error quotes."""

    def __init__(self, time, data, network, source):
        self.time, self.data, self.network, self.source = time, data, network, source


class Capture:
    """Frames, and the clock and the addresses they are made with.

    `near` are the addresses next to the capture point; `link` is a key of LINK_TYPES; `ttl` the
    hop limit seen for an address (64 when near and 57 when far unless it says otherwise)."""

    def __init__(self, near=("172.16.84.124",), link="ethernet", start=START, snaplen=262144):
        self.near = {ipaddress.ip_address(address) for address in near}
        self.link, self.now, self.snaplen = link, start, snaplen
        self.frames, self.ttl, self.identification = [], {}, {}
        self.last_near = True

    def wait(self, seconds):
        self.now += round(seconds * MICROSECOND)

    def soon(self):
        """What comes next answers nothing just sent: it follows at once, from wherever it is."""
        self.last_near = False

    def until(self, text):
        self.now = microseconds(text)
        self.last_near = None

    def _tick(self, source):
        is_near = source in self.near
        if self.last_near is not None:
            self.now += ROUND_TRIP if self.last_near and not is_near else NEXT
        self.last_near = is_near

    def _next_identification(self, source):
        value = self.identification.get(source, number(f"identification {source}", 16))
        self.identification[source] = (value + 1) & 0xFFFF
        return value

    def hops(self, source):
        return self.ttl.get(str(source), 64 if source in self.near else 57)

    def packet(self, source, destination, protocol, payload, ttl=None):
        """Emits one IP packet. `payload` has its own checksum already."""
        source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
        ttl = ttl or self.hops(source)
        if source.version == 4:
            network = ipv4(source, destination, protocol, payload, ttl,
                           self._next_identification(source))
        else:
            network = ipv6(source, destination, protocol, payload, ttl)
        self._tick(source)
        return self.emit(network, source, destination)

    def emit(self, network, source, destination):
        frame = Frame(self.now, self._framed(network, source, destination), network, source)
        self.frames.append(frame)
        return frame

    def _mac(self, address):
        return b"\x02\x00" + address.packed[-4:] if address in self.near else ROUTER_MAC

    def _framed(self, network, source, destination):
        kind = 0x0800 if source.version == 4 else 0x86DD
        if self.link == "raw":
            return network
        if self.link == "sll":
            outgoing = 4 if source in self.near else 0
            return struct.pack("!HHH8sH", outgoing, 1, 6, self._mac(source), kind) + network
        if self.link == "sll2":
            outgoing = 4 if source in self.near else 0
            return struct.pack("!HHIHBB8s", kind, 0, 2, 1, outgoing, 6,
                               self._mac(source)) + network
        return self._mac(destination) + self._mac(source) + self._ether_type(kind, network)

    def _ether_type(self, kind, network):
        if self.link == "vlan":
            return struct.pack("!HHH", 0x8100, 84, kind) + network
        if self.link == "qinq":
            return struct.pack("!HHHHH", 0x88A8, 2000, 0x8100, 84, kind) + network
        if self.link == "pppoe":
            ppp = 0x0021 if kind == 0x0800 else 0x0057
            return struct.pack("!HBBHHH", 0x8864, 0x11, 0, 0x2A, len(network) + 2, ppp) + network
        return struct.pack("!H", kind) + network

    def fragment(self, frame, at):
        """Replaces `frame` by two IPv4 fragments, the first with `at` octets of payload (a multiple
        of eight). Returns the second, with which the packet is whole."""
        network, place = frame.network, self.frames.index(frame)
        source, destination = (ipaddress.ip_address(network[i:i + 4]) for i in (12, 16))
        pieces = []
        for start, piece, more in ((0, network[20:20 + at], 0x2000), (at, network[20 + at:], 0)):
            header = bytearray(network[:20])
            header[2:4] = struct.pack("!H", 20 + len(piece))
            header[6:8] = struct.pack("!H", more | start // 8)
            header[10:12] = b"\0\0"
            header[10:12] = struct.pack("!H", ones_complement(bytes(header)))
            packet = bytes(header) + piece
            pieces.append(Frame(frame.time + (0 if more else 9),
                                self._framed(packet, source, destination), packet, source))
        self.frames[place:place + 1] = pieces
        return pieces[1]

    def number(self, frame):
        """The frame's number as Wireshark counts."""
        return next(i for i, each in enumerate(self.frames, 1) if each is frame)

    def sort(self):
        """Puts frames made out of order (two conversations at once) in the order of their times."""
        self.frames.sort(key=lambda frame: frame.time)

    def pcap(self):
        """The file's octets."""
        parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, self.snaplen,
                             LINK_TYPES[self.link])]
        for frame in self.frames:
            kept = frame.data[:self.snaplen]
            parts.append(struct.pack("<IIII", frame.time // MICROSECOND, frame.time % MICROSECOND,
                                     len(kept), len(frame.data)))
            parts.append(kept)
        return b"".join(parts)


def _block(kind, body):
    """A pcapng block, padded, with its length before and after."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _option(kind, value):
    return struct.pack("<HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng(capture, dropped, keys=""):
    """The capture as pcapng, with an interface statistics block that counts `dropped` packets, and
    with a TLS key log in a Decryption Secrets Block when there is one."""
    blocks = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
              _block(1, struct.pack("<HHI", LINK_TYPES[capture.link], 0, capture.snaplen))]
    if keys:
        blocks.insert(1, _block(10, struct.pack("<II", 0x544C534B, len(keys)) + keys.encode()))
    for frame in capture.frames:
        kept = frame.data[:capture.snaplen]
        blocks.append(_block(6, struct.pack("<IIIII", 0, frame.time >> 32, frame.time & 0xFFFFFFFF,
                                            len(kept), len(frame.data)) + kept))
    received = _option(4, struct.pack("<Q", len(capture.frames) + dropped))
    counted = received + _option(5, struct.pack("<Q", dropped)) + _option(0, b"")
    blocks.append(_block(5, struct.pack("<III", 0, capture.now >> 32, capture.now & 0xFFFFFFFF)
                         + counted))
    return b"".join(blocks)


def ipv4(source, destination, protocol, payload, ttl, identification):
    def header(checksum):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, 0x4000,
                           ttl, protocol, checksum, source.packed, destination.packed)
    return header(ones_complement(header(0))) + payload


def ipv6(source, destination, protocol, payload, ttl):
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl) + source.packed \
        + destination.packed + payload


def pseudo_header(source, destination, protocol, length):
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if source.version == 4:
        return source.packed + destination.packed + struct.pack("!BBH", 0, protocol, length)
    return source.packed + destination.packed + struct.pack("!II", length, protocol)


class Udp:
    """A UDP conversation between `client` and `server`, each an (address, port)."""

    def __init__(self, capture, client, server):
        self.capture, self.client, self.server = capture, client, server

    def send(self, payload):
        return self._datagram(self.client, self.server, payload)

    def reply(self, payload):
        return self._datagram(self.server, self.client, payload)

    def _datagram(self, source, destination, payload):
        return self.capture.packet(source[0], destination[0], UDP,
                                   udp_datagram(source, destination, payload))


def udp_datagram(source, destination, payload):
    length = 8 + len(payload)
    start = struct.pack("!HHH", source[1], destination[1], length)
    pseudo = pseudo_header(source[0], destination[0], UDP, length)
    checksum = ones_complement(pseudo + start + b"\0\0" + payload) or 0xFFFF
    return start + struct.pack("!H", checksum) + payload


class End:
    """One end of a TCP connection: its address and what it sends next."""

    def __init__(self, address, label):
        self.address, self.sequence, self.window = address, number(label, 32), 64240


class Tcp:
    """A TCP conversation. `open` does the handshake, `send` and `reply` carry data (acknowledged
    by the other end unless told not to), `close` and `reset` end it."""

    def __init__(self, capture, client, server, mss=1460):
        self.capture, self.mss = capture, mss
        self.client = End(client, f"sequence {client} {server}")
        self.server = End(server, f"sequence {server} {client}")

    def segment(self, sender, receiver, flags, data=b"", options=b"", ttl=None, sequence=None):
        """One segment. With `sequence` it repeats what was sent before and moves nothing."""
        start = sender.sequence if sequence is None else sequence
        acknowledged = receiver.sequence if flags & ACK else 0
        offset = (20 + len(options)) // 4 << 4

        def packed(checksum):
            return struct.pack("!HHIIBBHHH", sender.address[1], receiver.address[1], start,
                               acknowledged, offset, flags, sender.window, checksum, 0) \
                + options + data
        pseudo = pseudo_header(sender.address[0], receiver.address[0], TCP, len(packed(0)))
        frame = self.capture.packet(sender.address[0], receiver.address[0], TCP,
                                    packed(ones_complement(pseudo + packed(0))), ttl)
        if sequence is None:
            moved = len(data) + bool(flags & SYN) + bool(flags & FIN)
            sender.sequence = (sender.sequence + moved) & 0xFFFFFFFF
        return frame

    def syn(self, sequence=None):
        return self.segment(self.client, self.server, SYN, options=self._syn_options(),
                            sequence=sequence)

    def syn_ack(self):
        return self.segment(self.server, self.client, SYN | ACK, options=self._syn_options())

    def _syn_options(self):
        return struct.pack("!BBHBBBB", 2, 4, self.mss, 4, 2, 1, 1)

    def open(self):
        self.syn()
        self.syn_ack()
        return self.segment(self.client, self.server, ACK)

    def send(self, data, acknowledge=True):
        return self._data(self.client, self.server, data, acknowledge)

    def reply(self, data, acknowledge=True):
        return self._data(self.server, self.client, data, acknowledge)

    def _data(self, sender, receiver, data, acknowledge):
        frame = None
        for at in range(0, len(data), self.mss):
            part = data[at:at + self.mss]
            last = at + self.mss >= len(data)
            frame = self.segment(sender, receiver, ACK | (PSH if last else 0), part)
        if acknowledge:
            self.segment(receiver, sender, ACK)
        return frame

    def close(self, by_server=False):
        one, other = (self.server, self.client) if by_server else (self.client, self.server)
        first = self.segment(one, other, FIN | ACK)
        self.segment(other, one, FIN | ACK)
        self.segment(one, other, ACK)
        return first

    def reset(self, by_server=False, ttl=None):
        one, other = (self.server, self.client) if by_server else (self.client, self.server)
        return self.segment(one, other, RST | ACK, ttl=ttl)


def icmp_error(capture, router, frame, kind, code, extra=0, quoted=28):
    """An ICMP or ICMPv6 error from `router` about `frame`'s packet, of which it quotes the first
    `quoted` octets after a hop limit of one less. `extra` is the second word (a next-hop MTU)."""
    router = ipaddress.ip_address(router)
    destination = frame.source
    message = struct.pack("!BBHI", kind, code, 0, extra) + _one_hop_less(frame.network)[:quoted]
    protocol = ICMP if router.version == 4 else ICMPV6
    pseudo = b"" if router.version == 4 else pseudo_header(router, destination, ICMPV6,
                                                           len(message))
    checksum = ones_complement(pseudo + message)
    return capture.packet(router, destination, protocol,
                          message[:2] + struct.pack("!H", checksum) + message[4:])


def _one_hop_less(network):
    if network[0] >> 4 == 6:
        return network[:7] + bytes([network[7] - 1]) + network[8:]
    header = bytearray(network[:20])
    header[8] -= 1
    header[10:12] = b"\0\0"
    header[10:12] = struct.pack("!H", ones_complement(bytes(header)))
    return bytes(header) + network[20:]
