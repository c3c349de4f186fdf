/* SPDX-License-Identifier: MIT */
/* What web servers and web proxies answered, in the clear or decrypted. */
#include "analyzer/diagnose/portal.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/scope.h"

#include <strings.h>

enum { HTTPS_PORT = 443, LOOKED_MOST = 64 };

static struct subjects subjects_of(const struct exchange *exchange)
{
    struct subjects subjects = {.client = exchange->client,
                                .server = exchange->server,
                                .protocol = IP_PROTOCOL_TCP,
                                .inside_tls = exchange->decrypted,
                                .error_code = exchange->status};
    memcpy(subjects.reason, exchange->reason, sizeof subjects.reason);
    memcpy(subjects.name, exchange->authority, sizeof subjects.name);
    return subjects;
}

static struct finding *show(struct finding *finding, const struct exchange *exchange)
{
    if (finding == NULL)
        return NULL;
    finding_add_evidence(finding, &exchange->request);
    finding_add_evidence(finding, &exchange->response);
    return finding;
}

static struct finding *raise_about(const struct rule_context *context,
                                   const struct exchange *exchange)
{
    struct subjects subjects = subjects_of(exchange);
    return show(rule_raise_about(context, &subjects), exchange);
}

/* The same at the end of the capture, about an answer of some time ago. */
static struct finding *raise_later(const struct rule_context *context,
                                   const struct exchange *exchange)
{
    struct subjects subjects = subjects_of(exchange);
    return show(findings_raise(context->findings, context->rule->finding, &subjects,
                               exchange->response.time),
                exchange);
}

/* The server wants TLS on this port, and says so in a page that reads Bad Request, too. */
static void blame_clear(struct finding *finding)
{
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Open the page with https://, and correct the link that says http:// with port 443.",
        "Where a proxy on the way takes TLS off, let it speak TLS to this server, or plain HTTP to "
        "a port that is meant for that.",
    };
    finding->note = "The request came in the clear, to a port on which web servers speak TLS: that "
                    "alone is a bad request, whatever Expressway-C holds.";
    finding->remedy = remedy;
}

/* The page itself is asked for with GET; a script that is refused something is another matter. */
static void check_bad_request(const struct rule_context *context)
{
    const struct exchange *exchange = context->event->exchange;
    bool page = exchange->method[0] == '\0' || strcmp(exchange->method, "GET") == 0;
    if (exchange->status != 400 || !page || !scope_exchange(context->state, exchange))
        return;
    struct finding *finding = raise_about(context, exchange);
    if (finding != NULL && !exchange->decrypted && exchange->server.port == HTTPS_PORT)
        blame_clear(finding);
}

/* Pages try again, and some go on without one: what counts is whether one was ever granted. */
static bool was_granted(const struct exchanges *exchanges, const struct exchange *refused)
{
    const struct exchange *each = NULL;
    while ((each = exchanges_next(exchanges, each)) != NULL)
        if (each->asks_websocket && each->answered && !each->websocket_refused &&
            ip_address_equal(&each->client.ip, &refused->client.ip) &&
            strcmp(each->authority, refused->authority) == 0)
            return true;
    return false;
}

static void check_websockets(const struct rule_context *context)
{
    const struct exchanges *exchanges = context->state->exchanges;
    const struct exchange *each = NULL;
    unsigned looked = 0;
    while ((each = exchanges_next(exchanges, each)) != NULL && looked < LIMIT_FINDINGS)
        if (each->websocket_refused && each->status >= 400 &&
            scope_exchange(context->state, each)) {
            looked++;
            if (!was_granted(exchanges, each))
                raise_later(context, each);
        }
}

static bool asks_same(const struct exchange *a, const struct exchange *b)
{
    return ip_address_equal(&a->client.ip, &b->client.ip) &&
           strcasecmp(a->authority, b->authority) == 0;
}

/* Of a page that came some parts may fail. */
static bool anything_came(const struct exchanges *exchanges, const struct exchange *failed)
{
    const struct exchange *each = NULL;
    while ((each = exchanges_next(exchanges, each)) != NULL)
        if (each->answered && each->status < 400 && asks_same(each, failed))
            return true;
    return false;
}

