# SPDX-License-Identifier: MIT
"""How and where a capture was made: what limits it, and link layers that must make no
difference."""
import dns
import stun
from sample import PROFILE, VERIFIED, Sample, failing, finding, silent
from scenarios_guide import AT_CLIENT, expressway_challenge, refused_431
from story import CLIENT_ADDRESS, TURN_CHECK, arrive, call, healthy_call, start, turn_udp
from tls import Tls
from turn import Turn
from wire import MICROSECOND, Capture, Tcp, Udp, pcapng

LINK_CHECK = ("stun.type.method == 3", [
    "frame.number", "frame.protocols", "vlan.id", "pppoe.session_id", "stun.type",
    "stun.att.error.class", "stun.att.error"])
SERVER6, CLIENT6 = "2001:db8:246::156", "2001:db8:84::124"
FAULTS = ["turn.*", "dns.*", "tcp.*", "ice.*", "media.*", "dtls.*", "stun.*"]


def on_link(link):
    """A sample maker: the guide's exchange captured on another link layer."""
    def make():
        capture, session = start(link=link)
        request, refusal = refused_431(capture, password="wrong")
        session.close()
        return failing(capture, LINK_CHECK, "turn.integrity-failure", request, refusal,
                       arguments=VERIFIED, certainty="definite", cases=AT_CLIENT)
    make.__doc__ = f"The guide's refused Allocate (431) {LINKS[link]}. The diagnosis is the same."
    return make


LINKS = {
    "vlan": "with an 802.1Q tag (VLAN 84)",
    "qinq": "with two tags (802.1ad 2000 and 802.1Q 84)",
    "pppoe": "inside PPPoE",
    "sll": "captured on all interfaces of a Linux machine (cooked, version 1)",
    "sll2": "captured on all interfaces of a Linux machine (cooked, version 2)",
    "raw": "on a tunnel without a link layer (raw IP)",
}


def snaplen():
    """The wrong password again, 401 twice, captured with a snaplen of 96: what is cut off must not
    be taken for malformed, and the refusal is still seen."""
    capture, session = start(snaplen=96)
    turn = turn_udp(capture, password="wrong")
    turn.challenge()
    turn.authenticate()
    turn.new_nonce()
    refusal = turn.error(stun.ALLOCATE, 401, turn.challenge_attributes())
    session.close()
    sample = failing(capture, ("stun", ["frame.number", "frame.len", "frame.cap_len", "stun.type",
                                        "stun.att.error"]),
                     "turn.integrity-failure", refusal, absent=["stun.*"])
    sample.expected["findings"]["present"].append(finding("capture.snaplen"))
    sample.flaws = ": none; tshark cannot check what was cut off"
    return sample


def one_side(keep_near, note):
    """A sample maker: a healthy call of which only one direction was captured."""
    def make():
        capture, session = start()
        healthy_call(capture, session, turn_udp(capture))
        capture.frames = [frame for frame in capture.frames
                          if (frame.source in capture.near) == keep_near]
        return Sample(capture, TURN_CHECK, PROFILE, exit_status=0, root_cause=None,
                      findings={"present": [finding("capture.one-sided")], "absent": FAULTS,
                                "quiet": ["error"]})
    make.__doc__ = note
    return make


