/* SPDX-License-Identifier: MIT */
/* Every cap and time-out, each with its RFC or its reason. Times are nanoseconds. */
#ifndef TURNSCOPE_ANALYZER_LIMITS_H
#define TURNSCOPE_ANALYZER_LIMITS_H

#include "analyzer/time.h"

/* What the analysis may take, in MB. All capacities of tables and buffers below are for this much
 * memory, with what hangs on their records at its worst; with more or less of it they grow or
 * shrink. What a capture does not fill stays untouched. */
enum { LIMIT_MEMORY = 256, LIMIT_MEMORY_LEAST = 16, LIMIT_MEMORY_MOST = 65536 };

static inline uint32_t limit_for(uint32_t capacity, uint32_t megabytes)
{
    uint64_t share = (uint64_t)capacity * megabytes / LIMIT_MEMORY;
    return share < 4 ? 4 : (uint32_t)share;
}

/* What was not used for this long is not missed when it has to make room: an allocation lives that
 * long without a sign of life (RFC 8656 section 3.2), and nothing else in a call is silent for
 * longer. */
#define LIMIT_RECORD_IDLE (600 * SECONDS)

/* Tables: fixed at start. A call takes a few dozen flows and a handful of allocations: room for
 * some thousand calls at a time. */
enum {
    LIMIT_FLOWS = 131072,
    LIMIT_TRANSACTIONS = 24576, /* each is kept for 39.5 s: 600 a second */
    LIMIT_ALLOCATIONS = 6144,
    LIMIT_FINDINGS = 256,
    LIMIT_INPUTS = 64,
    LIMIT_HOSTS = 65536,
    LIMIT_MAPPINGS = 8192,
    LIMIT_PATHS = 8192,
    LIMIT_ATTEMPTS = 6144,
    LIMIT_TIMELINE_BLOCKS = 8192, /* of four moments of an attempt each */
    LIMIT_CLIENTS = 16384,        /* whose latest attempt is known */
    LIMIT_ENCOUNTERS = 16384,     /* of clients with servers, of one kind */
};

/* Handshakes. A chain is kept once, however many handshakes show it. A message that spans records
 * is collected up to 32 KB: the longest certificate lists in the wild are half of that, and what is
 * cut still yields the server's own certificate, which comes first. */
enum {
    LIMIT_HANDSHAKES = 6144,
    LIMIT_CERTIFICATE_CHAINS = 256,
    LIMIT_ISSUERS = 1024, /* of servers' certificates */
    LIMIT_HANDSHAKE_COLLECTORS = 192,
    LIMIT_HANDSHAKE_MESSAGE = 32768,
    LIMIT_ALPN_NAMES = 8,
};

/* What a key log may hold: a browser writes one connection for every server it talks to. */
enum { LIMIT_KEYLOG_CONNECTIONS = 16384 };

/* TCP connections. What is not answered yet is few, except in a scan, which is no call. */
enum { LIMIT_CONNECTIONS = 12288, LIMIT_CONNECTIONS_WAITING = 4096 };

/* SYNs are sent at 0, 1, 3 and 7 s (RFC 6298 section 2): by then two or more had time to be
 * answered. */
#define LIMIT_CONNECT_WAIT (7 * SECONDS)
enum { LIMIT_CONNECT_TRIES = 2 };

/* A window that stays closed longer than a retransmission timeout is no hiccup. */
#define LIMIT_STALL (3 * SECONDS)

/* Every path carries an IPv6 packet of 1280 bytes (RFC 8200 section 5): 1220 of them are TCP
 * payload. What is larger, and was sent once and repeated three times, is lost for its size when
 * the other side is heard. */
enum { LIMIT_SAFE_SEGMENT = 1220, LIMIT_BLACK_HOLE_REPETITIONS = 3 };

/* IP datagrams whose fragments are not all there. Enough for a DTLS handshake with a long
 * certificate chain in each of 100 flows at once. */
enum { LIMIT_FRAGMENTED_DATAGRAMS = 256 };

/* Bytes of TCP streams that wait for more: 20 MB in all. Blocks of 128 KiB bound one direction: a
 * TLS flight with the longest certificate chain seen in the wild (100 KB) fits. Most streams wait
 * for the rest of a record, few for a segment that was lost, and then not for long. */
enum {
    LIMIT_STREAM_BLOCKS_2K = 3072,
    LIMIT_STREAM_BLOCKS_8K = 512,
    LIMIT_STREAM_BLOCKS_32K = 128,
    LIMIT_STREAM_BLOCKS_128K = 24,
};

/* How far a segment may be ahead of what is expected: the largest window without scaling (RFC 7323
 * section 1.1). Less than that is held back for a missing one. Handshakes stay below both; what is
 * larger is application data, which nobody reassembles for long. */
