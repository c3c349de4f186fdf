/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/capture.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <unistd.h>

/* Short inputs of some compressors unfold to gigabytes. */
enum { PACKETS_MAX = 10000 };

static struct capture *open_one(const char *path)
{
    char error[CAPTURE_ERROR_TEXT] = "";
    struct capture *capture = capture_open_files(&path, 1, "udp or vlan", error);
    fuzz_require((capture == NULL) == (error[0] != '\0'));
    return capture;
}

static void check_packet(const struct captured_packet *packet, uint64_t last_frame)
{
    fuzz_require(packet->frame > last_frame);
    fuzz_require(packet->time > 0);
    fuzz_require(packet->bytes.length <= packet->wire_length);
    if (packet->bytes.length > 0)
        fuzz_free(exact_copy(packet->bytes));
}

static bool is_same(const struct captured_packet *a, const struct captured_packet *b)
{
    return a->frame == b->frame && a->time == b->time && a->wire_length == b->wire_length &&
           a->link_type == b->link_type && bytes_equal(a->bytes, b->bytes);
}

/* Packets of a block are those that come one by one. */
static uint64_t compare_block(const struct capture_block *block, struct capture *one_by_one,
                              uint64_t frame)
{
    struct captured_packet packet;
    for (size_t i = 0; i < block->count; i++) {
        fuzz_require(capture_next(one_by_one, &packet) == 1);
        check_packet(&packet, frame);
        fuzz_require(is_same(&packet, &block->packets[i]));
        frame = packet.frame;
    }
    return frame;
}

/* Each block is looked at when the next one has been read. */
static void read_all(struct capture *capture, struct capture *one_by_one)
{
    static struct capture_block blocks[2];
    uint64_t frame = 0, left = PACKETS_MAX;
    unsigned filled = 0;
    capture_fill(capture, &blocks[0], left);
    while (blocks[filled % 2].count > 0) {
        left -= blocks[filled % 2].count;
        capture_fill(capture, &blocks[(filled + 1) % 2], left);
        frame = compare_block(&blocks[filled++ % 2], one_by_one, frame);
    }
    if (left == 0)
        return;
    fuzz_require(capture_next(one_by_one, &(struct captured_packet){0}) == 0);
    fuzz_require(strcmp(capture_input(capture, 0)->error, capture_input(one_by_one, 0)->error) ==
                 0);
}

static void read_twice(const char *path)
{
    struct capture *capture = open_one(path), *one_by_one = open_one(path);
    fuzz_require((capture == NULL) == (one_by_one == NULL));
    if (capture != NULL)
        read_all(capture, one_by_one);
    capture_close(capture);
    capture_close(one_by_one);
}

/* One file, without a name, written anew for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *file;
    char path[32];
    if (file == NULL)
        file = tmpfile();
    fuzz_require(file != NULL);
    int fd = fileno(file);
    fuzz_require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    read_twice(path);
    return 0;
}
