# SPDX-License-Identifier: MIT
"""Refusals and silences of the TURN server: one sample a finding code."""
import struct

import stun
from sample import finding, failing, silent, warning
from scenarios_guide import AT_CLIENT, RETRANSMISSIONS, ask_in_vain
from story import (CLIENT_ADDRESS, LAN1, LAN2, NAT, TURN_CHECK, call, check_through_relay, start,
                   turn_udp)
from tls import Tls
from turn import Ice, Turn, xor
from wire import ACK, RST, Tcp

TCP_CHECK = ("tcp.port == 3478 || stun.type", ["frame.number", "ip.src", "ip.dst", "tcp.srcport",
                                               "tcp.dstport", "tcp.flags.str", "stun.type"])
RELAY_CHECK = ("stun.type && stun.type.class != 1",
               ["frame.number", "frame.time_relative", "stun.type", "stun.att.error",
                "stun.att.lifetime", "stun.att.ipv4", "stun.att.port"])
NO_TURN = [xor(stun.XOR_PEER_ADDRESS, ("172.16.85.180", 0))]


def refused(code, error, attributes=(), extra=(), signed=True, note=None, **more):
    """A sample maker: the authenticated Allocate, with `extra` attributes, is refused with `error`.
    `note` becomes the description."""
    def make():
        capture, session = start()
        turn = turn_udp(capture)
        turn.challenge()
        turn.request(stun.ALLOCATE, [stun.transport(), *extra])
        refusal = turn.error(stun.ALLOCATE, error, list(attributes), signed)
        session.close()
        return failing(capture, TURN_CHECK, code, refusal, certainty="definite", cases=AT_CLIENT,
                       absent=["turn.integrity-failure"], **more)
    make.__doc__ = note
    return make


def unknown_user():
    """Expressway knows no such user: 401 to the Allocate with credentials, with the USERNAME in it
    and without MESSAGE-INTEGRITY (it has no key to sign with). The inference is the dialect's."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 401, turn.credentials())
    session.close()
    return failing(capture, TURN_CHECK, "turn.unknown-user", refusal, certainty="strong",
                   cases=AT_CLIENT, absent=["turn.integrity-failure"])


def username_mismatch():
    """The client's USERNAME is not the one of the site profile, and the server refuses it: CMS
    hands out another user than the one that Expressway-E has."""
    capture, session = start()
    turn = turn_udp(capture, username="turn-user", configured="nothing")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.username-mismatch", request, certainty="definite",
                     cases=AT_CLIENT, subjects={"username": "turn-user"})
    sample.credentials = "turn-user:turnuser:cisco"
    return sample


def realm_mismatch():
    """The server's realm is TANDBERG, as out of the box, where the profile says turnuser. The
    client takes the realm from the challenge, so the call connects all the same: a warning."""
    capture, session = start()
    turn = turn_udp(capture, realm="TANDBERG")
    challenge = turn.challenge()
    turn.authenticate()
    turn.allocated()
    call(turn)
    turn.release()
    session.close()
    sample = warning(capture, TURN_CHECK, "turn.realm-mismatch", challenge, case="connect-timeout",
                     certainty="definite", severity="warning", subjects={"realm": "TANDBERG"})
    sample.credentials = "turnuser:TANDBERG:cisco"
    return sample


def realm_missing():
    """The challenge carries an empty REALM: browsers never come back with credentials."""
    capture, session = start()
    turn = turn_udp(capture, realm="")
    challenge = turn.challenge()
    capture.wait(45)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.realm-missing", challenge, certainty="definite",
                   cases=AT_CLIENT)


def numeric_user():
    """The user is called by a telephone number, 1415550123, which read as a time is one of 2014. The
    password is wrong, and nothing has expired."""
    capture, session = start()
    turn = turn_udp(capture, username="1415550123", configured="other")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     certainty="definite", arguments=[], absent=["turn.credentials-expired"])
    sample.credentials = "1415550123:turnuser:cisco"
    return sample


SECRET_OR_CLOCK = [
    "Make the secret of the service that issues the credentials the TURN server's (on coturn: "
    "static-auth-secret with use-auth-secret).",
    "Set the clock of the TURN server with NTP: one that is ahead takes good credentials for "
    "expired ones.",
    "Check that the issuer signs the whole username, its time and all, with HMAC-SHA1, and gives the "
    "digest in Base64 as the password."]


def credentials_expired():
    """Ephemeral credentials: the USERNAME is a time and a name, and the time (19:50:00) is earlier
    than the packet's (19:52:30). The server answers 401 again. No profile: these users change."""
    capture, session = start()
    turn = turn_udp(capture, username="1495309800:guest", configured="other")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.credentials-expired", request, refusal,
                     certainty="definite", arguments=[], absent=["turn.username-mismatch"])
    sample.credentials = "1495309800:guest:turnuser:cisco"
    return sample


