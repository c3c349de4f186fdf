/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/records.h"

#include "analyzer/time.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    CHUNK_LEAST = 64 * 1024, /* read at a time: it stays in the cache until it is looked at */
    CHUNK_MOST = 256 * 1024,
};

static_assert(RECORD_HEADER + CAPTURE_PACKET_LONGEST + CHUNK_MOST <= CAPTURE_BLOCK_BYTES,
              "an unread record and a chunk fit");

/* 0: none that is read here. Before version 2.4 the two lengths of a record could stand in the
 * other order. */
static uint32_t unit_of(int fd)
{
    struct {
        uint32_t magic;
        uint16_t major, minor;
    } start;
    if (pread(fd, &start, sizeof start, 0) != sizeof start || start.major != 2 || start.minor != 4)
        return 0;
    if (start.magic == UINT32_C(0xa1b2c3d4))
        return 1000;
    return start.magic == UINT32_C(0xa1b23c4d) ? 1 : 0;
}

bool records_open(struct records *records, int fd, uint32_t snapshot_length)
{
    *records = (struct records){
        .fd = fd, .position = FILE_HEADER, .snapshot_length = snapshot_length, .unit = unit_of(fd)};
    if (records->unit != 0)
        records->own = malloc(CAPTURE_BLOCK_BYTES);
    records->buffer = records->own;
    return records->buffer != NULL;
}

static ssize_t read_at(int fd, uint8_t *to, size_t length, uint64_t position)
{
    ssize_t got;
    do
        got = pread(fd, to, length, (off_t)position);
    while (got < 0 && errno == EINTR);
    return got;
}

void records_move(struct records *records, uint8_t *buffer, size_t kept)
{
    size_t from = records->start - kept, length = records->end - from;
    memmove(buffer, records->buffer + from, length);
    records->buffer = buffer;
    records->start = kept;
    records->end = length;
}

/* About as much as fills a block with packets of the size that they had so far: what is read and
 * does not go into this block moves on to the next one. */
static size_t chunk_of(const struct records *records)
{
    uint64_t size = records->count > 0 ? records->position / records->count : 0;
    uint64_t block = size * CAPTURE_BLOCK_PACKETS;
    if (block < CHUNK_LEAST)
        return CHUNK_LEAST;
    return block < CHUNK_MOST ? (size_t)block : CHUNK_MOST;
}

/* Moves what is left to the front and reads a chunk behind it. */
static bool read_chunk(struct records *records)
{
    records_move(records, records->buffer, 0);
    size_t left = records->end;
    ssize_t got =
        read_at(records->fd, records->buffer + left, chunk_of(records), records->position + left);
    records->end += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Whether `length` unread bytes are in the buffer, which holds the longest record and a chunk. */
static bool have(struct records *records, size_t length, bool read_on)
{
    while (records->end - records->start < length)
        if (!read_on || !read_chunk(records))
            return false;
    return true;
}

/* In the machine's byte order. */
struct record_header {
    uint32_t seconds;
    uint32_t fraction;
    uint32_t captured;
    uint32_t wire;
};

static int64_t nanoseconds(const struct records *records, const struct record_header *header)
{
    return (int64_t)header->fraction * records->unit;
}

static bool is_usual(const struct records *records, const struct record_header *header)
{
    return header->captured <= records->snapshot_length &&
           header->captured <= CAPTURE_PACKET_LONGEST && nanoseconds(records, header) < SECONDS;
}

bool records_next(struct records *records, struct record *record, bool read_on)
{
    struct record_header header;
    if (!have(records, RECORD_HEADER, read_on))
        return false;
    memcpy(&header, records->buffer + records->start, sizeof header);
    if (!is_usual(records, &header) || !have(records, RECORD_HEADER + header.captured, read_on))
        return false;
    *record = (struct record){
        header.seconds * SECONDS + nanoseconds(records, &header), header.wire,
        bytes_of(records->buffer + records->start + RECORD_HEADER, header.captured)};
    records->count++;
    records->start += RECORD_HEADER + header.captured;
    records->position += RECORD_HEADER + header.captured;
    return true;
}

void records_close(struct records *records)
{
    free(records->own);
    records->own = NULL;
    records->buffer = NULL;
}
