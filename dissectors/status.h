/* SPDX-License-Identifier: MIT */
/* What a decoder says about the bytes it was given.
 *
 * The five answers are kept apart on purpose: a diagnostic tool that merges them blames the network
 * for its own short snaplen. */
#ifndef TURNSCOPE_DISSECTORS_STATUS_H
#define TURNSCOPE_DISSECTORS_STATUS_H

enum dissect_status {
    DISSECT_OK,
    DISSECT_NOT_MINE,   /* another protocol */
    DISSECT_INCOMPLETE, /* a stream: more bytes are needed */
    DISSECT_CUT_SHORT,  /* the snaplen cut the packet; what was decoded is valid */
    DISSECT_MALFORMED,  /* the sender is wrong */
};

#endif
