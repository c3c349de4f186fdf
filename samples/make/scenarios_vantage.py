# SPDX-License-Identifier: MIT
"""Captures made elsewhere than at the client: the same addresses mean something else there."""
import dns
import stun
import tls
from rtp import srtp
from sample import PROFILE, VERIFIED, Sample, failing, finding, silent, warning
from scenarios_guide import RETRANSMISSIONS, refused_431
from scenarios_tcp import TCP_CHECK
from scenarios_turn import unanswered_checks
from story import CMS, DNS_INSIDE, LAN1, LAN2, NAME, NAT, TURN_CHECK, arrive, call, turn_udp
from tls import Tls
from turn import CLIENT, PEER, RELAYED, SERVER, Ice
from wire import Capture, Tcp, Udp

AT_LAN2 = {"vantage": {"value": "expressway-e-lan2"}}


def cms_refused():
    """Taken at CMS, which asks LAN1 for its own relay, as its serverAddress says, and signs with the
    wrong password. LAN1 is the right address for CMS: only the password is wrong."""
    capture = Capture(near=(CMS,))
    request, refusal = refused_431(capture, client=(CMS, 45000), server=(LAN1, 3478),
                                   password="wrong")
    return failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                   arguments=VERIFIED, certainty="definite", absent=["turn.wrong-address"])


def lan2_healthy():
    """Taken on Expressway-E's LAN2, behind the static NAT: what the client sent to the NAT address
    arrives at LAN2's own. That is no wrong address; the call connects."""
    capture = Capture(near=(LAN2,))
    turn = turn_udp(capture, client=CLIENT, server=(LAN2, 3478))
    turn.allocate((NAT, 24660))
    call(turn)
    turn.release()
    return silent(capture, TURN_CHECK, absent=["turn.*"], expect=AT_LAN2)


def behind_public_address():
    """Taken on a TURN server that has a private address of its own and a public one in front: a client
    of the Internet gets the page and a relay at the public address, and the call works."""
    capture, client = Capture(near=(LAN2,)), "198.51.100.7"
    session = Tls(Tcp(capture, (client, 50001), (LAN2, 443)))
    session.establish()
    session.page()
    turn = turn_udp(capture, client=(client, 50124), server=(LAN2, 3478))
    turn.allocate(("203.0.113.5", 24660))
    call(turn, ("203.0.113.5", 24660))
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, arguments=[], verdict="pass", absent=["turn.*"])


def lan2_silent():
    """Taken on Expressway-E's LAN2, and said so: the client's Allocates arrive and nothing is
    answered, while the web page is served. Here it is the server that is silent, not the network."""
    capture = Capture(near=(LAN2,))
    session = Tls(Tcp(capture, (CLIENT[0], 50001), (LAN2, 443)))
    session.establish()
    turn = turn_udp(capture, client=CLIENT, server=(LAN2, 3478))
    first = turn.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(first.network[28:])
    capture.wait(13)
    session.page()
    return failing(capture, TURN_CHECK, "turn.no-answer", first, absent=["turn.wrong-address"],
                   certainty="definite", arguments=[*PROFILE, "--vantage", "expressway-e-lan2"],
                   expect={"vantage": {"value": "expressway-e-lan2", "basis": "option"}})


def both_sides():
    """Taken on the firewall that translates the static NAT address, so that each packet of the client
    is seen twice, to that address and to LAN2's behind it. Nothing answers the Allocates. The client
    is sent to the right address: LAN2's is what the firewall makes of it."""
    capture = Capture()
    session = arrive(capture)
    outside = turn_udp(capture)
    inside = turn_udp(capture, server=(LAN2, 3478))
    ask = outside.ask()
    inside.flow.send(ask.network[28:])
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        outside.flow.send(ask.network[28:])
        inside.flow.send(ask.network[28:])
    capture.wait(13)
    session.page()
    return failing(capture, TURN_CHECK, "turn.no-answer", ask, certainty="strong",
                   absent=["turn.wrong-address"])


def cms_asks_public_address():
    """Taken at CMS, whose serverAddress is the static NAT address: it asks that for its relay, and the
    firewall does not turn the packets back. Right is LAN1."""
    capture = Capture(near=(CMS,))
    resolver = dns.Resolver(capture, CMS, (DNS_INSIDE, 53))
    resolver.lookup("time.example.com", "198.51.100.9")
    turn = turn_udp(capture, client=(CMS, 45000), server=(NAT, 3478))
    first = turn.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(first.network[28:])
    capture.wait(13)
    resolver.lookup("time.example.com", "198.51.100.9")
    sample = failing(capture, TURN_CHECK, "turn.no-answer", first, certainty="strong")
    sample.expected["findings"]["present"][0]["remedy"] = [
        "On CMS: set serverAddress of the API object /api/v1/turnServers to the LAN1 address of "
        "Expressway-E; clientAddress stays the public one."]
    return sample


