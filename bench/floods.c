/* SPDX-License-Identifier: MIT */
/* Floods from spoofed addresses, each with one session of its own among them. */
#include "bench/kinds.h"
#include "bench/messages.h"

#include <stdio.h>

enum { WITNESS_EVERY = 100 };

static const struct endpoint witness_client = {0x0a0a0a0a, 40000};
static const struct endpoint witness_peer = {0xc6336463, 50000};

static bool is_answer(const struct witness *witness)
{
    return witness->said % 2 == 1;
}

static size_t witness_message(const struct witness *witness, uint8_t *to)
{
    static const struct endpoint relayed = {0xc6336401, 60000};
    uint64_t round = witness->said / 2;
    if (round == 0)
        return is_answer(witness) ? turn_challenge(to, 1) : turn_allocate(to, 1, false);
    if (round == 1)
        return is_answer(witness) ? turn_allocated(to, 2, relayed, relayed)
                                  : turn_allocate(to, 2, true);
    if (round == 2)
        return is_answer(witness) ? turn_success(to, 3, CHANNEL_BIND)
                                  : turn_signed(to, 3, CHANNEL_BIND, witness_peer);
    return channel_data(to,
                        rtp_packet(to + 4, 7 + (uint32_t)is_answer(witness), (uint16_t)round, 200));
}

void witness_speak(struct writer *writer, struct witness *witness)
{
    size_t length = witness_message(witness, udp_begin(writer));
    udp_end(writer, is_answer(witness) ? turn_server : witness_client,
            is_answer(witness) ? witness_client : turn_server, length);
    witness->said++;
}

static struct endpoint spoofed(uint64_t number)
{
    uint64_t random = scramble(number);
    return (struct endpoint){(uint32_t)(0x0b000000 + random % 0x20000000),
                             (uint16_t)(random >> 48)};
}

static void flood(struct writer *writer, const struct parameters *parameters,
                  void (*send)(struct writer *writer, uint64_t number))
{
    struct witness witness = {0};
    for (uint64_t i = 0; i < parameters->count; i++) {
        if (i % WITNESS_EVERY == 0)
            witness_speak(writer, &witness);
        send(writer, i);
    }
}

static void send_datagram(struct writer *writer, uint64_t number)
{
    put_fill(udp_begin(writer), 0xee, 32);
    udp_end(writer, spoofed(number), turn_server, 32);
}

/* From a few clients, each with a new transaction every time. */
static void send_transaction(struct writer *writer, uint64_t number)
{
    struct endpoint client = {0x0a000100 + (uint32_t)(number % 16), 30000};
    udp_end(writer, client, turn_server, turn_allocate(udp_begin(writer), number << 8, true));
}

static void send_name(struct writer *writer, uint64_t number)
{
    char name[64];
    struct endpoint client = {0x0a000200 + (uint32_t)(number % 200), (uint16_t)scramble(number)};
    snprintf(name, sizeof name, "%llx.example.com", (unsigned long long)scramble(number));
    udp_end(writer, client, dns_server, dns_query(udp_begin(writer), (uint16_t)number, name));
}

static void send_syn(struct writer *writer, uint64_t number)
{
    tcp_begin(writer);
    tcp_end(writer, spoofed(number), web_server, (uint32_t)scramble(number), 0, SYN, 0);
}

static void send_fragment(struct writer *writer, uint64_t number)
{
    enum { LENGTH = 1400 };
    put_fill(fragment_begin(writer), 0, LENGTH);
    fragment_end(writer, spoofed(number).address, turn_server.address, (uint16_t)number, 0, true,
                 LENGTH);
}

/* Each asks, and is challenged: state of a flow, a transaction and an allocation. */
static void send_allocation(struct writer *writer, uint64_t number)
{
    struct endpoint client = spoofed(number / 2);
    uint8_t *to = udp_begin(writer);
    if (number % 2 == 0)
        udp_end(writer, client, turn_server, turn_allocate(to, number << 8, false));
    else
        udp_end(writer, turn_server, client, turn_challenge(to, (number - 1) << 8));
}

/* A ClientHello without a connection before it, half of it. */
static void send_hello(struct writer *writer, uint64_t number)
{
    size_t length = tls_message(tcp_begin(writer), TLS_CLIENT_HELLO, true, number);
    tcp_end(writer, spoofed(number), web_server, 1, 1, PUSH | ACK, length / 2);
}

void flood_flows(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_datagram);
}

void flood_transactions(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_transaction);
}

void flood_names(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_name);
}

void flood_connections(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_syn);
}

void flood_fragments(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_fragment);
}

void flood_allocations(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_allocation);
}

void flood_hellos(struct writer *writer, const struct parameters *parameters)
{
    flood(writer, parameters, send_hello);
}
