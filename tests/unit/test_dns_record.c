/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A response whose one record, owned by example.com (at 12), holds `data`. */
struct response {
    uint8_t wire[2048];
    size_t length;
};

static void put16(struct response *response, size_t value)
{
    response->wire[response->length++] = (uint8_t)(value >> 8);
    response->wire[response->length++] = (uint8_t)value;
}

static struct response response_with(uint16_t type, const char *data_hex)
{
    uint8_t buffer[1024];
    struct bytes data = from_hex(data_hex, buffer, sizeof buffer);
    struct response response = {0};
    const char *start = "1234 8180 0000 0001 0000 0000 07 6578616d706c65 03 636f6d 00";
    response.length = from_hex(start, response.wire, sizeof response.wire).length;
    put16(&response, type);
    put16(&response, DNS_IN);
    put16(&response, 0);
    put16(&response, 60);
    put16(&response, data.length);
    memcpy(response.wire + response.length, buffer, data.length);
    response.length += data.length;
    return response;
}

union content {
    struct ip_address address;
    struct dns_name name;
    struct dns_srv srv;
    struct dns_mx mx;
    struct dns_soa soa;
    struct dns_service service;
};

static enum dissect_status content_of(const struct dns_record *record, union content *content)
{
    switch (record->type) {
    case DNS_A:
    case DNS_AAAA:
        return dns_record_address(record, &content->address);
    case DNS_SRV:
        return dns_record_srv(record, &content->srv);
    case DNS_MX:
        return dns_record_mx(record, &content->mx);
    case DNS_SOA:
        return dns_record_soa(record, &content->soa);
    case DNS_SVCB:
    case DNS_HTTPS:
        return dns_record_service(record, &content->service);
    default:
        return dns_record_name(record, &content->name);
    }
}

/* Decodes an exact-size copy of the response's first `length` bytes and the content of its record;
 * the views in *content are dead. */
static enum dissect_status content_cut_at(const struct response *response, size_t length, bool cut,
                                          union content *content)
{
    struct bytes copy = exact_copy(bytes_of(response->wire, length));
    struct dns_message message;
    struct dns_record record;
    enum dissect_status status = dns_decode(&message, copy, cut);
    struct dns_walk walk = dns_walk(&message);
    if (status != DISSECT_NOT_MINE && dns_record_next(&walk, &record))
        status = content_of(&record, content);
    free((void *)(uintptr_t)copy.data);
    return status;
}

/* Good data decodes; shorter data is malformed when it was sent so, cut when the capture ends. */
static void assert_good(uint16_t type, const char *data_hex, union content *content)
{
    struct response response = response_with(type, data_hex);
    struct response empty = response_with(type, "");
    for (size_t length = empty.length; length < response.length; length++) {
        assert_int_equal(content_cut_at(&response, length, true, content), DISSECT_CUT_SHORT);
        assert_int_equal(content_cut_at(&response, length, false, content), DISSECT_MALFORMED);
    }
    assert_int_equal(content_cut_at(&response, response.length, false, content), DISSECT_OK);
}

static void assert_bad(uint16_t type, const char *data_hex)
{
    union content content;
    struct response response = response_with(type, data_hex);
    assert_int_equal(content_cut_at(&response, response.length, false, &content),
                     DISSECT_MALFORMED);
    assert_int_equal(content_cut_at(&response, response.length, true, &content), DISSECT_MALFORMED);
}

static void assert_name(const struct dns_name *name, const char *expected)
{
    char text[DNS_NAME_TEXT];
    assert_string_equal(dns_name_text(name, text, sizeof text), expected);
}

static void assert_address(const struct ip_address *address, const char *expected)
{
    char text[IP_ADDRESS_TEXT];
    assert_string_equal(ip_address_text(address, text), expected);
}

static void test_addresses(void **state)
{
    (void)state;
    union content content;
    assert_good(DNS_A, "0a58f69c", &content);
    assert_address(&content.address, "10.88.246.156");
    assert_good(DNS_AAAA, "20010db8000000000000000000000035", &content);
    assert_address(&content.address, "2001:db8::35");
    assert_bad(DNS_A, "0a58f6");
    assert_bad(DNS_A, "0a58f69c00");
    assert_bad(DNS_AAAA, "0a58f69c");
    assert_bad(DNS_A, "");
}

