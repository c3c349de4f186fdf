# SPDX-License-Identifier: MIT
"""Calls that real browsers and servers got through, with something in them that looks like a fault."""
import struct

import dns
import stun
from dtls import Dtls
from rtp import srtp
from sample import silent, warning
from scenarios_capture import CLIENT6, SERVER6
from scenarios_died import OTHER, checks, refused
from scenarios_guide import ICMP_CHECK, RETRANSMISSIONS
from scenarios_harmless import WELL, data_channel
from scenarios_media import DTLS_CHECK, ICE_CHECK, begin
from scenarios_turn import TCP_CHECK
from story import (CLIENT_ADDRESS, NAT, TURN_CHECK, arrive, call, check_through_relay, connect,
                   healthy_call, media, start, turn_udp)
from tls import Tls
from turn import CLIENT, PEER, Ice, xor
from wire import Capture, Tcp, Udp, icmp_error


def framed(datagram):
    return struct.pack("!H", len(datagram)) + datagram


def short_outage():
    """The checks get no answer for eight seconds, then again: a moment without radio."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "before", [2, 2], answered=True)
    checks(turn, "outage", [2, 2, 2, 2])
    checks(turn, "after", [1, 2], answered=True)
    turn.release()
    session.close()
    return silent(capture, ICE_CHECK, absent=["ice.*"], verdict="pass", cases=WELL)


def peer_left():
    """The peer ends the DTLS association with an alert (encrypted: its record says no more) and is
    gone. The client checks on for twelve seconds until signalling tells it."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "before", [2, 2], answered=True)
    turn.from_peer(Dtls("farewell").record(21, bytes(range(26))))
    checks(turn, "gone", [2] * 6)
    turn.release()
    session.close()
    return silent(capture, ICE_CHECK, absent=["ice.*"], verdict="pass", cases=WELL)


def went_elsewhere():
    """Two peers: one stops answering for good, the call with the other goes on. One participant
    left."""
    capture, session, turn = begin()
    call(turn)
    other = ("172.16.85.181", 52060)
    turn.permit(other)
    stays, leaves = Ice("stays"), Ice("leaves")
    for number in range(10):
        capture.wait(2)
        check_through_relay(turn, stays)
        request, transaction = leaves.check()
        turn.send_indication(request, other)
        if number < 2:
            turn.data_indication(leaves.answer(transaction, ("10.88.246.156", 24001)), other)
    turn.release()
    session.close()
    return silent(capture, ICE_CHECK, absent=["ice.*"], verdict="pass", cases=WELL)


def client_gone():
    """The browser is closed during the call without a word: what the server still relays is
    answered by the client's own machine with ICMP port unreachable."""
    capture, session, turn = begin()
    call(turn)
    session.close()
    for number in range(6):
        icmp_error(capture, CLIENT_ADDRESS, turn.from_peer(srtp("late", number)), 3, 3)
        capture.wait(1)
    return silent(capture, ICMP_CHECK, absent=["turn.*", "ice.*"], verdict="pass", cases=WELL)


def dtls_slow():
    """Two of the peer's hellos are lost on their way, the third one gets on: a lossy network."""
    capture, session, turn = begin()
    connect(turn)
    client, server = Dtls("slow client"), Dtls("slow server")
    turn.to_peer(client.client_hello())
    for pause in (1, 2):
        capture.wait(pause)
        turn.to_peer(client.client_hello(retransmission=True))
    turn.from_peer(server.server_flight())
    turn.to_peer(client.client_flight())
    turn.from_peer(server.finish())
    media(turn)
    turn.release()
    session.close()
    return silent(capture, DTLS_CHECK, absent=["dtls.*"], verdict="pass", cases=WELL)


def permission_late():
    """The first CreatePermission is lost on its way to the capture at LAN2; the client has sent
    checks already, repeats the request and gets it granted a second later."""
    capture, session, turn = begin()
    checks(turn, "early", [0.02, 0.05, 0.1, 0.2])
    call(turn)
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, absent=["turn.permission-missing"], verdict="pass",
                  cases=WELL)


