/* SPDX-License-Identifier: MIT */
/* Streams that cost an analyzer the most that they can: messages that never end, a byte in each
 * segment, and segments in the worst order. Every STREAM segments another connection begins. */
#include "bench/kinds.h"
#include "bench/messages.h"

#include <string.h>

enum { STREAM = 16000 };

static const struct endpoint attacker = {0x0a000001, 33333};

/* The connection and the place in it of this segment. */
static struct endpoint client_of(uint64_t number)
{
    uint64_t connection = number / STREAM;
    return (struct endpoint){attacker.address + (uint32_t)(connection / 60000),
                             (uint16_t)(1024 + connection % 60000)};
}

static void send_bytes(struct writer *writer, uint64_t number, uint32_t place, size_t length)
{
    tcp_end(writer, client_of(number), web_server, 1 + place, 1, PUSH | ACK, length);
}

/* `begin`, then `again` over and over, a byte in each segment. */
static void send_text(struct writer *writer, uint64_t number, const char *begin, const char *again)
{
    size_t place = number % STREAM, first = strlen(begin);
    uint8_t *to = tcp_begin(writer);
    *to = (uint8_t)(place < first ? begin[place] : again[(place - first) % strlen(again)]);
    send_bytes(writer, number, (uint32_t)place, 1);
}

static void send_head(struct writer *writer, uint64_t number)
{
    send_text(writer, number, "GET / HTTP/1.1\r\n", "a:b\r\n");
}

static void send_tag(struct writer *writer, uint64_t number)
{
    send_text(writer, number, "<stream:stream ", "a=\"<\" ");
}

/* TLS: a ClientHello of 16 KB, four bytes of it in each record. */
static void send_record(struct writer *writer, uint64_t number)
{
    enum { PART = 4, RECORD = 5 + PART, RECORDS = 4000 };
    uint32_t place = (uint32_t)(number % STREAM);
    uint8_t *to = put16(put_bytes(tcp_begin(writer), "\x16\x03\x03", 3), PART);
    put32(to, place % RECORDS == 0 ? 0x01000000 + PART * RECORDS : 0);
    send_bytes(writer, number, RECORD * place, RECORD);
}

/* HTTP/2: header blocks that go on without end, of indexed fields (RFC 7541 section 6.1). */
static void send_frame(struct writer *writer, uint64_t number)
{
    enum { PREFACE = 24, FRAME = 9 + 1000 };
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    uint32_t place = (uint32_t)(number % STREAM);
    uint8_t *to = tcp_begin(writer), *at = to;
    if (place == 0)
        at = put_bytes(at, preface, PREFACE);
    at = put8(put24(at, 1000), place == 0 ? 1 : 9); /* HEADERS, then CONTINUATION */
    put_fill(put32(put8(at, 0), 1), 0x82, 1000);    /* ":method: GET" */
    if (place == 0)
        send_bytes(writer, number, 0, PREFACE + FRAME);
    else
        send_bytes(writer, number, PREFACE + FRAME * place, FRAME);
}

/* Every second byte of a stream, then the others from its end on: what is held becomes whole with
 * the last. */
static void send_hole(struct writer *writer, uint64_t number)
{
    uint32_t place = (uint32_t)(number % STREAM), half = STREAM / 2;
    put8(tcp_begin(writer), 0x16);
    send_bytes(writer, number, place < half ? 2 * place + 1 : 2 * (STREAM - 1 - place), 1);
}

static void each(struct writer *writer, const struct parameters *parameters,
                 void (*send)(struct writer *writer, uint64_t number))
{
    for (uint64_t i = 0; i < parameters->count; i++)
        send(writer, i);
}

void worst_heads(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_head);
}

void worst_tags(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_tag);
}

void worst_records(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_record);
}

void worst_frames(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_frame);
}

void worst_holes(struct writer *writer, const struct parameters *parameters)
{
    each(writer, parameters, send_hole);
}
