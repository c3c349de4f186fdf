/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/record.h"
#include "tests/oracle/dump.h"

static json_t *name_json(const struct dns_name *name)
{
    char text[DNS_NAME_TEXT];
    return json_string(dns_name_text(name, text, sizeof text));
}

static json_t *address_json(const struct ip_address *address)
{
    char text[IP_ADDRESS_TEXT];
    return json_string(ip_address_text(address, text));
}

static void set_service(json_t *json, const struct dns_service *service)
{
    struct cursor alpn = cursor_of(service->alpn);
    struct bytes protocol;
    json_t *protocols = json_array();
    json_object_set_new(json, "priority", json_integer(service->priority));
    json_object_set_new(json, "target", name_json(&service->target));
    while (dns_text_next(&alpn, &protocol))
        json_array_append_new(protocols,
                              json_stringn((const char *)protocol.data, protocol.length));
    json_object_set_new(json, "alpn", protocols);
}

/* What the record holds, for the types that have a decoder; false when it is not OK. */
static bool set_content(json_t *json, const struct dns_record *record)
{
    struct ip_address address;
    struct dns_name name;
    struct dns_srv srv;
    struct dns_mx mx;
    struct dns_soa soa;
    struct dns_service service;
    if (dns_record_address(record, &address) == DISSECT_OK) {
        json_object_set_new(json, "address", address_json(&address));
    } else if (dns_record_name(record, &name) == DISSECT_OK) {
        json_object_set_new(json, "target", name_json(&name));
    } else if (dns_record_srv(record, &srv) == DISSECT_OK) {
        json_object_set_new(json, "priority", json_integer(srv.priority));
        json_object_set_new(json, "weight", json_integer(srv.weight));
        json_object_set_new(json, "port", json_integer(srv.port));
        json_object_set_new(json, "target", name_json(&srv.target));
    } else if (dns_record_mx(record, &mx) == DISSECT_OK) {
        json_object_set_new(json, "preference", json_integer(mx.preference));
        json_object_set_new(json, "target", name_json(&mx.exchange));
    } else if (dns_record_soa(record, &soa) == DISSECT_OK) {
        json_object_set_new(json, "target", name_json(&soa.primary));
        json_object_set_new(json, "mailbox", name_json(&soa.mailbox));
        json_object_set_new(json, "serial", json_integer(soa.serial));
        json_object_set_new(json, "minimum", json_integer(soa.minimum));
    } else if (dns_record_service(record, &service) == DISSECT_OK) {
        set_service(json, &service);
    } else {
        return false;
    }
    return true;
}

static json_t *record_json(const struct dns_record *record)
{
    json_t *json = json_object();
    json_object_set_new(json, "section", json_integer(record->section));
    json_object_set_new(json, "name", name_json(&record->name));
    json_object_set_new(json, "type", json_integer(record->type));
    json_object_set_new(json, "ttl", json_integer(record->ttl));
    json_object_set_new(json, "length", json_integer(record->length));
    json_object_set_new(json, "decoded", json_boolean(set_content(json, record)));
    return json;
}

static json_t *message_json(const struct dns_message *message)
{
    json_t *json = json_object();
    json_t *questions = json_array();
    json_t *records = json_array();
    struct dns_walk walk = dns_walk(message);
    struct dns_question question;
    struct dns_record record;
    const uint8_t *header = message->raw.data;
    json_object_set_new(json, "id", json_integer(message->id));
    json_object_set_new(json, "flags", json_integer(header[2] << 8 | header[3]));
    json_object_set_new(json, "rcode", json_integer(message->rcode));
    while (dns_question_next(&walk, &question))
        json_array_append_new(questions,
                              json_pack("{s:o, s:i, s:i}", "name", name_json(&question.name),
                                        "type", question.type, "class", question.class));
    while (dns_record_next(&walk, &record))
        json_array_append_new(records, record_json(&record));
    json_object_set_new(json, "questions", questions);
    json_object_set_new(json, "records", records);
    return json;
}

static void dump_message(uint64_t frame, struct bytes bytes, bool cut)
{
    struct dns_message message;
    enum dissect_status status = dns_decode(&message, bytes, cut);
    bool has_header = message.raw.length >= DNS_HEADER_LENGTH;
    dump_line(frame, status, has_header ? message_json(&message) : json_object());
}

/* Messages that begin and end in this segment. */
static void dump_segment(uint64_t frame, const struct packet *packet)
{
    struct bytes rest = packet->payload;
    struct bytes message;
    size_t consumed;
    while (rest.length > 0 &&
           dns_stream_message(rest, packet->cut, &message, &consumed) == DISSECT_OK) {
        dump_message(frame, message, false);
        rest = bytes_from(rest, consumed);
    }
}

static bool is_port_of(const struct packet *packet, uint16_t port)
{
    return packet->source.port == port || packet->destination.port == port;
}

void dump_dns(uint64_t frame, const struct packet *packet)
{
    bool by_port = is_port_of(packet, 53) || is_port_of(packet, 5353) || is_port_of(packet, 5355);
    bool netbios = is_port_of(packet, 137);
    if (packet->payload_length == 0)
        return;
    if (packet->protocol == IP_PROTOCOL_TCP && by_port)
        dump_segment(frame, packet);
    if (packet->protocol != IP_PROTOCOL_UDP)
        return;
    if (by_port || (!netbios && dns_recognize(packet->payload, packet->cut) == DISSECT_OK))
        dump_message(frame, packet->payload, packet->cut);
}
