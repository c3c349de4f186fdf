/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/record.h"

/* Whether the bytes, as far as they go, can begin a record header. */
static bool may_begin_record(struct bytes stream)
{
    if (stream.length >= 1 &&
        (stream.data[0] < TLS_CHANGE_CIPHER_SPEC || stream.data[0] > TLS_HEARTBEAT))
        return false;
    if (stream.length >= 2 && stream.data[1] != 3)
        return false;
    return stream.length < 3 || stream.data[2] <= 4;
}

enum dissect_status tls_record_read(struct tls_record *record, struct bytes stream)
{
    *record = (struct tls_record){0};
    if (!may_begin_record(stream))
        return DISSECT_NOT_MINE;
    struct cursor c = cursor_of(stream);
    uint8_t type = cursor_u8(&c);
    uint16_t version = cursor_u16(&c);
    uint16_t length = cursor_u16(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    record->type = type;
    record->version = version;
    record->length = length;
    if (length > TLS_FRAGMENT_MAXIMUM)
        return DISSECT_MALFORMED;
    record->fragment = bytes_first(cursor_rest(&c), length);
    return record->fragment.length == length ? DISSECT_OK : DISSECT_INCOMPLETE;
}

enum dissect_status tls_alert_decode(struct tls_alert *alert, struct bytes fragment)
{
    struct cursor c = cursor_of(fragment);
    alert->level = cursor_u8(&c);
    alert->description = cursor_u8(&c);
    bool level_known = alert->level == TLS_ALERT_WARNING || alert->level == TLS_ALERT_FATAL;
    if (c.failed || cursor_left(&c) > 0 || !level_known)
        return DISSECT_NOT_MINE;
    return DISSECT_OK;
}
