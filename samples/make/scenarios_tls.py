# SPDX-License-Identifier: MIT
"""Certificates that browsers refuse, and handshakes that do not come about."""
import dns
import tls
from octets import octets
from sample import finding, failing, silent, warning
from scenarios_tcp import resolved
from story import CLIENT_ADDRESS, CMS, NAME, NAT, healthy_call, turn_udp
from tls import Tls
from wire import Capture, Tcp

TLS_CHECK = ("tls", ["frame.number", "ip.src", "tls.record.version", "tls.handshake.type",
                     "tls.handshake.extensions_server_name", "x509sat.uTF8String",
                     "x509ce.dNSName", "tls.alert_message.level", "tls.alert_message.desc"])


def rejected(code, chain, alert, note, case="not-secure", **more):
    """A sample maker: the server shows `chain`, and the browser answers with `alert`, twice."""
    def make():
        capture = Capture()
        dns.Resolver(capture).lookup(NAME, NAT)
        flights = []
        for port in (50001, 50002):
            session = Tls(Tcp(capture, (CLIENT_ADDRESS, port), (NAT, 443)), f"tls {port}",
                          chain=chain)
            session.tcp.open()
            session.hello()
            flights.append(session.server_flight())
            session.tcp.send(tls.alert(alert))
            session.tcp.close()
        return failing(capture, TLS_CHECK, code, flights[0], case=case,
                       attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                                  "broken_step": "tls"}], **more)
    make.__doc__ = note
    return make


def well_served(chain, note):
    """A sample maker: a healthy call whose certificate is unusual and right."""
    def make():
        capture, tcp = resolved()
        session = Tls(tcp, chain=chain)
        session.establish()
        session.page()
        healthy_call(capture, session, turn_udp(capture))
        return silent(capture, TLS_CHECK, verdict="pass", cases={"not-secure": "cleared"},
                      absent=["tls.*"])
    make.__doc__ = note
    return make


def rejected_by_client():
    """Nothing is wrong with the certificate that an onlooker can see, yet the browser refuses it
    with unknown_ca: it does not know the authority."""
    capture, tcp = resolved()
    session = Tls(tcp)
    tcp.open()
    session.hello()
    session.server_flight()
    alert = tcp.send(tls.alert("unknown_ca"))
    tcp.close()
    return failing(capture, TLS_CHECK, "tls.certificate-rejected-by-client", alert,
                   case="not-secure", certainty="definite",
                   absent=["tls.certificate-self-signed", "tls.certificate-chain-incomplete"])


def clicked_through():
    """The certificate is self-signed and there is no alert: a person clicked the warning away, and
    the call works. Browsers still say Not secure."""
    capture, tcp = resolved()
    session = Tls(tcp, chain=("self-signed",))
    flight = session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    sample = warning(capture, TLS_CHECK, "tls.certificate-self-signed", flight, case="not-secure",
                     certainty="definite", cases={"not-secure": "matched"})
    for name in ("verdict", "root_cause", "exit_status"):  # how bad it is, is the catalogue's
        del sample.expected[name]
    del sample.expected["findings"]["quiet"]
    return sample


def weak_signature():
    """The certificate is signed with SHA-1. This browser takes it and the call works: a warning."""
    capture, tcp = resolved()
    session = Tls(tcp, chain=("weak-signature", "issuing"))
    flight = session.establish()
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return warning(capture, TLS_CHECK, "tls.certificate-weak", flight, case="not-secure",
                   certainty="definite", severity="warning")


def rejected_by_server():
    """Taken at CMS: a call bridge connects to the web bridge and presents its certificate; the web
    bridge refuses it with unknown_ca: the trust bundle does not hold the call bridge's
    certificate."""
    capture = Capture(near=(CMS,))
    session = Tls(Tcp(capture, ("172.16.85.181", 41000), (CMS, 443)), "bridge",
                  "cmsweb.cms.octavio.local", ("webbridge", "issuing"))
    session.tcp.open()
    session.hello(versions=(tls.TLS12,), alpn=())
    session.server_flight(request=True, alpn=None)
    session.client_flight("callbridge", "issuing", verify=True)
    alert = session.tcp.reply(tls.alert("unknown_ca"))
    session.tcp.close(by_server=True)
    return failing(capture, TLS_CHECK, "tls.certificate-rejected-by-server", alert,
                   case="join-call-missing", certainty="definite")


def refused_hello(code, alert, note, hello=None, **more):
    """A sample maker: the server answers the ClientHello with a fatal alert."""
    def make():
        capture, tcp = resolved()
        session = Tls(tcp)
        tcp.open()
        session.hello(**(hello or {}))
        refusal = tcp.reply(tls.alert(alert))
        tcp.close(by_server=True)
        return failing(capture, TLS_CHECK, code, refusal, case="prerequisites", **more)
    make.__doc__ = note
    return make


