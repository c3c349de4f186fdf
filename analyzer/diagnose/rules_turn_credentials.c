/* SPDX-License-Identifier: MIT */
/* Whose username or password is wrong, or no longer good. */
#include "analyzer/crypto/integrity.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules_turn.h"
#include "analyzer/text.h"

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

/* coturn says so, with 437 to an Allocate and 441 to anything else. */
static bool calls_realm_incorrect(const struct stun_message *answer)
{
    static const char words[] = "realm value is incorrect";
    char phrase[LIMIT_REASON];
    struct bytes reason;
    unsigned code;
    if (!stun_error_code(answer, &code, &reason))
        return false;
    text_copy(phrase, sizeof phrase, reason);
    return strstr(phrase, words) != NULL;
}

/* A server that signs its 437 or 441 has found the signature of the request right. */
bool realm_refused(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    const struct stun_message *answer = context->event->message;
    if (!about_turn(context))
        return false;
    switch (transaction->error_code) {
    case 401:
        return transaction->realm_differs && !transaction->nonce_outdated;
    case 431:
        return transaction->realm_differs;
    case 437:
    case 441:
        return calls_realm_incorrect(answer) ||
               (transaction->realm_differs && !stun_is_cut(answer) &&
                stun_find(answer, STUN_MESSAGE_INTEGRITY) == NULL &&
                stun_find(answer, STUN_MESSAGE_INTEGRITY_SHA256) == NULL);
    default:
        return false;
    }
}

/* Who is to change its realm: the client that does not take the challenge's, or, where it does, the
 * servers. Where the challenge is not in the capture nobody can say. */
static void blame_for_realm(const struct rule_context *context, struct finding *finding)
{
    static const char client[] =
        "The server's challenge names another realm than the client's request: it is the client, "
        "or whoever configured it, that does not take the server's.";
    static const char servers[] =
        "The client's request names the very realm of the challenge, and is told that it is "
        "incorrect: either another server answers than the one that challenged it, as behind a "
        "load balancer, or the server's realm was changed in between. The client is not at fault.";
    static const char *const one_realm[CATALOGUE_REMEDIES] = {
        "Give all servers behind this address the same realm, or send each client always to the "
        "same one.",
        "On Expressway-E: set Authentication realm under Configuration > Traversal > TURN, the "
        "same on every peer of a cluster.",
        "On coturn: set realm= to the same on every server, and make again every key that was "
        "stored as a hash.",
    };
    const struct allocation *allocation = context->event->allocation;
    const struct transaction *transaction = context->event->transaction;
    if (allocation == NULL || allocation->challenged.frame == 0)
        return;
    if (transaction->realm_differs) {
        finding->note = client;
    } else if (allocation->server_realm[0] != '\0' && transaction->request_seen &&
               !transaction->request_cut) {
        finding->note = servers;
        finding->remedy = one_realm;
    }
}

/* The realm of other requests than Allocate is not kept. */
static void check_realm_refused(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    const struct transaction *transaction = context->event->transaction;
    if (!realm_refused(context))
        return;
    struct subjects subjects = rule_subjects(context->event);
    if (allocation != NULL && transaction->realm_differs) {
        memcpy(subjects.name, allocation->server_realm, sizeof allocation->server_realm);
        if (transaction->method != STUN_ALLOCATE)
            subjects.realm[0] = '\0';
    }
    struct finding *finding = rule_raise_about(context, &subjects);
    add_turn_sequence(finding, context);
    if (finding != NULL)
        blame_for_realm(context, finding);
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

/* A user may be called by a number, such as that of a telephone: alone, one is a time only when it
 * is one of about now. */
static bool is_about_now(int64_t time, int64_t now)
{
    const int64_t year = INT64_C(366) * 86400 * SECONDS;
    return time > now - year && time < now + year;
}

/* Ephemeral credentials: the username is, or begins with, the time (seconds since the epoch) at
 * which it ends, as TURN REST interfaces and CMS Edge make it. Nanoseconds since the epoch; 0: this
 * user has none. */
static int64_t expiry_of(const struct rule_context *context)
{
    char *end;
    const struct allocation *allocation = context->event->allocation;
    if (allocation == NULL || allocation->username[0] < '1' || allocation->username[0] > '9')
        return 0;
    errno = 0;
    unsigned long long seconds = strtoull(allocation->username, &end, 10);
    if (errno != 0 || (*end != '\0' && *end != ':') || seconds < OLDEST_EXPIRY ||
        seconds > NEWEST_EXPIRY)
        return 0;
    int64_t expiry = (int64_t)seconds * SECONDS;
    return *end == ':' || is_about_now(expiry, context->event->time) ? expiry : 0;
}

static bool credentials_expired(const struct rule_context *context)
{
    int64_t expiry = expiry_of(context);
    return expiry != 0 && expiry < context->event->time;
}

/* By the time that the capture had before its clock was set back they had, and nothing shows that
 * the password is wrong. */
static bool may_have_expired(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    int64_t expiry = expiry_of(context);
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

/* Of ephemeral credentials the password is made from a secret that two services share, and nobody
 * can correct it by hand. */
static void blame_secret_or_clock(const struct rule_context *context, struct finding *finding)
{
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Make the secret of the service that issues the credentials the TURN server's (on coturn: "
        "static-auth-secret with use-auth-secret).",
        "Set the clock of the TURN server with NTP: one that is ahead takes good credentials for "
        "expired ones.",
        "Check that the issuer signs the whole username, its time and all, with HMAC-SHA1, and "
        "gives the digest in Base64 as the password.",
    };
    if (expiry_of(context) == 0)
        return;
    finding->remedy = remedy;
    finding->note = "The username says until when these credentials hold, and by the clock of this "
                    "capture they still do. Either the service that issues them has another secret "
                    "than the server, or the server's clock is ahead.";
}

static void blame_side(struct finding *finding, uint8_t integrity)
{
    if (integrity != INTEGRITY_VERIFIED && integrity != INTEGRITY_MISMATCH)
        return;
    finding->note = blames[integrity].note;
    finding->remedy = blames[integrity].remedy;
}

static void check_integrity_failure(const struct rule_context *context)
{
    if (!credentials_refused(context) || realm_refused(context) || user_is_unknown(context) ||
        credentials_expired(context))
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
        blame_secret_or_clock(context, finding);
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
    } else if (credentials_refused(context) && !realm_refused(context) &&
               user_is_unknown(context) && !credentials_expired(context)) {
        raise_with_turn_sequence(context);
    }
}

static const struct rule rules[] = {
    {FINDING_TURN_INTEGRITY_FAILURE, EVENT_STUN_REFUSED, check_integrity_failure, 0},
    {FINDING_TURN_CREDENTIALS_EXPIRED, EVENT_STUN_REFUSED, check_credentials_expired, 0},
    {FINDING_TURN_REALM_REFUSED, EVENT_STUN_REFUSED, check_realm_refused, 0},
    {FINDING_TURN_UNKNOWN_USER, EVENT_STUN_REFUSED, check_unknown_user, 0},
};

const struct rule_family rules_turn_credentials = {rules, sizeof rules / sizeof rules[0], false};
