# SPDX-License-Identifier: MIT
"""What a key log shows inside TLS, and what the event log of CMS says beside a capture."""
import dns
from conversations import play, play_datagrams
from sample import PROFILE, VERIFIED, failing, finding, silent, warning
from scenarios_guide import refused_431
from story import CLIENT_ADDRESS, NAME, NAT, TURN_CHECK, healthy_call, start, turn_udp
from wire import Capture, Tcp, Udp, pcapng

KEYS = "keys.log"
KEYLOG = ["--keylog", KEYS]
LOG = "event.log"
CMS_LOG = ["--cms-log", LOG]
INSIDE_CHECK = ("tls.handshake || http || http2.headers || stun", [
    "frame.number", "ip.src", "tcp.dstport", "tls.handshake.type", "http.request.method",
    "http.response.code", "http2.headers.method", "http2.headers.status", "stun.type",
    "stun.att.error.class", "stun.att.error"])
QUIC_CHECK = ("quic", ["frame.number", "ip.src", "quic.long.packet_type", "quic.packet_number",
                       "tls.handshake.type", "quic.cc.error_code"])
AT_HTTP = [{"client": CLIENT_ADDRESS, "outcome": "failed", "broken_step": "http"}]


def page(name):
    """A capture of a client that looks the name up and loads the page over the recorded connection.
    Returns it with the key log and the frames of the connection."""
    capture = Capture()
    dns.Resolver(capture).lookup(NAME, NAT)
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443))
    keys, frames = play(tcp, name)
    tcp.close()
    return capture, keys, frames


def page_refused(name, arguments=KEYLOG, files=True):
    capture, keys, frames = page(name)
    return keys, failing(capture, INSIDE_CHECK, "http.bad-request", frames[-2], frames[-1],
                         case="bad-request", certainty="definite", attempts=AT_HTTP,
                         cases={"not-secure": "cleared"}, arguments=PROFILE + arguments,
                         files={KEYS: keys} if files else None,
                         subjects={"name": NAME, "error_code": 400, "transport": "tls"})


def bad_request_12():
    """The page is answered 400 inside TLS 1.2: with the browser's key log it is seen."""
    return page_refused("page-refused-12")[1]


def bad_request_13():
    """The page is answered 400 inside TLS 1.3: with the browser's key log it is seen, and so is the
    certificate, which is a good one."""
    return page_refused("page-refused-13")[1]


def bad_request_http2():
    """The page is asked for and answered 400 in HTTP/2, with compressed header fields."""
    return page_refused("page-refused-http2")[1]


def bad_request_embedded():
    """The key log is inside the capture, in a Decryption Secrets Block, as editcap
    --inject-secrets puts it there. No option is needed."""
    keys, sample = page_refused("page-refused-13", [], files=False)
    sample.file, sample.octets = "capture.pcapng", pcapng(sample.capture, 0, keys)
    return sample


def websocket_refused():
    """The page comes, and the WebSocket that it opens is answered 403 inside TLS 1.3: something in
    front of the web bridge lets no WebSocket through."""
    capture, keys, frames = page("websocket-refused-13")
    return warning(capture, INSIDE_CHECK, "http.websocket-refused", frames[-2], frames[-1],
                   case="prerequisites", certainty="definite", arguments=PROFILE + KEYLOG,
                   files={KEYS: keys}, cases={"bad-request": "cleared", "not-secure": "cleared"},
                   subjects={"name": NAME, "error_code": 403, "transport": "tls"},
                   expect={"http": {"exchanges": [
                       {"method": "GET", "path": "/", "status": 200, "websocket": None},
                       {"method": "GET", "path": "/ws", "status": 403, "websocket": "refused"}]}})


def other_key_log():
    """The key log is of another connection: nothing is decrypted, and nothing is said about what
    nobody saw."""
    capture, _, _ = page("page-refused-13")
    _, other, _ = page("page-13")
    return silent(capture, INSIDE_CHECK, arguments=PROFILE + KEYLOG, files={KEYS: other},
                  absent=["http.*"], cases={"bad-request": "not-observable",
                                            "not-secure": "not-observable"},
                  present=[finding("tls.certificate-hidden", severity="info")])


