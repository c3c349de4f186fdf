/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_REPORT_JSON_HTTP_H
#define TURNSCOPE_UI_REPORT_JSON_HTTP_H

#include "analyzer/track/exchanges.h"

#include <jansson.h>

/* The section "http" of the diagnosis document: requests and what was answered to them, in the
 * clear or decrypted. What may hold secrets was never kept: see analyzer/track/http_fields.h. */
json_t *value_http(const struct exchanges *exchanges);

#endif