def lan2_syn_silent():
    """Taken on Expressway-E's LAN2, and said so: connection requests to 443 arrive, and none is
    answered, while the machine itself gets what it asks the Internet for."""
    capture = Capture(near=(LAN2,))
    own = Tls(Tcp(capture, (LAN2, 40001), ("198.51.100.9", 443)), "own", "update.example.com")
    own.establish()
    own.page()
    tcp = Tcp(capture, (CLIENT[0], 50001), (LAN2, 443))
    first = tcp.syn()
    for pause in (1, 2, 4, 8):
        capture.wait(pause)
        tcp.syn(sequence=tcp.client.sequence - 1)
    capture.wait(40)
    own.page()
    return failing(capture, TCP_CHECK, "tcp.no-answer", first, case="prerequisites",
                   certainty="definite", arguments=[*PROFILE, "--vantage", "expressway-e-lan2"])


def scanners_at_other_ports():
    """Taken on Expressway-E's LAN2, and said so: strangers try ports that its firewall is silent about,
    and send a request that names no host to port 80. The client's call works."""
    capture = Capture(near=(LAN2,))
    session = Tls(Tcp(capture, (CLIENT[0], 50001), (LAN2, 443)))
    session.establish()
    session.page()
    for port in (23, 8443, 3478):
        tcp = Tcp(capture, ("203.0.113.66", 40000 + port), (LAN2, port))
        tcp.syn()
        for _ in range(3):
            capture.wait(1)
            tcp.syn(sequence=tcp.client.sequence - 1)
    scan = Tcp(capture, ("203.0.113.67", 40000), (LAN2, 80))
    scan.open()
    scan.send(b"GET / HTTP/1.1\r\n\r\n")
    answer = scan.reply(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    scan.close(by_server=True)
    turn = turn_udp(capture, client=CLIENT, server=(LAN2, 3478))
    turn.allocate((NAT, 24660))
    call(turn)
    turn.release()
    capture.wait(40)
    session.page()
    session.close()
    return warning(capture, TCP_CHECK, "http.bad-request", answer, severity="warning",
                   absent=["tcp.*", "turn.*"],
                   arguments=[*PROFILE, "--vantage", "expressway-e-lan2"])


def users_behind_one_address():
    """Taken on the TURN server. Three clients come from one public address: bob signs with the wrong
    password, carol's ephemeral credentials ended an hour ago (19:52:30 in 2017 is 1495309950), and
    alice gets in. Each refusal is its user's own, and what alice got is no help to the others."""
    capture = Capture(near=(SERVER[0],))
    bob = turn_udp(capture, client=(CLIENT[0], 50201), label="bob", username="bob",
                   password="wrong")
    carol = turn_udp(capture, client=(CLIENT[0], 50202), label="carol",
                     username="1495306350:carol", password="wrong")
    refusals = []
    for turn in (bob, carol):
        turn.challenge()
        request = turn.authenticate()
        turn.new_nonce()
        refusals.append((request, turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())))
        capture.wait(0.5)
    alice = turn_udp(capture, client=(CLIENT[0], 50203), label="alice", username="alice")
    alice.allocate()
    call(alice)
    alice.release()
    sample = Sample(capture, TURN_CHECK, [], exit_status=1, verdict="fail",
                    root_cause="turn.integrity-failure", cases={"connect-timeout": "matched"},
                    findings={"present": [
                        finding("turn.integrity-failure", "connect-timeout", *refusals[0],
                                severity="error", caused_by=None, count=1),
                        finding("turn.credentials-expired", "connect-timeout", *refusals[1],
                                severity="error", caused_by=None, count=1)]})
    sample.credentials = "alice:turnuser:cisco"
    return sample


def faults_behind_one_address():
    """Taken outside an address translation, behind which three clients stand: for one the name does
    not exist, another signs with the wrong password, and the third, with the same user's right one,
    gets a relay through which nobody answers. None of the three is kept out by another's fault."""
    capture = Capture()
    resolver = dns.Resolver(capture)
    resolver.ask(NAME)
    resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.com")])
    wrong = turn_udp(capture, client=(CLIENT[0], 50201), label="wrong", password="wrong")
    wrong.challenge()
    wrong.authenticate()
    wrong.new_nonce()
    refusal = wrong.error(stun.ALLOCATE, 401, wrong.challenge_attributes())
    well = turn_udp(capture, client=(CLIENT[0], 50202), label="well")
    well.allocate()
    well.permit()
    unanswered_checks(well, capture)
    unrelated = {"severity": "error", "caused_by": None}
    return Sample(capture, TURN_CHECK, exit_status=1, verdict="fail", findings={"present": [
        finding("dns.nxdomain", **unrelated),
        finding("turn.integrity-failure", "connect-timeout", refusal, **unrelated),
        finding("ice.no-connectivity", "connect-timeout", **unrelated)]})


