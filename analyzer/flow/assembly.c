/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/assembly.h"

static bool bit_is_set(const uint8_t *bits, size_t at)
{
    return bits[at / 8] >> (at % 8) & 1;
}

static void set_bit(uint8_t *bits, size_t at)
{
    bits[at / 8] |= (uint8_t)(1u << (at % 8));
}

static void clear_bit(uint8_t *bits, size_t at)
{
    bits[at / 8] &= (uint8_t) ~(1u << (at % 8));
}

static size_t extent(const struct assembly *assembly)
{
    return assembly->reach > assembly->ready ? assembly->reach : assembly->ready;
}

void assembly_release(struct buffers *buffers, struct assembly *assembly)
{
    buffers_release(buffers, assembly->buffer);
    *assembly = (struct assembly){.evicted = assembly->evicted};
}

static struct buffer take_buffer(struct buffers *buffers, struct assembly *assembly, size_t length)
{
    void *evicted;
    struct buffer buffer = buffers_take(buffers, length, assembly, &evicted);
    struct assembly *loser = evicted;
    if (loser != NULL) {
        buffers->evicted_bytes += loser->ready + loser->held;
        *loser = (struct assembly){.evicted = true};
    }
    return buffer;
}

/* Moves the unread bytes to the front of `to`, by whole octets of bits. */
static void move_to(struct buffers *buffers, struct assembly *assembly, struct buffer to)
{
    size_t shift = assembly->start & ~7u;
    size_t length = assembly->start - shift + extent(assembly);
    memmove(buffer_bytes(buffers, to), buffer_bytes(buffers, assembly->buffer) + shift, length);
    if (assembly->held > 0)
        memmove(buffer_bits(buffers, to), buffer_bits(buffers, assembly->buffer) + shift / 8,
                (length + 7) / 8);
    assembly->start -= (uint32_t)shift;
}

/* Moving down in the same block: the bits that stood behind the moved ones are stale. */
static void compact(struct buffers *buffers, struct assembly *assembly)
{
    size_t end = (assembly->start + extent(assembly) + 7) / 8;
    move_to(buffers, assembly, assembly->buffer);
    size_t moved_end = (assembly->start + extent(assembly) + 7) / 8;
    if (assembly->held > 0)
        memset(buffer_bits(buffers, assembly->buffer) + moved_end, 0, end - moved_end);
}

static void grow(struct buffers *buffers, struct assembly *assembly, size_t length)
{
    struct buffer old = assembly->buffer;
    struct buffer larger = take_buffer(buffers, assembly, length);
    if (old.size != 0)
        move_to(buffers, assembly, larger);
    buffers_release(buffers, old);
    assembly->buffer = larger;
}

/* Room for `length` bytes from the first unread one. Moving bytes down must free a quarter of the
 * block, so that no sequence of tiny writes makes it quadratic. */
static bool make_room(struct buffers *buffers, struct assembly *assembly, size_t length)
{
    size_t capacity = buffer_capacity(assembly->buffer);
    size_t needed = (assembly->start & 7) + length;
    if (assembly->start + length <= capacity)
        buffers_touch(buffers, assembly->buffer);
    else if (needed <= capacity && assembly->start >= capacity / 4)
        compact(buffers, assembly);
    else if (needed <= BUFFER_LARGEST && capacity < BUFFER_LARGEST)
        grow(buffers, assembly, needed > capacity ? needed : capacity + 1);
    else
        return false;
    return true;
}

/* Held bytes that now follow the ready ones join them. */
static void join_held(struct buffers *buffers, struct assembly *assembly)
{
    uint8_t *bits = assembly->held > 0 ? buffer_bits(buffers, assembly->buffer) : NULL;
    while (assembly->held > 0 && bit_is_set(bits, assembly->start + assembly->ready)) {
        clear_bit(bits, assembly->start + assembly->ready);
        assembly->ready++;
        assembly->held--;
    }
    if (assembly->held == 0)
        assembly->reach = 0;
}

