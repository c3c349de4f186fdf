/* SPDX-License-Identifier: MIT */
/* The event log of a Cisco Meeting Server: the lines that tell of web bridge links and of calls
 * whose relay failed. It comes as the web interface shows it, as a file downloaded there (the same
 * with tabs), and through syslog:
 *
 *   2017-05-20 19:43:21.805 Warning call 6: ICE failure; relay candidate creation timeout
 *   May 20 19:43:21 user.warning cms host:server: call 6: ICE failure; relay ...
 *
 * Lines of other kinds are passed over. A log may be in any order and hold any bytes. */
#ifndef TURNSCOPE_ANALYZER_LOG_CMS_LOG_H
#define TURNSCOPE_ANALYZER_LOG_CMS_LOG_H

#include "analyzer/limits.h"
#include "dissectors/bytes.h"

#include <stdio.h>

enum cms_log_kind {
    CMS_LOG_WEBBRIDGE_FAILED,      /* the call bridge cannot reach the web bridge `name` */
    CMS_LOG_WEBBRIDGE_UNRESOLVED,  /* the name of web bridge link `number` does not resolve */
    CMS_LOG_WEBBRIDGE_LINK_FAILED, /* web bridge link `number` cannot be established */
    CMS_LOG_GUEST_LOGIN,           /* a guest comes in over web bridge link `number` */
    CMS_LOG_SESSION_SETUP,         /* call `number` sets up its media */
    CMS_LOG_RELAY_TIMEOUT,         /* call `number` got no relay in time */
    CMS_LOG_UNAUTHORIZED,          /* call `number`: the TURN server rejects the credentials */
    CMS_LOG_KINDS
};

enum { CMS_LOG_LINE = 1024 }; /* what is longer is not looked at */

struct cms_log_entry {
    uint64_t line; /* from 1 */
    /* Nanoseconds since the epoch by the log's own clock, which is taken for UTC where the line
     * names no zone; 0: the line has no time. */
    int64_t time;
    enum cms_log_kind kind;
    uint32_t number;             /* of the call or web bridge link; 0: none */
    char name[LIMIT_AUTHORITY];  /* a host name; empty: none */
    char reason[LIMIT_REASON];   /* "connect failure"; empty: none */
    char message[LIMIT_MESSAGE]; /* the line without what stands in front of its message */
};

/* Cuts a text that comes in pieces into lines and hands over those that are recognized. */
struct cms_log {
    /* When the log is from, about (such as the time of the capture): syslog names no year, the one
     * closest to this is taken. Nanoseconds since the epoch. */
    int64_t reference;
    void (*take)(void *context, const struct cms_log_entry *entry);
    void *context;
    uint64_t lines;
    uint64_t recognized;
    uint64_t timed; /* lines that begin with a time, recognized or not */
    size_t length;  /* of the current line, the part that does not fit counted too */
    uint8_t line[CMS_LOG_LINE];
};

/* The next piece of the log; a line that it leaves unfinished waits for the rest. A byte order mark
 * before the first line is passed over. */
void cms_log_read(struct cms_log *log, struct bytes text);
/* The log has ended, perhaps in the midst of a line. */
void cms_log_end(struct cms_log *log);

/* Opens the file, or gives standard input for "-". NULL, and *problem set to a sentence that can
 * follow the name of the file, when it cannot be read. */
FILE *cms_log_open(const char *path, const char **problem);

/* Reads all of it. 0; or -1 and *problem set as above: reading failed, or no line begins with a
 * time. */
int cms_log_read_stream(struct cms_log *log, FILE *file, const char **problem);

/* The message of one line, with what stands in front of it stripped. False: of no kind above. */
bool cms_log_recognize(struct bytes line, struct cms_log_entry *entry);

/* The time at the start of a line, as in struct cms_log_entry. False: there is none. */
bool cms_log_time(struct bytes line, int64_t reference, int64_t *time);

#endif
