/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/key_log.h"

static const char *const problems[] = {
    [SECRETS_MISSING] =
        "The key log that was given has no secrets of this connection: it is that of another "
        "client, or of another time. Give the one of the client that was captured.",
    [SECRETS_INCOMPLETE] = "The key log that was given has only some of the secrets of this "
                           "connection. Give the whole file, as the browser wrote it.",
    [SECRETS_WRONG] = "The key log that was given names this connection, but its secrets do not "
                      "open it: the file was changed or damaged. Give it as the browser wrote it.",
    [SECRETS_UNSUPPORTED] = "A key log was given, but this version or cipher suite is not "
                            "decrypted here: DTLS 1.3, SSL 3.0 and ciphers that browsers have "
                            "given up are not. TLS 1.0 to 1.3, DTLS 1.0 and 1.2, and QUIC are.",
    [SECRETS_FIT] = NULL,
};

const char *key_log_problem(const struct handshake *handshake)
{
    return problems[handshake->secrets];
}
