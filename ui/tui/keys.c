/* SPDX-License-Identifier: MIT */
#include "ui/tui/keys.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Function keys of curses share numbers with characters: they are told apart by this bit. */
enum { FUNCTION_KEY = 1 << 24, CONTROL = 0x1f, ESCAPE = 27, DELETE = 127, WHEEL_ROWS = 3 };

static const struct command_row rows[COMMANDS] = {
    [COMMAND_UP] = {"up", "Up k", "", "one row up", GROUP_MOVE},
    [COMMAND_DOWN] = {"down", "Down j", "", "one row down", GROUP_MOVE},
    [COMMAND_LEFT] = {"left", "Left h", "", "back, but never out of turnscope", GROUP_MOVE},
    [COMMAND_RIGHT] = {"right", "Right l", "", "open what the cursor is on", GROUP_MOVE},
    [COMMAND_PAGE_UP] = {"page-up", "PgUp ^B", "", "one page up", GROUP_MOVE},
    [COMMAND_PAGE_DOWN] = {"page-down", "PgDn ^F", "", "one page down", GROUP_MOVE},
    [COMMAND_HOME] = {"home", "Home g", "", "to the first row", GROUP_MOVE},
    [COMMAND_END] = {"end", "End G", "", "to the last row", GROUP_MOVE},
    [COMMAND_OPEN] = {"open", "Enter", "Open", "open what the cursor is on", GROUP_MOVE},
    [COMMAND_BACK] = {"back", "Esc q Backspace", "Back",
                      "back to where you came from; at the start, leave (but not Esc)", GROUP_MOVE},
    [COMMAND_NEXT_PANE] = {"next-pane", "Tab", "Pane", "to the other part of the screen",
                           GROUP_MOVE},
    [COMMAND_SELECT] = {"select", "Space", "Select",
                        "select a message; the second one is compared with the first", GROUP_DO},
    [COMMAND_SEARCH] = {"search", "F3 /", "Search", "search for text", GROUP_FIND},
    [COMMAND_FIND_NEXT] = {"next", "n", "Next", "search on, downwards", GROUP_FIND},
    [COMMAND_FIND_PREVIOUS] = {"previous", "N", "Previous", "search on, upwards", GROUP_FIND},
    [COMMAND_FILTER] = {"filter", "F7 f", "Filter", "show only rows with this text", GROUP_FIND},
    [COMMAND_SORT_PREVIOUS] = {"sort-previous", "<", "", "sort by the column to the left",
                               GROUP_FIND},
    [COMMAND_SORT_NEXT] = {"sort-next", ">", "Sort", "sort by the column to the right", GROUP_FIND},
    [COMMAND_SORT_REVERSE] = {"sort-reverse", "z", "", "reverse the order", GROUP_FIND},
    [COMMAND_SAVE] = {"save", "F2 s", "Save",
                      "save the report (.txt, .json) or the packets in view (.pcapng)", GROUP_DO},
    [COMMAND_COPY] = {"copy", "c", "Copy", "copy the Wireshark display filter to the clipboard",
                      GROUP_DO},
    [COMMAND_EXTENDED] = {"extended", "F4 x", "Extended",
                          "ladder: all that the client did, or this attempt alone", GROUP_DO},
    [COMMAND_RAW] = {"raw", "F6 r", "Raw", "message: bytes, fields, or both", GROUP_DO},
    [COMMAND_TIME] = {"time", "w", "Time", "time: of day (UTC), of day (local), since the start",
                      GROUP_DO},
    [COMMAND_PAUSE] = {"pause", "p", "Pause", "take no packets for a while; again: go on",
                       GROUP_DO},
    [COMMAND_FOLLOW] = {"follow", "A", "Follow", "stay on the newest row", GROUP_DO},
    [COMMAND_VIEW_1] = {"overview", "1", "", "Overview", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 1] = {"attempts", "2", "", "Attempts", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 2] = {"ladder", "3", "", "Ladder", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 3] = {"message", "4", "", "Message", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 4] = {"findings", "5", "", "Findings", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 5] = {"names", "6", "", "Names", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 6] = {"handshakes", "7", "", "Handshakes", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 7] = {"allocations", "8", "", "Allocations", GROUP_VIEWS},
    [COMMAND_VIEW_1 + 8] = {"statistics", "9", "", "Statistics", GROUP_VIEWS},
    [COMMAND_HELP] = {"help", "F1 ?", "Help", "this help", GROUP_PROGRAM},
    [COMMAND_REPAINT] = {"repaint", "^L", "", "draw the screen anew", GROUP_PROGRAM},
    [COMMAND_SUSPEND] = {"suspend", "^Z", "", "back to the shell for a while", GROUP_PROGRAM},
    [COMMAND_QUIT] = {"quit", "F10 Q ^C", "Quit", "leave turnscope", GROUP_PROGRAM},
};

