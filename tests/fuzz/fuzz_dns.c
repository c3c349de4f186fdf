/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/record.h"
#include "tests/fuzz/fuzz.h"

/* A name that was read has one text, and the text leads back to it. */
static void check_name(const struct dns_name *name)
{
    char text[DNS_NAME_TEXT];
    struct dns_name back;
    fuzz_require(name->length > 0 && name->octets[name->length - 1] == 0);
    fuzz_require(dns_name_parse(&back, dns_name_text(name, text, sizeof text)));
    fuzz_require(back.length == name->length);
    fuzz_require(memcmp(back.octets, name->octets, name->length) == 0);
    dns_name_fold(&back);
    fuzz_require(dns_name_equal(&back, name));
}

static void read_service(const struct dns_record *record)
{
    struct dns_service service;
    struct bytes protocol;
    if (dns_record_service(record, &service) != DISSECT_OK)
        return;
    check_name(&service.target);
    fuzz_require(service.ipv4_hints.length % 4 == 0 && service.ipv6_hints.length % 16 == 0);
    struct cursor alpn = cursor_of(service.alpn);
    while (dns_text_next(&alpn, &protocol))
        fuzz_require(protocol.length > 0);
    fuzz_require(!alpn.failed);
}

static void read_names(const struct dns_record *record)
{
    struct dns_name name;
    struct dns_srv srv;
    struct dns_mx mx;
    struct dns_soa soa;
    if (dns_record_name(record, &name) == DISSECT_OK)
        check_name(&name);
    if (dns_record_srv(record, &srv) == DISSECT_OK)
        check_name(&srv.target);
    if (dns_record_mx(record, &mx) == DISSECT_OK)
        check_name(&mx.exchange);
    if (dns_record_soa(record, &soa) == DISSECT_OK) {
        check_name(&soa.primary);
        check_name(&soa.mailbox);
    }
}

static void read_record(const struct dns_record *record)
{
    struct ip_address address;
    check_name(&record->name);
    fuzz_require(record->status == DISSECT_OK ? record->data.length == record->length
                                              : record->data.length < record->length);
    if (dns_record_address(record, &address) == DISSECT_OK)
        fuzz_require(address.family == (record->type == DNS_A ? 4 : 6));
    read_names(record);
    read_service(record);
}

static void decode(struct bytes bytes, bool cut)
{
    struct dns_message message;
    struct dns_question question;
    struct dns_record record;
    enum dissect_status status = dns_decode(&message, bytes, cut);
    fuzz_require(cut ? status != DISSECT_NOT_MINE : status != DISSECT_CUT_SHORT);
    fuzz_require(dns_recognize(bytes, cut) != DISSECT_OK || status == DISSECT_OK ||
                 status == DISSECT_CUT_SHORT);
    if (bytes.length < DNS_HEADER_LENGTH)
        return;
    struct dns_walk walk = dns_walk(&message);
    while (dns_question_next(&walk, &question))
        check_name(&question.name);
    while (dns_record_next(&walk, &record))
        read_record(&record);
    fuzz_require(walk.status == status);
}

static void decode_stream(struct bytes stream, bool cut)
{
    struct bytes message;
    size_t consumed;
    while (dns_stream_message(stream, cut, &message, &consumed) == DISSECT_OK) {
        fuzz_require(consumed == message.length + 2 && consumed <= stream.length);
        stream = bytes_from(stream, consumed);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    decode(copy, false);
    decode(copy, true);
    decode_stream(copy, false);
    decode_stream(copy, true);
    fuzz_free(copy);
    return 0;
}
