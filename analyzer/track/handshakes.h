/* SPDX-License-Identifier: MIT */
/* TLS, DTLS and QUIC handshakes: who offered what, what was agreed, what certificate was shown, and
 * how it ended. Facts only.
 *
 * Streams are given as contiguous bytes and are consumed as they come: nothing is kept of them but
 * a handshake message that spans records, in a bounded buffer. */
#ifndef TURNSCOPE_ANALYZER_TRACK_HANDSHAKES_H
#define TURNSCOPE_ANALYZER_TRACK_HANDSHAKES_H

#include "analyzer/crypto/certificate.h"
#include "analyzer/crypto/quic_session.h"
#include "analyzer/event.h"
#include "analyzer/limits.h"
#include "analyzer/sighting.h"
#include "analyzer/track/encounters.h"
#include "analyzer/track/issuers.h"
#include "dissectors/quic/packet.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"

enum handshake_protocol { HANDSHAKE_TLS, HANDSHAKE_DTLS, HANDSHAKE_QUIC };

enum handshake_state {
    HANDSHAKE_INCOMPLETE, /* under way, or nothing shows how it ended */
    HANDSHAKE_ESTABLISHED,
    HANDSHAKE_CLIENT_REJECTED, /* the client sent a fatal alert */
    HANDSHAKE_SERVER_REJECTED, /* the server did, or it does not speak TLS: answered_otherwise */
    HANDSHAKE_RESET,           /* RST, or FIN from the server, before it was established */
    HANDSHAKE_UNANSWERED,      /* ClientHello, then silence */
};

/* Whose act it was. */
enum handshake_side { HANDSHAKE_CLIENT, HANDSHAKE_SERVER };

struct handshake_alert {
    bool seen;
    bool inferred; /* encrypted: told from its length and place; level and description unknown */
    uint8_t from;  /* enum handshake_side */
    uint8_t level;
    uint8_t description;
};

/* One direction of a TLS stream: where in a record its next byte is. */
struct handshake_stream {
    uint32_t record_left; /* bytes of the current record still to come */
    bool collecting;      /* they belong to handshake messages in the clear */
    bool spanning;        /* a message has begun and goes on in the bytes to come */
    bool begun;           /* a record was seen */
    bool ciphered;        /* what follows is encrypted (ChangeCipherSpec, or TLS 1.3) */
    bool finished;        /* an encrypted handshake message after it: Finished */
    bool blind;           /* bytes are missing: record borders are lost */
    uint16_t
        after_client; /* TLS 1.3: encrypted records the server sent after the client's flight */
};

/* What the key log has of a connection, as far as it was needed. */
enum handshake_secrets {
    SECRETS_NOT_NEEDED, /* or no key log was given */
    SECRETS_MISSING,
    SECRETS_INCOMPLETE,  /* some, and not those of the latest record */
    SECRETS_WRONG,       /* they open nothing */
    SECRETS_UNSUPPORTED, /* a version or cipher suite that is not decrypted */
    SECRETS_FIT,
};

/* One side of a QUIC connection: what it sent. */
struct handshake_quic_side {
    uint8_t id_length; /* of the connection ID that packets to it carry */
    bool key_phase;
    uint32_t key_updates;
    uint32_t taken[2]; /* bytes of handshake messages done with: Initial, Handshake packets */
    uint64_t packets;  /* 1-RTT packets that a key log opened */
    uint64_t highest;  /* and the highest number of them */
};

struct handshake {
    uint64_t number;       /* 1, 2, ... in the order they began */
    struct record_id flow; /* may have been evicted since */
    struct record_id waiting;
    uint8_t protocol;     /* enum handshake_protocol */
    uint8_t state;        /* enum handshake_state */
    uint8_t client_index; /* of the flow's endpoints */
    uint8_t layer;        /* enum flow_layer */
    struct transport_address client;
    struct transport_address server;

