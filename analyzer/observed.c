/* SPDX-License-Identifier: MIT */
#include "analyzer/observed.h"

#include "analyzer/time.h"

static void note_malformed(struct observed *observed, uint16_t input)
{
    observed->malformed++;
    if (input < LIMIT_INPUTS)
        observed->malformed_of[input]++;
}

void observed_note(struct observed *observed, int64_t time, uint16_t input,
                   const struct packet *packet, enum dissect_status status)
{
    observed->packets++;
    if (observed->first == 0)
        observed->first = time;
    if (observed->last - time > SECONDS)
        observed->backwards++;
    if (time > observed->last)
        observed->last = time;
    if (status == DISSECT_MALFORMED)
        note_malformed(observed, input);
    else if (status == DISSECT_NOT_MINE)
        observed->other++;
    else if (packet->cut)
        observed->truncated++;
    if (status == DISSECT_OK && packet->fragment.is_fragment)
        observed->fragments++;
}
