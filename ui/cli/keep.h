/* SPDX-License-Identifier: MIT */
/* -w: keeping the analysed packets, in one file or in a series of them. */
#ifndef TURNSCOPE_UI_CLI_KEEP_H
#define TURNSCOPE_UI_CLI_KEEP_H

#include "analyzer/capture/writer.h"
#include "ui/cli/opener.h"
#include "ui/cli/options.h"

enum { KEEP_ERROR_TEXT = OPENER_PATH + 256 };

struct keep {
    const struct options *options;
    struct opener_series series;
    struct opener opener;
    struct capture_writer *writer; /* NULL: nothing is kept */
    int64_t began;                 /* time of the first packet of this file; 0: none yet */
    char error[KEEP_ERROR_TEXT];   /* why keeping ended, and what to do; "" when it did not */
};

/* Splits off who opens the files. Before secrets are read and privileges given up. Without -w, does
 * nothing, like everything below. Here and below: 0; or -1 with `error` set. */
int keep_prepare(struct keep *keep, const struct options *options);

/* Begins the first file. The capture is borrowed until keep_end. */
int keep_begin(struct keep *keep, const struct capture *capture);

/* Writes one packet, into the next file where this one is full or old enough. */
int keep_packet(struct keep *keep, const struct captured_packet *packet);

/* So that others see what has come. */
int keep_flush(struct keep *keep);

/* Goes on in the next file; a single file is opened anew, as log rotation wants it. */
int keep_reopen(struct keep *keep);

/* Closes the file and ends who opens them. May be called again. */
int keep_end(struct keep *keep);

#endif
