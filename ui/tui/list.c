/* SPDX-License-Identifier: MIT */
#include "ui/tui/list.h"

static void keep_in_sight(struct list *list)
{
    size_t most = list->count > list->height ? list->count - list->height : 0;
    if (list->selected < list->top)
        list->top = list->selected;
    if (list->height > 0 && list->selected >= list->top + list->height)
        list->top = list->selected - list->height + 1;
    if (list->top > most)
        list->top = most;
}

void list_fit(struct list *list, size_t count, size_t height)
{
    list->count = count;
    list->height = height;
    if (list->selected >= count)
        list->selected = count > 0 ? count - 1 : 0;
    keep_in_sight(list);
}

static void move_up(struct list *list, size_t rows)
{
    list->selected -= rows < list->selected ? rows : list->selected;
}

static void move_down(struct list *list, size_t rows)
{
    size_t last = list->count > 0 ? list->count - 1 : 0;
    list->selected += rows < last - list->selected ? rows : last - list->selected;
}

bool list_act(struct list *list, enum command command, int repeat)
{
    size_t rows = (size_t)repeat, page = list->height > 1 ? list->height - 1 : 1;
    if (command == COMMAND_UP)
        move_up(list, rows);
    else if (command == COMMAND_DOWN)
        move_down(list, rows);
    else if (command == COMMAND_PAGE_UP)
        move_up(list, page);
    else if (command == COMMAND_PAGE_DOWN)
        move_down(list, page);
    else if (command == COMMAND_HOME)
        list->selected = 0;
    else if (command == COMMAND_END)
        move_down(list, list->count);
    else
        return false;
    keep_in_sight(list);
    return true;
}

bool list_click(struct list *list, size_t row, bool is_double)
{
    bool again = row == list->selected;
    list->selected = row;
    return again || is_double;
}

/* Before row 0 comes SIZE_MAX, which is no row either. */
bool list_search(struct list *list, int direction, const char *text,
                 bool (*has)(const void *context, size_t row, const char *text),
                 const void *context)
{
    size_t step = (size_t)direction;
    for (size_t row = list->selected + step; row < list->count; row += step) {
        if (!has(context, row, text))
            continue;
        list->selected = row;
        keep_in_sight(list);
        return true;
    }
    return false;
}

void list_draw_scroll(const struct list *list, struct screen *screen, int top, int left)
{
    if (list->count <= list->height || list->height < 3)
        return;
    size_t range = list->count - list->height, place = list->top * (list->height - 1) / range;
    screen_column(screen, top, left, (int)list->height, LOOK_QUIET, GLYPH_VERTICAL);
    screen_column(screen, top + (int)place, left, 1, LOOK_STRONG, GLYPH_BAR_FULL);
}
