/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/certificate.h"

#include "analyzer/crypto/certificate_names.h"
#include "analyzer/time.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

/* Larger keys exist only to keep whoever verifies them busy. */
enum { KEY_BITS_VERIFIED = 8192, CHAIN_PARSED = 10 };

static void copy_text(char *to, size_t size, const void *from, size_t length)
{
    size_t kept = length < size - 1 ? length : size - 1;
    /* Not in the middle of a UTF-8 sequence. */
    while (kept < length && kept > 0 && (((const uint8_t *)from)[kept] & 0xc0) == 0x80)
        kept--;
    if (kept > 0)
        memcpy(to, from, kept);
    to[kept] = '\0';
}

static bool print_name(char text[CERTIFICATE_NAME], const X509_NAME *name, unsigned long flags)
{
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL)
        return false;
    bool good = X509_NAME_print_ex(memory, name, 0, flags) >= 0;
    char *data = NULL;
    long length = BIO_get_mem_data(memory, &data);
    if (length > 0)
        copy_text(text, CERTIFICATE_NAME, data, (size_t)length);
    BIO_free(memory);
    return good;
}

/* UTF-8, not escaped byte by byte; a name that is not valid in its own encoding is dumped. */
static void describe_name(char text[CERTIFICATE_NAME], const X509_NAME *name)
{
    unsigned long readable = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    text[0] = '\0';
    if (!print_name(text, name, readable))
        (void)print_name(text, name, XN_FLAG_RFC2253 | ASN1_STRFLGS_DUMP_ALL);
}

/* The last common name of the subject: the most specific one. */
static void describe_common_name(struct certificate_facts *facts, const X509_NAME *subject)
{
    int last = -1;
    for (int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); i >= 0;
         i = X509_NAME_get_index_by_NID(subject, NID_commonName, i))
        last = i;
    if (last < 0)
        return;
    unsigned char *utf8 = NULL;
    int length =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (length >= 0)
        copy_text(facts->common_name, sizeof facts->common_name, utf8, (size_t)length);
    OPENSSL_free(utf8);
}

/* 64 bits of nanoseconds end in 2262; "no expiry" is written as the year 9999 (RFC 5280 4.1.2.5).
 */
static int64_t nanoseconds_of(const ASN1_TIME *when)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(when, &tm) != 1)
        return 0;
    int64_t seconds = timegm(&tm);
    if (seconds > INT64_MAX / SECONDS)
        return INT64_MAX;
    if (seconds < INT64_MIN / SECONDS)
        return INT64_MIN;
    return seconds * SECONDS;
}

static const struct {
    const char *openssl;
    const char *nist;
} curves[] = {{"prime256v1", "P-256"}, {"secp384r1", "P-384"}, {"secp521r1", "P-521"}};

static void describe_curve(struct certificate_facts *facts, EVP_PKEY *key)
{
    char name[24] = "unnamed curve";
    size_t length;
    (void)EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                         &length);
    const char *shown = name;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++)
        if (strcmp(name, curves[i].openssl) == 0)
            shown = curves[i].nist;
    snprintf(facts->key, sizeof facts->key, "EC %s", shown);
}

static void describe_key(struct certificate_facts *facts, EVP_PKEY *key)
{
    snprintf(facts->key, sizeof facts->key, "unknown");
    if (key == NULL)
        return;
    int bits = EVP_PKEY_get_bits(key);
    facts->key_bits = bits > 0 ? (uint32_t)bits : 0;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        snprintf(facts->key, sizeof facts->key, "RSA %d", bits);
        break;
    case EVP_PKEY_RSA_PSS:
        snprintf(facts->key, sizeof facts->key, "RSA-PSS %d", bits);
        break;
    case EVP_PKEY_DSA:
        snprintf(facts->key, sizeof facts->key, "DSA %d", bits);
        break;
    case EVP_PKEY_EC:
        describe_curve(facts, key);
        break;
    case EVP_PKEY_ED25519:
        snprintf(facts->key, sizeof facts->key, "Ed25519");
        break;
    case EVP_PKEY_ED448:
        snprintf(facts->key, sizeof facts->key, "Ed448");
        break;
    }
}

