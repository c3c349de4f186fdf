/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *open_problem(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file";
    case EACCES:
    case EPERM:
        return "may not be read by this user; check its permissions (ls -l)";
    case EISDIR:
        return "is a directory; name the capture files in it, each with -r";
    case EMFILE:
    case ENFILE:
        return "cannot be opened beside so many others; merge some with mergecap first";
    default:
        return strerror(error);
    }
}

/* Standard input is duplicated, so that closing the capture does not close it. */
static int open_descriptor(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Learns the size, and refuses what cannot hold a capture. */
static int check_kind(struct stream *stream, const char **problem)
{
    struct stat status;
    if (fstat(stream->fd, &status) != 0) {
        *problem = open_problem(errno);
        return -1;
    }
    if (S_ISDIR(status.st_mode)) {
        *problem = open_problem(EISDIR);
        return -1;
    }
    if (isatty(stream->fd)) {
        *problem = "is a terminal; pipe a capture into it (tcpdump -w - ...) or name a file";
        return -1;
    }
    stream->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return 0;
}

/* The first bytes: of a regular file without moving in it, of a pipe by reading them. */
static ssize_t read_start(const struct stream *stream, uint8_t *start, bool seekable)
{
    size_t length = 0;
    off_t from = seekable ? lseek(stream->fd, 0, SEEK_CUR) : 0;
    while (length < COMPRESSION_MAGIC) {
        size_t left = COMPRESSION_MAGIC - length;
        ssize_t count = seekable ? pread(stream->fd, start + length, left, from + (off_t)length)
                                 : read(stream->fd, start + length, left);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        length += (size_t)count;
    }
    return (ssize_t)length;
}

/* A regular file that is not compressed needs no layer of ours between it and libpcap. */
static FILE *open_file(struct stream *stream, struct bytes start, bool seekable)
{
    stream->compression = compression_of(start);
    if (seekable && stream->compression == COMPRESSION_NONE)
        return fdopen(stream->fd, "r");
    struct bytes taken = bytes_first(start, seekable ? 0 : start.length);
    return decompress_open(stream->fd, stream->compression, taken, &stream->decompressor);
}

/* setvbuf ignores the size unless it is given the buffer, too. Without memory for it, stdio's own
 * will do. */
static void enlarge_buffer(struct stream *stream)
{
    stream->buffer = (char *)malloc(STREAM_BUFFER);
    if (stream->buffer != NULL)
        (void)setvbuf(stream->file, stream->buffer, _IOFBF, STREAM_BUFFER);
}

static int open_checked(struct stream *stream, const char **problem)
{
    uint8_t start[COMPRESSION_MAGIC];
    if (check_kind(stream, problem) != 0)
        return -1;
    bool seekable = lseek(stream->fd, 0, SEEK_CUR) >= 0;
    ssize_t length = read_start(stream, start, seekable);
    if (length < 0) {
        *problem = open_problem(errno);
        return -1;
    }
    if (length < COMPRESSION_MAGIC) {
        *problem = length == 0 ? "is empty: the capture was never written or its copy failed"
                               : "is too short to be a capture file";
        return -1;
    }
    stream->file = open_file(stream, bytes_of(start, (size_t)length), seekable);
    if (stream->file == NULL) {
        *problem = open_problem(errno);
        return -1;
    }
    enlarge_buffer(stream);
    return 0;
}

int stream_adopt(struct stream *stream, int descriptor, const char **problem)
{
    *stream = (struct stream){.fd = descriptor};
    return open_checked(stream, problem);
}

int stream_open(struct stream *stream, const char *path, const char **problem)
{
    int descriptor = open_descriptor(path);
    if (descriptor < 0) {
        *problem = open_problem(errno);
        return -1;
    }
    if (stream_adopt(stream, descriptor, problem) == 0)
        return 0;
    (void)close(descriptor);
    return -1;
}

uint64_t stream_position(const struct stream *stream)
{
    off_t at = stream->size > 0 ? lseek(stream->fd, 0, SEEK_CUR) : 0;
    return at > 0 ? (uint64_t)at : 0;
}

void stream_close(struct stream *stream)
{
    if (stream->file != NULL)
        (void)fclose(stream->file);
    free(stream->buffer);
    *stream = (struct stream){.fd = -1};
}
