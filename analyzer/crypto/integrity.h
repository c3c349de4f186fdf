/* SPDX-License-Identifier: MIT */
/* Recomputes MESSAGE-INTEGRITY (RFC 8489 section 14.5) and MESSAGE-INTEGRITY-SHA256 (section 14.6)
 * with passwords that the user gave. It tells which side has the wrong password. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_INTEGRITY_H
#define TURNSCOPE_ANALYZER_CRYPTO_INTEGRITY_H

#include "analyzer/crypto/credentials.h"
#include "dissectors/stun/message.h"

enum integrity_result {
    INTEGRITY_ABSENT,   /* the message carries no integrity attribute */
    INTEGRITY_VERIFIED, /* every integrity attribute captured is what the password gives */
    INTEGRITY_MISMATCH, /* none of the user's passwords gives it, or it was altered on the way */
    /* Nothing can be said: the capture cut the message, the attribute is malformed, the user has no
     * password here, the realm is not known, or the message is no RFC 8489 message (classic STUN
     * and [MS-TURN] hash otherwise).
     */
    INTEGRITY_UNKNOWN,
};

/* What is known from the rest of the exchange, for messages that do not say it themselves: a
 * response names no user, a Binding request of an authenticated client often no realm. Empty views:
 * not known. The message's own attributes go first. */
struct integrity_context {
    struct bytes username;
    struct bytes realm;
};

/* The algorithms, looked up once. NULL when memory is out or the library offers none of them. */
struct integrity;
struct integrity *integrity_new(void);
void integrity_free(struct integrity *integrity);

/* Verifies with the passwords of the message's user, found by USERNAME, by USERHASH, or by
 * `context` (may be NULL). Long-term keys (section 9.2.2) are made with the algorithm that
 * PASSWORD-ALGORITHM says; in a message without it MD5 and SHA-256 are both tried. Where no realm
 * is known the password itself is tried as short-term key (section 9.1.1); then failure is UNKNOWN.
 */
enum integrity_result integrity_check(const struct integrity *integrity,
                                      const struct stun_message *message,
                                      const struct credentials *credentials,
                                      const struct integrity_context *context);

/* Verifies with a key in hand; of a short-term credential that is the password. */
enum integrity_result integrity_check_key(const struct integrity *integrity,
                                          const struct stun_message *message, struct bytes key);

#endif
