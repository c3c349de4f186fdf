# SPDX-License-Identifier: MIT
"""What goes wrong after the allocation: permissions, channels, checks, DTLS, media."""
import stun
from dtls import Dtls
from rtp import srtp
from sample import failing
from scenarios_guide import AT_CLIENT
from scenarios_turn import RELAY_CHECK, unanswered_checks
from story import (CLIENT_ADDRESS, call, check_through_relay, connect, dtls_handshake, media, start,
                   turn_udp)
from turn import Ice

ICE_CHECK = ("stun.type.method == 1 || stun.type.class == 1",
             ["frame.number", "frame.time_relative", "ip.src", "stun.type", "stun.att.error",
              "stun.att.username"])
CHANNEL_CHECK = ("stun", ["frame.number", "frame.time_relative", "ip.src", "stun.type",
                          "stun.channel", "stun.att.channelnum", "stun.att.lifetime"])
DTLS_CHECK = ("dtls", ["frame.number", "frame.time_relative", "ip.src", "dtls.record.content_type",
                       "dtls.handshake.type", "dtls.alert_message.desc"])


def begin():
    """A client with an allocation. Returns capture, session, turn."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    return capture, session, turn


def permission_missing():
    """The client sends to its peer without having asked for a permission: the server drops it
    without a word. Seen from the client it is an inference; a capture at Expressway-E would
    show."""
    capture, session, turn = begin()
    last = unanswered_checks(turn, capture)
    session.close()
    return failing(capture, ICE_CHECK, "turn.permission-missing", last, certainty="strong",
                   cases=AT_CLIENT)


def keep_alive(turn, capture, seconds):
    """Every twenty seconds a consent check and a packet of media each way; allocation and
    permission are refreshed every four minutes."""
    ice = Ice(f"{turn.label} keep")
    for number in range(seconds // 20):
        capture.wait(20)
        check_through_relay(turn, ice)
        media(turn, 1, first=100 + number)
        if number % 12 == 11:
            turn.refresh()
            turn.permit()


def channel_expired():
    """The channel is bound once and used for more than 600 s: it has expired, and the server drops
    what comes on it. Allocation and permission were refreshed in time; consent checks go on in Send
    indications, so only the channel is gone."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 580)
    turn.refresh()
    turn.permit()
    ice = Ice("late")
    for number in range(8):
        capture.wait(5)
        turn.to_peer(srtp("late", number))
        check_through_relay(turn, ice)
    session.close()
    return failing(capture, ("stun.type.method == 9 || (stun.channel && frame.time_relative > 585)",
                             CHANNEL_CHECK[1]), "turn.channel-expired", certainty="definite",
                   absent=["turn.allocation-expired"])


def channel_unbound():
    """The client binds channel 0x4001 and sends on 0x4002, which nobody bound: dropped silently.
    The capture holds the allocation from its start, so that no binding can have been missed."""
    capture, session, turn = begin()
    connect(turn)
    turn.to_peer(Dtls("unbound").client_hello(), 0x4002)
    ice = Ice("unbound keep")
    late = []
    for number in range(8):
        capture.wait(1)
        late.append(turn.to_peer(srtp("unbound", number), 0x4002))
    check_through_relay(turn, ice)
    session.close()
    return failing(capture, ("stun.channel || stun.type.method == 9", CHANNEL_CHECK[1]),
                   "turn.channel-unbound", late[2])


def allocation_expired():
    """The allocation's lifetime is 600 s and the client never refreshes it. After 620 s it still
    sends; nothing comes back, and its late Refresh is answered 437."""
    capture, session, turn = begin()
    call(turn)
    for number in range(12):
        capture.wait(49)
        turn.permit()
        turn.bind()
        media(turn, 1, first=200 + number)
    capture.wait(32)
    late = []
    for number in range(5):
        capture.wait(0.5)
        late.append(turn.to_peer(srtp("expired", number)))
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    turn.error(stun.REFRESH, 437)
    session.close()
    return failing(capture, RELAY_CHECK, "turn.allocation-expired", late[0], certainty="definite")


def no_connectivity():
    """Allocation and permission succeed; the checks go out through the relay for half a minute and
    no answer comes in: the peer is unreachable, or the media range is blocked."""
    capture, session, turn = begin()
    turn.permit()
    first = check_through_relay(turn, Ice("none"), answered=False)
    unanswered_checks(turn, capture)
    session.close()
    return failing(capture, ICE_CHECK, "ice.no-connectivity", first, certainty="strong",
                   cases=AT_CLIENT, absent=["turn.permission-missing"],
                   attempts=[{"outcome": "failed", "broken_step": "ice"}])


