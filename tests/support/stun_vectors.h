/* SPDX-License-Identifier: MIT */
/* Published STUN messages, as hex for from_hex, and their credentials. */
#ifndef TURNSCOPE_TESTS_SUPPORT_STUN_VECTORS_H
#define TURNSCOPE_TESTS_SUPPORT_STUN_VECTORS_H

enum { STUN_VECTOR_SIZE = 256 }; /* bytes; none is longer */

/* RFC 5769 sections 2.1 to 2.4. */
extern const char rfc5769_request[];
extern const char rfc5769_ipv4_response[];
extern const char rfc5769_ipv6_response[];
extern const char rfc5769_long_term_request[];
/* RFC 8489 appendix B.1, as corrected by its erratum 6268. */
extern const char rfc8489_sha256_request[];

#define RFC5769_SHORT_TERM_PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"
/* Six katakana letters in UTF-8. */
#define RFC5769_LONG_TERM_USERNAME                                                                 \
    "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9"
#define RFC5769_LONG_TERM_PASSWORD "TheMatrIX" /* after SASLprep */
#define RFC5769_REALM              "example.org"

#endif
