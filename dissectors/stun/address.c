/* SPDX-License-Identifier: MIT */
/* RFC 8489 sections 14.1 and 14.2. */
#include "dissectors/address.h"

#include "dissectors/stun/attributes.h"

enum { FAMILY_IPV4 = 1, HEADER_COOKIE_OFFSET = 4 };

static struct transport_address read_address(struct bytes value)
{
    struct cursor c = cursor_of(value);
    struct transport_address address;
    cursor_skip(&c, 1);
    unsigned family = cursor_u8(&c) == FAMILY_IPV4 ? 4 : 6;
    address.port = cursor_u16(&c);
    address.ip = ip_address_read(&c, family);
    return address;
}

/* The mask is the header from the cookie on: cookie and transaction ID, or, in the drafts that had
 * no cookie, the 16 bytes of the transaction ID. */
static void remove_mask(struct transport_address *address, struct bytes raw)
{
    struct cursor c = cursor_of(bytes_from(raw, HEADER_COOKIE_OFFSET));
    struct bytes mask = cursor_take(&c, sizeof address->ip.octets);
    size_t length = address->ip.family == 4 ? 4 : sizeof address->ip.octets;
    address->port ^= bytes_u16(mask, 0);
    for (size_t i = 0; i < length; i++)
        address->ip.octets[i] ^= bytes_u8(mask, i);
}

bool stun_attribute_address(const struct stun_message *message,
                            const struct stun_attribute *attribute,
                            struct transport_address *address)
{
    const struct stun_attribute_row *row = stun_attribute_row(message->dialect, attribute->type);
    if (row == NULL || attribute->status != DISSECT_OK)
        return false;
    if (row->shape != STUN_SHAPE_ADDRESS && row->shape != STUN_SHAPE_XOR_ADDRESS)
        return false;
    *address = read_address(attribute->value);
    if (row->shape == STUN_SHAPE_XOR_ADDRESS)
        remove_mask(address, message->raw);
    return true;
}
