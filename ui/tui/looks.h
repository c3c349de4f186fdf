/* SPDX-License-Identifier: MIT */
/* How what the diagnosis says is shown, wherever it is. */
#ifndef TURNSCOPE_UI_TUI_LOOKS_H
#define TURNSCOPE_UI_TUI_LOOKS_H

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/track/attempts.h"
#include "ui/tui/theme.h"

enum look severity_look(enum severity severity);

/* Of a moment of an attempt: what failed and what worked stand out. */
enum look moment_look(const struct moment *moment);

#endif
