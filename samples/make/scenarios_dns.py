# SPDX-License-Identifier: MIT
"""Names that do not resolve, or resolve to the wrong place."""
import dns
import stun
from sample import failing, finding, warning
from story import (CLIENT_ADDRESS, CMS, DNS_INSIDE, EXPRESSWAY_C, NAME, NAT, arrive, healthy_call,
                   turn_udp)
from tls import Tls
from wire import Capture, Tcp

DNS_CHECK = ("dns", ["frame.number", "ip.src", "dns.id", "dns.qry.name", "dns.qry.type",
                     "dns.flags.rcode", "dns.flags.truncated", "dns.a", "dns.cname",
                     "dns.srv.name"])
INSIDE_NAME = "cmsweb.cms.octavio.local"
AT_NAME = {"attempts": [{"client": CLIENT_ADDRESS, "outcome": "failed", "broken_step": "dns"}]}


def unresolved(code, note, **answer):
    """A sample maker: the client asks twice for the web bridge and gets what `answer` says."""
    def make():
        capture = Capture()
        resolver = dns.Resolver(capture)
        resolver.ask(NAME)
        frame = resolver.answer(**answer)
        capture.wait(1)
        resolver.ask(NAME)
        resolver.answer(**answer)
        return failing(capture, DNS_CHECK, code, frame, case="prerequisites", certainty="definite",
                       subjects={"name": NAME}, **AT_NAME)
    make.__doc__ = note
    return make


def no_answer():
    """The client asks four times (0, 1, 3 and 7 s) and the DNS server never answers. Another
    connection of the same machine, opened by address, shows that answers are captured."""
    capture = Capture()
    other = Tcp(capture, (CLIENT_ADDRESS, 50010), ("198.51.100.20", 443))
    other.open()
    resolver = dns.Resolver(capture)
    first = resolver.ask(NAME)
    for pause in (1, 2, 4):
        capture.wait(pause)
        resolver.again()
    capture.wait(30)
    other.close()
    return failing(capture, DNS_CHECK, "dns.no-answer", first, case="prerequisites",
                   certainty="strong", **AT_NAME)


def ask_slow_server(capture, *answer, **more):
    """Four queries (0, 1, 3 and 7 s), and the answer 15 s after the first. Returns first and
    answer."""
    resolver = dns.Resolver(capture)
    first = resolver.ask(NAME)
    for pause in (1, 2, 4):
        capture.wait(pause)
        resolver.again()
    capture.wait(8)
    return first, resolver.answer(*answer, **more)


def shown_late(words):
    """The answer is evidence of the silence, and said to be late."""
    summary = f"DNS answer A {NAME} (late){words}"
    return {"findings": [{"code": "dns.no-answer", "evidence": [{"summary": summary}]}]}


def late_answer():
    """The client asks four times, and the DNS server answers eight seconds after the last query:
    after that the call works. That no answer came was said before, and is not wrong: it came
    late."""
    capture = Capture()
    first, answer = ask_slow_server(capture, dns.address(NAME, NAT))
    session = arrive(capture, label="later")
    healthy_call(capture, session, turn_udp(capture))
    return warning(capture, DNS_CHECK, "dns.no-answer", first, answer, case="prerequisites",
                   severity="info", verdict="pass",
                   expect=shown_late(f" -> {NAT}"))


def late_nxdomain():
    """The same, and what the late answer says is that there is no such name."""
    capture = Capture()
    first, answer = ask_slow_server(capture, rcode=dns.NXDOMAIN,
                                    authorities=[dns.authority("octavio.com")])
    capture.wait(10)
    dns.Resolver(capture, label="other").lookup("www.example.com", "192.0.2.1")
    sample = failing(capture, DNS_CHECK, "dns.nxdomain", first, answer, case="prerequisites",
                     certainty="definite", **AT_NAME,
                     expect=shown_late(": NXDOMAIN"))
    sample.expected["findings"]["present"].append(
        finding("dns.no-answer", "prerequisites", first, answer, certainty="strong"))
    return sample


def dangling_alias():
    """The external name is an alias of a name that does not exist."""
    capture = Capture()
    resolver = dns.Resolver(capture)
    resolver.ask(NAME)
    alias = resolver.answer(dns.alias(NAME, "webrtc.octavio.com"),
                            authorities=[dns.authority("octavio.com")])
    resolver.ask("webrtc.octavio.com")
    resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.com")])
    return failing(capture, DNS_CHECK, "dns.dangling-alias", alias, case="prerequisites",
                   certainty="definite", **AT_NAME)


def wrong_address(code, address, note):
    """A sample maker: the client is given `address`, where nothing answers on 443."""
    def make():
        capture = Capture()
        frame = dns.Resolver(capture).lookup(NAME, address)
        tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), (address, 443))
        tcp.syn()
        for pause in (1, 2, 4):
            capture.wait(pause)
            tcp.syn(sequence=tcp.client.sequence - 1)
        capture.wait(30)
        dns.Resolver(capture, label="again").lookup(NAME, address)
        return failing(capture, DNS_CHECK, code, frame, case="prerequisites", certainty="definite",
                       subjects={"name": NAME})
    make.__doc__ = note
    return make


def other_address_answers():
    """The external name resolves to 10.88.246.99, an Expressway-E that the profile does not know: its
    page comes, its TURN server answers, and refuses the password. The address is another than in
    the profile, and nobody is kept out by it."""
    capture = Capture()
    other = "10.88.246.99"
    session = arrive(capture, address=other)
    lookup = capture.frames[1]
    turn = turn_udp(capture, server=(other, 3478), password="wrong")
    turn.challenge()
    request = turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, DNS_CHECK, "turn.integrity-failure", request, refusal,
                     certainty="definite",
                     attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                                "broken_step": "turn"}])
    sample.expected["findings"]["present"].append(
        finding("dns.address-not-static-nat", "prerequisites", lookup, severity="warning"))
    return sample


