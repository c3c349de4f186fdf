/* SPDX-License-Identifier: MIT */
/* The catalogue of findings: one row each. Help, man page, JSON and dashboard are made from it. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_CATALOGUE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_CATALOGUE_H

#include <stddef.h>

enum severity {
    SEVERITY_INFO,    /* limits or explains */
    SEVERITY_WARNING, /* a deviation or a risk that broke nothing seen */
    SEVERITY_ERROR,   /* breaks an attempt */
};

enum certainty {
    CERTAINTY_HINT,
    CERTAINTY_STRONG,
    CERTAINTY_DEFINITE,
};

/* The guide's four troubleshooting cases in its order, then the two that extend them. */
enum case_id {
    CASE_NONE,
    CASE_JOIN_CALL_MISSING,
    CASE_BAD_REQUEST,
    CASE_NOT_SECURE,
    CASE_CONNECT_TIMEOUT,
    CASE_MEDIA_STUCK,
    CASE_PREREQUISITES,
    CASES
};

enum finding_code {
    FINDING_NONE,
    FINDING_TURN_INTEGRITY_FAILURE,
    FINDING_TURN_UNKNOWN_USER,
    FINDING_TURN_USERNAME_MISMATCH,
    FINDING_TURN_REALM_MISMATCH,
    FINDING_TURN_REALM_MISSING,
    FINDING_TURN_REALM_REFUSED,
    FINDING_TURN_CREDENTIALS_EXPIRED,
    FINDING_TURN_CHALLENGE_UNANSWERED,
    FINDING_TURN_GRANT_UNHEARD,
    FINDING_TURN_NO_ANSWER,
    FINDING_TURN_PORT_UNREACHABLE,
    FINDING_TURN_FILTERED,
    FINDING_TURN_TCP_NO_ANSWER,
    FINDING_TURN_TCP_REFUSED,
    FINDING_TURN_RESET_AFTER_ALLOCATE,
    FINDING_TURN_WRONG_ADDRESS,
    FINDING_TURN_STALE_NONCE_LOOP,
    FINDING_TURN_ALLOCATION_MISMATCH,
    FINDING_TURN_WRONG_CREDENTIALS,
    FINDING_TURN_FORBIDDEN,
    FINDING_TURN_QUOTA_REACHED,
    FINDING_TURN_INSUFFICIENT_CAPACITY,
    FINDING_TURN_TRANSPORT_UNSUPPORTED,
    FINDING_TURN_FAMILY_UNSUPPORTED,
    FINDING_TURN_UNKNOWN_ATTRIBUTE,
    FINDING_TURN_BAD_REQUEST,
    FINDING_TURN_REDIRECTED,
    FINDING_TURN_SERVER_ERROR,
    FINDING_TURN_CONNECTION_FAILED,
    FINDING_TURN_RELAYED_ADDRESS_INTERNAL,
    FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE,
    FINDING_TURN_PERMISSION_MISSING,
    FINDING_TURN_CHANNEL_EXPIRED,
    FINDING_TURN_CHANNEL_UNBOUND,
    FINDING_TURN_ALLOCATION_EXPIRED,
    FINDING_TURN_HIDDEN,
    FINDING_ICE_NO_CONNECTIVITY,
    FINDING_ICE_CONSENT_LOST,
    FINDING_ICE_ROLE_CONFLICT,
    FINDING_ICE_USERNAME_MISMATCH,
    FINDING_ICE_UNAUTHORIZED,
    FINDING_MEDIA_ONE_WAY,
    FINDING_MEDIA_NONE,
    FINDING_DTLS_NO_ANSWER,
    FINDING_DTLS_ALERT,
    FINDING_DTLS_COOKIE_LOOP,
    FINDING_STUN_INTEGRITY_MISMATCH,
    FINDING_STUN_FINGERPRINT_WRONG,
    FINDING_STUN_ALG_TAMPERING,
    FINDING_STUN_NAT_REBINDING,
    FINDING_STUN_SYMMETRIC_NAT,
    FINDING_STUN_BID_DOWN,
    FINDING_STUN_MALFORMED,
    FINDING_DNS_NXDOMAIN,
    FINDING_DNS_SERVER_FAILURE,
    FINDING_DNS_REFUSED,
    FINDING_DNS_NO_DATA,
    FINDING_DNS_NO_ANSWER,
    FINDING_DNS_TRUNCATED,
    FINDING_DNS_DANGLING_ALIAS,
    FINDING_DNS_ADDRESS_NOT_STATIC_NAT,
    FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE,
    FINDING_DNS_EXTERNAL_ADDRESS_INSIDE,
    FINDING_DNS_INTERNAL_WEBBRIDGE_NAME,
    FINDING_DNS_SRV_OUTSIDE,
    FINDING_DNS_SRV_MISSING,
    FINDING_DNS_UNRESOLVED,
    FINDING_HTTP_CAPTIVE_PORTAL,
    FINDING_TCP_NO_ANSWER,
    FINDING_TCP_REFUSED,
    FINDING_TCP_RESET_BY_MIDDLEBOX,
    FINDING_TCP_BLACK_HOLE,
    FINDING_TCP_ZERO_WINDOW,
    FINDING_TLS_CERTIFICATE_SELF_SIGNED,
    FINDING_TLS_CERTIFICATE_NAME_MISMATCH,
    FINDING_TLS_CERTIFICATE_SAN_MISSING,
    FINDING_TLS_CERTIFICATE_EXPIRED,
    FINDING_TLS_CERTIFICATE_NOT_YET_VALID,
    FINDING_TLS_CERTIFICATE_CHAIN_INCOMPLETE,
    FINDING_TLS_CERTIFICATE_WEAK,
    FINDING_TLS_CERTIFICATE_PURPOSE,
    FINDING_TLS_CERTIFICATE_DEFAULT,
    FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT,
    FINDING_TLS_CERTIFICATE_REJECTED_BY_SERVER,
    FINDING_TLS_VERSION_MISMATCH,
    FINDING_TLS_NO_COMMON_CIPHER,
    FINDING_TLS_UNRECOGNIZED_NAME,
    FINDING_TLS_HANDSHAKE_REFUSED,
    FINDING_TLS_RESET_AFTER_HELLO,
    FINDING_TLS_NO_ANSWER,
    FINDING_TLS_NOT_TLS,
    FINDING_TLS_INTERCEPTION,
    FINDING_TLS_CERTIFICATE_HIDDEN,
    FINDING_HTTP_BAD_REQUEST,
    FINDING_HTTP_SERVER_ERROR,
    FINDING_HTTP_WEBSOCKET_REFUSED,
    FINDING_HTTP_PROXY_REFUSED,
    FINDING_WEBBRIDGE_LINK_FAILED,
    FINDING_RELAY_CANDIDATE_TIMEOUT,
    FINDING_CAPTURE_SNAPLEN,
    FINDING_CAPTURE_ONE_SIDED,
    FINDING_CAPTURE_DROPS,
    FINDING_CAPTURE_NO_SIGNALLING,
    FINDING_CAPTURE_CLOCK,
    FINDING_ANALYZER_STATE_EVICTED,
    FINDING_CODES
};

