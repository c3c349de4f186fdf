/* SPDX-License-Identifier: MIT */
/* The files that are read: none of them may be written over. */
#ifndef TURNSCOPE_UI_CLI_INPUTS_H
#define TURNSCOPE_UI_CLI_INPUTS_H

#include "ui/cli/session.h"

/* Refuses -o and -w to name a regular file, by whatever name, that this run reads: a capture
 * (standard input among them), the profile, a file of secrets that an option or the profile names,
 * the event log. After the profile was loaded, before either is opened. 0; or EXIT_TROUBLE, said.
 */
int inputs_spare(struct session *session);

#endif
