/* SPDX-License-Identifier: MIT */
#include "ui/tui/screen.h"

#include "ui/report/escape.h"
#include "ui/tui/capability.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { TEXT_COLUMNS = 1024, ESCAPE_DELAY = 25 /* milliseconds */ };

struct screen {
    SCREEN *curses;
    FILE *terminal; /* NULL: keys come from standard input */
    bool ascii;
    bool cursor_shown;
    attr_t attributes[LOOKS];
    short pairs[LOOKS];
};

static struct screen *fail(struct screen *screen, char *error, const char *message)
{
    snprintf(error, SCREEN_ERROR_TEXT, "%s", message);
    screen_close(screen);
    return NULL;
}

static void set_look(struct screen *screen, enum look look, struct look_style style, bool color)
{
    screen->attributes[look] = (style.bold ? A_BOLD : A_NORMAL) | (style.dim ? A_DIM : A_NORMAL) |
                               (style.underline ? A_UNDERLINE : A_NORMAL) |
                               (style.reverse ? A_REVERSE : A_NORMAL);
    screen->pairs[look] = 0;
    if (!color || (style.foreground < 0 && style.background < 0))
        return;
    screen->pairs[look] = (short)(look + 1);
    init_pair((short)(look + 1), style.foreground, style.background);
}

static void set_looks(struct screen *screen, const struct screen_options *options)
{
    bool color = !options->no_color && has_colors() && start_color() == OK;
    enum theme theme = theme_resolve(options->theme, color);
    if (color)
        use_default_colors();
    for (enum look look = 0; look < LOOKS; look++)
        set_look(screen, look,
                 options->styles[look] != NULL && theme != THEME_MONO ? *options->styles[look]
                                                                      : theme_style(theme, look),
                 color && theme != THEME_MONO);
}

static void set_modes(const struct screen_options *options)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    curs_set(0);
    if (options->no_mouse)
        return;
    mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED |
                  BUTTON5_PRESSED,
              NULL);
    mouseinterval(0);
}

