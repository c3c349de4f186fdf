/* SPDX-License-Identifier: MIT */
/* What handshake messages say. */
#include "analyzer/text.h"
#include "analyzer/track/handshake_step.h"
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/names.h"

static void note_alpn(struct handshake *handshake, const struct tls_client_hello *hello)
{
    struct cursor list = cursor_of(hello->alpn);
    struct bytes name;
    while (handshake->alpn_count < LIMIT_ALPN_NAMES && tls_alpn_next(&list, &name))
        if (name.length != 2 || !tls_is_grease((uint16_t)(name.data[0] << 8 | name.data[1])))
            text_copy(handshake->alpn[handshake->alpn_count++], LIMIT_ALPN, name);
}

static void copy_random(uint8_t to[TLS_RANDOM_LENGTH], struct bytes random)
{
    if (random.length > 0 && random.length <= TLS_RANDOM_LENGTH)
        memcpy(to, random.data, random.length);
}

static void note_session(struct handshake *handshake, const struct tls_client_hello *hello)
{
    bool old = handshake->offered_version <= TLS_1_2 || handshake->protocol == HANDSHAKE_DTLS;
    handshake->offers_resumption = hello->offers_pre_shared_key ||
                                   hello->session_ticket.length > 0 ||
                                   (old && hello->session_id.length > 0);
    if (hello->session_id.length > TLS_SESSION_ID_MAXIMUM)
        return;
    handshake->session_id_length = (uint8_t)hello->session_id.length;
    if (hello->session_id.length > 0)
        memcpy(handshake->session_id, hello->session_id.data, hello->session_id.length);
}

static void note_offer(struct handshake *handshake, const struct tls_client_hello *hello)
{
    handshake->offered_version = tls_client_hello_highest_version(hello);
    handshake->cipher_suites_offered =
        (uint16_t)(hello->cipher_suites.length / (hello->is_ssl2_form ? 3 : 2));
    handshake->key_share = hello->key_share_count > 0 ? hello->key_share_groups[0] : 0;
    handshake->encrypted_client_hello = hello->has_encrypted_client_hello;
    handshake->offers_early_data = hello->offers_early_data;
    handshake->offers_srtp = hello->offers_srtp;
    text_copy(handshake->server_name, sizeof handshake->server_name, hello->server_name);
    copy_random(handshake->client_random, hello->random);
    note_alpn(handshake, hello);
    note_session(handshake, hello);
}

void handshake_note_client_hello(const struct handshake_step *step,
                                 const struct tls_client_hello *hello, bool cut)
{
    struct handshake *handshake = step->handshake;
    if (step->side != HANDSHAKE_CLIENT)
        return;
    if (handshake->hello_seen) {
        /* After a HelloRetryRequest or a HelloVerifyRequest. */
        if (hello->key_share_count > 0)
            handshake->key_share = hello->key_share_groups[0];
        return;
    }
    handshake->hello_seen = true;
    handshake->hello_cut = cut;
    handshake->hello_transmissions = 1;
    handshake->hello_time = handshake->hello_repeated = step->sighting->time;
    note_offer(handshake, hello);
    handshake->hello = handshake_evidence(step, TLS_CLIENT_HELLO);
    evidence_set_detail(&handshake->hello, hello->server_name);
    handshake_wait(step);
    handshake_tell(step, EVENT_TLS_HELLO, &handshake->hello);
}

static void decode_client_hello(const struct handshake_step *step,
                                const struct tls_handshake *message)
{
    struct tls_client_hello hello;
    enum dissect_status status =
        tls_client_hello_decode(&hello, message, step->handshake->protocol == HANDSHAKE_DTLS);
    if (hello.random.length == TLS_RANDOM_LENGTH || status == DISSECT_CUT_SHORT)
        handshake_note_client_hello(step, &hello, status == DISSECT_CUT_SHORT);
}

/* Up to TLS 1.2 a server that takes a session up again echoes its ID; later the ID means nothing.
 */
static bool is_resumption(const struct handshake *handshake, const struct tls_server_hello *hello)
{
    if (handshake_is_version_1_3(handshake))
        return hello->selects_pre_shared_key;
    return handshake->session_id_length > 0 &&
           bytes_equal(hello->session_id,
                       bytes_of(handshake->session_id, handshake->session_id_length));
}

static void note_hello_retry(struct handshake *handshake, const struct tls_server_hello *hello)
{
    handshake->hello_retry = true;
    handshake->version = hello->version;
    handshake->group = hello->key_share_group;
}

