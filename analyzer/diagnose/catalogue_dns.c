/* SPDX-License-Identifier: MIT */
/* dns.*: names that clients, proxies and the conference server need. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_DNS_NXDOMAIN,
        .name = "dns.nxdomain",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The name does not exist in DNS",
        .explanation =
            "The DNS server answered that there is no such name. Whoever asked cannot go on to "
            "connect. The record is missing, the name is misspelt, or the wrong DNS server was "
            "asked: inside and outside servers know different names.",
        .remedy =
            {
                "Create the record in the zone that the asking machine uses, or correct the "
                "spelling of the name where it was configured.",
                "Check that the machine asks the intended DNS server (System > DNS on Expressway, "
                "dns on the CMS MMP).",
                "Outside, the web bridge name needs an A record with the public address; inside, "
                "one with the address of the conference server.",
            },
        .reference =
            "RFC 1035 §4.1.1, RFC 2308 §2.1; Cisco dual-domain WebRTC guide, DNS configuration",
        .evidence = "A DNS response with RCODE 3 (NXDOMAIN) to a query for that name.",
    },
    {
        .code = FINDING_DNS_SERVER_FAILURE,
        .name = "dns.server-failure",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The DNS server failed to resolve the name",
        .explanation = "The DNS server answered SERVFAIL: it could not find out. Its own servers "
                       "do not answer, the zone is broken, or a DNSSEC signature does not verify. "
                       "It does not mean that the name is missing.",
        .remedy =
            {
                "Ask the zone's own servers directly (dig NAME @SERVER) to see which one fails.",
                "Check the zone with dig +cd: if the name resolves only that way, DNSSEC is the "
                "reason.",
                "Check that the DNS server reaches its forwarders.",
            },
        .reference = "RFC 1035 §4.1.1, RFC 4035 §5.5",
        .evidence = "A DNS response with RCODE 2 (SERVFAIL) and no success on a later try.",
    },
    {
        .code = FINDING_DNS_REFUSED,
        .name = "dns.refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The DNS server refuses to answer",
        .explanation = "The DNS server answered REFUSED: its rules do not let this machine ask it "
                       "about this name. The name may well exist. Either the machine asks the "
                       "wrong server, or the server's access list lacks it.",
        .remedy =
            {
                "Let the machine ask a DNS server that serves it.",
                "On Expressway: correct the servers under System > DNS.",
                "Or add the machine's network to the access list of the DNS server.",
            },
        .reference = "RFC 1035 §4.1.1",
        .evidence = "A DNS response with RCODE 5 (REFUSED) and no success from another server.",
    },
    {
        .code = FINDING_DNS_NO_DATA,
        .name = "dns.no-data",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The name exists in DNS but has no address",
        .explanation =
            "The DNS server answered without an error and without an address: the name has records "
            "of other types only. Whoever asked cannot connect. A name that has an IPv4 address "
            "and merely lacks an IPv6 one is in order and is not reported.",
        .remedy =
            {
                "Add the A record (or the SRV record, if that is what was asked for) to the zone.",
                "Check that the inside and the outside zone both hold it.",
            },
        .reference = "RFC 2308 §2.2; Cisco dual-domain WebRTC guide, DNS configuration",
        .evidence = "A DNS response with RCODE 0 and no record of the type asked for.",
    },
    {
        .code = FINDING_DNS_NO_ANSWER,
        .name = "dns.no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "The DNS server does not answer",
        .explanation =
            "The question was repeated and no reply came. A firewall drops DNS on the way there or "
            "back, or the server is down. Nothing is known about the name itself. Systems try "
            "another server afterwards, which costs seconds and may exceed the call's time-out.",
        .remedy =
            {
                "Open UDP and TCP 53 from the asking machine to its DNS server.",
                "Check that the DNS server runs and that its address is configured rightly (System "
                "> DNS on Expressway, dns on the CMS MMP).",
            },
        .reference = "RFC 1035 §4.2.1, RFC 1123 §6.1.3.3",
        .evidence = "Two or more queries for one name without any response in the capture.",
        .raise_certainty =
            "A capture at the DNS server at the same time: it shows whether the queries arrive.",
    },
    {
        .code = FINDING_DNS_TRUNCATED,
        .name = "dns.truncated",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The DNS answer was cut short and not asked for again",
        .explanation = "The DNS server marked its answer as truncated, which tells the client to "
                       "ask again over TCP, and no TCP try succeeded. TCP port 53 is usually "
                       "blocked by a firewall that allows UDP alone. The record itself exists.",
        .remedy =
            {
                "Open TCP 53 from the asking machine to its DNS server.",
                "Make the answer smaller: fewer records under that name.",
            },
        .reference = "RFC 7766 §5, RFC 2181 §9",
        .evidence =
            "A DNS response with the TC bit and no answered query for the name over TCP after it.",
    },
    {
        .code = FINDING_DNS_DANGLING_ALIAS,
        .name = "dns.dangling-alias",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The name is an alias that leads nowhere",
        .explanation =
            "The name is an alias (CNAME) whose chain ends at a name without an address, or runs "
            "in a circle. The alias is right in form; its target was removed, renamed or misspelt.",
        .remedy =
            {
                "Correct the CNAME record, or create the address record of its target.",
                "An A record for the name itself avoids the chain altogether.",
            },
        .reference = "RFC 1034 §3.6.2",
        .evidence = "A DNS response whose CNAME chain ends without an A or AAAA record, or returns "
                    "to a name already passed.",
    },
    {
        .code = FINDING_DNS_ADDRESS_NOT_STATIC_NAT,
        .name = "dns.address-not-static-nat",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The external name resolves to another address than the public one",
        .explanation =
            "Outside, the name of the web bridge must resolve to the public (static NAT) address "
            "of the site profile, and it resolves to another one. Clients then connect to some "
            "other machine or to none. If the profile is out of date, correct that instead.",
        .remedy =
            {
                "Correct the A record of the name in the external DNS zone.",
                "With Expressway-E: the record must hold the static NAT address under System > "
                "Network interfaces > IP.",
                "Mind caches: the old answer lives for as long as its TTL says.",
            },
        .reference = "Cisco dual-domain WebRTC guide, external DNS configuration",
        .evidence = "The A record in the answer to the client, beside expressway-e.static_nat of "
                    "the site profile.",
    },
    {
        .code = FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE,
        .name = "dns.internal-address-outside",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "Outside clients are given an internal address",
        .explanation =
            "The client outside resolves the name to an internal address of the site profile (the "
            "conference server, LAN1 or LAN2). From there it cannot be reached. The internal zone "
            "leaks to the outside, or the client asks an internal DNS server over a VPN.",
        .remedy =
            {
                "Give the external DNS zone its own record with the public address.",
                "Check which DNS server the client asks; a split-tunnel VPN often sets the inside "
                "one.",
            },
        .reference = "Cisco dual-domain WebRTC guide, external DNS configuration",
        .evidence = "The A record in the answer to a client outside equals cms.address, "
                    "expressway-e.lan1 or lan2 of the site profile.",
    },
    {
        .code = FINDING_DNS_EXTERNAL_ADDRESS_INSIDE,
        .name = "dns.external-address-inside",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "Inside, the web bridge name resolves to the public address",
        .explanation = "Inside, the web bridge name must resolve to the conference server, and it "
                       "resolves to the public address. Expressway-C then sends requests back out "
                       "to its own front door instead of to the web bridge; a call bridge that is "
                       "given it looks for its web bridge there. The outside record is right; the "
                       "inside one is missing or wrong.",
        .remedy =
            {
                "In the internal DNS server, create a zone for the external name with an A record "
                "of the conference server's address.",
                "On Expressway-C: check System > DNS, and under Configuration > Unified "
                "Communications > Cisco Meeting Server that the name resolves to the CMS address.",
            },
        .reference = "Cisco dual-domain WebRTC guide, internal DNS configuration",
        .evidence = "The A record in the answer to Expressway-C or CMS equals "
                    "expressway-e.static_nat of the site profile.",
    },
    {
        .code = FINDING_DNS_INTERNAL_WEBBRIDGE_NAME,
        .name = "dns.internal-webbridge-name",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_BAD_REQUEST,
        .title = "Expressway-C looks up the internal name of the web bridge",
        .explanation =
            "Expressway-C asks for the internal web bridge name and never for the external one. "
            "Its Guest account client URI is then set to the internal name, and browsers that come "
            "in with the external name are answered Bad Request. The field of the same name on CMS "
            "is another one and does hold the internal name.",
        .remedy =
            {
                "On Expressway-C: set Guest account client URI to the external name, under "
                "Configuration > Unified Communications > Cisco Meeting Server.",
                "In the internal DNS server, let the external name resolve to the CMS address.",
            },
        .reference = "Cisco dual-domain WebRTC guide, case 2",
        .evidence = "DNS queries from Expressway-C for site.webbridge_internal_url of the site "
                    "profile, and none for site.webbridge_url.",
        .raise_certainty = "A capture on Expressway-C that holds the client's request, with the "
                           "TLS key log, or the Guest account client URI itself.",
    },
    {
        .code = FINDING_DNS_SRV_OUTSIDE,
        .name = "dns.srv-outside",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "Internal service records are visible outside",
        .explanation =
            "A client outside was given the _cisco-uds or _cuplogin record, which belongs to the "
            "inside. Clients that find it believe that they are inside and never try the way "
            "through Expressway. It breaks Mobile and Remote Access rather than the WebRTC page.",
        .remedy =
            {
                "Remove _cisco-uds._tcp and _cuplogin._tcp from the external DNS zone.",
                "Outside, publish _collab-edge._tls (port 8443) alone.",
            },
        .reference = "Cisco dual-domain WebRTC guide, internal DNS configuration; RFC 2782",
        .evidence = "A DNS answer with such an SRV record to a client outside.",
        .raise_certainty =
            "The same lookup captured on a client that is certainly outside, without a VPN.",
    },
    {
        .code = FINDING_DNS_SRV_MISSING,
        .name = "dns.srv-missing",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_MEDIA_STUCK,
        .title = "The conference server cannot find its XMPP service",
        .explanation = "CMS asks for the _xmpp-client record of its domain and gets none. The page "
                       "then loads and the call stays at loading media. It concerns CMS up to 2.9 "
                       "only: from 3.0 on there is no XMPP.",
        .remedy =
            {
                "In the internal DNS server, create _xmpp-client._tcp (port 5222) for the XMPP "
                "domain, pointing to the XMPP server's name, and that name's A record.",
                "Or add the records on CMS itself with the MMP command dns add rr.",
                "Check that CMS asks the internal DNS server, with the MMP command dns.",
            },
        .reference =
            "RFC 2782, RFC 6120 §3.2.1; Cisco dual-domain WebRTC guide, internal DNS configuration",
        .evidence =
            "A DNS response to CMS without an SRV record for _xmpp-client._tcp of its domain.",
    },
    {
        .code = FINDING_DNS_UNRESOLVED,
        .name = "dns.unresolved",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_HINT,
        .case_id = CASE_PREREQUISITES,
        .title = "A name did not resolve, and the client did not get to TURN",
        .explanation =
            "The client asked for this name and got no address. If it is the name of the page or "
            "of the TURN server, that is why the call does not start; browsers and desktops also "
            "ask for names that need not exist. Without a site profile this cannot be told.",
        .remedy =
            {
                "If the name is the page's or the TURN server's, create its record, or correct the "
                "name that clients are given.",
                "Name the site's domains in a profile (--profile): then its names are judged, and "
                "no others.",
            },
        .reference = "RFC 1035 §4.1.1, RFC 2308",
        .evidence = "A DNS query for an address that was refused, answered without one, or not "
                    "answered, by a client of which no TURN is seen.",
        .raise_certainty = "A site profile that names the external domain.",
    },
};

const struct catalogue_family catalogue_dns = {rows, sizeof rows / sizeof rows[0]};
