# SPDX-License-Identifier: MIT
"""TLS records and handshake messages as an onlooker sees them (RFC 5246, RFC 8446).

What is encrypted on the wire is filled with octets of the right length; signatures and key shares
are octets too: a passive observer cannot check them."""
import pathlib
import struct

from octets import octets

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE = 1, 2, 11, 12
CERTIFICATE_REQUEST, SERVER_HELLO_DONE, CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE = 13, 14, 15, 16
TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
WARNING, FATAL = 1, 2
ALERTS = {
    "close_notify": 0, "unexpected_message": 10, "handshake_failure": 40, "bad_certificate": 42,
    "unsupported_certificate": 43, "certificate_revoked": 44, "certificate_expired": 45,
    "certificate_unknown": 46, "unknown_ca": 48, "decrypt_error": 51, "protocol_version": 70,
    "insufficient_security": 71, "internal_error": 80, "unrecognized_name": 112,
    "certificate_required": 116, "no_application_protocol": 120,
}
ECDHE_RSA_AES128_GCM, ECDHE_RSA_AES256_GCM, RSA_AES128_GCM = 0xC02F, 0xC030, 0x009C
AES128_GCM_SHA256, AES256_GCM_SHA384, RSA_RC4_SHA, RSA_3DES_SHA = 0x1301, 0x1302, 0x0005, 0x000A
BROWSER_CIPHERS = (AES128_GCM_SHA256, AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM,
                   ECDHE_RSA_AES256_GCM, RSA_AES128_GCM)
CERTIFICATES = pathlib.Path(__file__).parent / "certificates"


def certificate(name):
    """The DER octets of certificates/NAME.der."""
    return (CERTIFICATES / f"{name}.der").read_bytes()


def vector(width, data):
    """`data` behind its length in `width` octets."""
    return len(data).to_bytes(width, "big") + data


def record(kind, data, version=TLS12):
    return struct.pack("!BHH", kind, version, len(data)) + data


def handshake(kind, body):
    return bytes([kind]) + vector(3, body)


def alert(description, level=FATAL, version=TLS12):
    return record(ALERT, bytes([level, ALERTS[description]]), version)


def encrypted_alert(label):
    return record(ALERT, octets(label, 26))


def extension(kind, data):
    return struct.pack("!H", kind) + vector(2, data)


def server_name(value):
    return extension(0, vector(2, b"\0" + vector(2, value.encode())))


def application_protocols(*names):
    return extension(16, vector(2, b"".join(vector(1, each.encode()) for each in names)))


def words(values):
    return b"".join(struct.pack("!H", value) for value in values)


def client_extensions(sni, alpn, versions, label):
    parts = [server_name(sni)] if sni else []
    parts += [extension(23, b""), extension(0xFF01, b"\0"),
              extension(10, vector(2, words((0x001D, 0x0017)))), extension(11, b"\1\0"),
              extension(13, vector(2, words((0x0403, 0x0804, 0x0401, 0x0201))))]
    parts += [application_protocols(*alpn)] if alpn else []
    if TLS13 in versions:
        share = words((0x001D,)) + vector(2, octets(f"{label} share", 32))
        parts += [extension(43, vector(1, words(versions))), extension(51, vector(2, share))]
    return b"".join(parts)


def client_hello(sni="cmsweb.octavio.com", label="hello", ciphers=BROWSER_CIPHERS,
                 versions=(TLS13, TLS12), alpn=("h2", "http/1.1"), session=b""):
    body = struct.pack("!H", min(max(versions), TLS12)) + octets(f"{label} client random", 32) \
        + vector(1, session) + vector(2, words(ciphers)) + b"\1\0" \
        + vector(2, client_extensions(sni, alpn, versions, label))
    return handshake(CLIENT_HELLO, body)