def credentials_not_expired():
    """Ephemeral credentials that hold for another half hour (20:22:30), and the server refuses them:
    its secret is another one, or its clock is ahead."""
    capture, session = start()
    turn = turn_udp(capture, username="1495311750:guest", configured="other")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     certainty="definite", arguments=[], absent=["turn.credentials-expired"],
                     remedy=SECRET_OR_CLOCK)
    sample.credentials = "1495311750:guest:turnuser:cisco"
    return sample


def challenge_unanswered():
    """The client gets its 401 challenge, with realm and nonce, and never comes back: it has no
    credentials. TCP 443 works all the while, so the client is alive."""
    capture, session = start()
    turn = turn_udp(capture)
    challenge = turn.challenge()
    capture.wait(45)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.challenge-unanswered", challenge, cases=AT_CLIENT,
                   absent=["turn.integrity-failure", "turn.no-answer"])


def challenge_late():
    """A queue on the way holds every packet of the server back for 45 s. The client asks seven
    times, gives up after 39.5 s, and the challenge comes when nobody waits for it any more."""
    capture, session = start()
    turn = turn_udp(capture)
    first, _ = ask_in_vain(capture, session, turn)
    capture.wait(13.5)
    challenge = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    capture.wait(8)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.challenge-unanswered", first, challenge,
                   certainty="strong", cases=AT_CLIENT, absent=["turn.no-answer"])


def answer_too_late():
    """The same with 80 s: seven requests go unanswered by all that any client waits, and then the
    answers come one after the other."""
    capture, session = start()
    turn = turn_udp(capture)
    first, last = ask_in_vain(capture, session, turn)
    capture.wait(24)
    session.page()
    capture.wait(24.5)
    challenge = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    for pause in RETRANSMISSIONS[:4]:
        capture.wait(pause)
        turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.no-answer", first, last, challenge,
                   certainty="strong", cases=AT_CLIENT, absent=["turn.challenge-unanswered"],
                   expect={"turn": {"allocations": [{"state": "unanswered"}]}})


def turn_tcp_no_answer():
    """TURN over TCP only: three SYNs to 3478 and no answer, while 443 of the same address works."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    first, start_sequence = tcp.syn(), tcp.client.sequence - 1
    for pause in (1, 2, 4):
        capture.wait(pause)
        tcp.syn(sequence=start_sequence)
    capture.wait(34)
    session.page()
    session.close()
    return failing(capture, TCP_CHECK, "turn.tcp-no-answer", first, certainty="strong",
                   cases=AT_CLIENT, absent=["turn.no-answer", "tcp.no-answer"])


def turn_tcp_refused():
    """TURN over TCP only: the SYN to 3478 is answered by RST. (With TCP 443 TURN switched on,
    Expressway no longer listens on TCP 3478.)"""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    tcp.syn()
    refusal = tcp.segment(tcp.server, tcp.client, RST | ACK)
    capture.wait(1)
    session.page()
    session.close()
    return failing(capture, TCP_CHECK, "turn.tcp-refused", refusal, certainty="definite",
                   cases=AT_CLIENT, absent=["tcp.refused"])


def reset_after_allocate():
    """Plain TURN on TCP 443: the connection opens, the first octets are those of an Allocate, and a
    RST follows at once. Something on the way wants TLS on 443."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 443))
    tcp.open()
    turn = Turn(tcp)
    turn.flow.send(turn.encode_request(stun.ALLOCATE, [stun.transport()], signed=False), False)
    reset = tcp.reset(by_server=True)
    capture.wait(1)
    session.page()
    session.close()
    return failing(capture, ("tcp.port == 50130", [*TCP_CHECK[1], "tcp.payload"]),
                   "turn.reset-after-allocate", reset, certainty="strong", cases=AT_CLIENT)


