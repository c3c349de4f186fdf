/* SPDX-License-Identifier: MIT */
#include "analyzer/track/exchanges.h"

#include "analyzer/text.h"
#include "analyzer/track/http_fields.h"

enum { SIDES = 2 };

struct connection_side {
    struct http_body body;
    uint32_t messages; /* requests, or final responses, so far */
    size_t waiting;    /* bytes of a head whose end is not among them */
    bool ended;        /* cannot be followed any more */
};

/* A connection in the clear and one inside its TLS are two flows; ports are used again. */
struct connection_key {
    struct record_id flow;
    struct record_id connection;
};

struct http_connection {
    struct connection_key key;
    uint32_t number; /* counted */
    uint8_t version; /* 0: not known yet */
    bool is_tunnel;
    struct connection_side sides[SIDES]; /* [i]: sent by endpoint[i] of the flow */
};

struct http2_connection {
    struct connection_key key;
    struct http2_reader readers[SIDES];
};

/* One call of exchanges_take. */
struct taking {
    struct exchanges *exchanges;
    struct http_connection *connection;
    struct http2_connection *http2; /* NULL: HTTP/1.1 */
    const struct sighting *sighting;
    struct event_queue *events;
    bool decrypted;
};

static void free_readers(void *context, void *record)
{
    (void)context;
    struct http2_connection *connection = record;
    for (int i = 0; i < SIDES; i++)
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

static struct exchange_key key_of(const struct taking *taking, uint32_t number)
{
    return (struct exchange_key){.connection = taking->connection->number, .number = number};
}

/* The exchange with this number. Who asks whom is known from the first of its messages that is in
 * the capture. */
static struct exchange *exchange_at(const struct taking *taking, uint32_t number, bool from_client)
{
    bool created;
    const struct sighting *sighting = taking->sighting;
    const struct exchange_key key = key_of(taking, number);
    struct exchange *exchange = table_add(&taking->exchanges->table, &key, &created);
    if (created) {
        exchange->client =
            from_client ? *sighting_source(sighting) : *sighting_destination(sighting);
        exchange->server =
            from_client ? *sighting_destination(sighting) : *sighting_source(sighting);
        exchange->version = taking->connection->version;
        exchange->decrypted = taking->decrypted;
    }
    return exchange;
}

/* How the client fares with this proxy; NULL when the exchange is with a web server. */
static struct proxy_use *proxy_of(const struct taking *taking, const struct exchange *exchange)
{
    bool created;
    struct proxy_use_key key;
    if (strcmp(exchange->method, "CONNECT") != 0 || exchange->asks_websocket)
        return NULL;
    memset(&key, 0, sizeof key);
    key.client = exchange->client.ip;
    key.proxy = exchange->server;
    return table_add(&taking->exchanges->proxies, &key, &created);
}

static void note_request(const struct taking *taking, struct exchange *exchange)
{
    exchange->request = evidence_of(taking->sighting, EVIDENCE_HTTP);
    http_describe_request(exchange);
    struct proxy_use *use = proxy_of(taking, exchange);
    if (use != NULL)
        use->came_back |= exchange->has_proxy_credentials;
}

/* A proxy asks every client for credentials first: that alone is no refusal. */
static void note_proxy(const struct taking *taking, const struct exchange *exchange)
{
    struct proxy_use *use = proxy_of(taking, exchange);
    if (use == NULL)
        return;
    use->worked |= exchange->status / 100 == 2;
    if (exchange->status == 407 && !exchange->has_proxy_credentials && use->challenges++ == 0)
        use->first = *exchange;
}

static void note_answer(const struct taking *taking, struct exchange *exchange)
{
    exchange->answered = true;
    exchange->response = evidence_of(taking->sighting, EVIDENCE_HTTP);
    exchange->response.flags |= EVIDENCE_RESPONSE;
    exchange->response.code = exchange->status;
    http_describe_answer(exchange);
    note_proxy(taking, exchange);
    struct event *event = event_add(taking->events, EVENT_HTTP_RESPONSE, taking->sighting->time);
    event->evidence = exchange->response;
    event->client = exchange->client;
    event->server = exchange->server;
    event->protocol = taking->sighting->flow->key.protocol;
    event->flow = taking->sighting->flow;
    event->exchange = exchange;
}

static struct connection_side *side_of(const struct taking *taking)
{
    return &taking->connection->sides[taking->sighting->from];
}

/* HTTP/1.1. Answers come in the order of the requests (RFC 9112 9.3.2). */

static void take_request(const struct taking *taking, const struct http_message *message)
{
    struct connection_side *side = side_of(taking);
    struct exchange *exchange = exchange_at(taking, ++side->messages, true);
    http_copy_request(exchange, message);
    note_request(taking, exchange);
    side->body = http_body_of(message, false);
}

/* 1xx are not final, but for 101, which ends HTTP on the connection (RFC 9110 15.2). */
static void take_response(const struct taking *taking, const struct http_message *message)
{
    struct connection_side *side = side_of(taking);
    if (message->status < 200 && message->status != 101)
        return;
    struct exchange *exchange = exchange_at(taking, ++side->messages, false);
    bool connects = strcmp(exchange->method, "CONNECT") == 0 && message->status / 100 == 2;
    http_copy_response(exchange, message);
    note_answer(taking, exchange);
    taking->connection->is_tunnel |= message->status == 101 || connects;
    side->body = http_body_of(message, connects || strcmp(exchange->method, "HEAD") == 0);
}

/* A head that comes in many pieces is read when it begins, to see whether it is one, and when it is
 * whole: else each of its bytes would be looked at once a piece. */
static bool is_worth_reading(struct connection_side *side, struct bytes unread)
{
    enum { BEGINNING = 64 };
    bool whole = http_head_ends(unread, side->waiting) || unread.length >= HTTP_HEAD_MAXIMUM;
    bool begins = side->waiting < BEGINNING;
    side->waiting = whole ? 0 : unread.length;
    return whole || begins;
}

static size_t take_http1(const struct taking *taking, struct bytes unread)
{
    struct connection_side *side = side_of(taking);
    struct http_message message;
    if (side->body.kind != HTTP_BODY_NONE)
        return http_body_take(&side->body, unread);
    /* RFC 9112 2.2: empty lines in front of a message are passed over. */
    if (unread.data[0] == '\r' || unread.data[0] == '\n')
        return 1;
    if (!is_worth_reading(side, unread))
        return 0;
    enum dissect_status status = http_decode(&message, unread);
    if (status == DISSECT_INCOMPLETE)
        return 0;
    side->waiting = 0;
    if (status != DISSECT_OK) {
        side->ended = true;
        return unread.length;
    }
    if (message.is_response)
        take_response(taking, &message);
    else
        take_request(taking, &message);
    return message.head_length;
}

/* HTTP/2. Streams that clients open have odd numbers. */

static bool is_client_stream(uint32_t stream)
{
    return stream % 2 == 1;
}

/* Pseudo-fields tell requests (":method") from responses (":status"); trailers have neither. */
static void take_field(void *context, uint32_t stream, struct bytes name, struct bytes value)
{
    const struct taking *taking = context;
    enum http_field field = http_field_of(name);
    if (field == HTTP_FIELD_OTHER || !is_client_stream(stream))
        return;
    struct exchange *exchange = exchange_at(taking, stream, http_field_is_request(field));
    if (!exchange->answered)
        http_copy_field(exchange, field, value);
}

static void end_head(void *context, uint32_t stream)
{
    const struct taking *taking = context;
    const struct exchange_key key = key_of(taking, stream);
    struct exchange *exchange = table_find(&taking->exchanges->table, &key);
    if (exchange == NULL || exchange->answered)
        return;
    if (exchange->status == 0 && exchange->request.frame == 0)
        note_request(taking, exchange);
    else if (exchange->status >= 200)
        note_answer(taking, exchange);
}

static void allow_table_size(void *context, uint32_t size)
{
    const struct taking *taking = context;
    http2_allow_table_size(&taking->http2->readers[1 - taking->sighting->from], size);
}

static size_t take_http2(struct taking *taking, struct bytes unread)
{
    const struct http2_sink sink = {taking, take_field, end_head, allow_table_size};
    struct http2_reader *reader = &taking->http2->readers[taking->sighting->from];
    size_t taken = http2_take(reader, unread, &sink);
    side_of(taking)->ended |= reader->ended;
    return taken;
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
static bool choose_version(struct taking *taking, struct bytes unread)
{
    bool is_client;
    bool created;
    if (taking->connection->version != 0)
        return true;
    enum dissect_status status = http2_recognize(unread, &is_client);
    if (status == DISSECT_INCOMPLETE)
        return false;
    taking->connection->version = status == DISSECT_OK ? 2 : 1;
    if (status == DISSECT_OK)
        (void)table_add(&taking->exchanges->http2, &taking->connection->key, &created);
    return true;
}

/* The connection's part for HTTP/2; NULL when it was given up to make room for others. */
static struct http2_connection *find_http2(const struct taking *taking)
{
    struct table *table = &taking->exchanges->http2;
    struct http2_connection *http2 = table_find(table, &taking->connection->key);
    if (http2 != NULL)
        table_touch(table, http2);
    else
        taking->connection->sides[0].ended = taking->connection->sides[1].ended = true;
    return http2;
}

static size_t take_some(struct taking *taking, struct bytes unread)
{
    if (taking->connection->is_tunnel || !choose_version(taking, unread))
        return 0;
    if (side_of(taking)->ended)
        return unread.length;
    if (taking->connection->version == 1)
        return take_http1(taking, unread);
    taking->http2 = find_http2(taking);
    return taking->http2 != NULL ? take_http2(taking, unread) : unread.length;
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
    struct taking taking = {.exchanges = exchanges,
                            .connection = connection_of(exchanges, sighting),
                            .sighting = sighting,
                            .events = events,
                            .decrypted = decrypted};
    size_t taken = 0;
    while (taken < unread.length && !event_queue_full(events)) {
        size_t some = take_some(&taking, bytes_from(unread, taken));
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

bool exchanges_gap(struct exchanges *exchanges, const struct sighting *sighting, size_t missing)
{
    const struct connection_key key = key_of_connection(sighting);
    struct http_connection *connection = table_find(&exchanges->connections, &key);
    struct http2_connection *http2 = table_find(&exchanges->http2, &key);
    if (connection == NULL)
        return true;
    struct connection_side *side = &connection->sides[sighting->from];
    side->waiting = 0;
    if (http2 != NULL) {
        http2_skip(&http2->readers[sighting->from], missing);
        side->ended |= http2->readers[sighting->from].ended;
    } else if (!http_body_skip(&side->body, missing)) {
        side->ended = true;
    }
    return !side->ended;
}
