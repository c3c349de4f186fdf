/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/name.h"

/* A name of 255 octets holds at most 127 labels: more pointers than that lead nowhere new, and
 * following them would let one packet cost quadratic time. */
enum { HEADER_LENGTH = 12, POINTERS_MAX = 127 };

/* The two top bits of an octet of length, and what is left of a pointer without them. */
enum { POINTER = 0xC0, POINTER_TARGET = 0x3FFF };

enum labels_end { LABELS_ROOT, LABELS_POINTER, LABELS_RAN_OUT, LABELS_BAD };

/* Whether `length` octets of labels may follow, and the root behind them. */
static bool has_room(const struct dns_name *name, size_t length)
{
    return name->length + length + 1 <= DNS_NAME_MAX;
}

/* `labels`: whole ones, each behind its octet of length, with or without the root. There is room.
 */
static void append(struct dns_name *name, struct bytes labels)
{
    if (labels.length > 0)
        memcpy(name->octets + name->length, labels.data, labels.length);
    name->length = (uint8_t)(name->length + labels.length);
}

/* Appends labels up to the root or a pointer, whose target goes to *target. The message has them as
 * the name will. */
static enum labels_end read_labels(struct dns_name *name, struct cursor *c, size_t *target)
{
    struct bytes unread = cursor_rest(c);
    size_t length = 0;
    uint8_t octet;
    while ((octet = bytes_u8(unread, length)) > 0 && octet <= DNS_LABEL_MAX) {
        length += 1 + (size_t)octet;
        if (length <= unread.length && !has_room(name, length))
            return LABELS_BAD;
    }
    if (length >= unread.length)
        return LABELS_RAN_OUT;
    if (octet > 0 && octet < POINTER)
        return LABELS_BAD;
    append(name, cursor_take(c, octet == 0 ? length + 1 : length));
    if (octet == 0)
        return LABELS_ROOT;
    *target = cursor_u16(c) & POINTER_TARGET;
    return c->failed ? LABELS_RAN_OUT : LABELS_POINTER;
}

/* A pointer leads to an earlier name (RFC 1035 section 4.1.4): the labels there must end before
 * those that led to them began. So a name always ends, and running out there is the sender's fault
 * and not the snaplen's. */
static enum dissect_status follow(struct dns_name *name, struct bytes message, size_t start,
                                  size_t target)
{
    for (unsigned pointers = 1; pointers <= POINTERS_MAX; pointers++) {
        if (target >= start || target < HEADER_LENGTH)
            return DISSECT_MALFORMED;
        struct cursor earlier = cursor_of(bytes_from(bytes_first(message, start), target));
        start = target;
        enum labels_end end = read_labels(name, &earlier, &target);
        if (end != LABELS_POINTER)
            return end == LABELS_ROOT ? DISSECT_OK : DISSECT_MALFORMED;
    }
    return DISSECT_MALFORMED;
}

enum dissect_status dns_name_read(struct dns_name *name, struct bytes message, struct cursor *c)
{
    size_t start = (size_t)(c->at - message.data);
    size_t target = 0;
    enum dissect_status status = DISSECT_MALFORMED;
    name->length = 0;
    enum labels_end end = read_labels(name, c, &target);
    if (end == LABELS_ROOT)
        status = DISSECT_OK;
    else if (end == LABELS_RAN_OUT)
        status = DISSECT_CUT_SHORT;
    else if (end == LABELS_POINTER)
        status = follow(name, message, start, target);
    if (status != DISSECT_OK)
        name->length = 0;
    return status;
}

/* Letters come in no order that a processor could guess: no branch hangs on them. */
static uint8_t small(uint8_t octet)
{
    unsigned is_capital = (uint8_t)(octet - 'A') < 26;
    return (uint8_t)(octet + is_capital * ('a' - 'A'));
}

/* Length octets are below 'A': they compare as they are, and keep both names in step. */
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b)
{
    if (a->length != b->length)
        return false;
    if (memcmp(a->octets, b->octets, a->length) == 0)
        return true;
    for (size_t i = 0; i < a->length; i++)
        if (small(a->octets[i]) != small(b->octets[i]))
            return false;
    return true;
}

void dns_name_fold(struct dns_name *name)
{
    for (size_t i = 0; i < name->length; i++)
        name->octets[i] = small(name->octets[i]);
}

