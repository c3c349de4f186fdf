/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/attributes.h"
#include "dissectors/stun/message.h"

static uint16_t type_in_ms_turn(const struct stun_message *message, uint16_t type)
{
    switch (type) {
    case STUN_REALM:
        return STUN_NONCE;
    case STUN_NONCE:
        return STUN_REALM;
    case STUN_XOR_MAPPED_ADDRESS:
        return STUN_OLD_XOR_MAPPED_ADDRESS;
    case STUN_XOR_RELAYED_ADDRESS: /* there MAPPED-ADDRESS is the relay's */
        return STUN_MAPPED_ADDRESS;
    case STUN_XOR_PEER_ADDRESS: /* 0x0012 is REMOTE-ADDRESS, where data came from */
        return message->class == STUN_REQUEST ? STUN_DESTINATION_ADDRESS : type;
    case STUN_ALTERNATE_SERVER:
        return STUN_MS_ALTERNATE_SERVER;
    default:
        return type;
    }
}

/* The number under which `message` has what RFC 8489 numbers `type`. */
static uint16_t type_in_dialect(const struct stun_message *message, uint16_t type)
{
    if (message->dialect == STUN_DIALECT_MS_TURN)
        return type_in_ms_turn(message, type);
    if (message->dialect == STUN_DIALECT_CLASSIC && type == STUN_XOR_MAPPED_ADDRESS)
        return STUN_OLD_XOR_MAPPED_ADDRESS;
    return type;
}

const struct stun_attribute *stun_find_in_dialect(const struct stun_message *message, uint16_t type)
{
    uint16_t wanted = type_in_dialect(message, type);
    if ((message->attribute_types >> wanted % 64 & 1) == 0)
        return NULL;
    for (size_t i = message->first_of[wanted % 64]; i < message->attribute_count; i++)
        if (message->attributes[i].type == wanted && !message->attributes[i].passed_over)
            return &message->attributes[i];
    return NULL;
}

bool stun_error_code(const struct stun_message *message, unsigned *code, struct bytes *reason)
{
    struct bytes value = stun_value(message, STUN_ERROR_CODE);
    if (value.data == NULL)
        return false;
    *code = stun_error_code_of(value);
    *reason = bytes_from(value, 4);
    return true;
}

bool stun_number(const struct stun_message *message, uint16_t type, uint64_t *number)
{
    const struct stun_attribute *attribute = stun_find(message, type);
    if (attribute == NULL || attribute->status != DISSECT_OK)
        return false;
    const struct stun_attribute_row *row = stun_attribute_row(message->dialect, attribute->type);
    if (row == NULL || row->shape != STUN_SHAPE_NUMBER)
        return false;
    struct cursor c = cursor_of(attribute->value);
    *number = 0;
    for (unsigned i = 0; i < row->number_width; i++)
        *number = *number << 8 | cursor_u8(&c);
    return true;
}
