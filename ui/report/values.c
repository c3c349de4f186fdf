/* SPDX-License-Identifier: MIT */
#include "ui/report/values.h"

#include "dissectors/packet/packet.h"
#include "ui/report/escape.h"
#include "ui/report/report.h"

void value_put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

void value_put_count(json_t *object, const char *key, uint64_t count)
{
    value_put(object, key, json_integer((json_int_t)count));
}

json_t *value_text(const char *text)
{
    char escaped[ESCAPED_TEXT];
    if (text[0] == '\0')
        return json_null();
    return json_string(escape_text(text, escaped, sizeof escaped));
}

json_t *value_time(int64_t time)
{
    char text[TIME_TEXT];
    return time == 0 ? json_null() : json_string(report_time(time, text));
}

json_t *value_address(const struct transport_address *address)
{
    char text[TRANSPORT_ADDRESS_TEXT];
    if (address->ip.family == 0)
        return json_null();
    if (address->port == 0)
        return value_ip(&address->ip);
    return json_string(transport_address_text(address, text));
}

json_t *value_ip(const struct ip_address *address)
{
    char text[IP_ADDRESS_TEXT];
    return address->family == 0 ? json_null() : json_string(ip_address_text(address, text));
}

json_t *value_milliseconds(int64_t duration)
{
    int64_t microseconds = duration / MICROSECONDS;
    return json_real((double)microseconds / 1000.0);
}

json_t *value_constant(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

json_t *value_transport(uint8_t protocol, bool inside_tls)
{
    if (protocol == IP_PROTOCOL_UDP)
        return json_string(inside_tls ? "dtls" : "udp");
    if (protocol == IP_PROTOCOL_TCP)
        return json_string(inside_tls ? "tls" : "tcp");
    return json_null();
}
