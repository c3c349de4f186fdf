/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/drop_statistics.h"
#include "analyzer/capture/source.h"

#include "analyzer/limits.h"

#include <fcntl.h>
#include <stdio.h>

static void explain_open_error(struct source *source, const char *error)
{
    const struct decompressor *decompressor = source->stream.decompressor;

    if (decompressor != NULL && decompress_problem(decompressor) != NULL)
        source_fail(source, "its %s data %s at the very beginning; copy the file again",
                    compression_name(source->stream.compression), decompress_problem(decompressor));
    else if (strncmp(error, "unknown file format", strlen("unknown file format")) == 0)
        source_fail(source, "is not a capture file (pcap or pcapng); Wireshark's editcap -F pcap "
                            "converts other formats");
    else if (strncmp(error, "truncated", strlen("truncated")) == 0)
        source_fail(source, "ends inside its header: the copy is incomplete");
    else
        source_fail(source, "cannot be read as a capture file (%s)", error);
}

static void name_input(struct capture_input *input, const char *path)
{
    input->source = path;
    input->kind = strcmp(path, "-") == 0 ? INPUT_STDIN : INPUT_FILE;
}

/* 0, or -1 with the error of the input set. */
static int open_file(struct source *source, const char *path, const char *filter)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    const char *problem;

    name_input(&source->input, path);
    if (stream_open(&source->stream, path, &problem) != 0) {
        source_fail(source, "%s", problem);
        return -1;
    }
    source->size = source->stream.size;
    source->pcap = pcap_fopen_offline_with_tstamp_precision(source->stream.file,
                                                            PCAP_TSTAMP_PRECISION_NANO, error);
    if (source->pcap == NULL)
        explain_open_error(source, error);
    if (source->pcap == NULL || source_prepare(source, filter) != 0) {
        source_close(source);
        return -1;
    }
    if (source->input.kind == INPUT_FILE)
        source->input.dropped = drop_statistics_read(path);
    if (source->input.kind == INPUT_FILE && source->size > 0 &&
        source->stream.compression == COMPRESSION_NONE) {
        source->again = open(path, O_RDONLY | O_CLOEXEC);
        (void)records_open(&source->records, source->stream.fd,
                           (uint32_t)pcap_snapshot(source->pcap));
    }
    return 0;
}

/* How many could be opened. */
static size_t open_all(struct capture *capture, const char *const *paths, const char *filter)
{
    size_t opened = 0;
    for (size_t i = 0; i < capture->count; i++) {
        struct source *source = &capture->sources[i];
        if (open_file(source, paths[i], filter) != 0)
            continue;
        opened++;
        source_read(source);
    }
    return opened;
}

struct capture *capture_open_files(const char *const *paths, size_t count, const char *filter,
                                   char error[CAPTURE_ERROR_TEXT])
{
    if (count == 0 || count > LIMIT_INPUTS) {
        (void)snprintf(error, CAPTURE_ERROR_TEXT,
                       "%zu capture files: between 1 and %d can be read together; join some with "
                       "mergecap first",
                       count, (int)LIMIT_INPUTS);
        return NULL;
    }
    struct capture *capture = capture_new(count);
    if (capture == NULL) {
        (void)snprintf(error, CAPTURE_ERROR_TEXT, "out of memory");
        return NULL;
    }
    if (open_all(capture, paths, filter) > 0)
        return capture;
    (void)snprintf(error, CAPTURE_ERROR_TEXT, "%s", capture->sources[0].input.error);
    capture_close(capture);
    return NULL;
}

struct capture *capture_open_none(const char *const *paths, size_t count)
{
    struct capture *capture = capture_new(count);
    for (size_t i = 0; capture != NULL && i < count; i++) {
        name_input(&capture->sources[i].input, paths[i]);
        capture->sources[i].stream.fd = -1;
    }
    return capture;
}
