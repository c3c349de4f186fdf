/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/handshake.h"

enum dissect_status tls_handshake_next(struct tls_handshake *message, struct bytes *fragments)
{
    *message = (struct tls_handshake){0};
    struct cursor c = cursor_of(*fragments);
    uint8_t type = cursor_u8(&c);
    uint32_t length = cursor_u24(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    message->type = type;
    message->length = length;
    message->body = bytes_first(cursor_rest(&c), length);
    if (tls_handshake_is_cut(message))
        return DISSECT_INCOMPLETE;
    *fragments = bytes_from(*fragments, TLS_HANDSHAKE_HEADER_LENGTH + length);
    return DISSECT_OK;
}

/* Consumes `length` bytes of the fragment and keeps what the buffer has room for. */
static void keep(struct tls_collector *collector, struct bytes *fragment, size_t length)
{
    size_t room = collector->seen < collector->capacity ? collector->capacity - collector->seen : 0;
    size_t kept = length < room ? length : room;
    if (kept > 0)
        memcpy(collector->buffer + collector->seen, fragment->data, kept);
    collector->seen += length;
    *fragment = bytes_from(*fragment, length);
}

static size_t at_most(size_t wanted, size_t available)
{
    return wanted < available ? wanted : available;
}

bool tls_collector_peek(const struct tls_collector *collector, struct tls_handshake *message)
{
    struct bytes kept = bytes_of(collector->buffer, at_most(collector->seen, collector->capacity));
    (void)tls_handshake_next(message, &kept);
    return collector->seen >= TLS_HANDSHAKE_HEADER_LENGTH;
}

enum dissect_status tls_collector_take(struct tls_collector *collector, struct bytes *fragment,
                                       struct tls_handshake *message)
{
    if (collector->seen == 0 && tls_handshake_next(message, fragment) == DISSECT_OK)
        return DISSECT_OK;
    if (collector->seen < TLS_HANDSHAKE_HEADER_LENGTH)
        keep(collector, fragment,
             at_most(TLS_HANDSHAKE_HEADER_LENGTH - collector->seen, fragment->length));
    if (!tls_collector_peek(collector, message))
        return DISSECT_INCOMPLETE;
    size_t whole = TLS_HANDSHAKE_HEADER_LENGTH + (size_t)message->length;
    keep(collector, fragment, at_most(whole - collector->seen, fragment->length));
    if (collector->seen < whole)
        return DISSECT_INCOMPLETE;
    (void)tls_collector_peek(collector, message);
    collector->seen = 0;
    return DISSECT_OK;
}