def scanners():
    """Taken on the TURN server, in the Internet. One stranger tries TLS 1.0 three times and names no
    server, another one asks for a relay, gets its challenge and does not come back: scanners. Then
    a client signs with the wrong password, and that is what keeps somebody out."""
    capture = Capture(near=(NAT,))
    for number in range(3):
        scan = Tls(Tcp(capture, ("203.0.113.66", 40000 + number), (NAT, 443)), f"scan {number}", "")
        scan.tcp.open()
        scan.hello(versions=(tls.TLS10,), alpn=())
        scan.tcp.reply(tls.alert("protocol_version"))
        scan.tcp.close(by_server=True)
        capture.wait(1)
    stranger = turn_udp(capture, client=("203.0.113.67", 5000), label="stranger")
    stranger.challenge()
    capture.wait(20)
    turn = turn_udp(capture, password="wrong")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    capture.wait(60)
    dns.Resolver(capture, NAT).lookup("time.example.com", "192.0.2.1")
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     arguments=PROFILE + ["--vantage", "expressway-e-lan2"])
    sample.expected["findings"]["present"] += [
        finding("tls.version-mismatch", severity="warning"),
        finding("turn.challenge-unanswered", severity="warning")]
    return sample


def challenge_lost_behind_nat():
    """Taken on the TURN server. Two clients come from one public address; the server's answers to the
    second are dropped behind it. The first gets in, the second repeats its first Allocate, and each
    is challenged anew."""
    capture = Capture(near=(SERVER[0],))
    well = turn_udp(capture, client=(CLIENT[0], 50301), label="well")
    well.allocate()
    call(well)
    lost = turn_udp(capture, client=(CLIENT[0], 50302), label="lost")
    ask = lost.ask()
    challenge = lost.error(stun.ALLOCATE, 401, lost.challenge_attributes())
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        lost.flow.send(ask.network[28:])
        lost.error(stun.ALLOCATE, 401, lost.challenge_attributes())
    well.release()
    return failing(capture, TURN_CHECK, "turn.challenge-unanswered", challenge, arguments=[],
                   certainty="strong")


class BothLegs:
    """A relayed call as a capture on the TURN server holds it: each datagram on the leg to the client
    and on the one between the relayed address and the peer."""

    def __init__(self, capture, turn, relayed=RELAYED):
        self.turn, self.leg, self.relayed = turn, Udp(capture, relayed, PEER), relayed
        self.ice = Ice(f"{turn.label} both legs")

    def check(self, nominate=False, answered=True):
        request, transaction = self.ice.check(nominate=nominate)
        self.turn.send_indication(request)
        self.leg.send(request)
        if answered:
            answer = self.ice.answer(transaction, self.relayed)
            self.leg.reply(answer)
            self.turn.data_indication(answer)

    def media(self, number, answered=True):
        packet = srtp(f"{self.turn.label} up", number)
        self.turn.to_peer(packet)
        self.leg.send(packet)
        if answered:
            packet = srtp(f"{self.turn.label} down", number, source=0x5A6B7C8D)
            self.leg.reply(packet)
            self.turn.from_peer(packet)


def far_side_gone():
    """Taken on the TURN server, both legs of a relayed call. It runs, then nothing comes from the far
    side any more, and after twelve seconds the capture ends. One client lost one call; the server,
    which checks and sends on its behalf, is none."""
    capture = Capture(near=(SERVER[0],))
    turn = turn_udp(capture)
    turn.allocate()
    turn.permit()
    both = BothLegs(capture, turn)
    both.check()
    both.check(nominate=True)
    turn.bind()
    for number in range(10):
        capture.wait(1)
        both.media(number)
        both.check()
    for number in range(10, 17):
        capture.wait(2)
        both.media(number, answered=False)
        both.check(answered=False)
        turn.refresh()
    return failing(capture, ("stun", TURN_CHECK[1]), "ice.consent-lost", arguments=[],
                   certainty="strong", absent=["turn.*", "ice.no-connectivity"],
                   subjects={"client": f"{CLIENT[0]}:{CLIENT[1]}"},
                   attempts=[{"client": CLIENT[0], "outcome": "failed", "broken_step": "ice"}])


SCENARIOS = {
    "at-turn-server-far-side-gone": far_side_gone,
    "at-cms-431": cms_refused,
    "at-lan2-healthy": lan2_healthy,
    "behind-public-address": behind_public_address,
    "at-lan2-no-answer": lan2_silent,
    "both-sides-of-the-translation": both_sides,
    "at-cms-asks-public-address": cms_asks_public_address,
    "at-lan2-syn-silent": lan2_syn_silent,
    "at-lan2-scanners": scanners_at_other_ports,
    "users-behind-one-address": users_behind_one_address,
    "faults-behind-one-address": faults_behind_one_address,
    "scanners-beside-client": scanners,
    "challenge-lost-behind-nat": challenge_lost_behind_nat,
}
