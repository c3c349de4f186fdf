/* SPDX-License-Identifier: MIT */
/* Names of the IANA TLS registries: "TLS Parameters" and "TLS ExtensionType Values". */
#ifndef TURNSCOPE_DISSECTORS_TLS_NAMES_H
#define TURNSCOPE_DISSECTORS_TLS_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Each returns NULL for a number that its table does not have: print the number then. */

/* "TLS 1.2", "DTLS 1.2", "SSL 3.0", "TLS 1.3 draft 28". */
const char *tls_version_name(uint16_t version);

/* "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256". */
const char *tls_cipher_suite_name(uint16_t cipher_suite);

/* "x25519", "secp256r1", "X25519MLKEM768". */
const char *tls_group_name(uint16_t group);

/* The name the RFCs use: "unknown_ca". */
const char *tls_alert_name(uint8_t description);

/* "warning" or "fatal". */
const char *tls_alert_level_name(uint8_t level);

/* "ClientHello", "Certificate". */
const char *tls_handshake_type_name(uint8_t type);

/* "server_name", "key_share". */
const char *tls_extension_name(uint16_t extension);

/* Values that clients mix into their lists to keep servers tolerant; they mean nothing
 * (RFC 8701). */
static inline bool tls_is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

#endif
