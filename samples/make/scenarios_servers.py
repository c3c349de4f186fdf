# SPDX-License-Identifier: MIT
"""Several TURN servers, one that sends its clients to another, one that is none, one inside DTLS."""
import stun
import tls
from dtls import Dtls
from octets import octets
from sample import Sample, failing, finding, silent, warning
from scenarios_capture import CLIENT6, SERVER6
from scenarios_guide import AT_CLIENT, ICMP_CHECK, RETRANSMISSIONS
from scenarios_media import DTLS_CHECK
from scenarios_tls import TLS_CHECK
from scenarios_turn import TCP_CHECK
from story import CLIENT_ADDRESS, NAT, TURN_CHECK, arrive, call, healthy_call, start, turn_udp
from tls import Tls
from wire import ACK, RST, Capture, Tcp, Udp, icmp_error

OTHER, THIRD = ("10.88.246.157", 3478), ("10.88.246.158", 3478)
BINDINGS_TOO = ("stun", TURN_CHECK[1])


def redirect(turn):
    turn.challenge()
    turn.authenticate()
    alternate = stun.plain_address(stun.ALTERNATE_SERVER, OTHER)
    return turn.error(stun.ALLOCATE, 300, [alternate], signed=True)


def ask_closed(turn):
    """Four Allocates; the server's machine says each time that its port is closed."""
    ask = turn.ask()
    for pause in (0.25, 0.5, 1, 2):
        error = icmp_error(turn.flow.capture, turn.flow.server[0], ask, 3, 3)
        turn.flow.capture.wait(pause)
        turn.flow.send(ask.network[28:])
    return error


def redirected_well():
    """A cluster that shares its load: the Allocate is answered 300 with ALTERNATE-SERVER
    10.88.246.157, which gives the client its relay. Nothing is wrong."""
    capture, session = start()
    redirection = redirect(turn_udp(capture))
    other = turn_udp(capture, server=OTHER, label="other")
    other.allocate()
    call(other)
    other.release()
    session.close()
    return silent(capture, TURN_CHECK, arguments=[], verdict="pass", present=[
        finding("turn.redirected", "connect-timeout", redirection, severity="info",
                subjects={"name": "10.88.246.157:3478"})])


def redirected_to_closed_port():
    """The Allocate is answered 300 with ALTERNATE-SERVER 10.88.246.157, where nothing listens: ICMP
    port unreachable. The redirection is the cause."""
    capture, session = start()
    redirection = redirect(turn_udp(capture))
    ask_closed(turn_udp(capture, server=OTHER, label="other"))
    capture.wait(5)
    session.close()
    return failing(capture, ICMP_CHECK, "turn.redirected", redirection, certainty="definite",
                   cases=AT_CLIENT, arguments=[], subjects={"name": "10.88.246.157:3478"})


def three_servers():
    """The client is given three TURN servers: nothing listens at the first, the second drops what
    comes, the third is well and refuses the password. With the right one the client would get in."""
    capture, session = start()
    ask_closed(turn_udp(capture, server=OTHER, label="closed"))
    silence = turn_udp(capture, server=THIRD, client=(CLIENT_ADDRESS, 50125), label="silence")
    ask = silence.ask()
    turn = turn_udp(capture, client=(CLIENT_ADDRESS, 50126), password="wrong")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        silence.flow.send(ask.network[28:])
    capture.wait(8)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                   certainty="definite", cases=AT_CLIENT, arguments=[])


def stun_alone():
    """Binding requests are answered and Allocates on the same port are not: a STUN server that the
    client was given as a TURN server. No firewall is in the way."""
    capture, session = start()
    turn = turn_udp(capture)
    identifier = octets("plain binding", 12)
    turn.flow.send(stun.message(stun.BINDING, identifier, []))
    turn.flow.reply(stun.message(stun.BINDING | stun.SUCCESS, identifier, [
        stun.xor_address(stun.XOR_MAPPED_ADDRESS, turn.client, identifier)]))
    ask = turn.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(ask.network[28:])
    capture.wait(8)
    session.page()
    session.close()
    return failing(capture, BINDINGS_TOO, "turn.no-answer", ask, certainty="strong", arguments=[],
                   remedy=[
                       "Switch TURN on where STUN answers. On coturn: leave stun-only out, and "
                       "check that lt-cred-mech or use-auth-secret is set.",
                       "On Expressway-E: set TURN services to On under Configuration > Traversal > "
                       "TURN; relays also need the TURN option key.",
                       "Give clients that server's address as stun:, and a TURN server's as turn:.",
                       "If TURN does run there, look for a firewall that inspects STUN and drops "
                       "what it does not know."])


