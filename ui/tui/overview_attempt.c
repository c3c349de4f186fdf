/* SPDX-License-Identifier: MIT */
/* How far the client of the verdict got, and what it did. */
#include "ui/tui/looks.h"
#include "ui/tui/overview_parts.h"

#include <stdio.h>

void overview_draw_chain(struct dashboard *dashboard, struct area area)
{
    static const enum look looks[] = {LOOK_QUIET, LOOK_WARNING, LOOK_BAD, LOOK_GOOD};
    static const enum glyph glyphs[] = {GLYPH_UNSEEN, GLYPH_TRIED, GLYPH_FAILED, GLYPH_WORKED};
    static const char *const names[ATTEMPT_STEPS] = {"DNS",  "TCP", "TLS",  "HTTP", "TURN",
                                                     "perm", "ICE", "DTLS", "media"};
    const struct attempt *attempt = dashboard_attempt(dashboard);
    struct screen *screen = dashboard->screen;
    bool ascii = screen_is_ascii(screen);
    int left = 1, gap = area.width >= OVERVIEW_WIDE ? 3 : 1;
    for (enum attempt_step step = 0; step < ATTEMPT_STEPS; step++) {
        unsigned state = attempt != NULL ? attempt->states[step] : STEP_UNSEEN;
        if (step > 0) {
            screen_line(screen, area.top, left, gap, LOOK_QUIET, GLYPH_HORIZONTAL);
            left += gap + 1;
        }
        left += screen_format(screen, area.top, left, area.width - left, looks[state], "%s %s",
                              step == STEP_PERMISSION && area.width >= OVERVIEW_WIDE ? "permission"
                                                                                     : names[step],
                              glyph_text(glyphs[state], ascii)) +
                1;
    }
}

static void draw_moment(struct dashboard *dashboard, const struct attempt *attempt,
                        const struct moment *moment, int top, int width)
{
    enum { STEP = 11, TEXT = STEP + 13 };
    char summary[256];
    struct screen *screen = dashboard->screen;
    screen_format(screen, top, 1, STEP - 2, LOOK_QUIET, "%+9.3f",
                  (double)(moment->evidence.time - attempt->first) / (double)SECONDS);
    screen_text(screen, top, STEP, TEXT - STEP - 1, LOOK_QUIET,
                attempt_step_name((enum attempt_step)moment->step));
    int left = TEXT + screen_text(screen, top, TEXT, width - TEXT - 1, moment_look(moment),
                                  moment_summary(moment, summary, sizeof summary));
    if (moment->repeats > 0)
        screen_format(screen, top, left + 1, width - left - 2, LOOK_QUIET, "and %u like it",
                      moment->repeats);
}

void overview_draw_moments(struct dashboard *dashboard, struct area area)
{
    enum { WORTH_IT = 4 };
    const struct attempt *attempt = dashboard_attempt(dashboard);
    char title[96], address[IP_ADDRESS_TEXT];
    if (attempt == NULL || area.height < WORTH_IT)
        return;
    int kept = (int)timeline_kept(&attempt->timeline);
    int room = area.height - 2, first = kept > room ? kept - room : 0;
    snprintf(title, sizeof title, "What %s did", ip_address_text(&attempt->client, address));
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    for (int i = first; i < kept; i++)
        draw_moment(
            dashboard, attempt,
            timeline_moment(&dashboard->engine->attempts.moments, &attempt->timeline, (size_t)i),
            area.top + 1 + i - first, area.width);
}