def consent_lost():
    """The call runs; then the consent checks (RFC 7675), one every five seconds, get no answer for
    forty seconds, and no media comes in. The page is loaded meanwhile: the capture has not lost
    what comes to the client."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 20)
    ice = Ice("lost")
    for number in range(9):
        capture.wait(5)
        check_through_relay(turn, ice, answered=False)
        if number == 3:
            session.page()
    session.close()
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="definite",
                   absent=["ice.no-connectivity"])


def role_conflict(times, label):
    """`times` checks answered 487."""
    capture, session, turn = begin()
    turn.permit()
    ice = Ice(label)
    refusals = []
    for number in range(times):
        request, transaction = ice.check(controlling=number % 2 == 0)
        turn.send_indication(request)
        refusals.append(turn.data_indication(ice.refuse(transaction, 487)))
        capture.wait(0.5)
    return capture, session, turn, refusals


def role_conflict_persistent():
    """Both sides insist on the same role: 487 to six checks in a row, whichever role the client
    takes. One would be normal."""
    capture, session, turn, refusals = role_conflict(6, "conflict")
    unanswered_checks(turn, capture)
    session.close()
    return failing(capture, ICE_CHECK, "ice.role-conflict", refusals[2])


def username_mismatch():
    """The peer answers the checks 431: their USERNAME or password is not that of this session
    (signalling crossed, or an old one). 431 on a Binding is no fault of the TURN password."""
    capture, session, turn = begin()
    turn.permit()
    ice = Ice("fragments")
    refusals = []
    for _ in range(5):
        request, transaction = ice.check(username="Old1:Cl1t")
        turn.send_indication(request)
        refusals.append(turn.data_indication(ice.refuse(transaction, 431)))
        capture.wait(1)
    capture.wait(30)
    session.page()
    session.close()
    return failing(capture, ICE_CHECK, "ice.username-mismatch", refusals[0],
                   absent=["turn.integrity-failure"])


def one_way():
    """Checks and DTLS complete, and the client sends media for ten seconds; none comes back.
    Consent checks are answered, so the path is there."""
    capture, session, turn = begin()
    connect(turn)
    dtls_handshake(turn)
    ice = Ice("one way")
    for number in range(50):
        media(turn, 1, from_peer=False, seconds=0.2, first=number)
        if number % 24 == 23:
            check_through_relay(turn, ice)
    session.close()
    return failing(capture, CHANNEL_CHECK, "media.one-way", certainty="strong", cases=AT_CLIENT)


def no_media():
    """Checks and DTLS complete, consent checks are answered for half a minute, and not one packet
    of media goes either way."""
    capture, session, turn = begin()
    connect(turn)
    dtls_handshake(turn)
    ice = Ice("no media")
    for _ in range(6):
        capture.wait(5)
        check_through_relay(turn, ice)
    session.close()
    return failing(capture, CHANNEL_CHECK, "media.none", certainty="strong", cases=AT_CLIENT)


def dtls_absent():
    """Checks complete both ways, a pair is nominated and a channel is bound; consent checks are
    answered for half a minute, and neither end so much as begins the DTLS handshake."""
    capture, session, turn = begin()
    ice = connect(turn)
    for _ in range(6):
        capture.wait(5)
        check_through_relay(turn, ice)
    session.close()
    return failing(capture, CHANNEL_CHECK, "dtls.no-answer", certainty="strong", cases=AT_CLIENT,
                   absent=["media.*"], attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                                                  "broken_step": "dtls"}])


def dtls_no_answer():
    """The checks succeed, and the client's DTLS ClientHello goes out five times (0, 1, 3, 7, 15 s)
    and is never answered."""
    capture, session, turn = begin()
    ice = connect(turn)
    client = Dtls("unanswered")
    first = turn.to_peer(client.client_hello())
    for pause in (1, 2, 4, 8):
        capture.wait(pause)
        turn.to_peer(client.client_hello(retransmission=True))
        check_through_relay(turn, ice)
    capture.wait(16)
    check_through_relay(turn, ice)
    session.close()
    return failing(capture, DTLS_CHECK, "dtls.no-answer", first, certainty="strong",
                   cases=AT_CLIENT)


def dtls_alert():
    """The peer answers the DTLS ClientHello with a fatal alert, handshake_failure, in the clear."""
    capture, session, turn = begin()
    connect(turn)
    turn.to_peer(Dtls("alert client").client_hello())
    alert = turn.from_peer(Dtls("alert peer").alert("handshake_failure"))
    capture.wait(1)
    session.page()
    session.close()
    return failing(capture, DTLS_CHECK, "dtls.alert", alert, certainty="definite", cases=AT_CLIENT)


def dtls_cookie_loop():
    """Every ClientHello, although it brings the cookie, is answered by another
    HelloVerifyRequest."""
    capture, session, turn = begin()
    connect(turn)
    client, peer = Dtls("loop client"), Dtls("loop peer")
    cookie, requests = b"", []
    for number in range(6):
        turn.to_peer(client.client_hello(cookie))
        request, cookie = peer.hello_verify_request(number)
        requests.append(turn.from_peer(request))
        capture.wait(0.5)
    capture.wait(10)
    session.page()
    session.close()
    return failing(capture, DTLS_CHECK, "dtls.cookie-loop", requests[2], certainty="strong",
                   cases=AT_CLIENT)


SCENARIOS = {
    "turn-permission-missing": permission_missing,
    "turn-channel-expired": channel_expired,
    "turn-channel-unbound": channel_unbound,
    "turn-allocation-expired": allocation_expired,
    "ice-no-connectivity": no_connectivity,
    "ice-consent-lost": consent_lost,
    "ice-role-conflict": role_conflict_persistent,
    "ice-username-mismatch": username_mismatch,
    "media-one-way": one_way,
    "media-none": no_media,
    "dtls-absent": dtls_absent,
    "dtls-no-answer": dtls_no_answer,
    "dtls-alert": dtls_alert,
    "dtls-cookie-loop": dtls_cookie_loop,
}