def drops():
    """A healthy call in a pcapng file whose interface statistics block counts 37 packets dropped by
    the capturing machine: silence in it may be the capture's."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    sample = Sample(capture, TURN_CHECK, PROFILE, exit_status=0,
                    cases={"connect-timeout": "cleared"},
                    findings={"present": [finding("capture.drops", certainty="definite")],
                              "absent": FAULTS, "quiet": ["error"]})
    sample.octets, sample.file = pcapng(capture, 37), "capture.pcapng"
    return sample


def gap():
    """The capture lost a packet: the client acknowledges 1105 octets of the server's answer that are
    not in the file. The network lost nothing, for nothing was sent again."""
    capture, session = start()
    page = session.page()
    capture.frames.remove(page)
    healthy_call(capture, session, turn_udp(capture))
    return Sample(capture, ("tcp.analysis.flags", ["frame.number", "ip.src", "tcp.analysis.flags",
                                                   "tcp.analysis.ack_lost_segment"]),
                  PROFILE, exit_status=0, cases={"connect-timeout": "cleared"},
                  findings={"absent": FAULTS, "quiet": ["error"]})


def turn_only():
    """Only TURN was captured, as with the filter port 3478: no lookup and no TLS. Nothing may be
    said of what came before; the call itself is whole."""
    capture = Capture()
    turn = turn_udp(capture)
    turn.allocate()
    call(turn)
    turn.release()
    return silent(capture, TURN_CHECK, absent=FAULTS, cases={"connect-timeout": "cleared"})


def clock():
    """The clock of the capturing machine is set back by an hour in the middle of a healthy call:
    every later frame is earlier than the first."""
    capture, session = start()
    healthy_call(capture, session, turn_udp(capture))
    for frame in capture.frames[40:]:
        frame.time -= 3600 * MICROSECOND
    return Sample(capture, ("frame.number in {39..42}", ["frame.number", "frame.time_epoch"]),
                  PROFILE, exit_status=0,
                  findings={"present": [finding("capture.clock")], "absent": FAULTS,
                            "quiet": ["error"]})


def many_lookups():
    """Somebody scans names: 4200 lookups that nobody waits for, more than are remembered at once,
    and a healthy call. The oldest lookups are forgotten, which is said; nothing else is wrong."""
    capture = Capture(link="raw")
    flow = Udp(capture, ("172.16.84.130", 40000), ("10.88.246.210", 53))
    for number in range(4200):
        flow.send(dns.query(number, f"{number}.x", dns.A))
    session = arrive(capture)
    healthy_call(capture, session, turn_udp(capture))
    return Sample(capture, TURN_CHECK, PROFILE, exit_status=0, root_cause=None,
                  cases={"connect-timeout": "cleared"},
                  findings={"present": [finding("analyzer.state-evicted")], "absent": FAULTS,
                            "quiet": ["error"]})


def two_clients():
    """Two clients behind one mirror port fail for two reasons: one signs with the wrong password,
    the other's UDP 3478 is dropped. Each attempt has its own cause."""
    capture = Capture(near=(CLIENT_ADDRESS, "172.16.84.125"))
    one = arrive(capture)
    two = arrive(capture, "172.16.84.125", 51001, label="two")
    silent_turn = turn_udp(capture, client=("172.16.84.125", 51124), label="two")
    first = silent_turn.ask()
    request, refusal = refused_431(capture, password="wrong")
    for pause in (0.5, 1, 2, 4, 8, 16):
        capture.wait(pause)
        silent_turn.flow.send(first.network[28:])
    capture.wait(13)
    two.page()
    one.page()
    return Sample(capture, TURN_CHECK, PROFILE, exit_status=1, verdict="fail",
                  cases={"connect-timeout": "matched"},
                  findings={"present": [
                      finding("turn.integrity-failure", "connect-timeout", request, refusal,
                              caused_by=None),
                      finding("turn.no-answer", "connect-timeout", first, caused_by=None)]},
                  attempts=[{"client": CLIENT_ADDRESS, "outcome": "failed",
                             "root_cause": "turn.integrity-failure"},
                            {"client": "172.16.84.125", "outcome": "failed",
                             "root_cause": "turn.no-answer"}])


def start_ipv6():
    """A client that has arrived over IPv6. Returns the capture, the session, the TURN flow."""
    capture = Capture(near=(CLIENT6,))
    resolver = dns.Resolver(capture, CLIENT6, ("2001:db8:246::210", 53))
    resolver.ask("cmsweb.octavio.com", dns.AAAA)
    resolver.answer(dns.address("cmsweb.octavio.com", SERVER6))
    session = Tls(Tcp(capture, (CLIENT6, 50001), (SERVER6, 443)))
    session.establish()
    session.page()
    return capture, session, Udp(capture, (CLIENT6, 50124), (SERVER6, 3478))