def page_13():
    """The page comes, over TLS 1.3 with a good certificate: with the key log two of the guide's
    cases are out of the question."""
    capture, keys, _ = page("page-13")
    return silent(capture, INSIDE_CHECK, arguments=PROFILE + KEYLOG, files={KEYS: keys},
                  absent=["tls.certificate-hidden"],
                  cases={"bad-request": "cleared", "not-secure": "cleared"})


def self_signed_13():
    """A self-signed certificate in TLS 1.3, where it is encrypted: the key log shows it. A person
    clicked the warning away, and the page came."""
    capture, keys, frames = page("page-self-signed-13")
    sample = warning(capture, INSIDE_CHECK, "tls.certificate-self-signed", frames[1],
                     case="not-secure", certainty="definite", arguments=PROFILE + KEYLOG,
                     files={KEYS: keys}, absent=["tls.certificate-hidden"],
                     cases={"not-secure": "matched", "bad-request": "cleared"})
    for name in ("verdict", "root_cause", "exit_status"):  # how bad it is, is the catalogue's
        del sample.expected[name]
    del sample.expected["findings"]["quiet"]
    return sample


def quic_self_signed():
    """Chromium over QUIC (HTTP/3), whose server has a self-signed certificate: the browser refuses
    it with CONNECTION_CLOSE, alert 46, in a Handshake packet. Only a key log shows either."""
    capture = Capture()
    dns.Resolver(capture).lookup(NAME, NAT)
    keys, frames = play_datagrams(Udp(capture, (CLIENT_ADDRESS, 50001), (NAT, 443)),
                                  "quic-self-signed")
    return failing(capture, QUIC_CHECK, "tls.certificate-self-signed", frames[3],
                   case="not-secure", certainty="definite", arguments=PROFILE + KEYLOG,
                   files={KEYS: keys}, absent=["tls.certificate-hidden"],
                   cases={"not-secure": "matched"},
                   expect={"tls": {"handshakes": [{
                       "protocol": "quic", "state": "client-rejected", "alpn_selected": "h3",
                       "alert": {"from": "client", "description": "certificate_unknown"}}]}})


def turns(name):
    """TURN over TLS on 5349, behind a page that loads."""
    capture, session = start()
    tcp = Tcp(capture, (CLIENT_ADDRESS, 50130), (NAT, 5349))
    keys, frames = play(tcp, name)
    tcp.close()
    session.close()
    return capture, keys, frames


def turn_refused():
    """TURN inside TLS 1.3: the Allocate with credentials is answered 431, which only the key log
    shows."""
    capture, keys, frames = turns("turn-refused-13")
    return failing(capture, INSIDE_CHECK, "turn.integrity-failure", frames[-2], frames[-1],
                   certainty="definite", arguments=VERIFIED + KEYLOG, files={KEYS: keys},
                   absent=["turn.hidden", "turn.challenge-unanswered"],
                   subjects={"client": "172.16.84.124:50130", "server": "10.88.246.156:5349",
                             "transport": "tls",
                             "username": "turnuser", "error_code": 431},
                   expect={"turn": {"allocations": [{"state": "refused", "transport": "tls",
                                                     "error_code": 431,
                                                     "integrity": "mismatch"}]}})


def turn_granted():
    """TURN inside TLS 1.2 that works: allocated and released."""
    capture, keys, _ = turns("turn-granted-12")
    return silent(capture, INSIDE_CHECK, arguments=VERIFIED + KEYLOG, files={KEYS: keys},
                  absent=["turn.hidden"],
                  expect={"turn": {"allocations": [{"state": "released", "transport": "tls",
                                                    "integrity": "verified"}]}})


WEBBRIDGE_LINE = "2017-05-20 {time} Warning Web bridge connection to " \
    "\"cmsweb.cms.octavio.local\" failed (connect failure)\n"


def log_webbridge():
    """The guide's first case: the event log of CMS says that the web bridge cannot be reached. At
    the client the page loads normally."""
    capture, session = start()
    session.close()
    return failing(capture, INSIDE_CHECK, "webbridge.link-failed", case="join-call-missing",
                   certainty="definite", arguments=PROFILE + CMS_LOG,
                   files={LOG: WEBBRIDGE_LINE.format(time="19:52:28.769")},
                   subjects={"name": "cmsweb.cms.octavio.local"},
                   first="2017-05-20T19:52:28.769000Z")