def external_address_inside():
    """Expressway-C asks the inside DNS server for the external web bridge name and is given the
    static NAT address instead of CMS's: the proxy would loop. Taken at Expressway-C."""
    capture = Capture(near=(EXPRESSWAY_C,))
    frame = dns.Resolver(capture, EXPRESSWAY_C, (DNS_INSIDE, 53)).lookup(NAME, NAT)
    return failing(capture, DNS_CHECK, "dns.external-address-inside", frame, case="prerequisites",
                   certainty="definite", expect={"vantage": {"value": "expressway-c"}})


def internal_webbridge_name():
    """Expressway-C asks for the internal web bridge name and never for the external one: its Guest
    account client URI holds the internal name, and the browser will read Bad Request."""
    capture = Capture(near=(EXPRESSWAY_C,))
    resolver = dns.Resolver(capture, EXPRESSWAY_C, (DNS_INSIDE, 53))
    resolver.ask(INSIDE_NAME)
    frame = resolver.answer(dns.address(INSIDE_NAME, CMS))
    session = Tls(Tcp(capture, (EXPRESSWAY_C, 30100), (CMS, 443)), "proxy", NAME,
                  ("webbridge", "issuing"))
    session.establish()
    session.page()
    return failing(capture, DNS_CHECK, "dns.internal-webbridge-name", frame, case="bad-request",
                   certainty="strong")


def srv_outside():
    """The outside DNS answers _cisco-uds, which belongs inside: clients then believe they are in
    the office. The web client connects all the same: a warning."""
    capture = Capture()
    resolver = dns.Resolver(capture, label="uds")
    name = "_cisco-uds._tcp.octavio.com"
    resolver.ask(name, dns.SRV)
    frame = resolver.answer(dns.service(name, 10, 10, 8443, "ocucmp.octavio.local"))
    session = arrive(capture)
    healthy_call(capture, session, turn_udp(capture))
    return warning(capture, DNS_CHECK, "dns.srv-outside", frame, case="prerequisites",
                   certainty="strong", severity="warning")


def srv_missing():
    """CMS asks for its XMPP server, _xmpp-client of the internal domain, and there is no such
    record: the browser will be stuck on loading media. Taken at CMS."""
    capture = Capture(near=(CMS,))
    resolver = dns.Resolver(capture, CMS, (DNS_INSIDE, 53))
    frames = []
    for _ in range(2):
        resolver.ask("_xmpp-client._tcp.cms.octavio.local", dns.SRV)
        frames.append(resolver.answer(rcode=dns.NXDOMAIN,
                                      authorities=[dns.authority("octavio.local")]))
        capture.wait(5)
    return failing(capture, DNS_CHECK, "dns.srv-missing", frames[0], case="media-stuck",
                   certainty="definite")


def webbridge_name_unknown():
    """CMS asks for the name of its web bridge, which does not exist: callbridge and web bridge
    cannot talk, and the Join call button is missing. Taken at CMS."""
    capture = Capture(near=(CMS,))
    resolver = dns.Resolver(capture, CMS, (DNS_INSIDE, 53))
    resolver.ask(INSIDE_NAME)
    frame = resolver.answer(rcode=dns.NXDOMAIN, authorities=[dns.authority("octavio.local")])
    return failing(capture, DNS_CHECK, "dns.nxdomain", frame, case="join-call-missing",
                   certainty="definite", subjects={"name": INSIDE_NAME})


AUTHORITY = [dns.authority("octavio.com")]
SCENARIOS = {
    "dns-nxdomain": unresolved(
        "dns.nxdomain", "The external web bridge name does not exist: NXDOMAIN.",
        rcode=dns.NXDOMAIN, authorities=AUTHORITY),
    "dns-server-failure": unresolved(
        "dns.server-failure", "The DNS server fails to resolve the external name: SERVFAIL.",
        rcode=dns.SERVFAIL),
    "dns-refused": unresolved(
        "dns.refused", "The DNS server refuses to answer for the external name: REFUSED.",
        rcode=dns.REFUSED),
    "dns-no-data": unresolved(
        "dns.no-data", "The external name exists and has no A record: NOERROR with an SOA only.",
        authorities=AUTHORITY),
    "dns-truncated": unresolved(
        "dns.truncated", "The answer is truncated (TC) and the client never asks again over TCP.",
        truncated=True),
    "dns-no-answer": no_answer,
    "dns-late-answer": late_answer,
    "dns-late-nxdomain": late_nxdomain,
    "dns-dangling-alias": dangling_alias,
    "dns-address-not-static-nat": wrong_address(
        "dns.address-not-static-nat", "10.88.246.99",
        "The external name resolves to 10.88.246.99, which is not the profile's static NAT "
        "address; nothing answers there."),
    "dns-other-address-answers": other_address_answers,
    "dns-internal-address-outside": wrong_address(
        "dns.internal-address-outside", CMS,
        "The client outside is given CMS's own address: the inside zone leaks."),
    "dns-external-address-inside": external_address_inside,
    "dns-internal-webbridge-name": internal_webbridge_name,
    "dns-srv-outside": srv_outside,
    "dns-srv-missing": srv_missing,
    "webbridge-name-unknown": webbridge_name_unknown,
}
