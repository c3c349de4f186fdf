/* SPDX-License-Identifier: MIT */
/* Sources over interfaces. */
#include "analyzer/capture/source.h"

#include "analyzer/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    /* What tcpdump and Wireshark keep of a packet: more than any link carries. */
    WHOLE_PACKETS = 262144,
    /* The kernel hands packets over in blocks, at the latest after this time: soon enough for eyes.
     * libpcap's immediate mode is sooner, but its ring holds only as many packets as there are
     * slots for the largest one: of 150,000 packets a second it dropped half where this dropped
     * none. */
    BLOCK_MILLISECONDS = 40,
};

/* With several interfaces, a packet waits until an older one of another interface, still in its
 * block, must have come. */
#define REORDER_WAIT (INT64_C(2) * BLOCK_MILLISECONDS * MILLISECONDS)

static void explain_refusal(struct source *source, int status, bool *denied)
{
    const char *detail = pcap_geterr(source->pcap);
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        source_fail(source, "there is no such interface, or it cannot be captured from (-D lists "
                            "those that can)");
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        *denied = true;
        source_fail(source, "this user may not capture packets");
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        source_fail(source, "the interface is down; bring it up: ip link set dev %.64s up",
                    source->input.source);
        break;
    default:
        source_fail(source, "cannot be captured from (%s)",
                    detail[0] != '\0' ? detail : pcap_statustostr(status));
    }
}

/* What cannot be set is left at libpcap's default: nanoseconds are not everywhere. */
static void configure(pcap_t *pcap, const struct capture_live_options *options)
{
    unsigned length = options->snapshot_length;
    (void)pcap_set_snaplen(pcap,
                           length > 0 && length < WHOLE_PACKETS ? (int)length : WHOLE_PACKETS);
    (void)pcap_set_promisc(pcap, options->promiscuous);
    (void)pcap_set_timeout(pcap, BLOCK_MILLISECONDS);
    (void)pcap_set_buffer_size(pcap, (int)options->buffer_size);
    (void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
}

/* The kernel filters: what it drops costs nothing. */
static int install_filter(struct source *source)
{
    char error[PCAP_ERRBUF_SIZE];
    if (source->has_filter && pcap_setfilter(source->pcap, &source->filter) != 0) {
        source_fail(source, "its filter cannot be set (%s)", pcap_geterr(source->pcap));
        return -1;
    }
    if (source->has_filter)
        pcap_freecode(&source->filter);
    source->has_filter = false;
    if (pcap_setnonblock(source->pcap, 1, error) == 0)
        return 0;
    source_fail(source, "cannot be read without blocking (%s)", error);
    return -1;
}

static int open_interface(struct source *source, const char *name,
                          const struct capture_live_options *options, bool *denied)
{
    char error[PCAP_ERRBUF_SIZE];
    source->input.source = name;
    source->input.kind = INPUT_INTERFACE;
    source->pcap = pcap_create(name, error);
    if (source->pcap == NULL) {
        source_fail(source, "cannot be captured from (%s)", error);
        return -1;
    }
    drop_counters_open(&source->drops, name);
    configure(source->pcap, options);
    int status = pcap_activate(source->pcap);
    if (status < 0) {
        explain_refusal(source, status, denied);
        return -1;
    }
    if (pcap_get_tstamp_precision(source->pcap) == PCAP_TSTAMP_PRECISION_MICRO)
        source->fraction = MICROSECONDS;
    return source_prepare(source, options->filter) == 0 ? install_filter(source) : -1;
}

/* 0, or -1 with the error of the first interface that cannot be opened: who names several wants
 * them all. */
static int open_all(struct capture *capture, const struct capture_live_options *options,
                    bool *denied, char *error)
{
    for (size_t i = 0; i < capture->count; i++) {
        struct source *source = &capture->sources[i];
        if (open_interface(source, options->interfaces[i], options, denied) == 0)
            continue;
        (void)snprintf(error, CAPTURE_ERROR_TEXT, "%s", source->input.error);
        return -1;
    }
    return 0;
}

struct capture *capture_open_live(const struct capture_live_options *options, bool *denied,
                                  char error[CAPTURE_ERROR_TEXT])
{
    *denied = false;
    struct capture *capture = capture_new(options->count);
    if (capture == NULL) {
        (void)snprintf(error, CAPTURE_ERROR_TEXT, "out of memory");
        return NULL;
    }
    capture->live = true;
    if (open_all(capture, options, denied, error) == 0)
        return capture;
    capture_close(capture);
    return NULL;
}

/* When the source's packet may be delivered, in nanoseconds from now: 0 or less when no other
 * source can have an older one. */
static int64_t wait_for_others(const struct capture *capture, const struct source *source)
{
    struct timespec now;
    bool all = true;
    for (size_t i = 0; i < capture->count; i++)
        all = all && (capture->sources[i].pending || capture->sources[i].pcap == NULL);
    if (all || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    return source->packet.time + REORDER_WAIT - (now.tv_sec * SECONDS + now.tv_nsec);
}

bool live_is_due(const struct capture *capture, const struct source *source)
{
    int64_t wait = capture->count > 1 ? wait_for_others(capture, source) : 0;
    /* A clock that was set back must not hold packets for hours. */
    return wait <= 0 || wait > REORDER_WAIT;
}

static void lower(int *timeout, int64_t milliseconds)
{
    if (*timeout < 0 || milliseconds < *timeout)
        *timeout = (int)milliseconds;
}

/* Some systems do not wake a poll for every packet, and none does for an interface that is down. */
static void lower_to_required(int *timeout, pcap_t *pcap)
{
    const struct timeval *required = pcap_get_required_select_timeout(pcap);
    if (required != NULL)
        lower(timeout, required->tv_sec * 1000 + (required->tv_usec + 999) / 1000);
}

size_t capture_descriptors(const struct capture *capture, int *descriptors, int *timeout)
{
    size_t count = 0;
    if (!capture->live && !capture_ended(capture))
        *timeout = 0;
    for (size_t i = 0; capture->live && i < capture->count; i++) {
        const struct source *source = &capture->sources[i];
        if (source->pending)
            lower(timeout, BLOCK_MILLISECONDS / 4);
        if (source->pending || source->pcap == NULL)
            continue;
        lower_to_required(timeout, source->pcap);
        int descriptor = pcap_get_selectable_fd(source->pcap);
        if (descriptor >= 0)
            descriptors[count++] = descriptor;
        else
            lower(timeout, BLOCK_MILLISECONDS);
    }
    return count;
}

void capture_resume(struct capture *capture)
{
    for (size_t i = 0; capture->live && i < capture->count; i++)
        source_read(&capture->sources[i]);
}

uint64_t capture_count_drops(struct capture *capture)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < capture->count; i++) {
        source_count_drops(&capture->sources[i]);
        sum += capture->sources[i].input.dropped;
    }
    return sum;
}
