/* SPDX-License-Identifier: MIT */
/* TLS secrets in the NSS key log format (RFC 9850), which browsers and servers write when
 * SSLKEYLOGFILE is set:
 *
 *   <label> <client random, 64 hex digits> <secret, hex>
 *
 * Secrets are found by the client random of their connection. They are never printed, and wiped
 * when they are given up. Lines of other kinds (comments, exporter secrets, those after a
 * KeyUpdate, the old RSA form, which names no client random) are passed over. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_KEYLOG_H
#define TURNSCOPE_ANALYZER_CRYPTO_KEYLOG_H

#include "analyzer/flow/table.h"
#include "dissectors/bytes.h"

enum {
    KEYLOG_RANDOM = 32,       /* bytes of a client random */
    KEYLOG_SECRET = 48,       /* bytes of the longest secret: a master secret, or SHA-384's size */
    KEYLOG_LINE = 512,        /* what is longer is no line of a key log */
    KEYLOG_MASTER_LENGTH = 48 /* RFC 5246 8.1 */
};

enum keylog_secret {
    KEYLOG_MASTER,           /* up to TLS 1.2: CLIENT_RANDOM */
    KEYLOG_CLIENT_EARLY,     /* TLS 1.3 (RFC 8446 7.1) from here on */
    KEYLOG_CLIENT_HANDSHAKE, /* client_handshake_traffic_secret */
    KEYLOG_SERVER_HANDSHAKE,
    KEYLOG_CLIENT_TRAFFIC, /* client_application_traffic_secret_0 */
    KEYLOG_SERVER_TRAFFIC,
    KEYLOG_SECRETS
};

struct keylog_entry {
    uint8_t client_random[KEYLOG_RANDOM];
    uint8_t length[KEYLOG_SECRETS]; /* 0: not in the log */
    uint8_t secret[KEYLOG_SECRETS][KEYLOG_SECRET];
};

struct keylog {
    struct table table;
    uint64_t usable;      /* lines that gave a secret */
    uint64_t passed_over; /* comments, blank lines, and labels of no use here */
    uint64_t malformed;
};

/* Cuts a text that comes in pieces into lines, which end in LF, CR or both. All zero: at the start
 * of a line. */
struct keylog_reader {
    char line[KEYLOG_LINE];
    size_t length;     /* of the line so far, the part that does not fit counted too */
    bool after_return; /* the last octet was a CR: an LF that follows belongs to it */
};

/* 0, or -1 when memory is short. When more than `capacity` connections are logged, the oldest are
 * given up (table.evicted). */
int keylog_init(struct keylog *keylog, uint32_t capacity);
void keylog_free(struct keylog *keylog);

/* Takes in the next piece of a key log. A line that the piece leaves unfinished waits in the
 * reader. */
void keylog_read(struct keylog *keylog, struct keylog_reader *reader, struct bytes text);

/* Takes what it can from a last line without a line end; it may still be continued, and is counted
 * when it ends. */
void keylog_read_unfinished(struct keylog *keylog, const struct keylog_reader *reader);

/* Forgets the line that was begun, which may hold a secret: the reader is as at a start. */
void keylog_reader_wipe(struct keylog_reader *reader);

/* What the log has of this connection (KEYLOG_RANDOM bytes), or NULL. Valid until the next read. */
const struct keylog_entry *keylog_find(const struct keylog *keylog, struct bytes client_random);

/* The secret; empty when the log does not have it. */
struct bytes keylog_secret(const struct keylog_entry *entry, enum keylog_secret which);

#endif
