/* SPDX-License-Identifier: MIT */
/* Removing the protection of QUIC Initial packets. Their keys come from what the client's first
 * packet says in the clear (RFC 9001 5.2, RFC 9369 3.3), so that anyone on the path can read the
 * ClientHello. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_QUIC_INITIAL_H
#define TURNSCOPE_ANALYZER_CRYPTO_QUIC_INITIAL_H

#include "analyzer/crypto/quic_protection.h"

enum {
    QUIC_INITIAL_MAXIMUM = 2048 /* longer Initial packets do not occur: they fit a path's MTU */
};

/* The keys with which the client (or the server) protects its Initial packets. `client_id` is the
 * Destination Connection ID of the client's first Initial packet, or of the first after a Retry.
 * False when the version is not known, or OpenSSL refuses. */
bool quic_initial_keys(struct quic_keys *keys, uint32_t version, struct bytes client_id,
                       bool of_client);

/* Decrypts the packet into `plaintext`; *payload is the view of its frames there. False: it is not
 * a whole Initial packet of at most QUIC_INITIAL_MAXIMUM bytes, or not protected with these keys.
 */
bool quic_initial_open(const struct quic_keys *keys, const struct quic_packet *packet,
                       uint8_t plaintext[QUIC_INITIAL_MAXIMUM], struct bytes *payload);

#endif
