/* SPDX-License-Identifier: MIT */
/* DNS (RFC 1035) and TLS (RFC 5246, RFC 8446). */
#include "bench/messages.h"

#include <string.h>

static uint8_t *put_name(uint8_t *at, const char *name)
{
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        at = put_bytes(put8(at, (unsigned)length), name, length);
        name += length + (name[length] == '.');
    }
    return put8(at, 0);
}

static uint8_t *put_question(uint8_t *to, uint16_t id, unsigned flags, unsigned answers,
                             const char *name)
{
    uint8_t *at = put16(put16(to, id), flags);
    at = put32(put16(put16(at, 1), answers), 0);
    return put32(put_name(at, name), 0x00010001);
}

size_t dns_query(uint8_t *to, uint16_t id, const char *name)
{
    return (size_t)(put_question(to, id, 0x0100, 0, name) - to);
}

size_t dns_answer(uint8_t *to, uint16_t id, const char *name, uint32_t address, bool exists)
{
    uint8_t *at = put_question(to, id, exists ? 0x8180 : 0x8183, exists, name);
    if (!exists)
        return (size_t)(at - to);
    at = put32(put32(put16(at, 0xc00c), 0x00010001), 300);
    at = put32(put16(at, 4), address);
    return (size_t)(at - to);
}

enum {
    CHANGE_CIPHER_SPEC = 20,
    ALERT = 21,
    HANDSHAKE = 22,
    APPLICATION_DATA = 23,
    TLS_1_2 = 0x0303,
};

/* meet.example.com, signed by "Example CA", valid from 2025 to 2049. */
static const uint8_t certificate[] = {
    0x30, 0x82, 0x01, 0x92, 0x30, 0x82, 0x01, 0x39, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01,
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x30, 0x15, 0x31, 0x13,
    0x30, 0x11, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x0a, 0x45, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
    0x20, 0x43, 0x41, 0x30, 0x1e, 0x17, 0x0d, 0x32, 0x35, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30,
    0x30, 0x30, 0x30, 0x5a, 0x17, 0x0d, 0x34, 0x39, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30,
    0x30, 0x30, 0x5a, 0x30, 0x1b, 0x31, 0x19, 0x30, 0x17, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x10,
    0x6d, 0x65, 0x65, 0x74, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x63, 0x6f, 0x6d,
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x4a, 0x24, 0x31, 0xc4, 0x1e,
    0x15, 0xf2, 0x27, 0x33, 0x4a, 0x92, 0x7b, 0x96, 0x3e, 0x6f, 0xf1, 0x35, 0x03, 0x2f, 0xac, 0xfd,
    0xfb, 0x8b, 0xc0, 0xda, 0xce, 0x9b, 0x90, 0x9f, 0xe3, 0xb2, 0x90, 0x55, 0x0c, 0xcb, 0x11, 0x80,
    0x32, 0x7a, 0x77, 0xd9, 0xfd, 0xeb, 0x96, 0xc2, 0x1e, 0x7d, 0x9c, 0x3a, 0xb5, 0xd4, 0x69, 0xda,
    0x71, 0xfb, 0x79, 0x4e, 0xf3, 0xd4, 0x0e, 0x37, 0x38, 0x52, 0x62, 0xa3, 0x74, 0x30, 0x72, 0x30,
    0x1b, 0x06, 0x03, 0x55, 0x1d, 0x11, 0x04, 0x14, 0x30, 0x12, 0x82, 0x10, 0x6d, 0x65, 0x65, 0x74,
    0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x63, 0x6f, 0x6d, 0x30, 0x13, 0x06, 0x03,
    0x55, 0x1d, 0x25, 0x04, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03,
    0x01, 0x30, 0x1d, 0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, 0x16, 0x04, 0x14, 0xdf, 0x7c, 0x1e, 0xcc,
    0x69, 0xf4, 0x65, 0x97, 0x45, 0x3e, 0x51, 0xc2, 0xc6, 0x73, 0x5e, 0x52, 0x68, 0x5d, 0x48, 0xd4,
    0x30, 0x1f, 0x06, 0x03, 0x55, 0x1d, 0x23, 0x04, 0x18, 0x30, 0x16, 0x80, 0x14, 0x5a, 0xef, 0xc1,
    0xd7, 0x32, 0xfa, 0xbe, 0x5a, 0xe0, 0x9a, 0xad, 0x4b, 0xee, 0xd1, 0xe2, 0xe3, 0x09, 0xc0, 0xca,
    0x9a, 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x03, 0x47, 0x00,
    0x30, 0x44, 0x02, 0x20, 0x00, 0xfe, 0x4c, 0x28, 0x4c, 0x05, 0x6a, 0x4a, 0x73, 0x46, 0x2f, 0x4a,
    0x13, 0x11, 0x5e, 0x49, 0x44, 0x57, 0x0f, 0xa1, 0xdb, 0x9d, 0xc0, 0x1d, 0x11, 0xaa, 0x4b, 0xba,
    0x75, 0x98, 0xa1, 0x08, 0x02, 0x20, 0x67, 0xe4, 0x1e, 0x4e, 0x12, 0xd4, 0xdf, 0x34, 0xba, 0xab,
    0x9c, 0x2c, 0x60, 0x8d, 0xff, 0xda, 0xb8, 0x4a, 0xcf, 0x54, 0x98, 0xd4, 0x42, 0x6d, 0x9a, 0x86,
    0x23, 0x85, 0xa5, 0x80, 0x18, 0xf5};

