# SPDX-License-Identifier: MIT
"""The guide's fourth case, and the faults of TURN that a client meets most."""
import stun
from sample import VERIFIED, failing, silent
from story import (EXPRESSWAY, NAME, NAT, TURN_CHECK, call, healthy_call, start, turn_udp)
from turn import REASONS
from wire import icmp_error

RETRANSMISSIONS = (0.5, 1, 2, 4, 8, 16)  # between sends: RFC 8489 section 6.2.1
AT_CLIENT = {"join-call-missing": "not-observable", "bad-request": "not-observable",
             "not-secure": "cleared"}


def expressway_challenge(turn):
    turn.ask()
    return turn.flow.reply(stun.message(
        stun.ALLOCATE | stun.ERROR, turn.transaction,
        [stun.error_code(401, REASONS[401]), *turn.challenge_attributes()]))


def expressway_refusal(turn):
    """431 in the Expressway's manner: the request's attributes come back, and it is signed."""
    return turn.flow.reply(stun.message(
        stun.ALLOCATE | stun.ERROR, turn.transaction,
        [stun.text(stun.USERNAME, turn.username), stun.text(stun.NONCE, turn.nonce),
         stun.text(stun.REALM, turn.realm), stun.transport(),
         stun.error_code(431, REASONS[431]), stun.text(stun.SOFTWARE, EXPRESSWAY)],
        turn.key(turn.configured), fingerprint=True))


def refused_431(capture, **more):
    """The exchange without its times. Returns the request's frame and the refusal's."""
    turn = turn_udp(capture, **more)
    expressway_challenge(turn)
    request = turn.authenticate()
    return request, expressway_refusal(turn)


def case4_431():
    """The guide's own exchange: the client signs its Allocate with a password that is not the one
    in Expressway-E's local authentication database, and Expressway answers 431 Integrity Check
    Failure. Times of day, frame numbers, addresses and sizes on the wire are those printed in the
    guide: frame 1458 at 19:52:48.704809 with 182 bytes, frame 1462 at 19:52:48.714894 with 262. The
    request's 120 bytes of attributes come out exactly with a nonce of 60. In the reply the guide
    leaves 48 bytes unexplained; here they are SOFTWARE (40) and FINGERPRINT (8). Before it the
    client looks the name up, loads the page and talks on TCP 443."""
    capture, session = start()
    while len(capture.frames) < 1453:
        capture.wait(0.0074)
        sender = session.answer if len(capture.frames) % 2 else session.application
        sender(28, acknowledge=False)
    turn = turn_udp(capture, password="wrong")
    capture.until("2017-05-20T19:52:48.693000")
    expressway_challenge(turn)
    session.answer(40)
    capture.until("2017-05-20T19:52:48.704809")
    request = turn.authenticate()
    capture.soon()
    session.answer(60)
    session.application(28, acknowledge=False)
    capture.until("2017-05-20T19:52:48.714894")
    refusal = expressway_refusal(turn)
    capture.wait(0.3)
    session.close()
    return failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                   arguments=VERIFIED, certainty="definite", severity="error", cases=AT_CLIENT,
                   attempts=[{"client": "172.16.84.124", "outcome": "failed",
                              "broken_step": "turn", "root_cause": "turn.integrity-failure"}],
                   subjects={"client": "172.16.84.124:50124", "server": "10.88.246.156:3478",
                             "transport": "udp", "username": "turnuser", "realm": "turnuser",
                             "error_code": 431, "reason": "Integrity Check Failure"},
                   expect={"turn": {"allocations": [{"state": "refused", "error_code": 431,
                                                     "username": "turnuser", "realm": "turnuser",
                                                     "integrity": "mismatch"}]},
                           "stun": {"errors": {"401": 1, "431": 1}}})


