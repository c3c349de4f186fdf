/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile_values.h"

#include <stdlib.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Cuts the next value off a comma list, without the spaces around it. False at the end; a value
 * that is missing between commas is "". */
static bool next_item(const char **list, char item[PROFILE_TEXT])
{
    if (*list == NULL)
        return false;
    const char *start = *list;
    const char *end = start + strcspn(start, ",");
    *list = *end == ',' ? end + 1 : NULL;
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    size_t length = (size_t)(end - start);
    if (length >= PROFILE_TEXT)
        length = 0; /* no value of a list is that long */
    memcpy(item, start, length);
    item[length] = '\0';
    return true;
}

/* Decimal digits only, up to `maximum`; what follows them is left in *text. */
static bool parse_number(const char **text, unsigned long maximum, unsigned *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    if (value > maximum)
        return false;
    *number = (unsigned)value;
    *text = end;
    return true;
}

static const char *copy_text(char *field, size_t size, const char *value)
{
    size_t length = strlen(value);
    if (length >= size)
        return "too long";
    memcpy(field, value, length + 1);
    return NULL;
}

const char *profile_parse_text(void *field, const char *value)
{
    return copy_text((char *)field, PROFILE_TEXT, value);
}

const char *profile_parse_path(void *field, const char *value)
{
    return copy_text((char *)field, PROFILE_PATH, value);
}

/* RFC 952 and RFC 1123 section 2.1, and the underscore that some sites use all the same. */
static bool is_host_name(const char *name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t length = strlen(name);
    return length > 0 && length < 254 && strspn(name, characters) == length && name[0] != '.' &&
           strstr(name, "..") == NULL;
}

/* A name is kept without its final dot. */
static bool set_host_name(char field[PROFILE_TEXT], const char *name)
{
    if (!is_host_name(name))
        return false;
    size_t length = strlen(name);
    if (name[length - 1] == '.')
        length--;
    memcpy(field, name, length);
    field[length] = '\0';
    return true;
}

const char *profile_parse_host(void *field, const char *value)
{
    char host[PROFILE_TEXT];
    const char *scheme = strstr(value, "://");
    const char *start = scheme != NULL ? scheme + 3 : value;
    size_t length = strcspn(start, ":/?#");
    if (length >= sizeof host)
        return "not a host name or URL";
    memcpy(host, start, length);
    host[length] = '\0';
    return set_host_name((char *)field, host) ? NULL : "not a host name or URL";
}

const char *profile_parse_names(void *field, const char *value)
{
    struct profile_names *names = (struct profile_names *)field;
    char item[PROFILE_TEXT];
    for (names->count = 0; next_item(&value, item); names->count++) {
        if (names->count == PROFILE_LIST)
            return "a list of more than 8 names";
        if (!set_host_name(names->items[names->count], item))
            return "not a host or domain name";
    }
    return NULL;
}

const char *profile_parse_addresses(void *field, const char *value)
{
    struct profile_addresses *addresses = (struct profile_addresses *)field;
    char item[PROFILE_TEXT];
    for (addresses->count = 0; next_item(&value, item); addresses->count++) {
        if (addresses->count == PROFILE_LIST)
            return "a list of more than 8 addresses";
        if (!ip_address_parse(&addresses->items[addresses->count], item))
            return "not an IP address";
    }
    return NULL;
}

static bool parse_network(struct ip_network *network, char *text)
{
    char *slash = strchr(text, '/');
    if (slash != NULL)
        *slash = '\0';
    if (!ip_address_parse(&network->address, text))
        return false;
    unsigned length = network->address.family == 4 ? 32 : 128;
    if (slash != NULL) {
        const char *digits = slash + 1;
        if (!parse_number(&digits, length, &length) || *digits != '\0')
            return false;
    }
    network->prefix_length = (uint8_t)length;
    return true;
}

const char *profile_parse_networks(void *field, const char *value)
{
    struct profile_networks *networks = (struct profile_networks *)field;
    char item[PROFILE_TEXT];
    for (networks->count = 0; next_item(&value, item); networks->count++) {
        if (networks->count == PROFILE_LIST)
            return "a list of more than 8 networks";
        if (!parse_network(&networks->items[networks->count], item))
            return "not a network (address/prefix length, such as 172.16.84.0/24)";
    }
    return NULL;
}

