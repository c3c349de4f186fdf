# SPDX-License-Identifier: MIT
"""The parts that most scenarios share: a client that arrives, allocates, talks and leaves."""
import dns
from dtls import Dtls
from rtp import srtcp, srtp
from tls import Tls
from turn import CLIENT, PEER, RELAYED, SERVER, Ice, Turn
from wire import Capture, Tcp, Udp

NAME = "cmsweb.octavio.com"
NAT = "10.88.246.156"
LAN1, LAN2 = "172.16.85.168", "192.168.245.61"
CMS, EXPRESSWAY_C, DNS_INSIDE = "172.16.85.180", "172.16.85.167", "172.16.85.162"
CLIENT_ADDRESS = CLIENT[0]
TURN_CHECK = ("stun.type && stun.type.class != 1", [
    "frame.number", "ip.src", "ip.dst", "frame.len", "stun.type", "stun.att.username",
    "stun.att.error.class", "stun.att.error", "stun.att.error.reason"])
EXPRESSWAY = "Cisco Expressway-E X8.9.2 TURN relay"


def arrive(capture, client=CLIENT_ADDRESS, port=50001, name=NAME, address=NAT, label="tls"):
    """Name looked up, TLS 1.2 established on 443, page loaded. Returns the TLS session."""
    dns.Resolver(capture, client, label=f"{label} dns").lookup(name, address)
    session = Tls(Tcp(capture, (client, port), (address, 443)), label, name)
    session.establish()
    session.page()
    capture.wait(0.4)
    return session


def start(**more):
    """A capture at the client in which it has arrived; returns it with the TLS session."""
    capture = Capture(**more)
    return capture, arrive(capture)


def turn_udp(capture, client=CLIENT, server=SERVER, **more):
    return Turn(Udp(capture, client, server), **more)


def check_through_relay(turn, ice, relayed=RELAYED, answered=True, nominate=False):
    """A connectivity check of the client in a Send indication, and the peer's answer."""
    request, transaction = ice.check(nominate=nominate)
    frame = turn.send_indication(request)
    if answered:
        turn.data_indication(ice.answer(transaction, relayed))
    return frame


def peer_check_through_relay(turn, ice, peer=PEER):
    request, transaction = ice.peer_check()
    turn.data_indication(request)
    return turn.send_indication(ice.answer(transaction, peer, by_client=True))


def connect(turn, ice=None, relayed=RELAYED):
    """Permission, checks both ways, nomination, channel. Returns the Ice."""
    ice = ice or Ice(f"{turn.label} ice")
    turn.permit()
    check_through_relay(turn, ice, relayed)
    peer_check_through_relay(turn, ice)
    check_through_relay(turn, ice, relayed, nominate=True)
    turn.bind()
    return ice


def dtls_handshake(turn):
    """The client is the DTLS client; everything is in ChannelData."""
    client, server = Dtls(f"{turn.label} dtls client"), Dtls(f"{turn.label} dtls server")
    turn.to_peer(client.client_hello())
    turn.from_peer(server.server_flight())
    turn.to_peer(client.client_flight())
    return turn.from_peer(server.finish())


def media(turn, packets=10, to_peer=True, from_peer=True, seconds=0.02, first=1):
    """SRTP in ChannelData, 20 ms apart unless `seconds` says otherwise, and SRTCP at the end."""
    capture = turn.flow.capture
    for sequence in range(first, first + packets):
        capture.wait(seconds)
        if to_peer:
            turn.to_peer(srtp(f"{turn.label} up", sequence))
        if from_peer:
            turn.from_peer(srtp(f"{turn.label} down", sequence, source=0x5A6B7C8D))
    if to_peer:
        turn.to_peer(srtcp(f"{turn.label} up", first))
    if from_peer:
        turn.from_peer(srtcp(f"{turn.label} down", first, source=0x5A6B7C8D))


def call(turn, relayed=RELAYED):
    """All that follows a successful allocation: checks, DTLS, SRTP both ways."""
    connect(turn, relayed=relayed)
    dtls_handshake(turn)
    media(turn)


def healthy_call(capture, session, turn):
    turn.allocate()
    call(turn)
    turn.release()
    session.close()
