/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_DISSECTORS_HTTP_NAMES_H
#define TURNSCOPE_DISSECTORS_HTTP_NAMES_H

#include <stdint.h>

/* The reason phrase of the IANA registry "HTTP Status Codes" ("Bad Request"), for HTTP/2 has none
 * of its own; NULL for a number that it does not have. */
const char *http_status_name(uint16_t status);

#endif
