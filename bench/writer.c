/* SPDX-License-Identifier: MIT */
#include "bench/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER = 4 << 20,
    RECORD_HEADER = 16,
    ETHERNET_HEADER = 14,
    IP_HEADER = 20,
    UDP_HEADER = 8,
    TCP_HEADER = 20,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    FRAME_MAXIMUM = PAYLOAD_MAXIMUM + 100,
};

uint8_t *put8(uint8_t *to, unsigned value)
{
    *to = (uint8_t)value;
    return to + 1;
}

uint8_t *put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
    return to + 2;
}

uint8_t *put24(uint8_t *to, uint32_t value)
{
    return put16(put8(to, value >> 16), value & 0xffff);
}

uint8_t *put32(uint8_t *to, uint32_t value)
{
    return put16(put16(to, value >> 16), value & 0xffff);
}

uint8_t *put_bytes(uint8_t *to, const void *bytes, size_t length)
{
    memcpy(to, bytes, length);
    return to + length;
}

uint8_t *put_fill(uint8_t *to, unsigned value, size_t length)
{
    memset(to, (int)value, length);
    return to + length;
}

static int flush(struct writer *writer)
{
    const uint8_t *at = writer->buffer;
    while (writer->used > 0) {
        ssize_t written = write(writer->file, at, writer->used);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        at += written;
        writer->used -= (size_t)written;
    }
    return 0;
}

/* The file header of tcpdump.org's format, with nanoseconds, of Ethernet. In the machine's order:
 * readers see it by the magic number. */
static void write_file_header(struct writer *writer)
{
    const uint32_t header[6] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, 1};
    memcpy(writer->buffer, header, sizeof header);
    writer->used = sizeof header;
}

int writer_open(struct writer *writer, const char *path, uint64_t start, uint64_t step)
{
    *writer = (struct writer){.time = start, .step = step};
    writer->buffer = malloc(BUFFER);
    writer->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->buffer == NULL || writer->file < 0)
        return -1;
    write_file_header(writer);
    return 0;
}

int writer_close(struct writer *writer)
{
    int result = flush(writer);
    if (close(writer->file) != 0)
        result = -1;
    free(writer->buffer);
    return result;
}

/* A full disk shows when the file is closed; until then nothing is lost but time. */
uint8_t *frame_begin(struct writer *writer)
{
    if (writer->used + FRAME_MAXIMUM > BUFFER && flush(writer) != 0)
        writer->used = 0;
    return writer->buffer + writer->used + RECORD_HEADER;
}

void frame_end(struct writer *writer, size_t length)
{
    const uint32_t header[4] = {(uint32_t)(writer->time / 1000000000),
                                (uint32_t)(writer->time % 1000000000), (uint32_t)length,
                                (uint32_t)length};
    memcpy(writer->buffer + writer->used, header, sizeof header);
    writer->used += RECORD_HEADER + length;
    writer->time += writer->step;
    writer->packets++;
}

static unsigned checksum(const uint8_t *header)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < IP_HEADER; i += 2)
        sum += (uint32_t)header[i] << 8 | header[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(sum + (sum >> 16)) & 0xffff;
}

/* The Ethernet and the IPv4 header of a frame; returns the address behind them. */
static uint8_t *put_ip(uint8_t *frame, uint32_t from, uint32_t to, uint8_t protocol,
                       unsigned identification, unsigned fragment, size_t length)
{
    static const uint8_t ethernet[ETHERNET_HEADER] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    uint8_t *ip = put_bytes(frame, ethernet, sizeof ethernet);
    uint8_t *at = put16(ip, 0x4500);
    at = put16(at, (unsigned)(IP_HEADER + length));
    at = put16(at, identification);
    at = put16(at, fragment);
    at = put8(put8(at, 64), protocol);
    at = put16(at, 0);
    at = put32(put32(at, from), to);
    put16(ip + 10, checksum(ip));
    return at;
}

uint8_t *udp_begin(struct writer *writer)
{
    return frame_begin(writer) + ETHERNET_HEADER + IP_HEADER + UDP_HEADER;
}

void udp_end(struct writer *writer, struct endpoint from, struct endpoint to, size_t length)
{
    uint8_t *at = put_ip(frame_begin(writer), from.address, to.address, PROTOCOL_UDP, 0, 0x4000,
                         UDP_HEADER + length);
    at = put16(put16(at, from.port), to.port);
    put16(put16(at, (unsigned)(UDP_HEADER + length)), 0);
    frame_end(writer, ETHERNET_HEADER + IP_HEADER + UDP_HEADER + length);
}

uint8_t *tcp_begin(struct writer *writer)
{
    return frame_begin(writer) + ETHERNET_HEADER + IP_HEADER + TCP_HEADER;
}

void tcp_end(struct writer *writer, struct endpoint from, struct endpoint to, uint32_t sequence,
             uint32_t acknowledgment, uint8_t flags, size_t length)
{
    uint8_t *at = put_ip(frame_begin(writer), from.address, to.address, PROTOCOL_TCP, 0, 0x4000,
                         TCP_HEADER + length);
    at = put16(put16(at, from.port), to.port);
    at = put32(put32(at, sequence), acknowledgment);
    at = put16(at, 0x5000u | flags);
    put32(put16(at, 64240), 0);
    frame_end(writer, ETHERNET_HEADER + IP_HEADER + TCP_HEADER + length);
}

uint8_t *fragment_begin(struct writer *writer)
{
    return frame_begin(writer) + ETHERNET_HEADER + IP_HEADER;
}

void fragment_end(struct writer *writer, uint32_t from, uint32_t to, uint16_t identification,
                  size_t offset, bool more, size_t length)
{
    unsigned field = (unsigned)(offset / 8) | (more ? 0x2000u : 0);
    put_ip(frame_begin(writer), from, to, PROTOCOL_UDP, identification, field, length);
    frame_end(writer, ETHERNET_HEADER + IP_HEADER + length);
}
