/* SPDX-License-Identifier: MIT */
/* Packets that never reached the capture because the interface itself lost them. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_DROPS_H
#define TURNSCOPE_ANALYZER_CAPTURE_DROPS_H

#include <pcap.h>
#include <stdint.h>

enum { DROP_COUNTERS = 2 };

/* The interface's own counters. They are opened before privileges and the right to open files are
 * given up; libpcap opens them anew each time and would then take a file that it may not open for
 * a counter that went back to 0. */
struct drop_counters {
    int descriptors[DROP_COUNTERS]; /* -1: there is none */
    uint64_t before;                /* what they showed when the capture began */
};

void drop_counters_open(struct drop_counters *counters, const char *interface);
void drop_counters_close(struct drop_counters *counters);

/* Dropped since the capture began, by the kernel for want of buffer and by the interface. */
uint64_t drops_count(const struct drop_counters *counters, pcap_t *pcap);

#endif
