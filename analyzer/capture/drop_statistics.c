/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/drop_statistics.h"

#include "dissectors/bytes.h"

#include <stdio.h>

enum {
    SECTION_HEADER_BLOCK = 0x0a0d0d0a,
    INTERFACE_STATISTICS_BLOCK = 5,
    BLOCK_OVERHEAD = 12,      /* type, and length twice */
    STATISTICS_OVERHEAD = 12, /* interface, time stamp */
    OPTION_INTERFACE_DROP = 5,
    OPTION_SYSTEM_DROP = 7,
    BLOCK_MOST = 4096,
    BLOCKS_MOST = 64, /* interfaces of one capture */
};

struct tail {
    FILE *file;
    bool little_endian;
    long end; /* of the block to be read next, going backwards */
};

static uint64_t number(const struct tail *tail, struct bytes b)
{
    uint64_t value = 0;
    for (size_t i = 0; i < b.length; i++)
        value = value << 8 | b.data[tail->little_endian ? b.length - 1 - i : i];
    return value;
}

static uint64_t take(const struct tail *tail, struct cursor *c, size_t length)
{
    return number(tail, cursor_take(c, length));
}

static uint64_t drops_of(const struct tail *tail, struct bytes block)
{
    struct cursor c = cursor_of(block);
    uint64_t drops = 0;
    cursor_skip(&c, 8 + STATISTICS_OVERHEAD);
    while (!c.failed && cursor_left(&c) > 4) {
        uint64_t code = take(tail, &c, 2), length = take(tail, &c, 2);
        struct bytes value = cursor_take(&c, (size_t)(length + 3) & ~(size_t)3);
        if ((code == OPTION_INTERFACE_DROP || code == OPTION_SYSTEM_DROP) && value.length == 8)
            drops += number(tail, value);
        if (code == 0)
            break;
    }
    return drops;
}

static bool read_at(const struct tail *tail, long offset, uint8_t *buffer, size_t length)
{
    return offset >= 0 && fseek(tail->file, offset, SEEK_SET) == 0 &&
           fread(buffer, 1, length, tail->file) == length;
}

/* The block that ends at tail->end, when it is one of statistics; the block before is next then. */
static bool read_statistics(struct tail *tail, uint64_t *drops)
{
    uint8_t buffer[BLOCK_MOST];
    if (!read_at(tail, tail->end - 4, buffer, 4))
        return false;
    uint64_t length = number(tail, bytes_of(buffer, 4));
    if (length < BLOCK_OVERHEAD + STATISTICS_OVERHEAD || length > sizeof buffer ||
        !read_at(tail, tail->end - (long)length, buffer, (size_t)length) ||
        number(tail, bytes_of(buffer, 4)) != INTERFACE_STATISTICS_BLOCK)
        return false;
    *drops += drops_of(tail, bytes_of(buffer, (size_t)length));
    tail->end -= (long)length;
    return true;
}

/* The byte order of the first section is taken for that of the last. */
static bool begin(struct tail *tail)
{
    uint8_t header[12];
    if (!read_at(tail, 0, header, sizeof header) ||
        number(tail, bytes_of(header, 4)) != SECTION_HEADER_BLOCK ||
        fseek(tail->file, 0, SEEK_END) != 0)
        return false;
    tail->little_endian = header[8] == 0x4d;
    tail->end = ftell(tail->file);
    return tail->end > 0;
}

uint64_t drop_statistics_read(const char *path)
{
    struct tail tail = {.file = fopen(path, "rb")};
    uint64_t drops = 0;
    if (tail.file == NULL)
        return 0;
    if (begin(&tail))
        for (int i = 0; i < BLOCKS_MOST && read_statistics(&tail, &drops); i++)
            continue;
    (void)fclose(tail.file);
    return drops;
}
