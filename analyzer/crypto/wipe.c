/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/wipe.h"

#include <openssl/crypto.h>

void wipe(void *secret, size_t size)
{
    OPENSSL_cleanse(secret, size);
}