/* A record whose content stands at the returned address; record_end sets its length. */
static uint8_t *record_begin(uint8_t *at, unsigned type)
{
    return put16(put16(put8(at, type), TLS_1_2), 0);
}

static uint8_t *record_end(uint8_t *content, uint8_t *end)
{
    put16(content - 2, (unsigned)(end - content));
    return end;
}

static uint8_t *put_record(uint8_t *at, unsigned type, size_t length)
{
    uint8_t *content = record_begin(at, type);
    return record_end(content, put_fill(content, 0x77, length));
}

static uint8_t *put_random(uint8_t *at, uint64_t random)
{
    at = put32(put32(at, (uint32_t)(random >> 32)), (uint32_t)random);
    return put_fill(at, 0x11, 24);
}

static uint8_t *put_server_name(uint8_t *at)
{
    static const char name[] = "meet.example.com";
    size_t length = sizeof name - 1;
    at = put16(put16(at, 0), (unsigned)(length + 5));
    at = put16(put8(put16(at, (unsigned)(length + 3)), 0), (unsigned)length);
    return put_bytes(at, name, length);
}

static uint8_t *put_client_extensions(uint8_t *at, bool modern)
{
    uint8_t *start = at + 2;
    at = put_server_name(start);
    at = put32(put16(put16(at, 10), 4), 0x0002001d); /* supported_groups */
    at = put32(put32(at, 0x000d0006), 0x00040403);   /* signature_algorithms */
    at = put16(at, 0x0804);
    if (modern) {
        at = put16(put24(put16(at, 43), 0x000302), 0x0304);                 /* versions */
        at = put16(put16(put16(put16(put16(at, 51), 38), 36), 0x001d), 32); /* key_share */
        at = put_fill(at, 0x22, 32);
    }
    at = put_fill(put16(put16(at, 21), 100), 0, 100); /* padding */
    put16(start - 2, (unsigned)(at - start));
    return at;
}

static uint8_t *message_begin(uint8_t *at, unsigned type)
{
    return put24(put8(at, type), 0);
}

static uint8_t *message_end(uint8_t *body, uint8_t *end)
{
    put24(body - 3, (uint32_t)(end - body));
    return end;
}

static uint8_t *put_message(uint8_t *at, unsigned type, size_t length)
{
    uint8_t *body = message_begin(at, type);
    return message_end(body, put_fill(body, 0x55, length));
}

