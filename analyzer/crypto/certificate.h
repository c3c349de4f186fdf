/* SPDX-License-Identifier: MIT */
/* X.509 certificates (RFC 5280) of a TLS server: what a client looks at before it trusts one.
 *
 * Facts only. Whether a certificate is expired depends on the packet's time, whether it fits on the
 * name that was asked for: rules decide that. Nothing of OpenSSL is seen here. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_CERTIFICATE_H
#define TURNSCOPE_ANALYZER_CRYPTO_CERTIFICATE_H

#include "dissectors/address.h"

enum {
    CERTIFICATE_NAME = 256,        /* subject and issuer, with NUL; longer ones are cut */
    CERTIFICATE_COMMON_NAME = 128, /* RFC 5280 appendix A allows 64 characters */
    CERTIFICATE_KEY = 32,
    CERTIFICATE_SIGNATURE = 48,
    CERTIFICATE_DIGEST = 16,
    CERTIFICATE_SAN_BYTES = 4096, /* some 200 names of 20 bytes */
    CERTIFICATE_FINGERPRINT = 32,
    CERTIFICATE_SERIAL = 41, /* hex digits with NUL: RFC 5280 allows 20 octets */
    CERTIFICATE_CHAIN_KEPT = 4,
    CERTIFICATE_DER_MAXIMUM = 65536,
};

struct certificate_facts {
    char subject[CERTIFICATE_NAME]; /* RFC 2253, UTF-8, control characters escaped */
    char issuer[CERTIFICATE_NAME];
    char common_name[CERTIFICATE_COMMON_NAME]; /* UTF-8; "" when there is none. Unescaped */
    char serial[CERTIFICATE_SERIAL];           /* upper-case hex; a longer one is cut */
    int64_t not_before;                        /* nanoseconds since the epoch */
    int64_t not_after;
    char key[CERTIFICATE_KEY];                 /* "RSA 2048", "EC P-256", "Ed25519"; "unknown" */
    uint32_t key_bits;                         /* 0: unknown */
    char signature[CERTIFICATE_SIGNATURE];     /* "sha256WithRSAEncryption"; else the OID */
    char signature_digest[CERTIFICATE_DIGEST]; /* "SHA256", "SHA1", "MD5"; "" when it has none */
    bool is_self_issued;                       /* issuer equals subject */
    bool is_self_signed;        /* and the signature verifies with the certificate's own key */
    bool is_default;            /* a product's own, which it has until another is installed */
    bool is_inspection;         /* issued by a product that opens TLS to look inside */
    bool is_authority;          /* basicConstraints CA:TRUE */
    bool allows_server;         /* extended key usage serverAuth or any, or no such extension */
    bool names_issuer_location; /* authorityInfoAccess says where its issuer's certificate is */
    bool has_alternate_names;   /* the subjectAltName extension is there */
    uint16_t san_total;         /* DNS names and addresses in it */
    uint16_t san_kept;          /* those below, for certificate_san */
    uint16_t san_bytes;
    uint8_t fingerprint[CERTIFICATE_FINGERPRINT]; /* SHA-256 of the DER */
    uint8_t sans[CERTIFICATE_SAN_BYTES];          /* kind, length, octets each */
};

/* One subject alternative name, as it stands in the certificate: bytes of a stranger. */
struct certificate_san {
    bool is_address;
    struct ip_address address; /* when is_address */
    struct bytes name;         /* when not */
};

/* The chain as the server sent it. */
struct certificate_chain {
    uint16_t sent;         /* certificates in the message */
    uint16_t parsed;       /* of them, those that were looked at and are X.509 */
    uint16_t kept;         /* of those, in `certificates`, from the leaf on */
    bool in_order;         /* the issuer of each is the subject of the next */
    bool signatures_valid; /* and each is signed with the key of the next */
    bool ends_at_root;     /* the last one is self-signed */
    /* None of those sent is the issuer of the first, which is not self-issued: the client must have
     * it already. Right where a root signs servers itself, as private ones do;
     * names_issuer_location speaks against that. */
    bool intermediate_missing;
    struct certificate_facts certificates[CERTIFICATE_CHAIN_KEPT];
};

/* Parses one certificate. False when it is not X.509, or larger than CERTIFICATE_DER_MAXIMUM. */
bool certificate_parse(struct certificate_facts *facts, struct bytes der);

/* Parses a chain, the server's own certificate first: `count` views of the `sent` certificates.
 * False when not even the first is X.509; then only sent and parsed are set. */
bool certificate_chain_parse(struct certificate_chain *chain, const struct bytes *ders,
                             size_t count, size_t sent);

/* Who issued it, as far as one authority is told from another: the organization of the issuer, for
 * an authority changes between several certificates of its own; without one, all of its name. */
void certificate_authority(const struct certificate_facts *facts, char text[CERTIFICATE_NAME]);

/* Alternative name `index` of those kept; false behind the last. */
bool certificate_san(const struct certificate_facts *facts, size_t index,
                     struct certificate_san *san);

/* Whether the certificate is one for this DNS name or address, as RFC 9525 section 6 has it: only
 * subject alternative names count, a wildcard is the whole left-most label and stands for exactly
 * one, case does not matter, internationalised names are compared as A-labels. A final dot, with
 * which some browsers bear and others do not, is no difference. When san_kept is less than
 * san_total, false is not proof. */
bool certificate_matches_name(const struct certificate_facts *facts, const char *name);

#endif
