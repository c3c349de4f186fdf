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
        capture->sources[i].packet.input = (uint16_t)i;
        capture->sources[i].again = -1;
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

/* Copies the packet, whose view ends when its source reads on; false: there is no room. */
static bool keep_copy(struct capture *capture, struct captured_packet *packet, size_t *used)
{
    size_t length = packet->bytes.length;
    if (capture->copies == NULL || length > CAPTURE_COPIES - *used)
        return false;
    if (length > 0)
        memcpy(capture->copies + *used, packet->bytes.data, length);
    packet->bytes = bytes_of(capture->copies + *used, length);
    *used += length;
    return true;
}

size_t capture_next_batch(struct capture *capture, struct captured_packet *packets, size_t most)
{
    size_t count = 1, used = 0;
    if (most == 0 || capture_next(capture, &packets[0]) != 1)
        return 0;
    if (capture->count == 1 && capture->delivered->records.buffer != NULL)
        while (count < most && source_read_within(capture->delivered))
            deliver(capture->delivered, &packets[count++]);
    else
        while (count < most && keep_copy(capture, &packets[count - 1], &used) &&
               capture_next(capture, &packets[count]) == 1)
            count++;
    return count;
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
    free(capture->copies);
    free(capture->sources);
    free(capture);
}
