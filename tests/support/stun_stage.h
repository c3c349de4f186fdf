/* SPDX-License-Identifier: MIT */
/* STUN messages written by hand, apart from the dissector, and the sightings of them. */
#ifndef TURNSCOPE_TESTS_SUPPORT_STUN_STAGE_H
#define TURNSCOPE_TESTS_SUPPORT_STUN_STAGE_H

#include "analyzer/event.h"
#include "analyzer/sighting.h"
#include "dissectors/stun/message.h"

/* RFC 8489 section 18.2 and RFC 8656 section 18: method and class in one number. */
enum wire_type {
    WIRE_BINDING = 0x0001,
    WIRE_BINDING_SUCCESS = 0x0101,
    WIRE_BINDING_ERROR = 0x0111,
    WIRE_ALLOCATE = 0x0003,
    WIRE_ALLOCATE_SUCCESS = 0x0103,
    WIRE_ALLOCATE_ERROR = 0x0113,
    WIRE_REFRESH = 0x0004,
    WIRE_REFRESH_SUCCESS = 0x0104,
    WIRE_REFRESH_ERROR = 0x0114,
    WIRE_PERMISSION = 0x0008,
    WIRE_PERMISSION_SUCCESS = 0x0108,
    WIRE_CHANNEL_BIND = 0x0009,
    WIRE_CHANNEL_BIND_SUCCESS = 0x0109,
    WIRE_SEND_INDICATION = 0x0016,
};

#define STAGE_CLIENT "172.16.84.124"
#define STAGE_SERVER "10.88.246.75"
#define STAGE_PEER   "10.88.246.156"

/* A message in the making. */
struct stun_draft {
    uint8_t wire[1024];
    size_t length;
};

/* The header; `id` stands in the last octet of the transaction ID. */
struct stun_draft stun_draft_of(enum wire_type type, uint8_t id);
/* Append attributes, padded, and set the header's length. */
void stun_add(struct stun_draft *draft, uint16_t type, const void *value, size_t length);
void stun_add_text(struct stun_draft *draft, uint16_t type, const char *text);
void stun_add_number(struct stun_draft *draft, uint16_t type, uint32_t number); /* four octets */
/* XOR with the cookie; IPv4. */
void stun_add_address(struct stun_draft *draft, uint16_t type, const char *ip, uint16_t port);
void stun_add_error(struct stun_draft *draft, unsigned code, const char *reason);
/* USERNAME, REALM, NONCE and a MESSAGE-INTEGRITY that no key made. */
void stun_add_credentials(struct stun_draft *draft, const char *username, const char *nonce);

/* Fails the test when it does not decode; its views lead into the draft. */
struct stun_message stun_decoded(const struct stun_draft *draft);

/* Where messages are seen: the flows, a running frame number, the events. */
struct stage {
    struct flows flows;
    struct event_queue events;
    uint64_t frame;
    uint8_t protocol; /* UDP, unless a test says otherwise */
    uint8_t layer;    /* enum flow_layer */
};

struct stage *new_stage(void);
/* Fails when an event was lost. */
void free_stage(struct stage *stage);

struct transport_address place(const char *ip, uint16_t port);

/* A packet at a time in milliseconds. */
struct sighting see(struct stage *stage, int64_t milliseconds, struct transport_address source,
                    struct transport_address destination);
/* Between port 40000 of STAGE_CLIENT and port 3478 of STAGE_SERVER. */
struct sighting see_client(struct stage *stage, int64_t milliseconds);
struct sighting see_server(struct stage *stage, int64_t milliseconds);

/* Takes the only event out of the queue; it must be of this kind. It stays readable until the next
 * one is added. */
const struct event *only_event(struct stage *stage, enum event_kind kind);

#endif
