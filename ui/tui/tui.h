/* SPDX-License-Identifier: MIT */
/* The dashboard: what -t shows. The loop that takes packets and waits for keys is the caller's. */
#ifndef TURNSCOPE_UI_TUI_TUI_H
#define TURNSCOPE_UI_TUI_TUI_H

#include "analyzer/engine.h"

enum { TUI_ERROR_TEXT = 512 };

/* What the dashboard shows. Borrowed until tui_free. */
struct tui_options {
    struct engine *engine;
    struct capture *capture;
    const char *filter; /* that packets have to pass, BPF; or NULL */
    /* A descriptor of a new file of this name, for what the user saves; -1 with errno set. The
     * dashboard itself opens none. */
    int (*create_file)(void *context, const char *name);
    void *create_context;
    bool keys_from_terminal; /* the capture comes on standard input */
    bool no_color;
};

struct tui;

/* Reads the user's settings. NULL, with one line in `error`, when they are wrong. */
struct tui *tui_new(char error[TUI_ERROR_TEXT]);

/* Takes over the terminal. 0; or -1, with one line in `error`, when it cannot be used. */
int tui_open(struct tui *tui, const struct tui_options *options, char error[TUI_ERROR_TEXT]);

/* Gives the terminal back; NULL is passed over. */
void tui_free(struct tui *tui);

/* The descriptor to poll for keys. */
int tui_keyboard(const struct tui *tui);

/* Takes the keys that wait, and a change of the terminal's size. False: the user wants to leave. */
bool tui_keys(void *tui);

/* Draws if there is anything new; `changed`: packets or time moved something. */
void tui_draw(void *tui, bool changed);

/* A packet that the engine has just seen. */
void tui_packet(void *tui, const struct captured_packet *packet);

/* The user wants no packets to be taken for now. */
bool tui_paused(void *tui);

#endif
