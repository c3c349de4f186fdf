/* SPDX-License-Identifier: MIT */
/* Writes a pcap file of one kind of traffic, gigabytes in seconds, the same for the same arguments.
 *
 * usage: generate KIND FILE [COUNT [MEDIA [ERRORS [PAYLOAD]]]] */
#include "bench/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START UINT64_C(1750000000000000000) /* 15 June 2025 */

static const struct kind kinds[] = {
    {"media", "COUNT allocations with MEDIA packets each", write_media, 500, 20000},
    {"signalling", "COUNT sessions of DNS, TLS and TURN", write_signalling, 1450000, 20000},
    {"flows", "a flood of five-tuples", flood_flows, 10000000, 10000},
    {"transactions", "a flood of STUN transactions", flood_transactions, 10000000, 10000},
    {"names", "a flood of DNS names", flood_names, 10000000, 10000},
    {"connections", "a flood of half-open TCP connections", flood_connections, 10000000, 10000},
    {"fragments", "a flood of first fragments", flood_fragments, 1000000, 10000},
    {"allocations", "a flood of allocations", flood_allocations, 10000000, 10000},
    {"hellos", "a flood of halves of ClientHellos", flood_hellos, 10000000, 10000},
    {"worst-pointers", "DNS: chains of compression pointers", worst_pointers, 100000, 1000000},
    {"worst-attributes", "STUN: hundreds of attributes", worst_attributes, 500000, 1000000},
    {"worst-segments", "TCP: tiny segments backwards", worst_segments, 1000000, 10000},
    {"worst-holes", "TCP: every second byte first", worst_holes, 1000000, 10000},
    {"worst-heads", "HTTP: heads byte by byte", worst_heads, 500000, 10000},
    {"worst-tags", "XMPP: tags byte by byte", worst_tags, 500000, 10000},
    {"worst-records", "TLS: messages byte by byte", worst_records, 500000, 10000},
    {"worst-frames", "HTTP/2: header blocks without end", worst_frames, 200000, 10000},
    {"worst-overlaps", "IP: tiny fragments that overlap", worst_overlaps, 1000000, 10000},
    {"worst-certificates", "TLS: certificates without end", worst_certificates, 20000, 1000000},
    {"worst-nesting", "tags and labels around nothing", worst_nesting, 500000, 1000000},
    {"worst-paths", "paths that die without end", worst_paths, 49152, 800000},
    {"worst-findings", "refused clients without end", worst_findings, 200000, 1000000},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int usage(void)
{
    fprintf(stderr, "usage: generate KIND FILE [COUNT [MEDIA [ERRORS [PAYLOAD]]]]\n");
    for (size_t i = 0; i < KINDS; i++)
        fprintf(stderr, "  %-20s %s (%llu)\n", kinds[i].name, kinds[i].what,
                (unsigned long long)kinds[i].count);
    return 2;
}

static const struct kind *kind_named(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static uint64_t number_of(const char *text, uint64_t least, uint64_t most)
{
    uint64_t number = strtoull(text, NULL, 10);
    if (number < least)
        return least;
    return number > most ? most : number;
}

static struct parameters parameters_of(int argc, char **argv, const struct kind *kind)
{
    struct parameters parameters = {
        .count = kind->count, .media = 5800, .errors = 0.02, .payload = 620, .window = 2000};
    if (argc > 3)
        parameters.count = number_of(argv[3], 1, UINT64_C(1) << 32);
    if (argc > 4)
        parameters.media = number_of(argv[4], 1, UINT64_C(1) << 32);
    if (argc > 5)
        parameters.errors = strtod(argv[5], NULL);
    if (argc > 6)
        parameters.payload = number_of(argv[6], 12, 1400);
    parameters.clients = parameters.count / 16 + 1;
    return parameters;
}

static int fail(const char *path)
{
    perror(path);
    return 1;
}

int main(int argc, char **argv)
{
    struct writer writer;
    const struct kind *kind = argc > 2 ? kind_named(argv[1]) : NULL;
    if (kind == NULL)
        return usage();
    struct parameters parameters = parameters_of(argc, argv, kind);
    if (writer_open(&writer, argv[2], START, kind->interval) != 0)
        return fail(argv[2]);
    kind->write(&writer, &parameters);
    printf("%llu packets\n", (unsigned long long)writer.packets);
    return writer_close(&writer) != 0 ? fail(argv[2]) : 0;
}
