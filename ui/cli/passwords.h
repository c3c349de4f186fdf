/* SPDX-License-Identifier: MIT */
/* The password file: loaded before the analysis, and looked at again behind it. */
#ifndef TURNSCOPE_UI_CLI_PASSWORDS_H
#define TURNSCOPE_UI_CLI_PASSWORDS_H

#include "ui/cli/session.h"

/* Loads the file that an option or else the profile names, if one does. 0; or EXIT_TROUBLE, said.
 */
int passwords_load(struct session *session);

/* Says that the file has no line for a user whom a server rejects, where that is so: whose password
 * is wrong then stays open, and a misspelt line looks like a right one. */
void passwords_remark(const struct session *session);

#endif
