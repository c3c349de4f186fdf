# SPDX-License-Identifier: MIT
"""Damage to STUN messages, and what mapped addresses tell of NATs."""
import stun
from octets import hexadecimal
from sample import VERIFIED, failing, warning
from scenarios_guide import AT_CLIENT
from story import TURN_CHECK, call, start, turn_udp
from turn import CLIENT, xor

MAPPED_CHECK = ("stun.type", ["frame.number", "ip.src", "udp.srcport", "udp.dstport", "stun.type",
                              "stun.att.ipv4", "stun.att.port"])
PUBLIC = "203.0.113.9"


def integrity_mismatch():
    """The Allocate Success Response is not signed with the profile's password, although the request
    is: the client must discard it, asks twice more and gives up. The server signs with something
    else, or the answer was altered on the way."""
    capture, session = start()
    turn = turn_udp(capture, configured="altered")
    turn.challenge()
    request = turn.authenticate()
    answer = turn.allocated()
    for pause in (0.5, 1):
        capture.wait(pause)
        turn.flow.send(request.network[28:])
        turn.flow.reply(answer.network[28:])
    capture.wait(40)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "stun.integrity-mismatch", answer, arguments=VERIFIED,
                   certainty="definite", absent=["turn.integrity-failure"])


def fingerprint_wrong():
    """The FINGERPRINT of one answer to a Binding is wrong: the message was altered on the way. The
    next one is right, and the call connects."""
    capture, session = start()
    turn = turn_udp(capture, fingerprint=True)
    turn.request(stun.BINDING, signed=False)
    turn.fingerprint = "wrong"
    answer = turn.success(stun.BINDING, [xor(stun.XOR_MAPPED_ADDRESS, CLIENT)], signed=False)
    turn.fingerprint = True
    turn.allocate()
    call(turn)
    turn.release()
    session.close()
    sample = warning(capture, ("stun.type", ["frame.number", "ip.src", "stun.type",
                                             "stun.att.crc32", "stun.att.crc32.status"]),
                     "stun.fingerprint-wrong", answer, case="connect-timeout",
                     certainty="definite")
    sample.flaws = ": the one wrong fingerprint that this sample is about"
    return sample


def binding(turn, attributes):
    turn.request(stun.BINDING, signed=False)
    return turn.success(stun.BINDING, attributes, signed=False)


def alg_tampering():
    """In one answer MAPPED-ADDRESS and XOR-MAPPED-ADDRESS differ: something on the way rewrites
    addresses that it finds inside packets, and XOR hides the second from it."""
    capture, session = start()
    turn = turn_udp(capture)
    answer = binding(turn, [stun.plain_address(stun.MAPPED_ADDRESS, CLIENT),
                            xor(stun.XOR_MAPPED_ADDRESS, (PUBLIC, 40124))])
    turn.allocate()
    call(turn)
    turn.release()
    session.close()
    return warning(capture, MAPPED_CHECK, "stun.alg-tampering", answer, case="connect-timeout",
                   certainty="strong")


def nat_rebinding():
    """The same socket is mapped to another public port than a minute before: the NAT has forgotten
    the first. The Refresh then meets no allocation (437)."""
    capture, session = start()
    turn = turn_udp(capture)
    binding(turn, [xor(stun.XOR_MAPPED_ADDRESS, (PUBLIC, 40124))])
    turn.challenge()
    turn.authenticate()
    turn.allocated(mapped=(PUBLIC, 40124))
    call(turn)
    capture.wait(60)
    answer = binding(turn, [xor(stun.XOR_MAPPED_ADDRESS, (PUBLIC, 40977))])
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    turn.error(stun.REFRESH, 437)
    session.close()
    return failing(capture, MAPPED_CHECK, "stun.nat-rebinding", answer, certainty="strong")


def symmetric_nat():
    """One local socket asks two servers and is told two different mapped ports: the NAT is
    symmetric, so only the relay will work, and it does."""
    capture, session = start()
    turn = turn_udp(capture)
    binding(turn, [xor(stun.XOR_MAPPED_ADDRESS, (PUBLIC, 40124))])
    other = turn_udp(capture, server=("198.51.100.7", 3478), label="other")
    answer = binding(other, [xor(stun.XOR_MAPPED_ADDRESS, (PUBLIC, 40131))])
    turn.challenge()
    turn.authenticate()
    turn.allocated(mapped=(PUBLIC, 40124))
    call(turn)
    turn.release()
    session.close()
    sample = warning(capture, MAPPED_CHECK, "stun.symmetric-nat", answer, certainty="strong")
    for name in ("verdict", "root_cause"):  # a warning or a remark: either is right
        del sample.expected[name]
    return sample


def bid_down():
    """The nonce says that the server offers password algorithms (it begins with obMatJos2 and the
    feature bit is set), but the challenge that reaches the client carries no PASSWORD-ALGORITHMS:
    somebody took the attribute out to keep MD5 in use."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.nonce = "obMatJos2gAAA" + hexadecimal("bid-down", 32)
    challenge = turn.challenge()
    turn.authenticate()
    turn.allocated()
    call(turn)
    turn.release()
    session.close()
    return warning(capture, ("stun.att.nonce", ["frame.number", "stun.type", "stun.attribute",
                                                "stun.att.nonce"]),
                   "stun.bid-down", challenge, certainty="strong")


def malformed():
    """The Allocate's USERNAME claims 4000 octets in a message of 120: the client, or something on
    the way, damages its messages. The server answers nothing."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    message = bytearray(turn.encode_request(stun.ALLOCATE, [stun.transport()]))
    at = message.index(b"\0\x06\0\x08turnuser")
    message[at + 2:at + 4] = (4000).to_bytes(2, "big")
    first = turn.flow.send(bytes(message))
    for pause in (0.5, 1, 2, 4, 8, 16):
        capture.wait(pause)
        turn.flow.send(bytes(message))
    capture.wait(13)
    session.page()
    session.close()
    sample = failing(capture, ("stun", ["frame.number", "stun.type", "stun.length",
                                        "stun.att.length", "_ws.expert.message"]),
                     "stun.malformed", first, certainty="definite", cases=AT_CLIENT)
    sample.flaws = ": none that tshark reports; it shows the length of 4000 without a word"
    return sample


SCENARIOS = {
    "stun-integrity-mismatch": integrity_mismatch,
    "stun-fingerprint-wrong": fingerprint_wrong,
    "stun-alg-tampering": alg_tampering,
    "stun-nat-rebinding": nat_rebinding,
    "stun-symmetric-nat": symmetric_nat,
    "stun-bid-down": bid_down,
    "stun-malformed": malformed,
}
