/* SPDX-License-Identifier: MIT */
/* The formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. Numbers are in the byte order
 * of this machine; readers tell it from the magic number. */
#include "analyzer/capture/writer.h"

#include "analyzer/time.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITE_BUFFER = 256 * 1024,
    LONGEST_PACKET = 262144, /* as capture/live.c captures */
    LONGEST_NAME = 256,      /* of an interface, in pcapng */
};

struct capture_writer {
    const struct capture *capture;
    bool pcapng;
    FILE *file; /* NULL: none */
    uint64_t size;
    char buffer[WRITE_BUFFER]; /* stdio's */
};

struct pcap_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zero[2];
    uint32_t snapshot_length;
    uint32_t link_type;
};

struct pcap_packet_header {
    uint32_t seconds, nanoseconds;
    uint32_t captured, on_wire;
};

/* pcapng blocks begin with their type and their length, which stands at their end again. */
struct section_header {
    uint32_t type, length;
    uint32_t magic;
    uint16_t major, minor;
    uint32_t section_length[2]; /* all bits set: not known */
    uint32_t length_again;
};

struct interface_description {
    uint32_t type, length;
    uint16_t link_type, reserved;
    uint32_t snapshot_length;
    uint16_t resolution_code, resolution_length; /* option if_tsresol */
    uint8_t resolution[4];
    uint16_t name_code, name_length; /* option if_name; the name follows */
};

struct enhanced_packet {
    uint32_t type, length;
    uint32_t interface;
    uint32_t time_high, time_low;
    uint32_t captured, on_wire;
};

static bool is_pcapng(const struct capture_writer *writer)
{
    return writer->pcapng || capture_input_count(writer->capture) > 1;
}

static int put(struct capture_writer *writer, const void *data, size_t length)
{
    if (fwrite(data, 1, length, writer->file) != length)
        return -1;
    writer->size += length;
    return 0;
}

/* With zeros up to a multiple of four octets. */
static int put_padded(struct capture_writer *writer, const void *data, size_t length)
{
    static const uint8_t zeros[4];
    return put(writer, data, length) == 0 && put(writer, zeros, -length % 4) == 0 ? 0 : -1;
}

static size_t padded(size_t length)
{
    return length + -length % 4;
}

static int put_pcap_header(struct capture_writer *writer)
{
    const struct pcap_header header = {.magic = 0xa1b23c4d, /* nanoseconds */
                                       .major = 2,
                                       .minor = 4,
                                       .snapshot_length = LONGEST_PACKET,
                                       .link_type = capture_input(writer->capture, 0)->link_type};
    return put(writer, &header, sizeof header);
}

static int put_interface(struct capture_writer *writer, const struct capture_input *input)
{
    static const uint32_t end_of_options;
    size_t name = strnlen(input->source, LONGEST_NAME);
    const struct interface_description description = {
        .type = 1,
        .length = (uint32_t)(sizeof description + padded(name) + 2 * sizeof(uint32_t)),
        .link_type = (uint16_t)input->link_type,
        .resolution_code = 9,
        .resolution_length = 1,
        .resolution = {9}, /* powers of ten: nanoseconds */
        .name_code = 2,
        .name_length = (uint16_t)name};
    return put(writer, &description, sizeof description) == 0 &&
                   put_padded(writer, input->source, name) == 0 &&
                   put(writer, &end_of_options, sizeof end_of_options) == 0 &&
                   put(writer, &description.length, sizeof description.length) == 0
               ? 0
               : -1;
}

static int put_section_header(struct capture_writer *writer)
{
    const struct section_header header = {.type = 0x0a0d0d0a,
                                          .length = sizeof header,
                                          .magic = 0x1a2b3c4d,
                                          .major = 1,
                                          .section_length = {UINT32_MAX, UINT32_MAX},
                                          .length_again = sizeof header};
    if (put(writer, &header, sizeof header) != 0)
        return -1;
    for (size_t i = 0; i < capture_input_count(writer->capture); i++)
        if (put_interface(writer, capture_input(writer->capture, i)) != 0)
            return -1;
    return 0;
}

static int put_pcap_packet(struct capture_writer *writer, const struct captured_packet *packet)
{
    const struct pcap_packet_header header = {.seconds = (uint32_t)(packet->time / SECONDS),
                                              .nanoseconds = (uint32_t)(packet->time % SECONDS),
                                              .captured = (uint32_t)packet->bytes.length,
                                              .on_wire = (uint32_t)packet->wire_length};
    return put(writer, &header, sizeof header) == 0
               ? put(writer, packet->bytes.data, packet->bytes.length)
               : -1;
}

static int put_enhanced_packet(struct capture_writer *writer, const struct captured_packet *packet)
{
    size_t length = packet->bytes.length;
    const struct enhanced_packet header = {
        .type = 6,
        .length = (uint32_t)(sizeof header + padded(length) + sizeof(uint32_t)),
        .interface = packet->input,
        .time_high = (uint32_t)((uint64_t)packet->time >> 32),
        .time_low = (uint32_t)packet->time,
        .captured = (uint32_t)length,
        .on_wire = (uint32_t)packet->wire_length};
    return put(writer, &header, sizeof header) == 0 &&
                   put_padded(writer, packet->bytes.data, length) == 0 &&
                   put(writer, &header.length, sizeof header.length) == 0
               ? 0
               : -1;
}

struct capture_writer *capture_writer_new(const struct capture *capture, bool pcapng)
{
    struct capture_writer *writer = (struct capture_writer *)calloc(1, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->capture = capture;
    writer->pcapng = pcapng;
    return writer;
}

/* A pcapng file may have many sections; a pcap file has one header. */
static int begin(struct capture_writer *writer)
{
    if (is_pcapng(writer))
        return put_section_header(writer);
    return writer->size == 0 ? put_pcap_header(writer) : 0;
}

int capture_writer_open(struct capture_writer *writer, int descriptor)
{
    struct stat status;
    if (capture_writer_close(writer) != 0 || fstat(descriptor, &status) != 0)
        return -1;
    writer->file = fdopen(descriptor, "w");
    if (writer->file == NULL) {
        (void)close(descriptor);
        return -1;
    }
    (void)setvbuf(writer->file, writer->buffer, _IOFBF, sizeof writer->buffer);
    writer->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return begin(writer);
}

int capture_writer_add(struct capture_writer *writer, const struct captured_packet *packet)
{
    if (writer->file == NULL)
        return 0;
    return is_pcapng(writer) ? put_enhanced_packet(writer, packet)
                             : put_pcap_packet(writer, packet);
}

uint64_t capture_writer_size(const struct capture_writer *writer)
{
    return writer->size;
}

int capture_writer_flush(struct capture_writer *writer)
{
    return writer->file == NULL || fflush(writer->file) == 0 ? 0 : -1;
}

int capture_writer_close(struct capture_writer *writer)
{
    FILE *file = writer->file;
    writer->file = NULL;
    writer->size = 0;
    return file == NULL || fclose(file) == 0 ? 0 : -1;
}

void capture_writer_free(struct capture_writer *writer)
{
    if (writer == NULL)
        return;
    (void)capture_writer_close(writer);
    free(writer);
}
