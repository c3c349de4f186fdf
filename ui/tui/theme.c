/* SPDX-License-Identifier: MIT */
#include "ui/tui/theme.h"

#include <stdlib.h>
#include <string.h>

/* ECMA-48's numbers. */
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

#define STYLE(bold, dim, underline, reverse, foreground, background)                               \
    {                                                                                              \
        bold, dim, underline, reverse, foreground, background                                      \
    }

static const struct look_style dark[LOOKS] = {
    [LOOK_PLAIN] = STYLE(0, 0, 0, 0, OWN, OWN),
    [LOOK_STRONG] = STYLE(1, 0, 0, 0, OWN, OWN),
    [LOOK_QUIET] = STYLE(0, 1, 0, 0, OWN, OWN),
    [LOOK_HEADING] = STYLE(1, 0, 0, 0, CYAN, OWN),
    [LOOK_GOOD] = STYLE(0, 0, 0, 0, GREEN, OWN),
    [LOOK_BAD] = STYLE(1, 0, 0, 0, RED, OWN),
    [LOOK_WARNING] = STYLE(0, 0, 0, 0, YELLOW, OWN),
    [LOOK_NOTE] = STYLE(0, 0, 0, 0, CYAN, OWN),
    [LOOK_SELECTED] = STYLE(0, 0, 0, 0, BLACK, CYAN),
    [LOOK_MARKED] = STYLE(1, 0, 0, 0, MAGENTA, OWN),
    [LOOK_BYTES] = STYLE(0, 0, 0, 0, BLACK, YELLOW),
    [LOOK_BAR] = STYLE(0, 0, 0, 0, BLACK, CYAN),
    [LOOK_BAR_KEY] = STYLE(0, 0, 0, 0, OWN, OWN),
    [LOOK_TAB] = STYLE(1, 0, 0, 1, OWN, OWN),
};

/* Yellow and cyan are hard to read on white. */
static const struct look_style light[LOOKS] = {
    [LOOK_PLAIN] = STYLE(0, 0, 0, 0, OWN, OWN),
    [LOOK_STRONG] = STYLE(1, 0, 0, 0, OWN, OWN),
    [LOOK_QUIET] = STYLE(0, 1, 0, 0, OWN, OWN),
    [LOOK_HEADING] = STYLE(1, 0, 0, 0, BLUE, OWN),
    [LOOK_GOOD] = STYLE(0, 0, 0, 0, GREEN, OWN),
    [LOOK_BAD] = STYLE(1, 0, 0, 0, RED, OWN),
    [LOOK_WARNING] = STYLE(0, 0, 0, 0, MAGENTA, OWN),
    [LOOK_NOTE] = STYLE(0, 0, 0, 0, BLUE, OWN),
    [LOOK_SELECTED] = STYLE(0, 0, 0, 0, WHITE, BLUE),
    [LOOK_MARKED] = STYLE(1, 0, 0, 0, MAGENTA, OWN),
    [LOOK_BYTES] = STYLE(0, 0, 0, 0, WHITE, MAGENTA),
    [LOOK_BAR] = STYLE(0, 0, 0, 0, WHITE, BLUE),
    [LOOK_BAR_KEY] = STYLE(0, 0, 0, 0, OWN, OWN),
    [LOOK_TAB] = STYLE(1, 0, 0, 1, OWN, OWN),
};

static const struct look_style mono[LOOKS] = {
    [LOOK_PLAIN] = STYLE(0, 0, 0, 0, OWN, OWN),    [LOOK_STRONG] = STYLE(1, 0, 0, 0, OWN, OWN),
    [LOOK_QUIET] = STYLE(0, 1, 0, 0, OWN, OWN),    [LOOK_HEADING] = STYLE(1, 0, 0, 0, OWN, OWN),
    [LOOK_GOOD] = STYLE(0, 0, 0, 0, OWN, OWN),     [LOOK_BAD] = STYLE(1, 0, 0, 0, OWN, OWN),
    [LOOK_WARNING] = STYLE(1, 0, 0, 0, OWN, OWN),  [LOOK_NOTE] = STYLE(0, 0, 0, 0, OWN, OWN),
    [LOOK_SELECTED] = STYLE(0, 0, 0, 1, OWN, OWN), [LOOK_MARKED] = STYLE(1, 0, 1, 0, OWN, OWN),
    [LOOK_BYTES] = STYLE(0, 0, 0, 1, OWN, OWN),    [LOOK_BAR] = STYLE(0, 0, 0, 1, OWN, OWN),
    [LOOK_BAR_KEY] = STYLE(1, 0, 0, 0, OWN, OWN),  [LOOK_TAB] = STYLE(1, 0, 1, 0, OWN, OWN),
};

