/* SPDX-License-Identifier: MIT */
/* A key log in a file that may still grow: a browser appends to it with every new connection. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_KEYLOG_FILE_H
#define TURNSCOPE_ANALYZER_CRYPTO_KEYLOG_FILE_H

#include "analyzer/crypto/keylog.h"

struct keylog_file {
    int fd;     /* -1: none */
    bool grows; /* a regular file; a pipe is read to its end at once */
    uint64_t offset;
    struct keylog_reader reader;
};

/* A key log and where more of it may come from. */
struct keylog_source {
    struct keylog keylog;
    struct keylog_file file;
};

/* Opens the file and reads what it has. 0; or -1 and *problem set to a sentence that can follow the
 * name of the file. */
int keylog_file_open(struct keylog_file *file, struct keylog *keylog, const char *path,
                     const char **problem);

/* Reads what was appended since; from the start when the file has become shorter. Cheap when there
 * is nothing new (one system call). Whether there was something new. */
bool keylog_file_refresh(struct keylog_file *file, struct keylog *keylog);

/* Why nothing of the log can be used, as a sentence that can follow the name of the file; NULL when
 * something can. A log that a browser has yet to write into is no fault in a live capture. */
const char *keylog_file_problem(const struct keylog_file *file, const struct keylog *keylog);

/* Closes the file, if one is open, and wipes what was read of its last line. */
void keylog_file_close(struct keylog_file *file);

#endif
