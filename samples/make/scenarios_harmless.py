# SPDX-License-Identifier: MIT
"""What is no fault and must not be taken for one."""
import struct

import dns
import stun
import tls
from dtls import Dtls
from octets import octets
from rtp import srtcp, srtp
from sample import PROFILE, VERIFIED, Sample, finding, silent
from scenarios_guide import RETRANSMISSIONS
from scenarios_media import role_conflict
from scenarios_turn import TCP_CHECK
from story import (CLIENT_ADDRESS, NAME, NAT, TURN_CHECK, arrive, call, check_through_relay,
                   connect, dtls_handshake, healthy_call, media, start, turn_udp)
from tls import Tls
from turn import CHANNEL, CLIENT, PEER, RELAYED, SERVER, Ice, Turn, xor
from wire import Capture, Tcp, Udp, icmp_error

DNS_CHECK = ("dns || mdns || llmnr || icmp", [
    "frame.number", "ip.src", "ip.dst", "udp.dstport", "dns.qry.name", "dns.qry.type",
    "dns.flags.rcode", "dns.a", "icmp.type", "icmp.code"])
WELL = {"connect-timeout": "cleared"}


def well(capture, session, check, turn=None, **more):
    """The rest of a healthy call, and the expectation that nothing is found."""
    healthy_call(capture, session, turn or turn_udp(capture))
    return silent(capture, check, verdict="pass", cases=WELL, **more)


def aaaa_missing():
    """The name has an A record and no AAAA, and no HTTPS record either: normal beside a good A."""
    capture = Capture()
    resolver = dns.Resolver(capture, label="other types")
    for kind in (dns.AAAA, dns.HTTPS):
        resolver.ask(NAME, kind)
        resolver.answer(authorities=[dns.authority("octavio.com")])
    return well(capture, arrive(capture), DNS_CHECK, absent=["dns.no-data"])


def speculative_reset():
    """The browser opens a second connection in advance, never uses it and resets it."""
    capture = Capture()
    spare = Tcp(capture, (CLIENT_ADDRESS, 50002), (NAT, 443))
    spare.open()
    session = arrive(capture)
    spare.reset()
    return well(capture, session, TCP_CHECK, absent=["tcp.*", "tls.reset-after-hello"])


def talk_to_itself():
    """Captured on all interfaces, so with what the machine says to itself: a page looks for a local
    agent on 127.0.0.1 and ::1, and nothing listens there. The call works."""
    capture = Capture(near=(CLIENT_ADDRESS, "127.0.0.1", "::1"))
    for address, port in (("127.0.0.1", 443), ("::1", 443), ("127.0.0.1", 8443)):
        agent = Tcp(capture, (address, 50100 + port % 1000), (address, port))
        agent.syn()
        agent.reset(by_server=True)
    return well(capture, arrive(capture), TCP_CHECK, arguments=[],
                attempts=[{"client": CLIENT_ADDRESS, "outcome": "connected"}])


def file_shares_unreachable():
    """At home, with the firm's file server and domain out of reach: the machine asks for them by
    itself, as it always does, and gets no answer or a reset. Of a call nothing is in the capture."""
    capture = Capture()
    for port in (445, 139):
        share = Tcp(capture, (CLIENT_ADDRESS, 50300 + port), ("198.51.100.77", port))
        share.syn()
        for pause in (1, 2, 4):
            capture.wait(pause)
            share.syn(sequence=share.client.sequence - 1)
    domain = Tcp(capture, (CLIENT_ADDRESS, 50389), ("198.51.100.78", 389))
    domain.syn()
    domain.reset(by_server=True)
    capture.wait(30)
    dns.Resolver(capture, label="later").lookup("www.example.com", "198.51.100.79")
    return silent(capture, TCP_CHECK, arguments=[], verdict="inconclusive", absent=["tcp.*"])


