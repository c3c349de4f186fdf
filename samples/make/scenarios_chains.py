# SPDX-License-Identifier: MIT
"""What stands above the server's own certificate, and beside it."""
import dns
import tls
from sample import failing, silent
from scenarios_tcp import resolved
from scenarios_tls import TLS_CHECK, rejected, well_served
from story import CLIENT_ADDRESS, NAT, healthy_call, turn_udp
from tls import Tls
from wire import Capture, Tcp


def renewed():
    """Two connections to the same name and address show certificates from two issuing certificates of
    one authority, as public authorities have several that they take turns with: it was renewed
    in between, or is there for two kinds of keys. Nobody opens the connection on the way."""
    capture, tcp = resolved()
    before = Tls(tcp, chain=("from-one", "public-one"))
    before.establish()
    before.page()
    before.close()
    capture.wait(20)
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50007), (NAT, 443)), "renewed",
                  chain=("from-two", "public-two"))
    session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, TLS_CHECK, verdict="pass", cases={"not-secure": "cleared"},
                  absent=["tls.*"])


def expired_above():
    """The server's own certificate is in date. The one above it, which the server still sends,
    ended on 2017-05-01, nineteen days before the packets, and the browser refuses with
    certificate_expired."""
    sample = rejected("tls.certificate-rejected-by-client", ("from-over", "public-over"),
                      "certificate_expired", "", certainty="definite",
                      absent=["tls.certificate-expired", "tls.certificate-chain-incomplete"])()
    sample.expected["findings"]["present"][0]["remedy"] = [
        "Install the authority's current intermediate certificates, up to the root, together with "
        "the server's own certificate; remove from the file what the authority no longer gives "
        "out."]
    return sample


def two_labels():
    """The certificate is for *.octavio.com, the web bridge among them, and the client opens
    a.b.octavio.com: a wildcard stands for one label. What is missing is not the web bridge's
    name."""
    name = "a.b.octavio.com"
    capture = Capture()
    dns.Resolver(capture).lookup(name, NAT)
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443)), "tls", name,
                  ("wildcard", "issuing"))
    session.tcp.open()
    session.hello()
    flight = session.server_flight()
    session.tcp.send(tls.alert("certificate_unknown"))
    session.tcp.close()
    return failing(capture, TLS_CHECK, "tls.certificate-name-mismatch", flight, case="not-secure",
                   certainty="definite", subjects={"name": name},
                   absent=["tls.certificate-san-missing"])


def address_opened():
    """The client opens the address and not the name, so that it names no server (SNI); the
    certificate holds names alone, and the browser refuses it. Whether it is right for the name that
    users open cannot be said."""
    capture = Capture()
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443)), "tls", "")
    session.tcp.open()
    session.hello()
    session.server_flight()
    alert = session.tcp.send(tls.alert("certificate_unknown"))
    session.tcp.close()
    return failing(capture, TLS_CHECK, "tls.certificate-rejected-by-client", alert,
                   case="not-secure", certainty="definite",
                   absent=["tls.certificate-name-mismatch", "tls.certificate-san-missing"])


def address_opened_well():
    """The same, and a person clicks the warning away: the call works. That a certificate was seen
    does not clear the page, for nobody knows the name that it is to be for."""
    capture = Capture()
    session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443)), "tls", "")
    session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, TLS_CHECK, verdict="pass", cases={"not-secure": "not-observable"},
                  absent=["tls.*"])


SCENARIOS = {
    "tls-renewed": renewed,
    "tls-chain-of-another": rejected(
        "tls.certificate-chain-incomplete", ("fetched-issuer", "inspection"), "unknown_ca",
        "The server sends a certificate beside its own that belongs to another authority, and not "
        "the one that issued its own; the browser refuses it with unknown_ca."),
    "tls-intermediate-expired": expired_above,
    "tls-intermediate-expired-harmless": well_served(
        ("from-over", "public-over"), "The certificate above the server's own has expired; this "
        "browser knows another way to a root, and the call works."),
    "tls-wildcard-two-labels": two_labels,
    "tls-address-opened": address_opened,
    "tls-address-opened-well": address_opened_well,
}
