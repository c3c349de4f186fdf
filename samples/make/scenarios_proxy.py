# SPDX-License-Identifier: MIT
"""A web proxy between the browser and everything that it reaches by TCP."""
from sample import failing, silent, warning
from scenarios_guide import AT_CLIENT, RETRANSMISSIONS
from scenarios_lived import WELL
from scenarios_tcp import HTTP_CHECK
from story import CLIENT_ADDRESS, NAME, NAT, TURN_CHECK, call, start, turn_udp
from tls import Tls, encrypted_alert
from wire import Capture, Tcp

PROXY = ("172.16.84.8", 3128)
STRANGER, TURN_NAME = "update.example.net:443", "turn.example.net:5349"


def connect(capture, port, target):
    """A CONNECT; returns the connection."""
    tcp = Tcp(capture, (CLIENT_ADDRESS, port), PROXY)
    tcp.open()
    tcp.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return tcp


def refused(capture, port, target):
    tcp = connect(capture, port, target)
    answer = tcp.reply(b"HTTP/1.1 403 Filtered\r\nContent-Length: 0\r\n\r\n")
    tcp.close(by_server=True)
    return answer


def tunnel(capture, port, target, label):
    """A CONNECT that is granted, and the TLS handshake behind it."""
    tcp = connect(capture, port, target)
    tcp.reply(b"HTTP/1.1 200 Connection established\r\n\r\n")
    session = Tls(tcp, label, target.split(":")[0])
    session.hello()
    session.server_flight()
    session.client_flight()
    session.server_finish()
    return session


def page(capture):
    session = tunnel(capture, 50001, f"{NAME}:443", "page")
    session.page()
    return session


def background():
    """The browser's own update check is refused by its proxy (403); the page comes through the
    proxy, TURN goes over UDP past it, and the call works."""
    capture = Capture()
    refused(capture, 50100, STRANGER)
    session = page(capture)
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    turn.release()
    session.close()
    return silent(capture, HTTP_CHECK, verdict="pass", cases=WELL, absent=["http.*"])


def turn_refused(arguments, label):
    """A sample maker: UDP is blocked and the proxy refuses the way to TURN inside TLS."""
    def make():
        capture = Capture()
        refused(capture, 50100, STRANGER)
        session = page(capture)
        turn = turn_udp(capture)
        ask = turn.ask()
        answer = refused(capture, 50101, TURN_NAME)
        for pause in RETRANSMISSIONS:
            capture.wait(pause)
            turn.flow.send(ask.network[28:])
        capture.wait(10)
        session.page()
        session.close()
        more = {} if arguments is None else {"arguments": arguments}
        return failing(capture, HTTP_CHECK, "http.proxy-refused", answer, case="prerequisites",
                       certainty="definite", subjects={"name": TURN_NAME, "error_code": 403},
                       cases={**(AT_CLIENT if arguments is None else {}),
                              "connect-timeout": "matched"}, **more)
    make.__doc__ = label
    return make


def inside():
    """UDP is blocked: seven Allocates without an answer. The browser reaches TURN inside TLS through
    its proxy, and for half a minute data go both ways, steadily, as in a call. What is inside
    cannot be seen, so nothing is certain but that UDP is blocked."""
    capture = Capture()
    session = page(capture)
    turn = turn_udp(capture)
    ask = turn.ask()
    inner = tunnel(capture, 50101, TURN_NAME, "inside")
    for pause in RETRANSMISSIONS:
        for _ in range(int(pause * 10)):
            capture.wait(0.1)
            inner.application(150, acknowledge=False)
            inner.answer(150, acknowledge=False)
        last = turn.flow.send(ask.network[28:])
    capture.wait(10)
    session.close()
    return warning(capture, HTTP_CHECK, "turn.no-answer", ask, last, case="connect-timeout",
                   certainty="strong")


def turn_at_web_server(by_server, label):
    """A sample maker: UDP is blocked, and the client falls back to TURN over TLS on 443."""
    def make():
        capture, session = start()
        turn = turn_udp(capture)
        ask = turn.ask()
        fallback = Tls(Tcp(capture, (CLIENT_ADDRESS, 50200), (NAT, 443)), "fallback")
        fallback.tcp.open()
        hello = fallback.hello(alpn=())
        fallback.server_flight(alpn=None)
        fallback.client_flight()
        fallback.server_finish()
        fallback.application(28)
        if by_server:
            fallback.answer(309)
            fallback.tcp.reply(encrypted_alert("fallback close"), acknowledge=False)
            fallback.tcp.close(by_server=True)
        for pause in RETRANSMISSIONS:
            capture.wait(pause)
            last = turn.flow.send(ask.network[28:])
        capture.wait(10)
        if not by_server:
            fallback.close()
        session.page()
        session.close()
        evidence = [ask, last] + ([hello] if by_server else [])
        return failing(capture, TURN_CHECK, "turn.no-answer", *evidence, certainty="strong",
                       cases=AT_CLIENT)
    make.__doc__ = label
    return make


SCENARIOS = {
    "turn-at-web-server": turn_at_web_server(True, (
        "UDP 3478 is dropped, and the client falls back to TURN over TLS on 443, where a web server "
        "listens: it answers the Allocate with 400 Bad Request and closes the connection at once. "
        "There are two things to mend, and either helps.")),
    "turn-silent-inside-tls": turn_at_web_server(False, (
        "The same, and what listens on 443 takes what the client says and stays silent: nothing "
        "shows a web server there.")),
    "http-proxy-background": background,
    "http-proxy-turn-refused": turn_refused(None, (
        "UDP is blocked, and the proxy that lets the page through refuses the way to the TURN "
        "server inside TLS (403). That it also refuses the browser's update check does not "
        "matter.")),
    "http-proxy-turn-refused-unknown-site": turn_refused([], (
        "Without a profile. UDP is blocked, and the proxy that lets the page through refuses the "
        "way to the TURN server inside TLS (403).")),
    "turn-inside-proxy": inside,
}
