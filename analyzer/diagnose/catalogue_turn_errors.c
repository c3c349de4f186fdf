/* SPDX-License-Identifier: MIT */
/* turn.*: refusals of the TURN server other than those of credentials, by error code. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TURN_STALE_NONCE_LOOP,
        .name = "turn.stale-nonce-loop",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server calls every nonce stale",
        .explanation =
            "The server answers 438 (stale nonce) although it has just given the client a new one: "
            "again and again, or in the moment after. One 438 for a nonce that has aged is normal; "
            "this is not. Typical reasons are several servers behind one address that do not share "
            "nonces, a translated client address that changes with every packet, or a client that "
            "keeps using the old nonce.",
        .remedy =
            {
                ("Take the load balancer away from in front of TURN, or make it send one client "
                 "always to the same server."),
                "Check that the client's address and port stay the same through its NAT.",
                "On Expressway-E cluster: give clients the addresses of the peers one by one.",
                "On coturn: raise stale-nonce= if it is only a few seconds.",
                "If the client repeats the first nonce each time, update the client.",
            },
        .reference = "RFC 8489 §9.2.4 and §9.2.5",
        .evidence =
            "Three or more error responses 438 in a row to one client, with no success in between; "
            "or, less certain, one 438 to a nonce just issued, after which the client gives up.",
    },
    {
        .code = FINDING_TURN_ALLOCATION_MISMATCH,
        .name = "turn.allocation-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "Client and TURN server disagree about the allocation",
        .explanation = "Error 437: for an Allocate, the server still holds an allocation for the "
                       "client's address and port; for any other request, the server has none. The "
                       "allocation expired, the server restarted, or a NAT gave the client another "
                       "port. A 437 to a release is a success and is not counted here.",
        .remedy =
            {
                "Let the client try again from a new local port; reloading the page does that.",
                "If it happens in the middle of calls, look for a restart of the TURN server at "
                "that time and for a NAT that forgets UDP mappings within a minute.",
                "If it happens at the start of calls, look for clients that do not release their "
                "allocation with a Refresh of lifetime 0.",
            },
        .reference = "RFC 8656 §7.2, §7.4 and §8.3",
        .evidence = "An error response 437 to Allocate, Refresh, CreatePermission or ChannelBind.",
    },
    {
        .code = FINDING_TURN_WRONG_CREDENTIALS,
        .name = "turn.wrong-credentials",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client changed its TURN user during the allocation",
        .explanation =
            "Error 441: the request is signed, but with another user than the one that made the "
            "allocation. The password is right for that user. It happens when credentials are "
            "renewed during a call, or when two applications share a port.",
        .remedy =
            {
                "Keep the first credentials until the allocation ends, and use new ones only for a "
                "new allocation.",
                "Lengthen the life of temporary credentials beyond that of a call.",
            },
        .reference = "RFC 8656 §5 and §19",
        .evidence = "An error response 441 to a request whose USERNAME differs from that of the "
                    "Allocate request on the same five-tuple.",
    },
    {
        .code = FINDING_TURN_FORBIDDEN,
        .name = "turn.forbidden",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server forbids the request or the peer",
        .explanation =
            "Error 403: the request is well formed and its credentials are accepted, but the "
            "server's rules forbid it. On CreatePermission or ChannelBind it is the address of the "
            "peer that is denied, often because it is private. The password is not at fault.",
        .remedy =
            {
                "Allow the peer's address in the access rules of the TURN server.",
                "On coturn: the peer falls under denied-peer-ip=; add allowed-peer-ip= for the "
                "address of the conference server.",
                "Check that the peer offers an address that the TURN server is meant to reach.",
            },
        .reference = "RFC 8656 §7.4, §10.2 and §19",
        .evidence = "An error response 403; the peer is in XOR-PEER-ADDRESS of the request.",
    },
    {
        .code = FINDING_TURN_QUOTA_REACHED,
        .name = "turn.quota-reached",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN user has reached its allocation quota",
        .explanation =
            "Error 486: this username already holds as many allocations as the server allows. The "
            "credentials are right. Where all clients share one username, as with CMS, they share "
            "its quota; a client that leaves without releasing keeps its share for minutes.",
        .remedy =
            {
                "Raise the quota for each user on the TURN server, or wait until old allocations "
                "expire.",
                "On coturn: raise user-quota= and total-quota=, or set them to 0 for no limit.",
                "Look for clients that open many allocations and never release them.",
            },
        .reference = "RFC 8656 §7.2 and §7.4",
        .evidence = "An Allocate error response 486.",
    },
    {
        .code = FINDING_TURN_INSUFFICIENT_CAPACITY,
        .name = "turn.insufficient-capacity",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server has no relay left",
        .explanation = "Error 508: the server cannot give out another relayed address: its ports, "
                       "licences or bandwidth are used up. It concerns the server as a whole and "
                       "not this user. The credentials are right.",
        .remedy =
            {
                "Add capacity, or wait at least a minute before the next try.",
                "On Expressway-E: compare the active relays under Status > TURN relay usage with "
                "the TURN licences under Maintenance > Option keys, and check Media port range "
                "start and end.",
                "On coturn: widen min-port= to max-port=, and check total-quota= and "
                "bps-capacity=.",
            },
        .reference = "RFC 8656 §7.2 and §7.4; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "An error response 508 to Allocate or ChannelBind.",
    },
    {
        .code = FINDING_TURN_TRANSPORT_UNSUPPORTED,
        .name = "turn.transport-unsupported",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server does not relay the requested transport",
        .explanation =
            "Error 442: the client asked the server to relay a transport, usually TCP, that the "
            "server does not offer between itself and the peer. This is not the transport between "
            "client and server, which may well be TCP. UDP relays are unaffected.",
        .remedy =
            {
                "Let clients ask for UDP relays; WebRTC media needs nothing else.",
                "If TCP relays are wanted, enable them on the TURN server.",
                "On coturn: check that no-tcp-relay and no-udp-relay are not set.",
            },
        .reference = "RFC 8656 §7.2, RFC 6062 §5.1",
        .evidence = "An Allocate error response 442; the transport is in REQUESTED-TRANSPORT of "
                    "the request.",
    },
    {
        .code = FINDING_TURN_FAMILY_UNSUPPORTED,
        .name = "turn.family-unsupported",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server lacks the requested address family",
        .explanation =
            "Error 440 or 443: the client asked for a relay of a family, mostly IPv6, that the "
            "server does not offer, or for a peer of another family than the relay. Clients often "
            "ask for both families; if the other one succeeded, nothing is lost.",
        .remedy =
            {
                "Give the TURN server an address of that family to relay with, or offer clients "
                "only addresses of the family that it has.",
                "On Expressway-E: set IP protocol under System > Network interfaces > IP to Both.",
                "On coturn: add a relay-ip= of that family.",
            },
        .reference = "RFC 8656 §7.2, §7.4 and §19",
        .evidence = "An error response 440 to Allocate or Refresh, or 443 to CreatePermission, "
                    "ChannelBind or Refresh.",
    },
    {
        .code = FINDING_TURN_UNKNOWN_ATTRIBUTE,
        .name = "turn.unknown-attribute",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server does not know a required attribute",
        .explanation = "Error 420: the request holds an attribute that must be understood, and the "
                       "server does not understand it. The server lists it in UNKNOWN-ATTRIBUTES. "
                       "Client and server are of different generations; a client may try again "
                       "without it, as with DONT-FRAGMENT.",
        .remedy =
            {
                "Update the older one of client and TURN server.",
                "Switch off in the client the feature that the listed attribute belongs to.",
            },
        .reference = "RFC 8489 §6.3.1 and §14.13, RFC 8656 §7.4",
        .evidence = "An error response 420 and its UNKNOWN-ATTRIBUTES.",
    },
    {
        .code = FINDING_TURN_BAD_REQUEST,
        .name = "turn.bad-request",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server calls the request malformed",
        .explanation =
            "Error 400 from the TURN server: something required is missing or contradictory. "
            "Either the client made a bad request or a device on the way rewrote it. It is not the "
            "web page's Bad Request, which is http.bad-request.",
        .remedy =
            {
                "Compare the request in a capture on the client with one on the server: a "
                "difference convicts the device between them.",
                "Switch off STUN or SIP helpers (ALG) on routers and firewalls between the two.",
                "Update the client and the TURN server.",
            },
        .reference = "RFC 8489 §9.2.4, RFC 8656 §7.2 and §7.4",
        .evidence = "An error response 400 to a TURN request.",
    },
    {
        .code = FINDING_TURN_REDIRECTED,
        .name = "turn.redirected",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server sends the client to another server",
        .explanation = "Error 300: the server names another one in ALTERNATE-SERVER, usually to "
                       "share load within a cluster. That is in order as long as the client can "
                       "reach the other server and is not sent round in circles. An internal "
                       "address in it is of no use to outside clients.",
        .remedy =
            {
                "Check that the address in ALTERNATE-SERVER is reachable from where the client is.",
                "On Expressway-E cluster: check static NAT and the TURN settings of every peer.",
                "On coturn: check the alternate-server= lines; a server must not name itself or "
                "one that names it back.",
            },
        .reference = "RFC 8489 §10, RFC 8656 §7.4",
        .evidence = "An error response 300 and its ALTERNATE-SERVER.",
    },
    {
        .code = FINDING_TURN_SERVER_ERROR,
        .name = "turn.server-error",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server reports an internal error",
        .explanation = "Error 500: the server failed for a reason of its own and says so. The "
                       "request reached it, and neither the network nor the client is to blame. "
                       "The reason stands in the server's log and not in the capture.",
        .remedy =
            {
                "Read the TURN server's log at the time of the evidence.",
                "On Expressway-E: look at Status > Logs > Event Log and at Status > Alarms.",
                "Restart the TURN service, and update it if the error returns.",
            },
        .reference = "RFC 8489 §14.8",
        .evidence = "An error response 500.",
    },
    {
        .code = FINDING_TURN_CONNECTION_FAILED,
        .name = "turn.connection-failed",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server could not open a TCP connection to the peer",
        .explanation =
            "Error 447 (446: such a connection exists already) to a Connect request: the server "
            "accepted the client, then failed to reach the peer over TCP. The fault lies between "
            "the TURN server and the peer. Only TCP relays use this; UDP relays are unaffected.",
        .remedy =
            {
                "Open the peer's TCP port for connections from the TURN server's relay address.",
                "Check that the peer listens on the address and port in XOR-PEER-ADDRESS.",
                "Use UDP relays unless TCP to the peer is required.",
            },
        .reference = "RFC 6062 §5.2 and §6.3",
        .evidence = "An error response 446 or 447 to a Connect request.",
    },
};

const struct catalogue_family catalogue_turn_errors = {rows, sizeof rows / sizeof rows[0]};
