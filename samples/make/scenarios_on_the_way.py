# SPDX-License-Identifier: MIT
"""Firewalls and filters on the way that say so, or that drop a part of what passes."""
import dns
import tls
from sample import failing, silent
from scenarios_guide import AT_CLIENT, ICMP_CHECK
from scenarios_tcp import AT_TCP, TCP_CHECK, resolved
from story import CLIENT_ADDRESS, NAME, NAT, healthy_call, start, turn_udp
from tls import Tls
from wire import Tcp, icmp_error

ROUTER = "172.16.84.1"
ICMP_TCP_CHECK = ("tcp.flags.syn == 1 || icmp", [
    "frame.number", "ip.src", "ip.dst", "icmp.type", "icmp.code", "tcp.srcport", "tcp.dstport"])


def answered_by_icmp(capture, sender, code, port=443):
    """Two connection requests, each answered by an ICMP error that quotes it."""
    errors = []
    for number in range(2):
        tcp = Tcp(capture, (CLIENT_ADDRESS, 50400 + number), (NAT, port))
        errors.append(icmp_error(capture, sender, tcp.syn(), 3, code))
        capture.wait(1)
    return errors


def forbidden():
    """The client's firewall answers each connection request to 443 with ICMP communication
    administratively prohibited: the server never sees one, and refuses nothing."""
    capture, _ = resolved()
    errors = answered_by_icmp(capture, ROUTER, 13)
    return failing(capture, ICMP_TCP_CHECK, "tcp.no-answer", *errors, case="prerequisites",
                   absent=["tcp.refused"], attempts=AT_TCP)


def no_way():
    """A router says that the server's host is unreachable: the machine is off, or has another
    address. Nothing is known of its ports."""
    capture, _ = resolved()
    errors = answered_by_icmp(capture, "10.88.246.1", 1)
    return failing(capture, ICMP_TCP_CHECK, "tcp.no-answer", *errors, case="prerequisites",
                   absent=["tcp.refused"], attempts=AT_TCP)


def rejected():
    """The server's own firewall rejects connections to 443, by ICMP port unreachable in the server's
    name: that is a refusal."""
    capture, _ = resolved()
    errors = answered_by_icmp(capture, NAT, 3)
    return failing(capture, ICMP_TCP_CHECK, "tcp.refused", *errors, case="prerequisites",
                   certainty="definite", absent=["tcp.no-answer"], attempts=AT_TCP)


def turn_forbidden():
    """TURN over TCP only: the client's firewall answers each connection request to 3478 with ICMP
    communication administratively prohibited."""
    capture, session = start()
    errors = answered_by_icmp(capture, ROUTER, 13, port=3478)
    capture.wait(3)
    session.close()
    return failing(capture, ICMP_CHECK, "turn.filtered", *errors, certainty="definite",
                   absent=["turn.tcp-refused"], cases=AT_CLIENT)


def hello_in_vain(capture, port, seconds=(0.2, 0.4, 0.8, 1.6, 3.2, 6.4)):
    """A connection that opens, and whose hello nobody acknowledges. Returns the hello's frame."""
    tcp = Tcp(capture, (CLIENT_ADDRESS, port), (NAT, 443))
    tcp.open()
    data = tls.record(tls.HANDSHAKE, tls.client_hello(label=f"hello {port}"), tls.TLS10)
    hello = tcp.send(data, acknowledge=False)
    for pause in seconds:
        capture.wait(pause)
        tcp.segment(tcp.client, tcp.server, 0x18, data, sequence=tcp.client.sequence - len(data))
    return hello


def hello_dropped():
    """A filter in the client's network drops what names the web bridge (SNI): connections open, and
    their hello is sent again and again without even an acknowledgment. The browser tries twice."""
    capture, _ = resolved()
    hello = hello_in_vain(capture, 50001)
    hello_in_vain(capture, 50002)
    return failing(capture, TCP_CHECK, "tls.no-answer", hello, case="prerequisites",
                   certainty="strong")


def outage():
    """The client loses its network right after its hello: nothing at all comes any more for a quarter
    of a minute. Then all is well, and the call works."""
    capture, _ = resolved()
    hello_in_vain(capture, 50001)
    capture.wait(3)
    dns.Resolver(capture, label="again").lookup(NAME, NAT)
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50002), (NAT, 443)), "well")
    session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, TCP_CHECK, verdict="pass", absent=["tls.*", "tcp.*"])


SCENARIOS = {
    "tcp-forbidden": forbidden,
    "tcp-no-way": no_way,
    "tcp-rejected-by-icmp": rejected,
    "turn-tcp-forbidden": turn_forbidden,
    "tls-hello-dropped": hello_dropped,
    "outage-after-hello": outage,
}
