/* SPDX-License-Identifier: MIT */
#include "dissectors/http/address.h"

/* Where the first byte of `set` stands; the length when there is none. */
static size_t find_any(struct bytes text, const char *set)
{
    size_t i = 0;
    while (i < text.length && (text.data[i] == '\0' || strchr(set, text.data[i]) == NULL))
        i++;
    return i;
}

static struct bytes without_query(struct bytes address)
{
    return bytes_first(address, find_any(address, ";?#"));
}

/* The last "@": a password may have one that should have been escaped. */
struct bytes http_without_user(struct bytes authority)
{
    size_t start = authority.length;
    while (start > 0 && authority.data[start - 1] != '@')
        start--;
    return bytes_from(authority, start);
}

struct http_address http_address_split(struct bytes address)
{
    struct http_address parts = {.path = address};
    size_t colon = find_any(address, ":/?#");
    bool absolute = colon + 3 <= address.length && memcmp(address.data + colon, "://", 3) == 0;
    if (absolute) {
        struct bytes behind = bytes_from(address, colon + 3);
        size_t end = find_any(behind, "/?#");
        parts.scheme = bytes_first(address, colon + 3);
        parts.authority = http_without_user(bytes_first(behind, end));
        parts.path = bytes_from(behind, end);
    } else if (address.length > 0 && address.data[0] != '/') {
        size_t end = find_any(address, "/?#");
        if (find_any(bytes_first(address, end), "@") < end)
            parts.path = http_without_user(bytes_first(address, end));
    }
    parts.path = without_query(parts.path);
    return parts;
}
