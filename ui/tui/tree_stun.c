/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "analyzer/crypto/integrity.h"
#include "dissectors/stun/attributes.h"
#include "ui/tui/packet_flow.h"

#include <stdio.h>

/* Numbers that have names. */
static const char *number_name(uint16_t type, uint64_t number)
{
    if (type == STUN_REQUESTED_TRANSPORT)
        return number == IP_PROTOCOL_UDP ? "UDP" : number == IP_PROTOCOL_TCP ? "TCP" : NULL;
    if (type == STUN_REQUESTED_ADDRESS_FAMILY || type == STUN_ADDITIONAL_ADDRESS_FAMILY)
        return number == 1 ? "IPv4" : number == 2 ? "IPv6" : NULL;
    if (type == STUN_PASSWORD_ALGORITHM)
        return number == 1 ? "MD5" : number == 2 ? "SHA-256" : NULL;
    return type == STUN_LIFETIME ? "seconds" : NULL;
}

static void add_number(struct tree_builder *builder, struct bytes all,
                       const struct stun_attribute *attribute, const char *name, unsigned width)
{
    struct cursor c = cursor_of(bytes_first(attribute->value, width));
    uint64_t number = 0;
    while (cursor_left(&c) > 0)
        number = number << 8 | cursor_u8(&c);
    const char *known = number_name(attribute->type, number);
    if (attribute->type == STUN_CHANNEL_NUMBER)
        tree_add(builder, all, name, "0x%04llx", (unsigned long long)number);
    else if (attribute->type == STUN_FINGERPRINT)
        tree_add(builder, all, name, "0x%08llx", (unsigned long long)number);
    else if (known != NULL)
        tree_add(builder, all, name, "%llu %s", (unsigned long long)number, known);
    else
        tree_add(builder, all, name, "%llu", (unsigned long long)number);
}

static void add_address(struct tree_builder *builder, struct bytes all,
                        const struct stun_message *message, const struct stun_attribute *attribute,
                        const char *name)
{
    struct transport_address address;
    char text[TRANSPORT_ADDRESS_TEXT];
    if (stun_attribute_address(message, attribute, &address))
        tree_add(builder, all, name, "%s", transport_address_text(&address, text));
    else
        tree_add_octets(builder, all, name, attribute->value);
}

static void add_error(struct tree_builder *builder, struct bytes all,
                      const struct stun_attribute *attribute, const char *name)
{
    unsigned code = stun_error_code_of(attribute->value);
    const char *known = stun_error_name(code);
    struct bytes reason = bytes_from(attribute->value, 4);
    tree_set_look(tree_add(builder, all, name, "%u %.*s", code, (int)reason.length,
                           (const char *)reason.data),
                  code == 401 || code == 438 ? LOOK_WARNING : LOOK_BAD);
    builder->depth++;
    tree_add_named(builder, bytes_first(bytes_from(attribute->value, 2), 2), "Code", code, known);
    tree_add_text(builder, reason, "Reason phrase", reason);
    builder->depth--;
}

static void add_types(struct tree_builder *builder, struct bytes all,
                      const struct stun_attribute *attribute, const char *name)
{
    struct cursor c = cursor_of(attribute->value);
    tree_add(builder, all, name, "%zu attributes", cursor_left(&c) / 2);
    builder->depth++;
    while (cursor_left(&c) >= 2) {
        struct bytes bytes = bytes_of(c.at, 2);
        uint16_t type = cursor_u16(&c);
        const char *known = stun_attribute_name(type);
        tree_add(builder, bytes, "Type", "0x%04x %s", type, known != NULL ? known : "");
    }
    builder->depth--;
}

static void add_integrity(struct tree_builder *builder, const struct stun_message *message)
{
    static const struct {
        const char *text;
        enum look look;
    } verdicts[] = {
        [INTEGRITY_ABSENT] = {"", LOOK_PLAIN},
        [INTEGRITY_VERIFIED] = {"correct: made with the password given", LOOK_GOOD},
        [INTEGRITY_MISMATCH] = {"wrong: not made with the password given", LOOK_BAD},
        [INTEGRITY_UNKNOWN] = {"cannot be checked: no password of this user is known", LOOK_QUIET},
    };
    const struct stun_tracker *stun = &builder->engine->trackers.stun;
    const struct allocation *allocation = packet_allocation(builder->engine, builder->packet);
    struct integrity_context context = {0};
    enum integrity_result result = INTEGRITY_UNKNOWN;
    if (allocation != NULL)
        context =
            (struct integrity_context){bytes_of(allocation->username, strlen(allocation->username)),
                                       bytes_of(allocation->realm, strlen(allocation->realm))};
    if (stun->integrity == NULL) {
        tree_set_look(tree_add(builder, bytes_of(NULL, 0), "Verdict",
                               "not checked: give the password with --turn-password-file"),
                      LOOK_QUIET);
        return;
    }
    result = integrity_check(stun->integrity, message, stun->credentials, &context);
    tree_set_look(tree_add(builder, bytes_of(NULL, 0), "Verdict", "%s", verdicts[result].text),
                  verdicts[result].look);
}

static void add_fingerprint(struct tree_builder *builder, const struct stun_message *message)
{
    enum stun_fingerprint verdict = stun_fingerprint(message);
    const char *text = verdict == STUN_FINGERPRINT_CORRECT ? "correct"
                       : verdict == STUN_FINGERPRINT_WRONG
                           ? "wrong: altered on the way"
                           : "cannot be checked: the message is cut";
    tree_set_look(tree_add(builder, bytes_of(NULL, 0), "Verdict", "%s", text),
                  verdict == STUN_FINGERPRINT_CORRECT ? LOOK_GOOD
                  : verdict == STUN_FINGERPRINT_WRONG ? LOOK_BAD
                                                      : LOOK_QUIET);
}

