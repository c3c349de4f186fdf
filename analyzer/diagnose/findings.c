/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/findings.h"

#include "analyzer/flow/siphash.h"

#include <assert.h>

/* Rules copy these whole into a subject's name, or fill it from them. */
static_assert((int)SUBJECT_NAME == (int)LIMIT_AUTHORITY &&
                  (int)SUBJECT_NAME >= (int)LIMIT_SERVER_NAME &&
                  (int)SUBJECT_NAME >= (int)LIMIT_LOCATION && (int)SUBJECT_NAME >= (int)LIMIT_REALM,
              "names of all kinds fit");

int findings_init(struct findings *findings)
{
    *findings = (struct findings){.next_number = 1};
    return table_init(&findings->table, LIMIT_FINDINGS, sizeof(struct finding),
                      sizeof(struct finding_key));
}

void findings_free(struct findings *findings)
{
    table_free(&findings->table);
}

/* Several clients behind one address are refused as several users. */
static bool is_about_user(enum finding_code code)
{
    return code == FINDING_TURN_INTEGRITY_FAILURE || code == FINDING_TURN_UNKNOWN_USER ||
           code == FINDING_TURN_CREDENTIALS_EXPIRED || code == FINDING_TURN_QUOTA_REACHED;
}

static const char *without_time(const char *username)
{
    size_t digits = strspn(username, "0123456789");
    enum { TIME_DIGITS = 10 };
    if (digits != TIME_DIGITS || (username[digits] != ':' && username[digits] != '\0'))
        return username;
    return username + digits;
}

bool findings_same_user(const char *username, const char *other)
{
    return username[0] == '\0' || other[0] == '\0' ||
           strcmp(without_time(username), without_time(other)) == 0;
}

static uint32_t hash_of(const struct findings *findings, const char *text)
{
    return (uint32_t)siphash(findings->table.text_key, text, strlen(text));
}

static void fill_key(struct finding_key *key, const struct findings *findings,
                     enum finding_code code, const struct ip_address *client,
                     const struct transport_address *server, const char *name)
{
    memset(key, 0, sizeof *key);
    key->code = code;
    key->name_hash = hash_of(findings, name);
    key->client = *client;
    key->server = *server;
}

static void start(struct finding *finding, const struct catalogue_row *row, uint32_t number,
                  const struct subjects *subjects, int64_t time)
{
    finding->severity = row->severity;
    finding->certainty = row->certainty;
    finding->case_id = row->case_id;
    finding->number = number;
    finding->first = time;
    finding->subjects = *subjects;
}

/* What limits the diagnosis is said at the end, of all things when there was too much of
 * everything: one place is kept for each such code. */
static size_t room_for(const struct findings *findings, enum finding_code code)
{
    const size_t kept = FINDING_ANALYZER_STATE_EVICTED - FINDING_CAPTURE_SNAPLEN + 1;
    bool limits = code >= FINDING_CAPTURE_SNAPLEN && code <= FINDING_ANALYZER_STATE_EVICTED;
    return findings->table.capacity - (limits ? 0 : kept);
}

/* A full list keeps what it has: the first findings are nearer to the cause than the last. */
struct finding *findings_raise(struct findings *findings, enum finding_code code,
                               const struct subjects *subjects, int64_t time)
{
    const struct catalogue_row *row = catalogue_row(code);
    struct finding_key key;
    bool created;
    if (row == NULL)
        return NULL;
    fill_key(&key, findings, code, &subjects->client.ip, &subjects->server, subjects->name);
    if (is_about_user(code))
        key.name_hash ^= hash_of(findings, without_time(subjects->username)) * 3;
    struct finding *finding = table_find(&findings->table, &key);
    if (finding == NULL && findings->table.used >= room_for(findings, code)) {
        findings->omitted++;
        return NULL;
    }
    if (finding == NULL) {
        finding = table_add(&findings->table, &key, &created);
        start(finding, row, findings->next_number++, subjects, time);
        findings->kinds[code]++;
    }
    finding->count++;
    finding->last = time;
    findings->changes++;
    return finding;
}

struct finding *findings_find(const struct findings *findings, enum finding_code code,
                              const struct ip_address *client,
                              const struct transport_address *server, const char *name)
{
    struct finding_key key;
    fill_key(&key, findings, code, client, server, name);
    return table_find(&findings->table, &key);
}

static bool same_frame(const struct evidence *a, const struct evidence *b)
{
    return a->input == b->input && a->frame == b->frame && a->kind == b->kind &&
           memcmp(a->id, b->id, sizeof a->id) == 0;
}

static bool before(const struct evidence *a, const struct evidence *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return a->frame < b->frame;
}

void finding_add_evidence(struct finding *finding, const struct evidence *evidence)
{
    if (evidence->frame == 0 || finding->evidence_count == LIMIT_EVIDENCE)
        return;
    size_t place = finding->evidence_count;
    for (size_t i = 0; i < finding->evidence_count; i++)
        if (same_frame(&finding->evidence[i], evidence))
            return;
    for (; place > 0 && before(evidence, &finding->evidence[place - 1]); place--)
        finding->evidence[place] = finding->evidence[place - 1];
    finding->evidence[place] = *evidence;
    finding->evidence_count++;
}

bool finding_is_about_reaching_turn(const struct finding *finding)
{
    return (enum finding_code)finding->key.code >= FINDING_TURN_NO_ANSWER &&
           (enum finding_code)finding->key.code <= FINDING_TURN_TCP_REFUSED;
}

void finding_lower(struct finding *finding, enum certainty certainty)
{
    if (certainty < finding->certainty)
        finding->certainty = certainty;
}

const char *finding_name_label(const struct finding *finding)
{
    switch ((enum finding_code)finding->key.code) {
    case FINDING_TURN_REDIRECTED:
    case FINDING_HTTP_CAPTIVE_PORTAL:
        return "Sent on to";
    case FINDING_TURN_REALM_REFUSED:
        return "Server realm";
    default:
        return "Name";
    }
}

const struct catalogue_row *finding_row(const struct finding *finding)
{
    return catalogue_row((enum finding_code)finding->key.code);
}

const char *const *finding_remedy(const struct finding *finding)
{
    return finding->remedy != NULL ? finding->remedy : finding_row(finding)->remedy;
}

/* What is definite as a rule was doubted for what the capture lacks. */
const char *finding_raise_certainty(const struct finding *finding)
{
    static const char *const all_of_it =
        "A capture of the same that lacks nothing: on the client itself, with whole packets, and "
        "begun before the page is opened.";
    const char *usual = finding_row(finding)->raise_certainty;
    if (finding->certainty == CERTAINTY_DEFINITE)
        return NULL;
    if (finding->raise_certainty != NULL)
        return finding->raise_certainty;
    return usual != NULL ? usual : all_of_it;
}

struct finding *findings_at(const struct findings *findings, uint32_t number)
{
    struct finding *finding = NULL;
    while ((finding = findings_next(findings, finding)) != NULL && finding->number != number)
        continue;
    return finding;
}

/* The table's order of age is the order found: a finding is never touched. */
struct finding *findings_next(const struct findings *findings, const struct finding *previous)
{
    return previous == NULL ? table_oldest(&findings->table)
                            : table_newer(&findings->table, previous);
}