    bool hello_seen;
    bool hello_cut; /* the ClientHello was not whole: what it offers may be more */
    bool server_hello_seen;
    bool one_sided;          /* the client goes on, though no answer is in the capture */
    bool answered;           /* anything came back from the server */
    bool answered_otherwise; /* and it was not TLS: `answer` holds its first bytes */
    bool hello_retry;
    bool resumed;
    bool encrypted_client_hello;   /* offered; browsers also offer a decoy */
    bool offers_resumption;        /* a pre-shared key, a session ticket or a session ID */
    bool offers_early_data;        /* the client's first encrypted records may be data */
    bool offers_srtp;              /* DTLS-SRTP: media of a call */
    bool certificate_message_seen; /* from the server, in the clear (or decrypted) */
    bool certificate_visible;      /* and it could be read: handshakes_chain */
    bool issuer_changed;           /* another one signed what was first shown for the name here */
    bool encrypt_then_mac;         /* agreed on (RFC 7366) */
    bool truncated_mac;            /* agreed on (RFC 6066 7) */
    bool decrypted;                /* a key log shows what the connection carries */
    bool secrets_awaited;          /* the key log has been waited for, with or without success */
    uint8_t secrets;               /* enum handshake_secrets */
    bool client_certificate_requested;
    bool client_certificate_sent;  /* with at least one certificate */
    bool client_certificate_empty; /* the client answered that it has none */
    bool ended_by_reset;           /* else, when `ended` is set: by FIN */
    uint8_t ended_by;              /* enum handshake_side */

    uint16_t offered_version; /* the highest */
    uint16_t version;         /* negotiated; 0: no ServerHello yet */
    uint16_t cipher_suite;    /* negotiated */
    uint16_t group;           /* negotiated (TLS 1.3) */
    uint16_t cipher_suites_offered;
    uint16_t key_share; /* the first group the client sent a key for; 0: none */
    uint16_t alpn_count;
    uint32_t hello_transmissions; /* DTLS: how often the same ClientHello was sent, at least 1 */
    uint32_t server_hello_transmissions; /* DTLS: the same for the ServerHello */
    uint32_t hello_verify_requests;      /* DTLS: cookies asked for */
    uint16_t hello_number;               /* DTLS: message number of the latest ClientHello */

    int64_t hello_time; /* nanoseconds since the epoch; 0: not seen */
    int64_t hello_repeated;
    int64_t server_hello_repeated;
    int64_t server_hello_time;
    int64_t established_time;
    int64_t ended; /* the connection was closed or reset */
    int64_t last;

    struct handshake_alert alert;
    struct record_id chain;
    struct handshake_stream stream[2]; /* [i]: sent by the flow's endpoint[i] */

    struct evidence hello;
    struct evidence server_hello;
    struct evidence certificate;
    struct evidence alert_evidence;
    struct evidence conclusion; /* what established or ended it */

    uint8_t client_random[TLS_RANDOM_LENGTH];
    uint8_t server_random[TLS_RANDOM_LENGTH];
    uint8_t session_id[TLS_SESSION_ID_MAXIMUM]; /* the client's */
    uint8_t session_id_length;
    uint8_t quic_client_id_length;
    uint8_t quic_client_id[QUIC_CONNECTION_ID_MAXIMUM]; /* what Initial packets' keys come from */
    uint32_t quic_version;
    struct handshake_quic_side quic[2]; /* enum handshake_side */
    /* Behind the end of these anything may be left over. */
    char server_name[LIMIT_SERVER_NAME];     /* the SNI; "" when there is none */
    char alpn[LIMIT_ALPN_NAMES][LIMIT_ALPN]; /* offered, the first alpn_count of them */
    char alpn_selected[LIMIT_ALPN];          /* "": none, or hidden (TLS 1.3) */
};

struct handshakes {
    struct table table;      /* of struct handshake */
    struct table chains;     /* certificate chains, each kept once */
    struct table collectors; /* messages that span records */
    struct table waiting;    /* handshakes that wait for the far side, oldest first */
    struct issuers issuers;
    struct encounters established;
    uint64_t count; /* handshakes ever begun */
};

/* 0, or -1 when memory is short. */
int handshakes_init(struct handshakes *handshakes, uint32_t megabytes);
void handshakes_free(struct handshakes *handshakes);

