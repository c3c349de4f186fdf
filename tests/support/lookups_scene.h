/* SPDX-License-Identifier: MIT */
/* A lookup tracker under test, the DNS messages it is shown and the events it gives. */
#ifndef TURNSCOPE_TESTS_SUPPORT_LOOKUPS_SCENE_H
#define TURNSCOPE_TESTS_SUPPORT_LOOKUPS_SCENE_H

#include "analyzer/track/lookups.h"

#define SCENE_CLIENT   "172.16.84.124"
#define SCENE_SERVER   "10.88.246.210"
#define SCENE_SERVER_2 "10.88.246.211"

/* A DNS message in the making; names are written without compression. */
struct draft {
    uint8_t wire[16384];
    size_t length;
};

/* Header and one question of class IN. */
struct draft draft_of(uint16_t id, unsigned flags, const char *name, uint16_t type);
/* Appends the lowest `octets` octets of `value`. */
void put(struct draft *draft, uint64_t value, unsigned octets);
/* Append answer records; of the first one all but length and data. */
void put_record_head(struct draft *draft, const char *owner, uint16_t type, uint32_t ttl);
void put_address(struct draft *draft, const char *owner, const char *address, uint32_t ttl);
void put_alias(struct draft *draft, const char *owner, const char *target, uint32_t ttl);
void put_srv(struct draft *draft, const char *owner, uint16_t port, const char *target);

struct scene {
    struct lookups lookups;
    struct event_queue events;
    uint64_t frame;       /* of the message shown last */
    uint8_t protocol;     /* UDP, unless a test says otherwise */
    uint16_t client_port; /* 40000 */
    const char *client;   /* SCENE_CLIENT */
    const char *server;   /* SCENE_SERVER */
    bool cut;             /* the snaplen cuts what is shown */
};

struct scene *new_scene(void);
/* Fails when an event was lost. */
void free_scene(struct scene *scene);

struct transport_address transport(const char *ip, uint16_t port);

/* Show a message to the tracker, at a time in milliseconds; between client and server, queries from
 * the one and responses from the other. */
void note_between(struct scene *scene, int64_t milliseconds, struct bytes wire,
                  struct transport_address source, struct transport_address destination);
void send_draft(struct scene *scene, int64_t milliseconds, const struct draft *draft);
void ask(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name, uint16_t type);
void answer_code(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                 uint16_t type, unsigned code);
void answer_address(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                    const char *address);

/* Takes the only event out of the queue; it must be of this kind. */
const struct lookup *take_event(struct scene *scene, enum event_kind kind);
void assert_no_event(const struct scene *scene);
/* One call must do. */
void expire(struct scene *scene, int64_t milliseconds);

void assert_address(const struct ip_address *address, const char *expected);
void assert_name(const struct dns_name *name, const char *expected);

#endif
