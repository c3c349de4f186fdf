/* SPDX-License-Identifier: MIT */
#include "tests/oracle/dump.h"

#include "analyzer/capture/capture.h"
#include "analyzer/flow/fragments.h"
#include "analyzer/limits.h"

#include <stdio.h>
#include <string.h>

static const struct protocol {
    const char *name;
    dump_packet *dump;
} protocols[] = {
    {"dns", dump_dns}, {"dtls", dump_dtls}, {"quic", dump_quic},
    {"rtp", dump_rtp}, {"stun", dump_stun}, {"tls", dump_tls},
};

static const struct protocol *protocol_named(const char *name)
{
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
        if (strcmp(protocols[i].name, name) == 0)
            return &protocols[i];
    return NULL;
}

void dump_line(uint64_t frame, enum dissect_status status, json_t *fields)
{
    static const char *const names[] = {
        [DISSECT_OK] = "ok",
        [DISSECT_NOT_MINE] = "not-mine",
        [DISSECT_INCOMPLETE] = "incomplete",
        [DISSECT_CUT_SHORT] = "cut-short",
        [DISSECT_MALFORMED] = "malformed",
    };
    json_object_set_new(fields, "frame", json_integer((json_int_t)frame));
    json_object_set_new(fields, "status", json_string(names[status]));
    json_dumpf(fields, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(fields);
}

static bool usable(enum dissect_status status)
{
    return status == DISSECT_OK || status == DISSECT_CUT_SHORT;
}

/* A datagram counts as the packet that completed it, as in Wireshark. */
static void dump_frame(const struct captured_packet *captured, struct fragments *fragments,
                       const struct protocol *protocol)
{
    struct packet packet;
    struct packet whole;
    enum dissect_status status =
        packet_decode(&packet, captured->link_type, captured->bytes, captured->wire_length);
    if (!usable(status))
        return;
    if (!packet.fragment.is_fragment)
        protocol->dump(captured->frame, &packet);
    else if (fragments_add(fragments, &packet, captured->time, &whole, &status) == FRAGMENT_WHOLE &&
             usable(status))
        protocol->dump(captured->frame, &whole);
}

static int dump_capture(struct capture *capture, const struct protocol *protocol)
{
    struct captured_packet captured;
    struct fragments fragments;
    if (fragments_init(&fragments, LIMIT_MEMORY) != 0)
        return 2;
    while (capture_next(capture, &captured) == 1)
        dump_frame(&captured, &fragments, protocol);
    fragments_free(&fragments);
    return 0;
}

int main(int argc, char **argv)
{
    const struct protocol *protocol = argc == 3 ? protocol_named(argv[1]) : NULL;
    if (protocol == NULL) {
        fprintf(stderr, "usage: dump PROTOCOL FILE\n");
        return 2;
    }
    char error[CAPTURE_ERROR_TEXT];
    const char *path = argv[2];
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    if (capture == NULL) {
        fprintf(stderr, "dump: %s\n", error);
        return 2;
    }
    int result = dump_capture(capture, protocol);
    capture_close(capture);
    return result;
}
