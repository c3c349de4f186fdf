/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/overcome.h"

#include "analyzer/diagnose/causes.h"
#include "analyzer/diagnose/leg.h"
#include "analyzer/diagnose/other_address.h"
#include "analyzer/diagnose/scope.h"

/* When it last happened. A client goes on repeating a request that nobody answers, whatever it got
 * by then some other way: what counts is when it began. */
static int64_t latest_evidence(const struct finding *finding)
{
    for (size_t i = finding->evidence_count; i > 0; i--) {
        const struct evidence *evidence = &finding->evidence[i - 1];
        bool began = evidence_is_request(evidence) && !(evidence->flags & EVIDENCE_RETRANSMISSION);
        if (began || !finding_is_about_reaching_turn(finding))
            return evidence->time;
    }
    return finding->last;
}

/* A capture that is known to be made on the client holds no other client. */
bool finding_is_of_another(const struct finding *finding, const struct state *state)
{
    const struct vantage *vantage = state->vantage;
    bool alone = vantage->value == VANTAGE_CLIENT && vantage->basis != VANTAGE_BY_GUESS;
    return finding->other_got_relay && !finding->user_got_relay && !alone;
}

/* What was found on the way before the client got in broke nothing: a retry, or another transport,
 * worked. What it showed after that did. */
static bool was_overcome(const struct finding *finding, const struct state *state)
{
    const struct attempt *attempt = attempts_of(state->attempts, &finding->key.client);
    if (finding_step((enum finding_code)finding->key.code) >= STEP_ICE ||
        finding_is_of_another(finding, state))
        return false;
    while (attempt != NULL &&
           (finding->first < attempt->first || attempt_connected_at(attempt) == 0))
        attempt = attempts_before(state->attempts, attempt);
    return attempt != NULL && latest_evidence(finding) <= attempt_connected_at(attempt);
}

/* Another connection, or another handshake, to the same server came through later: browsers open
 * several at once. */
static bool worked_later(const struct finding *finding, const struct state *state)
{
    enum attempt_step step = finding_step((enum finding_code)finding->key.code);
    const struct ip_address *client = &finding->key.client;
    const struct transport_address *server = &finding->key.server;
    if (step == STEP_TLS)
        return handshakes_established(state->handshakes, client, server, finding->first);
    return step == STEP_TCP &&
           connections_established(state->connections, client, server, finding->last);
}

/* Browsers ask all the TURN addresses they are given at once: one that gives an allocation is
 * enough, in each attempt that the finding belongs to. */
static bool got_allocation_elsewhere(const struct finding *finding, const struct state *state)
{
    bool worked = false;
    if (!finding_is_about_reaching_turn(finding))
        return false;
    for (const struct attempt *attempt = attempts_of(state->attempts, &finding->key.client);
         attempt != NULL; attempt = attempts_before(state->attempts, attempt)) {
        if (attempt->first > finding->last || attempt->last < finding->first)
            continue;
        worked = attempt->steps[STEP_TURN].worked != 0;
        if (!worked)
            return false;
    }
    return worked;
}

static bool is_about_certificate(const struct finding *finding)
{
    return (enum finding_code)finding->key.code >= FINDING_TLS_CERTIFICATE_SELF_SIGNED &&
           (enum finding_code)finding->key.code <= FINDING_TLS_CERTIFICATE_DEFAULT;
}

enum { BUCKETS = 2 * LIMIT_FINDINGS, NOBODY = LIMIT_FINDINGS };

/* Findings by their client, in chains: there are many allocations to compare them with. */
struct seekers {
    uint16_t heads[BUCKETS];
    uint16_t next[LIMIT_FINDINGS];
    struct finding *findings[LIMIT_FINDINGS];
    size_t count;
};

static size_t bucket_of(const struct ip_address *client)
{
    uint32_t hash = 0;
    for (size_t i = 0; i < sizeof client->octets; i++)
        hash = hash * 31 + client->octets[i];
    return hash % BUCKETS;
}

static bool is_before_turn(const struct finding *finding)
{
    enum attempt_step step = finding_step((enum finding_code)finding->key.code);
    return step == STEP_TCP || step == STEP_TLS || step == STEP_HTTP;
}

