/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/keylog.h"

#include "analyzer/text.h"

#include <openssl/crypto.h>

/* The labels with QUIC_ are what browsers wrote before RFC 9001. */
static const struct label {
    const char *name;
    enum keylog_secret secret; /* KEYLOG_SECRETS: of no use here */
} labels[] = {
    {"CLIENT_RANDOM", KEYLOG_MASTER},
    {"CLIENT_EARLY_TRAFFIC_SECRET", KEYLOG_CLIENT_EARLY},
    {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", KEYLOG_CLIENT_HANDSHAKE},
    {"SERVER_HANDSHAKE_TRAFFIC_SECRET", KEYLOG_SERVER_HANDSHAKE},
    {"CLIENT_TRAFFIC_SECRET_0", KEYLOG_CLIENT_TRAFFIC},
    {"SERVER_TRAFFIC_SECRET_0", KEYLOG_SERVER_TRAFFIC},
    {"QUIC_CLIENT_EARLY_TRAFFIC_SECRET", KEYLOG_CLIENT_EARLY},
    {"QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET", KEYLOG_CLIENT_HANDSHAKE},
    {"QUIC_SERVER_HANDSHAKE_TRAFFIC_SECRET", KEYLOG_SERVER_HANDSHAKE},
    {"QUIC_CLIENT_TRAFFIC_SECRET_0", KEYLOG_CLIENT_TRAFFIC},
    {"QUIC_SERVER_TRAFFIC_SECRET_0", KEYLOG_SERVER_TRAFFIC},
    {"EXPORTER_SECRET", KEYLOG_SECRETS},
    {"EARLY_EXPORTER_SECRET", KEYLOG_SECRETS},
    {"EARLY_EXPORTER_MASTER_SECRET", KEYLOG_SECRETS},
    {"ECH_SECRET", KEYLOG_SECRETS},
    {"ECH_CONFIG", KEYLOG_SECRETS},
    {"RSA", KEYLOG_SECRETS},
};

static void wipe_entry(void *context, void *record)
{
    (void)context;
    OPENSSL_cleanse(record, sizeof(struct keylog_entry));
}

int keylog_init(struct keylog *keylog, uint32_t capacity)
{
    *keylog = (struct keylog){0};
    if (table_init(&keylog->table, capacity, sizeof(struct keylog_entry), KEYLOG_RANDOM) != 0)
        return -1;
    keylog->table.release = wipe_entry;
    return 0;
}

void keylog_free(struct keylog *keylog)
{
    table_free(&keylog->table);
}

/* The number of bytes that the digits make; 0 when they are no hex, or too many for `size`. */
static size_t decode_hex(struct bytes digits, uint8_t *to, size_t size)
{
    if (digits.length % 2 != 0 || digits.length / 2 > size)
        return 0;
    for (size_t i = 0; i < digits.length / 2; i++) {
        int high = hex_digit(digits.data[2 * i]);
        int low = hex_digit(digits.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return digits.length / 2;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Takes the next word off the line; empty at its end. */
static struct bytes next_word(struct bytes *line)
{
    size_t start = 0;
    while (start < line->length && is_space(line->data[start]))
        start++;
    size_t end = start;
    while (end < line->length && !is_space(line->data[end]))
        end++;
    struct bytes word = bytes_of(line->data + start, end - start);
    *line = bytes_of(line->data + end, line->length - end);
    return word;
}

static const struct label *find_label(struct bytes word)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (bytes_equal(word, bytes_of(labels[i].name, strlen(labels[i].name))))
            return &labels[i];
    return NULL;
}

/* "N", as OpenSSL writes for all of them, or a number. */
static bool is_generation(struct bytes text)
{
    size_t digits = 0;
    while (digits < text.length && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    return (digits > 0 && digits == text.length) || bytes_equal(text, bytes_of("N", 1));
}

/* Secrets after a KeyUpdate: they are derived from the first ones (RFC 8446 7.2), not needed. */
static bool is_updated_secret(struct bytes word)
{
    static const char *const beginnings[] = {"CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        size_t length = strlen(beginnings[i]);
        if (bytes_equal(bytes_first(word, length), bytes_of(beginnings[i], length)))
            return is_generation(bytes_from(word, length));
    }
    return false;
}

/* A master secret always has 48 bytes; a traffic secret has the size of SHA-256 or SHA-384. */
static bool length_fits(enum keylog_secret secret, size_t length)
{
    return length == KEYLOG_MASTER_LENGTH || (secret != KEYLOG_MASTER && length == 32);
}

static bool store(struct keylog *keylog, enum keylog_secret which, struct bytes random_digits,
                  struct bytes secret_digits)
{
    uint8_t random[KEYLOG_RANDOM];
    uint8_t secret[KEYLOG_SECRET];
    size_t length = decode_hex(secret_digits, secret, sizeof secret);
    bool usable = decode_hex(random_digits, random, sizeof random) == sizeof random &&
                  length_fits(which, length);
    if (usable) {
        bool created;
        struct keylog_entry *entry = table_add(&keylog->table, random, &created);
        memcpy(entry->secret[which], secret, length);
        entry->length[which] = (uint8_t)length;
    }
    OPENSSL_cleanse(secret, sizeof secret);
    return usable;
}

enum line_result { LINE_USABLE, LINE_PASSED_OVER, LINE_MALFORMED };

static enum line_result read_line(struct keylog *keylog, struct bytes line)
{
    struct bytes word = next_word(&line);
    if (word.length == 0 || word.data[0] == '#')
        return LINE_PASSED_OVER;
    const struct label *label = find_label(word);
    if (label == NULL)
        return is_updated_secret(word) ? LINE_PASSED_OVER : LINE_MALFORMED;
    if (label->secret == KEYLOG_SECRETS)
        return LINE_PASSED_OVER;
    struct bytes random = next_word(&line);
    struct bytes secret = next_word(&line);
    bool ends = next_word(&line).length == 0;
    return ends && store(keylog, label->secret, random, secret) ? LINE_USABLE : LINE_MALFORMED;
}

static void count(struct keylog *keylog, enum line_result result)
{
    switch (result) {
    case LINE_USABLE:
        keylog->usable++;
        break;
    case LINE_PASSED_OVER:
        keylog->passed_over++;
        break;
    case LINE_MALFORMED:
        keylog->malformed++;
        break;
    }
}

static bool fits(const struct keylog_reader *reader)
{
    return reader->length <= sizeof reader->line;
}

static void end_line(struct keylog *keylog, struct keylog_reader *reader)
{
    count(keylog, fits(reader) ? read_line(keylog, bytes_of(reader->line, reader->length))
                               : LINE_MALFORMED);
    reader->length = 0;
}

static size_t line_length(struct bytes text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] != '\n' && text.data[length] != '\r')
        length++;
    return length;
}

/* The LF of a CR LF ends nothing any more. */
static struct bytes skip_rest_of_line_end(struct keylog_reader *reader, struct bytes text)
{
    bool rest = reader->after_return && text.length > 0 && text.data[0] == '\n';
    if (text.length > 0)
        reader->after_return = false;
    return bytes_from(text, rest ? 1 : 0);
}

void keylog_read(struct keylog *keylog, struct keylog_reader *reader, struct bytes text)
{
    while ((text = skip_rest_of_line_end(reader, text)).length > 0) {
        size_t length = line_length(text);
        reader->length = text_gather(reader->line, sizeof reader->line, reader->length,
                                     bytes_first(text, length));
        if (length == text.length)
            return;
        end_line(keylog, reader);
        reader->after_return = text.data[length] == '\r';
        text = bytes_from(text, length + 1);
    }
}

void keylog_read_unfinished(struct keylog *keylog, const struct keylog_reader *reader)
{
    if (fits(reader))
        (void)read_line(keylog, bytes_of(reader->line, reader->length));
}

void keylog_reader_wipe(struct keylog_reader *reader)
{
    OPENSSL_cleanse(reader, sizeof *reader);
}

const struct keylog_entry *keylog_find(const struct keylog *keylog, struct bytes client_random)
{
    if (client_random.length != KEYLOG_RANDOM)
        return NULL;
    return table_find(&keylog->table, client_random.data);
}

struct bytes keylog_secret(const struct keylog_entry *entry, enum keylog_secret which)
{
    return bytes_of(entry->secret[which], entry->length[which]);
}
