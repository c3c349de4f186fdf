/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/catalogue.h"

#include <string.h>

static const struct catalogue_family *const families[] = {
    &catalogue_turn, &catalogue_turn_errors, &catalogue_turn_relay, &catalogue_media,
    &catalogue_stun, &catalogue_dns,         &catalogue_tcp,        &catalogue_certificate,
    &catalogue_tls,  &catalogue_capture,
};

enum { FAMILIES = sizeof families / sizeof families[0] };

const struct catalogue_row *catalogue_row(enum finding_code code)
{
    for (size_t f = 0; f < FAMILIES; f++)
        for (size_t i = 0; i < families[f]->count; i++)
            if (families[f]->rows[i].code == code)
                return &families[f]->rows[i];
    return NULL;
}

const struct catalogue_row *catalogue_find(const char *name)
{
    for (size_t f = 0; f < FAMILIES; f++)
        for (size_t i = 0; i < families[f]->count; i++)
            if (strcmp(families[f]->rows[i].name, name) == 0)
                return &families[f]->rows[i];
    return NULL;
}

size_t catalogue_sorted(const struct catalogue_row *rows[FINDING_CODES])
{
    size_t count = 0;
    for (int code = FINDING_NONE + 1; code < FINDING_CODES; code++) {
        const struct catalogue_row *row = catalogue_row((enum finding_code)code);
        size_t place = count;
        if (row == NULL)
            continue;
        for (; place > 0 && strcmp(rows[place - 1]->name, row->name) > 0; place--)
            rows[place] = rows[place - 1];
        rows[place] = row;
        count++;
    }
    return count;
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"info", "warning", "error"};
    return names[severity];
}

const char *certainty_name(enum certainty certainty)
{
    static const char *const names[] = {"hint", "strong", "definite"};
    return names[certainty];
}

static const struct {
    const char *name;
    const char *title;
} cases[CASES] = {
    [CASE_NONE] = {NULL, NULL},
    [CASE_JOIN_CALL_MISSING] = {"join-call-missing", "The Join call button is missing"},
    [CASE_BAD_REQUEST] = {"bad-request", "The WebRTC page says Bad Request"},
    [CASE_NOT_SECURE] = {"not-secure", "The browser shows Not secure"},
    [CASE_CONNECT_TIMEOUT] = {"connect-timeout", "The client connects, then times out and drops"},
    [CASE_MEDIA_STUCK] = {"media-stuck", "The client is stuck on loading media"},
    [CASE_PREREQUISITES] = {"prerequisites", "Ports, DNS records, certificates and addresses"},
};

const char *case_name(enum case_id case_id)
{
    return cases[case_id].name;
}

const char *case_title(enum case_id case_id)
{
    return cases[case_id].title;
}
