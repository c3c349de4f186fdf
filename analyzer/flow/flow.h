/* SPDX-License-Identifier: MIT */
/* Flows: two transport addresses and a protocol, in either direction.
 *
 * What a client and a peer exchange through a relay is a flow too, of layer FLOW_RELAYED: it is
 * dissected like any other after ChannelData or the DATA attribute is unwrapped. So is what came
 * out of TLS with a key log, of layer FLOW_DECRYPTED. */
#ifndef TURNSCOPE_ANALYZER_FLOW_FLOW_H
#define TURNSCOPE_ANALYZER_FLOW_FLOW_H

#include "analyzer/flow/table.h"
#include "dissectors/packet/packet.h"

enum flow_layer {
    FLOW_OUTER = 0,
    FLOW_RELAYED = 1,   /* between a TURN client and a peer, inside an allocation */
    FLOW_DECRYPTED = 2, /* what a TLS connection of the same two addresses holds */
    FLOW_LAYERS
};

/* What a flow carries, found from its bytes, never from its port alone. */
enum flow_content {
    CONTENT_UNKNOWN,
    CONTENT_STUN,   /* STUN, and what RFC 7983 multiplexes with it: ChannelData, DTLS, RTP, QUIC */
    CONTENT_FRAMED, /* the same on a stream, each message behind its length */
    CONTENT_DNS,
    CONTENT_TLS,
    CONTENT_DTLS,
    CONTENT_QUIC,
    CONTENT_HTTP,
    CONTENT_XMPP,
    CONTENT_OTHER, /* looked at long enough: not ours */
};

/* endpoint[0] is the lower one in transport_address_compare's order. Compared as bytes. */
struct flow_key {
    struct transport_address endpoint[2];
    uint8_t protocol; /* enum ip_protocol */
    uint8_t layer;    /* enum flow_layer */
};

/* Two cache lines with what its table puts before it. */
struct flow {
    struct flow_key key;
    uint8_t content;   /* enum flow_content */
    uint8_t initiator; /* index of the endpoint that was seen to send first (or sent the SYN) */
    uint8_t attempts;  /* datagrams or segments looked at while the content was unknown */
    bool framed : 1;   /* a stream of datagrams, each behind its length (RFC 4571): ICE over TCP */
    bool ended : 1;    /* a TCP connection that was closed or refused */
    bool no_channels : 1; /* a datagram that is no ChannelData came before any STUN message */
    uint8_t ttl[2];       /* of the latest packet from endpoint[i] */
    uint32_t packets[2];  /* [i]: sent by endpoint[i]; UINT32_MAX: that many or more */
    /* What trackers know of this flow; empty when they know nothing. */
    struct record_id transaction; /* track/transactions: the latest request on it */
    struct record_id query;       /* track/lookups: the latest DNS query on it */
    struct record_id allocation;  /* track/turn: the allocation of this five-tuple, or around it */
    struct record_id path;        /* track/paths: connectivity checks and media */
    struct record_id connection;  /* flow/connections: TCP state */
    struct record_id handshake;   /* track/tls */
};

/* Keys are hashed by flow_search_begin, not as the table would do it: flows_find and flows_note
 * look them up, table_find would not find them. */
struct flows {
    struct table table;
};

int flows_init(struct flows *flows, uint32_t capacity);
void flows_free(struct flows *flows);

/* The flow of these two transport addresses, made when it is new and counted either way; *from is
 * the index of the endpoint that is `source`. Never NULL. Valid until the next flows_note: to keep
 * it, keep table_id. */
struct flow *flows_note(struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from);

/* What makes a flow, as a packet of it has it. */
struct five_tuple {
    const struct transport_address *source;
    const struct transport_address *destination;
    uint8_t protocol; /* enum ip_protocol */
    uint8_t layer;    /* enum flow_layer */
};

/* flows_note in steps, for a packet that has yet to wait for its turn. */
struct flow_search {
    uint32_t hash;
    uint32_t from; /* the index of the endpoint that is the source */
};

/* `hash` is that of the table of flows; it never changes. */
struct flow_search flow_search_begin(const struct key_hash *hash, const struct five_tuple *tuple);
/* Asks for the memory that flows_foresee_record will look at, and that for what flows_note_found
 * will. A guess; NULL: the flow is new. */
void flows_foresee(const struct flows *flows, const struct flow_search *search);
struct flow *flows_foresee_record(const struct flows *flows, const struct flow_search *search);
/* `guess` may be NULL. */
struct flow *flows_note_found(struct flows *flows, const struct five_tuple *tuple,
                              const struct flow_search *search, struct flow *guess);

/* One more packet, by endpoint `from`, of a flow that is known. */
void flows_note_again(struct flows *flows, struct flow *flow, unsigned from);

/* The flow if it is known, without making it; *from as above. For ICMP errors. */
struct flow *flows_find(const struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from);

static inline const struct transport_address *flow_initiator(const struct flow *flow)
{
    return &flow->key.endpoint[flow->initiator];
}

static inline const struct transport_address *flow_responder(const struct flow *flow)
{
    return &flow->key.endpoint[1 - flow->initiator];
}

/* What two ends talk over, for people: "UDP", "TCP", or inside of these "DTLS", "TLS"; NULL when it
 * is not known. */
const char *transport_name(uint8_t protocol, bool inside_tls);

#endif
