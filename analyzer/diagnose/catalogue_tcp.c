/* SPDX-License-Identifier: MIT */
/* tcp.*: connections to the ports that matter, other than TURN's own. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TCP_NO_ANSWER,
        .name = "tcp.no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "The server does not answer connection requests",
        .explanation =
            "The client asks for a connection, and the server does not answer. A firewall "
            "drops the packets on the way there or back, or no machine has that address. The page "
            "does not load at all; certificates and passwords have not come into play.",
        .remedy =
            {
                "Open the port from the clients to the server and check address translation: TCP "
                "443 for the page.",
                "Check that the address in the capture is the intended one; if not, correct DNS.",
                "On Expressway-E: TCP 443 must reach the public (static NAT) address.",
                "Between CMS and its web bridge: open TCP 443 to the address that the web bridge "
                "listens on.",
            },
        .reference = "RFC 9293 §3.8.1; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "SYN packets, repeated, with no SYN-ACK, RST or ICMP message; or with an ICMP "
                    "message that they are not let through, or have no way to go.",
        .raise_certainty = "A capture on the server (Expressway-E LAN2) at the same time: it shows "
                           "whether the SYN arrives.",
    },
    {
        .code = FINDING_TCP_REFUSED,
        .name = "tcp.refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The server refuses connections on this port",
        .explanation = "The connection request was answered by a reset, or by an ICMP error of the "
                       "server's own about the port: nothing listens on that port, or a firewall "
                       "rejects it in the server's name. The address is reachable, so routing and "
                       "the way back are in order.",
        .remedy =
            {
                "Start the service, or correct the port or address that leads here.",
                "On Expressway-E: check that the web proxy for Meeting Server is enabled on "
                "Expressway-C, under Configuration > Unified Communications > Cisco Meeting "
                "Server.",
                "On CMS: check with the MMP command webbridge that it is enabled and listens on "
                "the right interface and port (a:443).",
            },
        .reference = "RFC 9293 §3.5.2",
        .evidence = "A SYN answered by RST, or by ICMP port unreachable from the server's address.",
    },
    {
        .code = FINDING_TCP_RESET_BY_MIDDLEBOX,
        .name = "tcp.reset-by-middlebox",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_HINT,
        .case_id = CASE_PREREQUISITES,
        .title = "A device on the way seems to have cut the connection",
        .explanation =
            "The connection was reset by a packet that names the server as its sender, but came a "
            "different number of hops than the server's other packets. Firewalls and proxies forge "
            "such resets. A server behind a load balancer can look the same.",
        .remedy =
            {
                "Look in the logs of firewalls and proxies at the time of the reset.",
                "Exempt the server's address or name from inspection there.",
            },
        .reference = "RFC 3360",
        .evidence = "A RST whose TTL or hop limit differs by more than 3 from that of the server's "
                    "SYN-ACK.",
        .raise_certainty = "A capture on the server at the same time: a reset that never left the "
                           "server was made on the way.",
    },
    {
        .code = FINDING_TCP_BLACK_HOLE,
        .name = "tcp.black-hole",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "Large packets vanish on the way",
        .explanation =
            "Small packets pass and large ones are repeated without effect, so the connection "
            "opens and then hangs. A link with a smaller MTU drops them, and the ICMP message that "
            "should say so is filtered. Typical behind VPNs, tunnels and PPPoE.",
        .remedy =
            {
                "Allow ICMP type 3 code 4, and ICMPv6 type 2, through the firewalls on the way.",
                "Limit the segment size at the tunnel or router (MSS clamping).",
                "As a test, set the client's MTU to 1280 and try again.",
            },
        .reference = "RFC 2923 §2.1, RFC 4821 §1",
        .evidence = "Full-sized segments retransmitted without acknowledgement while small ones "
                    "are acknowledged; or an ICMP packet-too-big message without effect.",
        .raise_certainty = "Captures on both sides at the same time: the large packets leave one "
                           "and never reach the other.",
    },
    {
        .code = FINDING_TCP_ZERO_WINDOW,
        .name = "tcp.zero-window",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "One end stopped reading for more than three seconds",
        .explanation = "One end announced that it has no room for more data and kept the other "
                       "waiting. Its program is overloaded or hangs. The network is not at fault: "
                       "it delivered all that was allowed.",
        .remedy =
            {
                "Check load and memory of the end that announced the zero window.",
                "If it is the server, look at its log for that time.",
            },
        .reference = "RFC 9293 §3.8.6.1",
        .evidence = "A window of zero that stays for more than three seconds.",
    },
};

const struct catalogue_family catalogue_tcp = {rows, sizeof rows / sizeof rows[0]};
