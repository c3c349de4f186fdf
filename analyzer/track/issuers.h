/* SPDX-License-Identifier: MIT */
/* Who signed the certificate that a server first showed for a name: another issuer later on is a
 * change of certificate, or somebody in between. Issuers are told apart by certificate_authority.
 */
#ifndef TURNSCOPE_ANALYZER_TRACK_ISSUERS_H
#define TURNSCOPE_ANALYZER_TRACK_ISSUERS_H

#include "analyzer/evidence.h"
#include "analyzer/flow/table.h"

struct issuers {
    struct table table;
};

/* 0, or -1 when memory is short. */
int issuers_init(struct issuers *issuers, uint32_t capacity);
void issuers_free(struct issuers *issuers);

/* `server` showed, for `name`, a certificate of `issuer`, in the packet of `evidence`. The first
 * time is kept. Whether another issuer signed the one that was shown then. */
bool issuers_note(struct issuers *issuers, const struct transport_address *server, const char *name,
                  const char *issuer, const struct evidence *evidence);

/* The packet that showed a certificate for the same name and server when it was first seen, if
 * another issuer than this one signed it; NULL otherwise. Valid until the next issuers_note. */
const struct evidence *issuers_other(const struct issuers *issuers,
                                     const struct transport_address *server, const char *name,
                                     const char *issuer);

#endif
