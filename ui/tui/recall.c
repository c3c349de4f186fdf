/* SPDX-License-Identifier: MIT */
#include "ui/tui/recall.h"

/* As many frames around the one that is wanted as can be read while a key waits for its answer. */
enum { RECALL_BEFORE = 20000, RECALL_AFTER = 20000 };

struct recalling {
    struct dashboard *dashboard;
    uint64_t frame; /* that is wanted, whatever is in it */
};

static void keep_read_again(void *context, const struct captured_packet *packet)
{
    const struct recalling *recalling = context;
    bool wanted = packet->frame == recalling->frame;
    packets_note(recalling->dashboard->recalled, packet,
                 wanted ? NULL : recalling->dashboard->engine);
}

static void read_around(struct dashboard *dashboard, uint16_t input, uint64_t frame)
{
    struct recalling recalling = {dashboard, frame};
    packets_clear(dashboard->recalled);
    (void)capture_read_again(dashboard->capture, input,
                             frame > RECALL_BEFORE ? frame - RECALL_BEFORE : 1,
                             frame + RECALL_AFTER, keep_read_again, &recalling);
}

const struct packets *recall(struct dashboard *dashboard, uint16_t input, uint64_t frame)
{
    if (input >= capture_input_count(dashboard->capture))
        return NULL; /* a line of the event log */
    if (packets_find(dashboard->packets, input, frame) != NULL)
        return dashboard->packets;
    if (packets_find(dashboard->recalled, input, frame) == NULL)
        read_around(dashboard, input, frame);
    return packets_find(dashboard->recalled, input, frame) != NULL ? dashboard->recalled : NULL;
}