static void test_names(void **state)
{
    (void)state;
    static const uint16_t types[] = {DNS_CNAME, DNS_NS, DNS_PTR, DNS_DNAME};
    union content content;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_good(types[i], "03777777c00c", &content);
        assert_name(&content.name, "www.example.com");
        assert_bad(types[i], "03777777c00c00"); /* more than the name */
        assert_bad(types[i], "03777777");       /* the name leaves the data */
        assert_bad(types[i], "03777777c023");   /* points at itself */
    }
}

static void test_srv_and_mx(void **state)
{
    (void)state;
    union content content;
    assert_good(DNS_SRV, "000a 0014 20fb 0476637365 c00c", &content);
    assert_int_equal(content.srv.priority, 10);
    assert_int_equal(content.srv.weight, 20);
    assert_int_equal(content.srv.port, 8443);
    assert_name(&content.srv.target, "vcse.example.com");
    assert_good(DNS_SRV, "0000 0000 0000 00", &content);
    assert_name(&content.srv.target, ".");
    assert_bad(DNS_SRV, "000a 0014 20fb");
    assert_good(DNS_MX, "0005 c00c", &content);
    assert_int_equal(content.mx.preference, 5);
    assert_name(&content.mx.exchange, "example.com");
    assert_bad(DNS_MX, "0005 c00c ff");
}

static void test_soa(void **state)
{
    (void)state;
    union content content;
    assert_good(DNS_SOA,
                "026e73c00c 05 61646d696e c00c 7823f3d1 00002710 00000960 00093a80 00000e10",
                &content);
    assert_name(&content.soa.primary, "ns.example.com");
    assert_name(&content.soa.mailbox, "admin.example.com");
    assert_int_equal(content.soa.serial, 2015622097);
    assert_int_equal(content.soa.refresh, 10000);
    assert_int_equal(content.soa.retry, 2400);
    assert_int_equal(content.soa.expire, 604800);
    assert_int_equal(content.soa.minimum, 3600);
    assert_bad(DNS_SOA, "c00c c00c 00000001 00000002 00000003 00000004");
}

#define FOO_EXAMPLE_COM "03666f6f 07 6578616d706c65 03636f6d 00"

/* RFC 9460 appendix D. */
static void test_service_vectors(void **state)
{
    (void)state;
    union content content;
    const struct dns_service *service = &content.service;
    assert_good(DNS_HTTPS, "0000" FOO_EXAMPLE_COM, &content);
    assert_int_equal(service->priority, 0);
    assert_name(&service->target, "foo.example.com");
    assert_good(DNS_SVCB, "0001 00", &content);
    assert_name(&service->target, ".");
    assert_false(service->has_port);
    assert_good(DNS_SVCB, "0010" FOO_EXAMPLE_COM "0003 0002 0035", &content);
    assert_int_equal(service->priority, 16);
    assert_true(service->has_port);
    assert_int_equal(service->port, 53);
    assert_good(DNS_SVCB, "0001" FOO_EXAMPLE_COM "029b 0005 68656c6c6f", &content);
    assert_false(service->has_ech);
    assert_good(DNS_SVCB,
                "0001" FOO_EXAMPLE_COM "0006 0020 20010db8000000000000000000000001"
                "20010db8000000000000000000530001",
                &content);
    assert_int_equal(service->ipv6_hints.length, 32);
    assert_int_equal(service->ipv4_hints.length, 0);
    assert_good(DNS_SVCB,
                "0010 03666f6f 07 6578616d706c65 036f7267 00 0000 0004 0001 0004"
                "0001 0009 026832 0568332d3139 0004 0004 c0000201",
                &content);
    assert_int_equal(service->alpn.length, 9);
    assert_int_equal(service->ipv4_hints.length, 4);
}

