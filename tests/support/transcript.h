/* SPDX-License-Identifier: MIT */
/* Recorded TLS connections: tests/data/tls/NAME. Lines "key TEXT" are a key log; "client", "server"
 * and "expect WHO TYPE" head the hex lines (indented) of what a side sent, or of what one of its
 * records holds. */
#ifndef TURNSCOPE_TESTS_SUPPORT_TRANSCRIPT_H
#define TURNSCOPE_TESTS_SUPPORT_TRANSCRIPT_H

#include "dissectors/bytes.h"

enum { TRANSCRIPT_ENTRIES = 64, TRANSCRIPT_BYTES = 32768 };

struct transcript_entry {
    unsigned from; /* 0: the client; 1: the server */
    uint8_t type;  /* 0: bytes on the wire; else the content type of an expected record */
    struct bytes bytes;
};

struct transcript {
    char keys[TRANSCRIPT_BYTES]; /* the key log, NUL-terminated */
    struct transcript_entry entries[TRANSCRIPT_ENTRIES];
    size_t count;
    uint8_t memory[TRANSCRIPT_BYTES];
    size_t used;
};

/* Fails the test when the file is missing or too big. */
void transcript_read(struct transcript *transcript, const char *name);

#endif
