/* SPDX-License-Identifier: MIT */
/* One connection of a client with a server, fed to the tracker of handshakes segment by segment,
 * and the messages that they send, written by hand. */
#ifndef TURNSCOPE_TESTS_SUPPORT_HANDSHAKE_BENCH_H
#define TURNSCOPE_TESTS_SUPPORT_HANDSHAKE_BENCH_H

#include "analyzer/track/handshakes.h"

enum { CLIENT, SERVER };

struct handshake_bench {
    struct flows flows;
    struct handshakes handshakes;
    struct event_queue events;
    struct transport_address ends[2]; /* client, server */
    int64_t time;
    uint64_t frame;
    uint8_t protocol;
    size_t segment; /* bytes at a time; 0: all at once */
    struct {
        uint8_t bytes[65536];
        size_t length;
        bool done;
    } pending[2];
};

struct handshake_bench *bench_new(uint8_t protocol);

/* No event may have been lost. */
void bench_free(struct handshake_bench *bench);

/* A packet from CLIENT or SERVER, ten milliseconds after the one before. */
struct sighting bench_packet(struct handshake_bench *bench, unsigned end);

/* Bytes of a stream, in segments of bench->segment bytes, until the tracker wants no more. */
void bench_send_bytes(struct handshake_bench *bench, unsigned end, struct bytes bytes);
void bench_send(struct handshake_bench *bench, unsigned end, const char *hex);

void bench_send_datagram(struct handshake_bench *bench, unsigned end, const char *hex);

/* The end of the stream: a FIN, or a RST. */
void bench_close(struct handshake_bench *bench, unsigned end, bool reset);

/* The handshake of the connection. */
const struct handshake *bench_latest(struct handshake_bench *bench);
void bench_assert_state(struct handshake_bench *bench, const char *state);

size_t bench_count(const struct handshake_bench *bench, enum event_kind kind);
const struct event *bench_last_event(const struct handshake_bench *bench);

/* A certificate of tests/data/certificates, which make.sh there makes, into the buffer. */
struct bytes bench_load_certificate(const char *name, uint8_t *buffer, size_t size);

/* Writes a number of so many octets, in network order, and moves on. */
void bench_put(uint8_t **at, size_t value, unsigned octets);

/* A Certificate message of TLS 1.2 with these certificates, in records of at most `record` bytes.
 */
void bench_send_certificates(struct handshake_bench *bench, unsigned end, const char *const *names,
                             size_t count, size_t record);

/* TLS 1.2 up to ServerHelloDone: the server shows two certificates and asks for the client's. */
void bench_start_1_2(struct handshake_bench *bench);

/* TLS 1.3 up to the server's first encrypted record. */
void bench_start_1_3(struct handshake_bench *bench);

#define RANDOM_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RANDOM_2 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

/* Records, and what is in them, in hexadecimal digits. */
extern const char hello_1_2[];
extern const char server_hello_1_2[];
extern const char resumed_server_hello_1_2[];
extern const char certificate_request[];
extern const char server_hello_done[];
extern const char empty_client_certificate[];
extern const char client_key_exchange[];
extern const char change_cipher_spec[];
extern const char finished[];
extern const char fatal_unknown_ca[];
extern const char hello_1_3[];
extern const char server_hello_1_3[];
extern const char encrypted_flight[];
extern const char encrypted_alert[];

#endif