def server_hello(label="hello", cipher=ECDHE_RSA_AES128_GCM, version=TLS12, session=b"",
                 alpn="http/1.1"):
    """For TLS 1.3 the extensions say so and everything else is encrypted."""
    if version == TLS13:
        share = words((0x001D,)) + vector(2, octets(f"{label} server share", 32))
        extensions = extension(43, words((TLS13,))) + extension(51, share)
    else:
        extensions = extension(0xFF01, b"\0") + (application_protocols(alpn) if alpn else b"")
    return handshake(SERVER_HELLO, struct.pack("!H", min(version, TLS12))
                     + octets(f"{label} server random", 32) + vector(1, session)
                     + struct.pack("!HB", cipher, 0) + vector(2, extensions))


def certificate_message(*names):
    return handshake(CERTIFICATE, vector(3, b"".join(vector(3, certificate(each))
                                                     for each in names)))


def server_key_exchange(label="hello", curve=0x001D, key_length=32, signature=0x0401,
                        signature_length=256):
    point = octets(f"{label} server point", key_length)
    return handshake(SERVER_KEY_EXCHANGE, b"\3" + words((curve,)) + vector(1, point)
                     + words((signature,)) + vector(2, octets(f"{label} sign", signature_length)))


def certificate_request():
    return handshake(CERTIFICATE_REQUEST, vector(1, b"\1\x40") + vector(2, words((0x0401, 0x0403)))
                     + vector(2, b""))


def server_hello_done():
    return handshake(SERVER_HELLO_DONE, b"")


def client_key_exchange(label="hello", length=32):
    return handshake(CLIENT_KEY_EXCHANGE, vector(1, octets(f"{label} client point", length)))


def certificate_verify(label="hello"):
    return handshake(CERTIFICATE_VERIFY, words((0x0401,)) + vector(2, octets(f"{label} verify",
                                                                             256)))


def finished(label):
    """ChangeCipherSpec and the encrypted Finished."""
    return record(CHANGE_CIPHER_SPEC, b"\1") + record(HANDSHAKE, octets(f"{label} finished", 40))


class Tls:
    """A TLS session on a wire.Tcp. Every step returns its last frame."""

    def __init__(self, tcp, label="tls", sni="cmsweb.octavio.com", chain=("good", "issuing")):
        self.tcp, self.label, self.sni, self.chain = tcp, label, sni, chain
        self.count = 0

    def hello(self, **more):
        message = client_hello(self.sni, self.label, **more)
        return self.tcp.send(record(HANDSHAKE, message, TLS10))

    def server_flight(self, request=False, **more):
        """ServerHello, Certificate, ServerKeyExchange, perhaps CertificateRequest, Done."""
        messages = server_hello(self.label, **more) + certificate_message(*self.chain) \
            + server_key_exchange(self.label) + (certificate_request() if request else b"") \
            + server_hello_done()
        return self.tcp.reply(record(HANDSHAKE, messages))

    def client_flight(self, *chain, verify=False):
        messages = certificate_message(*chain) if chain else b""
        messages += client_key_exchange(self.label)
        messages += certificate_verify(self.label) if verify else b""
        return self.tcp.send(record(HANDSHAKE, messages) + finished(f"{self.label} client"))

    def server_finish(self):
        return self.tcp.reply(finished(f"{self.label} server"))

    def establish(self):
        """A whole TLS 1.2 handshake, from the SYN on. Returns the frame of the Certificate."""
        self.tcp.open()
        self.hello()
        flight = self.server_flight()
        self.client_flight()
        self.server_finish()
        return flight

    def application(self, length, acknowledge=True):
        return self.tcp.send(self._data(length), acknowledge)

    def answer(self, length, acknowledge=True):
        return self.tcp.reply(self._data(length), acknowledge)

    def _data(self, length):
        self.count += 1
        return record(APPLICATION_DATA, octets(f"{self.label} data {self.count}", length))

    def page(self):
        """What loads the web bridge's page: one request, one answer."""
        self.application(420)
        return self.answer(1100)

    def close(self):
        self.tcp.send(encrypted_alert(f"{self.label} close"), acknowledge=False)
        return self.tcp.close()
