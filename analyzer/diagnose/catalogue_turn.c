/* SPDX-License-Identifier: MIT */
/* turn.*: whom the client asks for a relay, with which credentials, and whether anyone answers. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TURN_INTEGRITY_FAILURE,
        .name = "turn.integrity-failure",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server rejects the client's username or password",
        .explanation = "The client answered the server's challenge with a username, a realm and a "
                       "MESSAGE-INTEGRITY, and the server refused them. What the client was given "
                       "and what the server holds differ, most often in the password. Packets pass "
                       "in both directions, so no firewall is in the way. The first 401, before "
                       "any credentials, is normal and is not this finding.",
        .remedy =
            {
                "Make the username and password that clients are given the same as those that the "
                "TURN server holds, then try a new call.",
                "On Expressway-E: set the user's password again under Configuration > "
                "Authentication > Local database.",
                "On CMS: set username and password again on the server's entry of the API object "
                "/api/v1/turnServers; a GET never shows the password, so write it anew.",
                "On coturn: check that lt-cred-mech is set and that user= and realm= agree; a key "
                "stored as a hash must be made again whenever the realm changes.",
                "Give the password with --turn-password-file to learn which of the two sides holds "
                "another one.",
            },
        .reference = "RFC 8489 §9.2.4 (401), RFC 3489 §11.2.9 (431), RFC 8656 §7.4; Cisco "
                     "dual-domain WebRTC guide, case 4",
        .evidence = "An Allocate or Refresh request with MESSAGE-INTEGRITY and the newest nonce, "
                    "answered by error 431, or by error 401 once more.",
    },
    {
        .code = FINDING_TURN_UNKNOWN_USER,
        .name = "turn.unknown-user",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server does not know the client's username",
        .explanation =
            "The client sent credentials and the server's refusal points to the username itself: "
            "error 436, or a 401 that repeats the username but carries no MESSAGE-INTEGRITY. A "
            "server that knows the user can sign its refusal; one that does not has no key to sign "
            "with. The name is misspelt where clients get it, or missing on the server.",
        .remedy =
            {
                "Create the user on the TURN server, or correct the username that clients are "
                "given; upper and lower case count.",
                "On Expressway-E: add the name under Configuration > Authentication > Local "
                "database.",
                "On CMS: compare it with username of the server's entry of the API object "
                "/api/v1/turnServers.",
                "On coturn: add a user= line, or the user to the database, for the realm that "
                "realm= names.",
            },
        .reference = "RFC 8489 §9.2.4; Cisco dual-domain WebRTC guide, case 4",
        .evidence = "An Allocate request with MESSAGE-INTEGRITY, answered by error 436, or by "
                    "error 401 with USERNAME repeated and without MESSAGE-INTEGRITY.",
        .raise_certainty = "The TURN server's own log of the same minute, or its list of users.",
    },
    {
        .code = FINDING_TURN_USERNAME_MISMATCH,
        .name = "turn.username-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client uses another TURN username than the site profile",
        .explanation = "The username that the client sends differs from turn.username of the site "
                       "profile. The client repeats what the signalling server handed to it, so "
                       "the difference was made there, not by the user. If the profile is out of "
                       "date and the server accepts the name, correct the profile instead.",
        .remedy =
            {
                "Set the username that clients are given to the one that the TURN server holds.",
                "On CMS: correct username of the server's entry of the API object "
                "/api/v1/turnServers.",
                "On Expressway-E: compare it with Configuration > Authentication > Local database.",
                "On coturn: compare it with the user= lines; with use-auth-secret the name begins "
                "with a time and turn.username must be left out of the profile.",
            },
        .reference = "RFC 8489 §14.3; Cisco dual-domain WebRTC guide, TURN configuration",
        .evidence = "USERNAME of an Allocate request, beside turn.username of the site profile.",
    },
    {
        .code = FINDING_TURN_REALM_MISMATCH,
        .name = "turn.realm-mismatch",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server's realm differs from the site profile",
        .explanation = "The server names another realm in its challenge than turn.realm of the "
                       "site profile. Clients take the realm from the challenge, so this alone "
                       "stops nobody. It does show that another server answers, or that the realm "
                       "was changed after credentials were stored for the old one.",
        .remedy =
            {
                "Check that the address in the capture is that of the intended TURN server.",
                "Set the realm on the TURN server, or correct turn.realm in the site profile.",
                "On Expressway-E: set Authentication realm under Configuration > Traversal > TURN.",
                "On coturn: set realm=, and make again every key that was stored as a hash.",
            },
        .reference =
            "RFC 8489 §9.2.2 and §14.9; Cisco dual-domain WebRTC guide, TURN configuration",
        .evidence = "REALM of the 401 challenge, beside turn.realm of the site profile.",
    },
    {
        .code = FINDING_TURN_REALM_MISSING,
        .name = "turn.realm-missing",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server's challenge has no realm",
        .explanation = "The 401 challenge carries no REALM, or an empty one. A client needs the "
                       "realm to compute its answer, so browsers give up without a word. The "
                       "credentials may be perfectly right; they are never sent.",
        .remedy =
            {
                "Set a realm on the TURN server; any non-empty text will do.",
                "On Expressway-E: fill in Authentication realm under Configuration > Traversal > "
                "TURN.",
                "On coturn: set realm= and restart; without it lt-cred-mech cannot work.",
            },
        .reference = "RFC 8489 §9.2.4 and §14.9",
        .evidence = "An Allocate error response 401 whose REALM is absent or empty.",
    },
    {
        .code = FINDING_TURN_REALM_REFUSED,
        .name = "turn.realm-refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Client and TURN server do not agree on the realm",
        .explanation =
            "The client signs its request for one realm and the server that refuses it holds to "
            "another. Client and server put the realm into the key, so no password helps until "
            "the two agree. A client has no realm of its own: it takes the one that the server's "
            "challenge names.",
        .remedy =
            {
                "Where the client or its application has a setting for the realm, leave it empty, "
                "or enter the realm of the challenge.",
                "If several servers stand behind one address, give all of them the same realm, or "
                "send each client always to the same one.",
                "On Expressway-E: set Authentication realm under Configuration > Traversal > TURN, "
                "the same on every peer of a cluster.",
                "On coturn: set realm= to the same on every server, and make again every key that "
                "was stored as a hash.",
            },
        .reference = "RFC 8489 §9.2.2 and §9.2.5",
        .evidence = "REALM of a refused request differs from that of the challenge, or an error "
                    "response 437 or 441 says that the realm value is incorrect, as coturn does.",
    },
    {
        .code = FINDING_TURN_CREDENTIALS_EXPIRED,
        .name = "turn.credentials-expired",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client's temporary TURN credentials have expired",
        .explanation =
            "The username begins with a time, which is how temporary credentials say until when "
            "they hold, and that time was over when the server refused them. The client kept a "
            "page open too long, the service that issues credentials gives too short a life, or a "
            "clock is wrong. The password itself is not the fault.",
        .remedy =
            {
                "Let the client fetch new credentials: reload the page, then call again.",
                "Set the clocks of the TURN server, of the service that issues the credentials and "
                "of this capture with NTP.",
                "Lengthen the life of the credentials in the service that issues them.",
                "On coturn with use-auth-secret: check that static-auth-secret is the one that the "
                "issuing service signs with.",
            },
        .reference = "draft-uberti-behave-turn-rest-00 §2.2; RFC 8489 §9.2.4",
        .evidence = "USERNAME of the form time:name, the time before that of the packet, and error "
                    "401 after the credentials.",
    },
    {
        .code = FINDING_TURN_CHALLENGE_UNANSWERED,
        .name = "turn.challenge-unanswered",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client never answers the TURN server's challenge",
        .explanation =
            "The server asked for credentials with a 401, which is normal, and the client never "
            "came back with any. Either it was given no username and password, or the challenge "
            "did not reach it. The server is up and was reached.",
        .remedy =
            {
                "Check that the page or the signalling hands out a TURN username and password "
                "beside the server's address.",
                "On CMS: fill in username and password on the server's entry of the API object "
                "/api/v1/turnServers.",
                "If the capture was not made on the client, check that the way back to the client "
                "is open: allow the server's replies through the firewall.",
            },
        .reference = "RFC 8489 §9.2.3 and §9.2.5",
        .evidence = "An Allocate error response 401 and no later Allocate request with USERNAME "
                    "from that client.",
        .raise_certainty = "A capture made on the client, from before the call until it fails: it "
                           "shows whether the challenge arrived.",
    },
    {
        .code = FINDING_TURN_GRANT_UNHEARD,
        .name = "turn.grant-unheard",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client does not take the relay that the TURN server grants",
        .explanation =
            "The server accepts the credentials and grants a relay, and the client goes on asking "
            "for it as if nobody had answered. Either the answer is lost between this capture and "
            "the client, or the client drops it because its signature does not fit: a device on "
            "the way that rewrites addresses in packets breaks the signature. Clients say nothing "
            "of that.",
        .remedy =
            {
                "Switch off STUN, SIP or NAT helpers (ALG) on routers and firewalls on the way.",
                "Allow the server's replies through every firewall and address translation on the "
                "way back to the client.",
                "Where the device cannot be changed, offer TURN over TLS.",
            },
        .reference = "RFC 8489 §6.2.1 and §9.2.5, RFC 8656 §7.3",
        .evidence = "A success response to an Allocate request, the same request three times or "
                    "more after it, and no use of the allocation.",
        .raise_certainty = "Captures on the client and on the server at the same time: they show "
                           "whether the answer arrives, and whether it was altered. With "
                           "--turn-password-file its signature is verified.",
    },
    {
        .code = FINDING_TURN_NO_ANSWER,
        .name = "turn.no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server does not answer over UDP",
        .explanation = "The client repeats its request and nothing comes back, not even an ICMP "
                       "message. Where nothing else comes from that address and port either, a "
                       "firewall drops the packets on the way there or back, or nothing runs "
                       "there: from this side the two cannot be told apart. No credentials have "
                       "been checked yet, so the password is not the cause.",
        .remedy =
            {
                "Open UDP 3478, or the port in use, from the clients to the TURN server, and the "
                "replies back.",
                "Check that the TURN service runs and listens on the address that clients are sent "
                "to, and that address translation forwards the port to it.",
                "On Expressway-E: look at the TURN server status under Configuration > Traversal > "
                "TURN; it must be Active and list the LAN2 address.",
                "On coturn: check listening-ip and listening-port, and that no-udp is not set.",
                "Where UDP cannot be opened, offer TURN over TCP as well.",
            },
        .reference = "RFC 8489 §6.2.1; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "Allocate requests of one transaction, retransmitted over UDP, with no "
                    "response and no ICMP message in the capture.",
        .raise_certainty =
            "A capture on the outer side of the TURN server (Expressway-E LAN2) at the same time: "
            "it shows whether the requests arrive and whether replies leave.",
    },
    {
        .code = FINDING_TURN_PORT_UNREACHABLE,
        .name = "turn.port-unreachable",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Nothing listens on the TURN server's UDP port",
        .explanation =
            "The server's own address answered the client's request with ICMP port unreachable. "
            "The machine is there and packets reach it, but no TURN service is bound to that port. "
            "A firewall that rejects in the server's name looks the same.",
        .remedy =
            {
                "Start the TURN service, or correct the port that clients are given.",
                "On Expressway-E: set TURN services to On under Configuration > Traversal > TURN, "
                "and check TURN requests port; relays also need the TURN option key.",
                "On CMS: check the ports in the server's entry of the API object "
                "/api/v1/turnServers.",
                "On coturn: check that turnserver runs, and listening-ip and listening-port.",
            },
        .reference = "RFC 1122 §3.2.2.1, RFC 4443 §3.1; RFC 8656 §7.4",
        .evidence = "ICMP destination unreachable, port unreachable, from the server's address, "
                    "quoting the client's request.",
    },
    {
        .code = FINDING_TURN_FILTERED,
        .name = "turn.filtered",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "A device on the way refuses the TURN packets",
        .explanation = "An ICMP message says that the client's request was not delivered: "
                       "administratively prohibited, or unreachable according to a router or "
                       "firewall other than the server. The sender of that message is the device "
                       "to look at. The TURN server never saw the request.",
        .remedy =
            {
                "Find the device by the source address of the ICMP message, and allow UDP 3478, or "
                "the transport and port in use, to the TURN server there.",
                "If the message says that the host or network is unreachable, correct routing or "
                "address translation towards the TURN server.",
                "Where the network forbids UDP, offer TURN over TCP as well.",
            },
        .reference = "RFC 1812 §5.2.7.1, RFC 4443 §3.1",
        .evidence = "ICMP destination unreachable with code 9, 10 or 13 (ICMPv6: code 1), or from "
                    "another address than the server's, quoting the client's request.",
    },
    {
        .code = FINDING_TURN_TCP_NO_ANSWER,
        .name = "turn.tcp-no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server does not answer over TCP",
        .explanation = "The client's connection requests to the TURN port, or its Allocate request "
                       "once connected, stay without an answer. A firewall drops them, or the "
                       "service does not listen on TCP. If TURN over UDP works at the same time, "
                       "calls still succeed for clients that may use UDP.",
        .remedy =
            {
                "Open TCP 3478, or the port in use, from the clients to the TURN server.",
                "On Expressway-E: with TCP 443 TURN service set to On, TCP 3478 is no longer "
                "answered; see Configuration > Traversal > TURN.",
                "On CMS: make tcpPortNumberOverride of the API object /api/v1/turnServers the port "
                "that the server answers on.",
                "On coturn: check listening-port and that no-tcp is not set.",
            },
        .reference = "RFC 9293 §3.8.1, RFC 8656 §3.1; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "SYN packets to the TURN port, repeated and unanswered; or a connection on "
                    "which an Allocate request gets no response.",
        .raise_certainty =
            "A capture on the outer side of the TURN server (Expressway-E LAN2) at the same time.",
    },
    {
        .code = FINDING_TURN_TCP_REFUSED,
        .name = "turn.tcp-refused",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server's TCP port refuses connections",
        .explanation = "The client's SYN was answered by a reset, or by an ICMP error of the "
                       "server's own about the port: the port is closed, or a firewall rejects it "
                       "in the server's name. The way to that address works. "
                       "TURN over UDP is a separate matter and may still work.",
        .remedy =
            {
                "Let the TURN service listen on that TCP port, or correct the port that clients "
                "are given.",
                "On Expressway-E: check TURN requests port and TCP 443 TURN service under "
                "Configuration > Traversal > TURN.",
                "On CMS: check tcpPortNumberOverride of the API object /api/v1/turnServers.",
                "On coturn: check listening-port and that no-tcp is not set.",
            },
        .reference = "RFC 9293 §3.5.2",
        .evidence = "A SYN to the TURN port answered by RST, or by ICMP port unreachable from the "
                    "server's address.",
    },
    {
        .code = FINDING_TURN_RESET_AFTER_ALLOCATE,
        .name = "turn.reset-after-allocate",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The connection is cut right after the TURN request",
        .explanation = "The TCP connection opened, the client sent its first TURN message, and the "
                       "connection was reset or closed instead of answered. A firewall that allows "
                       "only TLS on this port does exactly that; so does a web server that was "
                       "sent TURN by mistake. The credentials were never looked at.",
        .remedy =
            {
                "Exempt the TURN server from inspection of this port on the client's firewall or "
                "proxy, or offer TURN over TLS.",
                "Check that a TURN service answers on this port and not a web server.",
                "On Expressway-E: for TURN on 443, set TCP 443 TURN service to On under "
                "Configuration > Traversal > TURN.",
                "On coturn: set tls-listening-port=443 with cert= and pkey=, and give clients a "
                "turns: address.",
            },
        .reference = "RFC 8656 §3.1; RFC 9293 §3.5.2",
        .evidence = "A TCP connection whose first bytes from the client are an Allocate request "
                    "(0x0003), followed by RST or FIN without a response.",
        .raise_certainty = "A capture on the server at the same time: if the reset does not leave "
                           "the server, a device on the way made it.",
    },
    {
        .code = FINDING_TURN_WRONG_ADDRESS,
        .name = "turn.wrong-address",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Clients are sent to an internal address of the TURN server",
        .explanation =
            "The client asks for a relay at the server's internal address (LAN1 or LAN2 of the "
            "site profile) instead of its public one. From outside that address is not reachable. "
            "The client only uses what signalling gave it: the fault is in that configuration.",
        .remedy =
            {
                "Give outside clients the public address of the TURN server.",
                "On CMS: set clientAddress of the API object /api/v1/turnServers to the static NAT "
                "address, and serverAddress to the LAN1 address of Expressway-E.",
                "For any other TURN server: correct the address in the list of ICE servers that "
                "the application hands out.",
            },
        .reference = "Cisco dual-domain WebRTC guide, TURN configuration",
        .evidence = "An Allocate request whose destination is expressway-e.lan1 or lan2 of the "
                    "site profile, in a capture made on the client's side.",
    },
    {
        .code = FINDING_TURN_HIDDEN,
        .name = "turn.hidden",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NONE,
        .title = "TURN may run inside TLS, where this capture cannot show it",
        .explanation =
            "The client has a TLS or DTLS connection on a port of TURN, or one that carries steady "
            "data both ways as a call does. What is said inside is encrypted, so credentials, "
            "refusals and relayed addresses cannot be judged "
            "from here. This is no fault: it says how far the diagnosis reaches.",
        .remedy =
            {
                "Give the TLS session keys of the client with --keylog; browsers write them to the "
                "file named by SSLKEYLOGFILE.",
                "Or let one test client use TURN without TLS, and capture that call.",
            },
        .reference = "RFC 8656 §3.1",
        .evidence = "A TLS or DTLS handshake on port 5349 or 3478, or one of TLS without ALPN "
                    "before a steady stream both ways, and no plain STUN message on that "
                    "connection.",
        .raise_certainty = "The TLS key log of the client for the same minutes.",
    },
};

const struct catalogue_family catalogue_turn = {rows, sizeof rows / sizeof rows[0]};
