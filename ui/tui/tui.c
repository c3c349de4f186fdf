/* SPDX-License-Identifier: MIT */
#include "ui/tui/tui.h"

#include "analyzer/time.h"
#include "ui/monotonic.h"
#include "ui/tui/dashboard.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

struct tui {
    struct settings settings;
    struct dashboard dashboard;
};

struct tui *tui_new(char error[TUI_ERROR_TEXT])
{
    char path[4096];
    struct tui *tui = calloc(1, sizeof *tui);
    if (tui == NULL) {
        snprintf(error, TUI_ERROR_TEXT, "not enough memory for the dashboard");
        return NULL;
    }
    setlocale(LC_CTYPE, ""); /* keys may be any characters */
    if (settings_load(&tui->settings, settings_path(path, sizeof path) ? path : "", error) == 0)
        return tui;
    free(tui);
    return NULL;
}

static struct screen_options screen_options_of(const struct settings *settings,
                                               const struct tui_options *options)
{
    struct screen_options screen = {.keys_from_terminal = options->keys_from_terminal,
                                    .no_color = options->no_color,
                                    .no_mouse = settings->no_mouse,
                                    .theme = settings->theme,
                                    .charset = settings->charset};
    for (size_t i = 0; i < LOOKS; i++)
        if (settings->is_styled[i])
            screen.styles[i] = &settings->styles[i];
    return screen;
}

int tui_open(struct tui *tui, const struct tui_options *options, char error[TUI_ERROR_TEXT])
{
    struct screen_options screen = screen_options_of(&tui->settings, options);
    if (dashboard_init(&tui->dashboard, options, &tui->settings) != 0) {
        snprintf(error, TUI_ERROR_TEXT, "not enough memory for the dashboard");
        return -1;
    }
    tui->dashboard.screen = screen_open(&screen, error);
    if (tui->dashboard.screen == NULL)
        return -1;
    dashboard_draw(&tui->dashboard);
    return 0;
}

void tui_free(struct tui *tui)
{
    if (tui == NULL)
        return;
    screen_close(tui->dashboard.screen);
    dashboard_free(&tui->dashboard);
    free(tui);
}

int tui_keyboard(const struct tui *tui)
{
    return screen_keyboard(tui->dashboard.screen);
}

static void suspend(struct dashboard *dashboard)
{
    dashboard->suspend = false;
    screen_suspend(dashboard->screen);
}

/* What a key changed is shown at once; only packets have to wait for their turn. */
bool tui_keys(void *opaque)
{
    struct dashboard *dashboard = &((struct tui *)opaque)->dashboard;
    struct key_input input = keys_read(&dashboard->keys);
    bool any = input.kind != KEY_INPUT_NONE;
    for (; input.kind != KEY_INPUT_NONE && !dashboard->leave; input = keys_read(&dashboard->keys)) {
        dashboard_input(dashboard, &input);
        if (dashboard->suspend)
            suspend(dashboard);
    }
    if (any && !dashboard->leave)
        dashboard_draw(dashboard);
    return !dashboard->leave;
}

/* Whether the rate is another one now. */
static bool measure(struct meter *meter, uint64_t packets)
{
    uint64_t rate = meter->rate;
    int64_t now = monotonic_now(), passed = now - meter->since;
    if (passed < SECONDS)
        return false;
    if (meter->since != 0)
        meter->rate = (packets - meter->before) * (uint64_t)SECONDS / (uint64_t)passed;
    meter->since = now;
    meter->before = packets;
    return meter->rate != rate;
}

void tui_draw(void *opaque, bool changed)
{
    struct dashboard *dashboard = &((struct tui *)opaque)->dashboard;
    bool reading = !capture_ended(dashboard->capture);
    dashboard->pace.moved |= changed || reading != dashboard->reading;
    dashboard->stale |=
        changed || reading != dashboard->reading || dashboard_wants_verdict(dashboard);
    dashboard->reading = reading;
    dashboard->dirty |= measure(&dashboard->meter, dashboard->taken);
    if (dashboard->stale)
        capture_count_drops(dashboard->capture);
    if (dashboard->stale || dashboard->dirty)
        dashboard_draw(dashboard);
}

/* Transactions are forgotten soon: their round trips are noted as they end. */
static void note_round_trip(struct dashboard *dashboard, int64_t time)
{
    const struct round_trips *trips = &dashboard->engine->trackers.stun.statistics.round_trips;
    if (trips->count == dashboard->round_trips)
        return;
    dashboard->round_trips = trips->count;
    series_note_round_trip(&dashboard->series, time, trips->latest);
}

void tui_packet(void *opaque, const struct captured_packet *packet)
{
    struct dashboard *dashboard = &((struct tui *)opaque)->dashboard;
    dashboard->taken++;
    dashboard->stale = dashboard->pace.moved = true;
    series_note(&dashboard->series, packet->time, packet->wire_length);
    note_round_trip(dashboard, packet->time);
    packets_note(dashboard->packets, packet, dashboard->engine);
}

bool tui_paused(void *opaque)
{
    return ((struct tui *)opaque)->dashboard.paused;
}
