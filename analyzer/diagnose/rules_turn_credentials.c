/* SPDX-License-Identifier: MIT */
/* Whose username or password is wrong, or no longer good. */
#include "analyzer/crypto/integrity.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules_turn.h"

#include <errno.h>
#include <stdlib.h>

/* A number is taken for a time between 2001 and 2100, and for a user's name otherwise. */
#define OLDEST_EXPIRY 1000000000ull
#define NEWEST_EXPIRY 4102444800ull

/* 431, or the 401 of RFC 5389 and later, to a request that carried a MESSAGE-INTEGRITY. A request
 * with an outdated nonce is refused for its nonce, whatever the code. */
static bool credentials_refused(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (!about_allocation(context))
        return false;
    if (transaction->error_code == 431)
        return true;
    return transaction->error_code == 401 && transaction->has_integrity &&
           !transaction->nonce_outdated;
}

/* How the server refuses wrong credentials, as far as the site profile says. */
static enum error_dialect dialect_of(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    return profile != NULL && profile_is_expressway_e(profile, &context->event->server.ip)
               ? profile->turn.error_dialect
               : ERROR_DIALECT_AUTO;
}

/* A 401 that the server cannot sign. One that is known to say 431 to a wrong password means the
 * user; else a USERNAME in it shows the Expressway's dialect. */
static bool user_is_unknown(const struct rule_context *context)
{
    const struct stun_message *answer = context->event->message;
    if (context->event->transaction->error_code != 401 || stun_is_cut(answer) ||
        stun_find(answer, STUN_MESSAGE_INTEGRITY) != NULL)
        return false;
    switch (dialect_of(context)) {
    case ERROR_DIALECT_401: /* to whatever is wrong */
        return false;
    case ERROR_DIALECT_431:
        return context->event->transaction->method == STUN_ALLOCATE;
    case ERROR_DIALECT_AUTO:
        break;
    }
    return stun_find(answer, STUN_USERNAME) != NULL;
}

/* Whose password: what recomputing the HMAC with the configured one says. */
static const struct blame {
    const char *note;
    const char *remedy[CATALOGUE_REMEDIES];
} blames[] = {
    [INTEGRITY_VERIFIED] =
        {"The client signs with the configured password, and the server refuses it all the same: "
         "the server's side holds another password.",
         {"Set the configured password for this user on the TURN server. On Expressway-E: "
          "Configuration > Authentication > Devices > Local database, edit the user and enter the "
          "password again.",
          "Check that the realm is the same on both sides (on Expressway-E: Configuration > "
          "Traversal > TURN, Authentication realm): the realm is part of the key.",
          "Try again and check that the Allocate now succeeds.", NULL}},
    [INTEGRITY_MISMATCH] =
        {"The client does not sign with the configured password: the password that the client was "
         "given is another one (or something on the path altered the request).",
         {"Set the configured password where the client gets it from. With CMS: PUT the password "
          "to /api/v1/turnServers/<id> (GET does not show it).",
          "For any other service: correct the TURN credential in the web application's ICE server "
          "list.",
          "Try again and check that the Allocate now succeeds.", NULL}},
};

/* Ephemeral credentials: the username is, or begins with, the time (seconds since the epoch) at
 * which it ends, as TURN REST interfaces and CMS Edge make it. Nanoseconds since the epoch; 0: this
 * user has none. */
static int64_t expiry_of(const struct allocation *allocation)
{
    char *end;
    if (allocation == NULL || allocation->username[0] < '1' || allocation->username[0] > '9')
        return 0;
    errno = 0;
    unsigned long long expiry = strtoull(allocation->username, &end, 10);
    bool timestamp = errno == 0 && (*end == '\0' || *end == ':') && expiry >= OLDEST_EXPIRY &&
                     expiry <= NEWEST_EXPIRY;
    return timestamp ? (int64_t)expiry * SECONDS : 0;
}

static bool credentials_expired(const struct rule_context *context)
{
    int64_t expiry = expiry_of(context->event->allocation);
    return expiry != 0 && expiry < context->event->time;
}

/* By the time that the capture had before its clock was set back they had, and nothing shows that
 * the password is wrong. */
static bool may_have_expired(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    int64_t expiry = expiry_of(context->event->allocation);
    return observed->backwards > 0 && expiry != 0 && expiry < observed->last &&
           context->event->transaction->integrity != INTEGRITY_MISMATCH;
}

static void check_credentials_expired(const struct rule_context *context)
{
    if (!credentials_refused(context) || !credentials_expired(context))
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    rule_doubt_clock(context, finding);
}

static const char either_is_wrong[] =
    "This server says 401 to a wrong password and to an unknown user alike (turn.error_dialect of "
    "the site profile): check both.";

static const char expired_perhaps[] =
    "The username says when these credentials end. The clock of this capture was set back: by its "
    "earlier time they had ended, and another password is of no help then. Check the clocks, and "
    "have the client fetch new credentials.";

static void blame_side(struct finding *finding, uint8_t integrity)
{
    if (integrity != INTEGRITY_VERIFIED && integrity != INTEGRITY_MISMATCH)
        return;
    finding->note = blames[integrity].note;
    finding->remedy = blames[integrity].remedy;
}

static void check_integrity_failure(const struct rule_context *context)
{
    if (!credentials_refused(context) || user_is_unknown(context) || credentials_expired(context))
        return;
    struct finding *finding = rule_raise(context);
    add_turn_sequence(finding, context);
    if (finding == NULL)
        return;
    if (context->event->transaction->integrity_hidden)
        finding_lower(finding, CERTAINTY_STRONG);
    if (finding->note == NULL && context->event->transaction->error_code == 401 &&
        dialect_of(context) == ERROR_DIALECT_401)
        finding->note = either_is_wrong;
    if (may_have_expired(context)) {
        rule_doubt_clock(context, finding);
        finding->note = expired_perhaps;
    } else {
        blame_side(finding, context->event->transaction->integrity);
    }
}

static void check_unknown_user(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (about_turn(context) && transaction->error_code == 436) {
        struct finding *finding = rule_raise(context);
        add_turn_sequence(finding, context);
        if (finding != NULL && finding->count == 1)
            finding->certainty = CERTAINTY_DEFINITE;
    } else if (credentials_refused(context) && user_is_unknown(context) &&
               !credentials_expired(context)) {
        raise_with_turn_sequence(context);
    }
}

static const struct rule rules[] = {
    {FINDING_TURN_INTEGRITY_FAILURE, EVENT_STUN_REFUSED, check_integrity_failure, 0},
    {FINDING_TURN_CREDENTIALS_EXPIRED, EVENT_STUN_REFUSED, check_credentials_expired, 0},
    {FINDING_TURN_UNKNOWN_USER, EVENT_STUN_REFUSED, check_unknown_user, 0},
};

const struct rule_family rules_turn_credentials = {rules, sizeof rules / sizeof rules[0], false};
