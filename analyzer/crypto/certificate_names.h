/* SPDX-License-Identifier: MIT */
/* How alternative names are stored in struct certificate_facts; for analyzer/crypto/ alone. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_CERTIFICATE_NAMES_H
#define TURNSCOPE_ANALYZER_CRYPTO_CERTIFICATE_NAMES_H

#include "analyzer/crypto/certificate.h"

enum certificate_san_kind { CERTIFICATE_SAN_DNS = 2, CERTIFICATE_SAN_ADDRESS = 7 };

/* Counts the name, and keeps it when there is room. An address has 4 or 16 octets. */
void certificate_add_san(struct certificate_facts *facts, uint8_t kind, struct bytes value);

#endif
