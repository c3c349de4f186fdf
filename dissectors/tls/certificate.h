/* SPDX-License-Identifier: MIT */
/* Certificate messages (RFC 5246 7.4.2, RFC 8446 4.4.2). */
#ifndef TURNSCOPE_DISSECTORS_TLS_CERTIFICATE_H
#define TURNSCOPE_DISSECTORS_TLS_CERTIFICATE_H

#include "dissectors/tls/handshake.h"

/* Real chains have two to four certificates. */
enum { TLS_CERTIFICATES_KEPT = 10 };

struct tls_certificate {
    struct bytes chain[TLS_CERTIFICATES_KEPT]; /* DER, the sender's own certificate first */
    uint16_t kept;
    uint32_t count; /* in the message; 0: the sender has no certificate to show */
};

/* `version` decides the layout: that of TLS 1.3 (and DTLS 1.3) has a context and extensions.
 * CUT_SHORT, MALFORMED: `chain` holds those that were whole. */
enum dissect_status tls_certificate_decode(struct tls_certificate *certificate,
                                           const struct tls_handshake *message, uint16_t version);

#endif
