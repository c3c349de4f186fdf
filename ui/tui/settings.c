/* SPDX-License-Identifier: MIT */
#include "ui/tui/settings.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct settings *settings;
    char problem[KEYS_ERROR_TEXT + 64]; /* the first one; "": none */
};

static int fail(struct reading *reading, const char *what, const char *text, const char *instead)
{
    if (reading->problem[0] == '\0')
        snprintf(reading->problem, sizeof reading->problem, "%s '%s': %s", what, text, instead);
    return 0;
}

static int set_theme(struct reading *reading, const char *value)
{
    return theme_parse(&reading->settings->theme, value)
               ? 1
               : fail(reading, "unknown theme", value, "write auto, dark, light or mono");
}

static int set_charset(struct reading *reading, const char *value)
{
    static const char *const names[] = {"auto", "ascii", "utf-8"};
    for (enum charset charset = CHARSET_AUTO; charset <= CHARSET_UTF8; charset++) {
        if (strcmp(names[charset], value) == 0) {
            reading->settings->charset = charset;
            return 1;
        }
    }
    return fail(reading, "unknown charset", value, "write auto, ascii or utf-8");
}

static int set_mouse(struct reading *reading, const char *value)
{
    reading->settings->no_mouse = strcmp(value, "no") == 0;
    return reading->settings->no_mouse || strcmp(value, "yes") == 0
               ? 1
               : fail(reading, "mouse", value, "write yes or no");
}

static int set_time(struct reading *reading, const char *value)
{
    return clock_parse(&reading->settings->time_format, value)
               ? 1
               : fail(reading, "unknown time", value, "write utc, local or start");
}

static int set_screen(struct reading *reading, const char *name, const char *value)
{
    static const struct {
        const char *name;
        int (*set)(struct reading *reading, const char *value);
    } rows[] = {
        {"theme", set_theme}, {"charset", set_charset}, {"mouse", set_mouse}, {"time", set_time}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].set(reading, value);
    return fail(reading, "unknown setting", name, "there are theme, charset, mouse and time");
}

static int set_color(struct reading *reading, const char *name, const char *value)
{
    enum look look;
    if (!look_parse(&look, name))
        return fail(reading, "unknown look", name,
                    "there are plain, strong, quiet, heading, good, bad, warning, note, selected, "
                    "marked, bytes, bar, bar-key and tab");
    if (!look_style_parse(&reading->settings->styles[look], value))
        return fail(reading, "unknown colour", value,
                    "write such as 'bold red', 'black on cyan' or 'reverse'");
    reading->settings->is_styled[look] = true;
    return 1;
}

static int set_key(struct reading *reading, const char *name, const char *value)
{
    char error[KEYS_ERROR_TEXT];
    if (keys_bind(&reading->settings->keys, name, value, error) == 0)
        return 1;
    if (reading->problem[0] == '\0')
        snprintf(reading->problem, sizeof reading->problem, "%s", error);
    return 0;
}

static int apply_setting(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    if (strcmp(section, "screen") == 0)
        return set_screen(reading, name, value);
    if (strcmp(section, "keys") == 0)
        return set_key(reading, name, value);
    if (strcmp(section, "colors") == 0)
        return set_color(reading, name, value);
    return fail(reading, "unknown section", section, "there are [screen], [keys] and [colors]");
}

int settings_load(struct settings *settings, const char *path, char error[SETTINGS_ERROR_TEXT])
{
    struct reading reading = {.settings = settings};
    *settings = (struct settings){.theme = THEME_AUTO};
    keys_init(&settings->keys);
    FILE *file = fopen(path, "r");
    if (file == NULL && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (file == NULL) {
        snprintf(error, SETTINGS_ERROR_TEXT, "%s: %s", path, strerror(errno));
        return -1;
    }
    int line = ini_parse_file(file, apply_setting, &reading);
    fclose(file);
    if (line == 0)
        return 0;
    snprintf(error, SETTINGS_ERROR_TEXT, "%s:%d: %s", path, line > 0 ? line : 1,
             reading.problem[0] != '\0' ? reading.problem
                                        : "is no 'name = value' and no [section]");
    return -1;
}

bool settings_path(char *path, size_t size)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config != NULL && config[0] == '/')
        length = snprintf(path, size, "%s/turnscope/turnscoperc", config);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, size, "%s/.config/turnscope/turnscoperc", home);
    return length > 0 && (size_t)length < size;
}
