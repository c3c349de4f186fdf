/* SPDX-License-Identifier: MIT */
/* What the errors of a TURN server mean, but for those about credentials. */
#include "analyzer/diagnose/rules_turn.h"

#include "analyzer/diagnose/site_blame.h"

bool about_allocation(const struct rule_context *context)
{
    uint16_t method = context->event->transaction->method;
    return method == STUN_ALLOCATE || method == STUN_REFRESH;
}

bool about_turn(const struct rule_context *context)
{
    uint16_t method = context->event->transaction->method;
    return about_allocation(context) || method == STUN_CREATE_PERMISSION ||
           method == STUN_CHANNEL_BIND || method == STUN_CONNECT || method == STUN_CONNECTION_BIND;
}

void add_turn_sequence(struct finding *finding, const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (finding == NULL || allocation == NULL)
        return;
    finding_add_evidence(finding, &allocation->asked);
    finding_add_evidence(finding, &allocation->challenged);
    finding_add_evidence(finding, &allocation->authenticated);
}

void raise_with_turn_sequence(const struct rule_context *context)
{
    add_turn_sequence(rule_raise(context), context);
}

/* A nonce that was just issued is called stale, and the client, which could try the new one, does
 * not: browsers give up when that happens to an Allocate. A client that asks as before had no
 * answer. */
static void check_new_nonce_refused(const struct rule_context *context)
{
    static const char just_issued[] =
        "The server called a nonce stale that it had issued only moments before, and the client "
        "gave up, as browsers do. It is mostly another server behind the same address that "
        "answers.";
    const struct allocation *allocation = context->event->allocation;
    int64_t age = allocation->authenticated.time - allocation->challenged.time;
    if (allocation->stale_nonces == 0 || allocation->ever_allocated || allocation->asked_again ||
        allocation->challenged.frame == 0 || allocation->authenticated.frame == 0 || age < 0 ||
        age > LIMIT_NONCE_FRESH)
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding == NULL || finding->count > 1)
        return;
    finding_lower(finding, CERTAINTY_STRONG);
    finding->note = just_issued;
    finding->raise_certainty =
        "Captures on the TURN servers, or on the balancer before them: they show which one issued "
        "the nonce and which one refused it.";
}

/* One error code of any TURN method, named in the row. */
static void check_error_code(const struct rule_context *context)
{
    if (about_turn(context) && context->event->transaction->error_code == context->rule->parameter)
        raise_with_turn_sequence(context);
}

/* coturn says 441 to another realm, too, which shows where the challenge is in the capture. */
static void check_wrong_credentials(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (!about_turn(context) || transaction->error_code != 441 || realm_refused(context))
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding == NULL || transaction->user_differs)
        return;
    finding_lower(finding, CERTAINTY_STRONG);
    finding->raise_certainty =
        "A capture that begins before the allocation is made: it shows for which user and realm.";
}

static void check_transport_unsupported(const struct rule_context *context)
{
    if (!about_turn(context) || context->event->transaction->error_code != 442)
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    site_blame_transport(context, finding);
}

/* 440 is about the relay, 443 about a peer. */
static void check_family_mismatch(const struct rule_context *context)
{
    static const char note[] =
        "It is the far side's address that does not fit: a relay reaches only peers of its own IP "
        "version. Either the far side offers an address of the relay's version too, or the client "
        "asks for a relay of the other one, which this server may well have.";
    if (context->event->transaction->error_code != 443 || !about_turn(context))
        return;
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Give the far side an address of the relay's IP version, too: a conference server offers "
        "the addresses that its interfaces have.",
        "Or let the client ask for a relay of the far side's IP version "
        "(REQUESTED-ADDRESS-FAMILY): who does not ask gets one of IPv4.",
        "On coturn: allocation-default-address-family=keep gives who does not ask a relay of the "
        "IP version that it came with; a relay-ip= of that version must be there.",
    };
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding == NULL || finding->subjects.error_code != 443)
        return;
    finding->note = note;
    finding->remedy = remedy;
}

/* The server that the client is sent to has sent it here, or is this one. */
static void note_circle(const struct rule_context *context, struct finding *finding)
{
    static const char note[] =
        "The client is sent in a circle: the server that it is sent to sends it back here. It must "
        "not follow that, and gets no relay from either.";
    const struct allocation *allocation = context->event->allocation;
    char here[TRANSPORT_ADDRESS_TEXT];
    if (finding == NULL || allocation == NULL || allocation->alternate.ip.family == 0)
        return;
    struct finding *other = findings_find(context->findings, FINDING_TURN_REDIRECTED,
                                          &context->event->client.ip, &allocation->alternate,
                                          transport_address_text(&context->event->server, here));
    if (other == NULL)
        return;
    finding->fatal = other->fatal = true;
    finding->note = other->note = note;
}

/* One finding for each server that clients are sent to. */
static void check_redirected(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (context->event->transaction->error_code != 300 || !about_turn(context))
        return;
    struct subjects subjects = rule_subjects(context->event);
    if (allocation != NULL && allocation->alternate.ip.family != 0)
        transport_address_text(&allocation->alternate, subjects.name);
    struct finding *finding = rule_raise_about(context, &subjects);
    add_turn_sequence(finding, context);
    note_circle(context, finding);
}

