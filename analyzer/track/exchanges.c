/* SPDX-License-Identifier: MIT */
#include "analyzer/track/exchanges.h"

#include "analyzer/track/exchange_step.h"
#include "analyzer/track/http_fields.h"

static void free_readers(void *context, void *record)
{
    (void)context;
    struct http2_connection *connection = record;
    for (int i = 0; i < EXCHANGE_SIDES; i++)
        http2_reader_free(&connection->readers[i]);
}

static bool is_answered(const void *record)
{
    const struct exchange *exchange = record;
    return exchange->answered;
}

int exchanges_init(struct exchanges *exchanges, uint32_t megabytes)
{
    *exchanges = (struct exchanges){0};
    if (table_init(&exchanges->table, limit_for(LIMIT_EXCHANGES, megabytes),
                   sizeof(struct exchange), sizeof(struct exchange_key)) != 0 ||
        table_init(&exchanges->connections, limit_for(LIMIT_HTTP_CONNECTIONS, megabytes),
                   sizeof(struct http_connection), sizeof(struct connection_key)) != 0 ||
        table_init(&exchanges->http2, limit_for(LIMIT_HTTP2_CONNECTIONS, megabytes),
                   sizeof(struct http2_connection), sizeof(struct connection_key)) != 0 ||
        table_init(&exchanges->proxies, limit_for(LIMIT_PROXIES, megabytes),
                   sizeof(struct proxy_use), sizeof(struct proxy_use_key)) != 0)
        return -1;
    exchanges->table.is_spent = is_answered;
    exchanges->http2.release = free_readers;
    return 0;
}

void exchanges_free(struct exchanges *exchanges)
{
    table_free(&exchanges->table);
    table_free(&exchanges->connections);
    table_free(&exchanges->http2);
    table_free(&exchanges->proxies);
}

const struct exchange *exchanges_next(const struct exchanges *exchanges,
                                      const struct exchange *previous)
{
    return previous == NULL ? table_oldest(&exchanges->table)
                            : table_newer(&exchanges->table, previous);
}

static struct exchange_key key_of(const struct exchange_step *step, uint32_t number)
{
    return (struct exchange_key){.connection = step->connection->number, .number = number};
}

struct exchange *exchange_step_find(const struct exchange_step *step, uint32_t number)
{
    const struct exchange_key key = key_of(step, number);
    return table_find(&step->exchanges->table, &key);
}

struct exchange *exchange_step_at(const struct exchange_step *step, uint32_t number,
                                  bool from_client)
{
    bool created;
    const struct sighting *sighting = step->sighting;
    const struct exchange_key key = key_of(step, number);
    struct exchange *exchange = table_add(&step->exchanges->table, &key, &created);
    if (created) {
        exchange->client =
            from_client ? *sighting_source(sighting) : *sighting_destination(sighting);
        exchange->server =
            from_client ? *sighting_destination(sighting) : *sighting_source(sighting);
        exchange->version = step->connection->version;
        exchange->decrypted = step->decrypted;
    }
    return exchange;
}

static struct proxy_use_key proxy_key(const struct ip_address *client,
                                      const struct transport_address *proxy)
{
    struct proxy_use_key key;
    memset(&key, 0, sizeof key);
    key.client = *client;
    key.proxy = *proxy;
    return key;
}

bool exchanges_through_proxy(const struct exchanges *exchanges, const struct ip_address *client,
                             const struct transport_address *proxy)
{
    const struct proxy_use_key key = proxy_key(client, proxy);
    const struct proxy_use *use = table_find(&exchanges->proxies, &key);
    return use != NULL && use->worked;
}

/* How the client fares with this proxy; NULL when the exchange is with a web server. */
static struct proxy_use *proxy_of(const struct exchange_step *step, const struct exchange *exchange)
{
    bool created;
    if (strcmp(exchange->method, "CONNECT") != 0 || exchange->asks_websocket)
        return NULL;
    const struct proxy_use_key key = proxy_key(&exchange->client.ip, &exchange->server);
    return table_add(&step->exchanges->proxies, &key, &created);
}

void exchange_step_asked(const struct exchange_step *step, struct exchange *exchange)
{
    exchange->request = evidence_of(step->sighting, EVIDENCE_HTTP);
    http_describe_request(exchange);
    struct proxy_use *use = proxy_of(step, exchange);
    if (use == NULL)
        return;
    use->came_back |= exchange->has_proxy_credentials;
    use->insists |= use->challenges > 0 && !exchange->has_proxy_credentials;
}

/* A proxy asks every client for credentials first: that alone is no refusal. */
static void note_proxy(const struct exchange_step *step, const struct exchange *exchange)
{
    struct proxy_use *use = proxy_of(step, exchange);
    if (use == NULL)
        return;
    use->worked |= exchange->status / 100 == 2;
    if (exchange->status != 407 || exchange->has_proxy_credentials)
        return;
    if (use->challenges++ == 0)
        use->first = *exchange;
    use->latest = exchange->response.time;
}