const struct command_row *command_row(enum command command)
{
    return &rows[command];
}

const char *command_group_title(enum command_group group)
{
    static const char *const titles[] = {"Moving", "Finding and sorting", "Doing", "Views",
                                         "Program"};
    return titles[group];
}

static const struct key_name {
    const char *name;
    int code;
} names[] = {
    {"Up", FUNCTION_KEY | KEY_UP},
    {"Down", FUNCTION_KEY | KEY_DOWN},
    {"Left", FUNCTION_KEY | KEY_LEFT},
    {"Right", FUNCTION_KEY | KEY_RIGHT},
    {"PgUp", FUNCTION_KEY | KEY_PPAGE},
    {"PgDn", FUNCTION_KEY | KEY_NPAGE},
    {"Home", FUNCTION_KEY | KEY_HOME},
    {"End", FUNCTION_KEY | KEY_END},
    {"Enter", '\r'},
    {"Esc", ESCAPE},
    {"Space", ' '},
    {"Tab", '\t'},
    {"Backspace", FUNCTION_KEY | KEY_BACKSPACE},
    {"Delete", FUNCTION_KEY | KEY_DC},
    {"Insert", FUNCTION_KEY | KEY_IC},
};

static int code_of_name(const char *name)
{
    wchar_t character;
    mbstate_t state = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].code;
    if (name[0] == 'F' && name[1] != '\0') {
        char *end;
        long number = strtol(name + 1, &end, 10);
        return *end == '\0' && number >= 1 && number <= 12 ? FUNCTION_KEY | KEY_F((int)number) : -1;
    }
    if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && name[2] == '\0')
        return name[1] & CONTROL;
    size_t length = mbrtowc(&character, name, strlen(name), &state);
    return length > 0 && length == strlen(name) ? (int)character : -1;
}

static void name_of_code(int code, char name[KEY_NAME])
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code == code) {
            snprintf(name, KEY_NAME, "%s", names[i].name);
            return;
        }
    }
    int function = code - (FUNCTION_KEY | KEY_F(0));
    if (function >= 1 && function <= 12)
        snprintf(name, KEY_NAME, "F%d", function);
    else if (code < ' ')
        snprintf(name, KEY_NAME, "^%c", code | '@');
    else
        snprintf(name, KEY_NAME, "%lc", (wint_t)code);
}

/* Takes out the bindings of a command (code 0), or of a key (COMMAND_NONE). */
static void unbind(struct keys *keys, int code, enum command command)
{
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++)
        if (keys->bindings[i].command != command && keys->bindings[i].code != code)
            keys->bindings[kept++] = keys->bindings[i];
    keys->count = kept;
}

static int bind_key(struct keys *keys, int code, enum command command)
{
    unbind(keys, code, COMMAND_NONE);
    if (keys->count == KEY_BINDINGS)
        return -1;
    keys->bindings[keys->count++] = (struct key_binding){code, command};
    return 0;
}

