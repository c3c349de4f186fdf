# SPDX-License-Identifier: MIT
"""Captures that lack packets of what happened: a mirror port or a busy machine lost them."""
import contextlib
import struct

import stun
from octets import octets
from rtp import srtp
from sample import Sample, failing, finding, silent, warning
from scenarios_died import OTHER, refused
from scenarios_harmless import WELL
from scenarios_media import CHANNEL_CHECK, ICE_CHECK, begin, keep_alive
from scenarios_tcp import HTTP_CHECK
from scenarios_tls import TLS_CHECK
from scenarios_turn import RELAY_CHECK
from story import (CLIENT_ADDRESS, NAME, NAT, TURN_CHECK, arrive, call, check_through_relay,
                   connect, dtls_handshake, healthy_call, media, start, turn_udp)
from turn import CHANNEL, CLIENT, PEER, Ice, Turn, xor
from wire import MICROSECOND, Capture, Tcp


@contextlib.contextmanager
def unseen(capture, everything=True):
    """What happens inside is not in the capture; what the client sends is, unless `everything`."""
    begun = len(capture.frames)
    yield
    happened = capture.frames[begun:]
    del capture.frames[begun:]
    capture.frames += [] if everything else [each for each in happened
                                             if each.source in capture.near]


def consent_unheard():
    """As ice-consent-lost, but nothing else comes to the client either while its checks go
    unanswered: the path may have died, or the capture lost what came."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 20)
    ice = Ice("unheard")
    for _ in range(9):
        capture.wait(5)
        check_through_relay(turn, ice, answered=False)
    session.page()
    session.close()
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="strong")


def dying(turn, label="dying", seconds=12):
    """The client's media and its checks, one every two seconds, for so long; nothing comes back."""
    ice = Ice(label)
    for number in range(seconds // 2):
        turn.flow.capture.wait(2)
        turn.to_peer(srtp(label, number))
        check_through_relay(turn, ice, answered=False)


def end_unheard():
    """For the last twelve seconds of the capture nothing at all comes to the client: its network is
    down, or the capture lost that direction. Which of the two nobody can tell."""
    capture, session, turn = begin()
    call(turn)
    session.close()
    keep_alive(turn, capture, 20)
    dying(turn)
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="hint")


def end_unseen():
    """For its last twelve seconds the capture lacks all that comes to the client, the answers to its
    checks and its media among it. The client acknowledges a page that no packet here holds."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 20)
    with unseen(capture, everything=False):
        dying(turn, "unseen at first", 6)
        session.page()
        dying(turn, "unseen to the end", 6)
    return silent(capture, ICE_CHECK, absent=["media.*"], verdict="pass", arguments=[],
                  present=[{"code": "ice.consent-lost", "severity": "info", "certainty": "hint"}])


def answers_unseen():
    """The call works, but for forty seconds the capture holds only what the client sends, its media
    and its checks; then both directions again. A client that had lost consent would have stopped
    after thirty seconds."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 20)
    ice = Ice("unseen")
    with unseen(capture, everything=False):
        for number in range(10):
            capture.wait(4)
            media(turn, 2, first=200 + 4 * number)
            check_through_relay(turn, ice)
    media(turn)
    check_through_relay(turn, ice)
    turn.release()
    session.close()
    return silent(capture, ICE_CHECK, absent=["media.*"], verdict="pass",
                  present=[{"code": "ice.consent-lost", "severity": "info", "certainty": "hint"}])


def refresh_unseen():
    """The capture lacks the moment at which the client renewed its allocation and its channel. 600 s
    after the beginning both go on: the server relays as before."""
    capture, session, turn = begin()
    call(turn)
    keep_alive(turn, capture, 220)
    with unseen(capture):
        turn.refresh()
        turn.permit()
        turn.bind()
    for number in range(22):
        capture.wait(18)
        media(turn, 1, first=300 + number)
        if number % 11 == 10:
            turn.permit()
    media(turn, 100, seconds=0.1)
    turn.release()
    session.close()
    return silent(capture, RELAY_CHECK, absent=["turn.*"], verdict="pass", cases=WELL)