/* 437 to a Refresh with lifetime 0 says that there is nothing left to release: success. So it may
 * be where the capture does not hold the Refresh, or not all of it. */
static void check_allocation_mismatch(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    bool hidden = transaction->lifetime == UINT32_MAX &&
                  (!transaction->request_seen || transaction->request_cut);
    bool release = transaction->method == STUN_REFRESH && (transaction->lifetime == 0 || hidden);
    if (transaction->error_code == 437 && about_turn(context) && !release &&
        !realm_refused(context))
        raise_with_turn_sequence(context);
}

/* 438 three times with changing nonces, or to the same old one; one is the normal end of a nonce's
 * life. */
static void check_stale_nonce_loop(const struct rule_context *context)
{
    static const char old_nonce[] =
        "The client goes on using a nonce that the server has called stale, though each answer "
        "gives it the new one: either the client does not take it over, or the answers do not "
        "reach it. The server is not at fault.";
    const struct transaction *transaction = context->event->transaction;
    const struct allocation *allocation = context->event->allocation;
    if (transaction->error_code != 438 || allocation == NULL || allocation->stale_nonces < 3)
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding != NULL)
        finding->note = transaction->nonce_outdated ? old_nonce : NULL;
}

static bool was_permitted(const struct allocation *allocation, const struct ip_address *peer)
{
    for (size_t i = 0; i < allocation->permissions_kept; i++)
        if (allocation->permissions[i].granted != 0 &&
            ip_address_equal(&allocation->permissions[i].peer, peer))
            return true;
    return false;
}

static bool was_bound(const struct allocation *allocation, const struct transaction *transaction)
{
    size_t index = allocation_channel(allocation, transaction->channel);
    return index < allocation->channels_kept && allocation->channels[index].bound != 0 &&
           transport_address_equal(&allocation->channels[index].peer, &transaction->peers[0]);
}

/* The very same as before: it cannot be malformed. */
static bool was_granted(const struct allocation *allocation, const struct transaction *transaction)
{
    if (allocation == NULL || transaction->peer_count != 1)
        return false;
    if (transaction->method == STUN_CHANNEL_BIND)
        return was_bound(allocation, transaction);
    return transaction->method == STUN_CREATE_PERMISSION &&
           was_permitted(allocation, &transaction->peers[0].ip);
}

/* coturn says 400, not 437, to a CreatePermission or ChannelBind for an allocation that it does not
 * have. */
static void check_bad_request(const struct rule_context *context)
{
    static const char note[] =
        "The server granted this very request before: more likely it no longer knows the "
        "allocation, because it restarted, or because the client's address changed on the way. "
        "coturn says 400 then.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Look whether the TURN server restarted at that time: calls through it do not survive "
        "that. Call again.",
        "If it did not, look for a change of the client's address or port between the two: a VPN "
        "that came up, another network, a NAT that forgets UDP mappings within a minute.",
        "Behind a balancer, see that the packets of one client always go to the same TURN server.",
    };
    const struct transaction *transaction = context->event->transaction;
    if (transaction->error_code != 400 || !about_turn(context))
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding == NULL || !was_granted(context->event->allocation, transaction))
        return;
    finding->note = note;
    finding->remedy = remedy;
}

static const struct rule rules[] = {
    {FINDING_TURN_STALE_NONCE_LOOP, EVENT_STUN_REFUSED, check_stale_nonce_loop, 0},
    {FINDING_TURN_STALE_NONCE_LOOP, EVENT_TURN_ABANDONED, check_new_nonce_refused, 0},
    {FINDING_TURN_ALLOCATION_MISMATCH, EVENT_STUN_REFUSED, check_allocation_mismatch, 0},
    {FINDING_TURN_REDIRECTED, EVENT_STUN_REFUSED, check_redirected, 0},
    {FINDING_TURN_BAD_REQUEST, EVENT_STUN_REFUSED, check_bad_request, 0},
    {FINDING_TURN_FORBIDDEN, EVENT_STUN_REFUSED, check_error_code, 403},
    {FINDING_TURN_UNKNOWN_ATTRIBUTE, EVENT_STUN_REFUSED, check_error_code, 420},
    {FINDING_TURN_FAMILY_UNSUPPORTED, EVENT_STUN_REFUSED, check_error_code, 440},
    {FINDING_TURN_WRONG_CREDENTIALS, EVENT_STUN_REFUSED, check_wrong_credentials, 0},
    {FINDING_TURN_TRANSPORT_UNSUPPORTED, EVENT_STUN_REFUSED, check_transport_unsupported, 0},
    {FINDING_TURN_FAMILY_UNSUPPORTED, EVENT_STUN_REFUSED, check_family_mismatch, 0},
    {FINDING_TURN_CONNECTION_FAILED, EVENT_STUN_REFUSED, check_error_code, 446},
    {FINDING_TURN_CONNECTION_FAILED, EVENT_STUN_REFUSED, check_error_code, 447},
    {FINDING_TURN_QUOTA_REACHED, EVENT_STUN_REFUSED, check_error_code, 486},
    {FINDING_TURN_SERVER_ERROR, EVENT_STUN_REFUSED, check_error_code, 500},
    {FINDING_TURN_INSUFFICIENT_CAPACITY, EVENT_STUN_REFUSED, check_error_code, 508},
};

const struct rule_family rules_turn = {rules, sizeof rules / sizeof rules[0], false};