/* Where a client outside was sent may be right all the same: the profile may be out of date. */
static bool is_other_address(const struct finding *finding)
{
    enum finding_code code = (enum finding_code)finding->key.code;
    return code == FINDING_DNS_ADDRESS_NOT_STATIC_NAT ||
           code == FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE;
}

static bool is_redirection(const struct finding *finding)
{
    return (enum finding_code)finding->key.code == FINDING_TURN_REDIRECTED;
}

static bool is_search(const struct finding *finding)
{
    return (enum finding_code)finding->key.code == FINDING_ICE_NO_CONNECTIVITY &&
           finding->evidence_count > 0;
}

static bool is_lost_path(const struct finding *finding)
{
    return (enum finding_code)finding->key.code == FINDING_ICE_CONSENT_LOST;
}

/* One of the far side's addresses, or one of the two families, is refused to this client. */
static bool is_about_one_address(const struct finding *finding)
{
    enum finding_code code = (enum finding_code)finding->key.code;
    return code == FINDING_TURN_FORBIDDEN || code == FINDING_TURN_FAMILY_UNSUPPORTED;
}

static bool names_user(const struct finding *finding)
{
    return finding_step((enum finding_code)finding->key.code) == STEP_TURN &&
           finding->subjects.username[0] != '\0';
}

static bool seeks(const struct finding *finding)
{
    return is_before_turn(finding) || is_other_address(finding) || names_user(finding) ||
           is_redirection(finding) || is_search(finding) || is_lost_path(finding) ||
           finding_is_about_reaching_turn(finding) || is_about_one_address(finding);
}

static void gather_seekers(struct seekers *seekers, struct findings *findings)
{
    struct finding *f = NULL;
    seekers->count = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        seekers->heads[i] = NOBODY;
    while ((f = findings_next(findings, f)) != NULL) {
        f->got_further = f->user_got_relay = f->other_got_relay = false;
        f->alternative_granted = false;
        f->found_path = f->call_inside_tls = f->tls_closed = false;
        if (!seeks(f) || seekers->count == LIMIT_FINDINGS)
            continue;
        uint16_t *head = &seekers->heads[bucket_of(&f->key.client)];
        seekers->next[seekers->count] = *head;
        seekers->findings[seekers->count] = f;
        *head = (uint16_t)seekers->count++;
    }
}

/* The client's first seeker after `i`, which is NOBODY at first; NOBODY ends. */
static uint16_t next_seeker(const struct seekers *seekers, const struct ip_address *client,
                            uint16_t i)
{
    i = i == NOBODY ? seekers->heads[bucket_of(client)] : seekers->next[i];
    while (i != NOBODY && !ip_address_equal(client, &seekers->findings[i]->key.client))
        i = seekers->next[i];
    return i;
}

/* Whether this user, or another one, got a relay of the same server. */
static void note_user(struct finding *finding, const struct allocation *allocation)
{
    if (!names_user(finding) || !allocation->ever_allocated ||
        !ip_address_equal(&finding->key.server.ip, &allocation->server.ip))
        return;
    if (findings_same_user(finding->subjects.username, allocation->username))
        finding->user_got_relay = true;
    else
        finding->other_got_relay = true;
}

/* The server that a redirection names gave a relay. */
static void note_redirection(struct finding *finding, const struct allocation *allocation)
{
    char server[TRANSPORT_ADDRESS_TEXT];
    if (is_redirection(finding) && allocation->ever_allocated &&
        strcmp(transport_address_text(&allocation->server, server), finding->subjects.name) == 0)
        finding->got_further = true;
}

/* Far sides offer private addresses, and such of both families, beside the one that works; clients
 * ask for relays of both families. */
static void note_alternative(struct finding *finding, const struct allocation *allocation)
{
    bool relay_refused = finding->subjects.error_code == 440;
    if (is_about_one_address(finding) && allocation->first < finding->last + LIMIT_ATTEMPT_IDLE &&
        allocation->last + LIMIT_ATTEMPT_IDLE > finding->first &&
        (relay_refused ? allocation->ever_allocated : allocation->permission_count > 0))
        finding->alternative_granted = true;
}

