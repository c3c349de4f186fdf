/* SPDX-License-Identifier: MIT */
#include "ui/cli/secrets.h"

#include "analyzer/capture/decryption_secrets.h"

static void read_secrets(void *context, struct bytes text)
{
    struct keylog_source *source = context;
    keylog_read(&source->keylog, &source->file.reader, text);
}

static int fail(char *error, const char *path, const char *problem)
{
    snprintf(error, OPTIONS_ERROR, "%s: %s", path, problem);
    return -1;
}

/* A browser has yet to write into it, or had nothing to write: as long as it trusts no server,
 * TLS 1.2 gives it no secret. */
static bool is_empty(const struct keylog_source *source)
{
    return source->keylog.table.used == 0 && source->keylog.malformed == 0;
}

/* A file that is no key log is a mistake. */
static int load_file(struct keylog_source *source, const char *path, char *error)
{
    const char *problem;
    if (keylog_file_open(&source->file, &source->keylog, path, &problem) != 0)
        return fail(error, path, problem);
    problem = keylog_file_problem(&source->file, &source->keylog);
    return problem == NULL || is_empty(source) ? 0 : fail(error, path, problem);
}

/* Packets are captured now, here or at the other end of a pipe. */
static bool is_live(const struct options *options)
{
    bool live = options->interface_count > 0;
    for (size_t i = 0; i < options->file_count; i++)
        live |= strcmp(options->files[i], "-") == 0;
    return live;
}

int secrets_load(struct secrets *secrets, const struct options *options, char error[OPTIONS_ERROR])
{
    struct keylog_source *source = &secrets->source;
    source->file.fd = -1;
    if (keylog_init(&source->keylog, limit_for(LIMIT_KEYLOG_CONNECTIONS, options->memory)) != 0)
        return fail(error, "TLS secrets", "not enough memory");
    for (size_t i = 0; i < options->file_count; i++)
        decryption_secrets_scan(options->files[i], read_secrets, source);
    if (options->keylog != NULL && load_file(source, options->keylog, error) != 0)
        return -1;
    if (options->keylog != NULL || source->keylog.table.used > 0)
        secrets->given = source;
    return 0;
}

bool secrets_remark(const struct secrets *secrets, const struct options *options,
                    char text[OPTIONS_ERROR])
{
    const struct keylog *keylog = &secrets->source.keylog;
    const char *path = options->keylog;
    if (path != NULL && is_empty(&secrets->source) && !is_live(options))
        snprintf(text, OPTIONS_ERROR, "%s: %s", path,
                 keylog_file_problem(&secrets->source.file, keylog));
    else if (path != NULL && keylog->malformed > 0)
        snprintf(text, OPTIONS_ERROR,
                 "%s: %llu of its lines are not those of a key log, and were passed over", path,
                 (unsigned long long)keylog->malformed);
    else if (keylog->table.evicted > 0)
        snprintf(text, OPTIONS_ERROR,
                 "%s: only the latest %u connections of the key log are kept; give the part from "
                 "the time of the capture, or more memory with --memory",
                 path != NULL ? path : "TLS secrets", (unsigned)keylog->table.capacity);
    else
        return false;
    return true;
}

void secrets_free(struct secrets *secrets)
{
    keylog_file_close(&secrets->source.file);
    keylog_free(&secrets->source.keylog);
}
