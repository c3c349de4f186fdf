/* SPDX-License-Identifier: MIT */
#include "ui/tui/prompt.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

void prompt_start(struct prompt *prompt, const char *question, const char *text)
{
    prompt->question = question;
    snprintf(prompt->text, sizeof prompt->text, "%s", text);
}

static void erase_last(struct prompt *prompt)
{
    size_t length = strlen(prompt->text);
    while (length > 0 && ((unsigned char)prompt->text[--length] & 0xc0) == 0x80)
        continue;
    prompt->text[length] = '\0';
}

static void append(struct prompt *prompt, unsigned character)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t used = strlen(prompt->text), length = wcrtomb(bytes, (wchar_t)character, &state);
    if (length == (size_t)-1 || used + length >= sizeof prompt->text)
        return;
    memcpy(prompt->text + used, bytes, length);
    prompt->text[used + length] = '\0';
}

enum prompt_state prompt_key(struct prompt *prompt, const struct key_input *input)
{
    if (input->is_escape || (input->command == COMMAND_QUIT && input->character == 0))
        return PROMPT_CANCELLED;
    if (input->is_enter)
        return PROMPT_DONE;
    if (input->is_erase)
        erase_last(prompt);
    else if (input->is_clear)
        prompt->text[0] = '\0';
    else if (input->character != 0)
        append(prompt, input->character);
    return PROMPT_TYPING;
}

void prompt_draw(const struct prompt *prompt, struct screen *screen, int top, int width)
{
    screen_fill(screen, top, 0, width, LOOK_PLAIN);
    int left = screen_format(screen, top, 0, width, LOOK_STRONG, "%s ", prompt->question);
    int room = width - left - 1, columns = screen_columns(screen, prompt->text);
    const char *text = prompt->text;
    while (columns > room && *text != '\0') {
        do
            text++;
        while (((unsigned char)*text & 0xc0) == 0x80);
        columns = screen_columns(screen, text);
    }
    left += screen_text(screen, top, left, room, LOOK_PLAIN, text);
    screen_cursor(screen, top, left);
}
