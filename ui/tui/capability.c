/* SPDX-License-Identifier: MIT */
#include "ui/tui/capability.h"

#include <curses.h>
#include <stddef.h>
/* Behind curses, whose types it uses. Its macros are why this is a file of its own. */
#include <term.h>

/* Rows and columns are of no use where the cursor cannot be put: in an editor's shell, in a log. */
static bool places_cursor(void)
{
    const char *sequence = tigetstr("cup");
    return sequence != NULL && (ptrdiff_t)sequence != -1;
}

const char *capability_problem(int descriptor)
{
    int known;
    if (setupterm(NULL, descriptor, &known) != OK)
        return "this terminal is unknown: set TERM, for instance to xterm";
    bool able = places_cursor();
    del_curterm(cur_term);
    return able ? NULL
                : "this terminal cannot place its cursor: read the report without -t, or "
                  "set TERM to what it is, for instance to xterm";
}
