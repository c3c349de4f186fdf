/* SPDX-License-Identifier: MIT */
/* stun.*: what the messages themselves give away about NATs and about devices that alter them. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_STUN_INTEGRITY_MISMATCH,
        .name = "stun.integrity-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "A message is not signed with the password that was given",
        .explanation =
            "The MESSAGE-INTEGRITY was computed again with the password from the password file, "
            "and it differs. The sender used another password, or the message was altered on the "
            "way. If the file holds the server's password, the client was given a wrong one.",
        .remedy =
            {
                "Check that the password file holds the password of that user on the TURN server.",
                "If it does, correct what clients are given: on CMS the password of the API object "
                "/api/v1/turnServers, elsewhere the application's list of ICE servers.",
                "If both are right, compare captures of both sides: a difference convicts the "
                "device between them.",
            },
        .reference = "RFC 8489 §9.2.2 and §14.5",
        .evidence = "A message with MESSAGE-INTEGRITY whose HMAC differs from the one computed "
                    "with the given password, its username and its realm.",
    },
    {
        .code = FINDING_STUN_FINGERPRINT_WRONG,
        .name = "stun.fingerprint-wrong",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The checksum inside a STUN message is wrong",
        .explanation = "The FINGERPRINT does not match the message, though the packet is complete. "
                       "A device on the way altered the content, or the sender computes it "
                       "wrongly. The receiver drops such messages as if they had not come.",
        .remedy =
            {
                "Switch off STUN, SIP or NAT helpers (ALG) on routers and firewalls on the way.",
                "Compare captures of both sides: if it is right where it was sent, a device "
                "between them alters it.",
            },
        .reference = "RFC 8489 §7 and §14.7",
        .evidence = "FINGERPRINT differs from the CRC-32 of the message.",
    },
    {
        .code = FINDING_STUN_ALG_TAMPERING,
        .name = "stun.alg-tampering",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "A device on the way rewrites addresses inside STUN",
        .explanation = "One response names the client's address twice, and the two differ. Devices "
                       "that search packets for addresses and replace them alter the plain one and "
                       "miss the obfuscated one. The client then offers an address that is not its "
                       "own; neither client nor server is to blame.",
        .remedy =
            {
                "Switch off STUN, SIP or NAT helpers (ALG) on routers and firewalls on the way.",
                "Where the device cannot be changed, offer TURN over TLS.",
            },
        .reference = "RFC 8489 §14.2",
        .evidence = "MAPPED-ADDRESS and XOR-MAPPED-ADDRESS of one response differ.",
        .raise_certainty = "A capture on the server of the same response: if the two agree there, "
                           "a device on the way altered it.",
    },
    {
        .code = FINDING_STUN_NAT_REBINDING,
        .name = "stun.nat-rebinding",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client's public address changed during the call",
        .explanation =
            "The server suddenly sees the same client from another address or port. A NAT forgot "
            "the mapping and made a new one, or the client changed networks. The allocation "
            "belongs to the old address, so requests are refused with 437 or go unanswered.",
        .remedy =
            {
                "Raise the idle time-out for UDP of the NAT above 30 seconds.",
                "Check for Wi-Fi roaming, VPN, or several internet lines that share the load.",
                "Let the client restart ICE when its network changes; current browsers do.",
            },
        .reference = "RFC 4787 §4.3, RFC 8656 §7.4",
        .evidence = "XOR-MAPPED-ADDRESS of one client socket changes, or the same USERNAME and "
                    "relayed address go on from a new port.",
        .raise_certainty = "Captures on the client and on the outside of its NAT at the same time.",
    },
    {
        .code = FINDING_STUN_SYMMETRIC_NAT,
        .name = "stun.symmetric-nat",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client is behind a NAT that uses a new port per destination",
        .explanation =
            "Two servers see one client socket at different public addresses or ports. Direct "
            "paths mostly fail behind such a NAT, and media needs the relay. That is no fault: "
            "relays are made for it. It explains why a failing relay fails the whole call.",
        .remedy =
            {
                "Make sure that TURN works for this client; nothing else is needed.",
                "If direct paths are wanted, set the NAT to endpoint-independent mapping.",
            },
        .reference = "RFC 4787 §4.1, RFC 5780 §4.3",
        .evidence = "Binding requests from one client socket to two or more servers, with "
                    "different XOR-MAPPED-ADDRESS in the responses.",
        .raise_certainty = "A capture on the outside of the NAT at the same time.",
    },
    {
        .code = FINDING_STUN_BID_DOWN,
        .name = "stun.bid-down",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The choice of password algorithm was weakened on the way",
        .explanation =
            "The server's nonce says that it offers a choice of password algorithms, but the offer "
            "is missing or was not honoured. Either something on the way removed it to force the "
            "old one, or client or server implement it badly. A careful client refuses to go on.",
        .remedy =
            {
                "Compare the 401 response in captures of both sides: a difference convicts the "
                "device between them.",
                "If they agree, update the client and the TURN server.",
            },
        .reference = "RFC 8489 §9.2.1 and §9.2.5",
        .evidence = "NONCE begins with obMatJos2 and its password-algorithms bit is set, but "
                    "PASSWORD-ALGORITHMS is missing or the next request ignores it.",
        .raise_certainty = "A capture on the server of the same exchange.",
    },
    {
        .code = FINDING_STUN_MALFORMED,
        .name = "stun.malformed",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "A STUN message breaks the rules of the protocol",
        .explanation =
            "A complete packet holds a STUN message whose lengths or attributes contradict each "
            "other. The sender is wrong, or a device on the way damaged it. The receiver may drop "
            "it without a word. A packet that the capture cut short is not counted here.",
        .remedy =
            {
                "Look at the sender of the evidence: update that program.",
                "If it is right where it was sent, switch off STUN or SIP helpers (ALG) on the "
                "way.",
            },
        .reference = "RFC 8489 §5 and §14",
        .evidence = "A message with the magic cookie whose length is no multiple of 4 or differs "
                    "from the packet's, or an attribute that exceeds the message.",
    },
};

const struct catalogue_family catalogue_stun = {rows, sizeof rows / sizeof rows[0]};
