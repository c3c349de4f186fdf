/* SPDX-License-Identifier: MIT */
/* DNS lookups: who asked whom for what, and what came back. */
#include "analyzer/track/lookup_answer.h"
#include "ui/tui/rows.h"

#include <stdio.h>
#include <string.h>

enum {
    COLUMN_TIME,
    COLUMN_CLIENT,
    COLUMN_TYPE,
    COLUMN_NAME,
    COLUMN_RESULT,
    COLUMN_ANSWER,
    COLUMN_ROUND_TRIP,
    COLUMN_SERVER,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [COLUMN_TIME] = {"Time", 15, 120},     [COLUMN_CLIENT] = {"Client", 15, 90},
    [COLUMN_TYPE] = {"Type", 5, 0},        [COLUMN_NAME] = {"Name", 0, 0},
    [COLUMN_RESULT] = {"Result", 11, 0},   [COLUMN_ANSWER] = {"Answer", 16, 0},
    [COLUMN_ROUND_TRIP] = {"After", 9, 0}, [COLUMN_SERVER] = {"Server", 15, 110},
};

static size_t gather(const struct dashboard *dashboard, struct row *rows, size_t most)
{
    const struct lookups *lookups = &dashboard->engine->trackers.lookups;
    const struct lookup *lookup = NULL;
    size_t count = 0;
    while (count < most && (lookup = lookups_next(lookups, lookup)) != NULL) {
        struct record_id id = table_id(&lookups->table, lookup);
        rows[count++] = (struct row){(uint64_t)id.generation << 32 | id.index, lookup};
    }
    return count;
}

/* "NXDOMAIN", "no answer", "no record", "NOERROR". */
static const char *result_text(const struct lookup *lookup, char text[24])
{
    const char *rcode = dns_rcode_name(lookup->rcode);
    if (lookup->state == LOOKUP_PENDING)
        snprintf(text, 24, "%s", lookup->capture_ended ? "open" : "waiting");
    else if (lookup->state == LOOKUP_UNANSWERED)
        snprintf(text, 24, "%s", lookup->unreachable ? "unreachable" : "no answer");
    else if (lookup_no_data(lookup))
        snprintf(text, 24, "no record");
    else if (rcode != NULL)
        snprintf(text, 24, "%s", rcode);
    else
        snprintf(text, 24, "RCODE%u", lookup->rcode);
    return text;
}

static enum look result_look(const struct lookup *lookup)
{
    if (lookup->state == LOOKUP_PENDING || lookup_no_data(lookup))
        return LOOK_WARNING;
    return lookup->state == LOOKUP_ANSWERED && lookup->rcode == DNS_NOERROR ? LOOK_GOOD : LOOK_BAD;
}

/* The first address or target. */
static void answer_text(const struct lookup *lookup, char *text, size_t size)
{
    char address[IP_ADDRESS_TEXT];
    text[0] = '\0';
    if (lookup->address_count > 0)
        snprintf(text, size, "%s%s", ip_address_text(&lookup->addresses[0], address),
                 lookup->records > 1 ? ", ..." : "");
    else if (lookup->target_count > 0)
        dns_name_text(&lookup->targets[0].target, text, size);
    else if (lookup->records > 0)
        snprintf(text, size, lookup->records == 1 ? "%u record" : "%u records", lookup->records);
}

static void fill_cell(const struct dashboard *dashboard, const void *record, size_t column,
                      struct cell *cell)
{
    const struct lookup *lookup = record;
    char text[CLOCK_TEXT], address[IP_ADDRESS_TEXT];
    if (column == COLUMN_TIME)
        snprintf(cell->text, CELL_TEXT, "%s",
                 dashboard_clock(dashboard,
                                 lookup->first_sent != 0 ? lookup->first_sent : lookup->answered,
                                 text));
    else if (column == COLUMN_CLIENT)
        ip_address_text(&lookup->key.client, cell->text);
    else if (column == COLUMN_TYPE)
        dns_type_text(lookup->key.type, cell->text);
    else if (column == COLUMN_NAME)
        dns_name_text(&lookup->name, cell->text, CELL_TEXT);
    else if (column == COLUMN_RESULT)
        result_text(lookup, cell->text);
    else if (column == COLUMN_ANSWER)
        answer_text(lookup, cell->text, CELL_TEXT);
    else if (column == COLUMN_SERVER)
        snprintf(cell->text, CELL_TEXT, "%s", ip_address_text(&lookup->server.ip, address));
    else if (lookup->round_trip >= 0)
        clock_duration(lookup->round_trip, cell->text);
    if (column == COLUMN_RESULT)
        cell->look = result_look(lookup);
}

