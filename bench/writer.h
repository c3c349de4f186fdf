/* SPDX-License-Identifier: MIT */
/* Writes pcap files of several gigabytes in seconds: frames are built in place in a large buffer.
 * It shares no code with the dissectors, so that one mistake does not hide in both. */
#ifndef TURNSCOPE_BENCH_WRITER_H
#define TURNSCOPE_BENCH_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An IPv4 address and a port, in the machine's order. */
struct endpoint {
    uint32_t address;
    uint16_t port;
};

struct writer {
    int file;
    uint8_t *buffer;
    size_t used;
    uint64_t time; /* nanoseconds since the epoch, of the next packet */
    uint64_t step; /* nanoseconds from one packet to the next */
    uint64_t packets;
};

enum { PAYLOAD_MAXIMUM = 65000 };

enum tcp_flags { FIN = 1, SYN = 2, RST = 4, PUSH = 8, ACK = 16 };

/* 0, or -1 with errno set. */
int writer_open(struct writer *writer, const char *path, uint64_t start, uint64_t step);
int writer_close(struct writer *writer);

/* Where the payload of the next datagram goes: PAYLOAD_MAXIMUM bytes. Then udp_end or tcp_end with
 * its length writes the headers in front of it. */
uint8_t *udp_begin(struct writer *writer);
void udp_end(struct writer *writer, struct endpoint from, struct endpoint to, size_t length);

uint8_t *tcp_begin(struct writer *writer);
void tcp_end(struct writer *writer, struct endpoint from, struct endpoint to, uint32_t sequence,
             uint32_t acknowledgment, uint8_t flags, size_t length);

/* A piece of an IP datagram of UDP: `offset` is a multiple of 8. */
uint8_t *fragment_begin(struct writer *writer);
void fragment_end(struct writer *writer, uint32_t from, uint32_t to, uint16_t identification,
                  size_t offset, bool more, size_t length);

/* A whole Ethernet frame. */
uint8_t *frame_begin(struct writer *writer);
void frame_end(struct writer *writer, size_t length);

/* Writes a number in network order and returns the address behind it. */
uint8_t *put8(uint8_t *to, unsigned value);
uint8_t *put16(uint8_t *to, unsigned value);
uint8_t *put24(uint8_t *to, uint32_t value);
uint8_t *put32(uint8_t *to, uint32_t value);
uint8_t *put_bytes(uint8_t *to, const void *bytes, size_t length);
uint8_t *put_fill(uint8_t *to, unsigned value, size_t length);

#endif
