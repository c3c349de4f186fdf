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

static bool is_read(const struct session *session, const char *path)
{
    const struct options *options = session->options;
    const char *const beside[] = {options->profile, options->password_file, options->keylog,
                                  options->cms_log, session->profile.turn.password_file};
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

static int spare(const struct session *session, const char *path, const char *option)
{
    char message[512];
    if (path == NULL || strcmp(path, "-") == 0 || !is_read(session, path))
        return 0;
    snprintf(message, sizeof message,
             "%.384s: cannot be read and written at once: name another file with %s", path, option);
    return trouble(message);
}

int inputs_spare(struct session *session)
{
    int result = spare(session, session->options->output, "-o");
    return result != 0 ? result : spare(session, session->options->write, "-w");
}
