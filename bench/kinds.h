/* SPDX-License-Identifier: MIT */
/* The kinds of traffic that generate writes. */
#ifndef TURNSCOPE_BENCH_KINDS_H
#define TURNSCOPE_BENCH_KINDS_H

#include "bench/writer.h"

struct parameters {
    uint64_t count;   /* sessions; of floods and worst cases: packets */
    uint64_t media;   /* packets of media of one session */
    uint64_t clients; /* distinct client addresses */
    double errors;    /* how many of the sessions fail, 0 to 1 */
    size_t payload;   /* bytes of RTP in a packet */
    uint64_t window;  /* sessions that go on at the same time */
};

struct kind {
    const char *name;
    const char *what; /* for the usage */
    void (*write)(struct writer *writer, const struct parameters *parameters);
    uint64_t count;    /* unless given */
    uint64_t interval; /* nanoseconds between packets */
};

/* Well spread numbers from consecutive ones (SplitMix64). */
uint64_t scramble(uint64_t number);

extern const struct endpoint dns_server, turn_server, web_server;

/* A session of its own among others: one allocation that says something every `every` packets. */
struct witness {
    uint64_t said;
};
void witness_speak(struct writer *writer, struct witness *witness);

void write_media(struct writer *writer, const struct parameters *parameters);
void write_signalling(struct writer *writer, const struct parameters *parameters);

void flood_flows(struct writer *writer, const struct parameters *parameters);
void flood_transactions(struct writer *writer, const struct parameters *parameters);
void flood_names(struct writer *writer, const struct parameters *parameters);
void flood_connections(struct writer *writer, const struct parameters *parameters);
void flood_fragments(struct writer *writer, const struct parameters *parameters);
void flood_allocations(struct writer *writer, const struct parameters *parameters);
void flood_hellos(struct writer *writer, const struct parameters *parameters);

void worst_pointers(struct writer *writer, const struct parameters *parameters);
void worst_attributes(struct writer *writer, const struct parameters *parameters);
void worst_segments(struct writer *writer, const struct parameters *parameters);
void worst_overlaps(struct writer *writer, const struct parameters *parameters);
void worst_certificates(struct writer *writer, const struct parameters *parameters);
void worst_nesting(struct writer *writer, const struct parameters *parameters);
void worst_heads(struct writer *writer, const struct parameters *parameters);
void worst_tags(struct writer *writer, const struct parameters *parameters);
void worst_records(struct writer *writer, const struct parameters *parameters);
void worst_frames(struct writer *writer, const struct parameters *parameters);
void worst_holes(struct writer *writer, const struct parameters *parameters);
void worst_paths(struct writer *writer, const struct parameters *parameters);
void worst_findings(struct writer *writer, const struct parameters *parameters);

#endif
