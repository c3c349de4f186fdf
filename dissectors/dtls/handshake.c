/* SPDX-License-Identifier: MIT */
#include "dissectors/dtls/handshake.h"

enum dissect_status dtls_handshake_next(struct dtls_handshake *handshake, struct bytes *fragment,
                                        bool cut)
{
    struct cursor c = cursor_of(*fragment);
    *handshake = (struct dtls_handshake){0};
    if (cursor_left(&c) == 0)
        return DISSECT_NOT_MINE;
    handshake->type = cursor_u8(&c);
    handshake->length = cursor_u24(&c);
    handshake->number = cursor_u16(&c);
    handshake->fragment_offset = cursor_u24(&c);
    handshake->fragment_length = cursor_u24(&c);
    bool contradicts =
        !c.failed && handshake->fragment_offset + handshake->fragment_length > handshake->length;
    handshake->fragment = bytes_first(cursor_rest(&c), handshake->fragment_length);
    cursor_skip(&c, handshake->fragment_length);
    *fragment = cursor_rest(&c);
    if (contradicts)
        return DISSECT_MALFORMED;
    if (c.failed)
        return cut ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
    return DISSECT_OK;
}

struct tls_handshake dtls_handshake_message(const struct dtls_handshake *handshake)
{
    struct tls_handshake message = {.type = handshake->type, .length = handshake->length};
    if (handshake->fragment_offset == 0)
        message.body = handshake->fragment;
    return message;
}

/* Keeps what the fragment adds behind what is there. */
static void append(struct dtls_collector *collector, const struct dtls_handshake *handshake)
{
    size_t end = handshake->fragment_offset + handshake->fragment.length;
    if (handshake->fragment_offset > collector->length || end <= collector->length)
        return;
    struct bytes news =
        bytes_from(handshake->fragment, collector->length - handshake->fragment_offset);
    size_t room =
        collector->length < collector->capacity ? collector->capacity - collector->length : 0;
    news = bytes_first(news, room);
    if (news.length > 0)
        memcpy(collector->buffer + collector->length, news.data, news.length);
    collector->length = end;
}

static bool begins_anew(const struct dtls_collector *collector,
                        const struct dtls_handshake *handshake)
{
    return collector->type != handshake->type || collector->number != handshake->number ||
           collector->whole != handshake->length;
}

enum dissect_status dtls_collector_take(struct dtls_collector *collector,
                                        const struct dtls_handshake *handshake,
                                        struct tls_handshake *message)
{
    if (begins_anew(collector, handshake)) {
        collector->length = 0;
        collector->type = handshake->type;
        collector->number = handshake->number;
        collector->whole = handshake->length;
    }
    append(collector, handshake);
    size_t kept = collector->length < collector->capacity ? collector->length : collector->capacity;
    *message = (struct tls_handshake){.type = collector->type,
                                      .length = collector->whole,
                                      .body = bytes_of(collector->buffer, kept)};
    return collector->length >= collector->whole ? DISSECT_OK : DISSECT_INCOMPLETE;
}
