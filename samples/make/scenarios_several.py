# SPDX-License-Identifier: MIT
"""Several addresses, families, servers or nonces: one of them is refused, and what becomes of the
client depends on the others."""
import stun
from sample import failing, finding, silent
from scenarios_guide import AT_CLIENT
from scenarios_lived import WELL
from scenarios_media import begin
from scenarios_servers import OTHER
from scenarios_turn import unanswered_checks
from story import CLIENT_ADDRESS, NAT, TURN_CHECK, call, check_through_relay, start, turn_udp
from turn import Ice, xor

PRIVATE = ("192.168.7.20", 0)
SIX = ("2001:db8:7::20", 0)
IPV6_RELAY = (stun.REQUESTED_ADDRESS_FAMILY, bytes((2, 0, 0, 0)))


def refuse_peer(turn, peer, code):
    turn.request(stun.CREATE_PERMISSION, [xor(stun.XOR_PEER_ADDRESS, peer)])
    return turn.error(stun.CREATE_PERMISSION, code, signed=True)


def peer_beside(code, peer, found, note):
    """A sample maker: one of the far side's addresses is refused with `code`, the call works."""
    def make():
        capture, session, turn = begin()
        refusal = refuse_peer(turn, peer, code)
        call(turn)
        turn.release()
        session.close()
        return silent(capture, TURN_CHECK, verdict="pass", cases=WELL, present=[
            finding(found, "connect-timeout", refusal, severity="info", certainty="definite")])
    make.__doc__ = note
    return make


def peer_no_path():
    """The far side offers a private address, which the server denies (403), and its own one, which
    is permitted. Checks to that one get no answer for half a minute: the way from the relay to the
    far side is blocked. The denied address is no cause, but may have been a way out."""
    capture, session, turn = begin()
    refusal = refuse_peer(turn, PRIVATE, 403)
    turn.permit()
    first = check_through_relay(turn, Ice("none"), answered=False)
    unanswered_checks(turn, capture)
    session.close()
    sample = failing(capture, TURN_CHECK, "ice.no-connectivity", first, certainty="strong",
                     cases=AT_CLIENT, attempts=[{"outcome": "failed", "broken_step": "ice"}])
    sample.expected["findings"]["present"].append(
        finding("turn.forbidden", "connect-timeout", refusal, severity="warning", caused_by=None))
    return sample


def relay_of_other_family():
    """The client asks for an IPv6 relay from one port, which the server does not have (440), and
    for an IPv4 relay from another, which it gets. The call works."""
    capture, session = start()
    six = turn_udp(capture, client=(CLIENT_ADDRESS, 50125), label="six")
    six.challenge()
    six.request(stun.ALLOCATE, [stun.transport(), IPV6_RELAY])
    refusal = six.error(stun.ALLOCATE, 440, signed=True)
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", cases=WELL, present=[
        finding("turn.family-unsupported", "connect-timeout", refusal, severity="info",
                subjects={"error_code": 440})])


def circle():
    """Two servers of a cluster name each other in ALTERNATE-SERVER: the client is sent to and fro
    and gets a relay from neither."""
    capture, session = start()
    redirections = []
    for number, (server, alternate) in enumerate((((NAT, 3478), OTHER), (OTHER, (NAT, 3478)))):
        turn = turn_udp(capture, client=(CLIENT_ADDRESS, 50124 + number), server=server,
                        label=f"circle {number}")
        turn.challenge()
        turn.authenticate()
        redirections.append(turn.error(stun.ALLOCATE, 300, [
            stun.plain_address(stun.ALTERNATE_SERVER, alternate)], signed=True))
    capture.wait(5)
    session.close()
    return failing(capture, TURN_CHECK, "turn.redirected", redirections[0], certainty="definite",
                   severity="error", cases=AT_CLIENT, arguments=[],
                   subjects={"name": "10.88.246.157:3478"},
                   attempts=[{"outcome": "failed", "broken_step": "turn"}])


def old_nonce():
    """The nonce grows old during the call: each Refresh is answered 438 with the same new one, and
    the client signs the next Refresh, ten seconds later, with the old one again."""
    capture, session, turn = begin()
    call(turn)
    old, refusals = turn.nonce, []
    new = turn.new_nonce()
    for _ in range(4):
        capture.wait(10)
        turn.nonce = old
        turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
        turn.nonce = new
        refusals.append(turn.error(stun.REFRESH, 438, turn.challenge_attributes()))
    session.close()
    return failing(capture, TURN_CHECK, "turn.stale-nonce-loop", refusals[2], certainty="definite")


def requests_on_their_way():
    """Captured near the server. The client renews five permissions at once; the nonce has just
    grown old, so each is answered 438 with the same new nonce before the client can know of it.
    Then all five are repeated with the new one and granted. That is the end of one nonce."""
    capture, session, turn = begin()
    peers = [("172.16.85.180", 0)] + [(f"172.16.85.{number}", 0) for number in range(181, 185)]
    call(turn)
    old = turn.nonce
    new = turn.new_nonce()
    for peer in peers:
        turn.nonce = old
        turn.request(stun.CREATE_PERMISSION, [xor(stun.XOR_PEER_ADDRESS, peer)])
        turn.nonce = new
        turn.error(stun.CREATE_PERMISSION, 438, turn.challenge_attributes())
    for peer in peers:
        turn.permit(peer)
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", cases=WELL, absent=["turn.*"])


SCENARIOS = {
    "forbidden-peer-beside": peer_beside(
        403, PRIVATE, "turn.forbidden",
        "The far side offers a private address beside the one that works: the server denies the "
        "private one (403), as many are set up to. The call works."),
    "forbidden-peer-no-path": peer_no_path,
    "peer-family-beside": peer_beside(
        443, SIX, "turn.family-unsupported",
        "The far side offers an IPv6 address beside the IPv4 one that works: an IPv4 relay cannot "
        "reach it (443). The call works."),
    "relay-family-beside": relay_of_other_family,
    "turn-redirected-circle": circle,
    "turn-old-nonce": old_nonce,
    "nonce-ends-in-flight": requests_on_their_way,
}