static uint8_t *put_client_hello(uint8_t *at, bool modern, uint64_t random)
{
    uint8_t *record = record_begin(at, HANDSHAKE);
    uint8_t *body = message_begin(record, 1);
    at = put_fill(put8(put_random(put16(body, TLS_1_2), random), 32), 0x33, 32);
    at = put32(put32(put16(at, 8), 0x13011302), 0xc02bc02f);
    at = put_client_extensions(put16(at, 0x0100), modern);
    return record_end(record, message_end(body, at));
}

static uint8_t *put_server_hello(uint8_t *at, bool modern, uint64_t random)
{
    uint8_t *body = message_begin(at, 2);
    at = put_fill(put8(put_random(put16(body, TLS_1_2), ~random), 32), 0x33, 32);
    at = put8(put16(at, modern ? 0x1301 : 0xc02b), 0);
    if (!modern)
        return message_end(body, put8(put32(put16(at, 5), 0xff010001), 0));
    at = put16(put32(put16(at, 46), 0x002b0002), 0x0304);
    at = put32(put32(at, 0x00330024), 0x001d0020);
    return message_end(body, put_fill(at, 0x44, 32));
}

/* Certificates that are told apart by the end of their signature. */
static uint8_t *put_certificates(uint8_t *at, size_t count, uint32_t number)
{
    uint8_t *body = message_begin(at, 11);
    at = body + 3;
    for (size_t i = 0; i < count; i++) {
        at = put_bytes(put24(at, sizeof certificate), certificate, sizeof certificate);
        if (number != 0)
            put32(at - 8, number + (uint32_t)i);
    }
    put24(body, (uint32_t)(at - body - 3));
    return message_end(body, at);
}

static uint8_t *put_server_flight(uint8_t *at, bool modern, uint64_t random)
{
    uint8_t *record = record_begin(at, HANDSHAKE);
    at = put_server_hello(record, modern, random);
    if (modern) {
        at = put_record(record_end(record, at), CHANGE_CIPHER_SPEC, 1);
        return put_record(at, APPLICATION_DATA, 620);
    }
    at = put_certificates(at, 1, 0);
    at = put_message(at, 12, 144); /* ServerKeyExchange */
    return record_end(record, put_message(at, 14, 0));
}

static uint8_t *put_client_flight(uint8_t *at, bool modern)
{
    if (modern)
        return put_record(put_record(at, CHANGE_CIPHER_SPEC, 1), APPLICATION_DATA, 53);
    uint8_t *record = record_begin(at, HANDSHAKE);
    at = record_end(record, put_message(record, 16, 66)); /* ClientKeyExchange */
    return put_record(put_record(at, CHANGE_CIPHER_SPEC, 1), HANDSHAKE, 40);
}

static uint8_t *put_alert(uint8_t *at)
{
    enum { FATAL = 2, UNKNOWN_CA = 48 };
    uint8_t *record = record_begin(at, ALERT);
    return record_end(record, put8(put8(record, FATAL), UNKNOWN_CA));
}

size_t tls_message(uint8_t *to, enum tls_flight flight, bool modern, uint64_t random)
{
    uint8_t *end = to;
    if (flight == TLS_CLIENT_HELLO)
        end = put_client_hello(to, modern, random);
    else if (flight == TLS_SERVER_FLIGHT)
        end = put_server_flight(to, modern, random);
    else if (flight == TLS_CLIENT_FLIGHT)
        end = put_client_flight(to, modern);
    else if (flight == TLS_SERVER_FINISHED && !modern)
        end = put_record(put_record(to, CHANGE_CIPHER_SPEC, 1), HANDSHAKE, 40);
    else if (flight == TLS_SERVER_FINISHED)
        end = put_record(to, APPLICATION_DATA, 234);
    else if (flight == TLS_FATAL_ALERT)
        end = put_alert(to);
    else
        end = put_record(to, APPLICATION_DATA, 120);
    return (size_t)(end - to);
}

size_t tls_certificates(uint8_t *to, size_t count, uint32_t number)
{
    uint8_t *record = record_begin(to, HANDSHAKE);
    uint8_t *end = put_certificates(put_server_hello(record, false, number), count, number);
    return (size_t)(record_end(record, end) - to);
}
