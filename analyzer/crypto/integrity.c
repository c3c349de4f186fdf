/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/integrity.h"

#include "analyzer/crypto/wipe.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

enum {
    ATTRIBUTE_HEADER_LENGTH = 4,
    LENGTH_OFFSET = 2,
    COOKIE_OFFSET = 4,
};

/* RFC 8489 section 18.5. */
enum password_algorithm { PASSWORD_ALGORITHM_MD5 = 1, PASSWORD_ALGORITHM_SHA256 = 2 };

struct integrity {
    EVP_MAC *hmac;
    EVP_MD *md5; /* NULL in FIPS mode: then MD5 keys cannot be made */
    EVP_MD *sha256;
};

struct key {
    uint8_t octets[EVP_MAX_MD_SIZE];
    unsigned length; /* 0: the algorithm is not there */
};

struct integrity *integrity_new(void)
{
    struct integrity *integrity = calloc(1, sizeof *integrity);
    if (integrity == NULL)
        return NULL;
    integrity->hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    integrity->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    integrity->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (integrity->hmac != NULL && integrity->sha256 != NULL)
        return integrity;
    integrity_free(integrity);
    return NULL;
}

void integrity_free(struct integrity *integrity)
{
    if (integrity == NULL)
        return;
    EVP_MAC_free(integrity->hmac);
    EVP_MD_free(integrity->md5);
    EVP_MD_free(integrity->sha256);
    free(integrity);
}

/* Hashes the parts with a ':' between them. */
static struct key hash_parts(const EVP_MD *algorithm, const struct bytes *parts, size_t count)
{
    struct key key = {.length = 0};
    EVP_MD_CTX *hash = algorithm != NULL ? EVP_MD_CTX_new() : NULL;
    bool good = hash != NULL && EVP_DigestInit_ex2(hash, algorithm, NULL) == 1;
    for (size_t i = 0; good && i < count; i++)
        good = (i == 0 || EVP_DigestUpdate(hash, ":", 1) == 1) &&
               EVP_DigestUpdate(hash, parts[i].data, parts[i].length) == 1;
    if (!good || EVP_DigestFinal_ex(hash, key.octets, &key.length) != 1)
        key.length = 0;
    EVP_MD_CTX_free(hash);
    return key;
}

/* The HMAC of the message before the attribute, its header's length made to end with it. */
static bool hash_message(EVP_MAC_CTX *hmac, struct bytes raw,
                         const struct stun_attribute *attribute)
{
    size_t length =
        attribute->offset - STUN_HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH + attribute->length;
    const uint8_t adjusted[2] = {(uint8_t)(length >> 8), (uint8_t)length};
    return EVP_MAC_update(hmac, raw.data, LENGTH_OFFSET) == 1 &&
           EVP_MAC_update(hmac, adjusted, sizeof adjusted) == 1 &&
           EVP_MAC_update(hmac, raw.data + COOKIE_OFFSET, attribute->offset - COOKIE_OFFSET) == 1;
}

static bool start_hmac(EVP_MAC_CTX *hmac, uint16_t type, struct bytes key)
{
    char sha1[] = "SHA1", sha256[] = "SHA256";
    char *digest = type == STUN_MESSAGE_INTEGRITY ? sha1 : sha256;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(hmac, key.data, key.length, parameters) == 1;
}

static enum integrity_result check_attribute(const struct integrity *integrity, struct bytes raw,
                                             const struct stun_attribute *attribute,
                                             struct bytes key)
{
    uint8_t expected[EVP_MAX_MD_SIZE];
    size_t length = 0;
    EVP_MAC_CTX *hmac = EVP_MAC_CTX_new(integrity->hmac);
    bool good = hmac != NULL && start_hmac(hmac, attribute->type, key) &&
                hash_message(hmac, raw, attribute) &&
                EVP_MAC_final(hmac, expected, &length, sizeof expected) == 1;
    EVP_MAC_CTX_free(hmac);
    if (!good)
        return INTEGRITY_UNKNOWN;
    bool equal = attribute->value.length <= length &&
                 memcmp(attribute->value.data, expected, attribute->value.length) == 0;
    return equal ? INTEGRITY_VERIFIED : INTEGRITY_MISMATCH;
}

/* What can be said before any key is tried; VERIFIED: nothing is in the way. */
static enum integrity_result check_presence(const struct stun_message *message,
                                            const struct stun_attribute *attribute)
{
    if (message->dialect != STUN_DIALECT_RFC8489)
        return INTEGRITY_UNKNOWN;
    if (attribute == NULL)
        return stun_is_cut(message) || message->attributes_seen > message->attribute_count
                   ? INTEGRITY_UNKNOWN
                   : INTEGRITY_ABSENT;
    return attribute->status == DISSECT_OK ? INTEGRITY_VERIFIED : INTEGRITY_UNKNOWN;
}

static enum integrity_result check_type(const struct integrity *integrity,
                                        const struct stun_message *message, uint16_t type,
                                        struct bytes key)
{
    const struct stun_attribute *attribute = stun_find(message, type);
    enum integrity_result presence = check_presence(message, attribute);
    if (presence != INTEGRITY_VERIFIED)
        return presence;
    return check_attribute(integrity, message->raw, attribute, key);
}

