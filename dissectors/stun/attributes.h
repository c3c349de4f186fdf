/* SPDX-License-Identifier: MIT */
/* The table of STUN attributes: one row says an attribute's name, shape and size. */
#ifndef TURNSCOPE_DISSECTORS_STUN_ATTRIBUTES_H
#define TURNSCOPE_DISSECTORS_STUN_ATTRIBUTES_H

#include "dissectors/stun/message.h"

enum stun_shape {
    STUN_SHAPE_OPAQUE,
    STUN_SHAPE_TEXT,
    STUN_SHAPE_EMPTY, /* its presence is the message */
    STUN_SHAPE_NUMBER,
    STUN_SHAPE_ADDRESS,
    STUN_SHAPE_XOR_ADDRESS,
    STUN_SHAPE_ERROR_CODE,
    STUN_SHAPE_TYPE_LIST, /* 16-bit attribute types */
    STUN_SHAPE_DIGEST,    /* a multiple of 4 bytes */
};

struct stun_attribute_row {
    const char *name;
    uint8_t shape;        /* enum stun_shape */
    uint8_t number_width; /* NUMBER: its bytes at the start of the value; reserved bytes follow */
    uint16_t minimum;     /* bytes of the value */
    uint16_t maximum;
};

/* NULL when the attribute is unknown in this dialect. */
const struct stun_attribute_row *stun_attribute_row(enum stun_dialect dialect, uint16_t type);

/* Whether a value of this length can be what its row says. Without a row any can. */
bool stun_attribute_fits(const struct stun_attribute_row *row, uint16_t length);

/* Whether a whole value has the size and the inner structure that its row asks for. */
bool stun_attribute_is_well_formed(const struct stun_attribute_row *row, struct bytes value);

/* 300-699; 0 when the value is no ERROR-CODE (RFC 8489 section 14.8). */
unsigned stun_error_code_of(struct bytes value);

#endif
