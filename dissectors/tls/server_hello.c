/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/hello.h"

#include "dissectors/tls/record.h"

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest" in place of the random. */
static const uint8_t hello_retry_random[TLS_RANDOM_LENGTH] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* The one protocol chosen. */
static struct bytes decode_alpn(struct cursor *c)
{
    struct cursor list = cursor_sub(c, cursor_u16(c));
    struct bytes alpn = cursor_take(&list, cursor_u8(&list));
    c->failed |= list.failed;
    return alpn;
}

/* The server's share has a key behind its group, a HelloRetryRequest only the group. */
static void decode_extension(struct tls_server_hello *hello, uint16_t type, struct cursor *c)
{
    switch (type) {
    case TLS_EXTENSION_SUPPORTED_VERSIONS:
        hello->version = cursor_u16(c);
        break;
    case TLS_EXTENSION_KEY_SHARE:
        hello->key_share_group = cursor_u16(c);
        break;
    case TLS_EXTENSION_ALPN:
        hello->alpn = decode_alpn(c);
        break;
    case TLS_EXTENSION_PRE_SHARED_KEY:
        hello->selects_pre_shared_key = true;
        break;
    case TLS_EXTENSION_SESSION_TICKET:
        hello->promises_session_ticket = true;
        break;
    }
}

static bool decode_extensions(struct tls_server_hello *hello, struct cursor *c)
{
    struct cursor extensions = tls_vector(c, cursor_u16(c));
    hello->extensions = cursor_rest(&extensions);
    bool good = true;
    uint16_t type;
    struct bytes data;
    while (tls_extension_next(&extensions, &type, &data)) {
        struct cursor content = cursor_of(data);
        decode_extension(hello, type, &content);
        good = good && !content.failed;
        hello->extension_count++;
    }
    return good && !extensions.failed;
}

/* Drafts of TLS 1.3 before 22 had neither a session ID nor a compression method here. */
static bool is_short_form(uint16_t version)
{
    return version >= 0x7f00 && version < 0x7f16;
}

enum dissect_status tls_server_hello_decode(struct tls_server_hello *hello,
                                            const struct tls_handshake *message)
{
    struct cursor c = cursor_of(message->body);
    *hello = (struct tls_server_hello){0};
    hello->legacy_version = hello->version = cursor_u16(&c);
    bool short_form = is_short_form(hello->version);
    hello->random = cursor_take(&c, TLS_RANDOM_LENGTH);
    if (!short_form)
        hello->session_id = cursor_take(&c, cursor_u8(&c));
    hello->cipher_suite = cursor_u16(&c);
    if (!short_form)
        cursor_skip(&c, 1);
    hello->is_hello_retry_request =
        bytes_equal(hello->random, bytes_of(hello_retry_random, sizeof hello_retry_random));
    bool has_extensions = cursor_left(&c) > 0 || tls_handshake_is_cut(message);
    bool good = !has_extensions || decode_extensions(hello, &c);
    return tls_body_status(message,
                           c.failed || !good || hello->session_id.length > TLS_SESSION_ID_MAXIMUM);
}

struct bytes tls_encrypted_extensions_alpn(const struct tls_handshake *message)
{
    struct cursor c = cursor_of(message->body);
    struct cursor extensions = tls_vector(&c, cursor_u16(&c));
    uint16_t type;
    struct bytes data;
    while (tls_extension_next(&extensions, &type, &data)) {
        struct cursor content = cursor_of(data);
        if (type == TLS_EXTENSION_ALPN)
            return decode_alpn(&content);
    }
    return bytes_of(NULL, 0);
}