def case4_431_server_side():
    """The same refusal, but the client signs with the very password of the profile. What differs is
    Expressway-E's entry, not what CMS hands out: the diagnosis must not send the reader to CMS."""
    capture, session = start()
    request, refusal = refused_431(capture, password="cisco", configured="other")
    session.close()
    return failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                   arguments=VERIFIED, certainty="definite", cases=AT_CLIENT,
                   expect={"turn": {"allocations": [{"state": "refused", "error_code": 431,
                                                     "integrity": "verified"}]}})


def case4_401():
    """The fourth case against a server that follows RFC 5389 (coturn): the Allocate with
    credentials is answered 401 again, with a new nonce, unsigned. The first 401 is the normal
    challenge."""
    capture, session = start()
    turn = turn_udp(capture, password="wrong", software="Coturn-4.5.0.6 'dan Eider'")
    challenge = turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     arguments=VERIFIED, certainty="definite", cases=AT_CLIENT,
                     absent=["turn.challenge-unanswered", "turn.unknown-user"],
                     expect={"stun": {"errors": {"401": 2}}})
    assert challenge is not refusal
    return sample


def healthy():
    """Everything works: the name resolves to the static NAT address, TLS 1.2 on 443 shows a
    certificate of a CA with the guide's names, the Allocate is challenged and succeeds, permission
    and channel are granted, checks through the relay are answered both ways, DTLS completes, SRTP
    flows both ways, and the allocation is released with a Refresh of lifetime 0."""
    capture, session = start()
    turn = turn_udp(capture)
    healthy_call(capture, session, turn)
    return silent(capture, TURN_CHECK, arguments=VERIFIED, verdict="pass",
                  cases={**AT_CLIENT, "connect-timeout": "cleared"},
                  attempts=[{"client": "172.16.84.124", "outcome": "connected"}],
                  expect={"vantage": {"value": "client"},
                          "dns": {"lookups": [{"name": NAME, "type": "A", "rcode": "NOERROR",
                                               "answers": [NAT], "state": "answered"}]},
                          "tls": {"handshakes": [{
                              "sni": NAME, "version": "TLS 1.2", "state": "established",
                              "certificate_visible": True,
                              "certificates": [{"self_signed": False, "key": "RSA 2048"}]}]},
                          "turn": {"allocations": [{
                              "state": "released", "relayed": "10.88.246.156:24660",
                              "mapped": "172.16.84.124:50124", "integrity": "verified",
                              "channels": [{"number": 0x4001, "peer": "172.16.85.180:52044"}]}]}})


def ask_in_vain(capture, session, turn):
    """Seven Allocates on the schedule of RFC 8489, while the page goes on. The first, the last."""
    first = turn.ask()
    again = turn.flow.send
    for pause in RETRANSMISSIONS:
        elapsed = capture.now
        session.application(40)
        capture.now = elapsed + round(pause * 1_000_000)
        capture.last_near = None
        last = again(first.network[28:])
    return first, last


def server_silent():
    """UDP 3478 is dropped on the way: seven Allocates on the schedule of RFC 8489 (0, 0.5, 1.5,
    3.5, 7.5, 15.5 and 31.5 s), nothing comes back, no ICMP either, while TCP 443 to the same
    address works all along. The capture goes on past 39.5 s, when the client gives up."""
    capture, session = start()
    first, last = ask_in_vain(capture, session, turn_udp(capture))
    capture.wait(13)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.no-answer", first, last, certainty="strong",
                   absent=["turn.challenge-unanswered", "turn.port-unreachable"], cases=AT_CLIENT,
                   expect={"stun": {"requests": 7, "retransmissions": 6, "responses": 0},
                           "turn": {"allocations": [{"state": "unanswered"}]}})


ICMP_CHECK = ("stun || icmp", ["frame.number", "ip.src", "ip.dst", "icmp.type", "icmp.code",
                               "udp.srcport", "udp.dstport"])


