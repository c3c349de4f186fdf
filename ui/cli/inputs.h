/* SPDX-License-Identifier: MIT */
/* The files that are read: none of them may be written over. */
#ifndef TURNSCOPE_UI_CLI_INPUTS_H
#define TURNSCOPE_UI_CLI_INPUTS_H

#include "ui/cli/options.h"

/* Whether `path` is a regular file, by whatever name, that this run reads: a capture (standard
 * input among them), the profile, a file of secrets, the event log. */
bool inputs_have(const struct options *options, const char *path);

#endif
