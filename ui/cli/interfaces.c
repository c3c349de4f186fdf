/* SPDX-License-Identifier: MIT */
#include "ui/cli/interfaces.h"

#include "analyzer/capture/interfaces.h"
#include "ui/cli/run.h"
#include "ui/cli/session.h"
#include "ui/report/escape.h"

static const char *state_of(const struct capture_interface *interface)
{
    if (!interface->up)
        return "down";
    return interface->running ? "up" : "up, no link";
}

static void print_interface(void *context, const struct capture_interface *interface)
{
    char escaped[ESCAPED_TEXT], address[IP_ADDRESS_TEXT];
    (void)context;
    printf("%-18s %-12s", escape_text(interface->name, escaped, sizeof escaped),
           state_of(interface));
    for (size_t i = 0; i < interface->address_count; i++)
        printf(" %s", ip_address_text(&interface->addresses[i], address));
    if (interface->description[0] != '\0')
        printf(" (%s)", escape_text(interface->description, escaped, sizeof escaped));
    putchar('\n');
}

int list_interfaces(void)
{
    char error[CAPTURE_ERROR_TEXT];
    if (capture_list_interfaces(print_interface, NULL, error) == 0)
        return EXIT_NOTHING_FOUND;
    return trouble(error);
}