def quic_fallback():
    """The browser tries QUIC first: three Initial packets to UDP 443 without an answer, then TCP,
    which works. The packets' contents are mere octets, so they cannot be decrypted."""
    capture = Capture()
    flow = Udp(capture, (CLIENT_ADDRESS, 50443), (NAT, 443))
    for number in range(3):
        header = b"\xC3" + struct.pack("!I", 1) + tls.vector(1, octets("quic", 8)) + b"\0\0" \
            + struct.pack("!H", 0x4000 | 1182)
        flow.send(header + octets(f"quic initial {number}", 1182))
        capture.wait(0.3)
    return well(capture, arrive(capture), ("udp.port == 443", ["frame.number", "ip.src",
                                                               "udp.dstport", "udp.length"]))


def late_dns_answer():
    """The client asks two servers and takes the first answer; when the second comes the port is
    closed, and the client says so with ICMP port unreachable."""
    capture = Capture()
    late = dns.Resolver(capture, server=("10.88.246.211", 53), label="late")
    late.ask(NAME)
    session = arrive(capture)
    answer = late.answer(dns.address(NAME, NAT))
    icmp_error(capture, CLIENT_ADDRESS, answer, 3, 3)
    return well(capture, session, DNS_CHECK, absent=["turn.port-unreachable"])


def self_signed_dtls():
    """The certificates in the DTLS handshake are self-signed and have no names: DTLS-SRTP wants it
    so (RFC 8122). The one on 443 is good."""
    capture, session = start()
    return well(capture, session, ("dtls.handshake", ["frame.number", "ip.src",
                                                      "dtls.handshake.type", "x509sat.uTF8String"]),
                absent=["tls.certificate-self-signed", "tls.certificate-san-missing"])


def local_names():
    """mDNS asks for a host candidate's name and gets silence; LLMNR asks for WPAD and hears that
    there is no such name."""
    capture = Capture()
    mdns = Udp(capture, (CLIENT_ADDRESS, 5353), ("224.0.0.251", 5353))
    mdns.send(dns.query(0, "5f0c9d3e-0d5b-4a55-9d3b-1f6f3a0b7c11.local", dns.A))
    llmnr = Udp(capture, (CLIENT_ADDRESS, 55123), ("224.0.0.252", 5355))
    llmnr.send(dns.query(0x1234, "wpad", dns.A))
    answer = Udp(capture, (CLIENT_ADDRESS, 55123), ("172.16.84.9", 5355))
    answer.reply(dns.response(0x1234, "wpad", dns.A, rcode=dns.NXDOMAIN))
    return well(capture, arrive(capture), DNS_CHECK, absent=["dns.*"])


