/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/record.h"

/* The record's data when its type is right and all of it was captured. */
static enum dissect_status open_data(const struct dns_record *record, bool right_type,
                                     struct cursor *data)
{
    *data = cursor_of(record->data);
    return right_type ? record->status : DISSECT_NOT_MINE;
}

static bool ended_exactly(const struct cursor *c)
{
    return !c->failed && cursor_left(c) == 0;
}

/* Names in the data must end inside it, though their pointers lead out of it. */
static bool read_name(const struct dns_record *record, struct cursor *data, struct dns_name *name)
{
    return !data->failed && dns_name_read(name, record->message, data) == DISSECT_OK;
}

enum dissect_status dns_record_address(const struct dns_record *record, struct ip_address *address)
{
    struct cursor data;
    unsigned family = record->type == DNS_A ? 4 : 6;
    bool right_type = record->type == DNS_A || record->type == DNS_AAAA;
    enum dissect_status status = open_data(record, right_type, &data);
    if (status != DISSECT_OK)
        return status;
    *address = ip_address_read(&data, family);
    return ended_exactly(&data) ? DISSECT_OK : DISSECT_MALFORMED;
}

enum dissect_status dns_record_name(const struct dns_record *record, struct dns_name *name)
{
    struct cursor data;
    bool right_type = record->type == DNS_CNAME || record->type == DNS_NS ||
                      record->type == DNS_PTR || record->type == DNS_DNAME;
    enum dissect_status status = open_data(record, right_type, &data);
    if (status != DISSECT_OK)
        return status;
    bool good = read_name(record, &data, name) && ended_exactly(&data);
    return good ? DISSECT_OK : DISSECT_MALFORMED;
}

enum dissect_status dns_record_srv(const struct dns_record *record, struct dns_srv *srv)
{
    struct cursor data;
    enum dissect_status status = open_data(record, record->type == DNS_SRV, &data);
    if (status != DISSECT_OK)
        return status;
    srv->priority = cursor_u16(&data);
    srv->weight = cursor_u16(&data);
    srv->port = cursor_u16(&data);
    bool good = read_name(record, &data, &srv->target) && ended_exactly(&data);
    return good ? DISSECT_OK : DISSECT_MALFORMED;
}

enum dissect_status dns_record_mx(const struct dns_record *record, struct dns_mx *mx)
{
    struct cursor data;
    enum dissect_status status = open_data(record, record->type == DNS_MX, &data);
    if (status != DISSECT_OK)
        return status;
    mx->preference = cursor_u16(&data);
    bool good = read_name(record, &data, &mx->exchange) && ended_exactly(&data);
    return good ? DISSECT_OK : DISSECT_MALFORMED;
}

enum dissect_status dns_record_soa(const struct dns_record *record, struct dns_soa *soa)
{
    struct cursor data;
    enum dissect_status status = open_data(record, record->type == DNS_SOA, &data);
    if (status != DISSECT_OK)
        return status;
    if (!read_name(record, &data, &soa->primary) || !read_name(record, &data, &soa->mailbox))
        return DISSECT_MALFORMED;
    soa->serial = cursor_u32(&data);
    soa->refresh = cursor_u32(&data);
    soa->retry = cursor_u32(&data);
    soa->expire = cursor_u32(&data);
    soa->minimum = cursor_u32(&data);
    return ended_exactly(&data) ? DISSECT_OK : DISSECT_MALFORMED;
}

bool dns_text_next(struct cursor *strings, struct bytes *string)
{
    if (cursor_left(strings) == 0)
        return false;
    *string = cursor_take(strings, cursor_u8(strings));
    return !strings->failed;
}
