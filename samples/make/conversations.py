# SPDX-License-Identifier: MIT
"""What is said inside TLS in the samples that come with a key log. connections/record has made real
connections of it; `play` puts one of these into a capture."""
import pathlib
import ssl

import stun
from scenarios_guide import expressway_challenge, expressway_refusal
from turn import Turn

NAME = "cmsweb.octavio.com"
CONNECTIONS = pathlib.Path(__file__).parent / "connections"


class Conversation:
    """`messages` are (who, octets) in order."""

    def __init__(self, messages, version=ssl.TLSVersion.TLSv1_3, alpn="http/1.1",
                 certificate="good"):
        self.messages, self.version, self.alpn = messages, version, alpn
        self.certificate = certificate


REQUEST = f"GET /?secret=do-not-keep HTTP/1.1\r\nHost: {NAME}\r\n" \
    "Cookie: session=do-not-keep\r\n\r\n".encode()
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nServer: Expressway\r\nContent-Type: text/html\r\n" \
    b"Content-Length: 24\r\n\r\n<h1>400 Bad Request</h1>"
WEBSOCKET = f"GET /ws;token=do-not-keep HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: websocket\r\n" \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer do-not-keep\r\n\r\n" \
    .encode()
SHORT_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n" \
    b"<title>Join</title>"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nServer: Expressway\r\nContent-Length: 0\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" \
    b"14\r\n<title>Join</title>\r\n\r\n0\r\n\r\n"


def frame(kind, flags, stream, payload):
    """An HTTP/2 frame (RFC 9113 section 4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") \
        + payload


def literal(index, value):
    """A header field with an indexed name, kept in the table (RFC 7541 section 6.2.1)."""
    return bytes([0x40 | index, len(value)]) + value


# :method GET, :scheme https, :path / and :status 400 stand in the static table.
HTTP2_REQUEST = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") \
    + frame(1, 0x05, 1, b"\x82\x87\x84" + literal(1, NAME.encode()))
HTTP2_REFUSAL = frame(4, 0, 0, b"") + frame(4, 1, 0, b"") \
    + frame(1, 0x05, 1, b"\x8c" + literal(54, b"Expressway"))


class Said:
    """In the place of a flow: keeps what a Turn says."""

    def __init__(self):
        self.client, self.messages = ("172.16.84.124", 50130), []

    def send(self, data):
        self.messages.append(("client", data))

    def reply(self, data):
        self.messages.append(("server", data))


def refused_turn():
    said = Said()
    turn = Turn(said, "turns", password="wrong")
    expressway_challenge(turn)
    turn.authenticate()
    expressway_refusal(turn)
    return said.messages


def granted_turn():
    said = Said()
    turn = Turn(said, "turns")
    turn.allocate()
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 0)])
    turn.success(stun.REFRESH, [stun.number(stun.LIFETIME, 0)])
    return said.messages


TLS12 = ssl.TLSVersion.TLSv1_2
CONVERSATIONS = {
    "page-refused-12": Conversation([("client", REQUEST), ("server", REFUSAL)], TLS12),
    "page-refused-13": Conversation([("client", REQUEST), ("server", REFUSAL)]),
    "page-refused-http2": Conversation([("client", HTTP2_REQUEST), ("server", HTTP2_REFUSAL)],
                                       alpn="h2"),
    "websocket-refused-13": Conversation([("client", REQUEST), ("server", SHORT_PAGE),
                                          ("client", WEBSOCKET), ("server", FORBIDDEN)]),
    "page-13": Conversation([("client", REQUEST), ("server", PAGE)]),
    "page-self-signed-13": Conversation([("client", REQUEST), ("server", PAGE)],
                                        certificate="self-signed"),
    "turn-refused-13": Conversation(refused_turn(), alpn="stun.turn"),
    "turn-granted-12": Conversation(granted_turn(), TLS12, alpn="stun.turn"),
}


def read(name):
    """The key log as text, and (who, octets) in order."""
    keys, pieces = [], []
    for line in (CONNECTIONS / name).read_text().splitlines():
        if line.startswith("key "):
            keys.append(line[4:])
        elif line.startswith(" "):
            who, octets = pieces[-1]
            pieces[-1] = who, octets + bytes.fromhex(line.strip())
        else:
            pieces.append((line, b""))
    return "".join(f"{key}\n" for key in keys), pieces


def play(tcp, name):
    """Opens the TCP connection and lets the recorded one pass over it. Returns the key log and the
    last frame of each piece."""
    keys, pieces = read(name)
    tcp.open()
    return keys, [tcp.send(octets) if who == "client" else tcp.reply(octets)
                  for who, octets in pieces]


def play_datagrams(udp, name):
    """The same over UDP: each piece is a datagram. They are a browser's own, which connections/
    from_capture has taken from a capture."""
    keys, pieces = read(name)
    return keys, [udp.send(octets) if who == "client" else udp.reply(octets)
                  for who, octets in pieces]