def mid_call_start():
    """The capture starts in the middle of a call: no lookup, no handshake, no allocation, only
    ChannelData with media, then the release."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    first = next(i for i, frame in enumerate(capture.frames) if b"\x40\x01\x00\x68" in frame.data)
    capture.frames = capture.frames[first:]
    return silent(capture, ("udp.port == 3478", ["frame.number", "ip.src", "stun.channel",
                                                 "stun.type"]), absent=["turn.channel-unbound"],
                  present=[finding("capture.no-signalling", severity="info")])


def channels_alone(server, client=CLIENT):
    """Twelve seconds of a call through that server: ChannelData with media and with checks, and no
    STUN message outside of it."""
    capture = Capture()
    turn, ice = turn_udp(capture, client, server), Ice("mid-call")
    for number in range(60):
        turn.to_peer(srtp("up", number))
        turn.from_peer(srtp("down", number))
        capture.wait(0.2)
        if number % 10 == 5:
            request, transaction = ice.check()
            turn.to_peer(request)
            turn.from_peer(ice.answer(transaction, RELAYED))
    ends = {"client": f"{client[0]}:{client[1]}", "server": f"{server[0]}:{server[1]}"}
    return silent(capture, (f"udp.port == {server[1]}", ["frame.number", "ip.src", "udp.length"]),
                  absent=["turn.*", "ice.*", "media.*"], verdict="inconclusive",
                  cases={"connect-timeout": "no-evidence"},
                  present=[finding("capture.no-signalling", severity="info")],
                  expect={"turn": {"allocations": [ends]}})


def mid_call_channels():
    """Twelve seconds in the middle of a call: ChannelData with media and with checks, and no STUN
    message outside of it. That is TURN, and nothing is wrong."""
    return channels_alone(SERVER)


def mid_call_channels_3481():
    """Twelve seconds in the middle of a call, ChannelData alone, at one of the further ports of a
    large Expressway. That is TURN, and nothing is wrong."""
    return channels_alone((NAT, 3481))


def mid_call_channels_443():
    """Twelve seconds in the middle of a call, ChannelData alone, at UDP 443, where TURN is offered
    to clients whose firewall passes QUIC. That is TURN, and nothing is wrong."""
    return channels_alone((NAT, 443))


def look_like_channels():
    """What is no TURN at its ports, though it begins as ChannelData does: a game's datagrams, each
    with a number, a length and anything; DNS with identifiers from 0x4000 on; and QUIC in its
    middle, all short headers."""
    capture = Capture()
    quic = Udp(capture, (CLIENT_ADDRESS, 50202), ("198.51.100.32", 443))
    more = Udp(capture, (CLIENT_ADDRESS, 50203), ("198.51.100.30", 443))
    game = Udp(capture, (CLIENT_ADDRESS, 50200), ("198.51.100.30", 3478))
    names = Udp(capture, (CLIENT_ADDRESS, 50201), ("198.51.100.31", 3478))
    for number in range(20):
        data = bytes([64 + number]) * (30 + number)
        game.send(stun.channel_data(0x4000 + number, data))
        game.reply(stun.channel_data(0x4000 + number, data))
        more.send(stun.channel_data(0x4000 + number, data))
        more.reply(stun.channel_data(0x4000 + number, data))
        quic.send(b"\x40" + octets(f"quic sent {number}", 60 + number))
        quic.reply(b"\x41" + octets(f"quic received {number}", 1200))
        names.send(dns.query(0x4000 + number, NAME, dns.A))
        names.reply(dns.response(0x4000 + number, NAME, dns.A, [dns.address(NAME, NAT)]))
        capture.wait(0.2)
    return silent(capture, ("udp.port in {3478, 443}", ["frame.number", "ip.dst", "udp.length"]),
                  absent=["turn.*", "ice.*", "media.*"], verdict="inconclusive",
                  cases={"connect-timeout": "not-observable"},
                  expect={"stun": {"messages": 0}})


def duplicated_frames():
    """A mirror port that copies both directions of a port: every frame is there twice, 12
    microseconds apart. Nothing was retransmitted."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    twice = []
    for frame in capture.frames:
        copy = type(frame)(frame.time + 12, frame.data, frame.network, frame.source)
        twice += [frame, copy]
    capture.frames = twice
    return silent(capture, TURN_CHECK, verdict="pass", cases=WELL)


def tcp_fallback():
    """UDP 3478 is silent, but the client also tries TURN over TCP 3478, and that works: the call
    connects. UDP deserves a remark at most."""
    capture, session = start()
    turn = turn_udp(capture)
    first = turn.ask()
    for pause in RETRANSMISSIONS[:3]:
        capture.wait(pause)
        turn.flow.send(first.network[28:])
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    tcp.open()
    over_tcp = Turn(tcp, "over tcp")
    over_tcp.allocate()
    call(over_tcp)
    capture.wait(40)
    over_tcp.release()
    tcp.close()
    session.close()
    return Sample(capture, TURN_CHECK, PROFILE, exit_status=0,
                  attempts=[{"client": CLIENT_ADDRESS, "outcome": "connected"}],
                  findings={"quiet": ["error"]})


