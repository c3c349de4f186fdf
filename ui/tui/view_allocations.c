/* SPDX-License-Identifier: MIT */
/* TURN allocations: who holds one, until when, and what goes through it. */
#include "analyzer/crypto/integrity.h"
#include "ui/tui/rows.h"

#include <stdio.h>
#include <string.h>

enum {
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_STATE,
    COLUMN_RELAYED,
    COLUMN_LEFT,
    COLUMN_SENT,
    COLUMN_RECEIVED,
    COLUMN_USER,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [COLUMN_CLIENT] = {"Client", 21, 0}, [COLUMN_SERVER] = {"Server", 21, 100},
    [COLUMN_STATE] = {"State", 0, 0},    [COLUMN_RELAYED] = {"Relayed as", 19, 0},
    [COLUMN_LEFT] = {"Left", 12, 100},   [COLUMN_SENT] = {"To peer", 8, 0},
    [COLUMN_RECEIVED] = {"From", 8, 0},  [COLUMN_USER] = {"User", 16, 130},
};

static size_t gather(const struct dashboard *dashboard, struct row *rows, size_t most)
{
    const struct table *table = &dashboard->engine->trackers.stun.allocations.table;
    size_t count = 0;
    for (const struct allocation *a = table_oldest(table); a != NULL && count < most;
         a = table_newer(table, a)) {
        struct record_id id = table_id(table, a);
        rows[count++] = (struct row){(uint64_t)id.generation << 32 | id.index, a};
    }
    return count;
}

static int64_t now_of(const struct dashboard *dashboard)
{
    return dashboard->engine->trackers.observed.last;
}

static int64_t lifetime_left(const struct dashboard *dashboard, const struct allocation *a)
{
    return a->refreshed + (int64_t)a->lifetime * SECONDS - now_of(dashboard);
}

