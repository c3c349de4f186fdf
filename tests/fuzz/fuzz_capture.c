/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/capture.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <unistd.h>

/* Short inputs of some compressors unfold to gigabytes. */
enum { PACKETS_MAX = 10000 };

static void read_all(const char *path)
{
    char error[CAPTURE_ERROR_TEXT] = "";
    struct captured_packet packet;
    struct capture *capture = capture_open_files(&path, 1, "udp or vlan", error);
    fuzz_require((capture == NULL) == (error[0] != '\0'));
    if (capture == NULL)
        return;
    uint64_t frame = 0;
    for (int i = 0; i < PACKETS_MAX && capture_next(capture, &packet) == 1; i++) {
        fuzz_require(packet.frame > frame);
        fuzz_require(packet.time > 0);
        fuzz_require(packet.bytes.length <= packet.wire_length);
        frame = packet.frame;
        if (packet.bytes.length > 0)
            fuzz_free(exact_copy(packet.bytes));
    }
    capture_close(capture);
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
    read_all(path);
    return 0;
}
