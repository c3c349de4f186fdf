/* SPDX-License-Identifier: MIT */
/* What a key log shows of a capture, as lines of JSON to be compared with what tshark says: HTTP
 * answers by the frame that completes their head, certificates that were encrypted by the frame
 * that completes their message.
 *
 *   inside CAPTURE KEYLOG */
#include "analyzer/capture/capture.h"
#include "analyzer/trackers.h"

#include <jansson.h>
#include <stdio.h>

static void print_line(const char *kind, const struct evidence *evidence, json_t *value)
{
    json_t *line = json_pack("{s:s, s:I, s:o}", "kind", kind, "frame", (json_int_t)evidence->frame,
                             "value", value);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

static void print_certificate(const struct trackers *trackers, const struct event *event)
{
    const struct certificate_chain *chain =
        handshakes_chain(&trackers->handshakes, event->handshake);
    bool hidden = handshake_is_version_1_3(event->handshake);
    if (chain != NULL && hidden)
        print_line("certificates", &event->evidence, json_integer((json_int_t)chain->sent));
}

static void handle(void *context)
{
    struct trackers *trackers = context;
    for (size_t i = 0; i < trackers->events.count; i++) {
        const struct event *event = &trackers->events.items[i];
        if (event->kind == EVENT_HTTP_RESPONSE)
            print_line(event->exchange->version == 2 ? "http2" : "http", &event->evidence,
                       json_integer(event->exchange->status));
        else if (event->kind == EVENT_TLS_CERTIFICATE)
            print_certificate(trackers, event);
    }
    trackers->events.count = 0;
}

static void read_capture(struct trackers *trackers, struct capture *capture)
{
    struct captured_packet captured;
    struct event_handler handler = {handle, trackers};
    while (capture_next(capture, &captured) == 1) {
        struct packet packet;
        struct place place = {captured.time, captured.frame, captured.input};
        enum dissect_status status =
            packet_decode(&packet, captured.link_type, captured.bytes, captured.wire_length);
        if (status == DISSECT_OK || status == DISSECT_CUT_SHORT)
            trackers_packet(trackers, &packet, &place, &handler);
    }
}

static int fail(const char *path, const char *problem)
{
    fprintf(stderr, "inside: %s: %s\n", path, problem);
    return 2;
}

int main(int argc, char **argv)
{
    static struct trackers trackers;
    static struct keylog_source source;
    char error[CAPTURE_ERROR_TEXT];
    const char *problem;
    if (argc != 3)
        return fail("usage", "inside CAPTURE KEYLOG");
    const char *path = argv[1];
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    if (capture == NULL)
        return fail(path, error);
    if (keylog_init(&source.keylog, LIMIT_KEYLOG_CONNECTIONS) != 0 ||
        keylog_file_open(&source.file, &source.keylog, argv[2], &problem) != 0)
        return fail(argv[2], problem);
    if (trackers_init(&trackers, NULL, &source, LIMIT_MEMORY) != 0)
        return fail(path, "not enough memory");
    read_capture(&trackers, capture);
    trackers_free(&trackers);
    keylog_file_close(&source.file);
    keylog_free(&source.keylog);
    capture_close(capture);
    return 0;
}
