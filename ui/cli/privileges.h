/* SPDX-License-Identifier: MIT */
/* Least privilege: what opening an interface needs is given up before the first packet is read. */
#ifndef TURNSCOPE_UI_CLI_PRIVILEGES_H
#define TURNSCOPE_UI_CLI_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

enum { PRIVILEGES_TEXT = 1024 };

/* The user to go on as. */
struct privileges_user {
    bool wanted; /* false: stay who we are, without capabilities */
    uid_t uid;
    gid_t gid;
};

/* Finds the user. `name` (of -Z) may be NULL: nobody when the process is root, else none. 0; or -1
 * with `error` filled in: there is no such user, or this process may not become it. */
int privileges_find(struct privileges_user *user, const char *name, char error[PRIVILEGES_TEXT]);

/* Who should own what is written: the user of -Z; else who called sudo; else who we are, and then
 * *owner is not wanted. */
void privileges_owner(struct privileges_user *owner, const char *name);

/* Opens the file for writing as open(2) does; a new one belongs to the owner, when that is wanted.
 * With O_EXCL only a new one. -1 with errno set. */
int privileges_create(const char *path, int flags, mode_t mode,
                      const struct privileges_user *owner);

/* Becomes the user and gives up every capability and every way to regain one, in this process and
 * in what it would start; checks that it is so. 0; or -1 with `error` filled in. */
int privileges_drop(const struct privileges_user *user, char error[PRIVILEGES_TEXT]);

/* What to do about a refusal to capture, to be put behind a sentence that says so. */
void privileges_remedy(char text[PRIVILEGES_TEXT]);

#endif
