/* SPDX-License-Identifier: MIT */
/* TLS, DTLS and QUIC handshakes, with the certificates that the servers showed. */
#include "dissectors/tls/names.h"
#include "ui/tui/rows.h"

#include <stdio.h>
#include <string.h>

enum {
    COLUMN_TIME,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_NAME,
    COLUMN_VERSION,
    COLUMN_STATE,
    COLUMN_CERTIFICATE,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [COLUMN_TIME] = {"Time", 15, 120},
    [COLUMN_CLIENT] = {"Client", 21, 100},
    [COLUMN_SERVER] = {"Server", 21, 0},
    [COLUMN_NAME] = {"Name asked for", 0, 0},
    [COLUMN_VERSION] = {"Version", 8, 0},
    [COLUMN_STATE] = {"State", 15, 0},
    [COLUMN_CERTIFICATE] = {"Certificate", 11, 90},
};

static size_t gather(const struct dashboard *dashboard, struct row *rows, size_t most)
{
    const struct handshake *handshake = NULL;
    size_t count = 0;
    while (count < most && (handshake = handshakes_next(&dashboard->engine->trackers.handshakes,
                                                        handshake)) != NULL)
        rows[count++] = (struct row){handshake->number, handshake};
    return count;
}

static const char *protocol_name(const struct handshake *handshake)
{
    static const char *const names[] = {"TLS", "DTLS", "QUIC"};
    return names[handshake->protocol];
}

static void version_text(const struct handshake *handshake, char *text, size_t size)
{
    const char *name = tls_version_name(handshake->version);
    snprintf(text, size, "%s",
             handshake->version != 0 && name != NULL && handshake->protocol != HANDSHAKE_QUIC
                 ? name
                 : protocol_name(handshake));
}

static enum look state_look(const struct handshake *handshake)
{
    if (handshake->state == HANDSHAKE_ESTABLISHED)
        return LOOK_GOOD;
    return handshake->state == HANDSHAKE_INCOMPLETE ? LOOK_WARNING : LOOK_BAD;
}

static const char *certificate_text(const struct handshake *handshake)
{
    if (handshake->certificate_visible)
        return "shown";
    if (handshake->resumed)
        return "resumed";
    return handshake_is_version_1_3(handshake) ? "encrypted" : "not seen";
}

static void fill_cell(const struct dashboard *dashboard, const void *record, size_t column,
                      struct cell *cell)
{
    const struct handshake *handshake = record;
    if (column == COLUMN_TIME)
        dashboard_clock(dashboard,
                        handshake->hello_time != 0 ? handshake->hello_time : handshake->last,
                        cell->text);
    else if (column == COLUMN_CLIENT)
        transport_address_text(&handshake->client, cell->text);
    else if (column == COLUMN_SERVER)
        transport_address_text(&handshake->server, cell->text);
    else if (column == COLUMN_NAME)
        snprintf(cell->text, CELL_TEXT, "%s", handshake->server_name);
    else if (column == COLUMN_VERSION)
        version_text(handshake, cell->text, CELL_TEXT);
    else if (column == COLUMN_STATE)
        snprintf(cell->text, CELL_TEXT, "%s", handshake_state_name(handshake));
    else
        snprintf(cell->text, CELL_TEXT, "%s", certificate_text(handshake));
    if (column == COLUMN_STATE)
        cell->look = state_look(handshake);
}

static int compare(const struct dashboard *dashboard, const void *left, const void *right,
                   size_t column)
{
    const struct handshake *a = left, *b = right;
    (void)dashboard;
    switch (column) {
    case COLUMN_CLIENT:
        return transport_address_compare(&a->client, &b->client);
    case COLUMN_SERVER:
        return transport_address_compare(&a->server, &b->server);
    case COLUMN_NAME:
        return strcmp(a->server_name, b->server_name);
    case COLUMN_VERSION:
        return compare_numbers(a->version, b->version);
    case COLUMN_STATE:
        return compare_numbers(a->state, b->state);
    case COLUMN_CERTIFICATE:
        return strcmp(certificate_text(a), certificate_text(b));
    default:
        return compare_numbers(a->hello_time, b->hello_time);
    }
}

static void san_list(const struct certificate_facts *facts, char *text, size_t size)
{
    struct certificate_san san;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; certificate_san(facts, i, &san) && used + 2 < size; i++) {
        char address[IP_ADDRESS_TEXT];
        int length = snprintf(text + used, size - used, "%s%.*s", i > 0 ? ", " : "",
                              san.is_address ? IP_ADDRESS_TEXT : (int)san.name.length,
                              san.is_address ? ip_address_text(&san.address, address)
                                             : (const char *)san.name.data);
        used += length > 0 ? (size_t)length : 0;
    }
}

static void add_validity(const struct certificate_facts *facts, int64_t now, struct page *page)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    bool expired = now > facts->not_after, early = now < facts->not_before;
    page_format(page, expired || early ? LOOK_BAD : LOOK_PLAIN, "Valid", "%s to %s%s",
                clock_date(CLOCK_UTC, facts->not_before, from),
                clock_date(CLOCK_UTC, facts->not_after, to),
                expired ? ": expired"
                : early ? ": not yet"
                        : "");
}

/* Only the server's own certificate is for a name. */
static void add_names(const struct certificate_facts *facts, const char *wanted, struct page *page)
{
    char names[1024];
    bool fits = wanted[0] == '\0' || certificate_matches_name(facts, wanted);
    san_list(facts, names, sizeof names);
    if (!facts->has_alternate_names)
        page_field(page, LOOK_BAD, "Names", "none: no subject alternative names");
    else
        page_field(page, LOOK_PLAIN, "Names", names);
    if (wanted[0] != '\0')
        page_format(page, fits ? LOOK_GOOD : LOOK_BAD, "", "%s %s", wanted,
                    fits ? "is among them" : "is not among them");
}