def permission_unseen():
    """The capture lacks the permission, and the server has lost the allocation long before its end:
    its 437 to a Refresh is a mismatch, no expiry."""
    capture, session, turn = begin()
    ice = Ice("without permission")
    with unseen(capture):
        turn.permit()
    for pause in (0.1, 0.2):
        capture.wait(pause)
        check_through_relay(turn, ice, answered=False)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    refusal = turn.error(stun.REFRESH, 437, signed=True)
    session.close()
    return failing(capture, RELAY_CHECK, "turn.allocation-mismatch", refusal,
                   absent=["turn.allocation-expired", "turn.permission-missing"])


def binding_unseen():
    """TURN over TCP, and the capture lacks the segments that bind the channel. What the client sends
    on it goes to a peer that does not answer."""
    capture, session = start()
    flow = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 3478))
    flow.open()
    turn = Turn(flow)
    turn.allocate()
    turn.permit()
    check_through_relay(turn, Ice("bound"), nominate=True)
    with unseen(capture):
        turn.bind()
    for number in range(8):
        capture.wait(1)
        turn.to_peer(srtp("bound", number))
    check_through_relay(turn, Ice("bound still"))
    session.close()
    return Sample(capture, CHANNEL_CHECK, findings={"absent": ["turn.channel-unbound"]})


def bind_request_unseen():
    """A call that works, its keys and media on a channel; of the binding the capture holds the answer
    and not the request. Which peer the channel is for is not known."""
    capture, session, turn = begin()
    ice = Ice("request unseen")
    turn.permit()
    check_through_relay(turn, ice, nominate=True)
    with unseen(capture):
        turn.request(stun.CHANNEL_BIND, [stun.channel(CHANNEL), xor(stun.XOR_PEER_ADDRESS, PEER)])
    turn.success(stun.CHANNEL_BIND)
    dtls_handshake(turn)
    for number in range(8):
        media(turn, 5, first=1 + 5 * number)
        capture.wait(5)
        check_through_relay(turn, ice)
    turn.release()
    session.close()
    return silent(capture, CHANNEL_CHECK, absent=["media.*", "dtls.*", "turn.*"], verdict="pass")


def handshake_unseen():
    """The capture lacks two segments of the handshake: the one with the server's hello and most of its
    certificate, and the one with which the client goes on. The page comes all the same."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    keep_alive(turn, capture, 20)
    session.page()
    session.close()
    for length in (1514, 147):
        capture.frames.remove(next(each for each in capture.frames if len(each.data) == length))
    return silent(capture, TLS_CHECK, absent=["tls.no-answer", "tls.not-tls"], verdict="pass")


def keys_unseen():
    """A data channel works both ways for ten seconds, in records of DTLS 1.3 (RFC 9147 section 4: the
    unified header), which do not say what they carry; the handshake before is not in the capture."""
    capture, session, turn = begin()
    ice = connect(turn)
    with unseen(capture):
        dtls_handshake(turn)
    for number in range(20):
        capture.wait(0.5)
        turn.to_peer(struct.pack("!BHH", 0x2F, number, 60) + octets(f"up {number}", 60))
        turn.from_peer(struct.pack("!BHH", 0x2F, number, 60) + octets(f"down {number}", 60))
        check_through_relay(turn, ice)
    turn.release()
    session.close()
    return silent(capture, CHANNEL_CHECK, absent=["media.*", "dtls.*"], verdict="pass")


def broken_off():
    """The client checks through its relay for three seconds and takes it down: who called thought
    better of it. That nobody answered so soon proves little."""
    capture, session, turn = begin()
    turn.permit()
    ice = Ice("broken off")
    for _ in range(12):
        capture.wait(0.25)
        check_through_relay(turn, ice, answered=False)
    turn.release()
    session.close()
    capture.wait(40)
    arrive(capture, port=50002, label="later").close()
    return failing(capture, ICE_CHECK, "ice.no-connectivity", certainty="hint")


def proxy_login_unseen():
    """The capture lacks the segment in which the browser comes back with credentials, and the
    proxy's answer; what follows in the tunnel is there."""
    capture = Capture()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), ("172.16.84.8", 3128))
    connect = f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\n"
    tcp.open()
    tcp.send(f"{connect}\r\n".encode())
    tcp.reply(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
              b"Proxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0\r\n\r\n")
    with unseen(capture):
        tcp.send(f"{connect}Proxy-Authorization: Basic ZG8tbm90LWtlZXA=\r\n\r\n".encode())
        tcp.reply(b"HTTP/1.1 200 Connection established\r\n\r\n")
    for number in range(5):
        capture.wait(1)
        tcp.send(octets(f"tunnel up {number}", 80))
        tcp.reply(octets(f"tunnel down {number}", 80))
    return silent(capture, HTTP_CHECK, absent=["http.*"])


