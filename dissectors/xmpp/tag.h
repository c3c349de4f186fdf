/* SPDX-License-Identifier: MIT */
/* XMPP before encryption (RFC 6120 4, 5): the tags with which a stream is opened, STARTTLS is
 * negotiated, or an error is told. Not an XML parser: text between tags is passed over. */
#ifndef TURNSCOPE_DISSECTORS_XMPP_TAG_H
#define TURNSCOPE_DISSECTORS_XMPP_TAG_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum { XMPP_TAG_MAXIMUM = 4096 };

enum xmpp_kind {
    XMPP_OTHER,
    XMPP_STREAM,       /* <stream:stream> */
    XMPP_FEATURES,     /* <stream:features> */
    XMPP_STREAM_ERROR, /* <stream:error>: the next tag is the condition */
    XMPP_STARTTLS,     /* <starttls/>: asked for by the client, or a feature of the server */
    XMPP_PROCEED,      /* <proceed/>: TLS follows */
    XMPP_FAILURE,      /* <failure/> */
    XMPP_REQUIRED,     /* <required/> inside the server's <starttls> */
};

struct xmpp_tag {
    enum xmpp_kind kind;
    bool is_end; /* </name> */
    struct bytes name;
};

/* Whether a stream's first bytes are XMPP: OK, NOT_MINE, or INCOMPLETE when too few to tell. */
enum dissect_status xmpp_recognise(struct bytes stream);

/* Takes the next tag off *stream, which moves past it (and past what stood before it). INCOMPLETE:
 * no whole tag is there. MALFORMED: a tag longer than XMPP_TAG_MAXIMUM. Declarations and comments
 * are passed over. */
enum dissect_status xmpp_tag_next(struct xmpp_tag *tag, struct bytes *stream);

#endif
