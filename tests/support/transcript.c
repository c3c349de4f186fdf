/* SPDX-License-Identifier: MIT */
#include "tests/support/transcript.h"

#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void add_entry(struct transcript *t, unsigned from, int type)
{
    assert_true(t->count < TRANSCRIPT_ENTRIES);
    t->entries[t->count++] = (struct transcript_entry){
        .from = from, .type = (uint8_t)type, .bytes = bytes_of(t->memory + t->used, 0)};
}

static void add_hex(struct transcript *t, const char *digits)
{
    assert_true(t->count > 0);
    size_t length = from_hex(digits, t->memory + t->used, sizeof t->memory - t->used).length;
    t->entries[t->count - 1].bytes.length += length;
    t->used += length;
}

static void add_key(struct transcript *t, const char *line)
{
    size_t length = strlen(t->keys);
    int written = snprintf(t->keys + length, sizeof t->keys - length, "%s", line);
    assert_true(written >= 0 && (size_t)written < sizeof t->keys - length);
}

static void read_line(struct transcript *t, const char *line)
{
    char who[16];
    int type = 0;
    if (line[0] == ' ')
        add_hex(t, line);
    else if (strncmp(line, "key ", 4) == 0)
        add_key(t, line + 4);
    else if (sscanf(line, "expect %15s %d", who, &type) == 2 || sscanf(line, "%15s", who) == 1)
        if (line[0] != '#')
            add_entry(t, strcmp(who, "server") == 0 ? 1 : 0, type);
}

void transcript_read(struct transcript *transcript, const char *name)
{
    char path[512];
    char line[512];
    *transcript = (struct transcript){.count = 0};
    snprintf(path, sizeof path, "%s/tests/data/tls/%s", SOURCE_DIR, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        read_line(transcript, line);
    assert_int_equal(fclose(file), 0);
    assert_true(transcript->used < sizeof transcript->memory);
}
