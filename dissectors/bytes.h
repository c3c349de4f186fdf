/* SPDX-License-Identifier: MIT */
/* Views of packet bytes, and the cursor that reads them.
 *
 * Packets are hostile and may be cut anywhere: nothing in dissectors/ touches a byte except through
 * a cursor. A cursor never leaves its view. A read past the end returns zero (or an empty view) and
 * sets `failed`, which stays set: a decoder reads a whole structure and checks once.
 * Every length field that a packet carries makes a sub-cursor, so that nothing reads beyond it. */
#ifndef TURNSCOPE_DISSECTORS_BYTES_H
#define TURNSCOPE_DISSECTORS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view: borrowed, never owned. It dies with the packet it points into. */
struct bytes {
    const uint8_t *data;
    size_t length;
};

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

static inline struct bytes bytes_of(const void *data, size_t length)
{
    return (struct bytes){.data = (const uint8_t *)data, .length = length};
}

/* The view from `offset` to the end; empty when offset lies beyond it. */
static inline struct bytes bytes_from(struct bytes b, size_t offset)
{
    if (offset >= b.length)
        return bytes_of(NULL, 0);
    return bytes_of(b.data + offset, b.length - offset);
}

/* At most the first `length` bytes. */
static inline struct bytes bytes_first(struct bytes b, size_t length)
{
    return bytes_of(b.data, length < b.length ? length : b.length);
}

/* Big-endian (network order) numbers at `offset`; 0 when they are not all inside. A header of fixed
 * length is taken whole from a cursor: then the compiler knows its length, and nothing is left of
 * these checks. */
static inline uint8_t bytes_u8(struct bytes b, size_t offset)
{
    return offset < b.length ? b.data[offset] : 0;
}

static inline uint16_t bytes_u16(struct bytes b, size_t offset)
{
    if (offset + 2 > b.length)
        return 0;
    return (uint16_t)(b.data[offset] << 8 | b.data[offset + 1]);
}

static inline uint32_t bytes_u32(struct bytes b, size_t offset)
{
    if (offset + 4 > b.length)
        return 0;
    return (uint32_t)b.data[offset] << 24 | (uint32_t)b.data[offset + 1] << 16 |
           (uint32_t)b.data[offset + 2] << 8 | b.data[offset + 3];
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* The value of a hexadecimal digit, in either case; -1 when it is none. */
static inline int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static inline struct cursor cursor_of(struct bytes b)
{
    static const uint8_t nothing[1];
    const uint8_t *start = b.data ? b.data : nothing;
    return (struct cursor){.at = start, .end = start + (b.data ? b.length : 0), .failed = false};
}

static inline size_t cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

/* The unread rest, without consuming it. */
static inline struct bytes cursor_rest(const struct cursor *c)
{
    return bytes_of(c->at, cursor_left(c));
}

/* Consumes `length` bytes and returns them as a view; empty, and the cursor failed and exhausted,
 * when fewer are left. */
static inline struct bytes cursor_take(struct cursor *c, size_t length)
{
    if (c->failed || cursor_left(c) < length) {
        c->failed = true;
        c->at = c->end;
        return bytes_of(NULL, 0);
    }
    struct bytes taken = bytes_of(c->at, length);
    c->at += length;
    return taken;
}

/* A cursor over the next `length` bytes, which are consumed here. Fails with its parent. */
static inline struct cursor cursor_sub(struct cursor *c, size_t length)
{
    struct bytes part = cursor_take(c, length);
    struct cursor sub = cursor_of(part);
    sub.failed = c->failed;
    return sub;
}

static inline void cursor_skip(struct cursor *c, size_t length)
{
    (void)cursor_take(c, length);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
    return bytes_u8(cursor_take(c, 1), 0);
}

/* Big-endian (network order) reads. */
static inline uint16_t cursor_u16(struct cursor *c)
{
    return bytes_u16(cursor_take(c, 2), 0);
}

static inline uint32_t cursor_u24(struct cursor *c)
{
    struct bytes b = cursor_take(c, 3);
    return b.data ? (uint32_t)b.data[0] << 16 | (uint32_t)b.data[1] << 8 | b.data[2] : 0;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
    return bytes_u32(cursor_take(c, 4), 0);
}

static inline uint64_t cursor_u64(struct cursor *c)
{
    uint64_t high = cursor_u32(c);
    return high << 32 | cursor_u32(c);
}

#endif