struct screen *screen_open(const struct screen_options *options, char error[SCREEN_ERROR_TEXT])
{
    struct screen *screen = calloc(1, sizeof *screen);
    if (screen == NULL)
        return fail(NULL, error, "not enough memory for the dashboard");
    if (options->charset != CHARSET_UTF8 || setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        setlocale(LC_CTYPE, "");
    screen->ascii =
        options->charset == CHARSET_ASCII ||
        (options->charset == CHARSET_AUTO && strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
    if (!isatty(STDOUT_FILENO))
        return fail(screen, error, "the dashboard needs a terminal, and standard output is none");
    if (options->keys_from_terminal && (screen->terminal = fopen("/dev/tty", "r")) == NULL)
        return fail(screen, error,
                    "the capture comes on standard input and there is no /dev/tty for the keys");
    if (screen->terminal == NULL && !isatty(STDIN_FILENO))
        return fail(screen, error, "the dashboard needs a keyboard, and standard input is none");
    const char *problem = capability_problem(STDOUT_FILENO);
    if (problem != NULL)
        return fail(screen, error, problem);
    set_escdelay(ESCAPE_DELAY);
    screen->curses = newterm(NULL, stdout, screen->terminal != NULL ? screen->terminal : stdin);
    if (screen->curses == NULL)
        return fail(screen, error, "not enough memory for the dashboard");
    set_looks(screen, options);
    set_modes(options);
    return screen;
}

void screen_close(struct screen *screen)
{
    if (screen == NULL)
        return;
    if (screen->curses != NULL) {
        endwin();
        delscreen(screen->curses);
    }
    if (screen->terminal != NULL)
        fclose(screen->terminal);
    free(screen);
}

bool screen_is_ascii(const struct screen *screen)
{
    return screen->ascii;
}

int screen_keyboard(const struct screen *screen)
{
    return screen->terminal != NULL ? fileno(screen->terminal) : STDIN_FILENO;
}

struct area screen_area(const struct screen *screen)
{
    (void)screen;
    return (struct area){0, 0, LINES, COLS};
}

void screen_begin(struct screen *screen)
{
    erase();
    screen->cursor_shown = false;
}

void screen_end(struct screen *screen)
{
    curs_set(screen->cursor_shown ? 1 : 0);
    refresh();
}

void screen_repaint(struct screen *screen)
{
    (void)screen;
    clearok(stdscr, TRUE);
}

void screen_suspend(struct screen *screen)
{
    struct sigaction stop = {.sa_handler = SIG_DFL}, curses;
    (void)screen;
    def_prog_mode();
    endwin();
    (void)sigaction(SIGTSTP, &stop, &curses);
    (void)kill(0, SIGTSTP); /* the whole job */
    (void)sigaction(SIGTSTP, &curses, NULL);
    refresh();
}

void screen_cursor(struct screen *screen, int top, int left)
{
    screen->cursor_shown = true;
    move(top, left);
}

void screen_send(struct screen *screen, const char *sequence)
{
    (void)screen;
    fflush(stdout);
    fputs(sequence, stdout);
    fflush(stdout);
}

/* Written from right to left: a terminal that follows the bidirectional algorithm reorders the line
 * around them. */
static bool is_right_to_left(uint32_t c)
{
    return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) ||
           (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff) ||
           (c >= 0x1e800 && c <= 0x1efff);
}

/* The next character of valid UTF-8. */
static uint32_t take_character(const char **at)
{
    const unsigned char *b = (const unsigned char *)*at;
    size_t length = b[0] < 0x80 ? 1 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
    uint32_t character = length == 1 ? b[0] : b[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        character = character << 6 | (b[i] & 0x3f);
    *at += length;
    return character;
}

/* What is shown for one character: itself when it is one column wide, else its number. */
static size_t show_character(const struct screen *screen, uint32_t character, wchar_t shown[16])
{
    char text[16] = "";
    const char *ascii = screen->ascii ? glyph_transliteration(character) : NULL;
    bool plain = character < 0x7f || (!screen->ascii && wcwidth((wchar_t)character) == 1 &&
                                      !is_right_to_left(character));
    if (plain) {
        shown[0] = (wchar_t)character;
        return 1;
    }
    int length = ascii != NULL ? snprintf(text, sizeof text, "%s", ascii)
                               : snprintf(text, sizeof text, "\\u{%04x}", character);
    for (int i = 0; i < length; i++)
        shown[i] = (wchar_t)text[i];
    return (size_t)length;
}

/* The text as it is shown, one wide character a column; at most TEXT_COLUMNS of them. */
static int lay_out(const struct screen *screen, const char *text, wchar_t columns[TEXT_COLUMNS])
{
    char escaped[ESCAPED_TEXT];
    const char *at = escape_text(text, escaped, sizeof escaped);
    size_t used = 0;
    while (*at != '\0') {
        wchar_t shown[16];
        size_t length = show_character(screen, take_character(&at), shown);
        if (used + length > TEXT_COLUMNS)
            break;
        wmemcpy(columns + used, shown, length);
        used += length;
    }
    return (int)used;
}

static void set_pen(const struct screen *screen, enum look look)
{
    attr_set(screen->attributes[look], screen->pairs[look], NULL);
}

/* One of our own signs. */
static void put_glyph(const struct screen *screen, int top, int left, const char *sign)
{
    if (top < 0 || top >= LINES || left < 0 || left >= COLS)
        return;
    wchar_t character = (wchar_t)take_character(&sign);
    (void)screen;
    mvaddnwstr(top, left, &character, 1);
}

int screen_text(struct screen *screen, int top, int left, int width, enum look look,
                const char *text)
{
    wchar_t columns[TEXT_COLUMNS];
    int used = lay_out(screen, text, columns);
    if (width > COLS - left)
        width = COLS - left;
    if (top < 0 || top >= LINES || left < 0 || width <= 0)
        return 0;
    bool cut = used > width;
    set_pen(screen, look);
    mvaddnwstr(top, left, columns, cut ? width - 1 : used);
    if (cut)
        put_glyph(screen, top, left + width - 1, glyph_text(GLYPH_ELLIPSIS, screen->ascii));
    return cut ? width : used;
}

int screen_format(struct screen *screen, int top, int left, int width, enum look look,
                  const char *format, ...)
{
    char text[ESCAPED_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return screen_text(screen, top, left, width, look, text);
}

void screen_line(struct screen *screen, int top, int left, int count, enum look look,
                 enum glyph glyph)
{
    set_pen(screen, look);
    for (int i = 0; i < count; i++)
        put_glyph(screen, top, left + i, glyph_text(glyph, screen->ascii));
}

void screen_column(struct screen *screen, int top, int left, int count, enum look look,
                   enum glyph glyph)
{
    set_pen(screen, look);
    for (int i = 0; i < count; i++)
        put_glyph(screen, top + i, left, glyph_text(glyph, screen->ascii));
}

void screen_fill(struct screen *screen, int top, int left, int width, enum look look)
{
    set_pen(screen, look);
    for (int i = 0; i < width; i++)
        put_glyph(screen, top, left + i, " ");
}

void screen_rule(struct screen *screen, int top, int left, int width, const char *title)
{
    screen_line(screen, top, left, width, LOOK_QUIET, GLYPH_HORIZONTAL);
    if (title[0] != '\0')
        screen_format(screen, top, left + 2, width - 3, LOOK_HEADING, " %s ", title);
}

void screen_rule_end(struct screen *screen, int top, int width, enum look look, const char *text)
{
    enum { MARGIN = 2 };
    int columns = screen_columns(screen, text), most = width - 2 * MARGIN;
    columns = columns < most ? columns : most;
    screen_text(screen, top, width - columns - MARGIN, columns, look, text);
}

int screen_columns(const struct screen *screen, const char *text)
{
    wchar_t columns[TEXT_COLUMNS];
    return lay_out(screen, text, columns);
}
