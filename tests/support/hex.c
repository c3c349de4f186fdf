/* SPDX-License-Identifier: MIT */
#include "tests/support/hex.h"

#include <stdlib.h>

struct bytes from_hex(const char *hex, uint8_t *buffer, size_t size)
{
    size_t digits = 0;
    for (; *hex != '\0' && digits < 2 * size; hex++) {
        int value = hex_digit((uint8_t)*hex);
        if (value < 0)
            continue;
        if (digits % 2 == 0)
            buffer[digits / 2] = (uint8_t)(value << 4);
        else
            buffer[digits / 2] = (uint8_t)(buffer[digits / 2] | value);
        digits++;
    }
    return bytes_of(buffer, digits / 2);
}

struct bytes exact_copy(struct bytes bytes)
{
    uint8_t *copy = malloc(bytes.length > 0 ? bytes.length : 1);
    if (copy != NULL && bytes.length > 0)
        memcpy(copy, bytes.data, bytes.length);
    return bytes_of(copy, bytes.length);
}
