/* SPDX-License-Identifier: MIT */
#include "analyzer/evidence.h"

#include "analyzer/sighting.h"
#include "analyzer/text.h"
#include "dissectors/dns/message.h"
#include "dissectors/names.h"
#include "dissectors/stun/message.h"
#include "dissectors/tls/names.h"
#include "dissectors/tls/record.h"

#include <stdio.h>
#include <string.h>

void evidence_set_detail(struct evidence *evidence, struct bytes text)
{
    text_copy(evidence->detail, sizeof evidence->detail, text);
}

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

static const char *peer_text(const struct evidence_peer *peer, char *text, size_t size)
{
    char address[TRANSPORT_ADDRESS_TEXT];
    if (peer->any_port)
        ip_address_text(&peer->address.ip, address);
    else
        transport_address_text(&peer->address, address);
    snprintf(text, size, "%s%s", address, peer->others ? " and others" : "");
    return text;
}

/* ", user turnuser, with nonce, signed". */
static void stun_subject(const struct evidence *e, char *text, size_t size)
{
    char peer[TRANSPORT_ADDRESS_TEXT + sizeof " and others"];
    bool has_peer = e->flags & EVIDENCE_HAS_PEER;
    const char *user = e->detail[0] != '\0' ? e->detail : "(hashed)";
    snprintf(text, size, ", %s %s%s%s", has_peer ? "peer" : "user",
             has_peer ? peer_text(&e->peer, peer, sizeof peer) : user,
             e->flags & EVIDENCE_HAS_NONCE ? ", with nonce" : "",
             e->flags & EVIDENCE_HAS_INTEGRITY ? ", signed" : "");
}

static void stun_summary(const struct evidence *e, char *text, size_t size)
{
    uint16_t method = stun_type_method(e->kind);
    enum stun_class class = stun_type_class(e->kind);
    const char *name = stun_method_name(method);
    const char *error = e->code != 0 ? stun_error_name(e->code) : NULL;
    char number[24] = "";
    if (name == NULL)
        snprintf(number, sizeof number, "STUN method 0x%03x", method);
    int length = snprintf(text, size, "%s %s", name ? name : number, stun_class_name(class));
    size_t used = length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
    if (e->code != 0)
        snprintf(text + used, size - used, ": %u%s%s", e->code, error ? " " : "",
                 error ? error : "");
    else if (e->flags & (EVIDENCE_HAS_USERNAME | EVIDENCE_HAS_PEER))
        stun_subject(e, text + used, size - used);
    else if (class == STUN_REQUEST && method == STUN_ALLOCATE)
        snprintf(text + used, size - used, ", no credentials");
    if (e->flags & EVIDENCE_RETRANSMISSION)
        append(text, size, ", sent again");
}

static void icmp_summary(const struct evidence *e, char *text, size_t size)
{
    static const struct id_name unreachable[] = {
        {0, "network unreachable"},
        {1, "host unreachable"},
        {2, "protocol unreachable"},
        {3, "port unreachable"},
        {4, "fragmentation needed"},
        {9, "network administratively prohibited"},
        {10, "host administratively prohibited"},
        {13, "communication administratively prohibited"},
    };
    static const struct id_name unreachable6[] = {
        {0, "no route"},         {1, "administratively prohibited"},  {3, "address unreachable"},
        {4, "port unreachable"}, {5, "source address failed policy"}, {6, "route rejected"},
    };
    bool v6 = e->source.ip.family == 6;
    const char *name = NULL;
    if (e->kind == (v6 ? 1 : 3))
        name = v6 ? ID_NAME(unreachable6, e->code) : ID_NAME(unreachable, e->code);
    if (name != NULL)
        snprintf(text, size, "ICMP%s %s", v6 ? "v6" : "", name);
    else
        snprintf(text, size, "ICMP%s type %u code %u", v6 ? "v6" : "", e->kind, e->code);
}

static void detail_summary(const struct evidence *e, char *text, size_t size)
{
    snprintf(text, size, "%s", e->detail);
}

/* "DNS query A cmsweb.octavio.com", "DNS answer A cmsweb.octavio.com: NXDOMAIN". */
static void dns_summary(const struct evidence *e, char *text, size_t size)
{
    bool response = e->flags & EVIDENCE_RESPONSE;
    const char *rcode = dns_rcode_name(e->code);
    char type[DNS_TYPE_TEXT];
    char rcode_number[16];
    snprintf(rcode_number, sizeof rcode_number, "RCODE%u", e->code);
    bool plain = !response || e->code == DNS_NOERROR;
    snprintf(text, size, "DNS %s %s %s%s%s", response ? "answer" : "query",
             dns_type_text(e->kind, type), e->detail, plain ? "" : ": ",
             plain   ? ""
             : rcode ? rcode
                     : rcode_number);
}

static void channel_summary(const struct evidence *e, char *text, size_t size)
{
    if (e->kind != 0)
        snprintf(text, size, "ChannelData on channel 0x%04x", e->kind);
    else
        snprintf(text, size, "Data for a peer");
}

