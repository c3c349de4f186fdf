# SPDX-License-Identifier: MIT
"""A TURN client and its server on one flow, and the ICE checks that go through the relay."""
import hashlib

import stun
from octets import hexadecimal, octets

CLIENT = ("172.16.84.124", 50124)
SERVER = ("10.88.246.156", 3478)
RELAYED = ("10.88.246.156", 24660)
PEER = ("172.16.85.180", 52044)
CHANNEL = 0x4001
REASONS = {
    300: "Try Alternate", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    420: "Unknown Attribute", 431: "Integrity Check Failure", 436: "Unknown Username",
    437: "Allocation Mismatch", 438: "Stale Nonce", 440: "Address Family not Supported",
    441: "Wrong Credentials", 442: "Unsupported Transport Protocol",
    443: "Peer Address Family Mismatch", 446: "Connection Already Exists",
    447: "Connection Timeout or Failure", 486: "Allocation Quota Reached", 487: "Role Conflict",
    500: "Server Error", 508: "Insufficient Capacity",
}


SHA256_THEN_MD5 = (stun.PASSWORD_ALGORITHMS, bytes.fromhex("0002000000010000"))
SHA256 = (stun.PASSWORD_ALGORITHM, bytes.fromhex("00020000"))


class Turn:
    """`flow` is a wire.Udp or wire.Tcp. `password` is what the client signs with, `configured` what
    the server checks against. `request` sends; `success` and `error` answer the last request."""

    def __init__(self, flow, label="turn", username="turnuser", password="cisco",
                 configured="cisco", realm="turnuser", software="turn server", fingerprint=False,
                 padding=b"\0"):
        self.flow, self.label, self.software = flow, label, software
        self.username, self.password, self.configured = username, password, configured
        self.realm, self.fingerprint, self.padding = realm, fingerprint, padding
        self.nonce = hexadecimal(f"{label} nonce", 60)
        self.count, self.transaction, self.nonces = 0, None, 0
        self.digest, self.integrity = hashlib.md5, stun.MESSAGE_INTEGRITY
        self.client = flow.client if isinstance(flow.client, tuple) else flow.client.address

    def key(self, password):
        return stun.long_term_key(self.username, self.realm, password, self.digest)

    def use_sha256(self):
        """RFC 8489's password algorithm and message integrity, as both ends agree on them."""
        self.digest, self.integrity = hashlib.sha256, stun.MESSAGE_INTEGRITY_SHA256
        self.nonce = "obMatJos2gAAA" + hexadecimal(f"{self.label} nonce", 32)

    def new_transaction(self):
        self.count += 1
        self.transaction = octets(f"{self.label} transaction {self.count}", 12)
        return self.transaction

    def new_nonce(self):
        self.nonces += 1
        self.nonce = hexadecimal(f"{self.label} nonce {self.nonces}", 60)
        return self.nonce

    def credentials(self):
        credentials = [stun.text(stun.USERNAME, self.username), stun.text(stun.REALM, self.realm),
                       stun.text(stun.NONCE, self.nonce)]
        return credentials + ([] if self.digest is hashlib.md5 else [SHA256_THEN_MD5, SHA256])

    def encode_request(self, method, attributes=(), signed=True):
        """A request of a new transaction, with the user's credentials when `signed`."""
        self.new_transaction()
        attributes = [each(self.transaction) if callable(each) else each for each in attributes]
        if signed:
            attributes += self.credentials()
        return stun.message(method, self.transaction, attributes,
                            self.key(self.password) if signed else None, self.fingerprint,
                            self.padding, self.integrity)

    def request(self, method, attributes=(), signed=True):
        return self.flow.send(self.encode_request(method, attributes, signed))

    def success(self, method, attributes=(), signed=True):
        attributes = [each(self.transaction) if callable(each) else each for each in attributes]
        attributes.append(stun.text(stun.SOFTWARE, self.software))
        return self._answer(method | stun.SUCCESS, attributes, signed)

    def error(self, method, code, attributes=(), signed=False, reason=None):
        attributes = [stun.error_code(code, REASONS[code] if reason is None else reason),
                      *attributes, stun.text(stun.SOFTWARE, self.software)]
        return self._answer(method | stun.ERROR, attributes, signed)

    def _answer(self, kind, attributes, signed):
        return self.flow.reply(stun.message(kind, self.transaction, attributes,
                                            self.key(self.configured) if signed else None,
                                            self.fingerprint, b"\0", self.integrity))

    def challenge_attributes(self):
        challenge = [stun.text(stun.NONCE, self.nonce), stun.text(stun.REALM, self.realm)]
        return challenge + ([] if self.digest is hashlib.md5 else [SHA256_THEN_MD5])

    def ask(self):
        """The Allocate without credentials that opens every exchange."""
        return self.request(stun.ALLOCATE, [stun.transport()], signed=False)

    def challenge(self):
        """The Allocate without credentials and the 401 it gets. Returns the 401."""
        self.ask()
        return self.error(stun.ALLOCATE, 401, self.challenge_attributes())

    def authenticate(self):
        return self.request(stun.ALLOCATE, [stun.transport()])

    def allocated(self, relayed=RELAYED, lifetime=600, mapped=None):
        return self.success(stun.ALLOCATE, [
            xor(stun.XOR_RELAYED_ADDRESS, relayed),
            xor(stun.XOR_MAPPED_ADDRESS, mapped or self.client),
            stun.number(stun.LIFETIME, lifetime)])

    def allocate(self, relayed=RELAYED, lifetime=600):
        """Challenge, credentials, success: returns the success."""
        self.challenge()
        self.authenticate()
        return self.allocated(relayed, lifetime)

    def permit(self, peer=PEER):
        self.request(stun.CREATE_PERMISSION, [xor(stun.XOR_PEER_ADDRESS, (peer[0], 0))])
        return self.success(stun.CREATE_PERMISSION)

    def bind(self, peer=PEER, channel=CHANNEL):
        self.request(stun.CHANNEL_BIND, [stun.channel(channel), xor(stun.XOR_PEER_ADDRESS, peer)])
        return self.success(stun.CHANNEL_BIND)

    def refresh(self, lifetime=600):
        self.request(stun.REFRESH, [stun.number(stun.LIFETIME, lifetime)])
        return self.success(stun.REFRESH, [stun.number(stun.LIFETIME, lifetime)])

    def release(self):
        return self.refresh(0)

    def send_indication(self, data, peer=PEER):
        return self.flow.send(self._indication(stun.SEND, data, peer))

    def data_indication(self, data, peer=PEER):
        return self.flow.reply(self._indication(stun.DATA_INDICATION, data, peer))

    def _indication(self, method, data, peer):
        transaction = octets(f"{self.label} indication {method} {data.hex()}", 12)
        return stun.message(method | stun.INDICATION, transaction,
                            [stun.xor_address(stun.XOR_PEER_ADDRESS, peer, transaction),
                             (stun.DATA, data)])

    def to_peer(self, data, channel=CHANNEL):
        return self.flow.send(stun.channel_data(channel, data, self.is_stream()))

    def from_peer(self, data, channel=CHANNEL):
        return self.flow.reply(stun.channel_data(channel, data, self.is_stream()))

    def is_stream(self):
        return not isinstance(self.flow.client, tuple)