def wrong_address():
    """The client sends its Allocates to Expressway-E's LAN1 address: clientAddress in CMS's
    turnServers is the inside one. Nothing answers; the wrong address is the cause, the silence its
    consequence."""
    capture, session = start()
    turn = turn_udp(capture, server=(LAN1, 3478))
    first = turn.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(first.network[28:])
    capture.wait(13)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.wrong-address", first, certainty="definite",
                   cases=AT_CLIENT, subjects={"server": f"{LAN1}:3478"})


def stale_nonce_loop():
    """Every Allocate with credentials is answered 438 with another nonce, five times: several
    servers behind one address, or a clock. One 438 would be normal."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    refusals = []
    for _ in range(5):
        turn.authenticate()
        turn.new_nonce()
        refusals.append(turn.error(stun.ALLOCATE, 438, turn.challenge_attributes()))
    session.close()
    return failing(capture, TURN_CHECK, "turn.stale-nonce-loop", refusals[2], certainty="definite",
                   cases=AT_CLIENT, absent=["turn.integrity-failure"])


def new_nonce_refused():
    """Two servers behind one address that take turns: the nonce of the first one is stale to the
    second, on both of the browser's sockets, and the browser gives up at once."""
    capture, session = start()
    asked = []
    for port in (50124, 50125):
        turn = turn_udp(capture, client=(CLIENT_ADDRESS, port), label=f"balanced {port}")
        turn.challenge()
        asked.append(turn.authenticate())
        turn.new_nonce()
        turn.error(stun.ALLOCATE, 438, turn.challenge_attributes())
    capture.wait(8)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.stale-nonce-loop", *asked, certainty="strong",
                   cases=AT_CLIENT, absent=["turn.integrity-failure", "turn.challenge-unanswered"])


def wrong_credentials():
    """The allocation was made with one ephemeral user and the permission is asked for with another:
    441. The credentials rotated in the middle of the session."""
    capture, session = start()
    turn = turn_udp(capture, username="1495313550:guest")
    turn.allocate()
    turn.username = "1495317150:guest"
    turn.request(stun.CREATE_PERMISSION, NO_TURN)
    refusal = turn.error(stun.CREATE_PERMISSION, 441, signed=False)
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.wrong-credentials", refusal, certainty="definite",
                     arguments=[])
    sample.credentials = "1495313550:guest:turnuser:cisco"
    return sample


NOT_OF_REALM = ["turn.allocation-mismatch", "turn.wrong-credentials", "turn.integrity-failure",
                "turn.unknown-user"]


def realm_refused():
    """The client signs for a realm of its own, vcse.octavio.com, where the challenge names
    turnuser: coturn answers 437 and says that it is for the realm."""
    capture, session = start()
    turn = turn_udp(capture)
    challenge = turn.challenge()
    turn.realm = "vcse.octavio.com"
    request = turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 437, reason="Allocation mismatch: wrong credentials: "
                                                    "the realm value is incorrect")
    session.close()
    return failing(capture, TURN_CHECK, "turn.realm-refused", challenge, request, refusal,
                   certainty="definite", absent=NOT_OF_REALM,
                   subjects={"realm": "vcse.octavio.com", "name": "turnuser"})


