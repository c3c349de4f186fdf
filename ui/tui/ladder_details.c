/* SPDX-License-Identifier: MIT */
/* What the ladder says of the message under the cursor, in the rows below it. */
#include "ui/tui/ladder.h"

#include <stdio.h>

static void draw_partner(struct dashboard *dashboard, const struct ladder *ladder, size_t selected,
                         int top, int width)
{
    char duration[CLOCK_TEXT], filter[256];
    const struct ladder_row *row = &ladder->rows[selected];
    const struct ladder_row *partner =
        row->partner < ladder->count ? &ladder->rows[row->partner] : NULL;
    struct screen *screen = dashboard->screen;
    int left = 1;
    if (partner != NULL) {
        int64_t gap = partner->summary.evidence.time - row->summary.evidence.time;
        bool answer = gap < 0 || row->partner < selected;
        left += screen_format(screen, top, left, width - left, LOOK_PLAIN,
                              answer ? "answers frame %llu after %s   "
                                     : "answered in frame %llu after %s   ",
                              (unsigned long long)partner->summary.evidence.frame,
                              clock_duration(gap < 0 ? -gap : gap, duration));
    }
    evidence_display_filter(&row->summary.evidence, filter, sizeof filter);
    screen_format(screen, top, left, width - left, LOOK_NOTE, "%s", filter);
}

static const char *way(const struct summary *summary)
{
    if (summary->evidence.flags & EVIDENCE_RELAYED)
        return "through the relay";
    if (summary->evidence.protocol == EVIDENCE_TCP)
        return "";
    return summary->transport == IP_PROTOCOL_TCP ? "over TCP" : "over UDP";
}

/* An ICMP error has no ports; the packet that it is about has. */
static void draw_ends(struct screen *screen, const struct summary *summary, int top, int width)
{
    const struct evidence *e = &summary->evidence;
    const char *arrow = glyph_text(GLYPH_TO, screen_is_ascii(screen));
    char source[TRANSPORT_ADDRESS_TEXT], destination[TRANSPORT_ADDRESS_TEXT];
    if (e->protocol == EVIDENCE_ICMP)
        screen_format(screen, top, 1, width - 2, LOOK_PLAIN, "ICMP, about a packet %s %s %s",
                      transport_address_text(&summary->quoted[0], source), arrow,
                      transport_address_text(&summary->quoted[1], destination));
    else
        screen_format(screen, top, 1, width - 2, LOOK_PLAIN, "%s %s %s   %s %s",
                      transport_address_text(&e->source, source), arrow,
                      transport_address_text(&e->destination, destination),
                      evidence_protocol_name(e), way(summary));
}

static const char *frames_text(const struct ladder_row *row, char *text, size_t size)
{
    uint64_t first = row->summary.evidence.frame;
    if (row->last_frame != first)
        snprintf(text, size, "Frames %llu to %llu", (unsigned long long)first,
                 (unsigned long long)row->last_frame);
    else
        snprintf(text, size, "Frame %llu", (unsigned long long)first);
    return text;
}

static void draw_message(struct dashboard *dashboard, const struct ladder *ladder, size_t selected,
                         struct area area)
{
    const struct ladder_row *row = ladder_message(ladder, selected);
    struct screen *screen = dashboard->screen;
    char title[64], summary[256];
    screen_rule(screen, area.top, 0, area.width,
                row != NULL ? frames_text(row, title, sizeof title) : "");
    if (row == NULL)
        return;
    draw_ends(screen, &row->summary, area.top + 1, area.width);
    evidence_summary(&row->summary.evidence, summary, sizeof summary);
    screen_text(screen, area.top + 2, 1, area.width - 2,
                row->look == LOOK_QUIET ? LOOK_PLAIN : row->look,
                row->summary.evidence.protocol == EVIDENCE_STUN ? summary : row->summary.label);
    draw_partner(dashboard, ladder, selected, area.top + 3, area.width - 1);
}

/* What the ladder is about, in the rule above the details. */
static void draw_scope(struct dashboard *dashboard, const struct ladder *ladder, int top, int width)
{
    char text[256], address[IP_ADDRESS_TEXT], attempt[32] = "";
    if (ladder->scope.attempt != 0 && !ladder->extended)
        snprintf(attempt, sizeof attempt, "attempt %u of ", ladder->scope.attempt);
    snprintf(text, sizeof text, " %s%s%s%s%s%s ", attempt,
             ip_address_text(&ladder->scope.client, address), ladder->extended ? ", all of it" : "",
             ladder->filter[0] != '\0' ? ", with " : "", ladder->filter,
             ladder->cut ? ", the first rows of it" : "");
    screen_rule_end(dashboard->screen, top, width, LOOK_NOTE, text);
}

void ladder_draw_details(const struct ladder *ladder, size_t selected, struct dashboard *dashboard,
                         struct area area)
{
    draw_message(dashboard, ladder, selected, area);
    draw_scope(dashboard, ladder, area.top, area.width);
}
