/* SPDX-License-Identifier: MIT */
/* Where packets come from: capture files, standard input, interfaces. The only door to libpcap. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_CAPTURE_H
#define TURNSCOPE_ANALYZER_CAPTURE_CAPTURE_H

#include "dissectors/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_ERROR_TEXT = 512 };

enum input_kind {
    INPUT_FILE,
    INPUT_STDIN,
    INPUT_INTERFACE,
};

/* What is known of one input, for the report. */
struct capture_input {
    const char *source; /* the path or interface as the user gave it; borrowed */
    enum input_kind kind;
    uint32_t link_type; /* LINKTYPE_ value */
    uint64_t packets;   /* that passed the filter */
    uint64_t bytes;     /* of them, on the wire */
    int64_t first;      /* nanoseconds since the epoch; 0: none yet */
    int64_t last;
    uint64_t truncated_packets;     /* cut by the snaplen */
    uint64_t dropped;               /* by the kernel or the interface, where known */
    char error[CAPTURE_ERROR_TEXT]; /* why reading ended early, with what to do; "" when it did not
                                     */
};

/* A packet as captured. The view is valid until the next call on the same capture. */
struct captured_packet {
    int64_t time;       /* nanoseconds since the epoch */
    uint64_t frame;     /* in its input, from 1, as Wireshark counts (filtered packets count too) */
    uint16_t input;     /* index of its input */
    uint32_t link_type; /* LINKTYPE_ value */
    struct bytes bytes;
    size_t wire_length;
};

struct capture;

/* Opens capture files (pcap or pcapng; plain, gzip, zstd; "-" is standard input) to be read
 * together in time order. `filter` is a BPF expression, or NULL. A file that cannot be opened does
 * not stop the others: its input has `error` set. NULL, with `error` filled in
 * (CAPTURE_ERROR_TEXT), only when nothing at all can be read or the filter is wrong. */
struct capture *capture_open_files(const char *const *paths, size_t count, const char *filter,
                                   char error[CAPTURE_ERROR_TEXT]);

/* Inputs that give no packets: the user did not wait until there was something to read. NULL when
 * memory is short. */
struct capture *capture_open_none(const char *const *paths, size_t count);

struct capture_live_options {
    const char *const *interfaces; /* names; "any" is all of them; borrowed until capture_close */
    size_t count;                  /* at most LIMIT_INPUTS */
    const char *filter;            /* a BPF expression, or NULL */
    size_t buffer_size;            /* of the kernel, for each interface, bytes */
    unsigned snapshot_length;      /* 0: whole packets */
    bool promiscuous;
};

/* Opens interfaces to be captured from together, without blocking. NULL, with `error` filled in,
 * when one of them cannot be opened; *denied: for want of privileges. */
struct capture *capture_open_live(const struct capture_live_options *options, bool *denied,
                                  char error[CAPTURE_ERROR_TEXT]);

/* 1: *packet is the next one in time; 0: there is no more, of interfaces: for now (inputs may have
 * `error` set). */
int capture_next(struct capture *capture, struct captured_packet *packet);

/* How to wait for a pipe on standard input: `wait` is called inside capture_next before each read
 * of it and returns when there is something to read on `descriptor`; or false to end the input
 * there. Without it, capture_next blocks. */
void capture_set_wait(struct capture *capture, bool (*wait)(void *context, int descriptor),
                      void *context);

enum {
    CAPTURE_PACKET_LONGEST = 262144, /* bytes: libpcap's own bound */
    CAPTURE_BLOCK_PACKETS = 512,
    /* What is read at once, behind a packet that was not all there the last time. */
    CAPTURE_BLOCK_BYTES = CAPTURE_PACKET_LONGEST + 257 * 1024,
};

/* Packets that were read at once, with their bytes. */
struct capture_block {
    size_t count;
    struct captured_packet packets[CAPTURE_BLOCK_PACKETS];
    uint8_t bytes[CAPTURE_BLOCK_BYTES];
};

/* The next packets, as many as are at hand at once but at most `most` and CAPTURE_BLOCK_PACKETS;
 * `count` is 0 as above. Their views are valid until the block is filled again, or the capture
 * closed, whatever is read meanwhile. A block must live until another one is filled, or the capture
 * closed: what comes next may stand in it already. */
void capture_fill(struct capture *capture, struct capture_block *block, uint64_t most);

/* All inputs that can be read on are files on disk: it waits for nobody. */
bool capture_is_on_disk(const struct capture *capture);

/* Reads the packets with frame numbers `from` to `to` of an input again and gives those that pass
 * the filter to `take`, whose view of each is valid until it returns. 0; or -1: there is no
 * such input, it is not a plain file, or was not read so far. */
int capture_read_again(const struct capture *capture, uint16_t input, uint64_t from, uint64_t to,
                       void (*take)(void *context, const struct captured_packet *packet),
                       void *context);

/* Ends all inputs where they are, also while another thread reads from them: packets that do not
 * pass the filter may go on for long. */
void capture_stop(struct capture *capture);

/* No input can give another packet: files are read, interfaces are gone. */
bool capture_ended(const struct capture *capture);

/* For a poll loop, after capture_next gave nothing: puts the descriptors to wait for reading on
 * into `descriptors` (room for LIMIT_INPUTS) and returns how many. Lowers *timeout (milliseconds,
 * as of poll; -1: for ever) to the longest sensible wait; files are always ready. */
size_t capture_descriptors(const struct capture *capture, int *descriptors, int *timeout);

/* After such a wait, before capture_next. */
void capture_resume(struct capture *capture);

/* Brings `dropped` of the inputs up to date and returns their sum. */
uint64_t capture_count_drops(struct capture *capture);

size_t capture_input_count(const struct capture *capture);
const struct capture_input *capture_input(const struct capture *capture, size_t index);

/* Bytes read and in all, for a progress bar; total 0 when it is not known (a pipe). */
void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *total);

void capture_close(struct capture *capture);

#endif
