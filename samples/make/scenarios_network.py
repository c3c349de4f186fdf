# SPDX-License-Identifier: MIT
"""The client's own network stands between it and the site: captive portals, address translation."""
import dns
import stun
import tls
from sample import PROFILE, failing, finding, silent
from scenarios_capture import CLIENT6, SERVER6
from scenarios_guide import RETRANSMISSIONS
from scenarios_lived import WELL
from story import (CLIENT_ADDRESS, LAN2, NAME, NAT, TURN_CHECK, arrive, call, healthy_call, start,
                   turn_udp)
from wire import ACK, RST, Capture, Tcp, Udp, icmp_error

PORTAL, OUTSIDE = "172.16.84.1", "203.0.113.80"
TEST_NAME = "connectivitycheck.example.net"
CHECK = ("http || tls.handshake.type == 11 || tls.alert_message || icmp", [
    "frame.number", "ip.src", "ip.dst", "http.host", "http.request.uri", "http.response.code",
    "http.location", "tls.alert_message.desc", "icmp.code"])


def connectivity_test(capture, port, address, answer):
    """What systems do when they join a network. Returns the frame of the answer."""
    dns.Resolver(capture, label=f"test {port}").lookup(TEST_NAME, address)
    tcp = Tcp(capture, (CLIENT_ADDRESS, port), (address, 80))
    tcp.open()
    tcp.send(f"GET /generate_204 HTTP/1.1\r\nHost: {TEST_NAME}\r\n\r\n".encode())
    frame = tcp.reply(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
    tcp.close(by_server=True)
    return frame


def shut_in(capture):
    """The portal's answer to the system, then to the browser. Returns the former."""
    answer = connectivity_test(
        capture, 50001, PORTAL,
        "302 Found\r\nLocation: http://login.example.net/?back=anything")
    dns.Resolver(capture, label="page").lookup(NAME, PORTAL)
    session = tls.Tls(Tcp(capture, (CLIENT_ADDRESS, 50002), (PORTAL, 443)), "portal", NAME,
                      ("self-signed",))
    session.tcp.open()
    session.hello()
    session.server_flight()
    session.tcp.send(tls.alert("unknown_ca"))
    session.tcp.close()
    turn = turn_udp(capture, server=(PORTAL, 3478), label="shut in")
    icmp_error(capture, PORTAL, turn.ask(), 3, 3)
    capture.wait(12)
    return answer


def captive_portal():
    """A hotel's network before the login: every name leads to its portal, which redirects plain
    HTTP to its login page, shows its own self-signed certificate for the web bridge's name, and
    has no TURN. Nothing is wrong with the site."""
    capture = Capture()
    answer = shut_in(capture)
    return failing(capture, CHECK, "http.captive-portal", answer, case="prerequisites",
                   certainty="definite", subjects={"error_code": 302})


def captive_portal_past():
    """The same, then the login: the system's test passes, names resolve rightly, and the call works.
    """
    capture = Capture()
    answer = shut_in(capture)
    connectivity_test(capture, 50003, OUTSIDE, "204 No Content")
    session = arrive(capture, port=50004)
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, CHECK, verdict="pass", cases=WELL, present=[
        finding("http.captive-portal", "prerequisites", answer, severity="info")])


def captive_portal_then_refused():
    """The same, then the login, and then the TURN server refuses the password: that is not the
    portal's."""
    capture = Capture()
    shut_in(capture)
    connectivity_test(capture, 50003, OUTSIDE, "204 No Content")
    session = arrive(capture, port=50004)
    turn = turn_udp(capture, password="wrong")
    turn.challenge()
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    return failing(capture, CHECK, "turn.integrity-failure", refusal, certainty="definite")


def answer_from_elsewhere():
    """The server's answers come back from its LAN2 address, and not from the static NAT address that
    the client asked: it drops them and asks again. No firewall is in the way."""
    capture, session = start()
    turn = turn_udp(capture)
    ask = turn.ask()
    elsewhere = Udp(capture, turn.flow.client, (LAN2, 3478))
    refusal = stun.message(stun.ALLOCATE | stun.ERROR, turn.transaction,
                           [stun.error_code(401, "Unauthorized"), *turn.challenge_attributes()])
    answer = elsewhere.reply(refusal)
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(ask.network[28:])
        elsewhere.reply(refusal)
    capture.wait(10)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.no-answer", ask, answer, certainty="definite",
                   subjects={"server": f"{NAT}:3478"})


def answer_altered():
    """A helper in the client's router puts the client's inside address into the answer that grants
    the relay, and so breaks its signature. The client drops it and asks again, six times. The
    capture is made on the client, without the password."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    ask = turn.authenticate()
    turn.configured = "broken on the way"
    grant = turn.allocated()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(ask.network[28:])
        turn.flow.reply(grant.network[28:])
    capture.wait(8)
    session.page()
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.grant-unheard", ask, grant, certainty="strong")
    sample.credentials = "turnuser:turnuser:cisco"
    return sample


def grant_lost_once():
    """The answer that grants the relay is lost once, and the one to the repeated request comes: the
    call works."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    ask = turn.authenticate()
    grant = turn.allocated()
    capture.wait(0.5)
    turn.flow.send(ask.network[28:])
    turn.flow.reply(grant.network[28:])
    call(turn)
    turn.release()
    session.close()
    return silent(capture, TURN_CHECK, verdict="pass", cases=WELL)


def six_refused():
    """A client with IPv4 and IPv6. The site's name has an IPv6 address, too, where the web port is
    closed; the page comes over IPv4, and so does TURN, which refuses the password. That the one
    family is closed keeps nobody out."""
    capture = Capture(near=(CLIENT_ADDRESS, CLIENT6))
    resolver = dns.Resolver(capture)
    resolver.ask(NAME, dns.AAAA)
    resolver.answer(dns.address(NAME, SERVER6))
    six = Tcp(capture, (CLIENT6, 50001), (SERVER6, 443))
    for _ in range(3):
        six.syn(sequence=None)
        six.segment(six.server, six.client, RST | ACK)
        six.client.sequence -= 1
        capture.wait(0.1)
    session = arrive(capture, port=50002)
    turn = turn_udp(capture, password="wrong")
    turn.challenge()
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", refusal, certainty="definite",
                     arguments=PROFILE + ["--vantage", "client"])
    sample.expected["findings"]["present"].append(finding("tcp.refused", severity="warning"))
    return sample


SCENARIOS = {
    "captive-portal": captive_portal,
    "captive-portal-past": captive_portal_past,
    "captive-portal-then-refused": captive_portal_then_refused,
    "turn-answer-from-elsewhere": answer_from_elsewhere,
    "turn-answer-altered": answer_altered,
    "dual-stack-ipv6-refused": six_refused,
    "turn-answer-lost-once": grant_lost_once,
}