static void tls_record_summary(const struct evidence *e, char *text, size_t size)
{
    const char *name = tls_alert_name((uint8_t)e->code);
    const char *level = tls_alert_level_name(e->id[0]);
    switch (e->kind & 0xff) {
    case TLS_ALERT:
        if (level == NULL)
            snprintf(text, size, "Alert, encrypted");
        else if (name != NULL)
            snprintf(text, size, "Alert %s %s", level, name);
        else
            snprintf(text, size, "Alert %s %u", level, e->code);
        break;
    case TLS_APPLICATION_DATA:
        snprintf(text, size, "Handshake finished");
        break;
    default:
        snprintf(text, size, "Not TLS: %s", e->detail);
        break;
    }
}

static void tls_summary(const struct evidence *e, char *text, size_t size)
{
    const char *name = tls_handshake_type_name((uint8_t)e->kind);
    if (e->kind & EVIDENCE_TLS_RECORD)
        tls_record_summary(e, text, size);
    else
        snprintf(text, size, "%s%s%s", name ? name : "Handshake message", e->detail[0] ? " " : "",
                 e->detail);
}

/* "TCP SYN, ACK": the flags as Wireshark writes them. */
static void tcp_summary(const struct evidence *e, char *text, size_t size)
{
    static const struct id_name flags[] = {
        {TCP_FIN, "FIN"}, {TCP_SYN, "SYN"}, {TCP_RST, "RST"}, {TCP_PSH, "PSH"}, {TCP_ACK, "ACK"},
    };
    int length = snprintf(text, size, "TCP%s%s", e->detail[0] != '\0' ? " " : "", e->detail);
    if (e->detail[0] != '\0')
        return;
    size_t used = length > 0 ? (size_t)length : 0;
    const char *separator = " ";
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (!(e->kind & flags[i].id) || used >= size)
            continue;
        length = snprintf(text + used, size - used, "%s%s", separator, flags[i].name);
        used += length > 0 ? (size_t)length : 0;
        separator = ", ";
    }
}

/* One row a protocol: how it is named, how a packet of it is put in words, how Wireshark finds it.
 */
struct protocol_row {
    const char *name;
    void (*summary)(const struct evidence *evidence, char *text, size_t size);
    const char *display_filter;
};

static const struct protocol_row protocols[] = {
    [EVIDENCE_NONE] = {"", detail_summary, "frame"},
    [EVIDENCE_STUN] = {"STUN", stun_summary, NULL},
    [EVIDENCE_CHANNEL_DATA] = {"TURN", channel_summary, "stun.channel"},
    [EVIDENCE_ICMP] = {"ICMP", icmp_summary, "icmp || icmpv6"},
    [EVIDENCE_DNS] = {"DNS", dns_summary, NULL},
    [EVIDENCE_TCP] = {"TCP", tcp_summary, "tcp"},
    [EVIDENCE_TLS] = {"TLS", tls_summary, "tls"},
    [EVIDENCE_DTLS] = {"DTLS", tls_summary, "dtls"},
    [EVIDENCE_QUIC] = {"QUIC", tls_summary, "quic"},
    [EVIDENCE_HTTP] = {"HTTP", detail_summary, "http || http2"},
    [EVIDENCE_RTP] = {"RTP", detail_summary, "rtp || rtcp"},
    [EVIDENCE_LOG] = {"CMS log", detail_summary, ""},
};

bool evidence_is_request(const struct evidence *evidence)
{
    if (evidence->protocol == EVIDENCE_STUN)
        return stun_type_class(evidence->kind) == STUN_REQUEST;
    if (evidence->protocol == EVIDENCE_DNS)
        return !(evidence->flags & EVIDENCE_RESPONSE);
    return evidence->protocol == EVIDENCE_TCP && (evidence->kind & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

const char *evidence_protocol_name(const struct evidence *evidence)
{
    return protocols[evidence->protocol].name;
}

const char *evidence_summary(const struct evidence *evidence, char *text, size_t size)
{
    protocols[evidence->protocol].summary(evidence, text, size);
    return text;
}

static void stun_filter(const struct evidence *e, char *text, size_t size)
{
    bool classic = e->flags & EVIDENCE_CLASSIC;
    size_t length = classic ? 16 : 12;
    int written = snprintf(text, size, classic ? "classicstun.id == " : "stun.id == ");
    size_t used = written < 0 ? 0 : (size_t)written;
    for (size_t i = 0; i < length && used + 4 < size; i++)
        used += (size_t)snprintf(text + used, size - used, i ? ":%02x" : "%02x", e->id[i]);
}

const char *evidence_display_filter(const struct evidence *evidence, char *text, size_t size)
{
    const struct protocol_row *row = &protocols[evidence->protocol];
    if (evidence->protocol == EVIDENCE_STUN)
        stun_filter(evidence, text, size);
    else if (evidence->protocol == EVIDENCE_DNS)
        snprintf(text, size, "dns.id == 0x%02x%02x", evidence->id[0], evidence->id[1]);
    else if (evidence->protocol == EVIDENCE_LOG)
        snprintf(text, size, "%s", "");
    else if (evidence->frame != 0)
        snprintf(text, size, "frame.number == %llu", (unsigned long long)evidence->frame);
    else
        snprintf(text, size, "%s", row->display_filter);
    return text;
}