def dead_later():
    """A call works and ends. A minute later the client comes again, and the TURN server answers
    nothing any more: seven Allocates, while TCP 443 to the same address works."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    capture.wait(60)
    again = arrive(capture, port=50002, label="again")
    silence = turn_udp(capture, client=(CLIENT_ADDRESS, 50125), label="silence")
    ask = silence.ask()
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        silence.flow.send(ask.network[28:])
    capture.wait(8)
    again.page()
    again.close()
    return failing(capture, TURN_CHECK, "turn.no-answer", ask, certainty="strong", attempts=[
        {"client": CLIENT_ADDRESS, "outcome": "connected"},
        {"client": CLIENT_ADDRESS, "outcome": "failed", "broken_step": "turn"}])


def inside_dtls():
    """TURN over DTLS on UDP 5349, and data both ways: whether the client got in does not show."""
    capture = Capture()
    flow = Udp(capture, (CLIENT_ADDRESS, 50500), (NAT, 5349))
    client, server = Dtls("turn client", srtp=False), Dtls("turn server", srtp=False)
    hello = flow.send(client.client_hello())
    flow.reply(server.server_flight())
    flow.send(client.client_flight())
    flow.reply(server.finish())
    for number in range(50):
        capture.wait(0.02)
        flow.send(client.record(23, octets(f"up {number}", 200)))
        flow.reply(server.record(23, octets(f"down {number}", 200)))
    return silent(capture, DTLS_CHECK, arguments=[], verdict="inconclusive", present=[
        finding("turn.hidden", None, hello, severity="info")])


def tls_self_signed():
    """TURN over TLS on 5349 with a self-signed certificate, which the browser refuses, twice. There is
    no page there that could show a warning: the client has no relay."""
    capture = Capture()
    alerts = []
    for port in (50001, 50002):
        session = Tls(Tcp(capture, (CLIENT_ADDRESS, port), (NAT, 5349)), f"turns {port}",
                      chain=("self-signed",))
        session.tcp.open()
        session.hello(versions=(tls.TLS12,), alpn=())
        flight = session.server_flight(alpn=None)
        session.tcp.send(tls.alert("bad_certificate"))
        session.tcp.close()
        alerts.append(flight)
    return failing(capture, TLS_CHECK, "tls.certificate-self-signed", alerts[0], arguments=[],
                   certainty="definite", cases={"not-secure": "not-observable"})


def refuse_relay(capture, name, port):
    """TURN over TLS on 443: the hello asks for no protocol, as browsers do that want no page, and the
    certificate is refused. Returns the flight that shows it."""
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, port), (OTHER[0], 443)), f"turns {port}", name,
                  chain=("self-signed",))
    session.tcp.open()
    session.hello(versions=(tls.TLS12,), alpn=())
    flight = session.server_flight(alpn=None)
    session.tcp.send(tls.alert("bad_certificate"))
    session.tcp.close()
    return flight


def tls_443_beside_page():
    """The page shows a good certificate, and a TURN server on another machine a self-signed one: over
    UDP its Allocates get no answer, and over TLS on 443 the browser refuses the certificate. What is
    not secure is no page: the guide's third case is not this."""
    capture, session = start()
    silence = turn_udp(capture, server=OTHER, label="silence")
    ask = silence.ask()
    flight = refuse_relay(capture, "media.octavio.com", 50301)
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        silence.flow.send(ask.network[28:])
    capture.wait(8)
    session.page()
    session.close()
    return Sample(capture, TLS_CHECK, [], exit_status=1, verdict="fail",
                  cases={"not-secure": "cleared", "connect-timeout": "matched"},
                  findings={"present": [
                      finding("tls.certificate-self-signed", "connect-timeout", flight,
                              severity="error", certainty="definite"),
                      finding("turn.no-answer", "connect-timeout", ask, severity="error")]})


