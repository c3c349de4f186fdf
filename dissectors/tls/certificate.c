/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/certificate.h"

#include "dissectors/tls/record.h"

enum dissect_status tls_certificate_decode(struct tls_certificate *certificate,
                                           const struct tls_handshake *message, uint16_t version)
{
    struct cursor c = cursor_of(message->body);
    *certificate = (struct tls_certificate){0};
    if (tls_version_is_1_3(version))
        cursor_skip(&c, cursor_u8(&c)); /* certificate_request_context */
    struct cursor list = tls_vector(&c, cursor_u24(&c));
    while (cursor_left(&list) > 0) {
        struct bytes der = cursor_take(&list, cursor_u24(&list));
        if (tls_version_is_1_3(version))
            cursor_skip(&list, cursor_u16(&list));
        if (der.length == 0)
            continue;
        certificate->count++;
        if (certificate->kept < TLS_CERTIFICATES_KEPT)
            certificate->chain[certificate->kept++] = der;
    }
    return tls_body_status(message, c.failed || list.failed);
}
