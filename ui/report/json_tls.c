/* SPDX-License-Identifier: MIT */
#include "ui/report/json_tls.h"

#include "analyzer/text.h"
#include "dissectors/tls/names.h"
#include "ui/report/values.h"

static json_t *names_value(const struct certificate_facts *facts)
{
    struct certificate_san san;
    json_t *list = json_array();
    for (size_t i = 0; certificate_san(facts, i, &san); i++) {
        char text[256];
        text_copy(text, sizeof text, san.name);
        (void)json_array_append_new(list,
                                    san.is_address ? value_ip(&san.address) : value_text(text));
    }
    return list;
}

static json_t *fingerprint_value(const struct certificate_facts *facts)
{
    char text[2 * CERTIFICATE_FINGERPRINT + 1];
    for (size_t i = 0; i < CERTIFICATE_FINGERPRINT; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", facts->fingerprint[i]);
    return json_string(text);
}

static json_t *certificate_value(const struct certificate_facts *facts)
{
    json_t *value = json_object();
    value_put(value, "subject", value_text(facts->subject));
    value_put(value, "issuer", value_text(facts->issuer));
    value_put(value, "serial", value_text(facts->serial));
    value_put(value, "fingerprint_sha256", fingerprint_value(facts));
    value_put(value, "sans", names_value(facts));
    value_put(value, "not_before", value_time(facts->not_before));
    value_put(value, "not_after", value_time(facts->not_after));
    value_put(value, "key", value_text(facts->key));
    value_put(value, "signature", value_text(facts->signature));
    value_put(value, "self_signed", json_boolean(facts->is_self_signed));
    return value;
}

static json_t *certificates_value(const struct certificate_chain *chain)
{
    json_t *list = json_array();
    for (size_t i = 0; chain != NULL && i < chain->kept; i++)
        (void)json_array_append_new(list, certificate_value(&chain->certificates[i]));
    return list;
}

/* Of an alert that is encrypted only its being there is known. */
static json_t *alert_value(const struct handshake_alert *alert)
{
    if (!alert->seen)
        return json_null();
    json_t *value = json_object();
    value_put(value, "from", json_string(alert->from == HANDSHAKE_CLIENT ? "client" : "server"));
    value_put(value, "level",
              alert->inferred ? json_null() : value_constant(tls_alert_level_name(alert->level)));
    value_put(value, "description",
              alert->inferred ? json_null() : value_constant(tls_alert_name(alert->description)));
    return value;
}

static json_t *alpn_value(const struct handshake *handshake)
{
    json_t *list = json_array();
    for (size_t i = 0; i < handshake->alpn_count && i < LIMIT_ALPN_NAMES; i++)
        (void)json_array_append_new(list, value_text(handshake->alpn[i]));
    return list;
}

static json_t *quic_side_value(const struct handshake_quic_side *side)
{
    json_t *value = json_object();
    value_put_count(value, "packets", side->packets);
    value_put(value, "highest_number",
              side->packets > 0 ? json_integer((json_int_t)side->highest) : json_null());
    value_put_count(value, "key_updates", side->key_updates);
    return value;
}

/* The 1-RTT packets of QUIC that a key log opened; null when there are none. */
static json_t *quic_value(const struct handshake *handshake)
{
    const struct handshake_quic_side *sides = handshake->quic;
    if (sides[HANDSHAKE_CLIENT].packets + sides[HANDSHAKE_SERVER].packets == 0)
        return json_null();
    json_t *value = json_object();
    value_put(value, "client", quic_side_value(&sides[HANDSHAKE_CLIENT]));
    value_put(value, "server", quic_side_value(&sides[HANDSHAKE_SERVER]));
    return value;
}

static json_t *handshake_value(const struct handshakes *handshakes,
                               const struct handshake *handshake)
{
    static const char *const protocols[] = {"tls", "dtls", "quic"};
    json_t *value = json_object();
    bool agreed = handshake->server_hello_seen;
    value_put(value, "client", value_address(&handshake->client));
    value_put(value, "server", value_address(&handshake->server));
    value_put(value, "protocol", json_string(protocols[handshake->protocol]));
    value_put(value, "sni", value_text(handshake->server_name));
    value_put(value, "alpn", alpn_value(handshake));
    value_put(value, "alpn_selected", value_text(handshake->alpn_selected));
    value_put(value, "version",
              agreed ? value_constant(tls_version_name(handshake->version)) : json_null());
    value_put(value, "cipher",
              agreed ? value_constant(tls_cipher_suite_name(handshake->cipher_suite))
                     : json_null());
    value_put(value, "state", json_string(handshake_state_name(handshake)));
    value_put(value, "alert", alert_value(&handshake->alert));
    value_put(value, "certificates", certificates_value(handshakes_chain(handshakes, handshake)));
    value_put(value, "certificate_visible", json_boolean(handshake->certificate_visible));
    value_put(value, "quic", quic_value(handshake));
    return value;
}

json_t *value_tls(const struct handshakes *handshakes)
{
    json_t *list = json_array();
    json_t *value = json_object();
    const struct handshake *handshake = NULL;
    size_t omitted = value_omitted(handshakes->table.used, LIMIT_REPORTED_HANDSHAKES), i = 0;
    while ((handshake = handshakes_next(handshakes, handshake)) != NULL)
        if (i++ >= omitted)
            (void)json_array_append_new(list, handshake_value(handshakes, handshake));
    value_put(value, "handshakes", list);
    if (omitted > 0)
        value_put_count(value, "omitted", omitted);
    return value;
}
