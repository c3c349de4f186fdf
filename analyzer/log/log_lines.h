/* SPDX-License-Identifier: MIT */
/* The lines of the CMS event log that tell of failures, until the capture has ended: only then is
 * it known what time they have to fit. */
#ifndef TURNSCOPE_ANALYZER_LOG_LOG_LINES_H
#define TURNSCOPE_ANALYZER_LOG_LOG_LINES_H

#include "analyzer/event.h"
#include "analyzer/flow/table.h"
#include "analyzer/log/cms_log.h"

struct log_lines {
    struct table failures;        /* of struct cms_log_entry */
    struct table setups;          /* the latest CMS_LOG_SESSION_SETUP of each call */
    uint64_t lines;               /* read, of any kind */
    uint16_t input;               /* what evidence names as its input */
    uint64_t seen[CMS_LOG_KINDS]; /* lines of each kind */
    int64_t last_guest;           /* the latest CMS_LOG_GUEST_LOGIN, as the log has it; 0: none */
    int64_t shift;                /* from the log's clock to packet time, nanoseconds */
    bool shift_given;             /* by the user; else it is estimated */
    uint64_t next;                /* of log_lines_tell: the line after the last one told */
};

/* 0, or -1 when memory is short. */
int log_lines_init(struct log_lines *lines);
void log_lines_free(struct log_lines *lines);

/* States the shift instead of letting it be estimated. */
void log_lines_set_shift(struct log_lines *lines, int64_t shift);

/* Keeps a copy of a failure or of the set-up of a call; other kinds are only counted. When more
 * than LIMIT_LOG_LINES of one are kept, the oldest goes. */
void log_lines_add(struct log_lines *lines, const struct cms_log_entry *entry);

/* Estimates the shift, unless it was given: a log in another time zone than UTC is moved by whole
 * quarters of an hour (the zones' unit) so that as many of its failures as possible lie within the
 * capture; not at all when none then does. Call once, before log_lines_tell. */
void log_lines_fit(struct log_lines *lines, int64_t first, int64_t last);

/* EVENT_LOG_LINE for each failure, in the order of the log. Fills the queue at most; true when it
 * must be called again after the queue was emptied. */
bool log_lines_tell(struct log_lines *lines, struct event_queue *events);

/* Whether guests came in over a web bridge link after this time, which is packet time. */
bool log_lines_guests_after(const struct log_lines *lines, int64_t time);

/* The set-up of the call that this failure ended, or NULL. */
const struct cms_log_entry *log_lines_setup(const struct log_lines *lines,
                                            const struct cms_log_entry *failure);

/* Evidence of a line. */
struct evidence log_line_evidence(const struct log_lines *lines, const struct cms_log_entry *entry);

#endif
