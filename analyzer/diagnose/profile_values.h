/* SPDX-License-Identifier: MIT */
/* The values of a site profile, from text. Private to the profile. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_VALUES_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_VALUES_H

#include "analyzer/diagnose/profile.h"

/* Parses `value` into `field`, which has the type that the function's name says. NULL; or what the
 * value is not, to follow the word "is". */
typedef const char *profile_parse_value(void *field, const char *value);

profile_parse_value profile_parse_text;      /* char[PROFILE_TEXT] */
profile_parse_value profile_parse_path;      /* char[PROFILE_PATH] */
profile_parse_value profile_parse_host;      /* char[PROFILE_TEXT]: a host name, or that of a URL */
profile_parse_value profile_parse_names;     /* struct profile_names */
profile_parse_value profile_parse_addresses; /* struct profile_addresses */
profile_parse_value profile_parse_networks;  /* struct profile_networks */
profile_parse_value profile_parse_ports;     /* struct profile_ports */
profile_parse_value profile_parse_version;   /* struct product_version */
profile_parse_value profile_parse_answer;    /* enum answer */
profile_parse_value profile_parse_transports;      /* unsigned */
profile_parse_value profile_parse_error_dialect;   /* enum error_dialect */
profile_parse_value profile_parse_relayed_address; /* enum relayed_address */
profile_parse_value profile_parse_turn_probe;      /* enum turn_probe */

#endif
