/* SPDX-License-Identifier: MIT */
/* What was captured, how much of it was lost, and where. */
#include "ui/tui/overview_parts.h"

static uint64_t dropped(const struct capture *capture)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < capture_input_count(capture); i++)
        sum += capture_input(capture, i)->dropped;
    return sum;
}

static const char *input_error(const struct capture *capture)
{
    for (size_t i = 0; i < capture_input_count(capture); i++)
        if (capture_input(capture, i)->error[0] != '\0')
            return capture_input(capture, i)->error;
    return NULL;
}

static void draw_rates(struct dashboard *dashboard, struct area area)
{
    const struct observed *observed = &dashboard->engine->trackers.observed;
    char clock[CLOCK_TEXT], length[CLOCK_TEXT];
    double seconds = (double)(observed->last - observed->first) / (double)SECONDS;
    uint64_t lost = dropped(dashboard->capture) + observed->dropped;
    struct screen *screen = dashboard->screen;
    int left = 1 + screen_format(screen, area.top, 1, area.width - 2, LOOK_PLAIN,
                                 observed->packets == 1 ? "%llu packet in %s, %.0f/s   "
                                                        : "%llu packets in %s, %.0f/s   ",
                                 (unsigned long long)observed->packets,
                                 clock_duration(observed->last - observed->first, length),
                                 seconds > 0 ? (double)observed->packets / seconds : 0.0);
    left +=
        screen_format(screen, area.top, left, area.width - left, lost > 0 ? LOOK_BAD : LOOK_PLAIN,
                      "%llu dropped   ", (unsigned long long)lost);
    left += screen_format(screen, area.top, left, area.width - left,
                          observed->truncated > 0 ? LOOK_WARNING : LOOK_PLAIN, "%llu cut   ",
                          (unsigned long long)observed->truncated);
    if (observed->packets > 0)
        screen_format(screen, area.top, left, area.width - left, LOOK_PLAIN, "%s%s",
                      clock_date(dashboard->time_format, observed->last, clock),
                      dashboard->time_format == CLOCK_LOCAL ? "" : " UTC");
}

/* Where the capture was made, and what a filter leaves of it. */
static void draw_origin(struct dashboard *dashboard, struct area area)
{
    const struct vantage *vantage = &dashboard->engine->vantage;
    bool backwards = dashboard->engine->trackers.observed.backwards > 0;
    int left = 1;
    if (vantage->value != VANTAGE_UNKNOWN)
        left += screen_format(dashboard->screen, area.top, left, area.width - left, LOOK_QUIET,
                              "made at: %s (by %s)   time goes %s   ", vantage_name(vantage->value),
                              vantage_basis_name(vantage->basis),
                              backwards ? "backwards at places" : "forwards");
    if (dashboard->filter != NULL)
        screen_format(dashboard->screen, area.top, left, area.width - left, LOOK_WARNING,
                      "only: %s", dashboard->filter);
}

void overview_draw_capture(struct dashboard *dashboard, struct area area)
{
    const char *error = input_error(dashboard->capture);
    struct screen *screen = dashboard->screen;
    screen_rule(screen, area.top, 0, area.width, "Capture");
    draw_rates(dashboard, (struct area){area.top + 1, 0, 1, area.width});
    if (error != NULL)
        screen_text(screen, area.top + 2, 1, area.width - 2, LOOK_WARNING, error);
    else
        draw_origin(dashboard, (struct area){area.top + 2, 0, 1, area.width});
}