enum { LIMIT_STREAM_AHEAD = 65536, LIMIT_STREAM_HELD = 49152 };

/* A missing segment comes again after a few round trips or after a retransmission timeout of 1 s
 * and its double (RFC 6298); later it was lost by the capture. */
#define LIMIT_STREAM_WAIT (3 * SECONDS)

/* What the receiver has acknowledged can only be late for packets having overtaken each other on
 * their way into the capture. */
#define LIMIT_STREAM_REORDER (50 * MILLISECONDS)

/* Linux waits this long (net.ipv4.ipfrag_time); RFC 791 suggests 15 s, RFC 8200 demands 60 s at
 * most. */
#define LIMIT_FRAGMENT_TIMEOUT (30 * SECONDS)

/* Connections that are decrypted at a time, with about 3 KB of cipher state each. */
enum { LIMIT_TLS_SESSIONS = 2048, LIMIT_QUIC_SESSIONS = 512 };

/* Connections whose first encrypted records wait for their secrets, with 27 KB each. A browser logs
 * a secret within milliseconds; a capture file in pieces has those of a piece at its start. */
enum { LIMIT_RETAINED = 128 };
#define LIMIT_SECRETS_WAIT (5 * SECONDS)

/* HTTP: connections whose messages are followed, requests and their answers, and connections of
 * HTTP/2, whose header compression may take 64 KB in either direction, and seven times that in
 * memory when it is all of empty fields: a browser with a key log opens a handful. */
enum {
    LIMIT_HTTP_CONNECTIONS = 2048,
    LIMIT_EXCHANGES = 2048,
    LIMIT_HTTP2_CONNECTIONS = 12,
    LIMIT_LOG_LINES = 1024, /* of the CMS event log */
    LIMIT_PROXIES = 256,    /* web proxies, once for each of their clients */
};

/* Of one allocation. Browsers use a handful; a conference bridge more. */
enum {
    LIMIT_PERMISSIONS = 16,
    LIMIT_CHANNELS = 16,
    LIMIT_TURN_PORTS = 8, /* ranges of a site */
};

/* Texts of strangers that are kept, with their NUL. RFC 8489 allows 508 bytes of USERNAME and 763
 * of REALM; what is longer is cut for the report only, never for the integrity check. */
enum {
    LIMIT_USERNAME = 128,
    LIMIT_REALM = 128,
    LIMIT_SOFTWARE = 64,
    LIMIT_REASON = 128,    /* RFC 8489 section 14.8: fewer than 128 characters */
    LIMIT_METHOD = 16,     /* of HTTP */
    LIMIT_AUTHORITY = 256, /* a host name of DNS, and a port */
    LIMIT_PATH = 128,
    LIMIT_LOCATION = 256,
    LIMIT_MESSAGE = 160,     /* of a line of the CMS event log */
    LIMIT_SERVER_NAME = 256, /* a DNS name has at most 253 characters */
    LIMIT_ALPN = 32,         /* the longest registered protocol name has 27 */
};

/* Lists in a report; what is left out is counted beside it. */
enum {
    LIMIT_EVIDENCE = 8, /* frames of one finding */
    LIMIT_REPORTED_ALLOCATIONS = 1000,
    LIMIT_REPORTED_HANDSHAKES = 1000,
    LIMIT_REPORTED_EXCHANGES = 1000,
};

/* RFC 8489 section 6.2.1: a transaction has failed 39.5 s after its first transmission. */
#define LIMIT_TRANSACTION_TIMEOUT (39500 * MILLISECONDS)

/* A request repeated sooner than this is one packet seen twice (a mirror port, "any" interface),
 * not a retransmission: the shortest retransmission timer in use is 50 ms (libwebrtc). */
#define LIMIT_DUPLICATE (10 * MILLISECONDS)

/* What a capture that ends early must have shown before silence is believed: the guide's CMS gives
 * up after 3.000 s, and by then RFC 8489's schedule has sent three times. */
#define LIMIT_SILENCE (3 * SECONDS)
enum { LIMIT_SILENCE_TRANSMISSIONS = 3 };

/* A client answers a challenge within milliseconds; browsers never take longer than this. */
#define LIMIT_CHALLENGE_WAIT (5 * SECONDS)

/* RFC 7675: consent expires after 30 s without a response; checks go out about every 5 s. */
#define LIMIT_CONSENT          (30 * SECONDS)
#define LIMIT_CONSENT_INTERVAL (6 * SECONDS)
#define LIMIT_CONSENT_CHECKS   4 /* in a row */
#define LIMIT_CONSENT_SLACK    (2 * SECONDS)

/* Browsers give a call up that gets nothing for 15 s, and with it the capture often ends: this long
 * without any packet from the peer, at its end, shows that the path died. */
