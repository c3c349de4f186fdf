# SPDX-License-Identifier: MIT
"""What stands above the server's own certificate, and beside it."""
import dns
import tls
from sample import failing, silent, warning
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


def looked_into():
    """A product in the client's network opens TLS to look inside. Its certificate is made for the very
    name, by an authority that this browser does not know (certificate_unknown): that the client
    stays out is that product's doing, and not the site's."""
    return rejected("tls.interception", ("looked-into",), "certificate_unknown", "",
                    case="prerequisites", certainty="strong")()


def looked_into_well():
    """The same, and the browser knows that authority: the call works. That TLS is opened on the way is
    worth a warning."""
    capture, tcp = resolved()
    session = Tls(tcp, chain=("looked-into",))
    flight = session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return warning(capture, TLS_CHECK, "tls.interception", flight, case="prerequisites",
                   certainty="strong", severity="warning", cases={"not-secure": "cleared"})


def hosts_file(chain, expected):
    """A sample maker: the client knows the name's address by itself, and it is 10.88.246.99."""
    def make():
        capture = Capture()
        dns.Resolver(capture).lookup("www.example.com", "198.51.100.9")
        session = Tls(Tcp(capture, (CLIENT_ADDRESS, 50001), ("10.88.246.99", 443)), chain=chain)
        session.tcp.open()
        hello = session.hello()
        flight = session.server_flight()
        return expected(capture, session, hello, flight)
    return make


def refused_there(capture, session, hello, _):
    session.tcp.send(tls.alert("certificate_unknown"))
    session.tcp.close()
    return failing(capture, TLS_CHECK, "dns.address-not-static-nat", hello, case="prerequisites",
                   certainty="strong", cases={"not-secure": "matched"})


def served_there(capture, session, *_):
    session.client_flight()
    session.server_finish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, TLS_CHECK, verdict="pass", absent=["dns.*", "tls.*"])


HOSTS_FILE = hosts_file(("other-name", "issuing"), refused_there)
HOSTS_FILE.__doc__ = """The client does not ask for the name: its hosts file has an old address of it.
    Another machine answers there with a certificate of its own. Neither that certificate nor the
    site's is wrong."""
HOSTS_FILE_WELL = hosts_file(("good", "issuing"), served_there)
HOSTS_FILE_WELL.__doc__ = """The same, and the address is a second one of the site, which the profile
    does not have: the page comes with the right certificate, and the call works."""

SCENARIOS = {
    "tls-inspected": looked_into,
    "tls-inspected-well": looked_into_well,
    "hosts-file-old-address": HOSTS_FILE,
    "hosts-file-second-address": HOSTS_FILE_WELL,
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
