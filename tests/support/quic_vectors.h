/* SPDX-License-Identifier: MIT */
/* The protected Initial packets of RFC 9001 appendix A.2 and A.3, and of RFC 9369 appendix A.2 and
 * A.3, as hex. All use the client's Destination Connection ID 8394c8f03e515708. */
#ifndef TURNSCOPE_TESTS_SUPPORT_QUIC_VECTORS_H
#define TURNSCOPE_TESTS_SUPPORT_QUIC_VECTORS_H

extern const char quic_version_1_client[];
extern const char quic_version_1_server[];
extern const char quic_version_2_client[];
extern const char quic_version_2_server[];

#endif
