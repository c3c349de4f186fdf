/* SPDX-License-Identifier: MIT */
/* TURN allocations (RFC 8656, RFC 6062): one record a five-tuple of client and server, from the
 * first Allocate to the release. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ALLOCATIONS_H
#define TURNSCOPE_ANALYZER_TRACK_ALLOCATIONS_H

#include "analyzer/event.h"
#include "analyzer/limits.h"
#include "analyzer/track/encounters.h"
#include "analyzer/track/transactions.h"
#include "dissectors/stun/message.h"

enum allocation_state {
    ALLOCATION_UNSEEN,         /* the capture began later: only its use is seen */
    ALLOCATION_ASKED,          /* Allocate without credentials */
    ALLOCATION_CHALLENGED,     /* 401 or 438 with realm and nonce: the normal first answer */
    ALLOCATION_AUTHENTICATING, /* Allocate with credentials */
    ALLOCATION_ALLOCATED,
    ALLOCATION_REFUSED,
    ALLOCATION_UNANSWERED,
    ALLOCATION_UNREACHABLE,
    ALLOCATION_RELEASED, /* Refresh with lifetime 0 */
    ALLOCATION_EXPIRED,
};

/* Use after the end of what was granted, as far as the capture shows. */
struct lapse {
    int64_t since; /* the first datagram */
    uint32_t datagrams;
};

struct permission {
    struct ip_address peer;
    int64_t asked;         /* latest request; 0: none */
    int64_t granted;       /* latest success; 0: none */
    int64_t missing_since; /* first data sent without a permission; 0: none */
    uint32_t sent_without; /* datagrams */
    uint32_t received;
};

struct channel {
    uint16_t number;
    struct transport_address peer;
    int64_t bound;         /* latest success; 0: asked only */
    int64_t asked;         /* latest request */
    struct record_id flow; /* between client and peer: what it carries; empty: nothing yet */
    uint8_t client_index;  /* of that flow's endpoints */
};

/* What every message of a client looks at stands in two cache lines, with what the table puts
 * before it. */
struct allocation {
    struct record_id flow;
    struct record_id waiting;  /* of struct waiting_challenge */
    struct record_id relation; /* of struct turn_relation */
    struct transport_address client;
    struct transport_address server;
    uint8_t client_index;  /* of the flow's endpoints */
    uint8_t protocol;      /* enum ip_protocol between client and server */
    bool inside_tls;       /* and TLS or DTLS on it */
    uint8_t transport;     /* REQUESTED-TRANSPORT: 17 UDP, 6 TCP; 0 unknown */
    uint8_t state;         /* enum allocation_state */
    uint8_t integrity;     /* enum integrity_result of the latest signed request */
    bool start_seen;       /* an Allocate request is in the capture */
    bool peers_incomplete; /* more permissions or channels than are kept or were captured */
    bool nonce_known;
    bool realm_empty; /* the challenge carried no REALM, or an empty one */
    bool ever_allocated;
    bool asked_again; /* after the challenge, the same as before: it did not arrive */
    bool unreachable; /* an ICMP error says so, later than the allocation */
    uint8_t permissions_kept;
    uint8_t channels_kept;
    uint16_t permission_count; /* granted */
    uint16_t channel_count;    /* bound */
    int64_t last;              /* nanoseconds since the epoch */
    int64_t heard;             /* the server's latest answer or data on this five-tuple */
    uint16_t grant_repeats;    /* of the Allocate, after the success that answered it */
    uint16_t error_code;       /* of the refusal */
    uint16_t stale_nonces;     /* 438s in a row, each with a new nonce or to an older one */
    uint16_t challenges;       /* 401s in all */
    uint32_t lifetime;         /* seconds, as granted */
    uint64_t nonce;            /* hash of the newest one issued */
    int64_t nonce_issued;
    int64_t first;
    int64_t refreshed;     /* latest success of Allocate or Refresh, or proof of one */
    int64_t refresh_asked; /* a Refresh whose answer was not seen; 0: none */
    struct lapse expired;
    struct lapse channel_expired; /* of any channel */
    struct transport_address relayed;
    struct transport_address mapped;
    struct transport_address alternate; /* ALTERNATE-SERVER of a 300 */
    uint32_t unbound_datagrams;         /* ChannelData on numbers that were never bound */
    uint64_t to_peer_bytes;
    uint64_t from_peer_bytes;
    uint64_t to_peer_packets;
    uint64_t from_peer_packets;
    struct evidence asked;         /* the first Allocate */
    struct evidence challenged;    /* the 401 */
    struct evidence authenticated; /* the Allocate with credentials */
    struct evidence concluded;     /* the answer to it */
    struct evidence misused;       /* the first data without permission, binding or lifetime */
    char username[LIMIT_USERNAME];
    char realm[LIMIT_REALM];        /* as the client sent it, else the server's */
    char server_realm[LIMIT_REALM]; /* as the challenge said it */
    char software[LIMIT_SOFTWARE];  /* the server's */
    char client_software[LIMIT_SOFTWARE];
    char reason[LIMIT_REASON]; /* of the refusal */
    /* The first permissions_kept and channels_kept of these; the rest holds anything. */
    struct permission permissions[LIMIT_PERMISSIONS];
    struct channel channels[LIMIT_CHANNELS];
};