/* A TURN server answered shortly before, or later: the page that gives its address had come, and
 * what is said over one transport would be said over the others. */
static void look_at_allocations(const struct seekers *seekers, const struct state *state)
{
    const struct table *allocations = &state->stun->allocations.table;
    for (const struct allocation *a = table_oldest(allocations); a != NULL;
         a = table_newer(allocations, a)) {
        const struct ip_address *client = &a->client.ip;
        if (a->challenged.frame == 0 && a->concluded.frame == 0 && a->heard == 0)
            continue;
        for (uint16_t i = NOBODY; (i = next_seeker(seekers, client, i)) != NOBODY;) {
            struct finding *f = seekers->findings[i];
            note_user(f, a);
            note_redirection(f, a);
            note_alternative(f, a);
            if ((is_before_turn(f) || is_other_address(f)) &&
                a->last + LIMIT_ATTEMPT_IDLE > f->first &&
                (!scope_is_known(state) || scope_server(state, client, &a->server.ip)))
                f->got_further = true;
        }
    }
}

/* Connected while the other path was silent, before its consent was over, and alive after that. */
static bool replaces(const struct path *path, const struct finding *lost)
{
    const struct subjects *old = &lost->subjects;
    bool same = transport_address_equal(&path->client, &old->client) &&
                transport_address_equal(&path->peer, &old->server);
    return !same && path->connected_at >= lost->last - LIMIT_CONSENT - LIMIT_CONSENT_INTERVAL &&
           path->connected_at <= lost->last && path->side[1].last >= lost->last;
}

/* A search came to a good end when a path of the client was connected after it began. */
static void look_at_paths(const struct seekers *seekers, const struct state *state)
{
    const struct table *paths = &state->paths->table;
    for (const struct path *path = table_oldest(paths); path != NULL;
         path = table_newer(paths, path)) {
        if (!path->connected || path_is_one_sided(path))
            continue;
        for (uint16_t i = NOBODY; (i = next_seeker(seekers, &path->client.ip, i)) != NOBODY;) {
            struct finding *f = seekers->findings[i];
            if ((is_search(f) && path->connected_at >= f->evidence[0].time) ||
                (is_lost_path(f) && replaces(path, f)))
                f->found_path = true;
        }
    }
}

/* A TLS connection that looks like a call inside: steady data both ways. */
static bool looks_like_call(const struct handshake *handshake, const struct state *state)
{
    const struct flow *flow = table_at(&state->flows->table, handshake->flow);
    const struct connection *connection =
        flow != NULL ? connections_of(state->connections, flow) : NULL;
    return connection != NULL && handshake->state == HANDSHAKE_ESTABLISHED &&
           connection_looks_like_call(connection);
}

/* To the TURN server that could not be reached some other way, of which only the address is
 * compared, or to a web proxy, behind which any server may be. */
static bool may_lead_to(const struct handshake *handshake, const struct transport_address *server,
                        const struct state *state)
{
    return ip_address_equal(&handshake->server.ip, &server->ip) ||
           exchanges_through_proxy(state->exchanges, &handshake->client.ip, &handshake->server);
}

/* Browsers name the protocol whenever they want a page. What wants none, and is shown the door as
 * soon as it says something, has found another service than it expected. */
static bool was_closed_at_once(const struct handshake *handshake)
{
    enum { AT_ONCE = 5 };
    return handshake->protocol == HANDSHAKE_TLS && handshake->hello_seen && !handshake->hello_cut &&
           handshake->alpn_count == 0 && handshake->state == HANDSHAKE_ESTABLISHED &&
           handshake->established_time != 0 && handshake->ended_by == HANDSHAKE_SERVER &&
           handshake->ended >= handshake->established_time &&
           handshake->ended - handshake->established_time <= AT_ONCE * SECONDS;
}

