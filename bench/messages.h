/* SPDX-License-Identifier: MIT */
/* Messages of STUN, TURN, DNS and TLS as clients and servers send them. Each function writes to
 * `to` and returns the length. */
#ifndef TURNSCOPE_BENCH_MESSAGES_H
#define TURNSCOPE_BENCH_MESSAGES_H

#include "bench/writer.h"

enum stun_type {
    BINDING = 0x0001,
    ALLOCATE = 0x0003,
    REFRESH = 0x0004,
    CREATE_PERMISSION = 0x0008,
    CHANNEL_BIND = 0x0009,
    SUCCESS = 0x0100, /* added to a method */
    ERROR = 0x0110,
};

enum { CHANNEL = 0x4001 };

/* A STUN message under construction. */
struct stun {
    uint8_t *start;
    uint8_t *at;
};

struct stun stun_begin(uint8_t *to, unsigned type, uint64_t transaction);
void stun_text(struct stun *stun, unsigned type, const char *text);
void stun_number(struct stun *stun, unsigned type, uint32_t number);
void stun_address(struct stun *stun, unsigned type, struct endpoint address);
void stun_integrity(struct stun *stun); /* not a right one: nobody here has the key */
void stun_fingerprint(struct stun *stun);
size_t stun_end(struct stun *stun);

/* The requests and answers of an allocation's life. */
size_t turn_allocate(uint8_t *to, uint64_t transaction, bool signed_in);
size_t turn_challenge(uint8_t *to, uint64_t transaction);
size_t turn_refusal(uint8_t *to, uint64_t transaction, unsigned method, unsigned code);
size_t turn_allocated(uint8_t *to, uint64_t transaction, struct endpoint relayed,
                      struct endpoint mapped);
size_t turn_signed(uint8_t *to, uint64_t transaction, unsigned method, struct endpoint peer);
size_t turn_success(uint8_t *to, uint64_t transaction, unsigned method);

/* ChannelData with `length` bytes at `to` + 4 already written. */
size_t channel_data(uint8_t *to, size_t length);
/* An RTP packet of `length` bytes in all, 12 at least. */
size_t rtp_packet(uint8_t *to, uint32_t source, uint16_t sequence, size_t length);
/* A connectivity check (RFC 8445) and its answer. */
size_t ice_check(uint8_t *to, uint64_t transaction);
size_t ice_answer(uint8_t *to, uint64_t transaction, struct endpoint mapped);

size_t dns_query(uint8_t *to, uint16_t id, const char *name);
size_t dns_answer(uint8_t *to, uint16_t id, const char *name, uint32_t address, bool exists);

enum tls_flight {
    TLS_CLIENT_HELLO,
    TLS_SERVER_FLIGHT,
    TLS_CLIENT_FLIGHT,
    TLS_SERVER_FINISHED,
    TLS_DATA,
    TLS_FATAL_ALERT,
};
/* `modern`: TLS 1.3, else 1.2 with its certificate in the clear. */
size_t tls_message(uint8_t *to, enum tls_flight flight, bool modern, uint64_t random);

/* ServerHello and Certificate with up to 38 certificates, which `number` (not 0) and the 37 numbers
 * after it tell apart. */
size_t tls_certificates(uint8_t *to, size_t count, uint32_t number);

#endif
