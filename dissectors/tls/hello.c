/* SPDX-License-Identifier: MIT */
/* What ClientHello and ServerHello share. */
#include "dissectors/tls/hello.h"

bool tls_list_u16(struct bytes list, size_t index, uint16_t *value)
{
    if (index >= list.length / 2)
        return false;
    struct cursor c = cursor_of(bytes_from(list, 2 * index));
    *value = cursor_u16(&c);
    return true;
}

bool tls_alpn_next(struct cursor *list, struct bytes *name)
{
    if (cursor_left(list) == 0)
        return false;
    *name = cursor_take(list, cursor_u8(list));
    return !list->failed;
}

bool tls_extension_next(struct cursor *extensions, uint16_t *type, struct bytes *data)
{
    if (cursor_left(extensions) == 0)
        return false;
    *type = cursor_u16(extensions);
    *data = cursor_take(extensions, cursor_u16(extensions));
    return !extensions->failed;
}
