/* SPDX-License-Identifier: MIT */
/* One analysis: what it needs, opened by run.c, used by the loops. */
#ifndef TURNSCOPE_UI_CLI_SESSION_H
#define TURNSCOPE_UI_CLI_SESSION_H

#include "analyzer/diagnose/profile.h"
#include "ui/cli/keep.h"
#include "ui/cli/secrets.h"
#include "ui/cli/show.h"

struct session {
    const struct options *options;
    struct profile profile;
    struct credentials credentials;
    bool has_credentials;
    struct secrets secrets;
    struct capture *capture;
    struct engine *engine;
    struct keep keep;
    struct show show;
    FILE *log; /* the CMS event log; NULL: none */
    FILE *out;
    bool color;
    bool announced; /* findings were printed before the report */
    bool trouble;   /* something went wrong on the way, and was said */
    int signals;    /* the descriptor of signals.h; -1: none */
    /* Told of each packet after it was analysed; NULL: nobody. */
    void (*watch)(void *context, const struct captured_packet *packet);
    void *watch_context;
    unsigned long long left; /* packets until --count; 0: it is reached, or there is none */
};

/* One line on standard error: what, where and what to do. Returns EXIT_TROUBLE. */
int trouble(const char *message);

/* Says what keeping packets ended with, for a status other than 0 of a function of keep.h. */
void session_check_keep(struct session *session, int status);

/* The next packet is kept and analysed. False: there is none now, or no more are wanted. */
bool session_packet(struct session *session);

/* No more packets will come: the event log, if there is one, is read, and the engine concludes. */
void session_end(struct session *session);

/* What a report is made from, but for the verdict. */
struct report session_report(const struct session *session);

/* Writes the report of the present state, unless -q. */
void session_write_report(struct session *session);

#endif
