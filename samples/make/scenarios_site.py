# SPDX-License-Identifier: MIT
"""What only the site profile can judge: the same packets mean another thing at another site."""
import dns
import stun
from sample import PROFILE, failing, silent
from scenarios_guide import AT_CLIENT, RETRANSMISSIONS
from scenarios_media import ICE_CHECK
from story import (CLIENT_ADDRESS, CMS, DNS_INSIDE, LAN1, LAN2, NAME, NAT, TURN_CHECK, healthy_call,
                   start, turn_udp)
from tls import Tls
from turn import Ice
from wire import Capture, Tcp

SITE = f"""[site]
webbridge_url = {NAME}
client_network = 172.16.84.0/24

[expressway-e]
static_nat = {NAT}
lan1 = {LAN1}
lan2 = {LAN2}
version = %s

[cms]
address = {CMS}
version = %s
"""
OF_SITE = ["--profile", "site.ini"]


def site(expressway, cms):
    return {"site.ini": SITE % (expressway, cms)}


def ask_in_vain(turn, capture):
    """A Binding without credentials, and its retransmissions. Returns the first frame."""
    turn.request(stun.BINDING, signed=False)
    binding = capture.frames[-1]
    for pause in RETRANSMISSIONS:
        capture.wait(pause)
        turn.flow.send(binding.network[28:])
    return binding


def binding_unanswered():
    """The client sends Binding requests without credentials to UDP 3478 and gets no answer. The
    site's Expressway, X12.5.4, answers them (X12.6.1 would not): UDP 3478 is shut. The web page of
    the same address works."""
    capture, session = start()
    binding = ask_in_vain(turn_udp(capture), capture)
    capture.wait(10)
    session.page()
    session.close()
    return failing(capture, TURN_CHECK, "turn.no-answer", binding, certainty="strong",
                   arguments=OF_SITE, files=site("X12.5.4", "2.9.3"), cases=AT_CLIENT)


def at_cms():
    """CMS asks LAN1 with Bindings without credentials, and resolves a name meanwhile."""
    capture = Capture(near=(CMS,))
    turn = turn_udp(capture, client=(CMS, 45000), server=(LAN1, 3478))
    binding = ask_in_vain(turn, capture)
    dns.Resolver(capture, CMS, server=(DNS_INSIDE, 53)).lookup(NAME, CMS)
    capture.wait(10)
    return capture, binding


def probe_unanswered():
    """Taken at CMS 2.9.2, which tells by a Binding without credentials whether the TURN server is
    there. Expressway X12.6.1 does not answer those by design, so CMS takes it for dead."""
    capture, binding = at_cms()
    return failing(capture, TURN_CHECK, "turn.no-answer", binding, certainty="strong",
                   arguments=OF_SITE, files=site("X12.6.1", "2.9.2"))


def probe_by_allocate():
    """The same packets at CMS 2.9.3, which does not go by them: it asks with an Allocate. That
    Expressway X12.6.1 leaves them unanswered is by design."""
    capture, _ = at_cms()
    return silent(capture, TURN_CHECK, absent=["turn.no-answer"], arguments=OF_SITE,
                  files=site("X12.6.1", "2.9.3"))


def no_reflection():
    """Client and CMS each have a relay of the same Expressway-E, so the client's checks go to the
    static NAT address. Up to X12.5.2 Expressway-E sends them out to the firewall, which has to turn
    them back; this one does not, and no check is answered."""
    capture, session = start()
    peer = (NAT, 24662)
    turn = turn_udp(capture)
    turn.allocate()
    turn.permit(peer)
    ice = Ice("relays")
    first = None
    for _ in range(8):
        frame = turn.send_indication(ice.check()[0], peer)
        first = first or frame
        capture.wait(4)
    session.close()
    return failing(capture, ICE_CHECK, "ice.no-connectivity", first, certainty="strong",
                   arguments=OF_SITE, files=site("X12.5.2", "2.9"), cases=AT_CLIENT)


def tcp_relay_refused():
    """The client asks for a relay over TCP (REQUESTED-TRANSPORT 6) and is refused with 442: the
    site has relays over UDP only."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.request(stun.ALLOCATE, [stun.transport(6)], signed=False)
    turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    turn.request(stun.ALLOCATE, [stun.transport(6)])
    refusal = turn.error(stun.ALLOCATE, 442, signed=True)
    session.close()
    return failing(capture, TURN_CHECK, "turn.transport-unsupported", refusal,
                   certainty="definite", cases=AT_CLIENT)


def administration():
    """Beside a healthy call somebody looks at Expressway-E's web administration on port 445, whose
    certificate is self-signed, and is refused on another connection. No client's way in leads
    there."""
    capture, session = start()
    page = Tls(Tcp(capture, (CLIENT_ADDRESS, 50010), (NAT, 445)), "admin", "vcse.octavio.com",
               ("self-signed",))
    page.establish()
    page.page()
    page.close()
    refused = Tcp(capture, (CLIENT_ADDRESS, 50011), (NAT, 445))
    refused.syn()
    refused.reset(by_server=True)
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, ("tcp.port == 445", ["frame.number", "ip.src", "tcp.flags.str",
                                                "tls.handshake.type"]),
                  verdict="pass", cases={"not-secure": "cleared"}, arguments=PROFILE,
                  absent=["tls.*", "tcp.*"])


def dialect_431():
    """The site's server says 431 to a wrong password. To these credentials it says 401, with
    neither USERNAME nor MESSAGE-INTEGRITY: it does not know the user."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.challenge()
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    text = SITE % ("X8.9", "2.1") + "\n[turn]\nerror_dialect = 431\n"
    return failing(capture, TURN_CHECK, "turn.unknown-user", refusal, certainty="strong",
                   cases=AT_CLIENT, arguments=OF_SITE, files={"site.ini": text},
                   absent=["turn.integrity-failure"])


SCENARIOS = {
    "turn-binding-unanswered": binding_unanswered,
    "cms-probe-unanswered": probe_unanswered,
    "cms-probe-by-allocate": probe_by_allocate,
    "ice-no-reflection": no_reflection,
    "turn-tcp-relay-refused": tcp_relay_refused,
    "administration-page": administration,
    "turn-unknown-user-dialect": dialect_431,
}
