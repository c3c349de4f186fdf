/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/decompress.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { INPUT_SIZE = 256 * 1024 };

struct decompressor {
    int fd;
    enum compression compression;
    bool whole; /* the data may end here: a gzip member or a zstd frame is complete */
    bool at_end;
    bool given_up;
    bool (*wait)(void *context, int fd); /* NULL: reads block */
    void *wait_context;
    const char *problem;
    z_stream gzip;
    ZSTD_DStream *zstd;
    size_t at; /* the unread part of `input` */
    size_t end;
    uint8_t input[INPUT_SIZE];
};

enum compression compression_of(struct bytes start)
{
    static const uint8_t gzip[] = {0x1f, 0x8b};
    static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

    if (bytes_equal(bytes_first(start, sizeof gzip), bytes_of(gzip, sizeof gzip)))
        return COMPRESSION_GZIP;
    if (bytes_equal(start, bytes_of(zstd, sizeof zstd)))
        return COMPRESSION_ZSTD;
    return COMPRESSION_NONE;
}

const char *compression_name(enum compression compression)
{
    switch (compression) {
    case COMPRESSION_GZIP:
        return "gzip";
    case COMPRESSION_ZSTD:
        return "zstd";
    default:
        return NULL;
    }
}

/* Each step turns some input into at most `size` bytes and returns how many; 0 asks for more input
 * (or `problem` is set). */

static size_t copy_step(struct decompressor *d, uint8_t *out, size_t size)
{
    size_t count = d->end - d->at < size ? d->end - d->at : size;
    memcpy(out, d->input + d->at, count);
    d->at += count;
    return count;
}

/* RFC 1952 section 2.2: members follow each other. What is no member is padding, as gzip(1) takes
 * it. */
static bool begin_gzip_member(struct decompressor *d)
{
    if (d->at == d->end)
        return false;
    if (d->input[d->at] != 0x1f) {
        d->at = d->end;
        return false;
    }
    d->whole = false;
    return inflateReset(&d->gzip) == Z_OK;
}

static size_t gzip_step(struct decompressor *d, uint8_t *out, size_t size)
{
    if (d->whole && !begin_gzip_member(d))
        return 0;
    uInt space = size < INPUT_SIZE ? (uInt)size : INPUT_SIZE;
    d->gzip.next_in = d->input + d->at;
    d->gzip.avail_in = (uInt)(d->end - d->at);
    d->gzip.next_out = out;
    d->gzip.avail_out = space;
    int status = inflate(&d->gzip, Z_NO_FLUSH);
    d->at = d->end - d->gzip.avail_in;
    d->whole = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        d->problem = "is damaged";
    return space - d->gzip.avail_out;
}

static size_t zstd_step(struct decompressor *d, uint8_t *out, size_t size)
{
    ZSTD_inBuffer in = {.src = d->input, .size = d->end, .pos = d->at};
    ZSTD_outBuffer to = {.dst = out, .size = size, .pos = 0};
    size_t status = ZSTD_decompressStream(d->zstd, &to, &in);
    if (ZSTD_isError(status))
        d->problem = "is damaged";
    else if (in.pos > d->at || to.pos > 0)
        d->whole = status == 0;
    d->at = in.pos;
    return to.pos;
}

static size_t step(struct decompressor *d, uint8_t *out, size_t size)
{
    switch (d->compression) {
    case COMPRESSION_GZIP:
        return gzip_step(d, out, size);
    case COMPRESSION_ZSTD:
        return zstd_step(d, out, size);
    default:
        return copy_step(d, out, size);
    }
}

static void read_input(struct decompressor *d)
{
    ssize_t count;
    if (d->wait != NULL && !d->wait(d->wait_context, d->fd)) {
        d->given_up = d->at_end = d->whole = true;
        return;
    }
    do
        count = read(d->fd, d->input, INPUT_SIZE);
    while (count < 0 && errno == EINTR);
    d->at = 0;
    d->end = count > 0 ? (size_t)count : 0;
    d->at_end = count == 0;
    if (count < 0)
        d->problem = "cannot be read";
}

/* Gives the bytes in front of a defect first; the next call then fails. */
static ssize_t read_output(struct decompressor *d, uint8_t *out, size_t size)
{
    while (d->problem == NULL) {
        size_t before = d->at;
        size_t count = step(d, out, size);
        if (count > 0)
            return (ssize_t)count;
        if (d->at == d->end && d->at_end && d->whole)
            return 0;
        if (d->at == d->end && d->at_end)
            d->problem = "ends early";
        else if (d->at == d->end)
            read_input(d);
        else if (d->at == before)
            d->problem = "is damaged";
    }
    errno = EIO;
    return -1;
}

static void decompress_free(struct decompressor *d)
{
    if (d->compression == COMPRESSION_GZIP)
        inflateEnd(&d->gzip);
    ZSTD_freeDStream(d->zstd);
    free(d);
}

static int close_stream(void *cookie)
{
    struct decompressor *d = (struct decompressor *)cookie;
    int result = close(d->fd);
    decompress_free(d);
    return result;
}

#ifdef __linux__

static ssize_t read_stream(void *cookie, char *out, size_t size)
{
    return size > 0 ? read_output((struct decompressor *)cookie, (uint8_t *)out, size) : 0;
}

static FILE *open_stream(struct decompressor *d)
{
    const cookie_io_functions_t functions = {.read = read_stream, .close = close_stream};
    return fopencookie(d, "r", functions);
}

#else

static int read_stream(void *cookie, char *out, int size)
{
    struct decompressor *d = (struct decompressor *)cookie;
    return size > 0 ? (int)read_output(d, (uint8_t *)out, (size_t)size) : 0;
}

static FILE *open_stream(struct decompressor *d)
{
    return funopen(d, read_stream, NULL, NULL, close_stream);
}

#endif

static bool begin(struct decompressor *d)
{
    switch (d->compression) {
    case COMPRESSION_GZIP:
        return inflateInit2(&d->gzip, 16 + MAX_WBITS) == Z_OK;
    case COMPRESSION_ZSTD:
        d->zstd = ZSTD_createDStream();
        return d->zstd != NULL;
    default:
        d->whole = true;
        return true;
    }
}

FILE *decompress_open(int fd, enum compression compression, struct bytes start,
                      struct decompressor **state)
{
    struct decompressor *d = (struct decompressor *)calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->fd = fd;
    d->compression = compression;
    d->end = start.length;
    if (start.length > 0)
        memcpy(d->input, start.data, start.length);
    FILE *stream = begin(d) ? open_stream(d) : NULL;
    if (stream == NULL) {
        decompress_free(d);
        errno = ENOMEM;
        return NULL;
    }
    *state = d;
    return stream;
}

void decompress_set_wait(struct decompressor *state, bool (*wait)(void *context, int fd),
                         void *context)
{
    state->wait = wait;
    state->wait_context = context;
}

bool decompress_given_up(const struct decompressor *state)
{
    return state->given_up;
}

const char *decompress_problem(const struct decompressor *state)
{
    return state->problem;
}
