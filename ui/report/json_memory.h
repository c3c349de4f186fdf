/* SPDX-License-Identifier: MIT */
/* The memory of JSON documents. jansson leaves out what it finds no memory for; this knows that it
 * did, so that nobody takes a part for the whole. */
#ifndef TURNSCOPE_UI_REPORT_JSON_MEMORY_H
#define TURNSCOPE_UI_REPORT_JSON_MEMORY_H

#include <stdbool.h>

/* Call before a document is made. */
void json_memory_begin(void);

/* Whether there was memory for all of it. */
bool json_memory_sufficed(void);

#endif
