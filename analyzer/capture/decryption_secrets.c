/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/decryption_secrets.h"

#include "analyzer/capture/stream.h"

#include <sys/stat.h>

enum {
    SECTION_HEADER_BLOCK = 0x0a0d0d0a, /* the same in either byte order */
    DECRYPTION_SECRETS_BLOCK = 0x0000000a,
    TLS_KEY_LOG = 0x544c534b, /* "TLSK" */
    BLOCK_OVERHEAD = 12,      /* type, and length twice */
    SECRETS_OVERHEAD = 8,     /* secrets type and length */
};

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

struct scan {
    FILE *file;
    bool little_endian; /* of the current section */
    void (*take)(void *context, struct bytes text);
    void *context;
};

static uint32_t number(const struct scan *scan, const uint8_t *b)
{
    if (scan->little_endian)
        return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Reads `length` bytes, which go to scan->take when `keep` is set. False where the file ends. */
static bool pass(const struct scan *scan, uint32_t length, bool keep)
{
    uint8_t buffer[4096];
    while (length > 0) {
        size_t part = length < sizeof buffer ? length : sizeof buffer;
        if (fread(buffer, 1, part, scan->file) != part)
            return false;
        if (keep)
            scan->take(scan->context, bytes_of(buffer, part));
        length -= (uint32_t)part;
    }
    return true;
}

/* `left`: of the block, behind its first length field. */
static bool read_secrets(const struct scan *scan, uint32_t left)
{
    uint8_t header[SECRETS_OVERHEAD];
    if (left < sizeof header + 4 || fread(header, 1, sizeof header, scan->file) != sizeof header)
        return false;
    uint32_t length = number(scan, header + 4);
    left -= (uint32_t)sizeof header;
    if (length > left - 4)
        return false;
    bool is_tls = number(scan, header) == TLS_KEY_LOG;
    if (!pass(scan, length, is_tls))
        return false;
    if (is_tls)
        scan->take(scan->context, bytes_of("\n", 1));
    return pass(scan, left - length, false);
}

/* A section says its byte order behind the length of its header block. */
static bool read_section_header(struct scan *scan, const uint8_t *length_field)
{
    uint8_t magic[4];
    if (fread(magic, 1, sizeof magic, scan->file) != sizeof magic)
        return false;
    scan->little_endian = magic[0] == (BYTE_ORDER_MAGIC & 0xff);
    uint32_t length = number(scan, length_field);
    return number(scan, magic) == BYTE_ORDER_MAGIC && length >= BLOCK_OVERHEAD + sizeof magic &&
           pass(scan, length - 8 - (uint32_t)sizeof magic, false);
}

static bool read_block(struct scan *scan)
{
    uint8_t header[8];
    if (fread(header, 1, sizeof header, scan->file) != sizeof header)
        return false;
    uint32_t type = number(scan, header);
    if (type == SECTION_HEADER_BLOCK)
        return read_section_header(scan, header + 4);
    uint32_t length = number(scan, header + 4);
    if (length < BLOCK_OVERHEAD || length % 4 != 0)
        return false;
    if (type == DECRYPTION_SECRETS_BLOCK)
        return read_secrets(scan, length - 8);
    return pass(scan, length - 8, false);
}

static bool is_pcapng(FILE *file)
{
    int first = getc(file);
    return first != EOF && ungetc(first, file) != EOF && first == (SECTION_HEADER_BLOCK & 0xff);
}

static bool can_be_read_again(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

void decryption_secrets_scan(const char *path, void (*take)(void *context, struct bytes text),
                             void *context)
{
    struct stream stream;
    const char *problem;
    if (!can_be_read_again(path) || stream_open(&stream, path, &problem) != 0)
        return;
    struct scan scan = {.file = stream.file, .take = take, .context = context};
    if (is_pcapng(stream.file))
        while (read_block(&scan))
            continue;
    stream_close(&stream);
}