static int compare(const struct dashboard *dashboard, const void *left, const void *right,
                   size_t column)
{
    const struct lookup *a = left, *b = right;
    struct cell x = {.look = LOOK_PLAIN}, y = {.look = LOOK_PLAIN};
    if (column == COLUMN_TIME)
        return compare_numbers(a->first_sent, b->first_sent);
    if (column == COLUMN_ROUND_TRIP)
        return compare_numbers(a->round_trip, b->round_trip);
    if (column == COLUMN_TYPE)
        return compare_numbers(a->key.type, b->key.type);
    fill_cell(dashboard, a, column, &x);
    fill_cell(dashboard, b, column, &y);
    return strcmp(x.text, y.text);
}

static void add_answers(const struct lookup *lookup, struct page *page)
{
    char address[IP_ADDRESS_TEXT], name[DNS_NAME_TEXT];
    for (size_t i = 0; i < lookup->address_count; i++)
        page_field(page, LOOK_GOOD, i == 0 ? "Answer" : "",
                   ip_address_text(&lookup->addresses[i], address));
    for (size_t i = 0; i < lookup->target_count; i++) {
        const struct dns_srv *srv = &lookup->targets[i];
        page_format(page, LOOK_GOOD, i == 0 ? "Answer" : "", "%s port %u, priority %u, weight %u",
                    dns_name_text(&srv->target, name, sizeof name), srv->port, srv->priority,
                    srv->weight);
    }
    if (lookup->aliases > 0)
        page_format(page, LOOK_PLAIN, "Alias of", "%s, over %u CNAME%s%s",
                    dns_name_text(&lookup->canonical, name, sizeof name), lookup->aliases,
                    lookup->aliases > 1 ? "s" : "",
                    lookup->chain == CHAIN_DANGLING  ? "; it leads nowhere"
                    : lookup->chain == CHAIN_ENDLESS ? "; it has no end"
                                                     : "");
    if (lookup->records > 0)
        page_format(page, LOOK_PLAIN, "Lives for", "%u s", lookup->ttl);
}

static void add_details(const struct dashboard *dashboard, const void *record, struct page *page)
{
    const struct lookup *lookup = record;
    char name[DNS_NAME_TEXT], type[DNS_TYPE_TEXT], result[24], text[TRANSPORT_ADDRESS_TEXT],
        clock[CLOCK_TEXT];
    page_format(page, LOOK_STRONG, "Question", "%s %s", dns_type_text(lookup->key.type, type),
                dns_name_text(&lookup->name, name, sizeof name));
    page_format(page, result_look(lookup), "Result", "%s%s%s", result_text(lookup, result),
                lookup->truncated ? ", truncated" : "", lookup->malformed ? ", malformed" : "");
    add_answers(lookup, page);
    page_field(page, LOOK_PLAIN, "Client", transport_address_text(&lookup->client, text));
    page_format(page, LOOK_PLAIN, "Server", "%s over %s%s",
                transport_address_text(&lookup->server, text),
                lookup->protocol == IP_PROTOCOL_TCP ? "TCP" : "UDP",
                lookup->several_servers ? ", and others" : "");
    page_format(page, lookup->tries > 1 ? LOOK_WARNING : LOOK_PLAIN, "Asked", "%s, %u time%s",
                dashboard_clock(dashboard, lookup->first_sent, clock), lookup->tries,
                lookup->tries == 1 ? "" : "s");
    if (lookup->round_trip >= 0)
        page_format(page, LOOK_PLAIN, "Answered", "after %s",
                    clock_duration(lookup->round_trip, clock));
}

static const struct evidence *evidence_of_lookup(const void *record)
{
    const struct lookup *lookup = record;
    return lookup->answer.frame != 0 ? &lookup->answer : &lookup->query;
}

static void open_ladder(struct dashboard *dashboard, const void *record)
{
    const struct lookup *lookup = record;
    ladder_open_evidence(dashboard, &lookup->key.client, evidence_of_lookup(lookup));
}

static const struct rows_kind kind = {
    .empty = "No DNS lookup is in this capture. One is shown when a client, or a server, asks a "
             "resolver. Names in a cache are not asked for again, and DNS over HTTPS cannot be "
             "seen: clear the cache, or switch secure DNS off, and load the page anew.",
    .columns = columns,
    .column_count = COLUMNS,
    .gather = gather,
    .cell = fill_cell,
    .compare = compare,
    .details = add_details,
    .open = open_ladder,
    .evidence = evidence_of_lookup,
};

const struct view view_names = {
    .title = "Names",
    .short_title = "Names",
    ROWS_OPERATIONS,
    .rows = &kind,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_FILTER, COMMAND_SORT_NEXT, COMMAND_COPY,
            COMMAND_OPEN},
};
