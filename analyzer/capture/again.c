/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/source.h"

#include <fcntl.h>
#include <unistd.h>

/* Another reading of the same file, which begins at its beginning. 0; or -1. */
static int open_again(struct source *again, const struct source *source)
{
    const char *problem;
    char error[PCAP_ERRBUF_SIZE];
    int descriptor = fcntl(source->again, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0 || lseek(descriptor, 0, SEEK_SET) != 0 ||
        stream_adopt(&again->stream, descriptor, &problem) != 0) {
        if (descriptor >= 0)
            (void)close(descriptor);
        return -1;
    }
    again->pcap = pcap_fopen_offline_with_tstamp_precision(again->stream.file,
                                                           PCAP_TSTAMP_PRECISION_NANO, error);
    if (again->pcap != NULL && source_prepare(again, source->filter_text) == 0)
        return 0;
    source_close(again);
    return -1;
}

/* pcapng describes its interfaces in front of the first packet: libpcap must have read that. */
static bool seek(struct source *again, uint64_t frame, uint64_t offset)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    again->frame = frame - 1;
    if (records_open(&again->records, again->stream.fd, (uint32_t)pcap_snapshot(again->pcap))) {
        again->records.position = offset;
        return true;
    }
    return pcap_next_ex(again->pcap, &header, &data) == 1 &&
           fseeko(again->stream.file, (off_t)offset, SEEK_SET) == 0;
}

int capture_read_again(const struct capture *capture, uint16_t input, uint64_t from, uint64_t to,
                       void (*take)(void *context, const struct captured_packet *packet),
                       void *context)
{
    if (input >= capture->count)
        return -1;
    const struct source *source = &capture->sources[input];
    uint64_t offset, start = offsets_before(&source->offsets, from, &offset);
    struct source again = {.input = source->input, .index = input, .again = -1};
    if (source->again < 0 || start == 0 || open_again(&again, source) != 0)
        return -1;
    bool more = seek(&again, start, offset);
    while (more && again.frame < to) {
        source_read(&again);
        more = again.pending;
        again.pending = false;
        if (more && again.frame >= from && again.frame <= to)
            take(context, &again.packet);
    }
    source_close(&again);
    return 0;
}