def xor(kind, address):
    """An address attribute that waits for the transaction ID of its message."""
    return lambda transaction: stun.xor_address(kind, address, transaction)


class Ice:
    """The connectivity checks of one session (RFC 8445): user fragments, passwords, roles."""

    def __init__(self, label="ice"):
        self.label, self.count = label, 0
        self.ours, self.theirs = "Cl1t", "CmsP"
        self.our_password = hexadecimal(f"{label} client password", 24)
        self.their_password = hexadecimal(f"{label} peer password", 24)

    def check(self, controlling=True, nominate=False, username=None):
        """A Binding request of the client; returns the message and its transaction ID."""
        return self._request(username or f"{self.theirs}:{self.ours}", self.their_password,
                             controlling, nominate)

    def peer_check(self, controlling=False):
        """A Binding request of the peer."""
        return self._request(f"{self.ours}:{self.theirs}", self.our_password, controlling, False)

    def _request(self, username, password, controlling, nominate):
        self.count += 1
        transaction = octets(f"{self.label} check {self.count}", 12)
        role = stun.ICE_CONTROLLING if controlling else stun.ICE_CONTROLLED
        attributes = [stun.text(stun.USERNAME, username), (role, octets(f"{self.label} tie", 8)),
                      stun.number(stun.PRIORITY, 0x0140FEFF)]
        attributes += [(stun.USE_CANDIDATE, b"")] if nominate else []
        return stun.message(stun.BINDING, transaction, attributes, password.encode(),
                            True), transaction

    def answer(self, transaction, mapped, by_client=False):
        password = self.our_password if by_client else self.their_password
        return stun.message(stun.BINDING | stun.SUCCESS, transaction,
                            [stun.xor_address(stun.XOR_MAPPED_ADDRESS, mapped, transaction)],
                            password.encode(), True)

    def refuse(self, transaction, code, by_client=False):
        password = self.our_password if by_client else self.their_password
        return stun.message(stun.BINDING | stun.ERROR, transaction,
                            [stun.error_code(code, REASONS[code])], password.encode(), True)