static int bind_keys(struct keys *keys, enum command command, const char *text,
                     char error[KEYS_ERROR_TEXT])
{
    while (*(text += strspn(text, " \t")) != '\0') {
        char name[KEY_NAME];
        size_t length = strcspn(text, " \t");
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        int code = length < sizeof name ? code_of_name(name) : -1;
        if (code <= 0 || bind_key(keys, code, command) != 0) {
            snprintf(error, KEYS_ERROR_TEXT,
                     "there is no key '%s': write f, ^F, F7, Enter, Space, PgUp, ...", name);
            return -1;
        }
        text += length;
    }
    return 0;
}

void keys_init(struct keys *keys)
{
    char error[KEYS_ERROR_TEXT];
    keys->count = 0;
    for (enum command command = COMMAND_NONE + 1; command < COMMANDS; command++)
        bind_keys(keys, command, rows[command].keys, error);
}

int keys_bind(struct keys *keys, const char *name, const char *text, char error[KEYS_ERROR_TEXT])
{
    for (enum command command = COMMAND_NONE + 1; command < COMMANDS; command++) {
        if (strcmp(rows[command].name, name) == 0) {
            unbind(keys, 0, command);
            return bind_keys(keys, command, text, error);
        }
    }
    snprintf(error, KEYS_ERROR_TEXT, "there is no command '%s': see the names in the help", name);
    return -1;
}

const char *keys_of(const struct keys *keys, enum command command, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < keys->count; i++) {
        char name[KEY_NAME];
        if (keys->bindings[i].command != command)
            continue;
        name_of_code(keys->bindings[i].code, name);
        int length = snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", name);
        used += length < 0 || (size_t)length >= size - used ? 0 : (size_t)length;
    }
    return text;
}

const char *keys_first_of(const struct keys *keys, enum command command, char name[KEY_NAME])
{
    name[0] = '\0';
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->bindings[i].command == command) {
            name_of_code(keys->bindings[i].code, name);
            break;
        }
    }
    return name;
}

static enum command command_of(const struct keys *keys, int code)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->bindings[i].code == code)
            return keys->bindings[i].command;
    return COMMAND_NONE;
}

static struct key_input read_mouse(void)
{
    MEVENT event;
    struct key_input input = {.kind = KEY_INPUT_KEY, .repeat = WHEEL_ROWS};
    if (getmouse(&event) != OK)
        return (struct key_input){.kind = KEY_INPUT_KEY, .repeat = 1};
    if (event.bstate & BUTTON4_PRESSED)
        input.command = COMMAND_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        input.command = COMMAND_DOWN;
    else
        input = (struct key_input){.kind = KEY_INPUT_CLICK,
                                   .top = event.y,
                                   .left = event.x,
                                   .is_double = event.bstate & BUTTON1_DOUBLE_CLICKED};
    return input;
}

/* Terminals send either of two codes for each of these keys. */
static int normalize(int code)
{
    if (code == '\n' || code == (FUNCTION_KEY | KEY_ENTER))
        return '\r';
    if (code == '\b' || code == DELETE)
        return FUNCTION_KEY | KEY_BACKSPACE;
    return code;
}

struct key_input keys_read(const struct keys *keys)
{
    wint_t character;
    int kind = get_wch(&character);
    if (kind == ERR)
        return (struct key_input){.kind = KEY_INPUT_NONE};
    if (kind == KEY_CODE_YES && character == KEY_RESIZE)
        return (struct key_input){.kind = KEY_INPUT_RESIZE};
    if (kind == KEY_CODE_YES && character == KEY_MOUSE)
        return read_mouse();
    int code = normalize(kind == KEY_CODE_YES ? FUNCTION_KEY | (int)character : (int)character);
    return (struct key_input){
        .kind = KEY_INPUT_KEY,
        .command = command_of(keys, code),
        .repeat = 1,
        .character = code >= ' ' && code < FUNCTION_KEY ? (unsigned)code : 0,
        .is_erase = code == (FUNCTION_KEY | KEY_BACKSPACE),
        .is_clear = code == ('U' & CONTROL),
        .is_enter = code == '\r',
        .is_escape = code == ESCAPE,
    };
}
