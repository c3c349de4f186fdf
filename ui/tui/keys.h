/* SPDX-License-Identifier: MIT */
/* Keys: one table of commands, from which the bindings, the help, the function bar and the names in
 * the settings file are made. */
#ifndef TURNSCOPE_UI_TUI_KEYS_H
#define TURNSCOPE_UI_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum command {
    COMMAND_NONE,
    COMMAND_UP,
    COMMAND_DOWN,
    COMMAND_LEFT,
    COMMAND_RIGHT,
    COMMAND_PAGE_UP,
    COMMAND_PAGE_DOWN,
    COMMAND_HOME,
    COMMAND_END,
    COMMAND_OPEN,
    COMMAND_BACK,
    COMMAND_NEXT_PANE,
    COMMAND_SELECT,
    COMMAND_SEARCH,
    COMMAND_FIND_NEXT,
    COMMAND_FIND_PREVIOUS,
    COMMAND_FILTER,
    COMMAND_SORT_PREVIOUS,
    COMMAND_SORT_NEXT,
    COMMAND_SORT_REVERSE,
    COMMAND_SAVE,
    COMMAND_COPY,
    COMMAND_EXTENDED,
    COMMAND_RAW,
    COMMAND_TIME,
    COMMAND_PAUSE,
    COMMAND_FOLLOW,
    COMMAND_VIEW_1, /* the views in the order of their tabs */
    COMMAND_VIEW_9 = COMMAND_VIEW_1 + 8,
    COMMAND_HELP,
    COMMAND_REPAINT,
    COMMAND_SUSPEND,
    COMMAND_QUIT,
    COMMANDS
};

/* Where the help shows a command. */
enum command_group { GROUP_MOVE, GROUP_FIND, GROUP_DO, GROUP_VIEWS, GROUP_PROGRAM, COMMAND_GROUPS };

struct command_row {
    const char *name;  /* in the settings file; NULL: it has none */
    const char *keys;  /* by default, separated by spaces */
    const char *label; /* in the function bar */
    const char *help;
    enum command_group group;
};

/* Of any command but COMMAND_NONE. */
const struct command_row *command_row(enum command command);
const char *command_group_title(enum command_group group);

enum { KEY_BINDINGS = 192, KEY_NAME = 16, KEYS_ERROR_TEXT = 128 };

struct keys {
    struct key_binding {
        int code;
        enum command command;
    } bindings[KEY_BINDINGS];
    size_t count;
};

/* The default bindings. */
void keys_init(struct keys *keys);

/* Binds these keys (names separated by spaces: "F7 f ^L Enter") to the command of this name,
 * instead of those it had, and takes them away from others. 0; or -1 with `error` filled in. */
int keys_bind(struct keys *keys, const char *name, const char *text, char error[KEYS_ERROR_TEXT]);

/* The keys of a command for the help ("F1 ?"), or the first one alone for the function bar. */
const char *keys_of(const struct keys *keys, enum command command, char *text, size_t size);
const char *keys_first_of(const struct keys *keys, enum command command, char name[KEY_NAME]);

enum key_input_kind { KEY_INPUT_NONE, KEY_INPUT_KEY, KEY_INPUT_CLICK, KEY_INPUT_RESIZE };

struct key_input {
    enum key_input_kind kind;
    enum command command; /* of a key that has one; of the mouse wheel too */
    int repeat;           /* how often the command is meant */
    unsigned character;   /* what was typed, for prompts; 0: a function key */
    bool is_erase, is_clear, is_enter, is_escape; /* for prompts */
    int top, left;                                /* of a click */
    bool is_double;                               /* a double click */
};

/* The next key or click that waits; KEY_INPUT_NONE when there is none. Never blocks. */
struct key_input keys_read(const struct keys *keys);

#endif
