/* SPDX-License-Identifier: MIT */
/* Clients that go their way step by step, many of them at the same time. */
#include "bench/kinds.h"
#include "bench/messages.h"

#include <stdio.h>
#include <stdlib.h>

const struct endpoint dns_server = {0x0a000035, 53};
const struct endpoint turn_server = {0xc6336401, 3478};
const struct endpoint web_server = {0xc6336402, 443};

enum session_kind { SESSION_DNS, SESSION_TLS, SESSION_TURN, SESSION_KINDS };

struct session {
    uint64_t number;
    unsigned step;
    bool fails;
    bool modern; /* TLS 1.3 */
    struct endpoint client;
    uint64_t media_left;
    uint32_t sent[2]; /* TCP sequence numbers, or RTP packets: [0] by the client */
};

uint64_t scramble(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static void begin(struct session *session, uint64_t number, const struct parameters *parameters)
{
    uint64_t random = scramble(number);
    *session = (struct session){.number = number, .media_left = parameters->media};
    session->fails = (double)(random >> 40) / (double)(1 << 24) < parameters->errors;
    session->modern = random & 1;
    session->client.address = (uint32_t)(0x0a100000 + random / 2 % parameters->clients);
    session->client.port = (uint16_t)(1024 + scramble(random) % 64000);
}

static uint64_t transaction_of(const struct session *session)
{
    return session->number << 8 | session->step / 2;
}

static struct endpoint peer_of(const struct session *session)
{
    return (struct endpoint){0xc6336450 + (uint32_t)(session->number % 16),
                             (uint16_t)(50000 + session->number % 10000)};
}

static struct endpoint mapped_of(const struct session *session)
{
    return (struct endpoint){0xcb007101, session->client.port};
}

static struct endpoint relayed_of(const struct session *session)
{
    return (struct endpoint){turn_server.address, (uint16_t)(49152 + session->number % 16000)};
}

/* True while the session goes on. */
static bool step_dns(struct session *session, struct writer *writer)
{
    char name[64];
    uint8_t *to = udp_begin(writer);
    uint16_t id = (uint16_t)(session->number ^ session->step / 2);
    unsigned host = (unsigned)(session->number / 2 % 5000 + session->step / 2);
    snprintf(name, sizeof name, "host-%u.services.example.com", host);
    if (session->step % 2 == 0)
        udp_end(writer, session->client, dns_server, dns_query(to, id, name));
    else
        udp_end(writer, dns_server, session->client,
                dns_answer(to, id, name, 0xc6336400 + host, !session->fails));
    return ++session->step < 4;
}

static void segment(struct session *session, struct writer *writer, bool by_client, uint8_t flags,
                    size_t length)
{
    uint32_t *mine = &session->sent[by_client ? 0 : 1], *others = &session->sent[by_client ? 1 : 0];
    tcp_end(writer, by_client ? session->client : web_server,
            by_client ? web_server : session->client, *mine, flags == SYN ? 0 : *others, flags,
            length);
    *mine += (uint32_t)length + (flags & (SYN | FIN) ? 1 : 0);
}

static void send_tls(struct session *session, struct writer *writer, bool by_client,
                     enum tls_flight flight)
{
    size_t length =
        tls_message(tcp_begin(writer), flight, session->modern, scramble(session->number));
    segment(session, writer, by_client, PUSH | ACK, length);
}

/* One row a packet of a connection: from the handshake of TCP to its end. */
static const struct tls_step {
    bool by_client;
    uint8_t flags; /* 0: with a TLS message */
    uint8_t flight;
} tls_steps[] = {
    {true, SYN, 0},
    {false, SYN | ACK, 0},
    {true, ACK, 0},
    {true, 0, TLS_CLIENT_HELLO},
    {false, ACK, 0},
    {false, 0, TLS_SERVER_FLIGHT},
    {true, ACK, 0},
    {true, 0, TLS_CLIENT_FLIGHT},
    {false, 0, TLS_SERVER_FINISHED},
    {true, 0, TLS_DATA},
    {false, 0, TLS_DATA},
    {true, ACK, 0},
    {true, FIN | ACK, 0},
    {false, FIN | ACK, 0},
    {true, ACK, 0},
};

enum { TLS_STEPS = sizeof tls_steps / sizeof tls_steps[0] };

/* A client that refuses the certificate says so instead of its flight, and is gone. */
static bool step_tls(struct session *session, struct writer *writer)
{
    const struct tls_step *step = &tls_steps[session->step++];
    if (session->fails && step->flight == TLS_CLIENT_FLIGHT) {
        send_tls(session, writer, true, TLS_FATAL_ALERT);
        return false;
    }
    if (step->flags != 0)
        segment(session, writer, step->by_client, step->flags, 0);
    else
        send_tls(session, writer, step->by_client, (enum tls_flight)step->flight);
    return session->step < TLS_STEPS;
}

static size_t turn_request(const struct session *session, uint8_t *to, uint64_t transaction)
{
    static const unsigned methods[] = {0, 0, CREATE_PERMISSION, CHANNEL_BIND};
    unsigned round = session->step / 2;
    if (round < 2)
        return turn_allocate(to, transaction, round > 0);
    return turn_signed(to, transaction, methods[round], peer_of(session));
}

static size_t turn_answer(const struct session *session, uint8_t *to, uint64_t transaction)
{
    static const unsigned methods[] = {0, ALLOCATE, CREATE_PERMISSION, CHANNEL_BIND};
    unsigned round = session->step / 2;
    if (round == 0)
        return turn_challenge(to, transaction);
    if (round == 1 && session->fails)
        return turn_refusal(to, transaction, ALLOCATE, 486);
    if (round == 1)
        return turn_allocated(to, transaction, relayed_of(session), mapped_of(session));
    return turn_success(to, transaction, methods[round]);
}

static bool step_turn(struct session *session, struct writer *writer)
{
    uint8_t *to = udp_begin(writer);
    uint64_t transaction = transaction_of(session);
    if (session->step % 2 == 0)
        udp_end(writer, session->client, turn_server, turn_request(session, to, transaction));
    else
        udp_end(writer, turn_server, session->client, turn_answer(session, to, transaction));
    session->step++;
    return session->step < (session->fails ? 4 : 8);
}

/* The client checks the path through the channel, the peer does; then media go both ways. */
static const struct {
    bool by_client;
    bool answers;
    uint8_t transaction;
} checks[] = {{true, false, 1}, {false, true, 1}, {false, false, 2}, {true, true, 2}};

enum { TURN_STEPS = 8, CHECKS = sizeof checks / sizeof checks[0] };

static void send_channel_data(const struct session *session, struct writer *writer, bool by_client,
                              uint8_t *to, size_t length)
{
    udp_end(writer, by_client ? session->client : turn_server,
            by_client ? turn_server : session->client, channel_data(to, length));
}

static void send_check(const struct session *session, struct writer *writer, unsigned check)
{
    uint8_t *to = udp_begin(writer);
    uint64_t transaction = session->number << 8 | 0x80 | checks[check].transaction;
    size_t length = checks[check].answers ? ice_answer(to + 4, transaction, relayed_of(session))
                                          : ice_check(to + 4, transaction);
    send_channel_data(session, writer, checks[check].by_client, to, length);
}

static void send_media(struct session *session, struct writer *writer, size_t payload)
{
    bool by_client = session->media_left % 2 == 0;
    uint8_t *to = udp_begin(writer);
    size_t length = rtp_packet(to + 4, (uint32_t)session->number * 2 + by_client,
                               (uint16_t)session->sent[by_client]++, payload);
    send_channel_data(session, writer, by_client, to, length);
}

static bool step_media(struct session *session, struct writer *writer, size_t payload)
{
    if (session->step < TURN_STEPS)
        return step_turn(session, writer) || !session->fails;
    if (session->step < TURN_STEPS + CHECKS) {
        send_check(session, writer, session->step++ - TURN_STEPS);
        return true;
    }
    send_media(session, writer, payload);
    return --session->media_left > 0;
}

/* Sessions take turns, a packet each; one that is over makes room for the next. */
static void take_turns(struct writer *writer, const struct parameters *parameters,
                       bool (*step)(struct session *, struct writer *, const struct parameters *))
{
    uint64_t window =
        parameters->window < parameters->count ? parameters->window : parameters->count;
    struct session *sessions = calloc(window, sizeof *sessions);
    uint64_t next = 0, open = sessions != NULL ? window : 0;
    for (uint64_t i = 0; i < open; i++)
        begin(&sessions[i], next++, parameters);
    for (uint64_t i = 0; open > 0; i = i + 1 < open ? i + 1 : 0) {
        if (i >= open || step(&sessions[i], writer, parameters))
            continue;
        if (next < parameters->count)
            begin(&sessions[i], next++, parameters);
        else
            sessions[i] = sessions[--open];
    }
    free(sessions);
}

static bool step_with_media(struct session *session, struct writer *writer,
                            const struct parameters *parameters)
{
    return step_media(session, writer, parameters->payload);
}

static bool step_signalling(struct session *session, struct writer *writer,
                            const struct parameters *parameters)
{
    (void)parameters;
    switch (session->number % SESSION_KINDS) {
    case SESSION_DNS:
        return step_dns(session, writer);
    case SESSION_TLS:
        return step_tls(session, writer);
    default:
        return step_turn(session, writer);
    }
}

void write_media(struct writer *writer, const struct parameters *parameters)
{
    take_turns(writer, parameters, step_with_media);
}

void write_signalling(struct writer *writer, const struct parameters *parameters)
{
    take_turns(writer, parameters, step_signalling);
}
