/* SPDX-License-Identifier: MIT */
/* ice.*, dtls.*, media.*: from the first connectivity check to audio and video. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_ICE_NO_CONNECTIVITY,
        .name = "ice.no-connectivity",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "No path between the two media ends was found",
        .explanation =
            "The client sends connectivity checks, directly or through its relay, and "
            "no pair of addresses ever gets an answer. Where an allocation was granted, the "
            "TURN password is right. Either the other end cannot be reached, or the "
            "media ports are blocked between the two.",
        .remedy =
            {
                "Open the media ports in both directions between the TURN server and the "
                "conference server, and from outside to the relayed addresses.",
                "On Expressway-E: open UDP 24000-29999, or the range under Configuration > "
                "Traversal > TURN, on the public address.",
                "On CMS: check that serverAddress of the API object /api/v1/turnServers is the "
                "LAN1 address and that CMS reaches it on UDP 3478.",
                "On coturn: check external-ip=, min-port=, max-port= and denied-peer-ip=.",
            },
        .reference = "RFC 8445 §7.2.5.2.3 and §8.1.2; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "Binding requests with PRIORITY to one or more peers, direct or relayed, and "
                    "no success response to any of them.",
        .raise_certainty = "A capture at the conference server (CMS) or on Expressway-E LAN1 of "
                           "the same call: it shows whether the checks arrive there.",
    },
    {
        .code = FINDING_ICE_CONSENT_LOST,
        .name = "ice.consent-lost",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The media path died: the far side stopped answering",
        .explanation =
            "The call was connected. Then the checks that ask the other end for consent to go on "
            "sending stayed unanswered, for 30 seconds or to the end of the capture. After 30 "
            "seconds a client must stop; browsers give up sooner. The network changed, the TURN "
            "server restarted, a NAT or firewall forgot the connection, or the other end went "
            "away.",
        .remedy =
            {
                "Look at what happened at the time of the last answered check: Wi-Fi roaming, VPN, "
                "sleep, a fail-over, a restart.",
                "Raise the idle time-out for UDP of NATs and firewalls on the way above 30 "
                "seconds.",
                "If calls end after the same time again and again, compare it with the session "
                "limits of the firewalls.",
            },
        .reference = "RFC 7675 §5.1",
        .evidence = "Binding requests on the selected pair without any valid response for 30 "
                    "seconds after earlier success, while other packets to the client are in the "
                    "capture; or, less certain, without those, or for 10 seconds in which nothing "
                    "came from the other end, up to the end.",
    },
    {
        .code = FINDING_ICE_ROLE_CONFLICT,
        .name = "ice.role-conflict",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Both media ends insist on the same ICE role",
        .explanation =
            "Error 487 keeps coming back: both ends believe that they decide the path, or that the "
            "other does. One 487 is normal and repairs itself; a lasting conflict is an error of "
            "the signalling or of one of the two programs. Network and passwords are not at fault.",
        .remedy =
            {
                "Update the client and the conference server.",
                "Check that nothing between the two rewrites the session description.",
            },
        .reference = "RFC 8445 §7.2.5.1, §7.3.1.1 and §16.2",
        .evidence = "Repeated error responses 487 to Binding requests between the same two ends.",
    },
    {
        .code = FINDING_ICE_USERNAME_MISMATCH,
        .name = "ice.username-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The other end rejects the credentials of connectivity checks",
        .explanation =
            "A connectivity check between the two media ends is refused with 401 or 431: its "
            "username or password is not the one of this session. These are made anew for each "
            "call and exchanged by signalling; they have nothing to do with the TURN password. Old "
            "checks just after an ICE restart are harmless.",
        .remedy =
            {
                "Reload the page and call again, so that both ends start with fresh credentials.",
                "Check that nothing between the two delivers an old session description.",
                "Update the client and the conference server if it persists.",
            },
        .reference = "RFC 8445 §7.2.2 and §7.3, RFC 8489 §9.1.3",
        .evidence = "A Binding request with USERNAME of the form remote:local, answered by error "
                    "401 or 431.",
    },
    {
        .code = FINDING_ICE_UNAUTHORIZED,
        .name = "ice.unauthorized",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "CMS logs that the TURN server rejects its credentials",
        .explanation = "The event log of CMS says that its own request for a relay was refused as "
                       "unauthorized. Clients are given the same username and password, so they "
                       "fail as well. The TURN server was reached; only the credentials differ.",
        .remedy =
            {
                "Set the same username and password on the server's entry of the CMS API object "
                "/api/v1/turnServers and on the TURN server.",
                "On Expressway-E: the user is under Configuration > Authentication > Local "
                "database.",
                "On coturn: the user is in a user= line or in the database, for the realm of "
                "realm=.",
            },
        .reference = "Cisco dual-domain WebRTC guide, case 4",
        .evidence =
            "The line \"ICE failure 4 (unauthorized - check credentials)\" in the CMS event log.",
    },
    {
        .code = FINDING_RELAY_CANDIDATE_TIMEOUT,
        .name = "relay.candidate-timeout",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "CMS logs that it got no relay from the TURN server in time",
        .explanation =
            "The event log of CMS says that the creation of a relay candidate timed out, three "
            "seconds after call set-up began. The usual reason is a TURN username or password that "
            "differs between CMS and the TURN server; an unreachable TURN server gives the same "
            "line. A packet capture tells the two apart.",
        .remedy =
            {
                "Capture on the client or on CMS, and look for turn.integrity-failure or "
                "turn.no-answer.",
                "Set the same username and password on the server's entry of the CMS API object "
                "/api/v1/turnServers and on the TURN server.",
                "Check that CMS reaches serverAddress of that entry (Expressway-E LAN1) on UDP "
                "3478.",
            },
        .reference = "Cisco dual-domain WebRTC guide, case 4",
        .evidence =
            "The line \"ICE failure; relay candidate creation timeout\" in the CMS event log.",
    },
    {
        .code = FINDING_MEDIA_ONE_WAY,
        .name = "media.one-way",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Media flows in one direction only",
        .explanation = "A path was agreed, and for five seconds or more packets run one way and "
                       "none come back. Something beyond this capture drops the other direction, "
                       "often a firewall rule for the media range that was made for one direction. "
                       "A muted or receive-only participant can look the same.",
        .remedy =
            {
                "Open the media range in both directions on the public address of the TURN server.",
                "On Expressway-E: UDP 24000-29999, or the range under Configuration > Traversal > "
                "TURN.",
                "Check whether the silent end sends at all: capture there too.",
            },
        .reference = "RFC 8445 §12; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "Relayed or direct media packets in one direction only, five seconds or more "
                    "after a pair was nominated.",
        .raise_certainty =
            "A capture at the silent end (CMS, or Expressway-E LAN1) of the same call.",
    },
    {
        .code = FINDING_MEDIA_NONE,
        .name = "media.none",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The call is set up but no media flows",
        .explanation = "The path was agreed and the keys were exchanged, yet no audio or video "
                       "follows in either direction. The network has done its part up to here. "
                       "Look at the two ends: devices not allowed in the browser, no common codec, "
                       "or a conference that waits for a host.",
        .remedy =
            {
                "Check that the browser may use the microphone and camera, and that a codec is "
                "common to both ends.",
                "Check on the conference server that the participant is in the call and not in a "
                "lobby.",
                "On CMS: look for the call's lines in the event log.",
            },
        .reference = "RFC 8827 §6.5, RFC 7983 §7",
        .evidence = "A nominated pair and a completed DTLS handshake, followed by no RTP in either "
                    "direction.",
        .raise_certainty =
            "A capture at the conference server (CMS) of the same call, or its event log.",
    },
    {
        .code = FINDING_DTLS_NO_ANSWER,
        .name = "dtls.no-answer",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The key exchange for media gets no answer",
        .explanation =
            "The path was agreed, but the DTLS handshake that makes the media keys does not get "
            "on: one end repeats its hello, or both repeat themselves. Large handshake packets may "
            "be lost on the way where small checks pass, or the other end never takes its part.",
        .remedy =
            {
                "Check the path for packets of 1200 octets and more in both directions: tunnels "
                "and VPNs with a small MTU lose them.",
                "Switch off inspection of DTLS on firewalls between the TURN server and the "
                "conference server.",
                "Check the conference server's log for this call.",
            },
        .reference = "RFC 6347 §4.2.4, RFC 5763 §5",
        .evidence = "A DTLS ClientHello retransmitted without a ServerHello, inside relayed data "
                    "or directly; or a nominated pair and no DTLS at all.",
        .raise_certainty =
            "A capture at the other end (CMS, or Expressway-E LAN1) of the same call.",
    },
    {
        .code = FINDING_DTLS_ALERT,
        .name = "dtls.alert",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "One end ends the key exchange for media with an alert",
        .explanation = "A fatal DTLS alert stopped the handshake that makes the media keys. The "
                       "end that sent it did not accept what the other offered: version, cipher, "
                       "or a certificate whose fingerprint is not the signalled one. The "
                       "certificates are self-signed by design; that is never the reason.",
        .remedy =
            {
                "Read the alert's description and sender in the evidence; the sender's log has the "
                "reason.",
                "Check that the two ends have a DTLS version and a cipher in common; update the "
                "older one.",
                "If it names a bad certificate, check that nothing rewrites the session "
                "description between the two.",
            },
        .reference = "RFC 5246 §7.2.2, RFC 8122 §5",
        .evidence = "A DTLS alert record of level fatal before ChangeCipherSpec.",
    },
    {
        .code = FINDING_DTLS_COOKIE_LOOP,
        .name = "dtls.cookie-loop",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The key exchange for media goes round in circles",
        .explanation = "The server of the DTLS handshake asks for proof of the client's address "
                       "again and again, and never accepts it. The client's address or port "
                       "changes between packets, or packets go to several machines in turn. "
                       "Passwords and certificates are not involved yet.",
        .remedy =
            {
                "Check that no load balancer spreads the packets of one flow over several "
                "machines.",
                "Check that the NAT keeps one public port for the flow.",
                "Update the end that keeps asking, if its clock and address are in order.",
            },
        .reference = "RFC 6347 §4.2.1",
        .evidence = "Three or more HelloVerifyRequests in one handshake, each answered by a "
                    "ClientHello with the cookie.",
        .raise_certainty = "A capture at the server of that handshake: it shows whether the "
                           "client's address changes.",
    },
};

const struct catalogue_family catalogue_media = {rows, sizeof rows / sizeof rows[0]};
