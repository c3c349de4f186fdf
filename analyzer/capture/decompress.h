/* SPDX-License-Identifier: MIT */
/* A stdio stream over a file descriptor that is not a plain seekable file: a pipe, gzip, zstd.
 * libpcap reads files through stdio, so this is how it comes to read compressed ones. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_DECOMPRESS_H
#define TURNSCOPE_ANALYZER_CAPTURE_DECOMPRESS_H

#include "dissectors/bytes.h"

#include <stdio.h>

enum compression {
    COMPRESSION_NONE,
    COMPRESSION_GZIP, /* RFC 1952 */
    COMPRESSION_ZSTD, /* RFC 8878 */
};

/* How many first bytes tell the compression. */
enum { COMPRESSION_MAGIC = 4 };

enum compression compression_of(struct bytes start);

/* "gzip", "zstd"; NULL for none. */
const char *compression_name(enum compression compression);

struct decompressor;

/* Opens the stream over `fd`, from which `start` (at most COMPRESSION_MAGIC bytes) has already been
 * read. fclose of the stream closes `fd` and frees *state. NULL, with errno set and `fd` left open,
 * when memory is short. */
FILE *decompress_open(int fd, enum compression compression, struct bytes start,
                      struct decompressor **state);

/* Calls `wait` before each read of `fd`, until there is something to read. When it returns false,
 * the stream ends there. */
void decompress_set_wait(struct decompressor *state, bool (*wait)(void *context, int fd),
                         void *context);

/* Whether `wait` has returned false. */
bool decompress_given_up(const struct decompressor *state);

/* Why a read of the stream failed, as the end of a sentence about its data; NULL: it did not. */
const char *decompress_problem(const struct decompressor *state);

#endif
