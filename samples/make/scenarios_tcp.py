# SPDX-License-Identifier: MIT
"""TCP that does not connect or stalls, HTTP in the clear that refuses."""
import dns
from sample import failing, silent
from scenarios_dns import INSIDE_NAME
from story import CLIENT_ADDRESS, CMS, DNS_INSIDE, NAME, NAT
from octets import octets
from tls import APPLICATION_DATA, Tls, record
from wire import ACK, PSH, RST, Capture, Tcp

TCP_CHECK = ("tcp", ["frame.number", "frame.time_relative", "ip.src", "ip.ttl", "tcp.srcport",
                     "tcp.dstport", "tcp.flags.str", "tcp.len", "tcp.window_size_value",
                     "tcp.analysis.flags"])
HTTP_CHECK = ("http", ["frame.number", "ip.src", "ip.dst", "tcp.dstport", "http.request.method",
                       "http.request.uri", "http.host", "http.response.code"])
AT_TCP = [{"client": CLIENT_ADDRESS, "outcome": "failed", "broken_step": "tcp"}]


def resolved():
    """A capture in which the name resolves, and a TCP flow to 443."""
    capture = Capture()
    dns.Resolver(capture).lookup(NAME, NAT)
    return capture, Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443))


def no_answer():
    """The name resolves, and the SYNs to TCP 443 are never answered."""
    capture, tcp = resolved()
    first = tcp.syn()
    for pause in (1, 2, 4, 8):
        capture.wait(pause)
        tcp.syn(sequence=tcp.client.sequence - 1)
    capture.wait(30)
    dns.Resolver(capture, label="again").lookup(NAME, NAT)
    return failing(capture, TCP_CHECK, "tcp.no-answer", first, case="prerequisites",
                   certainty="strong", attempts=AT_TCP)


def refused():
    """The name resolves, and the SYN to TCP 443 is answered by RST, three times."""
    capture, tcp = resolved()
    refusals = []
    for pause in (0.5, 0.5, 0.5):
        tcp.syn(sequence=None)
        refusals.append(tcp.segment(tcp.server, tcp.client, RST | ACK))
        tcp.client.sequence -= 1
        capture.wait(pause)
    return failing(capture, TCP_CHECK, "tcp.refused", refusals[0], case="prerequisites",
                   certainty="definite", attempts=AT_TCP)


def reset_by_middlebox():
    """The page is being loaded when a RST comes with the server's address and a hop limit of 250,
    where everything else of the server came with 57: somebody nearer sent it."""
    capture, tcp = resolved()
    session = Tls(tcp)
    session.establish()
    session.application(420, acknowledge=False)
    reset = tcp.reset(by_server=True, ttl=250)
    return failing(capture, TCP_CHECK, "tcp.reset-by-middlebox", reset, case="prerequisites",
                   certainty="hint")


def black_hole():
    """After the handshake the client sends 3000 octets: the two full segments vanish, the small one
    arrives and is acknowledged out of order, and the first is retransmitted six times in vain while
    the server's small segments come through. The path drops large packets and says nothing."""
    capture, tcp = resolved()
    session = Tls(tcp)
    session.establish()
    start, data = tcp.client.sequence, record(APPLICATION_DATA, octets("upload", 2995))
    tcp.segment(tcp.client, tcp.server, ACK, data[:1460])
    tcp.segment(tcp.client, tcp.server, ACK, data[1460:2920])
    tcp.segment(tcp.client, tcp.server, ACK | PSH, data[2920:])
    end, tcp.client.sequence = tcp.client.sequence, start
    tcp.segment(tcp.server, tcp.client, ACK)
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8, 9.6):
        capture.wait(pause)
        tcp.segment(tcp.client, tcp.server, ACK, data[:1460], sequence=start)
        session.answer(24, acknowledge=False)
        tcp.client.sequence = end
        tcp.segment(tcp.client, tcp.server, ACK)
        tcp.client.sequence = start
    tcp.client.sequence = end
    tcp.reset()
    return failing(capture, TCP_CHECK, "tcp.black-hole", case="prerequisites", certainty="strong")


def zero_window():
    """The server closes its window in the middle of an upload and does not open it for twelve
    seconds; the client probes with one octet and then gives up."""
    capture, tcp = resolved()
    session = Tls(tcp)
    session.establish()
    session.application(1400, acknowledge=False)
    tcp.server.window = 0
    closed = tcp.segment(tcp.server, tcp.client, ACK)
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8, 3):
        capture.wait(pause)
        tcp.segment(tcp.client, tcp.server, ACK, b"\x17", sequence=tcp.client.sequence)
        tcp.segment(tcp.server, tcp.client, ACK)
    tcp.reset()
    return failing(capture, TCP_CHECK, "tcp.zero-window", closed, case="prerequisites",
                   certainty="definite")


def webbridge_refused():
    """CMS connects to the web bridge by its internal name and is refused: the Join call button will
    be missing. Taken at CMS."""
    capture = Capture(near=(CMS,))
    bridge = "172.16.85.181"
    dns.Resolver(capture, CMS, (DNS_INSIDE, 53)).lookup(INSIDE_NAME, bridge)
    tcp = Tcp(capture, (CMS, 41000), (bridge, 443))
    tcp.syn()
    refusal = tcp.segment(tcp.server, tcp.client, RST | ACK)
    return failing(capture, TCP_CHECK, "tcp.refused", refusal, case="join-call-missing",
                   certainty="definite", expect={"vantage": {"value": "cms"}})