static const char *bytes_text(uint64_t bytes, char text[24])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1000 && unit < 4; unit++)
        value /= 1000;
    snprintf(text, 24, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

static enum look state_look(const struct allocation *a)
{
    switch (a->state) {
    case ALLOCATION_ALLOCATED:
        return LOOK_GOOD;
    case ALLOCATION_REFUSED:
    case ALLOCATION_UNANSWERED:
    case ALLOCATION_UNREACHABLE:
        return LOOK_BAD;
    case ALLOCATION_RELEASED:
        return LOOK_PLAIN;
    default:
        return LOOK_WARNING;
    }
}

static void state_text(const struct allocation *a, char *text, size_t size)
{
    if (a->state == ALLOCATION_REFUSED && a->error_code != 0)
        snprintf(text, size, "%s, %u", allocation_state_name(a), a->error_code);
    else
        snprintf(text, size, "%s", allocation_state_name(a));
}

static void fill_cell(const struct dashboard *dashboard, const void *record, size_t column,
                      struct cell *cell)
{
    const struct allocation *a = record;
    if (column == COLUMN_CLIENT)
        transport_address_text(&a->client, cell->text);
    else if (column == COLUMN_SERVER)
        transport_address_text(&a->server, cell->text);
    else if (column == COLUMN_STATE)
        state_text(a, cell->text, CELL_TEXT);
    else if (column == COLUMN_RELAYED)
        transport_address_text(&a->relayed, cell->text);
    else if (column == COLUMN_SENT)
        bytes_text(a->to_peer_bytes, cell->text);
    else if (column == COLUMN_RECEIVED)
        bytes_text(a->from_peer_bytes, cell->text);
    else if (column == COLUMN_USER)
        snprintf(cell->text, CELL_TEXT, "%s", a->username);
    else if (a->state == ALLOCATION_ALLOCATED)
        clock_duration(lifetime_left(dashboard, a), cell->text);
    if (column == COLUMN_STATE)
        cell->look = state_look(a);
}

static int compare(const struct dashboard *dashboard, const void *left, const void *right,
                   size_t column)
{
    const struct allocation *a = left, *b = right;
    switch (column) {
    case COLUMN_CLIENT:
        return transport_address_compare(&a->client, &b->client);
    case COLUMN_SERVER:
        return transport_address_compare(&a->server, &b->server);
    case COLUMN_STATE:
        return compare_numbers(a->state, b->state);
    case COLUMN_RELAYED:
        return transport_address_compare(&a->relayed, &b->relayed);
    case COLUMN_LEFT:
        return compare_numbers(lifetime_left(dashboard, a), lifetime_left(dashboard, b));
    case COLUMN_SENT:
        return compare_numbers((int64_t)a->to_peer_bytes, (int64_t)b->to_peer_bytes);
    case COLUMN_RECEIVED:
        return compare_numbers((int64_t)a->from_peer_bytes, (int64_t)b->from_peer_bytes);
    default:
        return strcmp(a->username, b->username);
    }
}

static void add_answer(const struct allocation *a, struct page *page)
{
    char state[64];
    state_text(a, state, sizeof state);
    page_format(page, state_look(a), "State", "%s%s%s", state, a->reason[0] != '\0' ? " " : "",
                a->reason);
    if (a->stale_nonces > 1)
        page_format(page, LOOK_WARNING, "Stale nonces", "%u in a row", a->stale_nonces);
}

static void add_credentials(const struct allocation *a, struct page *page)
{
    static const char *const results[] = {"", "the password given makes the same: correct",
                                          "the password given makes another: wrong", ""};
    page_field(page, LOOK_PLAIN, "User", a->username);
    page_field(page, LOOK_PLAIN, "Realm", a->realm);
    if (a->server_realm[0] != '\0' && strcmp(a->server_realm, a->realm) != 0)
        page_format(page, LOOK_WARNING, "", "the server's realm is %s", a->server_realm);
    page_field(page, a->integrity == INTEGRITY_VERIFIED ? LOOK_GOOD : LOOK_BAD, "Integrity",
               results[a->integrity]);
    page_field(page, LOOK_PLAIN, "Software", a->software);
}

/* How long something of the allocation is good for: no longer than itself. */
static int64_t left_of(const struct dashboard *dashboard, const struct allocation *a, int64_t end)
{
    int64_t left = end - now_of(dashboard), most = lifetime_left(dashboard, a);
    return a->ever_allocated && most < left ? most : left;
}

static void add_lasting(const struct allocation *a, struct page *page, const char *label,
                        const char *what, int64_t left)
{
    char duration[CLOCK_TEXT];
    clock_duration(left < 0 ? -left : left, duration);
    if (a->state == ALLOCATION_RELEASED)
        page_format(page, LOOK_PLAIN, label, "%s, released", what);
    else if (left < 0)
        page_format(page, LOOK_WARNING, label, "%s, expired %s ago", what, duration);
    else
        page_format(page, LOOK_GOOD, label, "%s, %s left", what, duration);
}

static void add_addresses(const struct dashboard *dashboard, const struct allocation *a,
                          struct page *page)
{
    char text[TRANSPORT_ADDRESS_TEXT], lifetime[32];
    page_format(page, LOOK_PLAIN, "Between", "%s", transport_address_text(&a->client, text));
    page_format(page, LOOK_PLAIN, "", "%s over %s", transport_address_text(&a->server, text),
                transport_name(a->protocol, a->inside_tls));
    page_field(page, LOOK_PLAIN, "Relayed as", transport_address_text(&a->relayed, text));
    page_field(page, LOOK_PLAIN, "Mapped to", transport_address_text(&a->mapped, text));
    snprintf(lifetime, sizeof lifetime, "%u s granted", a->lifetime);
    if (a->ever_allocated)
        add_lasting(a, page, "Lifetime", lifetime, lifetime_left(dashboard, a));
}

static void add_traffic(const struct allocation *a, struct page *page)
{
    char to[24], from[24];
    page_format(page, LOOK_PLAIN, "Relayed",
                a->to_peer_packets == 1 ? "%s in %llu packet to peers, %s in %llu from them"
                                        : "%s in %llu packets to peers, %s in %llu from them",
                bytes_text(a->to_peer_bytes, to), (unsigned long long)a->to_peer_packets,
                bytes_text(a->from_peer_bytes, from), (unsigned long long)a->from_peer_packets);
}

static void add_permission(const struct dashboard *dashboard, const struct allocation *a,
                           const struct permission *permission, struct page *page)
{
    char address[IP_ADDRESS_TEXT];
    ip_address_text(&permission->peer, address);
    if (permission->granted == 0)
        page_format(page, LOOK_WARNING, "Permission", "%s, not granted; %u packets sent without",
                    address, permission->sent_without);
    else
        add_lasting(a, page, "Permission", address,
                    left_of(dashboard, a, permission->granted + LIMIT_PERMISSION_LIFETIME));
}

static void add_channel(const struct dashboard *dashboard, const struct allocation *a,
                        const struct channel *channel, struct page *page)
{
    char address[TRANSPORT_ADDRESS_TEXT], text[TRANSPORT_ADDRESS_TEXT + 16];
    snprintf(text, sizeof text, "0x%04x to %s", channel->number,
             transport_address_text(&channel->peer, address));
    if (channel->bound == 0)
        page_format(page, LOOK_WARNING, "Channel", "%s, not bound", text);
    else
        add_lasting(a, page, "Channel", text,
                    left_of(dashboard, a, channel->bound + LIMIT_CHANNEL_LIFETIME));
}

static void add_details(const struct dashboard *dashboard, const void *record, struct page *page)
{
    const struct allocation *a = record;
    add_answer(a, page);
    add_addresses(dashboard, a, page);
    add_credentials(a, page);
    add_traffic(a, page);
    for (size_t i = 0; i < a->permissions_kept; i++)
        add_permission(dashboard, a, &a->permissions[i], page);
    for (size_t i = 0; i < a->channels_kept; i++)
        add_channel(dashboard, a, &a->channels[i], page);
}

static void open_ladder(struct dashboard *dashboard, const void *record)
{
    const struct allocation *a = record;
    struct ladder_scope scope = {
        .client = a->client.ip, .client_address = a->client, .from = INT64_MIN, .to = INT64_MAX};
    ladder_open(dashboard, &scope, a->concluded.input, a->concluded.frame);
}

static const struct evidence *evidence_of_allocation(const void *record)
{
    const struct allocation *a = record;
    if (a->concluded.frame != 0)
        return &a->concluded;
    return a->authenticated.frame != 0 ? &a->authenticated : &a->asked;
}

static const struct rows_kind kind = {
    .empty = "No TURN allocation was asked for in this capture. One is shown as soon as a client "
             "sends an Allocate request, over UDP or TCP, to whatever port; one inside TLS, once "
             "--keylog gives the keys.",
    .columns = columns,
    .column_count = COLUMNS,
    .gather = gather,
    .cell = fill_cell,
    .compare = compare,
    .details = add_details,
    .open = open_ladder,
    .evidence = evidence_of_allocation,
};

const struct view view_allocations = {
    .title = "Allocations",
    .short_title = "TURN",
    ROWS_OPERATIONS,
    .rows = &kind,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_FILTER, COMMAND_SORT_NEXT, COMMAND_COPY,
            COMMAND_OPEN},
};