static void test_service_failures(void **state)
{
    (void)state;
    assert_bad(DNS_SVCB, "0001");                                      /* no target */
    assert_bad(DNS_SVCB, "0001 c00c");                                 /* compressed target */
    assert_bad(DNS_SVCB, "0001 00 007b 0003 616263 007b 0003 646566"); /* twice */
    assert_bad(DNS_SVCB, "0001 00 0003 0002 01bb 0001 0003 026832");   /* falling keys */
    assert_bad(DNS_SVCB, "0001 00 0000 0000");                         /* values missing */
    assert_bad(DNS_SVCB, "0001 00 0001 0000");
    assert_bad(DNS_SVCB, "0001 00 0003 0000");
    assert_bad(DNS_SVCB, "0001 00 0004 0000");
    assert_bad(DNS_SVCB, "0001 00 0006 0000");
    assert_bad(DNS_SVCB, "0001 00 0002 0003 616263"); /* no-default-alpn with a value */
    assert_bad(DNS_SVCB, "0001 00 0001 0001 00");     /* an empty protocol name */
    assert_bad(DNS_SVCB, "0001 00 0001 0003 046832"); /* one that leaves the value */
    assert_bad(DNS_SVCB, "0001 00 0004 0005 c000020101");
    assert_bad(DNS_SVCB, "0001 00 0004 0004 c00002"); /* the value leaves the data */
    assert_bad(DNS_SVCB, "0001 00 0004 00");
}

/* What an HTTPS record of a large site looks like. */
static void test_service_of_a_browser(void **state)
{
    (void)state;
    struct response response =
        response_with(DNS_HTTPS, "0001 00 0001 0006 026833 026832 0002 0000 0003 0002 20fb"
                                 "0004 0008 c0000201 c0000202 0005 0003 abcdef"
                                 "0006 0010 20010db8000000000000000000000001");
    struct dns_message message;
    struct dns_record record;
    struct dns_service service;
    struct bytes protocol;
    assert_int_equal(dns_decode(&message, bytes_of(response.wire, response.length), false),
                     DISSECT_OK);
    struct dns_walk walk = dns_walk(&message);
    assert_true(dns_record_next(&walk, &record));
    assert_int_equal(dns_record_service(&record, &service), DISSECT_OK);
    assert_true(service.has_ech);
    assert_true(service.no_default_alpn);
    assert_int_equal(service.port, 8443);
    struct cursor alpn = cursor_of(service.alpn);
    assert_true(dns_text_next(&alpn, &protocol));
    assert_memory_equal(protocol.data, "h3", 2);
    assert_true(dns_text_next(&alpn, &protocol));
    assert_memory_equal(protocol.data, "h2", 2);
    assert_false(dns_text_next(&alpn, &protocol));
    struct cursor hints = cursor_of(service.ipv4_hints);
    struct ip_address second;
    (void)ip_address_read(&hints, 4);
    second = ip_address_read(&hints, 4);
    assert_address(&second, "192.0.2.2");
    assert_int_equal(service.ipv6_hints.length, 16);
}

static void test_other_types(void **state)
{
    (void)state;
    struct response response = response_with(99, "03616263");
    struct dns_message message;
    struct dns_record record;
    union content content;
    assert_int_equal(dns_decode(&message, bytes_of(response.wire, response.length), false),
                     DISSECT_OK);
    struct dns_walk walk = dns_walk(&message);
    assert_true(dns_record_next(&walk, &record));
    assert_int_equal(record.data.length, 4);
    assert_int_equal(dns_record_address(&record, &content.address), DISSECT_NOT_MINE);
    assert_int_equal(dns_record_name(&record, &content.name), DISSECT_NOT_MINE);
    assert_int_equal(dns_record_srv(&record, &content.srv), DISSECT_NOT_MINE);
    assert_int_equal(dns_record_mx(&record, &content.mx), DISSECT_NOT_MINE);
    assert_int_equal(dns_record_soa(&record, &content.soa), DISSECT_NOT_MINE);
    assert_int_equal(dns_record_service(&record, &content.service), DISSECT_NOT_MINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_srv_and_mx),
        cmocka_unit_test(test_soa),
        cmocka_unit_test(test_service_vectors),
        cmocka_unit_test(test_service_failures),
        cmocka_unit_test(test_service_of_a_browser),
        cmocka_unit_test(test_other_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
