/* SPDX-License-Identifier: MIT */
/* Where the capture was made: what it can show and what it cannot depends on it. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_VANTAGE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_VANTAGE_H

#include <stdbool.h>

enum vantage_value {
    VANTAGE_UNKNOWN,
    VANTAGE_CLIENT,
    VANTAGE_EXPRESSWAY_E_LAN1,
    VANTAGE_EXPRESSWAY_E_LAN2,
    VANTAGE_EXPRESSWAY_C,
    VANTAGE_CMS,
    VANTAGES
};

enum vantage_basis {
    VANTAGE_BY_GUESS,
    VANTAGE_BY_PROFILE,
    VANTAGE_BY_OPTION,
};

struct vantage {
    enum vantage_value value;
    enum vantage_basis basis;
};

/* "client", "expressway-e-lan1", ... and back; false when there is no such vantage. */
const char *vantage_name(enum vantage_value value);
bool vantage_parse(enum vantage_value *value, const char *name);
const char *vantage_basis_name(enum vantage_basis basis);

struct hosts;
struct profile;
struct allocations;

/* Where the capture was made, told from who takes part in nearly all of its flows: an address of
 * the profile, else a client that asks for allocations. VANTAGE_UNKNOWN when no host stands out.
 * Either of `profile` and `allocations` may be NULL. */
struct vantage vantage_guess(const struct hosts *hosts, const struct profile *profile,
                             const struct allocations *allocations);

#endif
