/* SPDX-License-Identifier: MIT */
/* What the parts of the allocation tracker share. For track/ alone. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ALLOCATION_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_ALLOCATION_STEP_H

#include "analyzer/track/allocations.h"

/* One step of an allocation's life: all that the functions below look at. */
struct allocation_step {
    struct allocations *allocations;
    struct allocation *allocation;
    const struct stun_message *message;
    struct transaction *transaction;
    const struct sighting *sighting;
};

/* A new allocation on the flow of the sighting. */
struct allocation *allocation_begin(struct allocations *allocations,
                                    const struct sighting *sighting,
                                    const struct transport_address *client,
                                    const struct transport_address *server);

/* The allocation of the flow, a new one if it has none; used just now. */
struct allocation *allocation_on(struct allocations *allocations, const struct sighting *sighting,
                                 const struct transport_address *client,
                                 const struct transport_address *server);

/* A new event about the allocation: who, with whom and over what is filled in. */
struct event *allocation_event(struct event_queue *events, enum event_kind kind, int64_t time,
                               const struct allocation *a);

/* Does to the allocation what a request or response of its method means. */
void allocation_apply(const struct allocation_step *s);

/* The server uses or confirms the allocation: after its lifetime that shows a Refresh which the
 * capture does not hold. */
void allocation_note_alive(struct allocation *a, int64_t time);

/* Notes the nonce that a response issues, and whether a 438 brought a new one. */
void allocation_note_nonce(const struct allocation_step *s);

/* Notes the realm that a challenge names, whatever it challenges. */
void allocation_note_realm(const struct allocation_step *s);

/* The same of the signed Allocate that was answered, for its challenge may be captured after it, or
 * not at all: the refusal names the realm, too. Before allocation_note_realm. */
void allocation_compare_realms(const struct allocation_step *s);

/* Whether a request names another realm than the server's challenge, another user than the latest
 * signed Allocate. False where one of the two is not known. */
bool allocation_realm_differs(const struct allocation_step *s);
bool allocation_user_differs(const struct allocation_step *s);

/* Whether the client has a challenge to come back to. */
void allocation_wait_for_client(const struct allocation_step *s, bool wait);

/* The permission for a peer, made when it is new; NULL when there are more than are kept. */
struct permission *allocation_permission(struct allocation *a, const struct ip_address *peer);

#endif