def realm_refused_by_another():
    """The client signs for the very realm of the challenge, and coturn says that it is incorrect:
    behind the one address another server refuses than challenged."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    request = turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 437, reason="Allocation mismatch: wrong credentials: "
                                                    "the realm value is incorrect")
    session.close()
    return failing(capture, TURN_CHECK, "turn.realm-refused", request, refusal,
                   certainty="definite", absent=NOT_OF_REALM, subjects={"realm": "turnuser"})


def realm_refused_later():
    """The allocation is there, and the permission is asked for under another realm than the
    challenge's: 441, unsigned, and nothing in its words about the realm. They and SOFTWARE end in
    NULs, as coturn's do, which are no part of the text; one in the middle is shown."""
    capture, session = start()
    turn = turn_udp(capture, software="turn\0server\0")
    turn.allocate()
    turn.realm = "vcse.octavio.com"
    request = turn.request(stun.CREATE_PERMISSION, NO_TURN)
    refusal = turn.error(stun.CREATE_PERMISSION, 441, reason="Wrong Credentials\0\0\0")
    session.close()
    return failing(capture, TURN_CHECK, "turn.realm-refused", request, refusal,
                   certainty="definite", absent=NOT_OF_REALM,
                   subjects={"name": "turnuser", "reason": "Wrong Credentials"},
                   expect={"turn": {"allocations": [{"software": "turn?server"}]}})


def realm_refused_401():
    """A server that follows RFC 8489 says 401 to the key of another realm than its own: the client
    signs for vcse.octavio.com, the challenge names turnuser."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    turn.realm = "vcse.octavio.com"
    request = turn.authenticate()
    turn.realm = "turnuser"
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    return failing(capture, TURN_CHECK, "turn.realm-refused", request, refusal,
                   certainty="definite", absent=NOT_OF_REALM,
                   subjects={"realm": "vcse.octavio.com", "name": "turnuser"})


def allocation_mismatch_refresh():
    """The server has lost the allocation: a Refresh in the middle of the call is answered 437, and
    so is the next one. (437 to a Refresh with lifetime 0 would be nothing.)"""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    capture.wait(240)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    refusal = turn.error(stun.REFRESH, 437, signed=True)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    turn.error(stun.REFRESH, 437, signed=True)
    session.close()
    return failing(capture, RELAY_CHECK, "turn.allocation-mismatch", refusal, certainty="definite")


def redirected():
    """The authenticated Allocate is answered 300 with ALTERNATE-SERVER 10.88.246.157, which answers
    nothing. The redirection is the cause."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    turn.authenticate()
    alternate = stun.plain_address(stun.ALTERNATE_SERVER, ("10.88.246.157", 3478))
    redirection = turn.error(stun.ALLOCATE, 300, [alternate], signed=True)
    other = turn_udp(capture, server=("10.88.246.157", 3478), label="other")
    first = other.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        other.flow.send(first.network[28:])
    capture.wait(13)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.redirected", redirection, certainty="definite",
                   cases=AT_CLIENT)


