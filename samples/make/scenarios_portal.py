# SPDX-License-Identifier: MIT
"""Captive portals that no system tests for while it is captured, and what resembles them."""
import dns
import tls
from sample import failing, silent
from scenarios_network import CHECK, PORTAL
from story import CLIENT_ADDRESS, NAME, NAT, healthy_call, start, turn_udp
from tls import Tls
from wire import Capture, Tcp

LOGIN = "http://login.example.net/"
STRANGERS = (("mail.example.com", "198.51.100.10"), ("news.example.org", "203.0.113.20"),
             ("www.octavio.example", "192.0.2.30"))
UNTESTED = {"case": "prerequisites", "certainty": "strong"}


def ask_in_clear(capture, number, host, address, answer):
    """A GET of the first page. Returns the frame of the answer."""
    tcp = Tcp(capture, (CLIENT_ADDRESS, 51000 + number), (address, 80))
    tcp.open()
    tcp.send(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    frame = tcp.reply(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
    tcp.close(by_server=True)
    return frame


def refuse_certificate(capture, number, host, address, chain=("portal", "public-one")):
    """The browser is shown `chain` and leaves. Returns the frame of the certificate."""
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50100 + number), (address, 443)),
                  f"tls {number}", host, chain)
    session.tcp.open()
    session.hello()
    flight = session.server_flight()
    session.tcp.send(tls.alert("certificate_unknown"))
    session.tcp.close()
    return flight


def look_up(capture, address=None):
    """All names, each at its own address or all at one. Returns the frames of the answers."""
    resolver = dns.Resolver(capture)
    return [resolver.lookup(name, address or own) for name, own in (*STRANGERS, (NAME, NAT))]


def sent_on():
    """A hotel's network before the login. Names resolve rightly; whatever is asked for in the clear is
    redirected to one login page, and for the web bridge's name the portal shows its own
    certificate. No system tests for a portal meanwhile."""
    capture = Capture()
    look_up(capture)
    frames = [ask_in_clear(capture, number, host, address, f"302 Found\r\nLocation: {LOGIN}?back")
              for number, (host, address) in enumerate(STRANGERS)]
    refuse_certificate(capture, 0, NAME, NAT)
    capture.wait(10)
    return failing(capture, CHECK, "http.captive-portal", *frames,
                   subjects={"name": LOGIN, "error_code": 302}, **UNTESTED)


def one_certificate():
    """The same network, and nothing is asked for in the clear: every server is seen to show one and
    the same certificate, login.example.net's."""
    capture = Capture()
    look_up(capture)
    flights = [refuse_certificate(capture, number, host, address)
               for number, (host, address) in enumerate((*STRANGERS, (NAME, NAT)))]
    capture.wait(10)
    return failing(capture, CHECK, "http.captive-portal", *flights, **UNTESTED)


def one_address():
    """A train's network before the login: every name leads to the portal's own address, where nothing
    but its login page is to be had, so that 443 is closed."""
    capture = Capture()
    answers = look_up(capture, PORTAL)
    for number in range(3):
        tcp = Tcp(capture, (CLIENT_ADDRESS, 50200 + number), (PORTAL, 443))
        tcp.syn()
        tcp.segment(tcp.server, tcp.client, 0x14)
        capture.wait(1)
    capture.wait(10)
    return failing(capture, CHECK, "http.captive-portal", *answers, **UNTESTED)


def redirections():
    """Two servers of different owners send a browser on to a third one, as advertisers do; the page
    that they are on comes in the clear from a fourth. That is no portal, and the call works."""
    capture, session = start()
    ask_in_clear(capture, 0, "www.example.com", "198.51.100.9", "200 OK")
    for number, (host, address) in enumerate(STRANGERS[:2], 1):
        ask_in_clear(capture, number, host, address, "302 Found\r\nLocation: http://ads.example.net/")
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, CHECK, verdict="pass", absent=["http.*"])


def moved_for_good():
    """Two names of one owner in two domains both lead to a third one, for good (301). The call
    works."""
    capture, session = start()
    for number, (host, address) in enumerate(STRANGERS[:2]):
        ask_in_clear(capture, number, host, address,
                     "301 Moved Permanently\r\nLocation: https://www.example.net/")
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, CHECK, verdict="pass", absent=["http.*"])


def wrong_certificate():
    """The web bridge shows the certificate of www.octavio.com, and the servers of others show their own
    ones. That is the site's fault, and no portal's."""
    capture = Capture()
    look_up(capture)
    stranger = Tls(Tcp(capture, (CLIENT_ADDRESS, 50300), ("198.51.100.40", 443)), "stranger",
                   "login.example.net", ("portal", "public-one"))
    stranger.establish()
    stranger.page()
    flight = refuse_certificate(capture, 0, NAME, NAT, ("other-name", "issuing"))
    capture.wait(10)
    return failing(capture, CHECK, "tls.certificate-name-mismatch", flight, case="not-secure",
                   certainty="definite", absent=["http.*"])


SCENARIOS = {
    "captive-portal-sent-on": sent_on,
    "captive-portal-one-certificate": one_certificate,
    "captive-portal-one-address": one_address,
    "redirections-in-the-clear": redirections,
    "redirections-for-good": moved_for_good,
    "tls-name-mismatch-beside-good": wrong_certificate,
}
