/* SPDX-License-Identifier: MIT */
#include "ui/cli/offline.h"

#include "ui/cli/monotonic.h"
#include "ui/cli/signals.h"

#include <signal.h>
#include <unistd.h>

enum { SLICE = 4096 }; /* packets between two looks at signals and the clock */

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

static bool told_to_end(struct session *session, const struct progress *progress)
{
    int number;
    while ((number = signals_next(session->signals)) != 0) {
        if (number != SIGUSR1)
            return true;
        progress_clear(progress);
        session_write_report(session);
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
    struct progress progress = {.wanted = isatty(STDERR_FILENO) && !session->options->quiet,
                                .next = monotonic_now() + SECONDS};
    while (read_slice(session) && !told_to_end(session, &progress))
        progress_show(&progress, session);
    progress_clear(&progress);
    session_end(session);
}
