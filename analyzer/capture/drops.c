/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/drops.h"

#ifdef __linux__

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the hardware lost before the kernel saw it. Bad frames are not counted: they are no packets.
 */
static const char *const names[DROP_COUNTERS] = {"rx_missed_errors", "rx_fifo_errors"};

static uint64_t read_counter(int descriptor)
{
    char text[32] = "";
    if (descriptor < 0 || pread(descriptor, text, sizeof text - 1, 0) <= 0)
        return 0;
    return strtoull(text, NULL, 10);
}

static uint64_t read_counters(const struct drop_counters *counters)
{
    uint64_t sum = 0;
    for (int i = 0; i < DROP_COUNTERS; i++)
        sum += read_counter(counters->descriptors[i]);
    return sum;
}

void drop_counters_open(struct drop_counters *counters, const char *interface)
{
    char path[128];
    for (int i = 0; i < DROP_COUNTERS; i++) {
        int length =
            snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", interface, names[i]);
        bool fits = length > 0 && (size_t)length < sizeof path;
        counters->descriptors[i] = fits ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    }
    counters->before = read_counters(counters);
}

void drop_counters_close(struct drop_counters *counters)
{
    for (int i = 0; i < DROP_COUNTERS; i++)
        if (counters->descriptors[i] >= 0)
            (void)close(counters->descriptors[i]);
}

/* A counter of an interface that is gone cannot be read any more. */
static uint64_t by_interface(const struct drop_counters *counters, const struct pcap_stat *stat)
{
    (void)stat;
    uint64_t now = read_counters(counters);
    return now > counters->before ? now - counters->before : 0;
}

#else

void drop_counters_open(struct drop_counters *counters, const char *interface)
{
    (void)interface;
    *counters = (struct drop_counters){{-1, -1}, 0};
}

void drop_counters_close(struct drop_counters *counters)
{
    (void)counters;
}

static uint64_t by_interface(const struct drop_counters *counters, const struct pcap_stat *stat)
{
    (void)counters;
    return stat->ps_ifdrop;
}

#endif

uint64_t drops_count(const struct drop_counters *counters, pcap_t *pcap)
{
    struct pcap_stat stat = {0};
    if (pcap_stats(pcap, &stat) != 0)
        return 0;
    return stat.ps_drop + by_interface(counters, &stat);
}
