/* SPDX-License-Identifier: MIT */
#include "ui/cli/inputs.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const char *path, const struct stat *file)
{
    struct stat other;
    if (path == NULL)
        return false;
    int result = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &other) : stat(path, &other);
    return result == 0 && other.st_dev == file->st_dev && other.st_ino == file->st_ino;
}

bool inputs_have(const struct options *options, const char *path)
{
    const char *const beside[] = {options->profile, options->password_file, options->keylog,
                                  options->cms_log};
    struct stat file;
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode))
        return false;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (is_same(beside[i], &file))
            return true;
    for (size_t i = 0; i < options->file_count; i++)
        if (is_same(options->files[i], &file))
            return true;
    return false;
}