def fragments():
    """The guide's refused Allocate; the refusal arrives in two IP fragments. A filter by port loses
    the second, the diagnosis must not."""
    capture, session = start()
    request, refusal = refused_431(capture, password="wrong")
    whole = capture.fragment(refusal, 120)
    session.close()
    return failing(capture, ("ip.flags.mf == 1 || ip.frag_offset > 0 || stun", [
        "frame.number", "frame.len", "ip.flags.mf", "ip.frag_offset", "stun.type",
        "stun.att.error.class", "stun.att.error"]),
        "turn.integrity-failure", request, whole, arguments=VERIFIED, certainty="definite",
        cases=AT_CLIENT)


def cut_file():
    """The file ends in the middle of its last packet, as when the disk is full. What stands before
    the cut is diagnosed and reported; the exit status says that the input was bad."""
    capture, session = start()
    request, refusal = refused_431(capture, password="wrong")
    session.close()
    sample = failing(capture, TURN_CHECK, "turn.integrity-failure", request, refusal,
                     arguments=VERIFIED, certainty="definite")
    sample.expected["exit_status"] = 2
    sample.cut = 20
    return sample


def hostile_text():
    """The refusal's reason phrase and SOFTWARE, and a looked-up name, hold escape sequences, NUL,
    a C1 control character, markup and octets that are not UTF-8: they must arrive harmless."""
    capture, session = start()
    hostile = b"\x1b]0;owned\x07\x1b[2J\x00\xc2\x9b31m<script>\xff\xfe\"\\"
    resolver = dns.Resolver(capture, label="hostile")
    resolver.ask("a\x1b[31m\x7fb.octavio.com")
    resolver.answer(rcode=dns.NXDOMAIN)
    turn = turn_udp(capture, password="wrong", software=hostile)
    turn.challenge()
    request = turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 431, turn.credentials(), signed=True, reason=hostile)
    session.close()
    return failing(capture, ("stun.type.method == 3", ["frame.number", "stun.type",
                                                       "stun.att.error", "stun.length"]),
                   "turn.integrity-failure", request, refusal, arguments=VERIFIED,
                   certainty="definite", subjects={"error_code": 431})


V6_CHECK = ("stun.type && stun.type.class != 1", [
    "frame.number", "ipv6.src", "ipv6.dst", "stun.type", "stun.att.error", "stun.att.ipv6",
    "stun.att.port"])


def ipv6():
    """A healthy call over IPv6 from end to end. No profile: the lab's is IPv4."""
    capture, session, flow = start_ipv6()
    healthy = Turn(flow)
    healthy.allocate((SERVER6, 24660))
    call(healthy, (SERVER6, 24660))
    healthy.release()
    session.close()
    return silent(capture, V6_CHECK, arguments=[], verdict="pass",
                  cases={"connect-timeout": "cleared"},
                  expect={"turn": {"allocations": [
                      {"client": "[2001:db8:84::124]:50124",
                       "relayed": "[2001:db8:246::156]:24660", "state": "released"}]}})


def case4_ipv6():
    """The guide's refused Allocate (431) over IPv6. No profile: the lab's is IPv4."""
    capture, session, flow = start_ipv6()
    turn = Turn(flow, password="wrong")
    expressway_challenge(turn)
    turn.authenticate()
    refusal = turn.error(stun.ALLOCATE, 431, turn.credentials(), signed=True)
    session.close()
    return failing(capture, V6_CHECK, "turn.integrity-failure", refusal, arguments=[])


SCENARIOS = {
    **{f"case4-431-{link}": on_link(link) for link in LINKS},
    "case4-431-ipv6": case4_ipv6,
    "case4-431-fragments": fragments,
    "capture-cut-file": cut_file,
    "hostile-text": hostile_text,
    "ipv6": ipv6,
    "capture-snaplen": snaplen,
    "capture-one-sided": one_side(True, "A healthy call of which only what the client sent was "
                                  "captured: every request looks unanswered. That is the capture's "
                                  "fault, not the network's."),
    "capture-one-sided-answers": one_side(False, "A healthy call of which only what the client "
                                          "received was captured."),
    "capture-drops": drops,
    "capture-gap": gap,
    "many-lookups": many_lookups,
    "turn-only": turn_only,
    "capture-clock": clock,
    "two-clients-two-faults": two_clients,
}