def stale_401():
    """Two unauthenticated Allocates cross and bring two nonces. The client answers with the older,
    gets a 401 for it, and succeeds with the newest: a 401 after credentials that is no refusal of
    the credentials."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    older = turn.nonce
    turn.new_nonce()
    turn.challenge()
    newer, turn.nonce = turn.nonce, older
    turn.authenticate()
    turn.nonce = newer
    turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    turn.authenticate()
    turn.allocated()
    call(turn)
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", cases=WELL,
                  absent=["turn.integrity-failure"])


def no_turn_srv():
    """There is no _turn SRV record: WebRTC clients learn their TURN server from signalling."""
    capture = Capture()
    resolver = dns.Resolver(capture, label="srv")
    for name in ("_turn._udp.octavio.com", "_turns._tcp.octavio.com", "_stun._udp.octavio.com"):
        resolver.ask(name, dns.SRV)
        resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.com")])
    return well(capture, arrive(capture), DNS_CHECK, absent=["dns.*"])


def one_487():
    """Both sides begin as controlling: one check is answered 487, the client takes the other role,
    and the call connects."""
    capture, session, turn, _ = role_conflict(1, "once")
    call(turn)
    turn.release()
    session.close()
    return silent(capture, ("stun.type.method == 1 || stun.type.class == 1",
                            ["frame.number", "ip.src", "stun.type", "stun.att.error"]),
                  verdict="pass", cases=WELL, absent=["ice.role-conflict"])


def tls_on_3478():
    """TURN inside TLS on port 3478, which is usually plain: hidden, and no fault."""
    capture, session = start()
    hidden = Tls(Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478)), "turns")
    hidden.establish()
    for length in (45, 133, 141, 109):
        hidden.application(length)
        hidden.answer(length)
    session.page()
    return silent(capture, ("tcp.port == 3478 && tcp.len > 0", ["frame.number", "ip.src",
                                                               "frame.protocols", "tcp.len"]),
                  absent=["stun.malformed", "tls.not-tls"])


def turn_on_443():
    """Plain TURN on TCP 443, beside TLS on the same port: both work."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 443))
    tcp.open()
    turn = Turn(tcp)
    turn.allocate()
    call(turn)
    turn.release()
    tcp.close()
    session.close()
    return silent(capture, ("tcp.port == 50130 && tcp.len > 0", ["frame.number", "ip.src",
                                                                 "tcp.dstport", "tcp.len"]),
                  verdict="pass", cases=WELL, absent=["tls.not-tls"])


def unanswered_binding():
    """Expressway from X12.6.1 on does not answer a Binding without credentials, by design; the
    Allocate on the same port works."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.request(stun.BINDING, signed=False)
    binding = capture.frames[-1]
    for pause in (0.5, 1, 2):
        capture.wait(pause)
        turn.flow.send(binding.network[28:])
    return well(capture, session, TURN_CHECK, turn, absent=["turn.no-answer"])


def data_channel_only():
    """A call without audio and video: after DTLS there is DTLS application data both ways, and no
    SRTP. That is a data channel, not missing media."""
    return data_channel()


def data_channel(absent=("media.*",), **more):
    capture, session = start(**more)
    turn = turn_udp(capture)
    turn.allocate()
    ice = connect(turn)
    dtls_handshake(turn)
    ends = Dtls("data client"), Dtls("data peer")
    for end in ends:
        end.epoch, end.sequence = 1, 1
    for number in range(8):
        capture.wait(4)
        turn.to_peer(ends[0].record(tls.APPLICATION_DATA, octets(f"up {number}", 60)))
        turn.from_peer(ends[1].record(tls.APPLICATION_DATA, octets(f"down {number}", 60)))
        check_through_relay(turn, ice)
    turn.release()
    session.close()
    return silent(capture, ("dtls", ["frame.number", "ip.src", "dtls.record.content_type"]),
                  verdict="pass", cases=WELL, absent=list(absent))


def receive_only():
    """The client has neither microphone nor camera: for ten seconds media only comes in, and the
    client answers with SRTCP reports. The path carries both ways."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    ice = connect(turn)
    dtls_handshake(turn)
    for number in range(50):
        media(turn, 1, to_peer=False, seconds=0.2, first=number)
        if number % 5 == 4:
            turn.to_peer(srtcp("reports", number))
        if number % 24 == 23:
            check_through_relay(turn, ice)
    turn.release()
    session.close()
    return silent(capture, ("stun.channel && frame.number > 40", ["frame.number", "ip.src",
                                                                  "frame.len"]),
                  cases=WELL, absent=["media.*"])