static void describe_signature(struct certificate_facts *facts, X509 *certificate)
{
    const X509_ALGOR *algorithm = NULL;
    X509_get0_signature(NULL, &algorithm, certificate);
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    char name[CERTIFICATE_SIGNATURE] = "";
    (void)OBJ_obj2txt(name, sizeof name, object, 0);
    snprintf(facts->signature, sizeof facts->signature, "%s", name);
    int digest = NID_undef;
    if (X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) == 1 && digest != NID_undef)
        snprintf(facts->signature_digest, sizeof facts->signature_digest, "%s", OBJ_nid2sn(digest));
}

static void note_alternate_name(struct certificate_facts *facts, const GENERAL_NAME *name)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    if (type != GEN_DNS && type != GEN_IPADD)
        return;
    struct bytes bytes = bytes_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    if (type == GEN_DNS)
        certificate_add_san(facts, CERTIFICATE_SAN_DNS, bytes);
    else if (bytes.length == 4 || bytes.length == 16)
        certificate_add_san(facts, CERTIFICATE_SAN_ADDRESS, bytes);
}

static void describe_alternate_names(struct certificate_facts *facts, const X509 *certificate)
{
    facts->has_alternate_names = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) >= 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        note_alternate_name(facts, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
}

static bool names_issuer_location(const X509 *certificate)
{
    bool found = false;
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++)
        found |= OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, i)->method) == NID_ad_ca_issuers;
    AUTHORITY_INFO_ACCESS_free(access);
    return found;
}

static bool is_signed_with(X509 *certificate, EVP_PKEY *key)
{
    return key != NULL && EVP_PKEY_get_bits(key) <= KEY_BITS_VERIFIED &&
           X509_verify(certificate, key) == 1;
}

static bool allows_server(X509 *certificate)
{
    /* All bits set when the extension is absent. */
    return (X509_get_extended_key_usage(certificate) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

static void describe_serial(struct certificate_facts *facts, const X509 *certificate)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *digits = number != NULL ? BN_bn2hex(number) : NULL;
    if (digits != NULL)
        snprintf(facts->serial, sizeof facts->serial, "%s", digits);
    OPENSSL_free(digits);
    BN_free(number);
}

/* What products call the certificates that they are delivered with, "Temporary Default Certificate"
 * among them. */
static bool is_default(const struct certificate_facts *facts)
{
    static const char *const marks[] = {"Temporary CA", "Default Certificate", "TANDBERG"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strcasestr(facts->subject, marks[i]) != NULL ||
            strcasestr(facts->issuer, marks[i]) != NULL)
            return true;
    return false;
}

/* What security products, and tools to look inside TLS, call the authorities that they make up
 * certificates with. */
static bool is_inspection(const struct certificate_facts *facts)
{
    static const char *const marks[] = {
        "Zscaler",     "goskope",     "Netskope",        "Cisco Umbrella", "Fortinet",
        "Blue Coat",   "ProxySG",     "Web Gateway",     "Websense",       "Forcepoint",
        "Sophos",      "Kaspersky",   "Web/Mail Shield", "SSL Filter",     "Bitdefender",
        "HTTPS Proxy", "DPI-SSL",     "Untangle",        "Smoothwall",     "Squid",
        "mitmproxy",   "PortSwigger", "FiddlerRoot",     "Charles Proxy",
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strcasestr(facts->issuer, marks[i]) != NULL)
            return !facts->is_self_issued;
    return false;
}

static void describe(struct certificate_facts *facts, X509 *certificate)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    const X509_NAME *issuer = X509_get_issuer_name(certificate);
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    *facts = (struct certificate_facts){0};
    describe_name(facts->subject, subject);
    describe_name(facts->issuer, issuer);
    describe_common_name(facts, subject);
    describe_serial(facts, certificate);
    facts->not_before = nanoseconds_of(X509_get0_notBefore(certificate));
    facts->not_after = nanoseconds_of(X509_get0_notAfter(certificate));
    describe_key(facts, key);
    describe_signature(facts, certificate);
    facts->is_self_issued = X509_NAME_cmp(subject, issuer) == 0;
    facts->is_self_signed = facts->is_self_issued && is_signed_with(certificate, key);
    facts->is_authority = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
    facts->allows_server = allows_server(certificate);
    facts->is_default = is_default(facts);
    facts->is_inspection = is_inspection(facts);
    facts->names_issuer_location = names_issuer_location(certificate);
    describe_alternate_names(facts, certificate);
    unsigned length = sizeof facts->fingerprint;
    (void)X509_digest(certificate, EVP_sha256(), facts->fingerprint, &length);
}

