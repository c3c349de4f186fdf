/* SPDX-License-Identifier: MIT */
/* Packets that cost an analyzer the most that they can, each in its own way. Twice as many must
 * take twice as long, not four times. */
#include "bench/kinds.h"
#include "bench/messages.h"

enum { DATAGRAM = 1400 };

static const struct endpoint attacker = {0x0a000001, 33333};

static void each(struct writer *writer, const struct parameters *parameters,
                 void (*send)(struct writer *writer, uint64_t number))
{
    for (uint64_t i = 0; i < parameters->count; i++)
        send(writer, i);
}

/* A long name of compression pointers, each to the one before it, and records that all begin at the
 * last. */
static void send_pointers(struct writer *writer, uint64_t number)
{
    enum { POINTERS = 120, RECORD = 12, HEADER = 12 };
    uint8_t *start = udp_begin(writer);
    uint8_t *at = put16(put16(start, (unsigned)number & 0xffff), 0x8180);
    at = put32(put16(put16(at, 1), 0), 0);
    at = put32(put8(put_bytes(at, "\3www\7example\3com", 16), 0), 0x00010001);
    unsigned target = HEADER, records = 0;
    at =
        put32(put32(put16(at, 0xc000 | target), 0x00100001), 60); /* TXT, whose data are pointers */
    at = put16(at, POINTERS * 4);
    for (unsigned i = 0; i < POINTERS; i++) {
        unsigned here = (unsigned)(at - start);
        at = put16(put16(at, 0x0178), 0xc000 | target); /* "x", then on to the one before */
        target = here;
    }
    for (; at - start + RECORD + 4 <= DATAGRAM; records++)
        at = put32(put16(put32(put32(put16(at, 0xc000 | target), 0x00010001), 60), 4), 0x01020304);
    put16(start + 6, records + 1);
    udp_end(writer, dns_server, attacker, (size_t)(at - start));
}

static void send_attributes(struct writer *writer, uint64_t number)
{
    struct stun stun = stun_begin(udp_begin(writer), BINDING, number);
    while (stun.at - stun.start + 4 <= DATAGRAM)
        stun_text(&stun, 0x0014, ""); /* REALM, empty */
    udp_end(writer, attacker, turn_server, stun_end(&stun));
}

/* One connection whose first byte never comes; behind it bytes in descending order, two at a time,
 * so that each overlaps the one before. */
static void send_segment(struct writer *writer, uint64_t number)
{
    enum { SPAN = 40000 };
    uint32_t round = (uint32_t)(number / SPAN), place = SPAN - (uint32_t)(number % SPAN);
    put16(tcp_begin(writer), 0x1603);
    tcp_end(writer, attacker, web_server, 1 + round * SPAN + place, 1, ACK, 2);
}

/* Datagrams of 64 KB in pieces of 16 bytes, each of which overlaps the next. */
static void send_overlap(struct writer *writer, uint64_t number)
{
    enum { PIECES = 8000 };
    put_fill(fragment_begin(writer), 0, 16);
    fragment_end(writer, attacker.address, turn_server.address, (uint16_t)(number / PIECES),
                 8 * (PIECES - number % PIECES), true, 16);
}

/* A connection each, whose server shows certificates that nobody else has. */
static void send_certificates(struct writer *writer, uint64_t number)
{
    enum { CERTIFICATES = 38 };
    struct endpoint client = {0x0a200000 + (uint32_t)(number / 2 / 60000),
                              (uint16_t)(number / 2 % 60000 + 1024)};
    uint8_t *to = tcp_begin(writer);
    if (number % 2 == 0)
        tcp_end(writer, client, web_server, 1, 1, PUSH | ACK,
                tls_message(to, TLS_CLIENT_HELLO, false, number));
    else
        tcp_end(writer, web_server, client, 1, 1000, PUSH | ACK,
                tls_certificates(to, CERTIFICATES, (uint32_t)number * CERTIFICATES));
}

/* VLAN tags, then MPLS labels to the end. */
static void send_nesting(struct writer *writer, uint64_t number)
{
    uint8_t *start = frame_begin(writer);
    uint8_t *at = put_fill(start, 2, 12);
    for (unsigned i = 0; i < 7; i++)
        at = put16(put16(at, 0x8100), (unsigned)number & 0xfff);
    at = put16(at, 0x8847);
    while (at - start + 4 <= DATAGRAM)
        at = put32(at, 0x00010040);
    frame_end(writer, (size_t)(at - start));
}

/* Refused allocations, each of another client. */
static void send_refusal(struct writer *writer, uint64_t number)
{
    uint64_t client_number = number / 2;
    struct endpoint client = {0x0c000000 + (uint32_t)client_number, 40000};
    uint8_t *to = udp_begin(writer);
    if (number % 2 == 0)
        udp_end(writer, client, turn_server, turn_allocate(to, client_number, true));
    else
        udp_end(writer, turn_server, client, turn_refusal(to, client_number, ALLOCATE, 431));
}

void worst_pointers(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_pointers);
}

void worst_attributes(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_attributes);
}

void worst_segments(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_segment);
}

void worst_overlaps(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_overlap);
}

void worst_certificates(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_certificates);
}

void worst_nesting(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_nesting);
}

/* Paths between clients and peers of their own, all of which die: one check is answered, and then
 * none. They take turns. */
void worst_paths(struct writer *writer, const struct parameters *parameters)
{
    enum { STEPS = 6 };
    uint64_t paths = parameters->count / STEPS;
    for (uint64_t i = 0; i < paths * STEPS; i++) {
        uint32_t path = (uint32_t)(i % paths);
        struct endpoint client = {0x0d000000 + path, 40000}, peer = {0x0e000000 + path, 50000};
        uint8_t *to = udp_begin(writer);
        if (i / paths == 1)
            udp_end(writer, peer, client, ice_answer(to, path, client));
        else
            udp_end(writer, client, peer, ice_check(to, i));
    }
}

void worst_findings(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_refusal);
}
