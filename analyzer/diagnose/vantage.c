/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/vantage.h"

#include <string.h>

static const char *const names[VANTAGES] = {
    [VANTAGE_UNKNOWN] = "unknown",
    [VANTAGE_CLIENT] = "client",
    [VANTAGE_EXPRESSWAY_E_LAN1] = "expressway-e-lan1",
    [VANTAGE_EXPRESSWAY_E_LAN2] = "expressway-e-lan2",
    [VANTAGE_EXPRESSWAY_C] = "expressway-c",
    [VANTAGE_CMS] = "cms",
};

const char *vantage_name(enum vantage_value value)
{
    return names[value];
}

bool vantage_parse(enum vantage_value *value, const char *name)
{
    for (enum vantage_value v = VANTAGE_CLIENT; v < VANTAGES; v++) {
        if (strcmp(names[v], name) == 0) {
            *value = v;
            return true;
        }
    }
    return false;
}

const char *vantage_basis_name(enum vantage_basis basis)
{
    static const char *const basis_names[] = {"guess", "profile", "option"};
    return basis_names[basis];
}
