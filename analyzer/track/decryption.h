/* SPDX-License-Identifier: MIT */
/* TLS connections whose secrets a key log has: what their records hold, and the streams that it
 * makes. */
#ifndef TURNSCOPE_ANALYZER_TRACK_DECRYPTION_H
#define TURNSCOPE_ANALYZER_TRACK_DECRYPTION_H

#include "analyzer/crypto/keylog_file.h"
#include "analyzer/crypto/quic_session.h"
#include "analyzer/crypto/tls_decrypt.h"
#include "analyzer/flow/streams.h"
#include "analyzer/track/handshakes.h"
#include "analyzer/track/retained.h"
#include "dissectors/dtls/record.h"

/* The application data of one connection. */
struct decrypted_content {
    struct record_id handshake; /* the key */
    struct stream stream[2];    /* [i]: sent by endpoint[i] of the flow */
    uint32_t length[2];         /* so far, modulo 2^32 */
};

struct decryption {
    struct keylog_source *source; /* NULL: nothing is decrypted, and the rest is empty */
    struct streams *streams;
    struct tls_sessions sessions;
    struct quic_sessions quic;
    struct table contents;
    struct table retained; /* of struct retained */
};

/* 0, or -1 when memory is short. `source` may be NULL; both pointers outlive the decryption. */
int decryption_init(struct decryption *decryption, struct keylog_source *source,
                    struct streams *streams, uint32_t megabytes);
void decryption_free(struct decryption *decryption);

/* Whether the key log has secrets of this connection by now. */
bool decryption_has_secrets(const struct decryption *decryption, const struct handshake *handshake);

/* The next record, whole, of the sender of this packet; the handshake has seen all before it. Valid
 * until the next call. */
enum tls_decrypt_status
decryption_record(struct decryption *decryption, const struct handshakes *handshakes,
                  struct handshake *handshake, const struct sighting *sighting,
                  const struct tls_record *record, struct tls_plaintext *plaintext);

/* A record of a DTLS datagram, as above. */
enum tls_decrypt_status
decryption_datagram(struct decryption *decryption, const struct handshakes *handshakes,
                    struct handshake *handshake, const struct sighting *sighting,
                    const struct dtls_record *record, struct tls_plaintext *plaintext);

/* A Handshake or 1-RTT packet of QUIC, as above. */
enum tls_decrypt_status
decryption_quic(struct decryption *decryption, const struct handshakes *handshakes,
                struct handshake *handshake, const struct sighting *sighting,
                const struct quic_packet *packet, struct quic_plaintext *plaintext);

/* Appends application data to the sender's stream, which is returned to be read. */
struct stream *decryption_append(struct decryption *decryption, const struct handshakes *handshakes,
                                 const struct handshake *handshake, const struct sighting *sighting,
                                 struct bytes data);

/* Bytes of the sender's records are missing. */
void decryption_lost(struct decryption *decryption, const struct handshakes *handshakes,
                     const struct handshake *handshake, const struct sighting *sighting);

/* Nothing more is to be had from the sender's records: without keys, or nobody reads what they
 * hold. */
bool decryption_is_over(struct decryption *decryption, const struct handshakes *handshakes,
                        const struct handshake *handshake, const struct sighting *sighting);

#endif
