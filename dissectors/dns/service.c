/* SPDX-License-Identifier: MIT */
/* SVCB and HTTPS records (RFC 9460 section 2.2). */
#include "dissectors/dns/record.h"

/* RFC 9460 section 14.3.2, and RFC 9848 for ech. */
enum service_key {
    KEY_MANDATORY = 0,
    KEY_ALPN = 1,
    KEY_NO_DEFAULT_ALPN = 2,
    KEY_PORT = 3,
    KEY_IPV4_HINT = 4,
    KEY_ECH = 5,
    KEY_IPV6_HINT = 6,
};

/* The target must not be compressed: reading it with nothing to point into refuses pointers. */
static bool read_target(struct dns_service *service, struct cursor *data)
{
    struct bytes rest = cursor_rest(data);
    return !data->failed && dns_name_read(&service->target, rest, data) == DISSECT_OK;
}

/* One or more protocol names that fill the value, none of them empty. */
static bool read_alpn(struct dns_service *service, struct bytes value)
{
    struct cursor c = cursor_of(value);
    struct bytes name;
    service->alpn = value;
    while (dns_text_next(&c, &name))
        if (name.length == 0)
            return false;
    return value.length > 0 && !c.failed;
}

static bool read_port(struct dns_service *service, struct bytes value)
{
    struct cursor c = cursor_of(value);
    service->has_port = true;
    service->port = cursor_u16(&c);
    return value.length == 2;
}

static bool read_hints(struct bytes *hints, struct bytes value, size_t size)
{
    *hints = value;
    return value.length > 0 && value.length % size == 0;
}

static bool read_parameter(struct dns_service *service, unsigned key, struct bytes value)
{
    switch (key) {
    case KEY_MANDATORY:
        return value.length > 0 && value.length % 2 == 0;
    case KEY_ALPN:
        return read_alpn(service, value);
    case KEY_NO_DEFAULT_ALPN:
        service->no_default_alpn = true;
        return value.length == 0;
    case KEY_PORT:
        return read_port(service, value);
    case KEY_IPV4_HINT:
        return read_hints(&service->ipv4_hints, value, 4);
    case KEY_ECH:
        service->has_ech = true;
        return value.length > 0;
    case KEY_IPV6_HINT:
        return read_hints(&service->ipv6_hints, value, 16);
    default:
        return true;
    }
}

/* Keys must rise strictly. AliasMode has no use for parameters: they are read and ignored. */
static bool read_parameters(struct dns_service *service, struct cursor *data)
{
    long previous = -1;
    while (!data->failed && cursor_left(data) > 0) {
        uint16_t key = cursor_u16(data);
        struct bytes value = cursor_take(data, cursor_u16(data));
        if (data->failed || key <= previous || !read_parameter(service, key, value))
            return false;
        previous = key;
    }
    return !data->failed;
}

enum dissect_status dns_record_service(const struct dns_record *record, struct dns_service *service)
{
    struct cursor data = cursor_of(record->data);
    if (record->type != DNS_SVCB && record->type != DNS_HTTPS)
        return DISSECT_NOT_MINE;
    if (record->status != DISSECT_OK)
        return record->status;
    *service = (struct dns_service){.priority = cursor_u16(&data)};
    bool good = read_target(service, &data) && read_parameters(service, &data);
    return good ? DISSECT_OK : DISSECT_MALFORMED;
}
