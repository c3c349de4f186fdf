/* SPDX-License-Identifier: MIT */
/* STUN and classic STUN: one line a packet that holds any, not what indications carry: tshark does
 * not look inside either. */
#include "dissectors/stun/message.h"
#include "tests/oracle/dump.h"

#include <stdio.h>

/* Appends to the list of this name, which is made when it is new. */
static void append(json_t *fields, const char *prefix, const char *name, json_t *value)
{
    char key[64];
    snprintf(key, sizeof key, "%s%s", prefix, name);
    if (json_object_get(fields, key) == NULL)
        json_object_set_new(fields, key, json_array());
    json_array_append_new(json_object_get(fields, key), value);
}

static json_t *hex(const uint8_t *octets, size_t length)
{
    char text[2 * STUN_TRANSACTION_ID_LENGTH + 1] = "";
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
    return json_string(text);
}

static void append_address(json_t *fields, const char *prefix, const struct transport_address *a)
{
    char text[IP_ADDRESS_TEXT];
    append(fields, prefix, a->ip.family == 4 ? "att.ipv4" : "att.ipv6",
           json_string(ip_address_text(&a->ip, text)));
    append(fields, prefix, "att.port", json_integer(a->port));
}

static void append_attributes(json_t *fields, const char *prefix, const struct stun_message *m)
{
    for (size_t i = 0; i < m->attribute_count; i++) {
        struct transport_address address;
        append(fields, prefix, "att.type", json_integer(m->attributes[i].type));
        if (stun_attribute_address(m, &m->attributes[i], &address))
            append_address(fields, prefix, &address);
    }
}

static void append_message(json_t *fields, const struct stun_message *m)
{
    /* tshark goes by the header: [MS-TURN] may keep the cookie in an attribute. */
    struct cursor c = cursor_of(bytes_from(m->raw, 4));
    bool classic = cursor_u32(&c) != STUN_MAGIC_COOKIE;
    const char *prefix = classic ? "classicstun." : "stun.";
    unsigned code;
    struct bytes reason;
    append(fields, prefix, "type", json_integer(m->type));
    append(fields, prefix, "id", hex(m->transaction_id, classic ? 16 : 12));
    append_attributes(fields, prefix, m);
    if (stun_error_code(m, &code, &reason)) {
        append(fields, prefix, "att.error.class", json_integer(code / 100));
        append(fields, prefix, "att.error", json_integer(code % 100));
    }
}

static void dump_message(json_t *fields, struct bytes bytes, bool cut, enum dissect_status *worst)
{
    struct stun_message message;
    enum dissect_status status = stun_decode(&message, bytes, cut);
    if (status == DISSECT_NOT_MINE || status == DISSECT_INCOMPLETE)
        return;
    if (*worst == DISSECT_OK)
        *worst = status;
    append_message(fields, &message);
}

/* Messages that begin and end in this segment; ChannelData between them is passed over. */
static void dump_segment(json_t *fields, struct bytes rest, enum dissect_status *worst)
{
    size_t length;
    while (rest.length > 0 && stun_frame_length(rest, &length) == DISSECT_OK &&
           length <= rest.length) {
        dump_message(fields, bytes_of(rest.data, length), false, worst);
        rest = bytes_from(rest, length);
    }
}

void dump_stun(uint64_t frame, const struct packet *packet)
{
    enum dissect_status worst = DISSECT_OK;
    json_t *fields = json_object();
    if (packet->protocol == IP_PROTOCOL_TCP)
        dump_segment(fields, packet->payload, &worst);
    else if (packet->protocol == IP_PROTOCOL_UDP)
        dump_message(fields, packet->payload, packet->cut, &worst);
    if (json_object_size(fields) > 0)
        dump_line(frame, worst, fields);
    else
        json_decref(fields);
}
