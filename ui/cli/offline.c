/* SPDX-License-Identifier: MIT */
#include "ui/cli/offline.h"

#include "ui/cli/announce.h"
#include "ui/cli/monotonic.h"
#include "ui/cli/signals.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum {
    SLICE = 4096,                 /* packets between two looks at signals and the clock */
    PATIENCE_MILLISECONDS = 1000, /* a pipe that gives nothing for so long is being captured into */
};

/* How far reading has come, on standard error when it is a terminal. */
struct progress {
    bool wanted;
    bool shown;
    int64_t next; /* when it is shown next, as of monotonic_now */
};

static void progress_show(struct progress *progress, const struct session *session)
{
    uint64_t done, total;
    int64_t now = progress->wanted ? monotonic_now() : 0;
    if (!progress->wanted || now < progress->next)
        return;
    capture_progress(session->capture, &done, &total);
    if (total > 0)
        fprintf(stderr, "\r%3d %% read", (int)((double)done * 100 / (double)total));
    else
        fprintf(stderr, "\r%llu packets read",
                (unsigned long long)session->engine->trackers.observed.packets);
    progress->shown = true;
    progress->next = now + SECONDS / 5;
}

static void progress_clear(const struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%32s\r", "");
}

/* Reading, and what is done beside it. */
struct reading {
    struct session *session;
    struct progress progress;
    struct announcements announcements;
    bool following; /* a pipe has made us wait: somebody captures at its other end */
    bool stop;
};

static void take_signals(struct reading *reading)
{
    int number;
    while ((number = signals_next(reading->session->signals)) != 0) {
        progress_clear(&reading->progress);
        if (number == SIGUSR1)
            session_write_report(reading->session);
        else
            reading->stop = true;
    }
}

static void say(struct reading *reading)
{
    struct session *session = reading->session;
    const struct report report = session_report(session);
    if (!reading->following || session->options->quiet)
        return;
    announce(&reading->announcements, session->out, session->options->format, &report,
             monotonic_now());
    session->announced = reading->announcements.any;
}

/* Before each read of a pipe. Time does not go on meanwhile: what is missing may wait in a buffer
 * at the other end. */
static bool wait_for_pipe(void *context, int descriptor)
{
    struct reading *reading = context;
    struct pollfd polled[] = {{.fd = descriptor, .events = POLLIN},
                              {.fd = reading->session->signals, .events = POLLIN}};
    say(reading);
    while (!reading->stop) {
        int ready = poll(polled, sizeof polled / sizeof polled[0], PATIENCE_MILLISECONDS);
        if (ready > 0 && polled[0].revents != 0)
            return true;
        take_signals(reading);
        reading->following = reading->following || ready == 0;
        say(reading);
    }
    return false;
}

static bool read_slice(struct session *session)
{
    size_t count = 1;
    for (size_t read = 0; read < SLICE && count > 0; read += count)
        count = session_packets(session);
    return count > 0;
}

void offline_run(struct session *session)
{
    struct reading reading = {
        .session = session,
        .progress = {.wanted = isatty(STDERR_FILENO) && !session->options->quiet,
                     .next = monotonic_now() + SECONDS},
    };
    capture_set_wait(session->capture, wait_for_pipe, &reading);
    while (!reading.stop && read_slice(session)) {
        take_signals(&reading);
        progress_show(&reading.progress, session);
    }
    capture_set_wait(session->capture, NULL, NULL);
    progress_clear(&reading.progress);
    session_end(session);
}
