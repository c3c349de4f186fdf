/* SPDX-License-Identifier: MIT */
/* STUN transactions: which response belongs to which request, by flow and transaction ID, never by
 * timing (RFC 8489 section 6). */
#ifndef TURNSCOPE_ANALYZER_TRACK_TRANSACTIONS_H
#define TURNSCOPE_ANALYZER_TRACK_TRANSACTIONS_H

#include "analyzer/sighting.h"
#include "dissectors/stun/message.h"

enum { TRANSACTION_PEERS = 4 };

struct transaction_key {
    struct record_id flow;
    uint8_t id[STUN_TRANSACTION_ID_LENGTH];
};

enum transaction_state {
    TRANSACTION_PENDING,
    TRANSACTION_SUCCEEDED,
    TRANSACTION_FAILED, /* an error response */
    TRANSACTION_UNANSWERED,
    TRANSACTION_UNREACHABLE, /* an ICMP error came back, and no answer */
};

/* What a message did to its transaction. */
enum transaction_step {
    TRANSACTION_STEP_NONE,      /* an indication */
    TRANSACTION_STEP_REQUEST,   /* the first transmission of a request */
    TRANSACTION_STEP_REPEAT,    /* a retransmission */
    TRANSACTION_STEP_DUPLICATE, /* the same packet captured twice */
    TRANSACTION_STEP_ANSWER,    /* the first response */
    TRANSACTION_STEP_LATE,      /* one more response to the same request */
};

struct transaction {
    struct transaction_key key;
    uint16_t method;     /* enum stun_method */
    uint16_t error_code; /* of the response; 0: none */
    uint8_t state;       /* enum transaction_state */
    uint8_t protocol;
    bool inside_tls;   /* came out of TLS or DTLS */
    bool request_seen; /* false: only the response is in the capture */
    bool request_cut;  /* by the snaplen */
    bool has_username;
    bool has_integrity;
    bool malformed;        /* the request contradicts itself */
    bool integrity_hidden; /* has_integrity is concluded from the USERNAME of a cut request */
    bool has_nonce;
    bool nonce_outdated;        /* a newer nonce had been issued before the response */
    bool realm_differs;         /* from that of the server's challenge */
    bool user_differs;          /* from that of the latest signed Allocate */
    uint8_t integrity;          /* enum integrity_result of the request */
    uint8_t response_integrity; /* of the response */
    uint8_t peer_count; /* XOR-PEER-ADDRESS attributes; those beyond TRANSACTION_PEERS not kept */
    uint16_t transmissions;
    uint16_t repeated_input;
    uint16_t channel;   /* CHANNEL-NUMBER; 0: none */
    uint32_t lifetime;  /* seconds; UINT32_MAX: none asked */
    uint64_t nonce;     /* its hash */
    int64_t first_sent; /* nanoseconds since the epoch */
    int64_t last_sent;
    uint64_t repeated_frame; /* the latest retransmission, sent at last_sent; 0: none */
    int64_t answered;
    struct transport_address client; /* who asked */
    struct transport_address server;
    struct record_id allocation;
    /* From here on a new record is not cleared: peer_count says how many peers there are, the state
     * whether there is a response; of a request that was not seen the frame is 0. */
    struct transport_address peers[TRANSACTION_PEERS];
    struct evidence request;
    struct evidence response; /* the first response, or the ICMP error */
};

struct transactions {
    struct table table;
};

int transactions_init(struct transactions *transactions, uint32_t capacity);
void transactions_free(struct transactions *transactions);

/* Finds or makes the transaction of a request or response and says what the message did to it.
 * NULL (and TRANSACTION_STEP_NONE) for indications. */
struct transaction *transactions_note(struct transactions *transactions,
                                      const struct stun_message *message,
                                      const struct sighting *sighting, enum transaction_step *step);

/* Asks for the memory that transactions_note will look at when `datagram` is a STUN message. */
void transactions_foresee(const struct transactions *transactions, const struct flow *flow,
                          struct record_id flow_id, struct bytes datagram);

/* The request on the sighting's flow that an ICMP error quotes, or NULL. `quoted` is the transport
 * payload that it gives back, often nothing. */
struct transaction *transactions_quoted(const struct transactions *transactions,
                                        const struct sighting *sighting, struct bytes quoted);

/* The latest retransmission of the request; frame 0: it was sent once. */
struct evidence transaction_repetition(const struct transaction *transaction);

/* For telling nonces apart. */
uint64_t transaction_nonce_hash(struct bytes nonce);

/* Evidence of a STUN message: type, transaction ID, error code, what stood in it. */
struct evidence evidence_of_stun(const struct stun_message *message,
                                 const struct sighting *sighting);

/* Takes out one transaction whose last activity is older than LIMIT_TRANSACTION_TIMEOUT, or NULL
 * when there is none left. A pending one is then TRANSACTION_UNANSWERED. */
struct transaction *transactions_expire(struct transactions *transactions, int64_t now);

/* At the end of the capture: the next transaction after `previous` (NULL: from the start) that is
 * pending and was given enough time and tries for its silence to mean something (LIMIT_SILENCE); it
 * becomes TRANSACTION_UNANSWERED. NULL: no more. */
struct transaction *transactions_end(struct transactions *transactions,
                                     const struct transaction *previous, int64_t now);

#endif