static X509 *parse(struct bytes der)
{
    if (der.length == 0 || der.length > CERTIFICATE_DER_MAXIMUM)
        return NULL;
    const unsigned char *at = der.data;
    return d2i_X509(NULL, &at, (long)der.length);
}

bool certificate_parse(struct certificate_facts *facts, struct bytes der)
{
    X509 *certificate = parse(der);
    if (certificate != NULL)
        describe(facts, certificate);
    X509_free(certificate);
    ERR_clear_error();
    return certificate != NULL;
}

/* Of certificates that were not looked at nobody knows. */
static bool lacks_issuer(const struct certificate_chain *chain, X509 *const *parsed)
{
    const X509_NAME *issuer = X509_get_issuer_name(parsed[0]);
    if (chain->parsed < chain->sent)
        return false;
    for (size_t i = 0; i < chain->parsed; i++)
        if (X509_NAME_cmp(issuer, X509_get_subject_name(parsed[i])) == 0)
            return false;
    return true;
}

/* How the certificates up to the first one that is not X.509 hang together. */
static void describe_links(struct certificate_chain *chain, X509 *const *parsed)
{
    chain->in_order = chain->signatures_valid = true;
    for (size_t i = 0; i + 1 < chain->parsed; i++) {
        bool follows = X509_NAME_cmp(X509_get_issuer_name(parsed[i]),
                                     X509_get_subject_name(parsed[i + 1])) == 0;
        chain->in_order = chain->in_order && follows;
        chain->signatures_valid = chain->signatures_valid && follows &&
                                  is_signed_with(parsed[i], X509_get0_pubkey(parsed[i + 1]));
    }
    X509 *last = parsed[chain->parsed - 1];
    bool self_issued = X509_NAME_cmp(X509_get_issuer_name(last), X509_get_subject_name(last)) == 0;
    chain->ends_at_root = self_issued && is_signed_with(last, X509_get0_pubkey(last));
    chain->intermediate_missing = lacks_issuer(chain, parsed);
}

bool certificate_chain_parse(struct certificate_chain *chain, const struct bytes *ders,
                             size_t count, size_t sent)
{
    X509 *parsed[CHAIN_PARSED] = {NULL};
    *chain = (struct certificate_chain){.sent = (uint16_t)(sent < UINT16_MAX ? sent : UINT16_MAX)};
    for (size_t i = 0; i < count && i < CHAIN_PARSED; i++) {
        X509 *certificate = parse(ders[i]);
        if (certificate == NULL)
            break;
        parsed[chain->parsed++] = certificate;
        if (chain->kept < CERTIFICATE_CHAIN_KEPT)
            describe(&chain->certificates[chain->kept++], certificate);
    }
    if (chain->parsed > 0)
        describe_links(chain, parsed);
    for (size_t i = 0; i < chain->parsed; i++)
        X509_free(parsed[i]);
    ERR_clear_error();
    return chain->parsed > 0;
}
