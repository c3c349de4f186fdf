/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/hello.h"

#include "dissectors/tls/names.h"
#include "dissectors/tls/record.h"

/* RFC 6066 3: a list of names, of which only host_name (0) was ever defined. */
static void decode_server_name(struct tls_client_hello *hello, struct cursor *c)
{
    struct cursor names = tls_vector(c, cursor_u16(c));
    while (cursor_left(&names) > 0) {
        uint8_t type = cursor_u8(&names);
        struct bytes name = cursor_take(&names, cursor_u16(&names));
        if (type != 0 || names.failed)
            continue;
        hello->server_name = name;
        return;
    }
}

/* RFC 8446 4.2.8. */
static void decode_key_share(struct tls_client_hello *hello, struct cursor *c)
{
    struct cursor shares = tls_vector(c, cursor_u16(c));
    while (cursor_left(&shares) > 0 && hello->key_share_count < TLS_KEY_SHARES_KEPT) {
        uint16_t group = cursor_u16(&shares);
        cursor_skip(&shares, cursor_u16(&shares));
        if (!shares.failed && !tls_is_grease(group))
            hello->key_share_groups[hello->key_share_count++] = group;
    }
}

/* Extensions of which it matters that they are there. */
static void note_presence(struct tls_client_hello *hello, uint16_t type)
{
    switch (type) {
    case TLS_EXTENSION_STATUS_REQUEST:
        hello->requests_status = true;
        break;
    case TLS_EXTENSION_USE_SRTP:
        hello->offers_srtp = true;
        break;
    case TLS_EXTENSION_PRE_SHARED_KEY:
        hello->offers_pre_shared_key = true;
        break;
    case TLS_EXTENSION_EARLY_DATA:
        hello->offers_early_data = true;
        break;
    case TLS_EXTENSION_QUIC_TRANSPORT_PARAMETERS:
        hello->has_quic_transport_parameters = true;
        break;
    case TLS_EXTENSION_ENCRYPTED_CLIENT_HELLO:
        hello->has_encrypted_client_hello = true;
        break;
    }
}

static void decode_content(struct tls_client_hello *hello, uint16_t type, struct cursor *c)
{
    switch (type) {
    case TLS_EXTENSION_SERVER_NAME:
        decode_server_name(hello, c);
        break;
    case TLS_EXTENSION_SUPPORTED_GROUPS:
        hello->supported_groups = cursor_take(c, cursor_u16(c));
        break;
    case TLS_EXTENSION_SIGNATURE_ALGORITHMS:
        hello->signature_algorithms = cursor_take(c, cursor_u16(c));
        break;
    case TLS_EXTENSION_ALPN:
        hello->alpn = cursor_take(c, cursor_u16(c));
        break;
    case TLS_EXTENSION_SESSION_TICKET:
        hello->session_ticket = cursor_rest(c);
        break;
    case TLS_EXTENSION_SUPPORTED_VERSIONS: /* RFC 8446 4.2.1: a length of one octet */
        hello->supported_versions = cursor_take(c, cursor_u8(c));
        break;
    case TLS_EXTENSION_KEY_SHARE:
        decode_key_share(hello, c);
        break;
    }
}

/* False: the extension contradicts its own lengths. */
static bool decode_extension(struct tls_client_hello *hello, uint16_t type, struct bytes data)
{
    struct cursor c = cursor_of(data);
    note_presence(hello, type);
    decode_content(hello, type, &c);
    return !c.failed;
}

/* A bad extension does not hide those after it. */
static bool decode_extensions(struct tls_client_hello *hello, struct cursor *c)
{
    struct cursor extensions = tls_vector(c, cursor_u16(c));
    hello->extensions = cursor_rest(&extensions);
    bool good = true;
    uint16_t type;
    struct bytes data;
    while (tls_extension_next(&extensions, &type, &data)) {
        good = decode_extension(hello, type, data) && good;
        hello->extension_count++;
    }
    return good && !extensions.failed;
}

static bool lengths_are_allowed(const struct tls_client_hello *hello)
{
    uint8_t major = (uint8_t)(hello->legacy_version >> 8);
    return (major == 3 || major == 0xfe || hello->legacy_version == 0x0100) &&
           hello->session_id.length <= TLS_SESSION_ID_MAXIMUM &&
           hello->cipher_suites.length % 2 == 0;
}

