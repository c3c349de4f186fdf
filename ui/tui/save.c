/* SPDX-License-Identifier: MIT */
#include "ui/tui/save.h"

#include "analyzer/capture/writer.h"
#include "ui/report/report.h"
#include "ui/tui/dashboard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is saved under a name of this ending. Each closes the descriptor. 0; or -1. */
struct saving {
    const char *ending;
    int (*write)(struct dashboard *dashboard, int descriptor);
};

static int write_report(struct dashboard *dashboard, int descriptor, const char *format)
{
    struct report report = {.engine = dashboard->engine,
                            .capture = dashboard->capture,
                            .filter = dashboard->filter,
                            .verbose = true};
    FILE *out = fdopen(descriptor, "w");
    if (out == NULL) {
        (void)close(descriptor);
        return -1;
    }
    engine_verdict(dashboard->engine, &report.verdict);
    bool failed = !report_format(format)->write(out, &report) || ferror(out) != 0;
    return fclose(out) == 0 && !failed ? 0 : -1;
}

static int write_text(struct dashboard *dashboard, int descriptor)
{
    return write_report(dashboard, descriptor, "text");
}

static int write_json(struct dashboard *dashboard, int descriptor)
{
    return write_report(dashboard, descriptor, "json");
}

static int add_packet(struct capture_writer *writer, const struct stored_packet *stored)
{
    const struct captured_packet packet = {.time = stored->time,
                                           .frame = stored->frame,
                                           .input = stored->input,
                                           .link_type = stored->link_type,
                                           .bytes = stored->bytes,
                                           .wire_length = stored->wire_length};
    return capture_writer_add(writer, &packet);
}

static const struct packets *packets_of(struct dashboard *dashboard, const struct view *view)
{
    const struct packets *packets =
        view->packets != NULL
            ? view->packets(dashboard, dashboard_state(dashboard, dashboard->view))
            : NULL;
    return packets != NULL ? packets : dashboard->packets;
}

/* The packets that the view shows; all that are kept when it shows none in particular. */
static int write_packets(struct dashboard *dashboard, int descriptor)
{
    const struct view *view = view_row(dashboard->view);
    const struct packets *packets = packets_of(dashboard, view);
    const struct stored_packet *stored = NULL;
    struct capture_writer *writer = capture_writer_new(dashboard->capture, true);
    if (writer == NULL) {
        (void)close(descriptor);
        return -1;
    }
    int status = capture_writer_open(writer, descriptor);
    while (status == 0 && (stored = packets_next(packets, stored)) != NULL)
        if (view->shows_packet == NULL ||
            view->shows_packet(dashboard, dashboard_state(dashboard, dashboard->view), stored))
            status = add_packet(writer, stored);
    if (capture_writer_close(writer) != 0)
        status = -1;
    capture_writer_free(writer);
    return status;
}

static const struct saving savings[] = {
    {".txt", write_text},
    {".json", write_json},
    {".pcapng", write_packets},
};

static const struct saving *saving_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof savings / sizeof savings[0]; i++)
        if (strcmp(savings[i].ending, dot) == 0)
            return &savings[i];
    return NULL;
}

/* Never over what is there: a capture may have the name that was typed. */
static void save_as(struct dashboard *dashboard, const char *name)
{
    const struct saving *saving = saving_of(name);
    if (name[0] == '\0')
        return;
    if (saving == NULL || strchr(name, '/') != NULL || name[0] == '.') {
        dashboard_notice(dashboard, "not saved: name it NAME.txt, NAME.json or NAME.pcapng; it "
                                    "goes to the folder turnscope was started in");
        return;
    }
    int descriptor = dashboard->create_file(dashboard->create_context, name);
    if (descriptor < 0)
        dashboard_notice(dashboard, "%s: not saved: %s", name,
                         errno == EEXIST ? "there is such a file" : strerror(errno));
    else if (saving->write(dashboard, descriptor) != 0)
        dashboard_notice(dashboard, "%s: not all could be written", name);
    else
        dashboard_notice(dashboard, "saved as %s", name);
}

void save_ask(struct dashboard *dashboard)
{
    bool packets = view_row(dashboard->view)->shows_packet != NULL;
    dashboard_ask(dashboard,
                  "Save as (.txt .json .pcapng):", packets ? "turnscope.pcapng" : "turnscope.txt",
                  save_as);
}
