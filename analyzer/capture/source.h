/* SPDX-License-Identifier: MIT */
/* One input of a capture, whatever kind it is: a libpcap handle, its filter and its counters.
 * files.c opens sources over files, live.c over interfaces, capture.c reads them together. Private
 * to this folder. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_SOURCE_H
#define TURNSCOPE_ANALYZER_CAPTURE_SOURCE_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/drops.h"
#include "analyzer/capture/offsets.h"
#include "analyzer/capture/records.h"
#include "analyzer/capture/stream.h"

#include <pcap.h>
#include <stdatomic.h>

struct source {
    struct capture_input input;
    uint16_t index; /* of the input */
    pcap_t *pcap;   /* NULL: nothing (more) can be read */
    struct stream stream;
    struct records records; /* of a plain file: read before `pcap` is asked */
    uint64_t size;          /* of the file, kept when the stream is closed; 0: not known */
    uint64_t frame;         /* of the last packet read, passed or not */
    int64_t fraction;       /* nanoseconds in a unit of libpcap's fractions of seconds; 0: one */
    bool has_filter;        /* that is not the kernel's work */
    struct bpf_program filter;
    const char *filter_text;    /* what it was compiled from; borrowed; NULL: none */
    int again;                  /* the plain file, open once more to be read again; -1: none */
    struct offsets offsets;     /* for that */
    struct drop_counters drops; /* of an interface */
    const atomic_bool *stop;    /* nobody wants any more; NULL: that cannot be */
    bool pending;               /* `packet` waits to be delivered */
    struct captured_packet packet;
};

struct capture {
    struct source *sources;
    size_t count;
    bool live;                /* interfaces */
    atomic_bool stop;         /* nobody wants any more */
    struct source *delivered; /* whose packet the caller is looking at; NULL: nobody's */
};

/* Fills in the error of the input: its name, then the formatted text. */
void source_fail(struct source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prepares reading packets of `source->pcap` that pass `filter` (BPF, or NULL; borrowed). 0; or -1
 * with the error of the input set: its link type is unknown here, or the filter does not compile
 * for it. */
int source_prepare(struct source *source, const char *filter);

/* Reads the next packet that passes into `source->packet` and sets `pending`, unless one is
 * pending. An interface may have none for now. At the end, and at an error (which goes to the
 * input), closes the source. */
void source_read(struct source *source);

/* The next packet that is in memory already, when none is pending: it does not become so. What was
 * read before stays valid. False: source_read must read on. */
bool source_read_within(struct source *source, struct captured_packet *packet);

/* Bytes read from disk so far; 0 when the size is not known. */
uint64_t source_position(const struct source *source);

void source_close(struct source *source);

/* Brings the input's `dropped` up to date while the source is open. */
void source_count_drops(struct source *source);

/* Whether the pending packet is the oldest of all interfaces, as far as can be known. */
bool live_is_due(const struct capture *capture, const struct source *source);

/* A new capture of `count` empty sources; NULL when memory is short. */
struct capture *capture_new(size_t count);

/* The LINKTYPE_ value in files of a DLT_ value, which differs between systems. */
uint32_t link_type_of_dlt(int dlt);

#endif
