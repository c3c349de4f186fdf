/* SPDX-License-Identifier: MIT */
#include "ui/cli/keep.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Nothing more is kept; what was written stays. */
static int fail(struct keep *keep)
{
    snprintf(keep->error, sizeof keep->error, "%s: packets cannot be kept there%s: %s",
             keep->options->write, keep->began > 0 ? " any more" : "", strerror(errno));
    capture_writer_free(keep->writer);
    keep->writer = NULL;
    return -1;
}

static bool is_standard_output(const struct options *options)
{
    return strcmp(options->write, "-") == 0;
}

/* Writing begins with emptying the file. */
int keep_prepare(struct keep *keep, const struct options *options)
{
    *keep = (struct keep){.options = options, .opener = {.socket = -1}};
    if (options->write == NULL || is_standard_output(options))
        return 0;
    keep->series =
        (struct opener_series){.path = options->write,
                               .numbered = options->rotate_size > 0 || options->rotate_time > 0,
                               .files = options->rotate_files};
    privileges_owner(&keep->series.owner, options->user);
    return opener_start(&keep->opener, &keep->series) == 0 ? 0 : fail(keep);
}

static int next_file(struct keep *keep)
{
    int descriptor =
        is_standard_output(keep->options) ? dup(STDOUT_FILENO) : opener_next(&keep->opener);
    if (descriptor < 0 || capture_writer_open(keep->writer, descriptor) != 0)
        return fail(keep);
    keep->began = 0;
    return 0;
}

int keep_begin(struct keep *keep, const struct capture *capture)
{
    if (keep->options->write == NULL)
        return 0;
    keep->writer = capture_writer_new(capture, false);
    return keep->writer != NULL ? next_file(keep) : fail(keep);
}

/* Time is packet time: a series made from files is divided as it would have been live. */
static bool is_full(const struct keep *keep, const struct captured_packet *packet)
{
    const struct options *options = keep->options;
    if (keep->began == 0)
        return false;
    return (options->rotate_size > 0 &&
            capture_writer_size(keep->writer) >= options->rotate_size) ||
           (options->rotate_time > 0 && packet->time - keep->began >= options->rotate_time);
}

int keep_packet(struct keep *keep, const struct captured_packet *packet)
{
    if (keep->writer == NULL)
        return 0;
    if (is_full(keep, packet) && next_file(keep) != 0)
        return -1;
    if (keep->began == 0)
        keep->began = packet->time;
    return capture_writer_add(keep->writer, packet) == 0 ? 0 : fail(keep);
}

int keep_flush(struct keep *keep)
{
    if (keep->writer == NULL || capture_writer_flush(keep->writer) == 0)
        return 0;
    return fail(keep);
}

int keep_reopen(struct keep *keep)
{
    if (keep->writer == NULL || is_standard_output(keep->options))
        return 0;
    return next_file(keep);
}

int keep_end(struct keep *keep)
{
    int status = 0;
    if (keep->writer != NULL && capture_writer_close(keep->writer) != 0)
        status = fail(keep);
    capture_writer_free(keep->writer);
    keep->writer = NULL;
    opener_stop(&keep->opener);
    return status;
}
