/* SPDX-License-Identifier: MIT */
/* Feeds each file of a directory to a fuzz target, so that any compiler checks its corpus. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>

enum { INPUT_MAXIMUM = 1 << 20 };

static int replay_file(const char *directory, const char *name, uint8_t *buffer)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return -1;
    }
    size_t size = fread(buffer, 1, INPUT_MAXIMUM, file);
    fclose(file);
    return LLVMFuzzerTestOneInput(buffer, size);
}

static size_t replay_directory(const char *directory, uint8_t *buffer)
{
    size_t count = 0;
    const struct dirent *entry;
    DIR *files = opendir(directory);
    while (files != NULL && (entry = readdir(files)) != NULL)
        if (entry->d_name[0] != '.' && replay_file(directory, entry->d_name, buffer) == 0)
            count++;
    if (files != NULL)
        closedir(files);
    return count;
}

int main(int argc, char **argv)
{
    uint8_t *buffer = malloc(INPUT_MAXIMUM);
    size_t count = buffer != NULL && argc == 2 ? replay_directory(argv[1], buffer) : 0;
    free(buffer);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
