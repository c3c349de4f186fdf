/* SPDX-License-Identifier: MIT */
/* The verdict, whom it is about, and the first thing to do. */
#include "ui/tui/overview_parts.h"
#include "ui/tui/wrap.h"

enum { VERDICT_INDENT = 8 };

static enum look verdict_look(enum verdict_status status)
{
    static const enum look looks[] = {LOOK_WARNING, LOOK_GOOD, LOOK_WARNING, LOOK_BAD};
    return looks[status];
}

static void draw_who(struct dashboard *dashboard, const struct finding *root, int top, int width)
{
    char client[TRANSPORT_ADDRESS_TEXT], server[TRANSPORT_ADDRESS_TEXT];
    const struct subjects *s = &root->subjects;
    struct screen *screen = dashboard->screen;
    int left = VERDICT_INDENT;
    if (s->client.ip.family != 0)
        left += screen_format(screen, top, left, width - left - 1, LOOK_QUIET, "%s %s %s   ",
                              transport_address_text(&s->client, client),
                              glyph_text(GLYPH_TO, screen_is_ascii(screen)),
                              transport_address_text(&s->server, server));
    left += screen_format(screen, top, left, width - left - 1, LOOK_QUIET, "%s   ",
                          certainty_name(root->certainty));
    if (width >= OVERVIEW_WIDE)
        screen_text(screen, top, left, width - left - 1, LOOK_QUIET, finding_row(root)->name);
}

int overview_draw_verdict(struct dashboard *dashboard, struct area area)
{
    enum { LEAST = 3 };
    static const char *const words[] = {"?", "PASS", "WARN", "FAIL"};
    const struct verdict *verdict = &dashboard->verdict;
    const struct finding *root = verdict->root_cause;
    struct screen *screen = dashboard->screen;
    struct area text = {area.top, VERDICT_INDENT, area.height > LEAST ? 2 : 1,
                        area.width - VERDICT_INDENT - 1};
    screen_text(screen, area.top, 1, VERDICT_INDENT - 2, verdict_look(verdict->status),
                words[verdict->status]);
    text.top += wrap_draw(screen, text, LOOK_STRONG, verdict->sentence);
    if (root == NULL)
        return text.top - area.top;
    const char *const *remedy = finding_remedy(root);
    draw_who(dashboard, root, text.top++, area.width);
    if (remedy[0] != NULL) {
        text.height = area.top + area.height - text.top;
        screen_text(screen, text.top, 1, VERDICT_INDENT - 2, LOOK_NOTE, "To do");
        text.top += wrap_draw(screen, text, LOOK_PLAIN, remedy[0]);
    }
    return text.top - area.top;
}