def mid_call_beside_refusals():
    """Without a profile. The capture starts in the middle of a call on a channel that was bound
    long since; of STUN there is only what keeps the port open. Connections to other servers are
    refused: they keep nobody out."""
    capture, _session, turn = begin()
    call(turn)
    capture.frames.clear()
    turn.request(stun.BINDING, signed=False)
    turn.success(stun.BINDING, [xor(stun.XOR_MAPPED_ADDRESS, CLIENT)], signed=False)
    media(turn, 20)
    for port in (50101, 50102):
        refused(capture, port, OTHER)
    media(turn, 20)
    return silent(capture, CHANNEL_CHECK, arguments=[], absent=["turn.*", "media.*"],
                  present=[finding("tcp.refused", severity="info"),
                           finding("capture.no-signalling", severity="info")])


def mid_call_idle():
    """The capture starts in the middle of a call. Permission and channel are renewed and the checks
    are answered for half a minute, but nobody speaks: what was said before is not in the
    capture."""
    capture, session, turn = begin()
    call(turn)
    capture.frames.clear()
    ice = Ice("idle")
    turn.permit()
    turn.bind()
    for _ in range(6):
        capture.wait(5)
        check_through_relay(turn, ice, nominate=True)
    session.close()
    return silent(capture, ICE_CHECK, absent=["media.*"])


def clock_set_back():
    """The clock of the capturing machine is set back by ten years after the name was looked up. By
    its packets the certificate is not valid yet; the browser, whose clock was right, accepts it."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    for frame in capture.frames[2:]:
        frame.time -= 3652 * 86400 * MICROSECOND
    return warning(capture, TLS_CHECK, "tls.certificate-not-yet-valid", case="not-secure",
                   certainty="strong")


def refused_with_expiry(capture, session):
    """The credentials end at 19:50:00 by their username, and are refused. Returns the refusal."""
    turn = turn_udp(capture, username="1495309800:guest", configured="other")
    turn.challenge()
    turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    return refusal


def hour_back_before():
    """The clock of the capturing machine is set back by an hour, from 19:52 to 18:52, and then
    credentials that end at 19:50 are refused. Whether they had ended depends on which of the two
    times is right; if they had not, the password is wrong."""
    capture, session = start()
    page = len(capture.frames)
    refusal = refused_with_expiry(capture, session)
    for frame in capture.frames[page:]:
        frame.time -= 3600 * MICROSECOND
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", refusal, arguments=[],
                     certainty="strong", absent=["turn.credentials-expired"])
    sample.credentials = "1495309800:guest:turnuser:cisco"
    return sample


def hour_back_after():
    """Credentials that end at 19:50 are refused at 19:52; then the clock of the capturing machine is
    set back by an hour. If that was right they had not ended."""
    capture, session = start()
    refusal = refused_with_expiry(capture, session)
    refused = len(capture.frames)
    capture.wait(5)
    page = arrive(capture, port=50002, label="once more")
    page.close()
    for frame in capture.frames[refused:]:
        frame.time -= 3600 * MICROSECOND
    sample = failing(capture, TURN_CHECK, "turn.credentials-expired", refusal, arguments=[],
                     certainty="strong", absent=["turn.integrity-failure"])
    sample.credentials = "1495309800:guest:turnuser:cisco"
    return sample


SCENARIOS = {
    "capture-clock-hour": hour_back_before,
    "capture-clock-hour-after": hour_back_after,
    "capture-clock-years": clock_set_back,
    "mid-call-beside-refusals": mid_call_beside_refusals,
    "mid-call-idle": mid_call_idle,
    "ice-consent-unheard": consent_unheard,
    "ice-answers-unseen": answers_unseen,
    "ice-end-unheard": end_unheard,
    "ice-end-unseen": end_unseen,
    "turn-refresh-unseen": refresh_unseen,
    "turn-permission-unseen": permission_unseen,
    "turn-binding-unseen": binding_unseen,
    "turn-bind-request-unseen": bind_request_unseen,
    "ice-broken-off": broken_off,
    "dtls-handshake-unseen": keys_unseen,
    "tls-handshake-unseen": handshake_unseen,
    "http-proxy-login-unseen": proxy_login_unseen,
}