void exchange_step_answered(const struct exchange_step *step, struct exchange *exchange)
{
    exchange->answered = true;
    exchange->response = evidence_of(step->sighting, EVIDENCE_HTTP);
    exchange->response.flags |= EVIDENCE_RESPONSE;
    exchange->response.code = exchange->status;
    http_describe_answer(exchange);
    note_proxy(step, exchange);
    struct event *event = event_add(step->events, EVENT_HTTP_RESPONSE, step->sighting->time);
    event->evidence = exchange->response;
    event->client = exchange->client;
    event->server = exchange->server;
    event->protocol = step->sighting->flow->key.protocol;
    event->flow = step->sighting->flow;
    event->exchange = exchange;
}

enum dissect_status exchanges_recognize(struct bytes unread)
{
    struct http_message message;
    bool is_client;
    enum dissect_status status = http2_recognize(unread, &is_client);
    if (status != DISSECT_NOT_MINE)
        return status;
    status = http_decode(&message, unread);
    return status == DISSECT_MALFORMED ? DISSECT_NOT_MINE : status;
}

/* Which HTTP it is, from the first bytes of either direction; false while it cannot be told. */
static bool choose_version(struct exchange_step *step, struct bytes unread)
{
    bool is_client;
    bool created;
    if (step->connection->version != 0)
        return true;
    enum dissect_status status = http2_recognize(unread, &is_client);
    if (status == DISSECT_INCOMPLETE)
        return false;
    step->connection->version = status == DISSECT_OK ? 2 : 1;
    if (status == DISSECT_OK)
        (void)table_add(&step->exchanges->http2, &step->connection->key, &created);
    return true;
}

/* The connection's part for HTTP/2; NULL when it was given up to make room for others. */
static struct http2_connection *find_http2(const struct exchange_step *step)
{
    struct table *table = &step->exchanges->http2;
    struct http2_connection *http2 = table_find(table, &step->connection->key);
    if (http2 != NULL)
        table_touch(table, http2);
    else
        step->connection->sides[0].ended = step->connection->sides[1].ended = true;
    return http2;
}

static size_t take_some(struct exchange_step *step, struct bytes unread)
{
    if (step->connection->is_tunnel || !choose_version(step, unread))
        return 0;
    if (exchange_step_side(step)->ended)
        return unread.length;
    if (step->connection->version == 1)
        return exchange_step_http1(step, unread);
    step->http2 = find_http2(step);
    return step->http2 != NULL ? exchange_step_http2(step, unread) : unread.length;
}

static struct connection_key key_of_connection(const struct sighting *sighting)
{
    return (struct connection_key){.flow = sighting->flow_id,
                                   .connection = sighting->flow->connection};
}

static struct http_connection *connection_of(struct exchanges *exchanges,
                                             const struct sighting *sighting)
{
    bool created;
    const struct connection_key key = key_of_connection(sighting);
    struct http_connection *connection = table_add(&exchanges->connections, &key, &created);
    if (created)
        connection->number = ++exchanges->connections_seen;
    return connection;
}

size_t exchanges_take(struct exchanges *exchanges, const struct sighting *sighting,
                      struct bytes unread, bool decrypted, struct event_queue *events)
{
    struct exchange_step step = {.exchanges = exchanges,
                                 .connection = connection_of(exchanges, sighting),
                                 .sighting = sighting,
                                 .events = events,
                                 .decrypted = decrypted};
    size_t taken = 0;
    while (taken < unread.length && !event_queue_full(events)) {
        size_t some = take_some(&step, bytes_from(unread, taken));
        if (some == 0)
            break;
        taken += some;
    }
    return taken;
}

bool exchanges_ended(struct exchanges *exchanges, const struct sighting *sighting)
{
    const struct connection_key key = key_of_connection(sighting);
    struct http_connection *connection = table_find(&exchanges->connections, &key);
    if (connection == NULL || !connection->is_tunnel)
        return false;
    table_remove(&exchanges->connections, connection);
    return true;
}

void exchanges_forget(struct exchanges *exchanges, const struct sighting *sighting)
{
    const struct connection_key key = key_of_connection(sighting);
    struct http_connection *connection = table_find(&exchanges->connections, &key);
    struct http2_connection *http2 = table_find(&exchanges->http2, &key);
    if (connection != NULL)
        table_remove(&exchanges->connections, connection);
    if (http2 != NULL)
        table_remove(&exchanges->http2, http2);
}

/* Among the missing bytes may be the request that brings a proxy its credentials. */
static void note_proxy_gap(struct exchanges *exchanges, const struct sighting *sighting)
{
    const struct proxy_use_key key =
        proxy_key(&sighting_source(sighting)->ip, sighting_destination(sighting));
    struct proxy_use *use = table_find(&exchanges->proxies, &key);
    if (use != NULL)
        use->came_back = true;
}

bool exchanges_gap(struct exchanges *exchanges, const struct sighting *sighting, size_t missing)
{
    const struct connection_key key = key_of_connection(sighting);
    struct http_connection *connection = table_find(&exchanges->connections, &key);
    struct http2_connection *http2 = table_find(&exchanges->http2, &key);
    if (connection == NULL)
        return true;
    note_proxy_gap(exchanges, sighting);
    struct exchange_side *side = &connection->sides[sighting->from];
    side->waiting = 0;
    if (http2 != NULL) {
        http2_skip(&http2->readers[sighting->from], missing);
        side->ended |= http2->readers[sighting->from].ended;
    } else if (!http_body_skip(&side->body, missing)) {
        side->ended = true;
    }
    return !side->ended;
}