static void write_in_order(struct buffers *buffers, struct assembly *assembly, struct bytes bytes,
                           size_t length)
{
    uint8_t *to = buffer_bytes(buffers, assembly->buffer) + assembly->start + assembly->ready;
    if (bytes.length > 0)
        memcpy(to, bytes.data, bytes.length);
    memset(to + bytes.length, 0, length - bytes.length);
    assembly->ready += (uint32_t)length;
}

static void write_held(struct buffers *buffers, struct assembly *assembly, size_t offset,
                       struct bytes bytes, size_t length)
{
    uint8_t *to = buffer_bytes(buffers, assembly->buffer);
    uint8_t *bits = buffer_bits(buffers, assembly->buffer);
    for (size_t i = 0; i < length; i++) {
        size_t at = assembly->start + offset + i;
        if (bit_is_set(bits, at))
            continue;
        to[at] = i < bytes.length ? bytes.data[i] : 0;
        set_bit(bits, at);
        assembly->held++;
    }
    if (offset + length > assembly->reach)
        assembly->reach = (uint32_t)(offset + length);
}

bool assembly_write(struct buffers *buffers, struct assembly *assembly, size_t offset,
                    struct bytes bytes, size_t length)
{
    bytes = bytes_first(bytes, length);
    if (offset < assembly->ready) {
        size_t old = assembly->ready - offset < length ? assembly->ready - offset : length;
        bytes = bytes_from(bytes, old);
        length -= old;
        offset += old;
    }
    if (length == 0)
        return true;
    if (offset > ASSEMBLY_LIMIT || length > ASSEMBLY_LIMIT ||
        !make_room(buffers, assembly, offset + length))
        return false;
    if (offset == assembly->ready && assembly->held == 0) {
        write_in_order(buffers, assembly, bytes, length);
        return true;
    }
    write_held(buffers, assembly, offset, bytes, length);
    join_held(buffers, assembly);
    return true;
}

struct bytes assembly_ready(const struct buffers *buffers, const struct assembly *assembly)
{
    if (assembly->ready == 0)
        return bytes_of(NULL, 0);
    return bytes_of(buffer_bytes(buffers, assembly->buffer) + assembly->start, assembly->ready);
}

size_t assembly_missing(const struct buffers *buffers, const struct assembly *assembly,
                        size_t offset, size_t length)
{
    size_t missing = 0;
    for (size_t at = offset; at < offset + length; at++)
        if (at >= assembly->ready &&
            (at >= assembly->reach ||
             !bit_is_set(buffer_bits(buffers, assembly->buffer), assembly->start + at)))
            missing++;
    return missing;
}

bool assembly_same(const struct buffers *buffers, const struct assembly *assembly, size_t offset,
                   struct bytes bytes)
{
    if (bytes.length == 0)
        return true;
    return memcmp(buffer_bytes(buffers, assembly->buffer) + assembly->start + offset, bytes.data,
                  bytes.length) == 0;
}

static void forget_held(struct buffers *buffers, struct assembly *assembly, size_t end)
{
    uint8_t *bits = assembly->held > 0 ? buffer_bits(buffers, assembly->buffer) : NULL;
    for (size_t at = assembly->ready; assembly->held > 0 && at < end; at++) {
        if (!bit_is_set(bits, assembly->start + at))
            continue;
        clear_bit(bits, assembly->start + at);
        assembly->held--;
    }
}

void assembly_skip(struct buffers *buffers, struct assembly *assembly, size_t length)
{
    forget_held(buffers, assembly, length < assembly->reach ? length : assembly->reach);
    assembly->ready = length < assembly->ready ? assembly->ready - (uint32_t)length : 0;
    if (assembly->held == 0 && assembly->ready == 0) {
        assembly_release(buffers, assembly);
        return;
    }
    assembly->start += (uint32_t)length;
    assembly->reach = assembly->held > 0 ? assembly->reach - (uint32_t)length : 0;
    if (assembly->ready == 0)
        join_held(buffers, assembly);
}

size_t assembly_hole_end(const struct buffers *buffers, const struct assembly *assembly)
{
    if (assembly->held == 0)
        return 0;
    const uint8_t *bits = buffer_bits(buffers, assembly->buffer);
    size_t at = assembly->ready;
    while (!bit_is_set(bits, assembly->start + at))
        at++;
    return at;
}
