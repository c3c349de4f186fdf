/* SPDX-License-Identifier: MIT */
#include "dissectors/names.h"

#include "dissectors/stun/attributes.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct id_name methods[] = {
    {STUN_BINDING, "Binding"},
    {STUN_SHARED_SECRET, "SharedSecret"},
    {STUN_ALLOCATE, "Allocate"},
    {STUN_REFRESH, "Refresh"},
    {STUN_SEND, "Send"},
    {STUN_DATA, "Data"},
    {STUN_CREATE_PERMISSION, "CreatePermission"},
    {STUN_CHANNEL_BIND, "ChannelBind"},
    {STUN_CONNECT, "Connect"},
    {STUN_CONNECTION_BIND, "ConnectionBind"},
    {STUN_CONNECTION_ATTEMPT, "ConnectionAttempt"},
    {STUN_GOOG_PING, "GOOG-PING"},
    {STUN_MS_SET_ACTIVE_DESTINATION, "SetActiveDestination"},
};

/* RFC 8489 section 14.8, RFC 8656 section 19, RFC 6062 section 6.3, RFC 8445 section 16.2, RFC 8016
 * section 3.1. 430-433 and 600 are RFC 3489's, 434-436 of the drafts that became RFC 5389. */
static const struct id_name errors[] = {
    {300, "Try Alternate"},
    {400, "Bad Request"},
    {401, "Unauthenticated"},
    {403, "Forbidden"},
    {405, "Mobility Forbidden"},
    {420, "Unknown Attribute"},
    {430, "Stale Credentials"},
    {431, "Integrity Check Failure"},
    {432, "Missing Username"},
    {433, "Use TLS"},
    {434, "Missing Realm"},
    {435, "Missing Nonce"},
    {436, "Unknown Username"},
    {437, "Allocation Mismatch"},
    {438, "Stale Nonce"},
    {439, "Wrong Credentials"}, /* drafts of RFC 5766; 441 since */
    {440, "Address Family not Supported"},
    {441, "Wrong Credentials"},
    {442, "Unsupported Transport Protocol"},
    {443, "Peer Address Family Mismatch"},
    {446, "Connection Already Exists"},
    {447, "Connection Timeout or Failure"},
    {481, "Connection Does Not Exist"}, /* drafts of RFC 5780 */
    {486, "Allocation Quota Reached"},
    {487, "Role Conflict"},
    {500, "Server Error"},
    {503, "Service Unavailable"},             /* drafts of RFC 5780 */
    {507, "Insufficient Bandwidth Capacity"}, /* drafts of RFC 5766 */
    {508, "Insufficient Capacity"},
    {600, "Global Failure"},
};

const char *stun_method_name(uint16_t method)
{
    return id_name(methods, COUNT(methods), method);
}

const char *stun_class_name(enum stun_class class)
{
    static const char *const names[] = {"Request", "Indication", "Success Response",
                                        "Error Response"};
    return names[class & 3];
}

const char *stun_attribute_name_in(enum stun_dialect dialect, uint16_t type)
{
    const struct stun_attribute_row *row = stun_attribute_row(dialect, type);
    return row != NULL ? row->name : NULL;
}

const char *stun_attribute_name(uint16_t type)
{
    return stun_attribute_name_in(STUN_DIALECT_RFC8489, type);
}

const char *stun_error_name(unsigned code)
{
    return id_name(errors, COUNT(errors), code);
}
