/* SPDX-License-Identifier: MIT */
/* Capture files made by hand, byte by byte, in a directory of the test's own. */
#ifndef TURNSCOPE_TESTS_SUPPORT_CAPTURE_FILES_H
#define TURNSCOPE_TESTS_SUPPORT_CAPTURE_FILES_H

#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_FILE_SIZE = 8192, CAPTURE_FILE_PATH = 256 };

/* A file in the making. What does not fit fails the test that looks for it. */
struct capture_file {
    uint8_t bytes[CAPTURE_FILE_SIZE];
    size_t length;
};

/* Classic pcap in little-endian order with microseconds. */
void pcap_begin(struct capture_file *file, uint32_t link_type);
void pcap_packet(struct capture_file *file, uint32_t seconds, uint32_t microseconds,
                 const void *data, uint32_t captured, uint32_t on_wire);

/* pcapng in little-endian order: a section header, interfaces, enhanced packets. `units` are
 * microseconds unless `resolution` (a power of ten) of the interface says otherwise; 6 leaves the
 * option out. */
void pcapng_begin(struct capture_file *file);
void pcapng_interface(struct capture_file *file, uint16_t link_type, uint32_t snaplen,
                      uint8_t resolution);
void pcapng_packet(struct capture_file *file, uint32_t interface_id, uint64_t units,
                   const void *data, uint32_t captured);

/* Replaces the bytes by their compressed form: one gzip member, one zstd frame. */
void capture_file_gzip(struct capture_file *file);
void capture_file_zstd(struct capture_file *file);

/* Makes a new directory and returns its name in `directory`. */
void make_directory(char directory[CAPTURE_FILE_PATH]);
/* Removes it with the files in it. */
void remove_directory(const char *directory);

/* Writes the file as `name` into `directory` and its path into `path`. */
void capture_file_write(const struct capture_file *file, const char *directory, const char *name,
                        char path[CAPTURE_FILE_PATH]);

#endif
