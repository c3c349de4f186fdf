/* SPDX-License-Identifier: MIT */
#include "ui/tui/looks.h"

enum look severity_look(enum severity severity)
{
    static const enum look looks[] = {
        [SEVERITY_INFO] = LOOK_QUIET,
        [SEVERITY_WARNING] = LOOK_WARNING,
        [SEVERITY_ERROR] = LOOK_BAD,
    };
    return looks[severity];
}

enum look moment_look(const struct moment *moment)
{
    switch (moment->state) {
    case STEP_FAILED:
        return LOOK_BAD;
    case STEP_WORKED:
        return LOOK_GOOD;
    default:
        return LOOK_PLAIN;
    }
}
