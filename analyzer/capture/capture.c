/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/source.h"

#include <stdlib.h>
#include <unistd.h>

struct capture *capture_new(size_t count)
{
    struct capture *capture = (struct capture *)calloc(1, sizeof *capture);
    if (capture == NULL)
        return NULL;
    capture->sources = (struct source *)calloc(count > 0 ? count : 1, sizeof *capture->sources);
    if (capture->sources == NULL) {
        free(capture);
        return NULL;
    }
    capture->count = count;
    for (size_t i = 0; i < count; i++) {
        capture->sources[i].index = (uint16_t)i;
        capture->sources[i].again = -1;
        capture->sources[i].stop = &capture->stop;
    }
    return capture;
}

static void count_packet(struct capture_input *input, const struct captured_packet *packet)
{
    if (input->packets == 0 || packet->time < input->first)
        input->first = packet->time;
    if (input->packets == 0 || packet->time > input->last)
        input->last = packet->time;
    input->packets++;
    input->bytes += packet->wire_length;
    if (packet->bytes.length < packet->wire_length)
        input->truncated_packets++;
}

/* Inputs are few: a scan of their heads is all the merging needs. Of equal times the first input
 * goes first. */
static struct source *earliest(struct capture *capture)
{
    struct source *chosen = NULL;
    for (size_t i = 0; i < capture->count; i++) {
        struct source *source = &capture->sources[i];
        if (source->pending && (chosen == NULL || source->packet.time < chosen->packet.time))
            chosen = source;
    }
    return chosen;
}

static void deliver(struct source *source, struct captured_packet *packet)
{
    source->pending = false;
    *packet = source->packet;
    count_packet(&source->input, packet);
}

int capture_next(struct capture *capture, struct captured_packet *packet)
{
    if (capture->delivered != NULL)
        source_read(capture->delivered);
    struct source *source = earliest(capture);
    if (source != NULL && capture->live && !live_is_due(capture, source))
        source = NULL;
    capture->delivered = source;
    if (source == NULL)
        return 0;
    deliver(source, packet);
    return 1;
}

void capture_set_wait(struct capture *capture, bool (*wait)(void *context, int descriptor),
                      void *context)
{
    for (size_t i = 0; i < capture->count; i++)
        if (capture->sources[i].input.kind == INPUT_STDIN &&
            capture->sources[i].stream.decompressor != NULL)
            decompress_set_wait(capture->sources[i].stream.decompressor, wait, context);
}

static bool may_wait(const struct source *source)
{
    return source->pcap != NULL && (source->input.kind != INPUT_FILE || source->size == 0);
}

bool capture_is_on_disk(const struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++)
        if (may_wait(&capture->sources[i]))
            return false;
    return true;
}

/* The only input is a plain file that libpcap does not have to read. */
static bool has_records(const struct capture *capture)
{
    return capture->count == 1 && capture->sources[0].records.buffer != NULL;
}

/* The packet that waits since the file was opened must not stay behind. */
static void read_into(struct source *source, uint8_t *bytes)
{
    size_t waiting = source->pending ? source->packet.bytes.length : 0;
    records_move(&source->records, bytes, waiting);
    if (source->pending)
        source->packet.bytes.data = bytes;
}

/* Where they stand they stay, for the next block has a place of its own. */
static void fill_in_place(struct capture *capture, struct capture_block *block, size_t most)
{
    struct source *source = capture->delivered;
    while (block->count < most && source_read_within(source, &block->packets[block->count]))
        count_packet(&source->input, &block->packets[block->count++]);
}

/* The view of the packet would end when its source reads on. */
static void keep_copy(struct capture_block *block, struct captured_packet *packet, size_t *used)
{
    struct bytes kept = bytes_first(packet->bytes, CAPTURE_PACKET_LONGEST);
    if (kept.length > 0)
        memcpy(block->bytes + *used, kept.data, kept.length);
    packet->bytes = bytes_of(block->bytes + *used, kept.length);
    *used += kept.length;
}

static void fill_with_copies(struct capture *capture, struct capture_block *block, size_t most)
{
    size_t used = 0, wanted = capture_is_on_disk(capture) ? most : 1;
    keep_copy(block, &block->packets[0], &used);
    while (block->count < wanted && used <= sizeof block->bytes - CAPTURE_PACKET_LONGEST &&
           capture_next(capture, &block->packets[block->count]) == 1)
        keep_copy(block, &block->packets[block->count++], &used);
}

void capture_fill(struct capture *capture, struct capture_block *block, uint64_t most)
{
    size_t fitting = most < CAPTURE_BLOCK_PACKETS ? (size_t)most : CAPTURE_BLOCK_PACKETS;
    block->count = 0;
    if (has_records(capture))
        read_into(&capture->sources[0], block->bytes);
    if (most == 0 || capture_next(capture, &block->packets[0]) != 1)
        return;
    block->count = 1;
    if (has_records(capture))
        fill_in_place(capture, block, fitting);
    else
        fill_with_copies(capture, block, fitting);
}

void capture_stop(struct capture *capture)
{
    atomic_store_explicit(&capture->stop, true, memory_order_relaxed);
}

bool capture_ended(const struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++)
        if (capture->sources[i].pcap != NULL || capture->sources[i].pending)
            return false;
    return true;
}

size_t capture_input_count(const struct capture *capture)
{
    return capture->count;
}

const struct capture_input *capture_input(const struct capture *capture, size_t index)
{
    return &capture->sources[index].input;
}

void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *total)
{
    *done = 0;
    *total = 0;
    for (size_t i = 0; i < capture->count; i++) {
        const struct source *source = &capture->sources[i];
        if (source->pcap != NULL && source->size == 0) {
            *done = 0;
            *total = 0;
            return;
        }
        *done += source->pcap != NULL ? source_position(source) : source->size;
        *total += source->size;
    }
}

void capture_close(struct capture *capture)
{
    if (capture == NULL)
        return;
    for (size_t i = 0; i < capture->count; i++) {
        source_close(&capture->sources[i]);
        if (capture->sources[i].again >= 0)
            (void)close(capture->sources[i].again);
    }
    free(capture->sources);
    free(capture);
}