struct look_style theme_style(enum theme theme, enum look look)
{
    const struct look_style *styles = theme == THEME_MONO    ? mono
                                      : theme == THEME_LIGHT ? light
                                                             : dark;
    return styles[look];
}

/* COLORFGBG is "foreground;background" (rxvt, Konsole, iTerm2): 7 and 15 are white. */
static bool background_is_light(void)
{
    const char *value = getenv("COLORFGBG");
    const char *background = value != NULL ? strrchr(value, ';') : NULL;
    return background != NULL && (strcmp(background, ";7") == 0 || strcmp(background, ";15") == 0);
}

enum theme theme_resolve(enum theme theme, bool has_colors)
{
    if (!has_colors)
        return THEME_MONO;
    if (theme != THEME_AUTO)
        return theme;
    return background_is_light() ? THEME_LIGHT : THEME_DARK;
}

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

bool theme_parse(enum theme *theme, const char *name)
{
    static const char *const names[] = {"auto", "dark", "light", "mono"};
    int found = index_of(names, THEMES, name);
    if (found >= 0)
        *theme = (enum theme)found;
    return found >= 0;
}

static const struct {
    const char *name, *help;
} looks[] = {
    [LOOK_PLAIN] = {"plain", "most of the text"},
    [LOOK_STRONG] = {"strong", "what matters most, and titles"},
    [LOOK_QUIET] = {"quiet", "what matters less"},
    [LOOK_HEADING] = {"heading", "parts of the screen, and columns"},
    [LOOK_GOOD] = {"good", "what worked"},
    [LOOK_BAD] = {"bad", "what failed"},
    [LOOK_WARNING] = {"warning", "what deserves a look"},
    [LOOK_NOTE] = {"note", "what is neither good nor bad, such as a challenge"},
    [LOOK_SELECTED] = {"selected", "where the cursor is"},
    [LOOK_MARKED] = {"marked", "the message that was selected to be compared"},
    [LOOK_BYTES] = {"bytes", "the bytes of the field under the cursor"},
    [LOOK_BAR] = {"bar", "the first and the last line"},
    [LOOK_BAR_KEY] = {"bar-key", "the keys in the last line"},
    [LOOK_TAB] = {"tab", "the name of the open view"},
};

const char *look_name(enum look look)
{
    return looks[look].name;
}

const char *look_help(enum look look)
{
    return looks[look].help;
}

bool look_parse(enum look *look, const char *name)
{
    for (enum look i = 0; i < LOOKS; i++) {
        if (strcmp(looks[i].name, name) == 0) {
            *look = i;
            return true;
        }
    }
    return false;
}

static bool apply_word(struct look_style *style, const char *word, bool background)
{
    static const char *const colors[] = {"default", "black",   "red",  "green", "yellow",
                                         "blue",    "magenta", "cyan", "white"};
    static const char *const attributes[] = {"bold", "dim", "underline", "reverse"};
    bool *const flags[] = {&style->bold, &style->dim, &style->underline, &style->reverse};
    int attribute = index_of(attributes, 4, word), color = index_of(colors, 9, word);
    if (attribute >= 0)
        *flags[attribute] = true;
    else if (color >= 0)
        *(background ? &style->background : &style->foreground) = (short)(color - 1);
    return attribute >= 0 || color >= 0;
}

bool look_style_parse(struct look_style *style, const char *text)
{
    char words[128], *rest = words;
    bool background = false;
    if (strlen(text) >= sizeof words)
        return false;
    memcpy(words, text, strlen(text) + 1);
    *style = (struct look_style){.foreground = OWN, .background = OWN};
    for (char *word = strsep(&rest, " \t"); word != NULL; word = strsep(&rest, " \t")) {
        if (strcmp(word, "on") == 0)
            background = true;
        else if (*word != '\0' && !apply_word(style, word, background))
            return false;
    }
    return true;
}
