/* SPDX-License-Identifier: MIT */
#include "ui/tui/dashboard.h"

#include "ui/monotonic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int dashboard_init(struct dashboard *dashboard, const struct tui_options *options,
                   const struct settings *settings)
{
    *dashboard = (struct dashboard){.engine = options->engine,
                                    .capture = options->capture,
                                    .filter = options->filter,
                                    .create_file = options->create_file,
                                    .create_context = options->create_context,
                                    .keys = settings->keys,
                                    .time_format = settings->time_format,
                                    .reading = true,
                                    .stale = true,
                                    .pace = {.moved = true},
                                    .dirty = true};
    dashboard->packets = packets_new(PACKETS_BYTES, PACKETS_ENTRIES);
    dashboard->recalled = packets_new(PACKETS_BYTES, PACKETS_ENTRIES);
    bool whole = dashboard->packets != NULL && dashboard->recalled != NULL;
    for (enum view_id id = 0; id < VIEWS; id++) {
        dashboard->states[id] = calloc(1, view_row(id)->state_size + 1); /* some have no state */
        whole &= dashboard->states[id] != NULL;
    }
    return whole ? 0 : -1;
}

void dashboard_free(struct dashboard *dashboard)
{
    packets_free(dashboard->packets);
    packets_free(dashboard->recalled);
    for (enum view_id id = 0; id < VIEWS; id++)
        free(dashboard->states[id]);
}

void *dashboard_state(struct dashboard *dashboard, enum view_id view)
{
    return dashboard->states[view];
}

void dashboard_notice(struct dashboard *dashboard, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(dashboard->notice, sizeof dashboard->notice, format, arguments);
    va_end(arguments);
    dashboard->dirty = true;
}

void dashboard_ask(struct dashboard *dashboard, const char *question, const char *text,
                   void (*answered)(struct dashboard *dashboard, const char *text))
{
    prompt_start(&dashboard->prompt, question, text);
    dashboard->answered = answered;
}

const char *dashboard_clock(const struct dashboard *dashboard, int64_t time, char text[CLOCK_TEXT])
{
    return clock_text(dashboard->time_format, time, dashboard->engine->trackers.observed.first,
                      text);
}

const struct attempt *dashboard_attempt(const struct dashboard *dashboard)
{
    const struct finding *root = dashboard->verdict.root_cause;
    const struct attempt *attempt = NULL, *first = NULL;
    while ((attempt = attempts_next(&dashboard->engine->attempts, attempt)) != NULL) {
        if (root != NULL && ip_address_equal(&attempt->client, &root->key.client) &&
            root->first >= attempt->first)
            return attempt;
        if (first == NULL || attempt->number < first->number)
            first = attempt;
    }
    bool forgotten = root != NULL && dashboard->engine->attempts.table.evicted > 0;
    return forgotten ? NULL : first;
}

size_t dashboard_findings(const struct dashboard *dashboard, const struct finding **findings,
                          size_t most)
{
    const struct findings *all = &dashboard->engine->findings;
    const struct finding *root = dashboard->verdict.root_cause;
    size_t count = 0;
    if (root != NULL && count < most)
        findings[count++] = root;
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
        for (const struct finding *f = findings_next(all, NULL); f != NULL && count < most;
             f = findings_next(all, f))
            if ((int)f->severity == severity && f != root)
                findings[count++] = f;
    return count;
}

bool text_has(const char *text, const char *wanted)
{
    return strcasestr(text, wanted) != NULL;
}

bool dashboard_wants_verdict(const struct dashboard *dashboard)
{
    return dashboard->pace.moved &&
           (!dashboard->reading || monotonic_now() >= dashboard->pace.next);
}

/* The finding may have been replaced since: its number says whether it is still there. */
static void conclude(struct dashboard *dashboard)
{
    enum { REST = 20 }; /* times as long as it took */
    struct pace *pace = &dashboard->pace;
    struct verdict *verdict = &dashboard->verdict;
    engine_settle(dashboard->engine);
    if (dashboard_wants_verdict(dashboard)) {
        int64_t start = monotonic_now();
        engine_verdict(dashboard->engine, verdict);
        int64_t end = monotonic_now();
        *pace = (struct pace){.root = verdict->root_cause != NULL ? verdict->root_cause->number : 0,
                              .next = end + REST * (end - start)};
    }
    verdict->root_cause = findings_at(&dashboard->engine->findings, pace->root);
}

void dashboard_refresh(struct dashboard *dashboard)
{
    const struct view *view = view_row(dashboard->view);
    if (!dashboard->stale)
        return;
    dashboard->stale = false;
    dashboard->dirty = true;
    conclude(dashboard);
    if (view->refresh != NULL)
        view->refresh(dashboard, dashboard->states[dashboard->view]);
}

void dashboard_draw(struct dashboard *dashboard)
{
    enum { SMALLEST_WIDTH = 40, SMALLEST_HEIGHT = 10 };
    struct area area = screen_area(dashboard->screen);
    dashboard_refresh(dashboard);
    screen_begin(dashboard->screen);
    if (area.width < SMALLEST_WIDTH || area.height < SMALLEST_HEIGHT) {
        screen_text(dashboard->screen, 0, 0, area.width, LOOK_PLAIN, "make the window larger");
    } else {
        dashboard->body = (struct area){2, 0, area.height - 3, area.width};
        view_row(dashboard->view)
            ->draw(dashboard, dashboard->states[dashboard->view], dashboard->body);
        chrome_draw(dashboard);
    }
    screen_end(dashboard->screen);
    dashboard->dirty = false;
}
