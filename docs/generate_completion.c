/* SPDX-License-Identifier: MIT */
/* Writes the completion for bash from the table of options. Usage: generate_completion turnscope */
#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/vantage.h"
#include "ui/cli/option_table.h"
#include "ui/report/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_formats(FILE *out)
{
    for (const char *name = report_format_names(); *name != '\0'; name++)
        if (*name != ',')
            fputc(*name, out);
}

static void write_places(FILE *out)
{
    for (enum vantage_value value = VANTAGE_UNKNOWN + 1; value < VANTAGES; value++)
        fprintf(out, "%s ", vantage_name(value));
}

static void write_times(FILE *out)
{
    fputs("auto always never", out);
}

static void write_severities(FILE *out)
{
    fputs("error warning never", out);
}

static void write_codes(FILE *out)
{
    const struct catalogue_row *rows[FINDING_CODES];
    size_t count = catalogue_sorted(rows);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s ", rows[i]->name);
}

static void write_interfaces(FILE *out)
{
    fputs("$(turnscope -D 2>/dev/null | cut -d ' ' -f 1)", out);
}

/* What a value of this name, as in --help, can be: words; or what compgen itself lists. */
static const struct kind {
    const char *value;
    void (*words)(FILE *out);
    const char *listed; /* an option of compgen; when there are no words */
} kinds[] = {
    {"FILE", NULL, "-f"},
    {"USER", NULL, "-u"},
    {"NAME", write_interfaces, NULL},
    {"FORMAT", write_formats, NULL},
    {"WHERE", write_places, NULL},
    {"WHEN", write_times, NULL},
    {"SEVERITY", write_severities, NULL},
    {"CODE", write_codes, NULL},
};

static const struct kind *kind_of(const struct option_row *row)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].value, row->value) == 0)
            return &kinds[i];
    return NULL;
}

/* The options that take a value of a kind; NULL: of none. */
static void write_pattern(FILE *out, const struct kind *kind)
{
    const char *separator = "    ";
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->value == NULL || kind_of(row) != kind)
            continue;
        if (row->letter != 0)
            fprintf(out, "%s-%c", separator, row->letter);
        fprintf(out, "%s--%s", row->letter != 0 ? " | " : separator, row->name);
        separator = " | ";
    }
    fputs(")\n", out);
}

static void write_kind(FILE *out, const struct kind *kind)
{
    write_pattern(out, kind);
    fputs("        mapfile -t COMPREPLY < <(compgen ", out);
    if (kind->words == NULL) {
        fputs(kind->listed, out);
    } else {
        fputs("-W \"", out);
        kind->words(out);
        fputc('"', out);
    }
    fputs(" -- \"$word\")\n        ;;\n", out);
}

static void write_options(FILE *out)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        fprintf(out, "%s--%s", i > 0 ? " " : "", option_rows[i].name);
}

/* Words that are no option belong to the filter: nothing is offered for them. */
static void write_completion(FILE *out)
{
    fputs("# Completion of turnscope(1) for bash. Made by generate_completion.\n"
          "_turnscope() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    COMPREPLY=()\n"
          "    case $option in\n",
          out);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        write_kind(out, &kinds[i]);
    fputs("    # any other value is the user's own\n", out);
    write_pattern(out, NULL);
    fputs("        ;;\n    *)\n        [[ $word == -* ]] && mapfile -t COMPREPLY < <(compgen -W \"",
          out);
    write_options(out);
    fputs("\" -- \"$word\")\n        ;;\n    esac\n}\n"
          "complete -o filenames -F _turnscope turnscope\n",
          out);
}

int main(int argc, char **argv)
{
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (out == NULL) {
        fprintf(stderr, "usage: generate_completion FILE, which must be writable\n");
        return EXIT_FAILURE;
    }
    write_completion(out);
    bool failed = ferror(out) != 0;
    return fclose(out) == 0 && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