def http_bad_request():
    """Plain HTTP on port 80 of the static NAT address: the request names the external web bridge
    and is answered 400 Bad Request instead of being redirected to HTTPS."""
    capture = Capture()
    dns.Resolver(capture).lookup(NAME, NAT)
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 80))
    tcp.open()
    tcp.send(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
    answer = tcp.reply(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n"
                       b"Content-Length: 20\r\n\r\n<h1>Bad Request</h1>")
    tcp.close(by_server=True)
    return failing(capture, HTTP_CHECK, "http.bad-request", answer, case="bad-request",
                   certainty="definite")


def proxy_refused():
    """The browser has an explicit proxy, which answers CONNECT with 407 every time: it wants
    credentials that the browser does not send."""
    capture = Capture()
    answers = []
    for port in (50001, 50002):
        tcp = Tcp(capture, (CLIENT_ADDRESS, port), ("172.16.84.8", 3128))
        tcp.open()
        tcp.send(f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\n\r\n".encode())
        answers.append(tcp.reply(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                                 b"Proxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"))
        tcp.close(by_server=True)
    return failing(capture, HTTP_CHECK, "http.proxy-refused", answers[0], case="prerequisites",
                   certainty="definite")


def http_in_clear():
    """The page is opened with http:// on 443, where the server wants TLS and answers 400: the page
    reads Bad Request, and Expressway-C has no part in it."""
    capture, tcp = resolved()
    tcp.open()
    tcp.send(f"GET / HTTP/1.1\r\nHost: {NAME}:443\r\n\r\n".encode())
    answer = tcp.reply(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    tcp.close(by_server=True)
    sample = failing(capture, HTTP_CHECK, "http.bad-request", answer, case="bad-request",
                     certainty="definite")
    sample.expected["findings"]["present"][0]["remedy"] = [
        "Open the page with https://, and correct the link that says http:// with port 443."]
    return sample


def server_error(page):
    """A sample maker: the reverse proxy answers 502, to the page or to one of its parts."""
    def make():
        capture = Capture()
        dns.Resolver(capture).lookup(NAME, NAT)
        tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 80))
        tcp.open()
        answers = []
        for path, answer in (("/", page), ("/favicon.ico", "502 Bad Gateway")):
            tcp.send(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            answers.append(tcp.reply(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode()))
        tcp.close()
        if page == "200 OK":
            return silent(capture, HTTP_CHECK, verdict="inconclusive", absent=["http.*"])
        return failing(capture, HTTP_CHECK, "http.server-error", answers[0], case="prerequisites",
                       certainty="definite", subjects={"error_code": 502})
    make.__doc__ = (
        "A page without TLS. The reverse proxy in front cannot reach the web server and answers "
        "every request with 502 Bad Gateway." if page != "200 OK" else
        "A page without TLS. It comes; only its icon is answered with 502 Bad Gateway.")
    return make


def proxy_unreachable():
    """The browser logs in to its proxy, which then answers 502: the proxy itself cannot connect to
    the conference site. Its 407 at first is the normal challenge."""
    capture = Capture()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), ("172.16.84.8", 3128))
    tcp.open()
    connect = f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\n"
    tcp.send(f"{connect}\r\n".encode())
    tcp.reply(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
              b"Proxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0\r\n\r\n")
    tcp.send(f"{connect}Proxy-Authorization: Basic ZG8tbm90LWtlZXA=\r\n\r\n".encode())
    answer = tcp.reply(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    tcp.close(by_server=True)
    return failing(capture, HTTP_CHECK, "http.proxy-refused", answer, case="prerequisites",
                   certainty="definite", subjects={"error_code": 502})


def proxy_login_cut():
    """The capture ends while the browser, asked for credentials by its proxy, has come back with
    them: nobody refused anything."""
    capture = Capture()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), ("172.16.84.8", 3128))
    tcp.open()
    connect = f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\n"
    tcp.send(f"{connect}\r\n".encode())
    tcp.reply(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
              b"Proxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0\r\n\r\n")
    tcp.send(f"{connect}Proxy-Authorization: Basic ZG8tbm90LWtlZXA=\r\n\r\n".encode())
    return silent(capture, HTTP_CHECK, absent=["http.*"])


SCENARIOS = {
    "tcp-no-answer": no_answer,
    "tcp-refused": refused,
    "tcp-reset-by-middlebox": reset_by_middlebox,
    "tcp-black-hole": black_hole,
    "tcp-zero-window": zero_window,
    "webbridge-refused": webbridge_refused,
    "http-bad-request": http_bad_request,
    "http-in-clear-on-443": http_in_clear,
    "http-server-error": server_error("502 Bad Gateway"),
    "http-server-error-of-a-part": server_error("200 OK"),
    "http-proxy-refused": proxy_refused,
    "http-proxy-unreachable": proxy_unreachable,
    "http-proxy-login-cut": proxy_login_cut,
}
