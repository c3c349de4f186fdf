/* SPDX-License-Identifier: MIT */
#include "ui/cli/privileges.h"

#include "ui/cli/capabilities.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where there is no user database, as in a minimal container. */
enum { NOBODY = 65534 };

static int find_named(struct privileges_user *user, const char *name, char *error)
{
    const struct passwd *entry = getpwnam(name);
    if (entry == NULL) {
        snprintf(error, PRIVILEGES_TEXT, "-Z %.200s: there is no such user", name);
        return -1;
    }
    *user = (struct privileges_user){true, entry->pw_uid, entry->pw_gid};
    if (geteuid() == 0 || entry->pw_uid == geteuid())
        return 0;
    snprintf(error, PRIVILEGES_TEXT, "-Z %.200s: only root can go on as another user", name);
    return -1;
}

int privileges_find(struct privileges_user *user, const char *name, char error[PRIVILEGES_TEXT])
{
    *user = (struct privileges_user){.wanted = false};
    if (name != NULL)
        return find_named(user, name, error);
    if (geteuid() != 0)
        return 0;
    const struct passwd *nobody = getpwnam("nobody");
    *user = (struct privileges_user){true, nobody != NULL ? nobody->pw_uid : NOBODY,
                                     nobody != NULL ? nobody->pw_gid : NOBODY};
    return 0;
}

/* A number from the environment; -1 when there is none. */
static long environment_number(const char *name)
{
    const char *text = getenv(name);
    char *end;
    errno = 0;
    long number = text != NULL ? strtol(text, &end, 10) : -1;
    return text == NULL || errno != 0 || end == text || *end != '\0' ? -1 : number;
}

void privileges_owner(struct privileges_user *owner, const char *name)
{
    char error[PRIVILEGES_TEXT];
    long uid = environment_number("SUDO_UID");
    long gid = environment_number("SUDO_GID");
    *owner = (struct privileges_user){.wanted = false};
    if (geteuid() != 0)
        return;
    if (name != NULL && find_named(owner, name, error) == 0)
        return;
    if (uid > 0 && gid >= 0)
        *owner = (struct privileges_user){true, (uid_t)uid, (gid_t)gid};
}

int privileges_create(const char *path, int flags, mode_t mode, const struct privileges_user *owner)
{
    int descriptor = open(path, flags | O_CREAT | O_EXCL, mode);
    if (descriptor < 0 && errno == EEXIST && !(flags & O_EXCL))
        return open(path, flags);
    if (descriptor < 0 || !owner->wanted || fchown(descriptor, owner->uid, owner->gid) == 0)
        return descriptor;
    (void)close(descriptor);
    return -1;
}

/* All three IDs, so that none is left to go back to. */
static int become(const struct privileges_user *user)
{
    if (setgroups(1, &user->gid) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)
        return -1;
    return getuid() == user->uid && geteuid() == user->uid && getgid() == user->gid &&
                   getegid() == user->gid
               ? 0
               : -1;
}

static int refuse(char *error, const char *what)
{
    snprintf(error, PRIVILEGES_TEXT, "%s: %s; nothing was analysed", what, strerror(errno));
    return -1;
}

int privileges_drop(const struct privileges_user *user, char error[PRIVILEGES_TEXT])
{
    if (capabilities_bound() != 0)
        return refuse(error, "the way back to privileges cannot be closed");
    if (user->wanted && geteuid() == 0 && become(user) != 0)
        return refuse(error, "root cannot be given up");
    if (capabilities_clear() != 0)
        return refuse(error, "capabilities cannot be given up");
    if (user->wanted && user->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0)) {
        snprintf(error, PRIVILEGES_TEXT, "root came back after it was given up");
        return -1;
    }
    return 0;
}

#ifdef __linux__

void privileges_remedy(char text[PRIVILEGES_TEXT])
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    snprintf(text, PRIVILEGES_TEXT,
             "; allow it once: sudo setcap cap_net_raw+ep %.800s (or run it with sudo)",
             length > 0 ? path : "turnscope");
}

#else

void privileges_remedy(char text[PRIVILEGES_TEXT])
{
    snprintf(text, PRIVILEGES_TEXT, "; run it with sudo, or make /dev/bpf* readable for this user");
}

#endif
