/* SPDX-License-Identifier: MIT */
#include "ui/cli/offline.h"

#include "analyzer/ahead.h"
#include "ui/cli/announce.h"
#include "ui/cli/signals.h"
#include "ui/monotonic.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* A pipe that gives nothing for so long is being captured into. */
enum { PATIENCE_MILLISECONDS = 1000 };

/* How far reading has come, on standard error when it is a terminal. */
struct progress {
    bool wanted;
    bool shown;
    int64_t next; /* when it is shown next, as of monotonic_now */
};

static void progress_show(struct progress *progress, const struct session *session,
                          const struct ahead_block *block)
{
    int64_t now = progress->wanted ? monotonic_now() : 0;
    if (!progress->wanted || now < progress->next)
        return;
    if (block->total > 0)
        fprintf(stderr, "\r%3d %% read", (int)((double)block->done * 100 / (double)block->total));
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
    struct ahead *ahead;
    struct progress progress;
    struct announcements announcements;
    bool following;  /* a pipe has made us wait: somebody captures at its other end */
    unsigned blocks; /* taken so far, modulo UINT_MAX + 1 */
    bool report_wanted;
    bool stop;
};

static void take_signals(struct reading *reading)
{
    int number;
    while ((number = signals_next(reading->session->signals)) != 0) {
        progress_clear(&reading->progress);
        if (number == SIGUSR1)
            reading->report_wanted = true;
        else
            reading->stop = true;
    }
}

/* To ask the kernel takes as long as some packets: a block is read in microseconds. */
static void take_signals_at_times(struct reading *reading)
{
    enum { BLOCKS_BETWEEN = 8 };
    if (reading->blocks++ % BLOCKS_BETWEEN == 0)
        take_signals(reading);
}

static void report_if_wanted(struct reading *reading)
{
    if (reading->report_wanted)
        session_write_report(reading->session);
    reading->report_wanted = false;
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
        if (ready > 0 && polled[1].revents == 0)
            return true;
        take_signals(reading);
        report_if_wanted(reading);
        reading->following = reading->following || ready == 0;
        say(reading);
    }
    return false;
}

/* While packets that do not pass the filter go by. */
static bool goes_on(void *context)
{
    struct reading *reading = context;
    take_signals(reading);
    return !reading->stop;
}

/* The next packets are kept and analysed. False: there are no more. */
static bool take_packets(struct reading *reading)
{
    struct session *session = reading->session;
    struct ahead_block *block = ahead_next(reading->ahead);
    if (block == NULL)
        return false;
    for (size_t i = 0; session->keep.writer != NULL && i < block->captured.count; i++)
        session_check_keep(session, keep_packet(&session->keep, &block->captured.packets[i]));
    engine_arrivals(session->engine, block->arrivals, block->captured.count);
    progress_show(&reading->progress, session, block);
    return true;
}

/* What was read ahead is analysed, too: a report counts no packet that it does not judge. */
static void finish_what_is_read(struct reading *reading)
{
    ahead_rest(reading->ahead);
    while (take_packets(reading))
        continue;
}

static void read_all(struct reading *reading)
{
    ahead_ask(reading->ahead, goes_on, reading);
    while (!reading->stop && take_packets(reading)) {
        take_signals_at_times(reading);
        if (!reading->report_wanted)
            continue;
        finish_what_is_read(reading);
        report_if_wanted(reading);
        ahead_go_on(reading->ahead);
    }
    finish_what_is_read(reading);
}

void offline_run(struct session *session)
{
    struct reading reading = {
        .session = session,
        .progress = {.wanted = isatty(STDERR_FILENO) && !session->options->quiet,
                     .next = monotonic_now() + SECONDS},
    };
    capture_set_wait(session->capture, wait_for_pipe, &reading);
    reading.ahead = ahead_new(session->capture, &session->engine->trackers.flows.table.hash,
                              session->options->count > 0 ? session->options->count : UINT64_MAX);
    if (reading.ahead != NULL)
        read_all(&reading);
    else
        session->trouble = trouble("not enough memory to read ahead") != 0;
    ahead_free(reading.ahead);
    capture_set_wait(session->capture, NULL, NULL);
    progress_clear(&reading.progress);
    session_end(session);
}
