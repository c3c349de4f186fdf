/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/keylog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_more(const struct keylog_file *file, uint8_t *buffer, size_t size)
{
    ssize_t count;
    do
        count = read(file->fd, buffer, size);
    while (count < 0 && errno == EINTR);
    return count;
}

/* 0, or -1 with errno set. */
static int read_to_end(struct keylog_file *file, struct keylog *keylog)
{
    uint8_t buffer[16 * 1024];
    ssize_t count;
    while ((count = read_more(file, buffer, sizeof buffer)) > 0) {
        keylog_read(keylog, &file->reader, bytes_of(buffer, (size_t)count));
        file->offset += (uint64_t)count;
    }
    keylog_read_unfinished(keylog, &file->reader);
    OPENSSL_cleanse(buffer, sizeof buffer);
    return count < 0 ? -1 : 0;
}

static const char *problem_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file; start the browser with SSLKEYLOGFILE set to its path";
    case EACCES:
    case EPERM:
        return "may not be read by this user; check its permissions (ls -l)";
    case EISDIR:
        return "is a directory; name the key log in it";
    default:
        return strerror(error);
    }
}

int keylog_file_open(struct keylog_file *file, struct keylog *keylog, const char *path,
                     const char **problem)
{
    struct stat status;
    *file = (struct keylog_file){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (file->fd >= 0 && fstat(file->fd, &status) == 0 && read_to_end(file, keylog) == 0) {
        file->grows = S_ISREG(status.st_mode);
        return 0;
    }
    *problem = problem_of(errno);
    keylog_file_close(file);
    return -1;
}

bool keylog_file_refresh(struct keylog_file *file, struct keylog *keylog)
{
    struct stat status;
    if (file->fd < 0 || !file->grows || fstat(file->fd, &status) != 0 ||
        (uint64_t)status.st_size == file->offset)
        return false;
    if ((uint64_t)status.st_size < file->offset) {
        if (lseek(file->fd, 0, SEEK_SET) != 0)
            return false;
        file->offset = 0;
        keylog_reader_wipe(&file->reader);
    }
    return read_to_end(file, keylog) == 0;
}

const char *keylog_file_problem(const struct keylog_file *file, const struct keylog *keylog)
{
    if (keylog->table.used > 0)
        return NULL;
    if (file->offset == 0)
        return "is empty, so that TLS stays closed (was the browser restarted after SSLKEYLOGFILE "
               "was set? A browser that trusts no server logs nothing of TLS 1.2)";
    return "has no usable line: a TLS key log has lines such as \"CLIENT_RANDOM <64 hex digits> "
           "<96 hex digits>\"; a server's private key is no key log";
}

void keylog_file_close(struct keylog_file *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    keylog_reader_wipe(&file->reader);
    file->fd = -1;
}
