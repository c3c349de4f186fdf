/* SPDX-License-Identifier: MIT */
/* ClientHello and ServerHello of TLS, DTLS and QUIC (RFC 5246 7.4.1, RFC 8446 4.1, RFC 9147 5.3),
 * and the ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2). */
#ifndef TURNSCOPE_DISSECTORS_TLS_HELLO_H
#define TURNSCOPE_DISSECTORS_TLS_HELLO_H

#include "dissectors/tls/handshake.h"

enum tls_extension_type {
    TLS_EXTENSION_SERVER_NAME = 0,
    TLS_EXTENSION_STATUS_REQUEST = 5,
    TLS_EXTENSION_SUPPORTED_GROUPS = 10,
    TLS_EXTENSION_SIGNATURE_ALGORITHMS = 13,
    TLS_EXTENSION_USE_SRTP = 14,
    TLS_EXTENSION_ALPN = 16,
    TLS_EXTENSION_SESSION_TICKET = 35,
    TLS_EXTENSION_PRE_SHARED_KEY = 41,
    TLS_EXTENSION_EARLY_DATA = 42,
    TLS_EXTENSION_SUPPORTED_VERSIONS = 43,
    TLS_EXTENSION_KEY_SHARE = 51,
    TLS_EXTENSION_QUIC_TRANSPORT_PARAMETERS = 57,
    TLS_EXTENSION_ENCRYPTED_CLIENT_HELLO = 0xfe0d,
};

enum { TLS_SSL2_HEADER_LENGTH = 11 /* of a ClientHello: with its three lengths */ };
enum { TLS_RANDOM_LENGTH = 32, TLS_SESSION_ID_MAXIMUM = 32, TLS_KEY_SHARES_KEPT = 8 };

/* Views point into the message. A list that the client did not send is empty. */
struct tls_client_hello {
    uint16_t legacy_version;
    struct bytes random;
    struct bytes session_id;
    struct bytes cookie;             /* DTLS: from a HelloVerifyRequest; empty in the first hello */
    struct bytes cipher_suites;      /* 16 bits each: tls_list_u16; 24 bits in SSL 2.0's form */
    struct bytes extensions;         /* for tls_extension_next */
    struct bytes server_name;        /* the first host_name (RFC 6066 3) */
    struct bytes alpn;               /* for tls_alpn_next (RFC 7301 3.1) */
    struct bytes supported_versions; /* 16 bits each */
    struct bytes supported_groups;   /* 16 bits each */
    struct bytes signature_algorithms; /* 16 bits each */
    struct bytes session_ticket;       /* RFC 5077 3.2; empty when a new one is asked for */
    uint16_t key_share_groups[TLS_KEY_SHARES_KEPT]; /* GREASE left out */
    uint16_t key_share_count;                       /* those kept */
    uint16_t extension_count;
    bool offers_pre_shared_key;
    bool offers_early_data;
    bool offers_srtp; /* use_srtp (RFC 5764): DTLS-SRTP, that is WebRTC media */
    bool requests_status;
    /* The encrypted_client_hello extension. Browsers send a decoy of it to every server, so it does
     * not prove that the server name seen is an outer one. */
    bool has_encrypted_client_hello;
    bool has_quic_transport_parameters;
    bool is_ssl2_form;
};

struct tls_server_hello {
    uint16_t legacy_version;
    uint16_t version; /* the negotiated one: supported_versions if present, else legacy_version */
    struct bytes random;
    struct bytes session_id;
    uint16_t cipher_suite;
    struct bytes extensions;
    struct bytes alpn;        /* the protocol chosen; in TLS 1.3 it is encrypted elsewhere */
    uint16_t key_share_group; /* chosen, or asked for by a HelloRetryRequest; 0: none */
    uint16_t extension_count;
    bool is_hello_retry_request; /* the special random of RFC 8446 4.1.3 */
    bool selects_pre_shared_key; /* TLS 1.3 resumption */
    bool promises_session_ticket;
};

/* Decode the body of a ClientHello or ServerHello. `is_datagram`: the DTLS form, which has a
 * cookie. CUT_SHORT, MALFORMED: what stood before the bad spot is set. */
enum dissect_status tls_client_hello_decode(struct tls_client_hello *hello,
                                            const struct tls_handshake *message, bool is_datagram);
enum dissect_status tls_server_hello_decode(struct tls_server_hello *hello,
                                            const struct tls_handshake *message);

/* The protocol chosen in the body of TLS 1.3's EncryptedExtensions; empty when there is none. */
struct bytes tls_encrypted_extensions_alpn(const struct tls_handshake *message);

/* Reads a ClientHello in the form of SSL 2.0 at the start of a stream; *consumed is its length on
 * the wire when OK. NOT_MINE or INCOMPLETE as tls_record_read; INCOMPLETE with
 * TLS_SSL2_HEADER_LENGTH bytes or more means that all lengths agree. */
enum dissect_status tls_ssl2_client_hello_decode(struct tls_client_hello *hello,
                                                 struct bytes stream, size_t *consumed);

/* Whether a ServerHello in the form of SSL 2.0 begins the stream: the server speaks nothing newer.
 */
bool tls_is_ssl2_server_hello(struct bytes stream);

/* The highest version the client offers, GREASE left out. */
uint16_t tls_client_hello_highest_version(const struct tls_client_hello *hello);

/* Entry `index` of a list of 16-bit values; false behind its end. */
bool tls_list_u16(struct bytes list, size_t index, uint16_t *value);

/* Takes the next protocol name off an ALPN list; false at its end. */
bool tls_alpn_next(struct cursor *list, struct bytes *name);

/* Takes the next extension off a hello's extension block; false at its end, or where its bytes are
 * missing. */
bool tls_extension_next(struct cursor *extensions, uint16_t *type, struct bytes *data);

#endif
