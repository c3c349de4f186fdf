/* SPDX-License-Identifier: MIT */
#include "ui/cli/sandbox.h"

#include "ui/cli/sandbox_linux.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BUILT_WITH_SANITIZERS
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BUILT_WITH_SANITIZERS
#endif

#if defined(__linux__) && !defined(BUILT_WITH_SANITIZERS)

#include <sys/prctl.h>

static int refuse(char *text, const char *what)
{
    snprintf(text, SANDBOX_TEXT,
             "the sandbox (%s) cannot be entered: %s; --no-sandbox goes on without", what,
             strerror(errno));
    return -1;
}

int sandbox_enter(const struct sandbox_needs *needs, char text[SANDBOX_TEXT])
{
    char version[32] = "";
    tzset(); /* the time zone's file is read once, and now */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refuse(text, "no new privileges");
    int landlock = landlock_enter();
    if (landlock < 0)
        return refuse(text, "Landlock");
    int seccomp = seccomp_enter(needs);
    if (seccomp < 0)
        return refuse(text, "seccomp");
    if (landlock > 0)
        snprintf(version, sizeof version, "Landlock %d", landlock);
    snprintf(text, SANDBOX_TEXT, "%s%s%s", seccomp > 0 ? "seccomp" : "",
             seccomp > 0 && landlock > 0 ? ", " : "", version);
    return 0;
}

#else

int sandbox_enter(const struct sandbox_needs *needs, char text[SANDBOX_TEXT])
{
    (void)needs;
    text[0] = '\0';
    return 0;
}

#endif
