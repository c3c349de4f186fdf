/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/prepare.h"

#include <openssl/crypto.h>

void crypto_prepare(void)
{
    (void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS |
                                  OPENSSL_INIT_ADD_ALL_DIGESTS,
                              NULL);
}