def tls_443_alone():
    """As turn-tls-443-beside-page, but the client has the relay's address for TLS alone: its name,
    turn.octavio.com, tells what it is."""
    capture, session = start()
    flight = refuse_relay(capture, "turn.octavio.com", 50301)
    refuse_relay(capture, "turn.octavio.com", 50302)
    session.page()
    session.close()
    return failing(capture, TLS_CHECK, "tls.certificate-self-signed", flight, arguments=[],
                   certainty="definite", cases={"not-secure": "cleared"})


def one_family_blocked():
    """A client with IPv4 and IPv6. UDP 3478 is dropped over IPv4, and seven Allocates stay without an
    answer; over IPv6 the client gets its relay and the call. No one is kept out."""
    capture = Capture(near=(CLIENT_ADDRESS, CLIENT6))
    session = arrive(capture)
    blocked = turn_udp(capture)
    ask = blocked.ask()
    began = capture.now
    well = turn_udp(capture, client=(CLIENT6, 50124), server=(SERVER6, 3478), label="six")
    well.allocate((SERVER6, 24660))
    call(well, (SERVER6, 24660))
    for pause in RETRANSMISSIONS:
        began += round(pause * 1_000_000)
        capture.now = max(began, capture.now)
        blocked.flow.send(ask.network[28:])
    capture.wait(8)
    well.release()
    session.close()
    return warning(capture, TURN_CHECK, "turn.no-answer", ask, case="connect-timeout",
                   severity="warning", arguments=["--vantage", "client"])


def knock(capture, server, port):
    """A connection request that is repeated twice and not answered: the first SYN, and a function
    for each repetition."""
    tcp = Tcp(capture, (CLIENT_ADDRESS, port), server)
    first, sequence = tcp.syn(), tcp.client.sequence - 1
    return first, lambda: tcp.syn(sequence=sequence)


def no_way_in():
    """The page comes from another server. The TURN server is asked for a relay over UDP 3478, TCP
    3478 and TLS on 443 at once, as browsers do, and a firewall drops all three."""
    capture, session = start()
    turn = turn_udp(capture, server=OTHER, label="other")
    first = turn.ask()
    knocks = [knock(capture, OTHER, 50140), knock(capture, (OTHER[0], 443), 50141)]
    for pause in RETRANSMISSIONS[:4]:
        capture.wait(pause)
        turn.flow.send(first.network[28:])
        for _, again in knocks:
            again()
    capture.wait(25)
    session.page()
    capture.wait(10)
    session.page()
    session.close()
    silent_tcp = [finding("turn.tcp-no-answer", "connect-timeout", syn, severity="error",
                          certainty="strong", subjects={"server": f"{OTHER[0]}:{port}"})
                  for (syn, _), port in zip(knocks, (3478, 443))]
    sample = failing(capture, TCP_CHECK, "turn.no-answer", first, arguments=[], certainty="strong",
                     absent=["tcp.*"], attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                                                  "broken_step": "turn"}])
    sample.expected["findings"]["present"] += silent_tcp
    return sample


def page_gone_after_turn():
    """Page and TURN are at one address. A call is made and ends; half a minute later the client
    wants the page again, and port 443 refuses it. That is the page's, though TURN was asked at the
    same address before."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    capture.wait(30)
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50141), (NAT, 443))
    tcp.syn()
    refusal = tcp.segment(tcp.server, tcp.client, RST | ACK)
    return failing(capture, TCP_CHECK, "tcp.refused", refusal, case="prerequisites", arguments=[],
                   absent=["turn.*"])


SCENARIOS = {
    "turn-no-way-in": no_way_in,
    "page-gone-after-turn": page_gone_after_turn,
    "turn-redirected-well": redirected_well,
    "turn-redirected-closed-port": redirected_to_closed_port,
    "three-turn-servers": three_servers,
    "turn-stun-only": stun_alone,
    "turn-dead-later": dead_later,
    "turn-inside-dtls": inside_dtls,
    "dual-stack-ipv4-blocked": one_family_blocked,
    "turn-tls-self-signed": tls_self_signed,
    "turn-tls-443-beside-page": tls_443_beside_page,
    "turn-tls-443-alone": tls_443_alone,
}
