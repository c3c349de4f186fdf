/* SPDX-License-Identifier: MIT */
#include "dissectors/xmpp/tag.h"

static const struct {
    const char *name;
    enum xmpp_kind kind;
} kinds[] = {
    {"stream:stream", XMPP_STREAM},      {"stream:features", XMPP_FEATURES},
    {"stream:error", XMPP_STREAM_ERROR}, {"starttls", XMPP_STARTTLS},
    {"proceed", XMPP_PROCEED},           {"failure", XMPP_FAILURE},
    {"required", XMPP_REQUIRED},
};

static bool text_is(struct bytes bytes, const char *text)
{
    return bytes_equal(bytes, bytes_of(text, strlen(text)));
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

enum dissect_status xmpp_recognise(struct bytes stream)
{
    static const char *const starts[] = {"<?xml", "<stream:stream"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct bytes start = bytes_of(starts[i], strlen(starts[i]));
        if (bytes_equal(bytes_first(stream, start.length), bytes_first(start, stream.length)))
            return stream.length < start.length ? DISSECT_INCOMPLETE : DISSECT_OK;
    }
    return DISSECT_NOT_MINE;
}

static enum xmpp_kind kind_of(struct bytes name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (text_is(name, kinds[i].name))
            return kinds[i].kind;
    return XMPP_OTHER;
}

/* What stands between "<" and ">". */
static void read_tag(struct xmpp_tag *tag, struct bytes inside)
{
    *tag = (struct xmpp_tag){0};
    tag->is_end = inside.length > 0 && inside.data[0] == '/';
    if (tag->is_end)
        inside = bytes_from(inside, 1);
    size_t length = 0;
    while (length < inside.length && !is_space(inside.data[length]) && inside.data[length] != '/')
        length++;
    tag->name = bytes_first(inside, length);
    tag->kind = kind_of(tag->name);
}

/* Moves *stream to the next "<"; false when there is none. */
static bool find_start(struct bytes *stream)
{
    const uint8_t *start = stream->length > 0 ? memchr(stream->data, '<', stream->length) : NULL;
    *stream =
        start == NULL ? bytes_of(NULL, 0) : bytes_from(*stream, (size_t)(start - stream->data));
    return start != NULL;
}

enum dissect_status xmpp_tag_next(struct xmpp_tag *tag, struct bytes *stream)
{
    *tag = (struct xmpp_tag){0};
    while (find_start(stream)) {
        const uint8_t *end = memchr(stream->data, '>', stream->length);
        size_t length = end == NULL ? stream->length : (size_t)(end - stream->data);
        if (length > XMPP_TAG_MAXIMUM)
            return DISSECT_MALFORMED;
        if (end == NULL)
            return DISSECT_INCOMPLETE;
        struct bytes inside = bytes_of(stream->data + 1, length - 1);
        *stream = bytes_from(*stream, length + 1);
        if (inside.length > 0 && (inside.data[0] == '?' || inside.data[0] == '!'))
            continue;
        read_tag(tag, inside);
        return DISSECT_OK;
    }
    return DISSECT_INCOMPLETE;
}
