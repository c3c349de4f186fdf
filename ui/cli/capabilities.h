/* SPDX-License-Identifier: MIT */
/* Capabilities of Linux; elsewhere there are none, and these succeed. */
#ifndef TURNSCOPE_UI_CLI_CAPABILITIES_H
#define TURNSCOPE_UI_CLI_CAPABILITIES_H

/* No program started from here on, and no change of user, gives this process or its children
 * capabilities. Before the process stops being root. 0; or -1 with errno set. */
int capabilities_bound(void);

/* Gives up all capabilities of this process and checks that they are gone. 0; or -1 with errno. */
int capabilities_clear(void);

#endif
