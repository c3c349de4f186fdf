/* SPDX-License-Identifier: MIT */
/* Records of TLS 1.3 (RFC 8446 5 and 7), for tls_decrypt.c alone: a direction goes from 0-RTT keys
 * over handshake keys to traffic keys, which KeyUpdate replaces. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_TLS13_DECRYPT_H
#define TURNSCOPE_ANALYZER_CRYPTO_TLS13_DECRYPT_H

#include "analyzer/crypto/tls_decrypt.h"

/* As tls_session_record, for a session of TLS 1.3 or one that has seen no ServerHello yet. */
enum tls_decrypt_status tls13_open(struct tls_sessions *sessions, struct tls_session *session,
                                   enum tls_direction from, const struct tls_record *record,
                                   struct tls_plaintext *plaintext);

#endif