/* How records are protected, for those who decrypt them. */
static void note_protection(struct handshake *handshake, struct bytes extensions)
{
    enum { TRUNCATED_HMAC = 4, ENCRYPT_THEN_MAC = 22 };
    struct cursor list = cursor_of(extensions);
    struct bytes data;
    uint16_t type;
    while (tls_extension_next(&list, &type, &data)) {
        handshake->encrypt_then_mac |= type == ENCRYPT_THEN_MAC;
        handshake->truncated_mac |= type == TRUNCATED_HMAC;
    }
}

static void note_server_hello(const struct handshake_step *step,
                              const struct tls_handshake *message)
{
    struct handshake *handshake = step->handshake;
    struct tls_server_hello hello;
    (void)tls_server_hello_decode(&hello, message);
    if (step->side != HANDSHAKE_SERVER || hello.random.length != TLS_RANDOM_LENGTH ||
        handshake->server_hello_seen)
        return;
    if (hello.is_hello_retry_request) {
        note_hello_retry(handshake, &hello);
        return;
    }
    handshake->server_hello_seen = true;
    handshake->server_hello_time = step->sighting->time;
    handshake->version = hello.version;
    handshake->cipher_suite = hello.cipher_suite;
    handshake->group = hello.key_share_group;
    handshake->resumed = is_resumption(handshake, &hello);
    copy_random(handshake->server_random, hello.random);
    note_protection(handshake, hello.extensions);
    text_copy(handshake->alpn_selected, sizeof handshake->alpn_selected, hello.alpn);
    handshake->server_hello = handshake_evidence(step, TLS_SERVER_HELLO);
    if (handshake_is_version_1_3(handshake))
        handshake->stream[0].ciphered = handshake->stream[1].ciphered = true;
}

static void note_encrypted_extensions(const struct handshake_step *step,
                                      const struct tls_handshake *message)
{
    struct handshake *handshake = step->handshake;
    if (step->side == HANDSHAKE_SERVER)
        text_copy(handshake->alpn_selected, sizeof handshake->alpn_selected,
                  tls_encrypted_extensions_alpn(message));
}

static void note_leaf(const struct handshake_step *step, const struct certificate_facts *leaf)
{
    char authority[CERTIFICATE_NAME];
    struct handshake *handshake = step->handshake;
    evidence_set_detail(&handshake->certificate, bytes_of(leaf->subject, strlen(leaf->subject)));
    certificate_authority(leaf, authority);
    handshake->issuer_changed =
        issuers_note(&step->handshakes->issuers, &handshake->server, handshake->server_name,
                     authority, &handshake->certificate);
}

static void note_server_certificate(const struct handshake_step *step,
                                    const struct tls_certificate *certificate)
{
    struct handshake *handshake = step->handshake;
    if (handshake->certificate_message_seen)
        return;
    handshake->certificate_message_seen = true;
    handshake->certificate = handshake_evidence(step, TLS_CERTIFICATE);
    /* DTLS-SRTP certificates are self-signed by design (RFC 8122): nobody looks at them. */
    if (handshake->protocol == HANDSHAKE_DTLS)
        return;
    handshake->certificate_visible =
        certificate->kept > 0 &&
        handshake_add_chain(step, certificate->chain, certificate->kept, certificate->count);
    const struct certificate_chain *chain = handshakes_chain(step->handshakes, handshake);
    if (chain != NULL && chain->kept > 0)
        note_leaf(step, &chain->certificates[0]);
    handshake_tell(step, EVENT_TLS_CERTIFICATE, &handshake->certificate);
}

static void note_certificate(const struct handshake_step *step, const struct tls_handshake *message)
{
    struct tls_certificate certificate;
    (void)tls_certificate_decode(&certificate, message, step->handshake->version);
    if (step->side == HANDSHAKE_SERVER)
        note_server_certificate(step, &certificate);
    else if (certificate.count > 0)
        step->handshake->client_certificate_sent = true;
    else
        step->handshake->client_certificate_empty = true;
}

void handshake_note_message(const struct handshake_step *step, const struct tls_handshake *message)
{
    struct handshake *handshake = step->handshake;
    if (message->type == TLS_CLIENT_HELLO) {
        decode_client_hello(step, message);
        return;
    }
    handshake_note_progress(step);
    switch (message->type) {
    case TLS_SERVER_HELLO:
        note_server_hello(step, message);
        break;
    case TLS_ENCRYPTED_EXTENSIONS:
        note_encrypted_extensions(step, message);
        break;
    case TLS_HELLO_VERIFY_REQUEST:
        if (++handshake->hello_verify_requests <= LIMIT_COOKIES)
            handshake->conclusion = handshake_evidence(step, TLS_HELLO_VERIFY_REQUEST);
        break;
    case TLS_CERTIFICATE:
        note_certificate(step, message);
        break;
    case TLS_CERTIFICATE_REQUEST:
        handshake->client_certificate_requested |= step->side == HANDSHAKE_SERVER;
        break;
    }
}
