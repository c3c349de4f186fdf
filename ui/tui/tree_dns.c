/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "dissectors/dns/record.h"

#include <stdio.h>

static void add_flags(struct tree_builder *builder, const struct dns_message *message)
{
    const struct {
        bool set;
        const char *name;
    } flags[] = {
        {message->response, "response"},
        {message->authoritative, "authoritative"},
        {message->truncated, "truncated"},
        {message->recursion_desired, "recursion desired"},
        {message->recursion_available, "recursion available"},
        {message->authentic_data, "authentic data"},
        {message->checking_disabled, "checking disabled"},
    };
    char text[160] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flags[i].set)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     flags[i].name);
    tree_add(builder, bytes_first(bytes_from(message->raw, 2), 2), "Flags", "%s", text);
}

static void add_header(struct tree_builder *builder, const struct dns_message *message)
{
    const char *rcode = dns_rcode_name(message->rcode);
    tree_add(builder, bytes_first(message->raw, 2), "ID", "0x%04x", message->id);
    add_flags(builder, message);
    if (message->opcode != DNS_QUERY)
        tree_add_named(builder, bytes_first(bytes_from(message->raw, 2), 1), "Opcode",
                       message->opcode, dns_opcode_name(message->opcode));
    if (message->response)
        tree_set_look(tree_add_named(builder, bytes_first(bytes_from(message->raw, 3), 1),
                                     "Answer code", message->rcode, rcode),
                      message->rcode == DNS_NOERROR ? LOOK_GOOD : LOOK_BAD);
}

static void add_questions(struct tree_builder *builder, const struct dns_message *message)
{
    struct dns_walk walk = dns_walk(message);
    struct dns_question question;
    const uint8_t *start = walk.at.at;
    while (dns_question_next(&walk, &question)) {
        char name[DNS_NAME_TEXT], type[DNS_TYPE_TEXT];
        tree_add(builder, bytes_of(start, (size_t)(walk.at.at - start)), "Question", "%s %s",
                 dns_type_text(question.type, type),
                 dns_name_text(&question.name, name, sizeof name));
        start = walk.at.at;
    }
}

static void name_value(const struct dns_name *name, char *text, size_t size)
{
    dns_name_text(name, text, size);
}

/* What the record holds, in words; "" when its type is not known here. */
static void record_value(const struct dns_record *record, char *text, size_t size)
{
    struct ip_address address;
    struct dns_name name;
    struct dns_srv srv;
    struct dns_mx mx;
    struct dns_soa soa;
    char address_text[IP_ADDRESS_TEXT], target[DNS_NAME_TEXT];
    text[0] = '\0';
    if (dns_record_address(record, &address) == DISSECT_OK)
        snprintf(text, size, "%s", ip_address_text(&address, address_text));
    else if (dns_record_name(record, &name) == DISSECT_OK)
        name_value(&name, text, size);
    else if (dns_record_srv(record, &srv) == DISSECT_OK)
        snprintf(text, size, "%s port %u, priority %u, weight %u",
                 dns_name_text(&srv.target, target, sizeof target), srv.port, srv.priority,
                 srv.weight);
    else if (dns_record_mx(record, &mx) == DISSECT_OK)
        snprintf(text, size, "%s preference %u", dns_name_text(&mx.exchange, target, sizeof target),
                 mx.preference);
    else if (dns_record_soa(record, &soa) == DISSECT_OK)
        snprintf(text, size, "%s serial %u", dns_name_text(&soa.primary, target, sizeof target),
                 soa.serial);
}

static void add_record(struct tree_builder *builder, const struct dns_record *record,
                       struct bytes bytes)
{
    static const char *const sections[] = {"Question", "Answer", "Authority", "Additional"};
    char name[DNS_NAME_TEXT], type[DNS_TYPE_TEXT], value[TREE_VALUE];
    if (record->type == DNS_OPT) {
        tree_add(builder, bytes, "EDNS", "UDP payload %u bytes", record->class);
        return;
    }
    record_value(record, value, sizeof value);
    tree_add(builder, bytes, sections[record->section], "%s %s %s",
             dns_type_text(record->type, type), dns_name_text(&record->name, name, sizeof name),
             value);
    builder->depth++;
    tree_add(builder, bytes_of(NULL, 0), "Lives for", "%u s", record->ttl);
    if (value[0] == '\0')
        tree_add_octets(builder, record->data, "Data", record->data);
    if (record->status != DISSECT_OK)
        tree_set_look(
            tree_add(builder, record->data, "Damage", "%s",
                     record->status == DISSECT_CUT_SHORT ? "the capture cut it" : "malformed"),
            LOOK_BAD);
    builder->depth--;
}

static void add_records(struct tree_builder *builder, const struct dns_message *message)
{
    struct dns_walk walk = dns_walk(message);
    struct dns_question question;
    struct dns_record record;
    while (dns_question_next(&walk, &question))
        continue;
    const uint8_t *start = walk.at.at;
    while (dns_record_next(&walk, &record)) {
        add_record(builder, &record, bytes_of(start, (size_t)(walk.at.at - start)));
        start = walk.at.at;
    }
}

size_t tree_dns(struct tree_builder *builder, struct bytes bytes)
{
    struct dns_message message;
    enum dissect_status status = dns_decode(&message, bytes, builder->packet->cut);
    if (status == DISSECT_NOT_MINE)
        return 0;
    tree_set_look(tree_add(builder, bytes, "DNS", "%s", message.response ? "answer" : "query"),
                  LOOK_STRONG);
    builder->depth++;
    add_header(builder, &message);
    add_questions(builder, &message);
    add_records(builder, &message);
    if (status != DISSECT_OK)
        tree_set_look(
            tree_add(builder, bytes_of(NULL, 0), "Damage", "%s",
                     status == DISSECT_CUT_SHORT ? "the capture cut the message" : "malformed"),
            LOOK_BAD);
    builder->depth--;
    return bytes.length;
}