static bool is_letter_or_digit(uint8_t octet)
{
    return (uint8_t)((octet | 0x20) - 'a') < 26 || (uint8_t)(octet - '0') < 10;
}

/* Stands for itself in a text: most do. */
static bool is_plain(uint8_t octet)
{
    static const char meaning_something[] = {'.', '\\', '"', '(', ')', ';', '@', '$'};
    if (is_letter_or_digit(octet) || octet == '-')
        return true;
    return octet >= 0x21 && octet <= 0x7E &&
           memchr(meaning_something, octet, sizeof meaning_something) == NULL;
}

/* Writes an octet that is not plain to `out` (4 bytes); returns how many characters it took. */
static size_t escape(uint8_t octet, char *out)
{
    if (octet < 0x21 || octet > 0x7E) {
        out[0] = '\\';
        out[1] = (char)('0' + octet / 100);
        out[2] = (char)('0' + octet / 10 % 10);
        out[3] = (char)('0' + octet % 10);
        return 4;
    }
    out[0] = '\\';
    out[1] = (char)octet;
    return 2;
}

struct text {
    char *at;
    size_t left; /* without the NUL */
};

static bool put(struct text *text, const char *characters, size_t count)
{
    if (count > text->left)
        return false;
    memcpy(text->at, characters, count);
    text->at += count;
    text->left -= count;
    return true;
}

/* The octets at the beginning of a label that stand for themselves, as far as there is room. */
static size_t put_plain(struct text *text, struct bytes label)
{
    size_t count = 0, most = label.length < text->left ? label.length : text->left;
    for (; count < most && is_plain(label.data[count]); count++)
        text->at[count] = (char)label.data[count];
    text->at += count;
    text->left -= count;
    return count;
}

static bool put_escaped(struct text *text, uint8_t octet)
{
    char escaped[4];
    return !is_plain(octet) && put(text, escaped, escape(octet, escaped));
}

static bool put_label(struct text *text, struct bytes label)
{
    while (label.length > 0) {
        size_t taken = put_plain(text, label);
        if (taken == 0 && !put_escaped(text, label.data[0]))
            return false;
        label = bytes_from(label, taken > 0 ? taken : 1);
    }
    return true;
}

const char *dns_name_text(const struct dns_name *name, char *text, size_t size)
{
    if (size == 0)
        return text;
    struct text out = {.at = text, .left = size - 1};
    struct cursor c = cursor_of(bytes_of(name->octets, name->length));
    bool fits = name->length != 1 || put(&out, ".", 1);
    for (uint8_t length = cursor_u8(&c); fits && length > 0;) {
        fits = put_label(&out, cursor_take(&c, length));
        length = cursor_u8(&c);
        fits = fits && (length == 0 || put(&out, ".", 1));
    }
    *out.at = '\0';
    return text;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One octet of a label's text, escaped or not, from *text, which moves on. -1: a bad escape. */
static int unescape(const char **text)
{
    const char *at = *text;
    if (*at != '\\') {
        *text = at + 1;
        return (unsigned char)*at;
    }
    if (at[1] == '\0')
        return -1;
    if (!is_digit(at[1])) {
        *text = at + 2;
        return (unsigned char)at[1];
    }
    if (!is_digit(at[2]) || !is_digit(at[3]))
        return -1;
    int value = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    *text = at + 4;
    return value <= 255 ? value : -1;
}

/* Appends the label at *text and moves behind its dot. */
static bool parse_label(struct dns_name *name, const char **text)
{
    uint8_t label[1 + DNS_LABEL_MAX] = {0};
    while (**text != '\0' && **text != '.') {
        int octet = unescape(text);
        if (octet < 0 || label[0] == DNS_LABEL_MAX)
            return false;
        label[++label[0]] = (uint8_t)octet;
    }
    if (**text == '.')
        ++*text;
    if (label[0] == 0 || !has_room(name, 1 + (size_t)label[0]))
        return false;
    append(name, bytes_of(label, 1 + (size_t)label[0]));
    return true;
}

bool dns_name_parse(struct dns_name *name, const char *text)
{
    *name = (struct dns_name){0};
    bool good = *text != '\0';
    if (strcmp(text, ".") == 0)
        text++;
    while (good && *text != '\0')
        good = parse_label(name, &text);
    if (good)
        append(name, bytes_of("", 1));
    else
        *name = (struct dns_name){0};
    return good;
}