/* Of the site's own pages: without a profile nobody knows which they are. */
static void check_server_error(const struct rule_context *context)
{
    const struct exchange *each = NULL;
    unsigned looked = 0;
    while ((each = exchanges_next(context->state->exchanges, each)) != NULL &&
           looked < LOOKED_MOST) {
        if (!each->answered || each->status < 500 || strcmp(each->method, "GET") != 0 ||
            portal_sign(each) == PORTAL_PRESENT || each->asks_websocket ||
            !scope_is_known(context->state) || !scope_exchange(context->state, each))
            continue;
        looked++;
        if (!anything_came(context->state->exchanges, each))
            raise_later(context, each);
    }
}

static const char cannot_reach[] = "The proxy answers that it failed itself: from where it stands "
                                   "it cannot resolve the name, or cannot reach the server.";

/* 403 to a CONNECT, 407 to one that brought credentials, or a failure of the proxy itself (RFC 9110
 * 15.6). */
static void check_proxy_refused(const struct rule_context *context)
{
    const struct exchange *exchange = context->event->exchange;
    bool failed = exchange->status / 100 == 5;
    bool refused =
        exchange->status == 403 || (exchange->status == 407 && exchange->has_proxy_credentials);
    if (strcmp(exchange->method, "CONNECT") != 0 || exchange->asks_websocket ||
        (!refused && !failed) || !scope_exchange(context->state, exchange))
        return;
    struct finding *finding = raise_about(context, exchange);
    if (finding != NULL && failed)
        finding->note = cannot_reach;
}

/* A proxy that asked for credentials, and a client that is not seen to come back with any. Only one
 * that comes again without them shows that it has none: else a person may be typing them, or the
 * capture lost the second request. */
static void check_proxy_credentials(const struct rule_context *context)
{
    const struct table *proxies = &context->state->exchanges->proxies;
    for (const struct proxy_use *use = table_oldest(proxies); use != NULL;
         use = table_newer(proxies, use)) {
        bool waited = context->event->time - use->first.response.time >= LIMIT_SILENCE;
        if (use->worked || use->came_back || use->challenges == 0 || (!use->insists && !waited))
            continue;
        struct finding *finding = raise_later(context, &use->first);
        if (finding == NULL)
            continue;
        finding->count += use->challenges - 1;
        finding->last = use->latest;
        if (!use->insists)
            rule_doubt_capture(finding);
    }
}

/* Whatever the site: it is about the network that the client is in. The address that answers is
 * often the one that was asked for. */
static void check_captive_portal(const struct rule_context *context)
{
    const struct exchange *exchange = context->event->exchange;
    if (portal_sign(exchange) != PORTAL_PRESENT)
        return;
    struct subjects subjects = subjects_of(exchange);
    memset(subjects.name, 0, sizeof subjects.name);
    memcpy(subjects.name, exchange->location, sizeof exchange->location);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding == NULL)
        return;
    finding->ended = 0;
    finding_add_evidence(finding, &exchange->request);
    finding_add_evidence(finding, &exchange->response);
}

static void check_captive_portal_gone(const struct rule_context *context)
{
    const struct exchange *exchange = context->event->exchange;
    struct finding *finding = NULL;
    if (context->findings->kinds[FINDING_HTTP_CAPTIVE_PORTAL] == 0 ||
        portal_sign(exchange) != PORTAL_ABSENT)
        return;
    while ((finding = findings_next(context->findings, finding)) != NULL)
        if (finding->key.code == FINDING_HTTP_CAPTIVE_PORTAL &&
            ip_address_equal(&finding->key.client, &exchange->client.ip) && finding->ended == 0)
            finding->ended = context->event->time;
}

static const struct rule rules[] = {
    {FINDING_HTTP_BAD_REQUEST, EVENT_HTTP_RESPONSE, check_bad_request, 0},
    {FINDING_HTTP_SERVER_ERROR, EVENT_CAPTURE_ENDED, check_server_error, 0},
    {FINDING_HTTP_PROXY_REFUSED, EVENT_HTTP_RESPONSE, check_proxy_refused, 0},
    {FINDING_HTTP_PROXY_REFUSED, EVENT_CAPTURE_ENDED, check_proxy_credentials, 0},
    {FINDING_HTTP_CAPTIVE_PORTAL, EVENT_HTTP_RESPONSE, check_captive_portal, 0},
    {FINDING_NONE, EVENT_HTTP_RESPONSE, check_captive_portal_gone, 0},
    {FINDING_HTTP_WEBSOCKET_REFUSED, EVENT_CAPTURE_ENDED, check_websockets, 0},
};

const struct rule_family rules_http = {rules, sizeof rules / sizeof rules[0], false};
