/* SPDX-License-Identifier: MIT */
/* Subject alternative names, and RFC 9525. */
#include "analyzer/crypto/certificate_names.h"
#include "analyzer/crypto/certificate.h"

#include <strings.h>

void certificate_add_san(struct certificate_facts *facts, uint8_t kind, struct bytes value)
{
    size_t needed = 2 + value.length;
    if (facts->san_total < UINT16_MAX)
        facts->san_total++;
    if (value.length > UINT8_MAX || facts->san_bytes + needed > sizeof facts->sans)
        return;
    uint8_t *at = facts->sans + facts->san_bytes;
    at[0] = kind;
    at[1] = (uint8_t)value.length;
    if (value.length > 0)
        memcpy(at + 2, value.data, value.length);
    facts->san_bytes = (uint16_t)(facts->san_bytes + needed);
    facts->san_kept++;
}

static bool take_san(struct cursor *c, struct certificate_san *san)
{
    uint8_t kind = cursor_u8(c);
    struct bytes value = cursor_take(c, cursor_u8(c));
    *san = (struct certificate_san){.is_address = kind == CERTIFICATE_SAN_ADDRESS, .name = value};
    if (san->is_address) {
        struct cursor octets = cursor_of(value);
        san->address = ip_address_read(&octets, value.length == 4 ? 4 : 6);
    }
    return !c->failed;
}

bool certificate_san(const struct certificate_facts *facts, size_t index,
                     struct certificate_san *san)
{
    struct cursor c = cursor_of(bytes_of(facts->sans, facts->san_bytes));
    for (size_t i = 0; i < index && take_san(&c, san); i++)
        ;
    return take_san(&c, san);
}

/* The next attribute of a name in the manner of RFC 2253, in which separators are escaped where
 * they are part of a value. */
static const char *next_attribute(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name == '\\' && name[1] != '\0')
            name++;
        else if (*name == ',' || *name == '+')
            return name + 1;
    return NULL;
}

void certificate_authority(const struct certificate_facts *facts, char text[CERTIFICATE_NAME])
{
    const char *from = facts->issuer;
    size_t length = strlen(from);
    for (const char *at = from; at != NULL; at = next_attribute(at)) {
        if (strncmp(at, "O=", 2) != 0)
            continue;
        const char *end = next_attribute(at);
        from = at;
        length = end != NULL ? (size_t)(end - at) - 1 : strlen(at);
        break;
    }
    memcpy(text, from, length);
    text[length] = '\0';
}

static bool equal_ignoring_case(struct bytes a, struct bytes b)
{
    return a.length == b.length &&
           strncasecmp((const char *)a.data, (const char *)b.data, a.length) == 0;
}

/* What follows the first label and its dot; empty when there is but one label. */
static struct bytes parent_of(struct bytes name)
{
    const uint8_t *dot = name.length > 0 ? memchr(name.data, '.', name.length) : NULL;
    return dot == NULL ? bytes_of(NULL, 0) : bytes_from(name, (size_t)(dot - name.data) + 1);
}

/* RFC 9525 6.3. */
static bool dns_name_matches(struct bytes pattern, struct bytes name)
{
    /* A NUL in a name has deceived clients before: such a name is for nobody. */
    if (pattern.length == 0 || memchr(pattern.data, '\0', pattern.length) != NULL)
        return false;
    if (pattern.length > 1 && pattern.data[pattern.length - 1] == '.')
        pattern.length--;
    if (pattern.data[0] != '*')
        return equal_ignoring_case(pattern, name);
    struct bytes parent = parent_of(name);
    return pattern.length > 2 && pattern.data[1] == '.' && parent.length > 0 &&
           name.data[0] != '.' && equal_ignoring_case(bytes_from(pattern, 2), parent);
}

bool certificate_matches_name(const struct certificate_facts *facts, const char *name)
{
    struct ip_address address;
    struct bytes dns_name = bytes_of(name, strlen(name));
    bool wants_address = ip_address_parse(&address, name);
    /* "example.com." is the same name, written absolutely. */
    if (dns_name.length > 1 && dns_name.data[dns_name.length - 1] == '.')
        dns_name.length--;
    struct cursor c = cursor_of(bytes_of(facts->sans, facts->san_bytes));
    struct certificate_san san;
    while (cursor_left(&c) > 0 && take_san(&c, &san)) {
        if (san.is_address != wants_address)
            continue;
        if (wants_address ? ip_address_equal(&san.address, &address)
                          : dns_name_matches(san.name, dns_name))
            return true;
    }
    return false;
}
