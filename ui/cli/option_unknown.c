/* SPDX-License-Identifier: MIT */
#include "ui/cli/option_unknown.h"

#include "analyzer/edit_distance.h"
#include "ui/cli/option_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_TEXT = 64, TYPING_ERRORS = 2 };

void option_unknown_letter(char letter, char *error)
{
    snprintf(error, OPTIONS_ERROR,
             "unknown option -%c: see --help; options of more than one letter begin with --",
             letter);
}

/* The name in "--name=value". */
static void take_name(const char *word, char name[NAME_TEXT])
{
    const char *begin = word + strspn(word, "-");
    snprintf(name, NAME_TEXT, "%.*s", (int)strcspn(begin, "="), begin);
}

static bool begins_with(const struct option_row *row, const char *name)
{
    return name[0] != '\0' && strncmp(row->name, name, strlen(name)) == 0;
}

/* What a beginning may become: false when that is nothing. */
static bool say_ambiguous(const char *word, const char *name, char *error)
{
    size_t used = 0;
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        if (!begins_with(&option_rows[i], name))
            continue;
        const char *before = used == 0 ? "can be " : ", ";
        int written =
            snprintf(error + used, OPTIONS_ERROR - used, "%s--%s", before, option_rows[i].name);
        used += written > 0 && used + (size_t)written < OPTIONS_ERROR ? (size_t)written : 0;
    }
    char choice[OPTIONS_ERROR / 2];
    snprintf(choice, sizeof choice, "%s", error);
    if (used > 0)
        snprintf(error, OPTIONS_ERROR, "%.128s %s: give more of its name", word, choice);
    return used > 0;
}

/* NULL: it is like none. */
static const struct option_row *nearest_row(const char *name)
{
    const struct option_row *nearest = NULL;
    size_t least = TYPING_ERRORS + 1;
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        size_t distance = edit_distance(name, option_rows[i].name);
        if (distance < least) {
            least = distance;
            nearest = &option_rows[i];
        }
    }
    return nearest;
}

void option_unknown_word(const char *word, char *error)
{
    char name[NAME_TEXT];
    take_name(word, name);
    error[0] = '\0';
    if (say_ambiguous(word, name, error))
        return;
    const struct option_row *nearest = nearest_row(name);
    if (nearest != NULL)
        snprintf(error, OPTIONS_ERROR, "unknown option %.128s: did you mean --%s? see --help", word,
                 nearest->name);
    else
        snprintf(error, OPTIONS_ERROR, "unknown option %.128s: see --help", word);
}
