/* SPDX-License-Identifier: MIT */
/* Landlock: landlock(7). A ruleset without a rule: nothing of what it handles is allowed. */
#include "ui/cli/sandbox_linux.h"

#ifdef __linux__

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers are the same on all processors; headers are often older than the kernel. */
enum {
    CREATE_RULESET = 444,
    RESTRICT_SELF = 446,
    ASK_VERSION = 1,
};

struct ruleset {
    uint64_t files;   /* LANDLOCK_ACCESS_FS_... */
    uint64_t network; /* LANDLOCK_ACCESS_NET_..., from version 4 */
    uint64_t scope;   /* LANDLOCK_SCOPE_..., from version 6 */
};

/* What each version brought, as sets of bits. */
static const struct {
    int version;
    struct ruleset adds;
} history[] = {
    {1, {.files = 0x1fff}}, /* execute, write, read, list, remove, make each kind */
    {2, {.files = 0x2000}}, /* move between folders */
    {3, {.files = 0x4000}}, /* truncate */
    {4, {.network = 0x3}},  /* bind and connect TCP */
    {5, {.files = 0x8000}}, /* ioctl on devices */
    {6, {.scope = 0x3}},    /* abstract sockets of, and signals to, others */
};

static size_t ruleset_size(int version)
{
    if (version >= 6)
        return sizeof(struct ruleset);
    return version >= 4 ? offsetof(struct ruleset, scope) : offsetof(struct ruleset, network);
}

static int make_ruleset(int version)
{
    struct ruleset ruleset = {0};
    for (size_t i = 0; i < sizeof history / sizeof history[0]; i++) {
        if (version < history[i].version)
            break;
        ruleset.files |= history[i].adds.files;
        ruleset.network |= history[i].adds.network;
        ruleset.scope |= history[i].adds.scope;
    }
    return (int)syscall(CREATE_RULESET, &ruleset, ruleset_size(version), 0);
}

int landlock_enter(void)
{
    int version = (int)syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (version <= 0) /* not in this kernel, or turned off */
        return 0;
    int ruleset = make_ruleset(version);
    if (ruleset < 0)
        return -1;
    int status = (int)syscall(RESTRICT_SELF, ruleset, 0);
    int error = errno;
    (void)close(ruleset);
    errno = error;
    return status == 0 ? version : -1;
}

#endif
