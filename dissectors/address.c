/* SPDX-License-Identifier: MIT */
#include "dissectors/address.h"

#include <arpa/inet.h>
#include <stdio.h>

struct ip_address ip_address_v4(const uint8_t octets[4])
{
    struct ip_address address = {.family = 4};
    memcpy(address.octets, octets, 4);
    return address;
}

struct ip_address ip_address_v6(const uint8_t octets[16])
{
    struct ip_address address = {.family = 6};
    memcpy(address.octets, octets, 16);
    return address;
}

struct ip_address ip_address_read(struct cursor *c, unsigned family)
{
    struct bytes octets = cursor_take(c, family == 4 ? 4 : 16);
    if (octets.data == NULL)
        return (struct ip_address){0};
    return family == 4 ? ip_address_v4(octets.data) : ip_address_v6(octets.data);
}

bool ip_address_parse(struct ip_address *address, const char *text)
{
    *address = (struct ip_address){0};
    if (inet_pton(AF_INET, text, address->octets) == 1)
        address->family = 4;
    else if (inet_pton(AF_INET6, text, address->octets) == 1)
        address->family = 6;
    return address->family != 0;
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

bool transport_address_equal(const struct transport_address *a, const struct transport_address *b)
{
    return a->port == b->port && ip_address_equal(&a->ip, &b->ip);
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Half of an address. */
static uint64_t octets_u64(const struct ip_address *address, size_t offset)
{
    struct bytes octets = bytes_of(address->octets, sizeof address->octets);
    return (uint64_t)bytes_u32(octets, offset) << 32 | bytes_u32(octets, offset + 4);
}

int transport_address_compare(const struct transport_address *a, const struct transport_address *b)
{
    int order = compare(a->ip.family, b->ip.family);
    if (order == 0)
        order = compare(octets_u64(&a->ip, 0), octets_u64(&b->ip, 0));
    if (order == 0)
        order = compare(octets_u64(&a->ip, 8), octets_u64(&b->ip, 8));
    return order != 0 ? order : compare(a->port, b->port);
}

bool ip_address_inside_nat64(const struct ip_address *address, struct ip_address *inside)
{
    static const uint8_t prefix[12] = {0x00, 0x64, 0xff, 0x9b};
    if (address->family != 6 || memcmp(address->octets, prefix, sizeof prefix) != 0)
        return false;
    *inside = ip_address_v4(address->octets + sizeof prefix);
    return true;
}

bool ip_address_is_multicast(const struct ip_address *address)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    if (address->family == 4)
        return (address->octets[0] & 0xf0) == 0xe0 || memcmp(address->octets, broadcast, 4) == 0;
    return address->family == 6 && address->octets[0] == 0xff;
}

static bool is_within(const struct ip_address *address, const uint8_t *prefix, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(address->octets, prefix, whole) != 0)
        return false;
    return rest == 0 || (address->octets[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

bool ip_address_is_local(const struct ip_address *address)
{
    static const struct {
        uint16_t family;
        uint8_t bits;
        uint8_t prefix[16];
    } ranges[] = {
        {4, 8, {10}},       {4, 12, {172, 16}},    {4, 16, {192, 168}},
        {4, 10, {100, 64}}, {4, 8, {127}},         {4, 16, {169, 254}},
        {6, 7, {0xfc}},     {6, 10, {0xfe, 0x80}}, {6, 128, {[15] = 1}},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (ranges[i].family == address->family &&
            is_within(address, ranges[i].prefix, ranges[i].bits))
            return true;
    return false;
}

bool ip_address_is_loopback(const struct ip_address *address)
{
    static const uint8_t v6[16] = {[15] = 1};
    return address->family == 4 ? address->octets[0] == 127
                                : address->family == 6 && is_within(address, v6, 128);
}

static char *put_octet(char *to, unsigned octet)
{
    if (octet >= 100)
        *to++ = (char)('0' + octet / 100);
    if (octet >= 10)
        *to++ = (char)('0' + octet / 10 % 10);
    *to++ = (char)('0' + octet % 10);
    return to;
}

/* Each DNS answer is put in words: inet_ntop, which prints by format, takes ten times as long. */
static void v4_text(const uint8_t octets[4], char *to)
{
    for (unsigned i = 0; i < 4; i++) {
        to = put_octet(to, octets[i]);
        *to++ = i < 3 ? '.' : '\0';
    }
}

const char *ip_address_text(const struct ip_address *address, char text[IP_ADDRESS_TEXT])
{
    text[0] = '\0';
    if (address->family == 4)
        v4_text(address->octets, text);
    else if (address->family != 0)
        inet_ntop(AF_INET6, address->octets, text, IP_ADDRESS_TEXT);
    return text;
}

const char *transport_address_text(const struct transport_address *address,
                                   char text[TRANSPORT_ADDRESS_TEXT])
{
    char ip[IP_ADDRESS_TEXT];
    ip_address_text(&address->ip, ip);
    if (address->ip.family == 0)
        text[0] = '\0';
    else
        snprintf(text, TRANSPORT_ADDRESS_TEXT, address->ip.family == 6 ? "[%s]:%u" : "%s:%u", ip,
                 address->port);
    return text;
}
