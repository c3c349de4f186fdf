# SPDX-License-Identifier: MIT
"""Client and peer without a relay between them: a conference server that clients reach directly, or
not."""
from dtls import Dtls
from rtp import srtp
from sample import failing, warning
from scenarios_guide import RETRANSMISSIONS
from scenarios_media import ICE_CHECK
from story import TURN_CHECK, arrive, turn_udp
from turn import CLIENT, Ice
from wire import Capture, Udp

OWN, PEER = (CLIENT[0], 50700), ("172.16.85.180", 52044)


def begin():
    """A client that has loaded the page and goes to the peer's own address."""
    capture = Capture()
    return capture, arrive(capture), Udp(capture, OWN, PEER), Ice("direct")


def blocked():
    """No TURN server was given to the client, and UDP from it to the conference server is dropped:
    its checks, one every 250 ms for sixteen seconds, get no answer. The server's own checks do
    arrive, and are answered."""
    capture, session, flow, ice = begin()
    for number in range(64):
        request, _ = ice.check(controlling=True)
        last = flow.send(request)
        first = last if number == 0 else first
        if number % 16 == 0:
            request, transaction = ice.peer_check()
            flow.reply(request)
            flow.send(ice.answer(transaction, PEER, by_client=True))
        capture.wait(0.25)
    session.close()
    return failing(capture, ICE_CHECK, "ice.no-connectivity", first, arguments=[],
                   certainty="strong", attempts=[{"client": CLIENT[0], "outcome": "failed",
                                                  "broken_step": "ice"}])


def one_sided():
    """Client and peer check each other for sixteen seconds. The peer answers the client; the client's
    own firewall lets nothing in that comes first from outside, so the peer's checks are never
    answered, and nobody sends media."""
    capture, session, flow, ice = begin()
    for number in range(16):
        request, transaction = ice.check(nominate=number > 2)
        sent = flow.send(request)
        first = sent if number == 0 else first
        flow.reply(ice.answer(transaction, OWN))
        request, _ = ice.peer_check()
        flow.reply(request)
        capture.wait(1)
    session.close()
    return failing(capture, ICE_CHECK, "ice.no-connectivity", first, arguments=[],
                   certainty="strong", absent=["media.none"])


def connected_beside_silence():
    """The TURN server is silent, and is asked seven times; meanwhile client and peer reach each
    other directly, from the first second on. The silence broke nothing."""
    capture, session, flow, ice = begin()
    turn = turn_udp(capture)
    first = turn.ask()
    began = capture.now
    request, transaction = ice.check(nominate=True)
    flow.send(request)
    flow.reply(ice.answer(transaction, OWN))
    client, server = Dtls("direct client"), Dtls("direct server")
    flow.send(client.client_hello())
    flow.reply(server.server_flight())
    flow.send(client.client_flight())
    flow.reply(server.finish())
    for number, pause in enumerate(RETRANSMISSIONS):
        flow.send(srtp("direct up", number))
        flow.reply(srtp("direct down", number, source=0x5A6B7C8D))
        began += round(pause * 1_000_000)
        capture.now = began
        turn.flow.send(first.network[28:])
    capture.wait(8)
    session.close()
    return warning(capture, TURN_CHECK, "turn.no-answer", first, case="connect-timeout",
                   severity="warning", arguments=[])


SCENARIOS = {
    "ice-direct-blocked": blocked,
    "ice-one-sided": one_sided,
    "turn-silent-direct-path": connected_beside_silence,
}
