/* SPDX-License-Identifier: MIT */
/* What can be captured from on this machine. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_INTERFACES_H
#define TURNSCOPE_ANALYZER_CAPTURE_INTERFACES_H

#include "analyzer/capture/capture.h"
#include "dissectors/address.h"

enum { INTERFACE_ADDRESSES = 16 };

struct capture_interface {
    const char *name;
    const char *description; /* "" when the system has none */
    bool up;
    bool running; /* there is a link */
    struct ip_address addresses[INTERFACE_ADDRESSES];
    size_t address_count;
};

/* Calls `each` for every interface, the most likely ones first; what it is given lives no longer
 * than the call. 0; or -1 with `error` filled in. */
int capture_list_interfaces(void (*each)(void *context, const struct capture_interface *interface),
                            void *context, char error[CAPTURE_ERROR_TEXT]);

#endif