def log_webbridge_long_ago():
    """The guide's own line and its own capture are of different hours: the line is reported, and
    blamed for nothing that was captured."""
    capture, session = start()
    session.close()
    return warning(capture, INSIDE_CHECK, "webbridge.link-failed", case="join-call-missing",
                   severity="warning", arguments=PROFILE + CMS_LOG,
                   files={LOG: WEBBRIDGE_LINE.format(time="18:15:28.769")})


GUEST_LINE = "2017-05-20 {time} Info web bridge link 3: new guest login request 21 received\n"


def log_webbridge_restored():
    """The web bridge link fails as CMS starts, before the web bridge is there, and guests come in over
    it a minute later, when the call works: nothing is wrong any more."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    return silent(capture, INSIDE_CHECK, verdict="pass", arguments=PROFILE + CMS_LOG,
                  cases={"join-call-missing": "cleared"},
                  files={LOG: WEBBRIDGE_LINE.format(time="19:51:28.769")
                         + GUEST_LINE.format(time="19:52:30.500")},
                  present=[finding("webbridge.link-failed", severity="info")])


def log_webbridge_beside():
    """Another web bridge of the cluster cannot be reached, says the log, while the client of the
    capture has its page and asks for a relay with the wrong password: it is past the Join call
    button, and kept out by the password."""
    capture, session = start()
    request, refusal = refused_431(capture, password="wrong")
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     certainty="definite", arguments=VERIFIED + CMS_LOG,
                     files={LOG: WEBBRIDGE_LINE.format(time="19:52:28.769")})
    sample.expected["findings"]["present"].append(
        finding("webbridge.link-failed", "join-call-missing", severity="warning"))
    return sample


def log_case4():
    """The guide's fourth case with its log, downloaded: CMS waits for its relay for three seconds.
    The refused Allocate in the capture explains the line."""
    capture, session = start()
    request, refusal = refused_431(capture, password="wrong")
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     arguments=VERIFIED + CMS_LOG, cases={"join-call-missing": "cleared"},
                     files={LOG: "".join(
                         f"2017-05-20\t19:{line}\r\n" for line in (
                             "43:14.133\tInfo\tweb bridge link 3: new guest login request 21 "
                             "received",
                             "43:14.133\tInfo\tguest login request 21: resolution in progress",
                             "43:18.805\tInfo\tcall 6: setting up combined RTP session for DTLS "
                             "(combined media and control)",
                             "43:21.805\tWarning\tcall 6: ICE failure; relay candidate creation "
                             "timeout"))})
    sample.expected["findings"]["present"].append(finding(
        "relay.candidate-timeout", "connect-timeout", caused_by="turn.integrity-failure",
        severity="error", evidence=[{"frame": 3, "protocol": "CMS log",
                                     "time": "2017-05-20T19:43:18.805000Z"},
                                    {"frame": 4, "display_filter": None}]))
    return sample


def log_other_zone():
    """A syslog of a CMS that logs in the time of Brussels, without a year: its times are moved by
    two hours to fit the capture."""
    capture, session = start()
    turn = turn_udp(capture)
    turn.allocate()
    session.close()
    return failing(capture, TURN_CHECK, "ice.unauthorized", certainty="definite",
                   arguments=PROFILE + CMS_LOG, first="2017-05-20T19:52:31.000000Z",
                   files={LOG: "May 20 21:52:31 user.warning cms host:server: call 7: ICE failure "
                               "4 (unauthorized - check credentials)\n"})


SCENARIOS = {
    "http-bad-request-tls12": bad_request_12,
    "http-bad-request-tls13": bad_request_13,
    "http-bad-request-http2": bad_request_http2,
    "http-bad-request-embedded-keys": bad_request_embedded,
    "http-websocket-refused": websocket_refused,
    "key-log-of-another": other_key_log,
    "page-tls13": page_13,
    "tls-self-signed-tls13": self_signed_13,
    "quic-self-signed": quic_self_signed,
    "turn-inside-tls-refused": turn_refused,
    "turn-inside-tls": turn_granted,
    "cms-log-webbridge": log_webbridge,
    "cms-log-long-ago": log_webbridge_long_ago,
    "cms-log-webbridge-restored": log_webbridge_restored,
    "cms-log-webbridge-beside": log_webbridge_beside,
    "cms-log-case4": log_case4,
    "cms-log-other-zone": log_other_zone,
}
