/* SPDX-License-Identifier: MIT */
/* What the capturing machine said it lost: the counters of pcapng's Interface Statistics Blocks
 * (draft-ietf-opsawg-pcapng 4.6), which capture programs write at the end of a file. libpcap passes
 * over them. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_DROP_STATISTICS_H
#define TURNSCOPE_ANALYZER_CAPTURE_DROP_STATISTICS_H

#include <stdint.h>

/* Packets dropped by the interfaces and the operating system, summed over the statistics blocks
 * that end the file. 0 where there are none, and for what is not a plain pcapng file on disk. */
uint64_t drop_statistics_read(const char *path);

#endif
