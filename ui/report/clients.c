/* SPDX-License-Identifier: MIT */
#include "ui/report/clients.h"

#include "analyzer/diagnose/causes.h"
#include "ui/report/named_clients.h"

struct clients {
    unsigned outcomes[ATTEMPT_CONNECTED + 1];
    struct named_clients failed[FINDING_CODES]; /* by their cause */
};

/* By its latest attempt. */
static void count_client(struct clients *clients, const struct findings *findings,
                         const struct attempt *attempt)
{
    enum attempt_outcome outcome = causes_outcome(findings, attempt);
    const struct finding *root = causes_root(findings, &attempt->client, SEVERITY_ERROR);
    clients->outcomes[outcome]++;
    if (outcome == ATTEMPT_FAILED && root != NULL)
        named_clients_add(&clients->failed[root->key.code], &attempt->client);
}

static void print_failed(const struct lines *lines, enum finding_code code,
                         const struct named_clients *failed)
{
    struct line_text names = {0};
    named_clients_write(&names, failed);
    fprintf(lines->out, "  %sfailed%s  %s: %s\n", style_on(lines, STYLE_ERROR), style_off(lines),
            catalogue_row(code)->name, names.text);
}

static enum finding_code most_frequent(const struct clients *clients)
{
    enum finding_code most = 0;
    for (enum finding_code code = 0; code < FINDING_CODES; code++)
        if (clients->failed[code].count > clients->failed[most].count)
            most = code;
    return most;
}

/* The most frequent reason first; it is taken out when it is printed. */
static void print_clients(const struct lines *lines, struct clients *clients, unsigned count,
                          bool all)
{
    unsigned neither = clients->outcomes[ATTEMPT_INCOMPLETE];
    lines_heading(lines, "Clients, by address");
    fprintf(lines->out, "  %s%u: %u failed, %u connected", all ? "" : "the latest ", count,
            clients->outcomes[ATTEMPT_FAILED], clients->outcomes[ATTEMPT_CONNECTED]);
    if (neither > 0)
        fprintf(lines->out, ", %u without an outcome", neither);
    fputc('\n', lines->out);
    for (enum finding_code code = most_frequent(clients); clients->failed[code].count > 0;
         code = most_frequent(clients)) {
        print_failed(lines, code, &clients->failed[code]);
        clients->failed[code].count = 0;
    }
}

void clients_print(const struct lines *lines, const struct engine *engine)
{
    struct clients clients = {0};
    unsigned count = 0;
    const struct attempt *attempt = NULL;
    if (engine->findings.omitted > 0) /* a client without a finding may have failed all the same */
        return;
    while ((attempt = attempts_next(&engine->attempts, attempt)) != NULL) {
        if (attempts_of(&engine->attempts, &attempt->client) != attempt)
            continue;
        count_client(&clients, &engine->findings, attempt);
        count++;
    }
    if (count > 1)
        print_clients(lines, &clients, count, engine->attempts.table.evicted == 0);
}