def reset_after_hello():
    """The connection opens and is reset as soon as the ClientHello with the external name has
    passed, twice: a filter on names, or something that does not speak TLS."""
    capture = Capture()
    dns.Resolver(capture).lookup(NAME, NAT)
    resets = []
    for port in (50001, 50002):
        tcp = Tcp(capture, (CLIENT_ADDRESS, port), (NAT, 443))
        tcp.open()
        tcp.send(tls.record(tls.HANDSHAKE, tls.client_hello(label=f"tls {port}"), tls.TLS10), False)
        resets.append(tcp.reset(by_server=True))
        capture.wait(0.5)
    return failing(capture, ("tcp", ["frame.number", "ip.src", "ip.ttl", "tcp.flags.str",
                                     "tls.handshake.type"]),
                   "tls.reset-after-hello", resets[0], case="prerequisites", certainty="strong",
                   absent=["tcp.reset-by-middlebox"])


def not_tls():
    """What listens on 443 answers the ClientHello with an SSH banner: it is not a web server."""
    capture, tcp = resolved()
    session = Tls(tcp)
    tcp.open()
    session.hello()
    banner = tcp.reply(b"SSH-2.0-OpenSSH_7.4\r\n")
    tcp.close()
    return failing(capture, ("tcp.len > 0", ["frame.number", "ip.src", "tls.handshake.type",
                                             "tcp.len", "_ws.col.Info"]),
                   "tls.not-tls", banner, case="prerequisites", certainty="definite")


def interception():
    """Two connections to the same name and address show certificates of two authorities: first the
    lab's, then Branch Office Inspection's, as after a change of network. Something in between opens
    the second."""
    capture, tcp = resolved()
    session = Tls(tcp)
    session.establish()
    session.page()
    session.close()
    capture.wait(20)
    other = Tls(Tcp(capture, (CLIENT_ADDRESS, 50007), (NAT, 443)), "inspected",
                chain=("inspected", "inspection"))
    other.tcp.open()
    other.hello()
    flight = other.server_flight()
    other.tcp.send(tls.alert("unknown_ca"))
    other.tcp.close()
    return failing(capture, TLS_CHECK, "tls.interception", flight, case="prerequisites",
                   certainty="strong")


def reordered():
    """The self-signed certificate again; the two segments of the server's flight arrive in the
    wrong order and the first of them twice."""
    capture, tcp = resolved()
    session = Tls(tcp, chain=("self-signed", "issuing"))
    tcp.open()
    session.hello()
    session.server_flight()
    first, second = [frame for frame in capture.frames if len(frame.data) > 600][-2:]
    at = capture.frames.index(first)
    first.time, second.time = second.time, first.time
    again = type(first)(second.time + 300, first.data, first.network, first.source)
    capture.frames[at:at + 2] = [second, first]
    capture.frames.insert(at + 3, again)
    capture.now += 400
    tcp.send(tls.alert("unknown_ca"))
    tcp.close()
    capture.sort()
    return failing(capture, ("tcp", ["frame.number", "ip.src", "tcp.seq", "tcp.len",
                                     "tcp.analysis.flags", "tls.alert_message.desc"]),
                   "tls.certificate-self-signed", case="not-secure", certainty="definite")


def hidden():
    """A healthy call over TLS 1.3: the certificate is encrypted, and nothing can be said about it
    without a key log."""
    capture, tcp = resolved()
    session = Tls(tcp)
    tcp.open()
    session.hello(session=octets("session", 32))
    tcp.reply(tls.record(tls.HANDSHAKE, tls.server_hello("tls", tls.AES128_GCM_SHA256, tls.TLS13,
                                                         octets("session", 32)))
              + tls.record(tls.CHANGE_CIPHER_SPEC, b"\1")
              + tls.record(tls.APPLICATION_DATA, octets("hidden flight", 2300)))
    tcp.send(tls.record(tls.CHANGE_CIPHER_SPEC, b"\1")
             + tls.record(tls.APPLICATION_DATA, octets("hidden finished", 53)))
    session.page()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, TLS_CHECK, verdict="pass", cases={"not-secure": "not-observable"},
                  present=[finding("tls.certificate-hidden", severity="info")],
                  expect={"tls": {"handshakes": [{"sni": NAME, "version": "TLS 1.3",
                                                  "certificate_visible": False}]}})


