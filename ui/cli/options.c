/* SPDX-License-Identifier: MIT */
#include "ui/cli/options.h"

#include "ui/cli/option_table.h"
#include "ui/cli/option_unknown.h"
#include "ui/report/lines.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A gigabit link fills this in an eighth of a second: longer than a report takes to write. */
enum { DEFAULT_BUFFER_SIZE = 16 * 1024 * 1024 };

/* getopt's number of the first row's name; what is below are letters. */
enum { FIRST_NAME = 256 };

__attribute__((format(printf, 2, 3))) static int fail(char *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, OPTIONS_ERROR, format, arguments);
    va_end(arguments);
    return -1;
}

int options_add_filter(struct options *options, const char *word, char *error)
{
    size_t used = strlen(options->filter);
    int written = snprintf(options->filter + used, sizeof options->filter - used, "%s%s",
                           used > 0 ? " " : "", word);
    if (written < 0 || (size_t)written >= sizeof options->filter - used)
        return fail(error, "the filter is too long");
    return 0;
}

static void build_getopt(char *letters, struct option *names)
{
    *letters++ = ':';
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        names[i] = (struct option){row->name, row->value != NULL, NULL, (int)i + FIRST_NAME};
        if (row->letter == 0)
            continue;
        *letters++ = row->letter;
        if (row->value != NULL)
            *letters++ = ':';
    }
    *letters = '\0';
}

static const struct option_row *row_of(int found)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (found == (int)i + FIRST_NAME ||
            (option_rows[i].letter != 0 && found == option_rows[i].letter))
            return &option_rows[i];
    return NULL;
}

/* The option as it is written: its letter where it was given by that, its name otherwise. */
static int fail_without_value(char *error, int given)
{
    const struct option_row *row = row_of(given);
    if (given < FIRST_NAME)
        return fail(error, "option -%c needs a value", given);
    return fail(error, "option --%s needs a value", row != NULL ? row->name : "");
}

/* As of a variable that is not set in a script. A filter may be empty: it keeps all packets. */
static bool is_left_out(const struct option_row *row, const char *value)
{
    return row != NULL && row->value != NULL && value[0] == '\0' && row->letter != 'f';
}

/* getopt leaves what it did not know in optopt: a letter; the number of a name that was given a
 * value and takes none; 0: a word that is no name. */
static int fail_unknown(char *error, const char *word)
{
    const struct option_row *row = row_of(optopt);
    if (optopt == 0)
        option_unknown_word(word, error);
    else if (row != NULL)
        return fail(error, "option --%s takes no value: give it alone", row->name);
    else
        option_unknown_letter((char)optopt, error);
    return -1;
}

static bool is_standard_output(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

static int check_write(const struct options *options, char *error)
{
    bool rotates = options->rotate_size > 0 || options->rotate_time > 0;
    bool piped = options->write != NULL && is_standard_output(options->write);
    if (options->write != NULL && options->file_count + options->interface_count == 0)
        return fail(error,
                    "-w keeps packets, and an event log has none: add a capture with -r FILE "
                    "or an interface with -i, or leave -w out");
    if (rotates && (options->write == NULL || piped))
        return fail(error, "-C and -G divide what -w FILE writes: give that, too");
    if (options->rotate_files > 0 && !rotates)
        return fail(error, "-W says how many files -C or -G make: give one of them, too");
    if (piped && is_standard_output(options->output) && !options->quiet)
        return fail(error, "-w - puts packets where the report goes: put the report elsewhere with "
                           "-o FILE, or leave it out with -q");
    if (!piped && options->write != NULL && options->output != NULL &&
        strcmp(options->write, options->output) == 0)
        return fail(error, "-w and -o name the same file: give each its own");
    return 0;
}

static bool reads_twice(const struct options *options)
{
    unsigned times = options->cms_log != NULL && strcmp(options->cms_log, "-") == 0;
    for (size_t i = 0; i < options->file_count; i++)
        times += strcmp(options->files[i], "-") == 0;
    return times > 1;
}

static int check(const struct options *options, char *error)
{
    bool live = options->interface_count > 0;
    if (options->action != ACTION_ANALYSE)
        return 0;
    if (live && options->file_count > 0)
        return fail(error, "read files (-r) or capture live (-i), not both");
    if (!live && options->file_count == 0 && options->cms_log == NULL)
        return fail(
            error,
            "nothing to read: give a capture with -r FILE or an interface with -i, or see --help");
    if (!live && options->duration > 0)
        return fail(error, "--duration is for live captures (-i)");
    if (reads_twice(options))
        return fail(error, "standard input (-) can be read once only: give the name of a file");
    return check_write(options, error);
}

int options_parse(struct options *options, int argc, char **argv, char error[OPTIONS_ERROR])
{
    char letters[2 * OPTION_ROWS + 2];
    struct option names[OPTION_ROWS + 1] = {0};
    int found;
    *options = (struct options){.format = report_format("text"),
                                .fail_on = SEVERITY_ERROR,
                                .buffer_size = DEFAULT_BUFFER_SIZE,
                                .memory = LIMIT_MEMORY};
    build_getopt(letters, names);
    opterr = 0;
    while ((found = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        struct given given = {row_of(found), optarg, error};
        if (found == ':' || is_left_out(given.row, optarg))
            return fail_without_value(error, found == ':' ? optopt : found);
        if (given.row == NULL)
            return fail_unknown(error, argv[optind - 1]);
        if (given.row->apply != NULL && given.row->apply(options, &given) != 0)
            return -1;
    }
    for (int i = optind; i < argc; i++)
        if (options_add_filter(options, argv[i], error) != 0)
            return -1;
    return check(options, error);
}

const char *options_filter(const struct options *options)
{
    return options->filter[0] != '\0' ? options->filter : NULL;
}

bool options_want_color(const struct options *options, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    return (no_color == NULL || no_color[0] == '\0') && isatty(fileno(out));
}

/* What it is on the left, what it does on the right: below, where the left is too long. */
static void help_row(const struct lines *lines, const struct option_row *row)
{
    enum { HELP_COLUMN = 33 };
    char left[48], letter[4] = "   ";
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c,", row->letter);
    snprintf(left, sizeof left, "  %s --%s %s", letter, row->name,
             row->value != NULL ? row->value : "");
    bool fits = strlen(left) < HELP_COLUMN;
    if (!fits)
        fprintf(lines->out, "%s\n", left);
    lines_wrapped(lines, HELP_COLUMN, fits ? left : "", row->help);
}

void options_help(FILE *out)
{
    fputs("usage: turnscope [options] -r FILE [-r FILE ...] [BPF filter]\n"
          "       turnscope [options] -i INTERFACE [-i INTERFACE ...] [BPF filter]\n"
          "       turnscope [options] --cms-log FILE\n\n"
          "Says from packets alone why a WebRTC client does not get in, whose fault it\n"
          "is and what to change.\n\n",
          out);
    const struct lines lines = {out, false};
    for (size_t i = 0; i < OPTION_ROWS; i++)
        help_row(&lines, &option_rows[i]);
    fputs(
        "\nexit status: 0 nothing at or above --fail-on, 1 something was, 2 bad usage or\ninput\n",
        out);
}
