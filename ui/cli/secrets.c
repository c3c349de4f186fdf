/* SPDX-License-Identifier: MIT */
#include "ui/cli/secrets.h"

#include "analyzer/capture/decryption_secrets.h"

static void take(void *context, struct bytes text)
{
    struct keylog_source *source = context;
    keylog_read(&source->keylog, &source->file.reader, text);
}

static int fail(char *error, const char *path, const char *problem)
{
    snprintf(error, OPTIONS_ERROR, "%s: %s", path, problem);
    return -1;
}

/* A key log that says nothing is a mistake, unless a browser has yet to write into it. */
static int load_file(struct keylog_source *source, const char *path, bool live, char *error)
{
    const char *problem;
    if (keylog_file_open(&source->file, &source->keylog, path, &problem) != 0)
        return fail(error, path, problem);
    problem = keylog_file_problem(&source->file, &source->keylog);
    return problem == NULL || (live && source->keylog.malformed == 0) ? 0
                                                                      : fail(error, path, problem);
}

int secrets_load(struct secrets *secrets, const struct options *options, char error[OPTIONS_ERROR])
{
    struct keylog_source *source = &secrets->source;
    source->file.fd = -1;
    if (keylog_init(&source->keylog, limit_for(LIMIT_KEYLOG_CONNECTIONS, options->memory)) != 0)
        return fail(error, "TLS secrets", "not enough memory");
    for (size_t i = 0; i < options->file_count; i++)
        decryption_secrets_scan(options->files[i], take, source);
    bool live = options->interface_count > 0;
    if (options->keylog != NULL && load_file(source, options->keylog, live, error) != 0)
        return -1;
    if (options->keylog != NULL || source->keylog.table.used > 0)
        secrets->given = source;
    return 0;
}

void secrets_free(struct secrets *secrets)
{
    keylog_file_close(&secrets->source.file);
    keylog_free(&secrets->source.keylog);
}