#define LIMIT_DEAD_PATH      (10 * SECONDS)
#define LIMIT_DEAD_PATH_LAST (2 * SECONDS) /* what was under way may still have come */

/* An ICE agent gives up after about this (libwebrtc: 15 s and more); pacing is 50 ms a check, so a
 * handful of checks is soon there. */
#define LIMIT_ICE_WAIT (30 * SECONDS)
/* At the end of the capture: by then a relay would have been tried, too, if there were one. */
#define LIMIT_ICE_DIRECT_WAIT (10 * SECONDS)
enum { LIMIT_ICE_CHECKS = 5 };

/* Some stacks are done with a pair of candidates after a second or two, but they do not take the
 * relay down at once: who does that was told to, by a person or by the other end. */
#define LIMIT_ICE_HASTE (5 * SECONDS)

/* One-way media is judged this long after a path was connected, and not by a packet or two. */
#define LIMIT_MEDIA_WAIT (5 * SECONDS)
enum { LIMIT_MEDIA_PACKETS = 25 };
#define LIMIT_RTP_WAIT (10 * SECONDS)

/* Not one packet for this long: the capture was paused. A client that waits for an answer sends
 * again, keeps other connections alive or asks for names well before. */
#define LIMIT_PAUSE (90 * SECONDS)

/* Fewer packets than this do not show that a capture is one-sided. */
enum { LIMIT_ONE_SIDED_PACKETS = 5 };

/* DTLS cookies asked for in one handshake: one is normal, and one more after a change of address.
 */
enum { LIMIT_COOKIES = 3 };

/* Datagrams that are looked at before a flow is taken for something else. */
enum { LIMIT_CONTENT_ATTEMPTS = 8 };

/* How often absences are looked for. */
#define LIMIT_TICK (100 * MILLISECONDS)

/* Servers answer a ClientHello within milliseconds; the slowest clients repeat or give up within
 * this time. */
#define LIMIT_HANDSHAKE_WAIT (10 * SECONDS)

/* Who has a relay and a peer to try sends checks within a moment; trickled candidates (RFC 8838)
 * and a person who answers take longer. */
#define LIMIT_RELAY_USE (10 * SECONDS)

/* A browser that gathers relays asks a server over all its transports within a few hundred
 * milliseconds. */
#define LIMIT_GATHERING (2 * SECONDS)

/* A person who tries again does so later than this; what a browser retries comes sooner. */
#define LIMIT_ATTEMPT_IDLE (20 * SECONDS)

/* A line of the CMS event log that is farther from the capture tells of another day's trouble. The
 * guide's log and capture are nine minutes apart. */
#define LIMIT_LOG_DISTANCE (900 * SECONDS)

/* RFC 8656: sections 3.2, 9 and 12. */
#define LIMIT_ALLOCATION_LIFETIME (600 * SECONDS)
#define LIMIT_PERMISSION_LIFETIME (300 * SECONDS)
#define LIMIT_CHANNEL_LIFETIME    (600 * SECONDS)

/* The capture may have lost a renewal: what is used after its end counts only when it is used for
 * so long without a sign from the server that it goes on. Clocks and ways take a little time. */
#define LIMIT_LAPSE       (3 * SECONDS)
#define LIMIT_LAPSE_SLACK (2 * SECONDS)
enum { LIMIT_LAPSE_DATAGRAMS = 3 };

/* A nonce that is refused so soon after it was issued has not simply come of age. */
#define LIMIT_NONCE_FRESH (10 * SECONDS)

/* Requests that are under way while a new nonce is on its way to the client still bear the old one.
 */
#define LIMIT_NONCE_FLIGHT (SECONDS / 2)

/* DNS: track/lookups and track/names. A busy client asks a few hundred names a day. */
enum {
    LIMIT_LOOKUPS = 4096,
    LIMIT_LOOKUP_TRIES = 8192,     /* queries whose time-out still runs */
    LIMIT_LOOKUP_ADDRESSES = 8,    /* of one answer; more are counted */
    LIMIT_LOOKUP_TARGETS = 4,      /* SRV targets of one answer; more are counted */
    LIMIT_ALIASES = 16,            /* CNAMEs of one answer: resolvers give up at 8 to 17 */
    LIMIT_ANSWER_RECORDS = 512,    /* looked at, in all, to follow the aliases of one answer */
    LIMIT_NAMED_ADDRESSES = 16384, /* remembered: which name gave an address */
    LIMIT_REPORTED_LOOKUPS = 1000,
};

/* Resolvers pause up to 5 s between two tries (glibc's RES_TIMEOUT): silence after the last one is
 * not believed before the next one would have come. */
#define LIMIT_LOOKUP_WAIT (6 * SECONDS)

#endif
