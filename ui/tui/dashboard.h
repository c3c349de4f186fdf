/* SPDX-License-Identifier: MIT */
/* What all views share: the session, the screen, which view is open, and how to get to another. */
#ifndef TURNSCOPE_UI_TUI_DASHBOARD_H
#define TURNSCOPE_UI_TUI_DASHBOARD_H

#include "ui/tui/clock.h"
#include "ui/tui/prompt.h"
#include "ui/tui/series.h"
#include "ui/tui/settings.h"
#include "ui/tui/tui.h"
#include "ui/tui/view.h"

enum { VIEW_STACK = 16, NOTICE_TEXT = 256 };

/* Packets in the latest second by the clock on the wall. */
struct meter {
    int64_t since;   /* nanoseconds, monotonic: start of the second that is counted */
    uint64_t before; /* packets until then */
    uint64_t rate;
};

/* The verdict takes long where much was seen: then it waits, so that keys do not. */
struct pace {
    bool moved;    /* packets or time moved something since */
    uint32_t root; /* number of the finding that is the root cause; 0: none */
    int64_t next;  /* not before, as of monotonic_now */
};

struct dashboard {
    struct engine *engine;
    struct capture *capture;
    const char *filter; /* that packets had to pass, BPF; NULL: none */
    int (*create_file)(void *context, const char *name); /* of struct tui_options */
    void *create_context;
    struct screen *screen;
    struct keys keys;
    struct packets *packets;
    struct packets *recalled; /* read again: see recall.h */
    struct series series;
    struct verdict verdict; /* as of `pace` */
    struct pace pace;
    uint64_t taken; /* packets so far */
    struct meter meter;
    uint64_t round_trips; /* of STUN, noted in the series */
    bool reading;         /* more may come */
    bool paused;
    bool follow;
    bool stale; /* packets came since the latest refresh */
    bool dirty; /* the screen does not show what is */
    bool leave;
    bool suspend;
    enum time_format time_format;
    enum view_id view;
    enum view_id stack[VIEW_STACK]; /* where Esc leads back to */
    size_t depth;
    void *states[VIEWS];
    struct area body; /* of the view, as last drawn */
    struct prompt prompt;
    void (*answered)(struct dashboard *dashboard, const char *text); /* takes what was typed */
    char search[PROMPT_TEXT];
    char notice[NOTICE_TEXT]; /* one line for the user, until the next key */
};

/* 0; or -1 when memory is short. Does not open the screen. */
int dashboard_init(struct dashboard *dashboard, const struct tui_options *options,
                   const struct settings *settings);
void dashboard_free(struct dashboard *dashboard);

/* Opens a view; Esc leads back to the one before. */
void dashboard_open(struct dashboard *dashboard, enum view_id view);
void *dashboard_state(struct dashboard *dashboard, enum view_id view);

/* Tells the user something in the last line. */
void dashboard_notice(struct dashboard *dashboard, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Asks for a line; `answered` is called with it unless the user gives up. */
void dashboard_ask(struct dashboard *dashboard, const char *question, const char *text,
                   void (*answered)(struct dashboard *dashboard, const char *text));

/* Does what a key or a click means; drawing is for later. */
void dashboard_input(struct dashboard *dashboard, const struct key_input *input);

/* Whether the verdict is not up to date, and may be brought so. */
bool dashboard_wants_verdict(const struct dashboard *dashboard);

/* Brings the view up to date with the engine. */
void dashboard_refresh(struct dashboard *dashboard);
void dashboard_draw(struct dashboard *dashboard);

/* The title line, the tabs and the function bar. */
void chrome_draw(struct dashboard *dashboard);
/* A click outside the body; COMMAND_NONE when there is nothing there. */
enum command chrome_click(struct dashboard *dashboard, int top, int left);

/* The attempt that the verdict is about; without one, the first. NULL: none was made, or it is not
 * kept any more. */
const struct attempt *dashboard_attempt(const struct dashboard *dashboard);

/* The findings as the user reads them: the root cause first, then by severity, in the order found.
 * Fills in at most `most`; how many. Valid until the engine's next packet. */
size_t dashboard_findings(const struct dashboard *dashboard, const struct finding **findings,
                          size_t most);

/* The time of a packet, as the user wants it. */
const char *dashboard_clock(const struct dashboard *dashboard, int64_t time, char text[CLOCK_TEXT]);

/* Whether the text has what the user searches for or filters by, in any case of letters. */
bool text_has(const char *text, const char *wanted);

/* What the ladder is about: packets of a client, in a span of time, perhaps of one five-tuple. */
struct ladder_scope {
    struct ip_address client;
    struct transport_address client_address; /* with a port: only packets from and to it */
    struct transport_address server;         /* likewise */
    int64_t from, to;                        /* nanoseconds since the epoch */
    uint32_t attempt;                        /* its number; 0: none */
};

/* Opens the ladder with the cursor on this packet (frame 0: at the start). */
void ladder_open(struct dashboard *dashboard, const struct ladder_scope *scope, uint16_t input,
                 uint64_t frame);
/* The ladder of the attempt, or else of the client, that a packet belongs to. */
void ladder_open_evidence(struct dashboard *dashboard, const struct ip_address *client,
                          const struct evidence *evidence);
struct ladder_scope ladder_scope_of_attempt(const struct dashboard *dashboard,
                                            const struct attempt *attempt);

/* Where a message is. */
struct message_place {
    const struct packets *packets; /* among which it is */
    uint16_t input;
    uint64_t frame;
    size_t skip;   /* bytes of its segment that belong to the message before */
    size_t offset; /* as of struct summary */
};

/* Opens the message view, the details of a finding, the comparison of two messages. */
void message_open(struct dashboard *dashboard, const struct message_place *place);
void finding_open(struct dashboard *dashboard, uint32_t number);
void compare_open(struct dashboard *dashboard, const struct stored_packet *first,
                  const struct stored_packet *second);

#endif