enum integrity_result integrity_check_key(const struct integrity *integrity,
                                          const struct stun_message *message, struct bytes key)
{
    enum integrity_result sha1 = check_type(integrity, message, STUN_MESSAGE_INTEGRITY, key);
    enum integrity_result sha256 =
        check_type(integrity, message, STUN_MESSAGE_INTEGRITY_SHA256, key);
    if (sha1 == INTEGRITY_MISMATCH || sha256 == INTEGRITY_MISMATCH)
        return INTEGRITY_MISMATCH;
    if (sha1 == INTEGRITY_VERIFIED || sha256 == INTEGRITY_VERIFIED)
        return INTEGRITY_VERIFIED;
    return sha1 == sha256 ? sha1 : INTEGRITY_UNKNOWN;
}

static const EVP_MD *algorithm_of(const struct integrity *integrity, uint64_t algorithm)
{
    if (algorithm == PASSWORD_ALGORITHM_MD5)
        return integrity->md5;
    return algorithm == PASSWORD_ALGORITHM_SHA256 ? integrity->sha256 : NULL;
}

static enum integrity_result
check_long_term(const struct integrity *integrity, const struct stun_message *message,
                const EVP_MD *algorithm, const struct credential *credential, struct bytes realm)
{
    const struct bytes parts[] = {credential->username, realm, credential->password};
    struct key key = hash_parts(algorithm, parts, 3);
    enum integrity_result result = INTEGRITY_UNKNOWN;
    if (key.length > 0)
        result = integrity_check_key(integrity, message, bytes_of(key.octets, key.length));
    wipe(&key, sizeof key);
    return result;
}

static enum integrity_result check_credential(const struct integrity *integrity,
                                              const struct stun_message *message,
                                              const struct credential *credential,
                                              struct bytes realm)
{
    uint64_t algorithm;
    enum integrity_result result;
    if (realm.length == 0) {
        result = integrity_check_key(integrity, message, credential->password);
        return result == INTEGRITY_MISMATCH ? INTEGRITY_UNKNOWN : result;
    }
    if (stun_number(message, STUN_PASSWORD_ALGORITHM, &algorithm))
        return check_long_term(integrity, message, algorithm_of(integrity, algorithm), credential,
                               realm);
    result = check_long_term(integrity, message, integrity->md5, credential, realm);
    if (result != INTEGRITY_VERIFIED && check_long_term(integrity, message, integrity->sha256,
                                                        credential, realm) == INTEGRITY_VERIFIED)
        return INTEGRITY_VERIFIED;
    return result;
}

/* What the message and its exchange say about the user. */
struct user {
    struct bytes name;
    struct bytes hash; /* USERHASH, RFC 8489 section 14.4 */
    struct bytes realm;
};

static struct bytes known_or(struct bytes own, struct bytes known)
{
    return own.data != NULL ? own : known;
}

static struct user user_of(const struct stun_message *message,
                           const struct integrity_context *context)
{
    const struct integrity_context nothing = {.username = {NULL, 0}, .realm = {NULL, 0}};
    const struct integrity_context *known = context != NULL ? context : &nothing;
    return (struct user){
        .name = known_or(stun_value(message, STUN_USERNAME), known->username),
        .hash = stun_value(message, STUN_USERHASH),
        .realm = known_or(stun_value(message, STUN_REALM), known->realm),
    };
}

static bool is_user(const struct integrity *integrity, const struct user *user,
                    const struct credential *credential)
{
    if (user->hash.data == NULL)
        return user->name.length > 0 && bytes_equal(user->name, credential->username);
    const struct bytes parts[] = {credential->username, user->realm};
    struct key hash = hash_parts(integrity->sha256, parts, 2);
    return bytes_equal(user->hash, bytes_of(hash.octets, hash.length));
}

static bool has_integrity(const struct stun_message *message, enum integrity_result *otherwise)
{
    const struct stun_attribute *attribute = stun_find(message, STUN_MESSAGE_INTEGRITY);
    if (attribute == NULL)
        attribute = stun_find(message, STUN_MESSAGE_INTEGRITY_SHA256);
    *otherwise = check_presence(message, attribute);
    return *otherwise == INTEGRITY_VERIFIED;
}

enum integrity_result integrity_check(const struct integrity *integrity,
                                      const struct stun_message *message,
                                      const struct credentials *credentials,
                                      const struct integrity_context *context)
{
    enum integrity_result result;
    if (!has_integrity(message, &result))
        return result;
    struct user user = user_of(message, context);
    result = INTEGRITY_UNKNOWN;
    for (size_t i = 0; i < credentials->count; i++) {
        const struct credential *credential = &credentials->entries[i];
        if (!is_user(integrity, &user, credential))
            continue;
        enum integrity_result one = check_credential(integrity, message, credential, user.realm);
        if (one == INTEGRITY_VERIFIED)
            return one;
        if (one == INTEGRITY_MISMATCH)
            result = one;
    }
    return result;
}
