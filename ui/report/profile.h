/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_REPORT_PROFILE_H
#define TURNSCOPE_UI_REPORT_PROFILE_H

#include "ui/report/report.h"

/* Instead of a report: a site profile filled in with what the capture shows (--suggest-profile). */
extern const struct report_format report_format_profile;

#endif
