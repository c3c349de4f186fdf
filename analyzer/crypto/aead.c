/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/aead.h"

#include <limits.h>

bool aead_set_key(EVP_CIPHER_CTX *context, const struct tls_cipher *cipher, const uint8_t *key)
{
    if (!EVP_CIPHER_CTX_reset(context) ||
        !EVP_DecryptInit_ex(context, cipher->cipher(), NULL, NULL, NULL) ||
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, TLS_IV_LENGTH, NULL))
        return false;
    if (cipher->is_ccm &&
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, cipher->tag_length, NULL))
        return false;
    return EVP_DecryptInit_ex(context, NULL, NULL, key, NULL);
}

/* EVP_DecryptUpdate, whose lengths are ints. */
static bool update(EVP_CIPHER_CTX *context, uint8_t *out, struct bytes in)
{
    int written;
    return EVP_DecryptUpdate(context, out, &written, in.data, (int)in.length) == 1;
}

bool aead_open(EVP_CIPHER_CTX *context, const struct tls_cipher *cipher,
               const struct aead_sealed *sealed, uint8_t *out, size_t *length)
{
    uint8_t tag[TLS_BLOCK_LENGTH];
    int last;
    if (sealed->text.length < cipher->tag_length || sealed->text.length > INT_MAX)
        return false;
    struct bytes content = bytes_first(sealed->text, sealed->text.length - cipher->tag_length);
    memcpy(tag, sealed->text.data + content.length, cipher->tag_length);
    *length = content.length;
    if (!EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, cipher->tag_length, tag) ||
        !EVP_DecryptInit_ex(context, NULL, NULL, NULL, sealed->nonce) ||
        (cipher->is_ccm && !update(context, NULL, bytes_of(NULL, content.length))) ||
        !update(context, NULL, sealed->additional) || !update(context, out, content))
        return false;
    /* CCM has checked the tag with its one update. */
    return cipher->is_ccm || EVP_DecryptFinal_ex(context, out + content.length, &last) == 1;
}
