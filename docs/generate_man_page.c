/* SPDX-License-Identifier: MIT */
/* Writes the man page: turnscope.1.in, its lines @NAME@ replaced by what the program's own tables
 * say. Usage: generate_man_page turnscope.1.in turnscope.1 */
#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/profile_keys.h"
#include "ui/tui/keys.h"
#include "ui/tui/theme.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_WIDTH = 78 };

/* Roff takes a hyphen for typography; what people copy must stay ASCII. */
static void write_literal(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
    }
}

/* Running text in short lines, of which none may begin like a request of roff. */
static void write_text(FILE *out, const char *text)
{
    size_t column = 0;
    for (size_t length; *text != '\0'; text += length + strspn(text + length, " ")) {
        length = strcspn(text, " ");
        bool fits = column > 0 && column + 1 + length <= TEXT_WIDTH;
        fputs(column == 0 ? "" : fits ? " " : "\n", out);
        column = fits ? column + 1 + length : length;
        if (!fits && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        for (size_t i = 0; i < length; i++)
            fputs(text[i] == '\\' ? "\\e" : (const char[]){text[i], '\0'}, out);
    }
    fputc('\n', out);
}

static void write_findings(FILE *out)
{
    const struct catalogue_row *rows[FINDING_CODES];
    size_t count = catalogue_sorted(rows);
    for (size_t i = 0; i < count; i++) {
        fputs(".It Cm ", out);
        write_literal(out, rows[i]->name);
        fprintf(out, " Pq %s , %s\n", severity_name(rows[i]->severity),
                certainty_name(rows[i]->certainty));
        write_text(out, rows[i]->title);
    }
}

static void write_cases(FILE *out)
{
    for (enum case_id id = CASE_NONE + 1; id < CASES; id++) {
        fputs(".It Cm ", out);
        write_literal(out, case_name(id));
        fputc('\n', out);
        write_text(out, case_title(id));
    }
}

static void write_profile(FILE *out)
{
    const char *section = "";
    const struct profile_key *key;
    for (size_t i = 0; (key = profile_key_at(i)) != NULL; i++) {
        if (key->example == NULL)
            continue;
        if (strcmp(section, key->section) != 0) {
            fprintf(out, "%s.Ss Section %s\n.Bl -tag -width Ds\n", *section != '\0' ? ".El\n" : "",
                    key->section);
            section = key->section;
        }
        fprintf(out, ".It Ic %s No = ", key->key);
        write_literal(out, key->example);
        fputc('\n', out);
        write_text(out, key->comment);
    }
    fputs(".El\n", out);
}

static void write_keys(FILE *out)
{
    struct keys keys;
    keys_init(&keys);
    for (enum command command = COMMAND_NONE + 1; command < COMMANDS; command++) {
        const struct command_row *row = command_row(command);
        char bound[96];
        fputs(".It Ic ", out);
        write_literal(out, row->name);
        fputs(" No = ", out);
        write_literal(out, keys_of(&keys, command, bound, sizeof bound));
        fputc('\n', out);
        write_text(out, row->help);
    }
}

static void write_looks(FILE *out)
{
    for (enum look look = 0; look < LOOKS; look++) {
        fputs(".It Ic ", out);
        write_literal(out, look_name(look));
        fputc('\n', out);
        write_text(out, look_help(look));
    }
}

static const struct {
    const char *line;
    void (*write)(FILE *out);
} parts[] = {
    {"@FINDINGS@\n", write_findings}, {"@CASES@\n", write_cases}, {"@PROFILE@\n", write_profile},
    {"@KEYS@\n", write_keys},         {"@LOOKS@\n", write_looks},
};

static void copy_line(const char *line, FILE *out)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].line, line) == 0) {
            parts[i].write(out);
            return;
        }
    }
    fputs(line, out);
}

static int trouble(const char *path)
{
    perror(path);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    char line[1024];
    FILE *template = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (template == NULL)
        return trouble(argc == 3 ? argv[1] : "usage: generate_man_page TEMPLATE OUTPUT");
    FILE *out = fopen(argv[2], "w");
    if (out == NULL) {
        int status = trouble(argv[2]);
        fclose(template);
        return status;
    }
    while (fgets(line, sizeof line, template) != NULL)
        copy_line(line, out);
    fclose(template);
    return ferror(out) | fclose(out) ? trouble(argv[2]) : EXIT_SUCCESS;
}