enum { CATALOGUE_REMEDIES = 5 };

struct catalogue_row {
    enum finding_code code;
    const char *name; /* "turn.integrity-failure": a contract */
    enum severity severity;
    enum certainty certainty; /* a rule may state less or more */
    enum case_id case_id;
    const char *title;                      /* one line */
    const char *explanation;                /* plain words: what it means, and what it does not */
    const char *remedy[CATALOGUE_REMEDIES]; /* steps in order; NULL ends them */
    const char *reference;
    const char *evidence; /* what in a capture shows it: for --explain */
    /* Which capture or file would make it definite; NULL when the certainty is definite. */
    const char *raise_certainty;
};

/* The row of a code; NULL for FINDING_NONE and for codes without a row. */
const struct catalogue_row *catalogue_row(enum finding_code code);

/* By name; NULL when there is none. */
const struct catalogue_row *catalogue_find(const char *name);

/* All rows, sorted by name; how many. */
size_t catalogue_sorted(const struct catalogue_row *rows[FINDING_CODES]);

/* "info", "warning", "error"; "hint", "strong", "definite": as the diagnosis document has them. */
const char *severity_name(enum severity severity);
const char *certainty_name(enum certainty certainty);
const char *case_name(enum case_id case_id); /* "connect-timeout"; NULL for CASE_NONE */
const char *case_title(enum case_id case_id);

/* A family of rows, one file each; catalogue.c lists them. */
struct catalogue_family {
    const struct catalogue_row *rows;
    size_t count;
};
extern const struct catalogue_family catalogue_turn;
extern const struct catalogue_family catalogue_turn_errors;
extern const struct catalogue_family catalogue_turn_relay;
extern const struct catalogue_family catalogue_media;
extern const struct catalogue_family catalogue_stun;
extern const struct catalogue_family catalogue_dns;
extern const struct catalogue_family catalogue_tcp;
extern const struct catalogue_family catalogue_certificate;
extern const struct catalogue_family catalogue_tls;
extern const struct catalogue_family catalogue_capture;

#endif