/* "3478" or "3478-3483"; 0 is no port. */
static bool parse_port_range(struct port_range *range, const char *text)
{
    unsigned first;
    if (!parse_number(&text, UINT16_MAX, &first))
        return false;
    unsigned last = first;
    while (is_space(*text))
        text++;
    if (*text == '-') {
        text++;
        while (is_space(*text))
            text++;
        if (!parse_number(&text, UINT16_MAX, &last))
            return false;
    }
    *range = (struct port_range){.first = (uint16_t)first, .last = (uint16_t)last};
    return *text == '\0' && first > 0 && first <= last;
}

const char *profile_parse_ports(void *field, const char *value)
{
    struct profile_ports *ports = (struct profile_ports *)field;
    char item[PROFILE_TEXT];
    for (ports->count = 0; next_item(&value, item); ports->count++) {
        if (ports->count == PROFILE_LIST)
            return "a list of more than 8 ports or ranges";
        if (!parse_port_range(&ports->items[ports->count], item))
            return "not a port or a range of ports (1-65535, the lower one first)";
    }
    return NULL;
}

const char *profile_parse_version(void *field, const char *value)
{
    struct product_version *version = (struct product_version *)field;
    *version = (struct product_version){.given = true};
    if (*value == 'X' || *value == 'x')
        value++;
    for (size_t i = 0; i < 4; i++) {
        unsigned number;
        if (!parse_number(&value, UINT16_MAX, &number))
            break;
        version->components[i] = (uint16_t)number;
        if (*value == '\0')
            return NULL;
        if (*value++ != '.')
            break;
    }
    return "not a version, such as X12.6.1 or 2.9.3";
}

/* One of a few words. */
struct word {
    const char *word;
    unsigned value;
};

static bool find_word(const struct word *words, size_t count, const char *text, unsigned *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(words[i].word, text) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    return false;
}

const char *profile_parse_answer(void *field, const char *value)
{
    static const struct word words[] = {
        {"yes", ANSWER_YES}, {"true", ANSWER_YES}, {"on", ANSWER_YES}, {"1", ANSWER_YES},
        {"no", ANSWER_NO},   {"false", ANSWER_NO}, {"off", ANSWER_NO}, {"0", ANSWER_NO},
    };
    unsigned answer;
    if (!find_word(words, sizeof words / sizeof words[0], value, &answer))
        return "neither yes nor no";
    *(enum answer *)field = (enum answer)answer;
    return NULL;
}

const char *profile_parse_transports(void *field, const char *value)
{
    static const struct word words[] = {{"udp", TURN_TRANSPORT_UDP}, {"tcp", TURN_TRANSPORT_TCP}};
    unsigned transports = 0;
    char item[PROFILE_TEXT];
    while (next_item(&value, item)) {
        unsigned transport;
        if (!find_word(words, sizeof words / sizeof words[0], item, &transport))
            return "not a list of udp, tcp";
        transports |= transport;
    }
    *(unsigned *)field = transports;
    return NULL;
}

const char *profile_parse_error_dialect(void *field, const char *value)
{
    static const struct word words[] = {
        {"auto", ERROR_DIALECT_AUTO}, {"401", ERROR_DIALECT_401}, {"431", ERROR_DIALECT_431}};
    unsigned dialect;
    if (!find_word(words, sizeof words / sizeof words[0], value, &dialect))
        return "none of auto, 401, 431";
    *(enum error_dialect *)field = (enum error_dialect)dialect;
    return NULL;
}

const char *profile_parse_relayed_address(void *field, const char *value)
{
    static const struct word words[] = {{"static_nat", RELAYED_ADDRESS_STATIC_NAT},
                                        {"private", RELAYED_ADDRESS_PRIVATE}};
    unsigned which;
    if (!find_word(words, sizeof words / sizeof words[0], value, &which))
        return "none of static_nat, private";
    *(enum relayed_address *)field = (enum relayed_address)which;
    return NULL;
}

const char *profile_parse_turn_probe(void *field, const char *value)
{
    static const struct word words[] = {{"binding", TURN_PROBE_BINDING},
                                        {"allocate", TURN_PROBE_ALLOCATE}};
    unsigned probe;
    if (!find_word(words, sizeof words / sizeof words[0], value, &probe))
        return "none of binding, allocate";
    *(enum turn_probe *)field = (enum turn_probe)probe;
    return NULL;
}
