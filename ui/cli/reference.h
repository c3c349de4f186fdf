/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_CLI_REFERENCE_H
#define TURNSCOPE_UI_CLI_REFERENCE_H

#include "ui/cli/options.h"

/* What the program can say without a capture: help, version, the catalogue of findings, the profile
 * template, the interfaces. For every action but ACTION_ANALYSE. Returns the exit status. */
int run_reference(const struct options *options);

#endif