/* An allocation that was challenged and waits for the client to come back. */
struct waiting_challenge {
    struct record_id allocation;
    int64_t since;
};

/* What a client and a TURN server had to do with each other, over all the client's ports: a browser
 * tries from several at once. */
struct turn_relation {
    struct turn_relation_key {
        struct ip_address client;
        uint8_t protocol; /* enum ip_protocol */
        struct transport_address server;
    } key;
    int64_t answered;      /* latest answer to an Allocate, whatever it said; 0: none */
    int64_t authenticated; /* latest Allocate with credentials; 0: none */
};

/* UDP ports at which a site offers TURN. */
struct turn_ports {
    size_t count;
    struct turn_port_range {
        uint16_t first, last;
    } ranges[LIMIT_TURN_PORTS];
};

struct allocations {
    struct turn_ports site_ports; /* beside the usual ones; whoever knows the site sets them */
    struct table table;
    struct table waiting;   /* of struct waiting_challenge, oldest first */
    struct table relations; /* of struct turn_relation */
    struct encounters servers;
    struct table relays; /* of struct transport_address, which is its own key: relayed ones */
};

int allocations_init(struct allocations *allocations, uint32_t capacity);
void allocations_free(struct allocations *allocations);

/* Asks for the memory that allocations_note will look at, behind the beginning of the flow's
 * allocation, which has come by now. */
void allocations_foresee(const struct allocations *allocations, const struct sighting *sighting);

/* What a request or response of a TURN method says about its allocation. Sets the transaction's
 * nonce_outdated. NULL when the message concerns no allocation (Binding). */
struct allocation *allocations_note(struct allocations *allocations,
                                    const struct stun_message *message,
                                    struct transaction *transaction, enum transaction_step step,
                                    const struct sighting *sighting);

/* The index of the channel of this number, asked for or bound; channels_kept: none is known. */
size_t allocation_channel(const struct allocation *allocation, uint16_t number);

/* The transaction failed without an answer: its allocation is unanswered or unreachable. */
void allocations_note_silence(struct allocations *allocations,
                              const struct transaction *transaction);

/* Any STUN message on the flow: the server is heard, if it sent it. */
void allocations_note_message(struct allocations *allocations, const struct sighting *sighting);

/* An ICMP error quotes what the client sent to the server on a working allocation, once:
 * EVENT_TURN_UNREACHABLE. `sighting` is of the quoted packet, `seen` of the error. */
void allocations_note_icmp(struct allocations *allocations, const struct icmp_error *icmp,
                           const struct sighting *sighting, const struct evidence *seen,
                           struct event_queue *events);

/* Bytes of the flow's stream are missing from the capture: requests may have been among them. */
void allocations_note_gap(struct allocations *allocations, const struct flow *flow);

/* Whether the client sent this, or else the server. */
static inline bool allocation_by_client(const struct allocation *allocation,
                                        const struct sighting *sighting)
{
    return sighting->from == allocation->client_index;
}

/* Adds EVENT_TURN_ABANDONED for clients that did not come back within LIMIT_CHALLENGE_WAIT. Call
 * again while the queue is full. */
void allocations_expire(struct allocations *allocations, int64_t now, struct event_queue *events);

/* The allocation of a flow, or NULL. */
struct allocation *allocations_of(const struct allocations *allocations, const struct flow *flow);

/* NULL when this client never sent that server an Allocate. */
const struct turn_relation *allocations_relation(const struct allocations *allocations,
                                                 const struct ip_address *client,
                                                 const struct transport_address *server,
                                                 uint8_t protocol);

/* Whether this client has, or had, an allocation on this server, whatever its state and the ports;
 * `server` NULL: on any. */
bool allocations_on_server(const struct allocations *allocations, const struct ip_address *client,
                           const struct ip_address *server);

/* Whether a TURN server relays from this address, or did, as it announces it or as it stands on its
 * own interface: what goes there and comes from there is what some client's allocation carries. */
bool allocations_relay_at(const struct allocations *allocations,
                          const struct transport_address *address);

/* "allocated", "refused", ... as the diagnosis document names the state. */
const char *allocation_state_name(const struct allocation *allocation);

#endif
