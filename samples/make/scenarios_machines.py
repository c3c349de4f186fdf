# SPDX-License-Identifier: MIT
"""What the machines of the site have among themselves: no browser sees it, and what is wrong there
has other symptoms than the same fault has in front of a browser."""
import dns
import tls
from sample import failing, finding, silent
from scenarios_dns import DNS_CHECK, INSIDE_NAME
from scenarios_tls import TLS_CHECK
from story import CMS, DNS_INSIDE, EXPRESSWAY_C, LAN1, NAME
from tls import Tls
from wire import ACK, RST, Capture, Tcp

XMPP_SERVICE, XMPP_NAME = "_xmpp-client._tcp.cms.octavio.local", "xmpp.cms.octavio.local"
HIDDEN = {"not-secure": "not-observable", "connect-timeout": "not-observable"}


def mutual(capture, client, server, name, chain, hello=None):
    """A TLS 1.2 handshake in which the server asks for a certificate, up to its flight."""
    session = Tls(Tcp(capture, client, server), f"mutual {server[1]}", name, chain)
    session.tcp.open()
    session.hello(versions=(tls.TLS12,), alpn=(), **(hello or {}))
    session.server_flight(request=True, alpn=None)
    return session


def at_cms():
    """A capture at CMS in which the internal name of the web bridge was looked up."""
    capture = Capture(near=(CMS,))
    dns.Resolver(capture, CMS, (DNS_INSIDE, 53)).lookup(INSIDE_NAME, CMS)
    return capture


def self_signed_cms():
    """Taken at Expressway-C, which asks for the external name, is given CMS's address, and is shown a
    self-signed certificate there, which it takes: the page is passed on. Browsers see none of that;
    theirs is Expressway-E's certificate, which does not pass here."""
    capture = Capture(near=(EXPRESSWAY_C,))
    dns.Resolver(capture, EXPRESSWAY_C, (DNS_INSIDE, 53)).lookup(NAME, CMS)
    session = Tls(Tcp(capture, (EXPRESSWAY_C, 30100), (CMS, 443)), "proxy", NAME, ("self-signed",))
    flight = session.establish()
    session.page()
    capture.wait(5)
    return silent(capture, TLS_CHECK, verdict="inconclusive",
                  cases={**HIDDEN, "bad-request": "cleared", "prerequisites": "no-evidence"},
                  present=[finding("tls.certificate-self-signed", "prerequisites", flight,
                                   severity="info")],
                  expect={"vantage": {"value": "expressway-c"}})


def good_cms():
    """The same with a good certificate: what Expressway-C is shown says nothing of what browsers
    are shown."""
    capture = Capture(near=(EXPRESSWAY_C,))
    dns.Resolver(capture, EXPRESSWAY_C, (DNS_INSIDE, 53)).lookup(NAME, CMS)
    session = Tls(Tcp(capture, (EXPRESSWAY_C, 30100), (CMS, 443)), "proxy", NAME,
                  ("webbridge", "issuing"))
    session.establish()
    session.page()
    capture.wait(5)
    return silent(capture, TLS_CHECK, verdict="inconclusive", absent=["tls.certificate-*"],
                  cases={**HIDDEN, "bad-request": "cleared"})


def traversal_refused():
    """Taken on Expressway-E's LAN1: Expressway-C comes to the traversal zone (7001) with its
    certificate, and Expressway-E refuses it with unknown_ca. No call bridge is in this: without the
    zone no page is passed on at all."""
    capture = Capture(near=(LAN1,))
    session = mutual(capture, (EXPRESSWAY_C, 30200), (LAN1, 7001), "", ("good", "issuing"))
    session.client_flight("callbridge", "issuing", verify=True)
    alert = session.tcp.reply(tls.alert("unknown_ca"))
    session.tcp.close(by_server=True)
    return failing(capture, TLS_CHECK, "tls.certificate-rejected-by-server", alert,
                   case="prerequisites", certainty="definite",
                   cases={**HIDDEN, "join-call-missing": "not-observable"},
                   arguments=["--profile", "../octavio.ini", "--vantage", "expressway-e-lan1"])


def call_bridge_refuses():
    """Taken at CMS: the call bridge does not know who issued the web bridge's certificate and leaves
    with unknown_ca. It is no browser's warning that is missing then, but the Join call button."""
    capture = at_cms()
    session = mutual(capture, (CMS, 41000), (CMS, 443), INSIDE_NAME, ("webbridge", "issuing"))
    alert = session.tcp.send(tls.alert("unknown_ca"))
    session.tcp.close()
    return failing(capture, TLS_CHECK, "tls.certificate-rejected-by-client", alert,
                   case="join-call-missing", certainty="definite", cases=HIDDEN)


def web_bridge_reached():
    """Taken at CMS: the call bridge reaches the web bridge, and its certificate is taken."""
    capture = at_cms()
    session = mutual(capture, (CMS, 41000), (CMS, 443), INSIDE_NAME, ("webbridge", "issuing"))
    session.client_flight("callbridge", "issuing", verify=True)
    session.server_finish()
    session.page()
    capture.wait(5)
    return silent(capture, TLS_CHECK, verdict="inconclusive", absent=["tls.certificate-*"],
                  cases={**HIDDEN, "join-call-missing": "cleared"})


def xmpp_refused():
    """Taken at CMS: the call bridge finds its XMPP service in DNS, and nothing listens on 5222. The
    browser will be stuck on loading media; the web bridge has no part in it."""
    capture = Capture(near=(CMS,))
    resolver = dns.Resolver(capture, CMS, (DNS_INSIDE, 53))
    resolver.ask(XMPP_SERVICE, dns.SRV)
    resolver.answer(dns.service(XMPP_SERVICE, 10, 10, 5222, XMPP_NAME))
    resolver.lookup(XMPP_NAME, CMS)
    resets = []
    for port in (42000, 42001, 42002):
        tcp = Tcp(capture, (CMS, port), (CMS, 5222))
        tcp.syn()
        resets.append(tcp.segment(tcp.server, tcp.client, RST | ACK))
        capture.wait(1)
    return failing(capture, DNS_CHECK, "tcp.refused", resets[0], case="media-stuck",
                   certainty="definite",
                   cases={**HIDDEN, "join-call-missing": "no-evidence"})


SCENARIOS = {
    "at-expressway-c-self-signed-cms": self_signed_cms,
    "at-expressway-c-good-cms": good_cms,
    "at-lan1-traversal-refused": traversal_refused,
    "at-cms-call-bridge-refuses": call_bridge_refuses,
    "at-cms-web-bridge-reached": web_bridge_reached,
    "at-cms-xmpp-refused": xmpp_refused,
}
