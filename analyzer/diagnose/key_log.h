/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_KEY_LOG_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_KEY_LOG_H

#include "analyzer/track/handshakes.h"

/* Why the key log that was given does not show what this connection carries, in whole sentences;
 * NULL when none was given, or it does. */
const char *key_log_problem(const struct handshake *handshake);

#endif