enum handshakes_wish {
    HANDSHAKES_WANT_MORE,
    HANDSHAKES_DONE, /* nothing more can be learnt from this direction: its bytes may be dropped */
};

/* Consumes the unread contiguous bytes of one direction of a TLS stream as far as they are of use,
 * and returns how many. `sighting` is the packet that made the last of them available. What is left
 * (less than a record header, or an alert that is not whole) comes again in the next call with more
 * behind it. A new connection on the same flow begins with flow->handshake cleared. */
size_t handshakes_stream(struct handshakes *handshakes, const struct sighting *sighting,
                         struct bytes unread, enum handshakes_wish *wish,
                         struct event_queue *events);

/* `missing` bytes of this direction will never come (the snaplen cut them, the capture lost them).
 * A message that they belong to is decoded as far as it goes. SIZE_MAX: nobody knows how many. */
enum handshakes_wish handshakes_gap(struct handshakes *handshakes, const struct sighting *sighting,
                                    size_t missing, struct event_queue *events);

/* The records of one datagram of a DTLS association. */
void handshakes_datagram(struct handshakes *handshakes, const struct sighting *sighting,
                         struct bytes datagram, struct event_queue *events);

/* One packet of a QUIC connection, whole or cut; false, and nothing done, when it is none: a short
 * header and a version negotiation are believed only when the flow's Initial packets were seen. */
bool handshakes_quic(struct handshakes *handshakes, const struct sighting *sighting,
                     const struct quic_packet *packet, struct event_queue *events);

/* The same packet, of type Handshake or 1-RTT, as a key log opens it. Call before handshakes_quic
 * is given the packet. */
void handshakes_quic_opened(struct handshakes *handshakes, const struct sighting *sighting,
                            const struct quic_packet *packet,
                            const struct quic_plaintext *plaintext, struct event_queue *events);

/* The content of the next record of a direction that was decrypted with a key log: what it says of
 * the handshake is noted as if it had been in the clear. Call before handshakes_stream is given the
 * record itself. */
void handshakes_decrypted(struct handshakes *handshakes, const struct sighting *sighting,
                          enum tls_content_type type, struct bytes content,
                          struct event_queue *events);

/* The connection of the flow was closed by the sender of this packet: by RST (`reset`), or by FIN,
 * once all bytes before it were given to handshakes_stream. */
void handshakes_closed(struct handshakes *handshakes, const struct sighting *sighting, bool reset,
                       struct event_queue *events);

/* Absences up to `now`: EVENT_TLS_ENDED when nothing went on for LIMIT_HANDSHAKE_WAIT. Fills the
 * queue at most; true when it must be called again after the queue was emptied. */
bool handshakes_expire(struct handshakes *handshakes, int64_t now, struct event_queue *events);

/* The same at the end of the capture, for what had enough time to be answered. */
bool handshakes_end(struct handshakes *handshakes, int64_t now, struct event_queue *events);

/* The latest handshake of a flow, or NULL. */
struct handshake *handshakes_of(const struct handshakes *handshakes, const struct flow *flow);

/* The server's certificates, or NULL when they were not visible (or have been evicted). */
const struct certificate_chain *handshakes_chain(const struct handshakes *handshakes,
                                                 const struct handshake *handshake);

/* Whether this client had a handshake with this server established at `since` or later. */
bool handshakes_established(const struct handshakes *handshakes, const struct ip_address *client,
                            const struct transport_address *server, int64_t since);

/* In the order of their latest activity; NULL starts, NULL ends. */
const struct handshake *handshakes_next(const struct handshakes *handshakes,
                                        const struct handshake *previous);

/* "established", "client-rejected", ... as the diagnosis document names the state. */
const char *handshake_state_name(const struct handshake *handshake);

/* Whether it has come to an end, good or bad. */
static inline bool handshake_is_concluded(const struct handshake *handshake)
{
    return handshake->state != HANDSHAKE_INCOMPLETE && handshake->state != HANDSHAKE_UNANSWERED;
}

/* TLS 1.3 and its kin: the server's certificate and most alerts are encrypted. */
static inline bool handshake_is_version_1_3(const struct handshake *handshake)
{
    return tls_version_is_1_3(handshake->version);
}

#endif
