/* SPDX-License-Identifier: MIT */
#include "ui/cli/live.h"

#include "ui/cli/announce.h"
#include "ui/cli/signals.h"
#include "ui/monotonic.h"
#include "ui/report/escape.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum {
    PACKET_BUDGET = 2048, /* between two looks at signals and keys: a few milliseconds */
    DRAW_MILLISECONDS = 100,
};

struct live {
    struct session *session;
    const struct live_view *view; /* NULL: nobody looks on */
    struct announcements announcements;
    int64_t deadline; /* of --duration; 0: none */
    int64_t now;      /* as of monotonic_now, once a turn */
    int64_t heard;    /* when the last packet came, by that clock; 0: none yet */
    int64_t drawn;
    int64_t flushed;
    bool terminal; /* standard error was one at the start */
    bool more;     /* the budget ended before the packets did */
    bool changed;  /* since it was drawn */
    bool ended;    /* engine_end was called */
    bool stop;
};

static bool is_paused(const struct live *live)
{
    return live->view != NULL && !live->ended && live->view->paused(live->view->context);
}

/* Absences are looked for this often; so often, too, a screen is drawn. */
static int longest_wait(const struct live *live)
{
    int64_t wait = LIMIT_TICK;
    if (live->more && !is_paused(live))
        return 0;
    if (live->deadline > 0 && live->deadline - live->now < wait)
        wait = live->deadline - live->now;
    return wait > 0 ? (int)((wait + MILLISECONDS - 1) / MILLISECONDS) : 0;
}

static void wait_for_work(struct live *live)
{
    enum { OWN = 2 };
    struct pollfd polled[LIMIT_INPUTS + OWN];
    int descriptors[LIMIT_INPUTS];
    int timeout = longest_wait(live);
    nfds_t count =
        is_paused(live) ? 0 : capture_descriptors(live->session->capture, descriptors, &timeout);
    for (nfds_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    polled[count++] = (struct pollfd){.fd = live->session->signals, .events = POLLIN};
    if (live->view != NULL)
        polled[count++] = (struct pollfd){.fd = live->view->keyboard, .events = POLLIN};
    (void)poll(polled, count, timeout);
    live->now = monotonic_now();
}

/* SIGHUP asks for another file, unless it says that nobody is there any more. */
static void hang_up(struct live *live)
{
    bool alone = live->terminal && !isatty(STDERR_FILENO);
    if (live->session->options->write == NULL || alone)
        live->stop = true;
    else
        session_check_keep(live->session, keep_reopen(&live->session->keep));
}

static void take_signals(struct live *live)
{
    int number;
    while ((number = signals_next(live->session->signals)) != 0) {
        if (number == SIGINT || number == SIGTERM)
            live->stop = true;
        else if (number == SIGHUP)
            hang_up(live);
        else if (number == SIGUSR1 && live->view == NULL)
            session_write_report(live->session);
    }
}

static void take_packets(struct live *live)
{
    struct session *session = live->session;
    size_t taken = 0;
    capture_resume(session->capture);
    while (taken < PACKET_BUDGET && session_packet(session))
        taken++;
    live->more = taken >= PACKET_BUDGET;
    if (taken == 0)
        return;
    live->changed = true;
    live->heard = live->now;
}

/* No packet can come any more, or no more are wanted. */
static bool is_over(const struct live *live)
{
    const struct session *session = live->session;
    return (session->options->count > 0 && session->left == 0) ||
           (live->deadline > 0 && live->now >= live->deadline) || capture_ended(session->capture);
}

static void end(struct live *live)
{
    if (live->ended)
        return;
    session_end(live->session);
    live->ended = true;
    live->changed = true;
}

/* Packet time goes on by the clock while nothing comes: silence is what many faults are. What is
 * still in the kernel's buffer makes it late by some milliseconds, never early. */
static void pass_time(struct live *live)
{
    struct session *session = live->session;
    if (is_over(live)) {
        end(live);
        live->stop = live->stop || live->view == NULL;
    } else if (session->options->interface_count > 0 && !live->more && live->heard > 0) {
        int64_t last = session->engine->trackers.observed.last;
        engine_tick(session->engine, last + (live->now - live->heard));
        live->changed = true;
    }
}

/* Others may watch the file grow. */
static void flush(struct live *live)
{
    if (live->now - live->flushed < SECONDS)
        return;
    live->flushed = live->now;
    session_check_keep(live->session, keep_flush(&live->session->keep));
}

static void show(struct live *live)
{
    const struct live_view *view = live->view;
    if (live->now - live->drawn < DRAW_MILLISECONDS * MILLISECONDS)
        return;
    live->drawn = live->now;
    view->draw(view->context, live->changed);
    live->changed = false;
}

static void say(struct live *live)
{
    struct session *session = live->session;
    struct report report = session_report(session);
    if (!session->options->quiet)
        announce(&live->announcements, session->out, session->options->format, &report, live->now);
    session->announced = live->announcements.any;
}

static void turn(struct live *live)
{
    const struct live_view *view = live->view;
    wait_for_work(live);
    take_signals(live);
    bool paused = is_paused(live);
    if (!live->ended && !paused)
        take_packets(live);
    if (!paused)
        pass_time(live);
    flush(live);
    if (view != NULL && !view->keys(view->context))
        live->stop = true;
    if (view != NULL)
        show(live);
    else
        say(live);
}

/* From here on nothing that passes is missed. */
static void greet(const struct session *session)
{
    const struct options *options = session->options;
    char escaped[ESCAPED_TEXT];
    fputs("turnscope: listening on", stderr);
    for (size_t i = 0; i < options->interface_count; i++)
        fprintf(stderr, "%s %s", i > 0 ? "," : "",
                escape_text(options->interfaces[i], escaped, sizeof escaped));
    fputs("; ^C ends the capture and prints the report\n", stderr);
}

/* A pipe may give nothing for a long time: the keys go on. */
static bool wait_for_pipe(void *context, int descriptor)
{
    struct live *live = context;
    struct pollfd polled[] = {{.fd = descriptor, .events = POLLIN},
                              {.fd = live->session->signals, .events = POLLIN},
                              {.fd = live->view->keyboard, .events = POLLIN}};
    if (poll(polled, 1, 0) > 0)
        return true;
    while (!live->stop) {
        polled[0].fd = is_paused(live) ? -1 : descriptor;
        if (poll(polled, sizeof polled / sizeof polled[0], DRAW_MILLISECONDS) > 0 &&
            polled[0].revents != 0)
            return true;
        live->now = monotonic_now();
        take_signals(live);
        if (!live->view->keys(live->view->context))
            live->stop = true;
        show(live);
    }
    return false;
}

void live_run(struct session *session, const struct live_view *view)
{
    struct live live = {.session = session,
                        .view = view,
                        .now = monotonic_now(),
                        .terminal = isatty(STDERR_FILENO)};
    if (session->options->duration > 0)
        live.deadline = live.now + session->options->duration;
    if (view == NULL && !session->options->quiet)
        greet(session);
    if (view != NULL)
        capture_set_wait(session->capture, wait_for_pipe, &live);
    while (!live.stop)
        turn(&live);
    if (view != NULL)
        capture_set_wait(session->capture, NULL, NULL);
    end(&live);
}