def nonces_age():
    """A server that lets nonces live for a minute: each permission is first refused 438 and then
    granted with the new nonce. Refreshes of the allocation come rarely."""
    capture, session, turn = begin()
    call(turn)
    for number in range(6):
        checks(turn, f"age {number}", [30, 30], answered=True)
        turn.request(stun.CREATE_PERMISSION, [xor(stun.XOR_PEER_ADDRESS, (PEER[0], 0))])
        turn.new_nonce()
        turn.error(stun.CREATE_PERMISSION, 438, turn.challenge_attributes())
        turn.permit()
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, absent=["turn.stale-nonce-loop"], verdict="pass",
                  cases=WELL)


def busy_desktop_healthy():
    """Without a profile. The call works; beside it connections to a host of no concern are refused,
    before the call and while it runs."""
    capture = Capture()
    refused(capture, 50101, OTHER)
    session = arrive(capture)
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    for port in (50102, 50103):
        refused(capture, port, OTHER)
    media(turn)
    turn.release()
    session.close()
    return silent(capture, TCP_CHECK, arguments=[], verdict="pass",
                  cases={"prerequisites": "no-evidence", **WELL})


def inside_tls():
    """UDP 3478 is blocked: seven Allocates without an answer. The browser uses TURN over TLS on 443
    of the same server beside it, and for twenty seconds data go both ways, steadily, as in a call.
    What is inside cannot be seen, so nothing is certain but that UDP is blocked."""
    capture, session = start()
    turn = turn_udp(capture)
    ask = turn.ask()
    inner = Tls(Tcp(capture, (CLIENT_ADDRESS, 50010), (NAT, 443)), "inside")
    inner.establish()
    for pause in RETRANSMISSIONS:
        for _ in range(int(pause * 10)):
            capture.wait(0.1)
            inner.application(150, acknowledge=False)
            inner.answer(150, acknowledge=False)
        last = turn.flow.send(ask.network[28:])
    capture.wait(10)
    session.close()
    return warning(capture, TCP_CHECK, "turn.no-answer", ask, last, case="connect-timeout",
                   certainty="strong")


def tunnel():
    """A VPN tries DTLS on UDP 443, which is blocked, and goes on over TCP, beside a healthy call.
    DTLS of a tunnel is no media of a call."""
    capture = Capture()
    flow = Udp(capture, (CLIENT_ADDRESS, 50600), (OTHER, 443))
    hello = Dtls("tunnel", srtp=False)
    flow.send(hello.client_hello())
    for pause in (1, 2, 4, 8):
        capture.wait(pause)
        flow.send(hello.client_hello(retransmission=True))
    session = arrive(capture)
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, DTLS_CHECK, absent=["dtls.*"], verdict="pass", cases=WELL)


def direct():
    """Client and peer reach each other without a relay: checks between their own addresses, DTLS,
    media. The allocation, made in case, is released unused."""
    capture, session, turn = begin()
    flow, ice = Udp(capture, (CLIENT[0], 50700), ("172.16.85.180", 52044)), Ice("direct")
    for _ in range(3):
        request, transaction = ice.check(nominate=True)
        flow.send(request)
        flow.reply(ice.answer(transaction, (CLIENT[0], 50700)))
        capture.wait(0.05)
    client, server = Dtls("direct client"), Dtls("direct server")
    flow.send(client.client_hello())
    flow.reply(server.server_flight())
    flow.send(client.client_flight())
    flow.reply(server.finish())
    for number in range(20):
        capture.wait(0.02)
        flow.send(srtp("direct up", number))
        flow.reply(srtp("direct down", number, source=0x5A6B7C8D))
    turn.release()
    session.close()
    return silent(capture, ICE_CHECK, verdict="pass", cases=WELL, expect={"verdict": {
        "sentence": "The client got in: traffic goes both ways, and no relay is seen to carry it"}})


def over_tcp():
    """ICE over TCP (RFC 6544) beside an unused allocation: UDP is blocked between client and peer,
    so checks, DTLS and media go over a TCP connection, each behind its length (RFC 4571)."""
    capture, session, turn = begin()
    flow, ice = Tcp(capture, (CLIENT[0], 50800), ("172.16.85.180", 52044)), Ice("over tcp")
    flow.open()
    client, server = Dtls("tcp client"), Dtls("tcp server")
    for _ in range(3):
        request, transaction = ice.check(nominate=True)
        flow.send(framed(request))
        flow.reply(framed(ice.answer(transaction, (CLIENT[0], 50800))))
        capture.wait(0.05)
    flow.send(framed(client.client_hello()))
    flow.reply(framed(server.server_flight()))
    flow.send(framed(client.client_flight()))
    flow.reply(framed(server.finish()))
    for number in range(10):
        flow.send(framed(srtp("tcp up", number)) + framed(srtp("tcp up too", number)))
        flow.reply(framed(srtp("tcp down", number, source=0x5A6B7C8D)))
        capture.wait(0.02)
    flow.close()
    turn.release()
    session.close()
    return silent(capture, ("tcp.port == 50800", TCP_CHECK[1]), verdict="pass", cases=WELL,
                  attempts=[{"client": CLIENT[0], "outcome": "connected"}],
                  expect={"stun": {"unanswered": 0}})


