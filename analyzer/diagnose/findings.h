/* SPDX-License-Identifier: MIT */
/* Findings: what rules found, one record for the same fault of the same client and server however
 * often it happens. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_FINDINGS_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_FINDINGS_H

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/evidence.h"
#include "analyzer/flow/table.h"
#include "analyzer/limits.h"

enum { SUBJECT_NAME = 256 };

/* Whom and what a finding is about. Empty fields are not known. Strings are strangers' bytes. */
struct subjects {
    struct transport_address client;
    struct transport_address server;
    uint8_t protocol; /* enum ip_protocol; 0 unknown */
    bool inside_tls;  /* and TLS or DTLS on it, which was decrypted */
    uint16_t error_code;
    char username[LIMIT_USERNAME];
    char realm[LIMIT_REALM];
    char reason[LIMIT_REASON];
    /* A DNS or certificate name, a realm, or the address of a redirection. */
    char name[SUBJECT_NAME];
};

struct finding {
    struct finding_key {
        uint32_t code;            /* enum finding_code */
        uint32_t name_hash;       /* of subjects.name, and of the user where it is about one */
        struct ip_address client; /* retries come from new ports: one fault */
        struct transport_address server;
    } key;
    enum severity severity;
    enum certainty certainty;
    enum case_id case_id;
    uint32_t number;      /* 1, 2, ... in the order found: "f1" */
    bool tolerated;       /* the client was seen to go on all the same */
    bool got_further;     /* its client was answered by a server of TURN later */
    bool user_got_relay;  /* its user got a relay of its server, too, from the same address */
    bool other_got_relay; /* and so did another user */
    bool refuted;         /* what came later shows that the capture lost what seemed to be absent */
    bool other_address_worked; /* its machine got a relay over another of its addresses */
    bool found_path;           /* its client found another path to go on with */
    bool call_inside_tls;      /* its client has a TLS connection that may hold the call */
    bool tls_closed;           /* and one that its server closed at once, after whatever was said */
    bool alternative_granted;  /* refused is one of several addresses, another one was granted */
    int64_t ended;             /* when a captive portal was seen to be gone; 0: it was not */
    bool fatal;         /* an attempt was seen to break on it, whatever the catalogue's severity */
    uint32_t caused_by; /* number of the finding that explains this one; 0: none */
    uint64_t count;
    int64_t first; /* nanoseconds since the epoch */
    int64_t last;
    struct subjects subjects;
    /* What only this instance can say, a whole sentence of a constant table; NULL: nothing. */
    const char *note;
    /* Instead of the catalogue's remedy, when what is known points to one side; NULL: the row's. */
    const char *const *remedy;
    const char *raise_certainty; /* instead of the row's; NULL: the row's, or a whole capture */
    size_t evidence_count;
    struct evidence evidence[LIMIT_EVIDENCE];
};

struct findings {
    struct table table;
    uint32_t next_number;
    uint16_t kinds[FINDING_CODES]; /* how many there are of each code */
    uint64_t omitted;              /* findings beyond LIMIT_FINDINGS */
    uint64_t changes; /* moves with every finding made or counted: "is there anything new?" */
};

/* Room for LIMIT_FINDINGS. 0, or -1 when memory is short. */
int findings_init(struct findings *findings);
void findings_free(struct findings *findings);

/* Ephemeral credentials begin with the time at which they end ("1716234567:name", or the time
 * alone): with each there comes another username for the same user. Whether two usernames are of
 * one user, as far as they tell: an empty one may be anybody's. */
bool findings_same_user(const char *username, const char *other);

/* Makes the finding with the catalogue's severity, certainty and case, or counts it once more. The
 * caller then adds evidence and may change certainty, note, remedy, case. NULL when the list is
 * full or the code has no row. `time`: nanoseconds since the epoch. */
struct finding *findings_raise(struct findings *findings, enum finding_code code,
                               const struct subjects *subjects, int64_t time);

/* The finding of this code about this client, server and name, or NULL. Not for codes that are
 * about a user. */
struct finding *findings_find(const struct findings *findings, enum finding_code code,
                              const struct ip_address *client,
                              const struct transport_address *server, const char *name);

/* Adds a frame of evidence unless it is there already; kept in the order of frames. Empty evidence
 * is passed over, and so is what exceeds LIMIT_EVIDENCE. */
void finding_add_evidence(struct finding *finding, const struct evidence *evidence);

/* States a lower certainty; a finding never becomes more certain by repetition. */
void finding_lower(struct finding *finding, enum certainty certainty);

/* A TURN server was asked and nothing of it was heard: it is silent, closed, or a firewall's. */
bool finding_is_about_reaching_turn(const struct finding *finding);

/* What subjects.name is, for a reader: "Name", or what stands in its place. */
const char *finding_name_label(const struct finding *finding);

/* Its row of the catalogue, never NULL. */
const struct catalogue_row *finding_row(const struct finding *finding);

/* What to do, in order; NULL, or CATALOGUE_REMEDIES of them, end it. */
const char *const *finding_remedy(const struct finding *finding);

/* Which capture or file would make it definite; NULL when it is. */
const char *finding_raise_certainty(const struct finding *finding);

/* By number; NULL: none. */
struct finding *findings_at(const struct findings *findings, uint32_t number);

/* In the order found: NULL starts, NULL ends. */
struct finding *findings_next(const struct findings *findings, const struct finding *previous);

#endif