def icmp_refused(router, code):
    """Two Allocates, each answered by an ICMP error that quotes it."""
    capture, session = start()
    turn = turn_udp(capture)
    first = turn.ask()
    one = icmp_error(capture, router, first, 3, code)
    capture.wait(0.5)
    second = turn.flow.send(first.network[28:])
    icmp_error(capture, router, second, 3, code)
    capture.wait(41)
    session.page()
    return capture, first, one


def icmp_unreachable():
    """Nothing listens on UDP 3478: the server's own address answers each Allocate with ICMP port
    unreachable, quoting it. The TURN service is off."""
    capture, _, error = icmp_refused(NAT, 3)
    return failing(capture, ICMP_CHECK, "turn.port-unreachable", error, certainty="definite",
                   absent=["turn.filtered", "turn.no-answer"], cases=AT_CLIENT)


def icmp_filtered():
    """A firewall on the way says that it drops: ICMP code 13 (communication administratively
    prohibited) from the router, not from the server."""
    capture, _, error = icmp_refused("172.16.84.1", 13)
    return failing(capture, ICMP_CHECK, "turn.filtered", error, certainty="definite",
                   absent=["turn.port-unreachable", "turn.no-answer"], cases=AT_CLIENT)


def quota():
    """The credentials are right, but the user has as many allocations as it may: 486."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 486, signed=True)
    session.close()
    return failing(capture, TURN_CHECK, "turn.quota-reached", refusal, certainty="definite",
                   absent=["turn.integrity-failure"], cases=AT_CLIENT)


def forbidden_peer():
    """The allocation succeeds, but the server denies the peer: 403 to CreatePermission."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    turn.request(stun.CREATE_PERMISSION, [stun_peer])
    refusal = turn.error(stun.CREATE_PERMISSION, 403, signed=True)
    session.close()
    return failing(capture, TURN_CHECK, "turn.forbidden", refusal, certainty="definite",
                   cases=AT_CLIENT,
                   attempts=[{"client": "172.16.84.124", "outcome": "failed",
                              "broken_step": "permission", "root_cause": "turn.forbidden"}])


def stun_peer(transaction):
    return stun.xor_address(stun.XOR_PEER_ADDRESS, ("172.16.85.180", 0), transaction)


def first_401_only_then_success():
    """The 401 that opens every allocation is the normal challenge, here twice: two candidates of
    one client. Both come back with credentials and succeed."""
    capture, session = start()
    one = turn_udp(capture)
    two = turn_udp(capture, client=("172.16.84.124", 50126), label="second")
    one.challenge()
    two.challenge()
    one.authenticate()
    one.allocated()
    two.authenticate()
    two.allocated(("10.88.246.156", 24662))
    call(one)
    two.release()
    one.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", absent=["turn.integrity-failure"],
                  cases={"connect-timeout": "cleared"},
                  expect={"stun": {"errors": {"401": 2}}})


def one_438():
    """A nonce grows old: one Refresh is answered 438 with a new nonce, the next one succeeds."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    capture.wait(300)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    turn.new_nonce()
    turn.error(stun.REFRESH, 438, turn.challenge_attributes())
    turn.refresh()
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", absent=["turn.stale-nonce-loop"],
                  expect={"stun": {"errors": {"401": 1, "438": 1}}})


def release_437():
    """The release of an allocation (Refresh with lifetime 0) is answered 437: it is gone already,
    which is what was asked for."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 0)])
    turn.error(stun.REFRESH, 437, signed=True)
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", absent=["turn.allocation-mismatch"],
                  cases={"connect-timeout": "cleared"})


SCENARIOS = {
    "case4-431": case4_431,
    "case4-431-server-side": case4_431_server_side,
    "case4-401": case4_401,
    "healthy": healthy,
    "server-silent": server_silent,
    "icmp-unreachable": icmp_unreachable,
    "icmp-filtered": icmp_filtered,
    "quota": quota,
    "forbidden-peer": forbidden_peer,
    "first-401-only-then-success": first_401_only_then_success,
    "one-438": one_438,
    "437-on-release": release_437,
}