def segmented():
    """TURN over TCP 3478, where segments and messages do not coincide: two messages share a
    segment, and another is split over two."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    tcp.open()
    turn = Turn(tcp, "segments")
    turn.allocate()
    permission = turn.encode_request(stun.CREATE_PERMISSION,
                                     [xor(stun.XOR_PEER_ADDRESS, (PEER[0], 0))])
    first = turn.transaction
    binding = turn.encode_request(stun.CHANNEL_BIND, [stun.channel(CHANNEL),
                                                      xor(stun.XOR_PEER_ADDRESS, PEER)])
    tcp.send(permission + binding[:50], acknowledge=False)
    tcp.send(binding[50:])
    second, turn.transaction = turn.transaction, first
    turn.success(stun.CREATE_PERMISSION)
    turn.transaction = second
    turn.success(stun.CHANNEL_BIND)
    ice = Ice("segments")
    check_through_relay(turn, ice)
    check_through_relay(turn, ice, nominate=True)
    dtls_handshake(turn)
    media(turn)
    turn.release()
    tcp.close()
    session.close()
    return silent(capture, ("tcp.port == 3478 && tcp.len > 0", ["frame.number", "ip.src", "tcp.len",
                                                               "stun.type", "stun.channel"]),
                  verdict="pass", cases=WELL)


def sha256_credentials():
    """Client and server of RFC 8489: the nonce announces password algorithms, both agree on
    SHA-256, and every message is signed with MESSAGE-INTEGRITY-SHA256."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.use_sha256()
    healthy_call(capture, session, turn)
    return silent(capture, ("stun.att.nonce || stun.att.type == 0x001c",
                            ["frame.number", "stun.type", "stun.attribute"]),
                  arguments=VERIFIED, verdict="pass", cases=WELL, absent=["stun.*"],
                  expect={"turn": {"allocations": [{"integrity": "verified"}]}})


def classic_binding():
    """A client of RFC 3489: Binding without magic cookie, answered with MAPPED-ADDRESS."""
    capture = Capture()
    flow = Udp(capture, (CLIENT_ADDRESS, 50200), ("198.51.100.7", 3478))
    identifier = octets("classic", 16)
    flow.send(struct.pack("!HH", stun.BINDING, 0) + identifier)
    kind, address = stun.plain_address(stun.MAPPED_ADDRESS, ("203.0.113.9", 40200))
    flow.reply(struct.pack("!HH", stun.BINDING | stun.SUCCESS, 12) + identifier
               + struct.pack("!HH", kind, len(address)) + address)
    return well(capture, arrive(capture), ("classicstun || stun", [
        "frame.number", "ip.src", "classicstun.type", "classicstun.att.ipv4", "stun.type"]))


def space_padding():
    """The client pads its attributes with spaces and the server with zeros. The HMAC counts the
    padding as it was sent (RFC 8489 section 14)."""
    capture, session = start()
    turn = turn_udp(capture, username="turnuser", padding=b" ", software="padded with blanks")
    return well(capture, session, TURN_CHECK, turn, absent=["stun.integrity-mismatch"])


SCENARIOS = {
    "aaaa-missing": aaaa_missing,
    "speculative-reset": speculative_reset,
    "talk-to-itself": talk_to_itself,
    "file-shares-unreachable": file_shares_unreachable,
    "quic-fallback": quic_fallback,
    "late-dns-answer": late_dns_answer,
    "dtls-self-signed": self_signed_dtls,
    "local-names": local_names,
    "mid-call-start": mid_call_start,
    "mid-call-channels": mid_call_channels,
    "mid-call-channels-3481": mid_call_channels_3481,
    "mid-call-channels-443": mid_call_channels_443,
    "look-like-channels": look_like_channels,
    "duplicated-frames": duplicated_frames,
    "tcp-fallback": tcp_fallback,
    "401-for-a-stale-nonce": stale_401,
    "no-turn-srv": no_turn_srv,
    "one-487": one_487,
    "tls-on-3478": tls_on_3478,
    "turn-on-tcp-443": turn_on_443,
    "unanswered-binding": unanswered_binding,
    "space-padding": space_padding,
    "data-channel-only": data_channel_only,
    "receive-only": receive_only,
    "turn-tcp-segments": segmented,
    "sha256-credentials": sha256_credentials,
    "classic-binding": classic_binding,
}
