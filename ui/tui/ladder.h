/* SPDX-License-Identifier: MIT */
/* The rows of a ladder: messages of one client, who they are between, what became of them. */
#ifndef TURNSCOPE_UI_TUI_LADDER_H
#define TURNSCOPE_UI_TUI_LADDER_H

#include "ui/tui/dashboard.h"
#include "ui/tui/list.h"
#include "ui/tui/spanning.h"
#include "ui/tui/summary.h"

enum lifeline {
    LIFELINE_CLIENT,
    LIFELINE_DNS,
    LIFELINE_SERVER, /* web: TLS, HTTP */
    LIFELINE_RELAY,  /* STUN and TURN */
    LIFELINE_PEER,
    LIFELINES
};

enum {
    LADDER_ROWS = 4096,
    LADDER_FILTER = 128,
};

#define LADDER_NO_ROW UINT32_MAX

struct ladder_row {
    struct summary summary;
    uint64_t last_frame; /* in which the message ends */
    size_t skip;         /* bytes of its segment that belong to the message before */
    uint32_t sequence;   /* of its segment */
    uint8_t from, to;    /* enum lifeline; of a silence both are the client */
    bool is_silence;     /* nothing was said for `silence` */
    bool is_unanswered;  /* a request that nobody answered although there was time to */
    uint16_t again;      /* 1 for the first retransmission, ... */
    uint32_t partner;    /* row of the request that this answers, or of the answer; LADDER_NO_ROW */
    uint32_t earlier;    /* row of the transmission before; LADDER_NO_ROW */
    enum look look;
    int64_t silence; /* nanoseconds */
};

struct ladder {
    const struct packets *packets; /* that it is made from; NULL: not chosen yet */
    struct ladder_scope scope;
    bool extended;           /* all that the client did, with what does not signal */
    uint64_t first_sequence; /* packets stored before are left out */
    bool cut;                /* there are more rows than fit */
    size_t count;
    struct {
        struct transport_address address; /* the first one seen */
        size_t others;                    /* further addresses */
        bool seen;
    } lifelines[LIFELINES];
    char filter[LADDER_FILTER];
    struct spanning spanning; /* of the packet that is looked at */
    struct spanning_streams streams;
    struct ladder_row rows[LADDER_ROWS];
};

/* Builds the rows from its packets. */
void ladder_build(struct ladder *ladder, const struct dashboard *dashboard);

/* Between the files of the ladder: joins requests with their answers and retransmissions, and marks
 * those that nobody had answered at `end` (nanoseconds since the epoch). */
void ladder_pair(struct ladder *ladder, int64_t end);

/* The row, when there is a message in it; NULL when not, or when the rows end before. */
const struct ladder_row *ladder_message(const struct ladder *ladder, size_t row);

/* Whether a packet belongs to the ladder's scope. */
bool ladder_has_packet(const struct ladder *ladder, const struct stored_packet *stored);

/* Draws `list`'s part of the rows, with the lifelines' names above. `marked`: row of the message
 * that was selected for comparison; SIZE_MAX: none. */
void ladder_draw(const struct ladder *ladder, struct list *list, size_t marked,
                 struct dashboard *dashboard, struct area area);

/* The rows below, about the message in row `selected` if there is one, and about the scope. */
void ladder_draw_details(const struct ladder *ladder, size_t selected, struct dashboard *dashboard,
                         struct area area);

/* For a ladder that nobody has chosen: the attempt of the verdict, else whoever is seen first; as
 * it was when nothing has been seen. */
void ladder_scope_choose(struct ladder_scope *scope, const struct dashboard *dashboard);

/* NULL: it is about no attempt, or about one that is not kept any more. */
const struct attempt *ladder_scope_attempt(const struct ladder_scope *scope,
                                           const struct dashboard *dashboard);

/* "Client", "DNS", ... */
const char *lifeline_name(enum lifeline lifeline);

#endif
