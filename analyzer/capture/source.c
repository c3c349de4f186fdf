/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/source.h"

#include "analyzer/capture/filter.h"
#include "analyzer/time.h"
#include "dissectors/packet/packet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Of a longer path the end says more than the beginning. */
enum { SHOWN_PATH = 200, SENTENCE = 96 };

static const char *shown_name(const struct source *source)
{
    if (source->input.kind == INPUT_STDIN)
        return "standard input";
    size_t length = strlen(source->input.source);
    return source->input.source + (length > SHOWN_PATH ? length - SHOWN_PATH : 0);
}

void source_fail(struct source *source, const char *format, ...)
{
    char *text = source->input.error;
    int used = snprintf(text, CAPTURE_ERROR_TEXT, "%s: ", shown_name(source));
    va_list arguments;
    va_start(arguments, format);
    if (used > 0 && used < CAPTURE_ERROR_TEXT)
        (void)vsnprintf(text + used, CAPTURE_ERROR_TEXT - (size_t)used, format, arguments);
    va_end(arguments);
}

static const char *what_was_read(const struct source *source, char text[SENTENCE])
{
    if (source->frame == 0)
        return "no packet could be read before it";
    if (source->frame == 1)
        return "the packet before it was analysed";
    (void)snprintf(text, SENTENCE, "the %" PRIu64 " packets before it were analysed",
                   source->frame);
    return text;
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* libpcap has no error codes for what is wrong with a file, only these texts. */
static void explain_read_error(struct source *source)
{
    char sentence[SENTENCE];
    const char *analysed = what_was_read(source, sentence);
    const char *error = pcap_geterr(source->pcap);
    const struct decompressor *decompressor = source->stream.decompressor;
    uint64_t frame = source->frame + 1;

    if (decompressor != NULL && decompress_problem(decompressor) != NULL)
        source_fail(source,
                    "its %s data %s in packet %" PRIu64 " (copy the file again, or check it with "
                    "%s -t); %s",
                    compression_name(source->stream.compression), decompress_problem(decompressor),
                    frame, compression_name(source->stream.compression), analysed);
    else if (begins_with(error, "truncated"))
        source_fail(source,
                    "ends in the middle of packet %" PRIu64 " (the capture was stopped hard or "
                    "the copy is incomplete); %s",
                    frame, analysed);
    else if (begins_with(error, "an interface has a type"))
        source_fail(source,
                    "its interfaces differ in link type from packet %" PRIu64
                    " on; split it, for each interface and with its own type (ether, linux-sll, "
                    "...): tshark -r FILE -Y frame.interface_id==0 -w - | "
                    "editcap -F pcap -T ether - part0.pcap; %s",
                    frame, analysed);
    else if (begins_with(error, "an interface has a snapshot length"))
        source_fail(source,
                    "its interfaces differ in snapshot length from packet %" PRIu64
                    " on; convert it: editcap -F pcap FILE converted.pcap; %s",
                    frame, analysed);
    else
        source_fail(source, "is damaged at packet %" PRIu64 " (%s); %s", frame, error, analysed);
}

static void explain_end(struct source *source)
{
    if (source->input.kind != INPUT_INTERFACE)
        explain_read_error(source);
    else
        source_fail(source, "can no longer be captured from (%s); what came before was analysed",
                    pcap_geterr(source->pcap));
}

/* The user left while a packet was on its way through a pipe: nothing is wrong with the input. */
static bool was_given_up(const struct source *source)
{
    return source->stream.decompressor != NULL && decompress_given_up(source->stream.decompressor);
}

/* LINKTYPE_ and link type names: ours for what is supported, libpcap's for the rest. */
static int check_link_type(struct source *source)
{
    int dlt = pcap_datalink(source->pcap);
    source->input.link_type = link_type_of_dlt(dlt);
    if (link_type_supported(source->input.link_type))
        return 0;
    const char *name = pcap_datalink_val_to_name(dlt);
    source_fail(source,
                "its link type %s (%" PRIu32 ") is not supported; capture on an Ethernet "
                "interface or on \"any\"",
                name != NULL ? name : "without a name", source->input.link_type);
    return -1;
}

static int compile_filter(struct source *source, const char *filter)
{
    if (filter == NULL || filter[0] == '\0')
        return 0;
    source->has_filter = filter_compile(source->pcap, &source->filter, filter) == 0;
    if (source->has_filter)
        return 0;
    source_fail(source, "the filter \"%.200s\" is refused: %s (its language is in pcap-filter(7))",
                filter, pcap_geterr(source->pcap));
    return -1;
}

int source_prepare(struct source *source, const char *filter)
{
    source->filter_text = filter;
    if (check_link_type(source) != 0)
        return -1;
    return compile_filter(source, filter);
}

/* Absurd times are held within 1 ns .. 2^62 ns (the year 2116), so that no difference of two
 * overflows and 0 stays "no time". Classic pcap counts unsigned 32-bit seconds; libpcap hands them
 * on as signed ones. */
static int64_t packet_time(const struct timeval *time, int64_t unit)
{
    const int64_t latest = INT64_C(1) << 62;
    int64_t seconds = time->tv_sec;
    if (seconds < 0 && seconds >= INT32_MIN)
        seconds += INT64_C(1) << 32;
    if (seconds < 0)
        return 1;
    if (seconds >= latest / SECONDS)
        return latest;
    int64_t fraction = time->tv_usec;
    if (fraction < 0 || fraction > latest / 4 / unit)
        fraction = 0;
    int64_t nanoseconds = seconds * SECONDS + fraction * unit;
    if (nanoseconds > latest)
        return latest;
    return nanoseconds > 0 ? nanoseconds : 1;
}

static bool passes_filter(const struct source *source, struct bytes bytes, uint32_t wire_length)
{
    const struct pcap_pkthdr header = {.caplen = (bpf_u_int32)bytes.length, .len = wire_length};
    return !source->has_filter || pcap_offline_filter(&source->filter, &header, bytes.data) != 0;
}

/* False: the filter does not take it. */
static bool take_packet(struct source *source, struct captured_packet *packet, int64_t time,
                        struct bytes bytes, uint32_t wire_length)
{
    source->frame++;
    if (!passes_filter(source, bytes, wire_length))
        return false;
    packet->time = time;
    packet->frame = source->frame;
    packet->input = source->index;
    packet->link_type = source->input.link_type;
    packet->bytes = bytes;
    packet->wire_length = wire_length > bytes.length ? wire_length : bytes.length;
    return true;
}

/* `offset`: of the next packet in the file. */
static void note_offset(struct source *source, uint64_t offset)
{
    if (source->again >= 0 && offsets_want(&source->offsets, source->frame + 1))
        offsets_note(&source->offsets, source->frame + 1, offset);
}

/* Asking stdio where it is takes longer than reading a packet. */
static void note_stream_offset(struct source *source)
{
    if (source->again >= 0 && offsets_want(&source->offsets, source->frame + 1))
        offsets_note(&source->offsets, source->frame + 1, (uint64_t)ftello(source->stream.file));
}

static bool is_stopped(const struct source *source)
{
    return source->stop != NULL && atomic_load_explicit(source->stop, memory_order_relaxed);
}

/* Whether there is one more that passes the filter. */
static bool read_records(struct source *source, struct captured_packet *packet, bool read_on)
{
    struct record record;
    uint64_t offset = source->records.position;
    while (records_next(&source->records, &record, read_on)) {
        note_offset(source, offset);
        offset = source->records.position;
        if (take_packet(source, packet, record.time > 0 ? record.time : 1, record.bytes,
                        record.wire_length))
            return true;
        if (is_stopped(source))
            return false;
    }
    return false;
}

/* At the end of the file, too, libpcap has the last word. */
static void give_back_to_pcap(struct source *source)
{
    off_t position = (off_t)source->records.position;
    records_close(&source->records);
    if (fseeko(source->stream.file, position, SEEK_SET) == 0)
        return;
    source_fail(source, "cannot be read on: %s", strerror(errno));
    source_close(source);
}

bool source_read_within(struct source *source, struct captured_packet *packet)
{
    return source->records.buffer != NULL && read_records(source, packet, false);
}

void source_read(struct source *source)
{
    if (source->records.buffer != NULL && !source->pending) {
        source->pending = read_records(source, &source->packet, true);
        if (!source->pending)
            give_back_to_pcap(source);
    }
    while (source->pcap != NULL && !source->pending) {
        if (is_stopped(source)) {
            source_close(source);
            return;
        }
        struct pcap_pkthdr *header;
        const uint8_t *data;
        note_stream_offset(source);
        int status = pcap_next_ex(source->pcap, &header, &data);
        if (status == 0)
            return;
        if (status != 1) {
            if (status == PCAP_ERROR && !was_given_up(source))
                explain_end(source);
            source_close(source);
            return;
        }
        int64_t time = packet_time(&header->ts, source->fraction > 0 ? source->fraction : 1);
        source->pending =
            take_packet(source, &source->packet, time, bytes_of(data, header->caplen), header->len);
    }
}

uint64_t source_position(const struct source *source)
{
    if (source->records.buffer != NULL)
        return source->records.position;
    return stream_position(&source->stream);
}

void source_count_drops(struct source *source)
{
    if (source->pcap == NULL || source->input.kind != INPUT_INTERFACE)
        return;
    uint64_t dropped = drops_count(&source->drops, source->pcap);
    if (dropped > source->input.dropped)
        source->input.dropped = dropped;
}

void source_close(struct source *source)
{
    source_count_drops(source);
    if (source->pcap != NULL && source->input.kind == INPUT_INTERFACE)
        drop_counters_close(&source->drops);
    if (source->has_filter)
        pcap_freecode(&source->filter);
    source->has_filter = false;
    records_close(&source->records);
    if (source->pcap != NULL) {
        pcap_close(source->pcap);
        source->stream.file = NULL;
    }
    source->pcap = NULL;
    stream_close(&source->stream);
}
