/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_PREPARE_H
#define TURNSCOPE_ANALYZER_CRYPTO_PREPARE_H

/* Has OpenSSL read its configuration now, instead of at the first packet that needs it: by then the
 * process may not be allowed to open files any more. A system without one is no error. */
void crypto_prepare(void);

#endif
