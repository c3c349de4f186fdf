/* SPDX-License-Identifier: MIT */
/* Opens the files that packets are kept in, for a process that may not open any.
 *
 * Files of a rotated capture are created hours after privileges were given up and the sandbox was
 * closed, in a folder that the user gone on as may not write to. So a child is split off before
 * that. It keeps the rights that turnscope was started with, sees no packet, and knows two tricks:
 * open the next file of a series that is fixed from the start, or create what the dashboard saves,
 * in the folder turnscope was started in and never over anything; and hand over its descriptor. */
#ifndef TURNSCOPE_UI_CLI_OPENER_H
#define TURNSCOPE_UI_CLI_OPENER_H

#include "ui/cli/privileges.h"

struct opener_series {
    const char *path; /* NULL: there is no series, files are only created by name */
    bool numbered;    /* NAME-00001.EXT, NAME-00002.EXT ...; else the path itself, always */
    unsigned files;   /* after so many, the first one is written anew; 0: never */
    struct privileges_user owner; /* of new files */
};

struct opener {
    int socket; /* -1: not started */
    pid_t process;
};

enum { OPENER_PATH = 4096, OPENER_NAME = 256 };

/* The name of the file with that number, from 0. False when it is too long. */
bool opener_name(const struct opener_series *series, unsigned number, char name[OPENER_PATH]);

/* Splits the child off. 0; or -1 with errno set. */
int opener_start(struct opener *opener, const struct opener_series *series);

/* A descriptor of the next file, open for appending: an empty one, but when the series is a single
 * file, which is emptied the first time only. -1 with errno set: it cannot be opened. */
int opener_next(struct opener *opener);

/* A descriptor of a new file in the folder turnscope was started in. The name must have no slash,
 * not begin with a dot, and end in .txt, .json or .pcapng; -1 with errno EINVAL when it does not,
 * EEXIST when there is such a file. */
int opener_create(struct opener *opener, const char *name);

/* Ends the child and waits for it. Does nothing when it was not started. */
void opener_stop(struct opener *opener);

#endif