static void add_verdict(struct tree_builder *builder, const struct stun_message *message,
                        const struct stun_attribute *attribute)
{
    builder->depth++;
    if (attribute->type == STUN_MESSAGE_INTEGRITY ||
        attribute->type == STUN_MESSAGE_INTEGRITY_SHA256)
        add_integrity(builder, message);
    else if (attribute->type == STUN_FINGERPRINT)
        add_fingerprint(builder, message);
    else if (attribute->type == STUN_DATA_ATTRIBUTE && attribute->value.length > 0)
        tree_datagram(builder, attribute->value);
    builder->depth--;
}

static void add_value(struct tree_builder *builder, struct bytes all,
                      const struct stun_message *message, const struct stun_attribute *attribute)
{
    const struct stun_attribute_row *row = stun_attribute_row(message->dialect, attribute->type);
    char unknown[32];
    snprintf(unknown, sizeof unknown, "Attribute 0x%04x", attribute->type);
    const char *name = row != NULL ? row->name : unknown;
    switch (row != NULL ? row->shape : STUN_SHAPE_OPAQUE) {
    case STUN_SHAPE_TEXT:
        tree_add_text(builder, all, name, attribute->value);
        break;
    case STUN_SHAPE_EMPTY:
        tree_add(builder, all, name, "%s", "");
        break;
    case STUN_SHAPE_NUMBER:
        add_number(builder, all, attribute, name, row->number_width);
        break;
    case STUN_SHAPE_ADDRESS:
    case STUN_SHAPE_XOR_ADDRESS:
        add_address(builder, all, message, attribute, name);
        break;
    case STUN_SHAPE_ERROR_CODE:
        add_error(builder, all, attribute, name);
        break;
    case STUN_SHAPE_TYPE_LIST:
        add_types(builder, all, attribute, name);
        break;
    default:
        tree_add_octets(builder, all, name, attribute->value);
        break;
    }
}

static void add_attribute(struct tree_builder *builder, const struct stun_message *message,
                          const struct stun_attribute *attribute)
{
    struct bytes all =
        bytes_first(bytes_from(message->raw, attribute->offset), (size_t)4 + attribute->length);
    size_t place = builder->tree->count;
    add_value(builder, all, message, attribute);
    if (attribute->status != DISSECT_OK && place < builder->tree->count) {
        builder->tree->nodes[place].look = LOOK_BAD;
        builder->depth++;
        tree_add(builder, all, "Damage", "%s",
                 attribute->status == DISSECT_CUT_SHORT
                     ? "the capture cut it"
                     : "malformed: its length or content is wrong");
        builder->depth--;
    }
    add_verdict(builder, message, attribute);
}

static enum look class_look(const struct stun_message *message)
{
    if (message->class == STUN_SUCCESS)
        return LOOK_GOOD;
    return message->class == STUN_ERROR ? LOOK_BAD : LOOK_STRONG;
}

/* Takes `length` bytes off the cursor, fewer when fewer are there. */
static struct bytes take_at_most(struct cursor *c, size_t length)
{
    size_t left = cursor_left(c);
    return cursor_take(c, length < left ? length : left);
}

static void add_header(struct tree_builder *builder, const struct stun_message *message)
{
    struct cursor c = cursor_of(message->raw);
    bool classic = message->dialect == STUN_DIALECT_CLASSIC;
    tree_add(builder, take_at_most(&c, 2), "Type", "0x%04x", message->type);
    tree_add(builder, take_at_most(&c, 2), "Length", "%u", message->length);
    if (!classic)
        tree_add_octets(builder, bytes_first(cursor_rest(&c), 4), "Magic cookie",
                        bytes_first(cursor_rest(&c), 4));
    cursor_skip(&c, classic ? 0 : 4);
    struct bytes id = take_at_most(&c, classic ? 16 : 12);
    tree_add_octets(builder, id, "Transaction ID", id);
}

size_t tree_stun(struct tree_builder *builder, struct bytes bytes)
{
    struct stun_message message;
    enum dissect_status status = stun_decode(&message, bytes, builder->packet->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT && status != DISSECT_MALFORMED)
        return 0;
    const char *method = stun_method_name(message.method);
    const char *label = message.dialect == STUN_DIALECT_CLASSIC ? "STUN (RFC 3489)" : "STUN";
    tree_set_look(tree_add(builder, message.raw, label, "%s %s",
                           method != NULL ? method : "unknown method",
                           stun_class_name(message.class)),
                  class_look(&message));
    builder->depth++;
    add_header(builder, &message);
    for (size_t i = 0; i < message.attribute_count; i++)
        add_attribute(builder, &message, &message.attributes[i]);
    if (message.attributes_seen > message.attribute_count)
        tree_add(builder, bytes_of(NULL, 0), "More", "%zu attributes",
                 message.attributes_seen - message.attribute_count);
    builder->depth--;
    return message.raw.length;
}

size_t tree_channel_data(struct tree_builder *builder, struct bytes bytes, bool stream)
{
    struct channel_data data;
    enum dissect_status status = channel_data_decode(&data, bytes, stream, builder->packet->cut);
    if ((status != DISSECT_OK && status != DISSECT_CUT_SHORT) ||
        packet_allocation(builder->engine, builder->packet) == NULL)
        return 0;
    tree_add(builder, bytes_first(bytes, data.consumed), "ChannelData", "0x%04x, %u bytes",
             data.number, data.length);
    builder->depth++;
    tree_add(builder, bytes_first(bytes, 2), "Channel", "0x%04x", data.number);
    tree_add(builder, bytes_first(bytes_from(bytes, 2), 2), "Length", "%u", data.length);
    tree_datagram(builder, data.data);
    builder->depth--;
    return data.consumed;
}
