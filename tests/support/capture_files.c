/* SPDX-License-Identifier: MIT */
#include "tests/support/capture_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

static void put(struct capture_file *file, const void *data, size_t length)
{
    if (length > sizeof file->bytes - file->length)
        abort();
    if (length > 0)
        memcpy(file->bytes + file->length, data, length);
    file->length += length;
}

static void put32(struct capture_file *file, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    put(file, bytes, sizeof bytes);
}

void pcap_begin(struct capture_file *file, uint32_t link_type)
{
    file->length = 0;
    put32(file, 0xa1b2c3d4);
    put32(file, 2 | 4 << 16); /* version 2.4 */
    put32(file, 0);
    put32(file, 0);
    put32(file, 65535);
    put32(file, link_type);
}

void pcap_packet(struct capture_file *file, uint32_t seconds, uint32_t microseconds,
                 const void *data, uint32_t captured, uint32_t on_wire)
{
    put32(file, seconds);
    put32(file, microseconds);
    put32(file, captured);
    put32(file, on_wire);
    put(file, data, captured);
}

static void put_block(struct capture_file *file, uint32_t type, const struct capture_file *body)
{
    static const uint8_t padding[4];
    size_t pad = (4 - body->length % 4) % 4;
    uint32_t total = (uint32_t)(body->length + pad + 12);
    put32(file, type);
    put32(file, total);
    put(file, body->bytes, body->length);
    put(file, padding, pad);
    put32(file, total);
}

void pcapng_begin(struct capture_file *file)
{
    struct capture_file body = {.length = 0};
    file->length = 0;
    put32(&body, 0x1a2b3c4d);
    put32(&body, 1); /* version 1.0 */
    put32(&body, UINT32_MAX);
    put32(&body, UINT32_MAX); /* section length -1: not given */
    put_block(file, 0x0a0d0d0a, &body);
}

void pcapng_interface(struct capture_file *file, uint16_t link_type, uint32_t snaplen,
                      uint8_t resolution)
{
    struct capture_file body = {.length = 0};
    put32(&body, link_type);
    put32(&body, snaplen);
    if (resolution != 6) {
        put32(&body, 9 | 1 << 16); /* if_tsresol, one byte */
        put32(&body, resolution);
        put32(&body, 0); /* opt_endofopt */
    }
    put_block(file, 1, &body);
}

void pcapng_packet(struct capture_file *file, uint32_t interface_id, uint64_t units,
                   const void *data, uint32_t captured)
{
    struct capture_file body = {.length = 0};
    put32(&body, interface_id);
    put32(&body, (uint32_t)(units >> 32));
    put32(&body, (uint32_t)units);
    put32(&body, captured);
    put32(&body, captured);
    put(&body, data, captured);
    put_block(file, 6, &body);
}

void capture_file_gzip(struct capture_file *file)
{
    struct capture_file out = {.length = 0};
    z_stream stream = {.next_in = file->bytes,
                       .avail_in = (uInt)file->length,
                       .next_out = out.bytes,
                       .avail_out = sizeof out.bytes};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    out.length = stream.total_out;
    deflateEnd(&stream);
    *file = out;
}

void capture_file_zstd(struct capture_file *file)
{
    struct capture_file out = {.length = 0};
    out.length = ZSTD_compress(out.bytes, sizeof out.bytes, file->bytes, file->length, 3);
    if (ZSTD_isError(out.length))
        abort();
    *file = out;
}

void make_directory(char directory[CAPTURE_FILE_PATH])
{
    const char *parent = getenv("TMPDIR");
    (void)snprintf(directory, CAPTURE_FILE_PATH, "%s/turnscope-test-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    if (mkdtemp(directory) == NULL)
        abort();
}

void remove_directory(const char *directory)
{
    char path[2 * CAPTURE_FILE_PATH];
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(entries);
    (void)rmdir(directory);
}

void capture_file_write(const struct capture_file *file, const char *directory, const char *name,
                        char path[CAPTURE_FILE_PATH])
{
    int length = snprintf(path, CAPTURE_FILE_PATH, "%s/%s", directory, name);
    if (length < 0 || length >= CAPTURE_FILE_PATH)
        abort();
    FILE *out = fopen(path, "wb");
    if (out == NULL || fwrite(file->bytes, 1, file->length, out) != file->length ||
        fclose(out) != 0)
        abort();
}
