/* SPDX-License-Identifier: MIT */
/* The stdio stream that libpcap reads one capture file from. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_STREAM_H
#define TURNSCOPE_ANALYZER_CAPTURE_STREAM_H

#include "analyzer/capture/decompress.h"

/* libpcap reads a header and a packet at a time; with stdio's own 4 KiB a third of the time goes to
 * system calls. */
enum { STREAM_BUFFER = 256 * 1024 };

struct stream {
    FILE *file; /* closing it closes the descriptor; NULL once it is closed */
    int fd;
    char *buffer;  /* stdio's, freed after the file is closed */
    uint64_t size; /* on disk; 0: not known (a pipe) */
    enum compression compression;
    struct decompressor *decompressor; /* NULL: `file` is the plain file; dies with it */
};

/* Opens `path` ("-": standard input) and finds out how it is compressed. 0; or -1, with *problem
 * set to a sentence that can follow the name of the file. */
int stream_open(struct stream *stream, const char *path, const char **problem);

/* The same with an open descriptor, which is closed with the stream; at an error it stays open. */
int stream_adopt(struct stream *stream, int descriptor, const char **problem);

/* Bytes read from disk so far; 0 when the size is not known. */
uint64_t stream_position(const struct stream *stream);

/* Closes the file unless `file` is NULL (libpcap closes what it was given), and frees the buffer.
 */
void stream_close(struct stream *stream);

#endif
