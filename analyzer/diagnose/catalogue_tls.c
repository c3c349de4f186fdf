/* SPDX-License-Identifier: MIT */
/* tls.* other than certificates, http.*, webbridge.*: how the web page and its link come about. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TLS_VERSION_MISMATCH,
        .name = "tls.version-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "Client and server have no TLS version in common",
        .explanation =
            "One side ended the handshake because of the protocol version. Mostly an old server "
            "offers nothing newer than TLS 1.0 or 1.1, which current browsers refuse, or an old "
            "client meets a server that was hardened. Certificates have not been looked at yet.",
        .remedy =
            {
                "Let both sides support TLS 1.2 or newer.",
                "On Expressway: see Maintenance > Security > Ciphers for the minimum version of "
                "each service.",
                "Update the older side.",
            },
        .reference = "RFC 8446 §6.2 and §4.1.3, RFC 8996",
        .evidence = "Alert 70 (protocol_version), or alert 86 (inappropriate_fallback), and the "
                    "versions offered in the ClientHello.",
    },
    {
        .code = FINDING_TLS_NO_COMMON_CIPHER,
        .name = "tls.no-common-cipher",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "Client and server have no cipher in common",
        .explanation = "The server answered the client's hello with a handshake failure: among "
                       "ciphers, groups and signatures offered, it found nothing that it accepts. "
                       "Common after one side was hardened or its certificate changed to another "
                       "key type. The network is not at fault.",
        .remedy =
            {
                "Compare the ciphers in the client's hello with those that the server allows, and "
                "widen the narrower list.",
                "On Expressway: Maintenance > Security > Ciphers.",
                "Check that the server's key type (RSA or ECDSA) fits the ciphers that it allows.",
            },
        .reference = "RFC 8446 §4.1.1 and §6.2, RFC 5246 §7.2.2",
        .evidence = "Alert 40 (handshake_failure) or 71 (insufficient_security) from the server "
                    "right after the ClientHello, without a ServerHello.",
        .raise_certainty = "The server's log of that handshake, or its list of allowed ciphers.",
    },
    {
        .code = FINDING_TLS_UNRECOGNIZED_NAME,
        .name = "tls.unrecognized-name",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The server does not serve the name that the client asked for",
        .explanation = "The server ended the handshake with the alert unrecognized_name: it has no "
                       "certificate for the name that the client asked for. The name is not "
                       "configured there, or DNS leads to the wrong machine. The same alert as a "
                       "mere warning is harmless and is not reported.",
        .remedy =
            {
                "Configure the name on the server, or correct DNS so that it leads to the machine "
                "that serves it.",
                "With Expressway: check that Guest account client URI on Expressway-C, under "
                "Configuration > Unified Communications > Cisco Meeting Server, is the name that "
                "users open.",
            },
        .reference = "RFC 6066 §3",
        .evidence = "A fatal alert 112 from the server, and the server name in the ClientHello.",
    },
    {
        .code = FINDING_TLS_HANDSHAKE_REFUSED,
        .name = "tls.handshake-refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "One side ends the TLS handshake with an alert",
        .explanation =
            "A fatal alert ended the handshake for a reason other than the certificate, "
            "the version, the ciphers or the name; the evidence shows which alert, and "
            "who sent it. no_application_protocol: the server speaks none of the "
            "protocols (ALPN) that the client offers, so it is another service than the "
            "client expects. internal_error: the fault is within that side itself. "
            "decode_error, decrypt_error, illegal_parameter, unexpected_message: the two "
            "implementations do not understand each other, or a device between them "
            "alters what they say.",
        .remedy =
            {
                "Read the log of the side that sent the alert, at the time of its frame.",
                "For no_application_protocol, check that the address and port lead to the service "
                "that is meant: a web page offers h2 or http/1.1, TURN offers stun.turn.",
                "Try the same from another network: if it works there, look for a device that "
                "inspects TLS in the first one.",
                "Update the older side.",
            },
        .reference = "RFC 8446 §6.2, RFC 7301 §3.2",
        .evidence = "A fatal alert from either side before the handshake was finished, other than "
                    "those of the other tls.* findings.",
    },
    {
        .code = FINDING_TLS_RESET_AFTER_HELLO,
        .name = "tls.reset-after-hello",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "The connection is cut right after the client's hello",
        .explanation =
            "The connection opened, the client named the server that it wants, and the connection "
            "was reset or closed without an alert. A filter that blocks by name does exactly that; "
            "so does a service that does not speak TLS. No certificate was exchanged.",
        .remedy =
            {
                "Allow the server's name in the web filter or firewall of the client's network.",
                "Check that the service on this port speaks TLS.",
                "Try the same from another network: if it works there, the first network filters.",
            },
        .reference = "RFC 8446 §6, RFC 9293 §3.5.2",
        .evidence = "A ClientHello followed by RST or FIN without any TLS record from the server.",
        .raise_certainty =
            "A capture on the server at the same time: it shows who cuts the connection.",
    },
    {
        .code = FINDING_TLS_NO_ANSWER,
        .name = "tls.no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "The server takes the connection and does not answer the TLS hello",
        .explanation =
            "The connection opened, the client sent its hello, and nothing came for it. The "
            "server's answer, which carries its certificate, is large: where large packets are "
            "lost on the way back, it never arrives. A service that hangs, and a proxy that cannot "
            "reach the one behind it, look the same.",
        .remedy =
            {
                "Look for a small MTU on the way (tunnel, VPN, PPPoE) and for filters that drop "
                "ICMP \"fragmentation needed\"; try with the MSS limited to 1200.",
                "Check on the server whether the service behind this port still answers others.",
                "Try the same from another network: if it works there, the first one is the cause.",
            },
        .reference = "RFC 8446 §2, RFC 2923 §2.1",
        .evidence = "A ClientHello, and no TLS record from the server for eight seconds or more; "
                    "TCP acknowledged it, or the client sent it again and again.",
        .raise_certainty =
            "A capture on the server at the same time: it shows whether the answer was sent.",
    },
    {
        .code = FINDING_TLS_NOT_TLS,
        .name = "tls.not-tls",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The server answers TLS with something else",
        .explanation = "The client began a TLS handshake and the server's answer is not TLS, for "
                       "example plain HTTP or plain TURN. Another service listens on that port "
                       "than the one intended. No certificate is involved.",
        .remedy =
            {
                "Let the intended service listen on that port with TLS, or correct the port in the "
                "address.",
                "Check address translation and load balancers for a rule that swaps ports.",
                "On Expressway-E: check that TURN and the web proxy do not share TCP 443 unless "
                "TCP 443 TURN service is On, under Configuration > Traversal > TURN.",
            },
        .reference = "RFC 8446 §5.1",
        .evidence = "A ClientHello answered by bytes that are no TLS record, such as HTTP/1.1 400.",
    },
    {
        .code = FINDING_TLS_INTERCEPTION,
        .name = "tls.interception",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_PREREQUISITES,
        .title = "Something on the way opens the TLS connection",
        .explanation = "For one and the same server name, certificates of different issuers are "
                       "seen. A proxy or security product on the client's side puts its own "
                       "certificate in place of the server's. Clients that do not know its "
                       "authority refuse; TURN over TLS often fails there.",
        .remedy =
            {
                "Exempt the conference server and the TURN server from TLS inspection.",
                "Where inspection must stay, install the inspecting authority on the clients.",
                "If the certificate was just replaced, or several servers have different ones, "
                "nothing is wrong.",
            },
        .reference = "RFC 5280 §4.1.2.4, RFC 8446 §9.3",
        .evidence = "Certificates for one server name with different issuers, or an issuer that is "
                    "a known inspection product.",
        .raise_certainty =
            "A capture on the server side of the same connection: the two certificates differ.",
    },
    {
        .code = FINDING_HTTP_BAD_REQUEST,
        .name = "http.bad-request",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_BAD_REQUEST,
        .title = "The web page answers 400 Bad Request",
        .explanation = "The proxy accepted the connection and refused the page with 400. The usual "
                       "reason is that Expressway-C holds the internal name of the web bridge as "
                       "Guest account client URI, while browsers come with the external name. The "
                       "browser and its user did nothing wrong; TURN has not come into play.",
        .remedy =
            {
                "On Expressway-C: set Guest account client URI to the external name, under "
                "Configuration > Unified Communications > Cisco Meeting Server.",
                "In the internal DNS server, let the external name resolve to the CMS address.",
                "With any other reverse proxy: let it serve the name that users open, and pass on "
                "the Host header that the server behind it expects.",
            },
        .reference = "RFC 9110 §15.5.1; Cisco dual-domain WebRTC guide, case 2",
        .evidence = "A status line HTTP/1.1 400, in the clear or decrypted with the key log.",
    },
    {
        .code = FINDING_HTTP_SERVER_ERROR,
        .name = "http.server-error",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The web server answers that it fails itself",
        .explanation =
            "The page was asked for, and every answer is 500 or more. 502 and 504 come from a "
            "proxy that cannot reach the server behind it, 503 from one that has nothing to pass "
            "the request to or is overloaded, 500 from the server itself. What comes before, that "
            "is DNS, TCP and TLS as far as the proxy, is in order.",
        .remedy =
            {
                "On Expressway-C: check that the external web bridge name resolves to the CMS "
                "address, and that the CMS is reached there on TCP 443.",
                "On both Expressways: check under Status > Unified Communications that the "
                "traversal zone and the SSH tunnels are active.",
                "On CMS: check with the MMP command webbridge that it is enabled and running.",
                "With any other reverse proxy: read its error log at the time of the frame.",
            },
        .reference = "RFC 9110 §15.6",
        .evidence =
            "A GET answered by 500 or more, decrypted or in the clear, and none of the same "
            "client and host that fared better.",
    },
    {
        .code = FINDING_HTTP_WEBSOCKET_REFUSED,
        .name = "http.websocket-refused",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The server refuses the WebSocket that the page opens",
        .explanation = "The page came, and the connection that it wants to keep open for "
                       "signalling, a WebSocket, was refused. Either the session is not allowed "
                       "to, or a reverse proxy on the way does not pass the upgrade on.",
        .remedy =
            {
                "If a reverse proxy or load balancer stands in front of the server: let it pass "
                "the Upgrade and Connection fields on.",
                "For 401 or 403: see in the log of the server why the session is not allowed.",
            },
        .reference = "RFC 6455 §4.2.2 and §4.1, RFC 8441 §5",
        .evidence = "A request for a WebSocket, in the clear or decrypted, answered by 400 or "
                    "more, and none that was granted.",
    },
    {
        .code = FINDING_HTTP_PROXY_REFUSED,
        .name = "http.proxy-refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "The web proxy on the client's side refuses the connection",
        .explanation = "The client asked its own web proxy to connect, and the proxy refused: 407 "
                       "wants the user to log in to the proxy, 403 means that its rules forbid the "
                       "address, 500 and more that it cannot reach the server itself. The "
                       "conference site was never reached, so nothing on it is at fault.",
        .remedy =
            {
                "Allow the conference server and the TURN server in the proxy's rules.",
                "For 407: let the client authenticate to the proxy, or exempt these addresses from "
                "the proxy.",
            },
        .reference = "RFC 9110 §9.3.6, §15.5.4, §15.5.8 and §15.6",
        .evidence = "A CONNECT request in the clear, answered by 403, 407, or 500 and more; by 407 "
                    "when it brought credentials, or when the client comes again without any, or, "
                    "less certain, is not seen again.",
    },
    {
        .code = FINDING_HTTP_CAPTIVE_PORTAL,
        .name = "http.captive-portal",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_PREREQUISITES,
        .title = "A captive portal stands between the client and the Internet",
        .explanation = "The network that the client is in wants a login first, as in hotels and "
                       "trains, and until then it answers in the place of other servers: every "
                       "name may lead to its own address, every certificate is its own, and "
                       "everything but web pages is dropped or refused. What is seen of the "
                       "conference site's names, certificates and ports in that time says nothing "
                       "about the site.",
        .remedy =
            {
                "On the client: open any page that begins with http:// in a browser, log in to the "
                "network or accept its terms, then call again.",
                "If nobody expects a login there, look for a device that quarantines the client "
                "(network access control, web filter).",
                "If you run that network: let the conference site and its TURN server through "
                "before the login, or lengthen the time until it asks again.",
            },
        .reference = "RFC 6585 §6, RFC 8952 §1 and §2.6",
        .evidence =
            "Status 511, or one of the requests by which systems and browsers test for a "
            "captive portal (such as /generate_204), answered in the clear by a redirection "
            "or by a page. Less certain: servers of different owners that all send the client to "
            "one address, all show one certificate, or are all at one private address.",
    },
    {
        .code = FINDING_WEBBRIDGE_LINK_FAILED,
        .name = "webbridge.link-failed",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_JOIN_CALL_MISSING,
        .title = "CMS logs that its call bridge cannot reach the web bridge",
        .explanation = "The event log of CMS says that the connection from the call bridge to the "
                       "web bridge failed. The page then loads, but the Join call button is "
                       "missing. The web bridge address is wrong or does not resolve, or the two "
                       "do not trust each other; clients and TURN are not involved.",
        .remedy =
            {
                "On CMS: check the web bridge address under Configuration > General (Guest account "
                "client URI), or the url of the API object /api/v1/webBridges.",
                "On CMS: check with the MMP command webbridge that Trust bundle is the call "
                "bridge's certificate; if it is none, set it with webbridge trust callbridge.cer.",
                "If the line says DNS failure or name resolution, create the A record of the name "
                "in the internal DNS server.",
            },
        .reference = "Cisco dual-domain WebRTC guide, case 1",
        .evidence = "A line \"Web bridge connection to ... failed\" or \"failed to establish "
                    "connection to web bridge link\" in the CMS event log.",
    },
};

const struct catalogue_family catalogue_tls = {rows, sizeof rows / sizeof rows[0]};
