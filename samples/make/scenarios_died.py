# SPDX-License-Identifier: MIT
"""Calls that real browsers and servers lost: while they ran, or for a reason that others hide."""
import dns
import stun
from dtls import Dtls
from rtp import srtp
from sample import failing, finding, warning
from scenarios_guide import AT_CLIENT, ICMP_CHECK
from scenarios_harmless import DNS_CHECK
from scenarios_media import CHANNEL_CHECK, DTLS_CHECK, ICE_CHECK, begin
from scenarios_turn import RELAY_CHECK, TCP_CHECK
from story import (CLIENT_ADDRESS, NAME, NAT, arrive, call, check_through_relay, connect,
                   dtls_handshake, media, turn_udp)
from tls import Tls
from turn import CHANNEL, PEER, Ice, xor
from wire import Capture, Tcp, icmp_error

OTHER = "198.51.100.80"  # of no site


def checks(turn, label, pauses, answered=False):
    """Connectivity checks after these pauses. Returns their frames."""
    ice, frames = Ice(label), []
    for pause in pauses:
        turn.flow.capture.wait(pause)
        frames.append(check_through_relay(turn, ice, answered=answered))
    return frames


def refused(capture, port, server, to=443):
    """A connection that is refused at once."""
    connection = Tcp(capture, (CLIENT_ADDRESS, port), (server, to))
    connection.syn()
    connection.reset(by_server=True)


def path_died():
    """The call runs; then the client's checks, one every two seconds, and its media get nothing
    back. After fifteen seconds the browser gives up, and the capture is stopped: too soon for the
    thirty seconds of RFC 7675, so it is not certain."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "alive", [2, 2], answered=True)
    for number in range(8):
        turn.to_peer(srtp("dead", number))
        checks(turn, f"dead {number}", [2])
    session.close()
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="strong",
                   absent=["ice.no-connectivity", "media.*"])


def die_of_restart():
    """A call whose TURN server restarts: it forgets the allocation and passes over what it is sent
    on it. Returns capture, session, turn."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "before the restart", [2, 2], answered=True)
    turn.new_nonce()
    for number in range(8):
        turn.to_peer(srtp("forgotten", number))
        checks(turn, f"forgotten {number}", [2])
    return capture, session, turn


def restarted():
    """The TURN server restarts during the call, as coturn does it: what the client sends on its
    allocation is passed over, the permission and the channel that it renews are called stale once
    and then bad requests, and only to the Refresh the answer is 437."""
    capture, session, turn = die_of_restart()
    peer = xor(stun.XOR_PEER_ADDRESS, (PEER[0], 0))
    turn.request(stun.CREATE_PERMISSION, [peer])
    turn.error(stun.CREATE_PERMISSION, 438, turn.challenge_attributes())
    turn.request(stun.CREATE_PERMISSION, [peer])
    turn.error(stun.CREATE_PERMISSION, 400)
    turn.request(stun.CHANNEL_BIND, [stun.channel(CHANNEL), xor(stun.XOR_PEER_ADDRESS, PEER)])
    refused_channel = turn.error(stun.CHANNEL_BIND, 400)
    turn.request(stun.REFRESH, [stun.number(stun.LIFETIME, 600)])
    refusal = turn.error(stun.REFRESH, 437, signed=True)
    session.close()
    sample = failing(capture, RELAY_CHECK, "turn.allocation-mismatch", refusal,
                     certainty="definite", absent=["turn.stale-nonce-loop"])
    sample.expected["findings"]["present"] += [
        finding("turn.bad-request", None, refused_channel, caused_by="turn.allocation-mismatch"),
        finding("ice.consent-lost", caused_by="turn.allocation-mismatch")]
    return sample


def restarted_unnoticed():
    """The TURN server restarts during the call, too fast for anybody to notice. It answers the
    browser's keepalives as before and passes over what comes on the allocation that it has
    forgotten. Its own last answer is the last packet of the capture."""
    capture, session, turn = die_of_restart()
    session.close()
    turn.request(stun.BINDING, signed=False)
    turn.success(stun.BINDING, [xor(stun.XOR_MAPPED_ADDRESS, turn.client)], signed=False)
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="strong",
                   absent=["turn.*", "media.*"])


def load_again(capture, inside, port):
    """The page, from another address. Returns the SYN."""
    again = Tls(Tcp(capture, (inside, port), (NAT, 443)), f"again {port}", NAME)
    syn = len(capture.frames)
    again.establish()
    again.page()
    return capture.frames[syn]


