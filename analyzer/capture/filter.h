/* SPDX-License-Identifier: MIT */
/* A user's BPF filter, widened so that it does not hide from the analysis what it means to show. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_FILTER_H
#define TURNSCOPE_ANALYZER_CAPTURE_FILTER_H

#include <pcap.h>

/* Compiles `filter` (pcap-filter(7)) for the link type of `pcap` into *program, to be freed with
 * pcap_freecode. Beside what matches, it lets pass
 * - fragments of IP packets, which carry no ports or only the first of them does: "port 3478" alone
 *   would lose the rest of every long answer;
 * - packets that match behind one or two VLAN tags, where the link type knows tags and the filter
 *   does not speak of encapsulation itself.
 * 0; or -1, with pcap_geterr saying what is wrong with the user's own words. */
int filter_compile(pcap_t *pcap, struct bpf_program *program, const char *filter);

#endif
