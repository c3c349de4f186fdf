/* SPDX-License-Identifier: MIT */
#include "ui/cli/passwords.h"

#include <string.h>

static const char *path_of(const struct session *session)
{
    const struct options *options = session->options;
    if (options->password_file != NULL)
        return options->password_file;
    bool named = options->profile != NULL && session->profile.turn.password_file[0] != '\0';
    return named ? session->profile.turn.password_file : NULL;
}

int passwords_load(struct session *session)
{
    char error[CREDENTIALS_ERROR_TEXT], warning[PROFILE_PATH + 64];
    const char *path = path_of(session);
    if (path == NULL)
        return 0;
    if (credentials_load(&session->credentials, path, error) != 0)
        return trouble(error);
    session->has_credentials = true;
    if (session->credentials.readable_by_others) {
        snprintf(warning, sizeof warning, "warning: %s can be read by everyone: chmod 600 it",
                 path);
        trouble(warning);
    }
    return 0;
}

static bool has_line_for(const struct credentials *credentials, const char *username)
{
    struct bytes name = bytes_of((const uint8_t *)username, strlen(username));
    for (size_t i = 0; i < credentials->count; i++)
        if (bytes_equal(credentials->entries[i].username, name))
            return true;
    return false;
}

/* A name that fills its field may be the beginning of a longer one. */
static bool lacks_user(const struct credentials *credentials, const struct finding *finding)
{
    const char *username = finding->subjects.username;
    size_t length = strlen(username);
    return finding->key.code == FINDING_TURN_INTEGRITY_FAILURE && length > 0 &&
           length + 1 < sizeof finding->subjects.username && !has_line_for(credentials, username);
}

void passwords_remark(const struct session *session)
{
    const struct findings *findings = &session->engine->findings;
    char remark[PROFILE_PATH + LIMIT_USERNAME + 128];
    if (!session->has_credentials)
        return;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f)) {
        if (!lacks_user(&session->credentials, f))
            continue;
        snprintf(
            remark, sizeof remark,
            "warning: %s has no line for the user '%s', whom a TURN server rejects: add one to "
            "learn which side holds another password",
            path_of(session), f->subjects.username);
        trouble(remark);
        return;
    }
}
