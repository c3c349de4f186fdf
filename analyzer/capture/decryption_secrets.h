/* SPDX-License-Identifier: MIT */
/* TLS key logs inside pcapng captures: Decryption Secrets Blocks, as "editcap --inject-secrets" and
 * Wireshark write them (draft-ietf-opsawg-pcapng 4.7). libpcap passes over them.
 *
 *   0                4                8
 * +----------------+----------------+----------------+-----
 * | 0x0000000A     | block length   | secrets type   |
 * +----------------+----------------+----------------+-----
 * | secrets length | secrets, padded to 4 ... | block length |
 * +----------------+--------------------------+--------------+
 */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_DECRYPTION_SECRETS_H
#define TURNSCOPE_ANALYZER_CAPTURE_DECRYPTION_SECRETS_H

#include "dissectors/bytes.h"

/* Reads the file (pcapng, also compressed) once from start to end and hands the text of its TLS key
 * logs to `take` in pieces, with a line end after each block. Nothing happens for other kinds of
 * files, and for what can be read only once: standard input and pipes. Nor is a damaged or cut file
 * an error here: reading its packets reports it. */
void decryption_secrets_scan(const char *path, void (*take)(void *context, struct bytes text),
                             void *context);

#endif