SCENARIOS = {
    "tls-self-signed": rejected(
        "tls.certificate-self-signed", ("self-signed",), "unknown_ca",
        "Expressway-E's certificate is self-signed, with all the right names; the browser "
        "refuses it with unknown_ca.", certainty="definite"),
    "tls-self-signed-clicked-through": clicked_through,
    "tls-self-signed-reordered": reordered,
    "tls-name-mismatch": rejected(
        "tls.certificate-name-mismatch", ("other-name", "issuing"), "certificate_unknown",
        "The certificate on 443 is for www.octavio.com and octavio.com; the browser asked for "
        "cmsweb.octavio.com.", certainty="definite", absent=["tls.certificate-san-missing"]),
    "tls-san-missing": rejected(
        "tls.certificate-san-missing", ("san-missing", "issuing"), "certificate_unknown",
        "The guide's third case: Expressway-E's certificate is a good one for vcse.octavio.com, "
        "but the external web bridge URL is not among its subject alternative names.",
        absent=["tls.certificate-self-signed"]),
    "tls-no-san": rejected(
        "tls.certificate-san-missing", ("no-san", "issuing"), "certificate_unknown",
        "The certificate has the right common name and no subject alternative names at all: "
        "browsers do not look at the common name."),
    "tls-expired": rejected(
        "tls.certificate-expired", ("expired", "issuing"), "certificate_expired",
        "The certificate ended on 2017-05-01, nineteen days before the packets.",
        certainty="definite"),
    "tls-not-yet-valid": rejected(
        "tls.certificate-not-yet-valid", ("not-yet-valid", "issuing"), "certificate_expired",
        "The certificate begins on 2017-06-01, after the packets: issued early, or a wrong clock.",
        certainty="definite"),
    "tls-chain-incomplete": rejected(
        "tls.certificate-chain-incomplete", ("fetched-issuer",), "unknown_ca",
        "The server sends its own certificate without the intermediate one that issued it, and which "
        "it says is to be fetched elsewhere; the browser refuses it with unknown_ca."),
    "tls-issued-by-root": well_served(
        ("issued-by-root",), "The server sends one certificate, which a root issued directly: "
        "nothing is missing from the chain."),
    "tls-wildcard": well_served(
        ("wildcard", "issuing"), "The certificate is for *.octavio.com, which covers "
        "cmsweb.octavio.com."),
    "tls-weak-key": rejected(
        "tls.certificate-weak", ("weak-key", "issuing"), "certificate_unknown",
        "The certificate's RSA key has 1024 bits.", certainty="definite"),
    "tls-weak-signature": weak_signature,
    "tls-purpose": rejected(
        "tls.certificate-purpose", ("client-only", "issuing"), "unsupported_certificate",
        "The certificate may only be used by clients: its extended key usage lacks serverAuth.",
        certainty="definite"),
    "tls-purpose-authority": rejected(
        "tls.certificate-purpose", ("authority-leaf", "issuing"), "certificate_unknown",
        "The server uses the certificate of an authority (CA:TRUE) for itself."),
    "tls-default-certificate": rejected(
        "tls.certificate-default", ("vendor-default",), "unknown_ca",
        "What 443 shows is the vendor's default certificate, Temporary CA and a number: no "
        "certificate was ever installed, or the admin page is still there.", certainty="strong"),
    "tls-rejected-by-client": rejected_by_client,
    "tls-rejected-by-server": rejected_by_server,
    "tls-version-mismatch": refused_hello(
        "tls.version-mismatch", "protocol_version",
        "The client offers nothing newer than TLS 1.0, and the server refuses with "
        "protocol_version.", certainty="definite",
        hello={"versions": (tls.TLS10,), "ciphers": (tls.RSA_3DES_SHA,), "alpn": ()}),
    "tls-no-common-cipher": refused_hello(
        "tls.no-common-cipher", "handshake_failure",
        "The client offers RC4 and 3DES only, and the server refuses with handshake_failure.",
        hello={"versions": (tls.TLS12,), "ciphers": (tls.RSA_RC4_SHA, tls.RSA_3DES_SHA)}),
    "tls-unrecognized-name": refused_hello(
        "tls.unrecognized-name", "unrecognized_name",
        "The server does not serve the name that the client asks for: a fatal unrecognized_name.",
        certainty="definite"),
    "tls-handshake-refused": refused_hello(
        "tls.handshake-refused", "no_application_protocol",
        "Another service than a web page listens there: it speaks none of the protocols (ALPN) "
        "that the browser offers, and says no_application_protocol.", certainty="definite"),
    "tls-reset-after-hello": reset_after_hello,
    "tls-not-tls": not_tls,
    "tls-interception": interception,
    "tls-certificate-hidden": hidden,
}