def left_behind(before):
    """A call dies while the machine's other address, that of a VPN, loads the page; `before`: that
    address did so already at the beginning. Returns capture, turn and the SYN."""
    inside = "10.8.0.6"
    capture = Capture(near=(CLIENT_ADDRESS, inside))
    arrive(capture)
    if before:
        load_again(capture, inside, 50300)
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    checks(turn, "before the VPN", [2, 2], answered=True)
    syn = load_again(capture, inside, 50301)
    for number in range(8):
        turn.to_peer(srtp("left behind", number))
        checks(turn, f"left behind {number}", [2])
    return capture, turn, syn


def vpn_comes_up():
    """In the middle of a call a VPN comes up and takes all packets: nothing comes to the old address
    any more. The page reaches its server from the VPN's address; the call does not restart ICE and
    dies."""
    capture, turn, syn = left_behind(before=False)
    return failing(capture, ICE_CHECK, "ice.consent-lost", syn, certainty="strong",
                   arguments=["--vantage", "client"], absent=["ice.no-connectivity", "media.*"],
                   subjects={"client": f"{turn.client[0]}:{turn.client[1]}"})


def vpn_all_along():
    """A call dies on a machine whose VPN was up before it: that the VPN's address loads the page once
    more has nothing to do with it. Nothing comes to the call's address, and why does not show."""
    capture, _, _ = left_behind(before=True)
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="hint",
                   arguments=["--vantage", "client"], absent=["ice.no-connectivity", "media.*"])


def socket_moves():
    """The same, but the browser's socket is bound to no address: its packets leave from the VPN's,
    the checks of the same session among them. The TURN server has no allocation for that address
    and passes them over. Taken where both addresses pass."""
    moved = ("10.8.0.6", 50124)
    capture, session, turn = begin()
    call(turn)
    ice = Ice("moving")
    for _ in range(2):
        capture.wait(2)
        check_through_relay(turn, ice)
    behind = turn_udp(capture, client=moved, label="moved")
    first = check_through_relay(turn, ice, answered=False)
    first = check_through_relay(behind, ice, answered=False)
    for _ in range(8):
        capture.wait(2)
        check_through_relay(turn, ice, answered=False)
        check_through_relay(behind, ice, answered=False)
    session.page()
    session.close()
    return failing(capture, ICE_CHECK, "ice.consent-lost", first, arguments=[], certainty="strong")


def path_died_beside():
    """Two clients in one conference, captured where both pass: the path of one dies, as above, while
    the other goes on with the same bridge as before. That is no place the first one moved to."""
    relayed = (NAT, 24700)
    capture, session, turn = begin()
    call(turn)
    second = turn_udp(capture, client=("172.16.84.125", 50125), label="second")
    second.allocate(relayed)
    goes_on, alive, dead = Ice("second goes on"), Ice("first alive"), Ice("first dead")
    goes_on.ours, goes_on.theirs = "Cl2t", "CmsQ"
    connect(second, goes_on, relayed)
    dtls_handshake(second)
    media(second)
    for _ in range(20):
        check_through_relay(turn, alive)
        check_through_relay(second, goes_on, relayed)
        capture.wait(2)
    for number in range(8):
        turn.to_peer(srtp("dead", number))
        check_through_relay(turn, dead, answered=False)
        check_through_relay(second, goes_on, relayed)
        capture.wait(2)
    session.close()
    return failing(capture, ICE_CHECK, "ice.consent-lost", certainty="strong",
                   absent=["ice.no-connectivity", "media.*"],
                   attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                              "root_cause": "ice.consent-lost"},
                             {"client": "172.16.84.125", "outcome": "connected"}])


def server_gone():
    """The TURN server is stopped during the call: its machine answers the client's data with ICMP
    port unreachable. The checks get no answer from then on."""
    capture, session, turn = begin()
    call(turn)
    checks(turn, "before", [2, 2], answered=True)
    errors = []
    for number in range(8):
        data = turn.to_peer(srtp("gone", number))
        errors.append(icmp_error(capture, NAT, data, 3, 3))
        checks(turn, f"gone {number}", [2])
    session.close()
    return failing(capture, ICMP_CHECK, "turn.port-unreachable", errors[0], certainty="definite",
                   absent=["turn.filtered", "turn.no-answer"])


def dtls_unheard():
    """The peer is the DTLS client. Its hello arrives, the client answers, and neither gets on: the
    client's packets do not reach the peer, so both repeat themselves for twenty seconds. Checks
    are answered all the while."""
    capture, session, turn = begin()
    connect(turn)
    peer, client = Dtls("unheard peer"), Dtls("unheard client")
    hello = turn.from_peer(peer.client_hello())
    turn.to_peer(client.server_flight())
    for pause in (1, 2, 4, 8, 6):
        checks(turn, f"unheard {pause}", [pause], answered=True)
        turn.from_peer(peer.client_hello(retransmission=True))
        turn.to_peer(client.server_flight())
    session.close()
    return failing(capture, DTLS_CHECK, "dtls.no-answer", hello, certainty="strong",
                   cases=AT_CLIENT, absent=["media.*", "ice.*"],
                   attempts=[{"client": CLIENT_ADDRESS, "broken_step": "dtls"}])


