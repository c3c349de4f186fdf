/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_REPORT_JSON_TLS_H
#define TURNSCOPE_UI_REPORT_JSON_TLS_H

#include "analyzer/track/handshakes.h"

#include <jansson.h>

/* The section "tls" of the diagnosis document: handshakes of TLS, DTLS and QUIC with certificates.
 */
json_t *value_tls(const struct handshakes *handshakes);

#endif