static void add_certificate(const struct certificate_facts *facts, size_t index,
                            const struct handshake *handshake, struct page *page)
{
    char title[48];
    snprintf(title, sizeof title, "Certificate %zu%s", index + 1,
             index == 0 ? ": the server's" : "");
    page_heading(page, title);
    page_field(page, LOOK_STRONG, "Subject", facts->subject);
    page_format(page, facts->is_self_signed && index == 0 ? LOOK_BAD : LOOK_PLAIN, "Issuer", "%s%s",
                facts->issuer, facts->is_self_signed ? " (self-signed)" : "");
    if (index == 0)
        add_names(facts, handshake->server_name, page);
    add_validity(facts, handshake->last, page);
    page_format(page, LOOK_PLAIN, "Key", "%s, signed with %s", facts->key, facts->signature);
    if (index == 0 && !facts->allows_server)
        page_field(page, LOOK_BAD, "Purpose", "not for servers");
}

static void add_chain(const struct dashboard *dashboard, const struct handshake *handshake,
                      struct page *page)
{
    const struct certificate_chain *chain =
        handshakes_chain(&dashboard->engine->trackers.handshakes, handshake);
    if (chain == NULL) {
        page_field(page, LOOK_QUIET, "Certificate", certificate_text(handshake));
        return;
    }
    page_format(page, chain->intermediate_missing || !chain->in_order ? LOOK_WARNING : LOOK_PLAIN,
                "Chain", "%u sent%s%s%s", chain->sent, chain->in_order ? "" : ", in wrong order",
                chain->signatures_valid ? "" : ", signatures do not follow on each other",
                chain->intermediate_missing ? ", an intermediate one is missing" : "");
    for (size_t i = 0; i < chain->kept; i++)
        add_certificate(&chain->certificates[i], i, handshake, page);
}

static void add_alert(const struct handshake *handshake, struct page *page)
{
    const struct handshake_alert *alert = &handshake->alert;
    const char *name = tls_alert_name(alert->description);
    const char *level = tls_alert_level_name(alert->level);
    if (!alert->seen)
        return;
    page_format(page, LOOK_BAD, "Alert", "from the %s: %s %s",
                alert->from == HANDSHAKE_CLIENT ? "client" : "server",
                alert->inferred ? "encrypted"
                : level != NULL ? level
                                : "",
                alert->inferred ? ""
                : name != NULL  ? name
                                : "unknown");
}

static void add_offer(const struct handshake *handshake, struct page *page)
{
    char protocols[LIMIT_ALPN_NAMES * (LIMIT_ALPN + 2)] = "";
    size_t used = 0;
    const char *suite = tls_cipher_suite_name(handshake->cipher_suite);
    for (size_t i = 0; i < handshake->alpn_count && i < LIMIT_ALPN_NAMES; i++)
        used += (size_t)snprintf(protocols + used, sizeof protocols - used, "%s%s",
                                 i > 0 ? ", " : "", handshake->alpn[i]);
    if (handshake->server_hello_seen)
        page_field(page, LOOK_PLAIN, "Cipher suite", suite != NULL ? suite : "unknown");
    page_field(page, LOOK_PLAIN, "ALPN", protocols);
    if (handshake->client_certificate_requested)
        page_field(page, LOOK_PLAIN, "Client's own",
                   handshake->client_certificate_sent    ? "asked for a certificate, sent one"
                   : handshake->client_certificate_empty ? "asked for a certificate, has none"
                                                         : "asked for a certificate");
}

static void add_details(const struct dashboard *dashboard, const void *record, struct page *page)
{
    const struct handshake *handshake = record;
    char client[TRANSPORT_ADDRESS_TEXT], server[TRANSPORT_ADDRESS_TEXT], version[32];
    version_text(handshake, version, sizeof version);
    page_format(page, state_look(handshake), "State", "%s%s%s", handshake_state_name(handshake),
                handshake->resumed ? ", resumed" : "",
                handshake->answered_otherwise ? ", the server does not speak TLS" : "");
    add_alert(handshake, page);
    page_format(page, LOOK_PLAIN, "Between", "%s and %s, %s",
                transport_address_text(&handshake->client, client),
                transport_address_text(&handshake->server, server), version);
    page_field(page, LOOK_STRONG, "Server name", handshake->server_name);
    add_offer(handshake, page);
    add_chain(dashboard, handshake, page);
}

static const struct evidence *evidence_of_handshake(const void *record)
{
    const struct handshake *handshake = record;
    if (handshake->alert_evidence.frame != 0)
        return &handshake->alert_evidence;
    if (handshake->certificate.frame != 0)
        return &handshake->certificate;
    return handshake->hello.frame != 0 ? &handshake->hello : &handshake->conclusion;
}

static void open_ladder(struct dashboard *dashboard, const void *record)
{
    const struct handshake *handshake = record;
    ladder_open_evidence(dashboard, &handshake->client.ip, evidence_of_handshake(handshake));
}

static const struct rows_kind kind = {
    .empty = "No TLS, DTLS or QUIC handshake is in this capture. One is shown when a client opens "
             "a secure connection, or begins its media, while packets are taken; where the "
             "connection was there before, load the page anew.",
    .columns = columns,
    .column_count = COLUMNS,
    .gather = gather,
    .cell = fill_cell,
    .compare = compare,
    .details = add_details,
    .open = open_ladder,
    .evidence = evidence_of_handshake,
};

const struct view view_handshakes = {
    .title = "Handshakes",
    .short_title = "TLS",
    ROWS_OPERATIONS,
    .rows = &kind,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_FILTER, COMMAND_SORT_NEXT, COMMAND_COPY,
            COMMAND_OPEN},
};
