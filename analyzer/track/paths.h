/* SPDX-License-Identifier: MIT */
/* Paths between a client and a peer, through a relay or direct: ICE connectivity checks and consent
 * (RFC 8445, RFC 7675), then DTLS and RTP, which RFC 7983 tells apart by their first byte. */
#ifndef TURNSCOPE_ANALYZER_TRACK_PATHS_H
#define TURNSCOPE_ANALYZER_TRACK_PATHS_H

#include "analyzer/event.h"
#include "analyzer/sighting.h"
#include "analyzer/track/transactions.h"

/* What one side sent on a path. */
struct path_side {
    uint32_t checks;   /* connectivity checks, retransmissions apart */
    uint32_t answered; /* of them, with success */
    uint32_t checks_since_answer;
    uint32_t datagrams; /* DTLS and media */
    uint32_t media;     /* RTP, RTCP and DTLS application data */
    int64_t last;       /* whatever it sent; nanoseconds since the epoch, 0: nothing */
    int64_t last_media; /* 0: none */
    uint32_t rtp;       /* RTP and RTCP alone */
    int64_t first_rtp;
    int64_t last_rtp;
    int64_t last_answer; /* latest success response to its checks */
    int64_t last_check;
    int64_t unanswered_since; /* its first check after that answer */
    int64_t waited;           /* nanoseconds that it asked without answer, long pauses apart */
    bool controlling;
};

struct path {
    struct record_id flow;
    struct record_id allocation; /* of the relay that carries it; empty: direct */
    struct transport_address client;
    struct transport_address peer;
    uint64_t session;     /* which its client's checks name; 0: none yet */
    uint8_t client_index; /* of the flow's endpoints */
    bool nominated;
    bool connected; /* a check was answered */
    bool consent_lost;
    bool consent_kept; /* it was reported lost, and the client went on as if nothing had happened */
    bool media_started;      /* both ways */
    bool closed_by_peer;     /* an alert of its DTLS ended the association */
    uint16_t role_conflicts; /* 487 */
    int64_t first;
    int64_t last;
    int64_t connected_at;
    struct path_side side[2]; /* [0] the client's, [1] the peer's */
    struct evidence first_check;
    struct evidence first_answer;
    struct evidence latest;
};

/* A client's search for a path: many pairs fail, one that works is enough. All checks of one
 * session carry the same fragment of the client's own in their USERNAME, over whichever of a
 * machine's addresses and through whichever relay they go; another session, of another client
 * behind the same address perhaps, has its own. */
struct path_search {
    struct path_search_key {
        uint64_t session;         /* 0: the checks name none; then by the client's address */
        struct ip_address client; /* zero where the session is known */
    } key;
    bool connected;
    uint32_t relayed; /* checks that the client sent through relays */
    uint32_t direct;  /* and without */
    int64_t since;
    struct record_id path; /* the one to show: through a relay, on which the peer was heard */
};

struct paths {
    struct table table;
    struct table searches;
    struct table ends; /* filled at the end of the capture: when the far side of its paths was heard
                        * last, for each client, each peer, and each session with a peer */
};

int paths_init(struct paths *paths, uint32_t megabytes);
void paths_free(struct paths *paths);

/* The path of a flow, made when a connectivity check or relayed data is first seen on it.
 * `client_index`: which endpoint of the flow is the client.
 */
struct path *paths_on(struct paths *paths, const struct sighting *sighting, unsigned client_index,
                      struct record_id allocation);

/* The path of a flow that has one, or NULL. */
struct path *paths_of(const struct paths *paths, const struct flow *flow);

enum paths_use {
    PATHS_UNUSED, /* none is connected */
    PATHS_DIRECT, /* without a relay only */
    PATHS_RELAYED,
};

/* How clients and peers came together. */
enum paths_use paths_used(const struct paths *paths);

/* The client's checks are answered and those of the other end never are, and nothing but checks
 * goes on it: neither end gets to the point of sending. */
bool path_is_one_sided(const struct path *path);

/* A Binding request or response with what it did to its transaction. Events: EVENT_ICE_CONNECTED,
 * EVENT_ICE_CONSENT_LOST, EVENT_ICE_CONSENT_KEPT. */
void paths_note_check(struct paths *paths, struct path *path, const struct stun_message *message,
                      enum transaction_step step, const struct sighting *sighting,
                      struct event_queue *events);

/* Any other payload on a path: DTLS, RTP, RTCP. `media`: it is what the path is there for: RTP,
 * RTCP, or the data of a DTLS association. Events: EVENT_MEDIA_STARTED, EVENT_ICE_CONSENT_KEPT. */
void paths_note_payload(struct path *path, struct bytes payload, bool media,
                        const struct sighting *sighting, struct event_queue *events);

/* Absences up to `now`: EVENT_ICE_NO_CONNECTIVITY, once a session. Fills the queue at most; true
 * when it must be called again. */
bool paths_expire(struct paths *paths, int64_t now, struct event_queue *events);

/* The same at the end of the capture, for searches that had enough time. */
bool paths_end_searches(struct paths *paths, int64_t now, struct event_queue *events);

/* At the end of the capture: EVENT_ICE_NO_CONNECTIVITY for one-sided paths, EVENT_MEDIA_ONE_WAY and
 * EVENT_MEDIA_NONE for connected paths. *position is NULL at the first call. */
bool paths_end(struct paths *paths, const struct path **position, int64_t now,
               struct event_queue *events);

#endif
