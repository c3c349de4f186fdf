/* SPDX-License-Identifier: MIT */
/* Keeping packets: pcap for one input, pcapng for several, so that each packet keeps its interface
 * and its link type. Times keep their nanoseconds. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_WRITER_H
#define TURNSCOPE_ANALYZER_CAPTURE_WRITER_H

#include "analyzer/capture/capture.h"

struct capture_writer;

/* A writer without a file for packets of this capture, which is borrowed; NULL: memory is short.
 * `pcapng`: that format also for one input. */
struct capture_writer *capture_writer_new(const struct capture *capture, bool pcapng);

/* Goes on in the file behind `descriptor`, which becomes the writer's: at its end, if there is
 * something in it already. The file before is closed. Here and below: 0; or -1 with errno set. */
int capture_writer_open(struct capture_writer *writer, int descriptor);

/* Adds a packet to the file. Without one, it goes nowhere. */
int capture_writer_add(struct capture_writer *writer, const struct captured_packet *packet);

/* Octets in the present file. */
uint64_t capture_writer_size(const struct capture_writer *writer);

/* Hands to the system what is still in memory. */
int capture_writer_flush(struct capture_writer *writer);

/* Closes the file. The writer may go on with another one. */
int capture_writer_close(struct capture_writer *writer);

/* Closes and frees; NULL is passed over. */
void capture_writer_free(struct capture_writer *writer);

#endif