enum dissect_status tls_client_hello_decode(struct tls_client_hello *hello,
                                            const struct tls_handshake *message, bool is_datagram)
{
    struct cursor c = cursor_of(message->body);
    *hello = (struct tls_client_hello){0};
    hello->legacy_version = cursor_u16(&c);
    hello->random = cursor_take(&c, TLS_RANDOM_LENGTH);
    hello->session_id = cursor_take(&c, cursor_u8(&c));
    if (is_datagram)
        hello->cookie = cursor_take(&c, cursor_u8(&c));
    hello->cipher_suites = cursor_take(&c, cursor_u16(&c));
    cursor_skip(&c, cursor_u8(&c));
    if (!c.failed && !lengths_are_allowed(hello))
        return DISSECT_MALFORMED;
    /* Extensions came with TLS 1.0 and are optional up to TLS 1.2. */
    bool has_extensions = cursor_left(&c) > 0 || tls_handshake_is_cut(message);
    bool good = !has_extensions || decode_extensions(hello, &c);
    return tls_body_status(message, c.failed || !good);
}

/* DTLS counts downwards from 0xfeff; a draft of TLS 1.3 is less than TLS 1.3 itself. */
static unsigned rank_of(uint16_t version)
{
    enum { DRAFTS = 0x10000, FINAL = 0x20000 };
    if (version == TLS_1_3 || version == DTLS_1_3)
        return FINAL;
    if (tls_version_is_1_3(version))
        return DRAFTS + version;
    return version >> 8 == 0xfe ? 0xffffu - version : version;
}

uint16_t tls_client_hello_highest_version(const struct tls_client_hello *hello)
{
    uint16_t highest = 0;
    uint16_t version;
    for (size_t i = 0; tls_list_u16(hello->supported_versions, i, &version); i++)
        if (!tls_is_grease(version) && (highest == 0 || rank_of(version) > rank_of(highest)))
            highest = version;
    return highest != 0 ? highest : hello->legacy_version;
}

/* The versions an SSL 2.0 form ClientHello may offer: SSL 2.0 itself, or 3.0 and up. */
static bool is_ssl2_offer(uint16_t version)
{
    return version == SSL_2_0 || (version >= SSL_3_0 && version <= TLS_1_2);
}

/* Two bytes: the top bit set, then the length; then message type 1, version, three lengths. */
enum dissect_status tls_ssl2_client_hello_decode(struct tls_client_hello *hello,
                                                 struct bytes stream, size_t *consumed)
{
    enum { CLIENT_HELLO = 1, FIXED_PART = 9 };
    struct cursor c = cursor_of(stream);
    *hello = (struct tls_client_hello){.is_ssl2_form = true};
    uint16_t header = cursor_u16(&c);
    uint8_t type = cursor_u8(&c);
    hello->legacy_version = cursor_u16(&c);
    size_t cipher_length = cursor_u16(&c);
    size_t session_length = cursor_u16(&c);
    size_t challenge_length = cursor_u16(&c);
    bool ours = (stream.length < 1 || (stream.data[0] & 0x80) != 0) &&
                (stream.length < 3 || stream.data[2] == CLIENT_HELLO) &&
                (stream.length < 5 || is_ssl2_offer(hello->legacy_version));
    if (!ours)
        return DISSECT_NOT_MINE;
    if (c.failed)
        return DISSECT_INCOMPLETE;
    size_t length = header & 0x7fffu;
    if (type != CLIENT_HELLO || cipher_length % 3 != 0 || challenge_length < 16 ||
        challenge_length > 32 ||
        length != FIXED_PART + cipher_length + session_length + challenge_length)
        return DISSECT_NOT_MINE;
    hello->cipher_suites = cursor_take(&c, cipher_length);
    hello->session_id = cursor_take(&c, session_length);
    hello->random = cursor_take(&c, challenge_length);
    *consumed = 2 + length;
    return c.failed ? DISSECT_INCOMPLETE : DISSECT_OK;
}

bool tls_is_ssl2_server_hello(struct bytes stream)
{
    enum { SERVER_HELLO = 4 };
    struct cursor c = cursor_of(stream);
    uint16_t header = cursor_u16(&c);
    uint8_t type = cursor_u8(&c);
    cursor_skip(&c, 2); /* session ID hit, certificate type */
    uint16_t version = cursor_u16(&c);
    return !c.failed && (header & 0x8000) != 0 && type == SERVER_HELLO && version == SSL_2_0;
}