def data_channel_cut():
    """A data channel alone, and 128 octets of each packet: that DTLS was agreed on is not in the
    capture, that data go both ways is."""
    return data_channel(absent=["media.*", "dtls.*"], snaplen=128)


def relay_unused():
    """A client with IPv6 alone gets an IPv4 relay and keeps it for eight minutes. It asks for no
    permission, sends no check and nothing else: in no call, with candidates gathered ahead of one,
    or without a peer that it could try. No packet tells which."""
    capture = Capture(near=(CLIENT6,))
    turn = turn_udp(capture, client=(CLIENT6, 50124), server=(SERVER6, 3478))
    turn.allocate()
    for _ in range(2):
        capture.wait(240)
        turn.refresh()
    return silent(capture, TURN_CHECK, absent=["turn.*", "ice.*", "media.*"], arguments=[],
                  verdict="inconclusive", cases={"connect-timeout": "no-evidence"},
                  expect={"verdict": {"sentence": "The client got a relay and did nothing with it: "
                                                  "it found no peer to try, or was in no call"}})


def path_replaced():
    """The call's path dies; after eight seconds the browser has another allocation and goes on by it.
    The old path is checked for forty seconds more, in vain: its consent is lost, the call is not."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "before", [2, 2], answered=True)
    checks(turn, "dead", [2] * 4)
    new = turn_udp(capture, client=(CLIENT_ADDRESS, 50125), label="new")
    new.allocate((NAT, 24700))
    call(new, (NAT, 24700))
    for number in range(20):
        checks(turn, f"still dead {number}", [2])
        media(new, 2, first=100 + 2 * number)
        check_through_relay(new, Ice(f"new {number}"), (NAT, 24700))
    new.release()
    session.close()
    return warning(capture, ICE_CHECK, "ice.consent-lost", severity="warning", certainty="definite",
                   attempts=[{"client": CLIENT_ADDRESS, "outcome": "connected"}])


def beside_vpn():
    """A machine with a VPN: its browser asks for a relay from both addresses in the same moment. What
    it sends from the VPN's goes nowhere; over the LAN it gets its relay and its call."""
    vpn = "10.8.0.2"
    capture = Capture(near=(CLIENT_ADDRESS, vpn))
    session = arrive(capture)
    dns.Resolver(capture, vpn, label="vpn").lookup("intranet.example.com", "10.8.0.1")
    blocked = turn_udp(capture, client=(vpn, 50500), label="blocked")
    ask = blocked.ask()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    for number, pause in enumerate(RETRANSMISSIONS):
        capture.wait(pause)
        blocked.flow.send(ask.network[28:])
        media(turn, 1, first=100 + number)
    capture.wait(8)
    turn.release()
    session.close()
    return warning(capture, TURN_CHECK, "turn.no-answer", ask, case="connect-timeout",
                   severity="warning", arguments=["--vantage", "client"],
                   attempts=[{"client": CLIENT_ADDRESS, "outcome": "connected"}])


SCENARIOS = {
    "ice-path-replaced": path_replaced,
    "beside-vpn": beside_vpn,
    "relay-unused": relay_unused,
    "short-outage": short_outage,
    "peer-left": peer_left,
    "one-peer-left": went_elsewhere,
    "client-gone": client_gone,
    "dtls-slow": dtls_slow,
    "permission-late": permission_late,
    "nonces-age": nonces_age,
    "busy-desktop-healthy": busy_desktop_healthy,
    "turn-maybe-inside-tls": inside_tls,
    "tunnel-beside-call": tunnel,
    "direct-path": direct,
    "ice-over-tcp": over_tcp,
    "data-channel-snaplen": data_channel_cut,
}