/* In the same attempt. */
static bool is_beside(const struct handshake *handshake, const struct finding *finding)
{
    int64_t asked = finding->evidence_count > 0 ? finding->evidence[0].time : finding->first;
    int64_t distance = handshake->hello_time - asked;
    return ip_address_equal(&handshake->server.ip, &finding->key.server.ip) &&
           distance <= LIMIT_ATTEMPT_IDLE && distance >= -LIMIT_ATTEMPT_IDLE;
}

/* Where no way to a peer was found, any call inside TLS may be the way. */
static void note_call(struct finding *f, const struct handshake *handshake,
                      const struct state *state)
{
    if (is_search(f) ||
        (finding_is_about_reaching_turn(f) && may_lead_to(handshake, &f->key.server, state)))
        f->call_inside_tls = true;
}

static void note_closed(struct finding *f, const struct handshake *handshake)
{
    if (!finding_is_about_reaching_turn(f) || !is_beside(handshake, f))
        return;
    f->tls_closed = true;
    finding_add_evidence(f, &handshake->hello);
}

static void look_at_handshakes(const struct seekers *seekers, const struct state *state)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL) {
        const struct ip_address *client = &handshake->client.ip;
        uint16_t i = next_seeker(seekers, client, NOBODY);
        bool closed = i != NOBODY && was_closed_at_once(handshake);
        bool call = i != NOBODY && !closed && looks_like_call(handshake, state);
        for (; (closed || call) && i != NOBODY; i = next_seeker(seekers, client, i)) {
            if (call)
                note_call(seekers->findings[i], handshake, state);
            else
                note_closed(seekers->findings[i], handshake);
        }
    }
}

void overcome_look(struct findings *findings, const struct state *state)
{
    struct seekers seekers;
    gather_seekers(&seekers, findings);
    other_address_look(findings, state);
    if (seekers.count == 0)
        return;
    look_at_allocations(&seekers, state);
    look_at_paths(&seekers, state);
    look_at_handshakes(&seekers, state);
}

/* The relay may be inside TLS, and then so are the checks through it. */
static bool may_have_hidden_relay(const struct finding *finding)
{
    return is_search(finding) && !(finding->evidence[0].flags & EVIDENCE_RELAYED) &&
           finding->call_inside_tls;
}

static bool is_of_connected_attempt(const struct finding *finding, const struct state *state)
{
    const struct attempt *attempt = attempts_of(state->attempts, &finding->key.client);
    while (attempt != NULL && finding->first < attempt->first)
        attempt = attempts_before(state->attempts, attempt);
    return attempt != NULL && attempt_connected_at(attempt) != 0;
}

bool finding_broke_nothing(const struct finding *finding, const struct state *state)
{
    if (was_overcome(finding, state) || got_allocation_elsewhere(finding, state) ||
        finding->got_further || finding->other_address_worked || finding->found_path ||
        finding->alternative_granted || !scope_finding(state, finding) ||
        (finding_is_about_reaching_turn(finding) && finding->call_inside_tls))
        return true;
    return is_about_certificate(finding) ? finding->tolerated : worked_later(finding, state);
}

/* What one machine of the site shows another, which takes it. Dates are watched all the same: what
 * is over by now may be refused at the next restart. */
static bool is_accepted_inside(const struct finding *finding, const struct state *state)
{
    enum finding_code code = (enum finding_code)finding->key.code;
    return is_about_certificate(finding) && finding->tolerated &&
           code != FINDING_TLS_CERTIFICATE_EXPIRED &&
           code != FINDING_TLS_CERTIFICATE_NOT_YET_VALID &&
           leg_of(state, &finding->key.client, &finding->key.server, finding->subjects.name) !=
               LEG_CLIENT;
}

bool finding_is_aside(const struct finding *finding, const struct state *state)
{
    if (finding->key.client.family == 0) /* a line of the log */
        return false;
    return !scope_finding(state, finding) || may_have_hidden_relay(finding) ||
           is_accepted_inside(finding, state) ||
           (is_redirection(finding) && finding->got_further) ||
           (finding->alternative_granted && is_of_connected_attempt(finding, state)) ||
           (!scope_is_known(state) && !is_about_certificate(finding) && finding->got_further);
}