def one_way_beside_data():
    """A data channel works both ways, and the client sends voice for sixteen seconds; neither voice
    nor RTCP comes back. The checks are answered."""
    capture, session, turn = begin()
    connect(turn)
    dtls_handshake(turn)
    up, down, ice = Dtls("data up"), Dtls("data down"), Ice("beside")
    for number in range(80):
        media(turn, 1, from_peer=False, seconds=0.2, first=number)
        if number % 10 == 9:
            turn.to_peer(up.record(23, bytes(60)))
            turn.from_peer(down.record(23, bytes(60)))
            check_through_relay(turn, ice)
    session.close()
    return failing(capture, CHANNEL_CHECK, "media.one-way", certainty="strong", cases=AT_CLIENT)


def busy_desktop():
    """Without a profile. A desktop whose update check is refused, and whose browser tries HTTPS on
    the TURN server's machine, where nothing listens on 443; then the TURN password is wrong. The
    refused connections have nothing to do with it."""
    capture = Capture()
    for port in (50101, 50102):
        refused(capture, port, OTHER)
    for port in (50103, 50104):
        refused(capture, port, NAT)
    turn = turn_udp(capture)
    turn.ask()
    turn.challenge()
    turn.authenticate()
    answer = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    refused(capture, 50105, NAT)
    capture.wait(2)
    return failing(capture, TCP_CHECK, "turn.integrity-failure", answer, arguments=[],
                   cases={"prerequisites": "no-evidence"})


def resolver_unreachable():
    """The only answer that the client's lookups get is ICMP host unreachable from its router: the
    DNS server is down. That shows that both directions are captured."""
    capture = Capture()
    resolver = dns.Resolver(capture, label="unreachable resolver")
    query = resolver.ask("cmsweb.octavio.com")
    for pause in (1, 2, 4):
        icmp_error(capture, "172.16.84.1", query, 3, 1)
        capture.wait(pause)
        query = resolver.again()
    icmp_error(capture, "172.16.84.1", query, 3, 1)
    capture.wait(6)
    return failing(capture, DNS_CHECK, "dns.no-answer", case="prerequisites",
                   absent=["capture.one-sided"])


def name_unknown():
    """Without a profile. The name of the TURN server that the page gives does not exist; nothing
    else happens. Which names matter nobody can tell, so it is a remark."""
    capture = Capture()
    resolver = dns.Resolver(capture, label="unknown name")
    resolver.ask("wpad.octavio.com")
    resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.com")])
    resolver.ask("turn.octavio.com")
    resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.com")])
    capture.wait(10)
    return warning(capture, DNS_CHECK, "dns.unresolved", arguments=[], verdict="inconclusive",
                   severity="info", certainty="hint", subjects={"name": "turn.octavio.com"})


def tls_no_answer():
    """The server's machine acknowledges the hello, and nothing else comes for fifteen seconds: the
    answer is too large for a tunnel on the way. Tried twice."""
    capture = Capture()
    dns.Resolver(capture, label="no answer").lookup("cmsweb.octavio.com", NAT)
    hellos = []
    for port in (50001, 50002):
        connection = Tcp(capture, (CLIENT_ADDRESS, port), (NAT, 443))
        connection.open()
        hellos.append(Tls(connection, f"no answer {port}").hello())
        capture.wait(15)
        connection.close()
    return failing(capture, TCP_CHECK, "tls.no-answer", hellos[0], case="prerequisites",
                   certainty="strong", absent=["tcp.*", "tls.reset-after-hello"])


SCENARIOS = {
    "ice-vpn-comes-up": vpn_comes_up,
    "ice-vpn-all-along": vpn_all_along,
    "ice-socket-moves": socket_moves,
    "turn-restarted": restarted,
    "turn-restarted-unnoticed": restarted_unnoticed,
    "ice-path-died": path_died,
    "ice-path-died-beside": path_died_beside,
    "turn-server-gone": server_gone,
    "dtls-unheard": dtls_unheard,
    "media-one-way-beside-data": one_way_beside_data,
    "busy-desktop": busy_desktop,
    "dns-server-unreachable": resolver_unreachable,
    "dns-unresolved": name_unknown,
    "tls-no-answer": tls_no_answer,
}
