/* SPDX-License-Identifier: MIT */
/* Usernames and passwords that the user gives to have message integrity verified. They are never
 * printed, and wiped when they are no longer needed.
 *
 * The file has one "username:password" a line, in UTF-8. The first ':' separates: a password may
 * contain ':', a username may not. Empty lines and lines that start with '#' are passed over; a
 * carriage return at the end of a line too. Spaces belong to the username or password. A username
 * may have several lines: any of their passwords may be the right one. OpaqueString and SASLprep
 * (RFC 8489 section 9.2.2, RFC 5389 section 15.3) are not applied: write names and passwords as
 * they are after it, which for ASCII changes nothing. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_CREDENTIALS_H
#define TURNSCOPE_ANALYZER_CRYPTO_CREDENTIALS_H

#include "dissectors/bytes.h"

enum {
    CREDENTIALS_MAXIMUM = 64,
    CREDENTIALS_FILE_MAXIMUM = 65536, /* bytes */
    CREDENTIALS_ERROR_TEXT = 512,
};

struct credential {
    struct bytes username;
    struct bytes password;
};

/* All zero: no credentials. */
struct credentials {
    struct credential entries[CREDENTIALS_MAXIMUM];
    size_t count;
    bool readable_by_others; /* everyone on this machine may read the file: worth a warning */
    uint8_t *text;           /* what the entries point into; owned */
    size_t text_size;
};

/* Loads a password file. 0, or -1 with `error` naming the file, the line and what is wrong; then
 * there are no credentials. Free them with credentials_free. */
int credentials_load(struct credentials *credentials, const char *path,
                     char error[CREDENTIALS_ERROR_TEXT]);

/* Wipes and releases everything. */
void credentials_free(struct credentials *credentials);

#endif
