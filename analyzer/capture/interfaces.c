/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/interfaces.h"

#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Other families than IP (link layer) are left out. */
static bool read_address(struct ip_address *address, const struct sockaddr *socket_address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (socket_address == NULL)
        return false;
    if (socket_address->sa_family == AF_INET) {
        memcpy(&v4, socket_address, sizeof v4);
        *address = ip_address_v4((const uint8_t *)&v4.sin_addr);
        return true;
    }
    if (socket_address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, socket_address, sizeof v6);
    *address = ip_address_v6((const uint8_t *)&v6.sin6_addr);
    return true;
}

static void read_addresses(struct capture_interface *interface, const pcap_addr_t *list)
{
    for (; list != NULL && interface->address_count < INTERFACE_ADDRESSES; list = list->next)
        if (read_address(&interface->addresses[interface->address_count], list->addr))
            interface->address_count++;
}

int capture_list_interfaces(void (*each)(void *context, const struct capture_interface *interface),
                            void *context, char error[CAPTURE_ERROR_TEXT])
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_if_t *list;
    if (pcap_findalldevs(&list, reason) != 0) {
        (void)snprintf(error, CAPTURE_ERROR_TEXT, "the interfaces cannot be listed: %s", reason);
        return -1;
    }
    for (const pcap_if_t *item = list; item != NULL; item = item->next) {
        struct capture_interface interface = {
            .name = item->name,
            .description = item->description != NULL ? item->description : "",
            .up = (item->flags & PCAP_IF_UP) != 0,
            .running = (item->flags & PCAP_IF_RUNNING) != 0};
        read_addresses(&interface, item->addresses);
        each(context, &interface);
    }
    pcap_freealldevs(list);
    return 0;
}
