# SPDX-License-Identifier: MIT
"""DTLS 1.2 records and handshake messages (RFC 6347), one record a message."""
import struct

import tls
from octets import octets

VERSION = 0xFEFD
HELLO_VERIFY_REQUEST = 3


class Dtls:
    """One end's records: sequence numbers of records and messages count up by themselves."""

    def __init__(self, label, srtp=True):
        self.label, self.epoch, self.sequence, self.message = label, 0, 0, 0
        self.srtp = srtp

    def record(self, kind, data):
        header = struct.pack("!BHHHIH", kind, VERSION, self.epoch, self.sequence >> 32,
                             self.sequence & 0xFFFFFFFF, len(data))
        self.sequence += 1
        return header + data

    def handshake(self, kind, body):
        length = len(body).to_bytes(3, "big")
        data = bytes([kind]) + length + struct.pack("!H", self.message) + b"\0\0\0" + length + body
        self.message += 1
        return self.record(tls.HANDSHAKE, data)

    def client_hello(self, cookie=b"", retransmission=False):
        self.message -= 1 if retransmission else 0
        body = struct.pack("!H", VERSION) + octets(f"{self.label} random", 32) + b"\0" \
            + tls.vector(1, cookie) + tls.vector(2, tls.words((0xC02B, 0xC02F))) + b"\1\0" \
            + tls.vector(2, self._extensions())
        return self.handshake(tls.CLIENT_HELLO, body)

    def _extensions(self):
        use_srtp = tls.extension(14, tls.vector(2, tls.words((0x0001, 0x0007))) + b"\0") \
            if self.srtp else b""
        groups = tls.extension(10, tls.vector(2, tls.words((0x001D, 0x0017))))
        signatures = tls.extension(13, tls.vector(2, tls.words((0x0403, 0x0804))))
        return tls.extension(23, b"") + groups + tls.extension(11, b"\1\0") + signatures + use_srtp

    def hello_verify_request(self, number=0):
        cookie = octets(f"{self.label} cookie {number}", 20)
        self.message = 0
        return self.handshake(HELLO_VERIFY_REQUEST,
                              struct.pack("!H", VERSION) + tls.vector(1, cookie)), cookie

    def server_hello(self):
        use_srtp = tls.extension(14, tls.vector(2, tls.words((0x0001,))) + b"\0")
        body = struct.pack("!H", VERSION) + octets(f"{self.label} random", 32) + b"\0" \
            + struct.pack("!HB", 0xC02B, 0) + tls.vector(2, tls.extension(0xFF01, b"\0") + use_srtp)
        return self.handshake(tls.SERVER_HELLO, body)

    def server_flight(self):
        """ServerHello to ServerHelloDone in one datagram; the certificate is self-signed, as
        DTLS-SRTP has it (RFC 8122)."""
        return self.server_hello() + self._message(tls.certificate_message("webrtc")) \
            + self._message(tls.server_key_exchange(self.label, 0x0017, 65, 0x0403, 71)) \
            + self._message(tls.certificate_request()) + self._message(tls.server_hello_done())

    def client_flight(self):
        return self._message(tls.certificate_message("webrtc")) \
            + self._message(tls.client_key_exchange(self.label, 65)) \
            + self._message(tls.certificate_verify(self.label)) + self.finish()

    def _message(self, message):
        return self.handshake(message[0], message[4:])

    def finish(self):
        """ChangeCipherSpec, then Finished in the next epoch, encrypted."""
        change = self.record(tls.CHANGE_CIPHER_SPEC, b"\1")
        self.epoch, self.sequence = 1, 0
        return change + self.record(tls.HANDSHAKE, octets(f"{self.label} finished", 48))

    def alert(self, description):
        return self.record(tls.ALERT, bytes([tls.FATAL, tls.ALERTS[description]]))