def connection_failed():
    """A TCP relay (RFC 6062): the allocation is there, but the server cannot connect to the peer
    and answers the Connect with 447."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    tcp.open()
    turn = Turn(tcp)
    turn.request(stun.ALLOCATE, [stun.transport(6)], signed=False)
    turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    turn.request(stun.ALLOCATE, [stun.transport(6)])
    turn.allocated()
    turn.permit()
    turn.request(stun.CONNECT, [xor(stun.XOR_PEER_ADDRESS, ("172.16.85.180", 52044))])
    capture.wait(30)
    refusal = turn.error(stun.CONNECT, 447, signed=True)
    tcp.close()
    session.close()
    return failing(capture, TURN_CHECK, "turn.connection-failed", refusal, certainty="definite",
                   cases=AT_CLIENT)


def unanswered_checks(turn, capture, ice=None):
    """Checks through the relay that nobody answers, for half a minute."""
    ice = ice or Ice("unanswered")
    frame = None
    for _ in range(8):
        frame = check_through_relay(turn, ice, answered=False)
        capture.wait(4)
    return frame


def relayed_address_internal():
    """The allocation succeeds, but its relayed address is LAN2's own and not the static NAT
    address: no peer outside can reach it. The checks through it are never answered."""
    capture, session = start()
    turn = turn_udp(capture)
    allocated = turn.allocate((LAN2, 24660))
    turn.permit()
    unanswered_checks(turn, capture)
    session.close()
    return failing(capture, RELAY_CHECK, "turn.relayed-address-internal", allocated,
                   cases=AT_CLIENT)


def relayed_port_out_of_range():
    """The relayed port is 50012, where the profile's media range is 24000-29999. The call connects
    all the same: a warning."""
    capture, session = start()
    turn = turn_udp(capture)
    relayed = (NAT, 50012)
    allocated = turn.allocate(relayed)
    call(turn, relayed)
    turn.release()
    session.close()
    return warning(capture, RELAY_CHECK, "turn.relayed-port-out-of-range", allocated,
                   case="connect-timeout", certainty="definite", severity="warning")


def turn_hidden():
    """TURN inside TLS on 5349: what happens there cannot be seen without a key log. Nothing may be
    said for or against it."""
    capture, session = start()
    tls = Tls(Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 5349)), "turns")
    tls.establish()
    for length in (28 + 17, 116 + 17, 124 + 17, 92 + 17):
        tls.application(length)
        tls.answer(length)
    capture.wait(2)
    session.page()
    return silent(capture, ("tls.record.content_type", ["frame.number", "tcp.srcport",
                                                        "tcp.dstport", "tls.record.content_type"]),
                  verdict="inconclusive", cases={"connect-timeout": "not-observable"},
                  present=[finding("turn.hidden", severity="info")])


SCENARIOS = {
    "turn-unknown-user": unknown_user,
    "turn-unknown-user-436": refused(
        "turn.unknown-user", 436, signed=False, note="The server answers 436 (Unknown Username), a "
        "code of the drafts before RFC 5389."),
    "turn-username-mismatch": username_mismatch,
    "turn-realm-mismatch": realm_mismatch,
    "turn-realm-missing": realm_missing,
    "turn-credentials-expired": credentials_expired,
    "turn-credentials-not-expired": credentials_not_expired,
    "turn-credentials-numeric-user": numeric_user,
    "turn-challenge-unanswered": challenge_unanswered,
    "turn-challenge-late": challenge_late,
    "turn-answer-too-late": answer_too_late,
    "turn-tcp-no-answer": turn_tcp_no_answer,
    "turn-tcp-refused": turn_tcp_refused,
    "turn-reset-after-allocate": reset_after_allocate,
    "turn-wrong-address": wrong_address,
    "turn-stale-nonce-loop": stale_nonce_loop,
    "turn-new-nonce-refused": new_nonce_refused,
    "turn-allocation-mismatch": refused(
        "turn.allocation-mismatch", 437, note="The Allocate is answered 437: the server still has "
        "an allocation for this client port."),
    "turn-allocation-mismatch-refresh": allocation_mismatch_refresh,
    "turn-wrong-credentials": wrong_credentials,
    "turn-realm-refused": realm_refused,
    "turn-realm-refused-by-another": realm_refused_by_another,
    "turn-realm-refused-later": realm_refused_later,
    "turn-realm-refused-401": realm_refused_401,
    "turn-insufficient-capacity": refused(
        "turn.insufficient-capacity", 508, note="The server has no relays left: 508."),
    "turn-transport-unsupported": refused(
        "turn.transport-unsupported", 442, note="The server does not relay what "
        "REQUESTED-TRANSPORT asks for: 442."),
    "turn-family-unsupported": refused(
        "turn.family-unsupported", 440,
        extra=[(stun.REQUESTED_ADDRESS_FAMILY, b"\2\0\0\0")],
        note="The client asks for an IPv6 relay (REQUESTED-ADDRESS-FAMILY) and the server has "
        "none: 440."),
    "turn-unknown-attribute": refused(
        "turn.unknown-attribute", 420,
        attributes=[(stun.UNKNOWN_ATTRIBUTES, struct.pack("!H", stun.DONT_FRAGMENT))],
        extra=[(stun.DONT_FRAGMENT, b"")],
        note="The server does not know DONT-FRAGMENT, which the client requires: 420 with "
        "UNKNOWN-ATTRIBUTES 0x001A."),
    "turn-bad-request": refused(
        "turn.bad-request", 400, signed=False,
        note="The server finds the Allocate malformed: 400."),
    "turn-server-error": refused(
        "turn.server-error", 500, note="The server fails by its own account: 500."),
    "turn-redirected": redirected,
    "turn-connection-failed": connection_failed,
    "turn-relayed-address-internal": relayed_address_internal,
    "turn-relayed-port-out-of-range": relayed_port_out_of_range,
    "turn-hidden": turn_hidden,
}
