/* SPDX-License-Identifier: MIT */
/* turn.*: the relay that was granted, and how the client uses it. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TURN_RELAYED_ADDRESS_INTERNAL,
        .name = "turn.relayed-address-internal",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The TURN server gives out an internal relayed address",
        .explanation =
            "The allocation succeeded, but the relayed address is the server's internal one and "
            "not the public one of the site profile. Peers outside cannot send to it. Some "
            "editions of Expressway do so by design when static NAT is on, and a peer inside may "
            "still reach it, so it is a fault only if no media follows.",
        .remedy =
            {
                "Tell the TURN server its public address.",
                "On Expressway-E: set IPv4 static NAT mode and address for LAN2 under System > "
                "Network interfaces > IP.",
                "On coturn: set external-ip=PUBLIC/PRIVATE.",
            },
        .reference = "RFC 8656 §18.5 and §7.2; Cisco dual-domain WebRTC guide, components used",
        .evidence = "XOR-RELAYED-ADDRESS of the Allocate success response, beside "
                    "expressway-e.static_nat of the site profile.",
        .raise_certainty = "A capture at the peer (CMS) or on Expressway-E LAN1 of the same call: "
                           "it shows whether anything arrives at the relayed address.",
    },
    {
        .code = FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE,
        .name = "turn.relayed-port-out-of-range",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The relayed port lies outside the site's media range",
        .explanation =
            "The TURN server relays on a port outside turn.relay_range of the site profile. A "
            "firewall that is open only for that range will drop the media. If media flows "
            "nevertheless, the profile or the firewall rule is what differs from the intention.",
        .remedy =
            {
                "Make the range of the TURN server and that of the firewall the same.",
                "On Expressway-E: set Media port range start and end under Configuration > "
                "Traversal > TURN; the guide uses 24000 to 29999.",
                "On coturn: set min-port= and max-port=.",
            },
        .reference = "RFC 8656 §7.2; Cisco dual-domain WebRTC guide, requirements",
        .evidence = "The port of XOR-RELAYED-ADDRESS in the Allocate success response, beside "
                    "turn.relay_range of the site profile.",
    },
    {
        .code = FINDING_TURN_PERMISSION_MISSING,
        .name = "turn.permission-missing",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client relays to a peer that it has no permission for",
        .explanation =
            "The client sends through the relay to a peer without a valid permission: it never "
            "asked for one, the request failed, or five minutes passed since. The server drops "
            "such packets silently, in both directions. The server follows the standard; the "
            "client, or whoever dropped its request, is at fault.",
        .remedy =
            {
                "Look for a refused or unanswered CreatePermission before it, and deal with that "
                "first.",
                "If the permission ran out, update the client: it must renew it within 300 "
                "seconds.",
                "On coturn: permission-lifetime= must not be shorter than the standard's 300.",
            },
        .reference = "RFC 8656 §9 and §11.2",
        .evidence = "Send indications to a peer address for which no CreatePermission or "
                    "ChannelBind succeeded within the 300 seconds before.",
        .raise_certainty = "A capture on the relay side of the TURN server (Expressway-E LAN1) at "
                           "the same time: the packets to or from that peer are dropped there.",
    },
    {
        .code = FINDING_TURN_CHANNEL_EXPIRED,
        .name = "turn.channel-expired",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client sends on a TURN channel that has expired",
        .explanation =
            "A channel lasts ten minutes unless it is bound again, and the client goes on sending "
            "after that. The server drops this data silently, so a call that worked dies after ten "
            "minutes. The client forgot to renew, or its renewal was lost or refused.",
        .remedy =
            {
                "Look for a refused or unanswered ChannelBind before it, and deal with that first.",
                "Update the client if it never binds the channel again.",
                "On coturn: channel-lifetime= must not be shorter than the standard's 600.",
            },
        .reference = "RFC 8656 §12 and §12.6",
        .evidence = "ChannelData from the client more than 600 seconds after the last successful "
                    "ChannelBind of that channel.",
    },
    {
        .code = FINDING_TURN_CHANNEL_UNBOUND,
        .name = "turn.channel-unbound",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client sends on a TURN channel that was never bound",
        .explanation =
            "The client sends data on a channel number that it did not bind in this allocation. "
            "The server drops such data silently. The client sent too early or after a refused "
            "binding, or mixed up two allocations; the network is not at fault.",
        .remedy =
            {
                "Look for a refused or unanswered ChannelBind of that number before it.",
                "Update the client if it never sent one.",
            },
        .reference = "RFC 8656 §12.6",
        .evidence = "ChannelData with a number that no ChannelBind bound since the allocation, "
                    "whose beginning and other bindings are in the capture.",
    },
    {
        .code = FINDING_TURN_ALLOCATION_EXPIRED,
        .name = "turn.allocation-expired",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_CONNECT_TIMEOUT,
        .title = "The client uses a TURN allocation that has expired",
        .explanation =
            "The allocation's lifetime ran out without a successful Refresh, and the client went "
            "on using it. The server has given the relay away, so a call that worked stops at that "
            "moment. The client did not renew in time, or its renewals were lost or refused.",
        .remedy =
            {
                "Look for refused or unanswered Refresh requests before it, and deal with those "
                "first.",
                "Update the client if it sends none; it should renew a minute before the end.",
                "Check that a sleeping laptop or a frozen browser tab is not the reason.",
            },
        .reference = "RFC 8656 §8",
        .evidence = "Traffic of the allocation later than its LIFETIME after the last success "
                    "response, for three seconds or more without a sign from the server, or "
                    "followed by error 437.",
    },
};

const struct catalogue_family catalogue_turn_relay = {rows, sizeof rows / sizeof rows[0]};
