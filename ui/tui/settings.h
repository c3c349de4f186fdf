/* SPDX-License-Identifier: MIT */
/* What the user has set: keys, colours and habits, in turnscope/turnscoperc under XDG_CONFIG_HOME
 * or
 * ~/.config.
 *
 * [screen]            [keys]                  [colors]
 * theme = light       filter = F7 f           bad = bold red
 * charset = ascii     quit = F10 Q            selected = black on cyan
 * mouse = no
 * time = local
 */
#ifndef TURNSCOPE_UI_TUI_SETTINGS_H
#define TURNSCOPE_UI_TUI_SETTINGS_H

#include "ui/tui/clock.h"
#include "ui/tui/keys.h"
#include "ui/tui/screen.h"

enum { SETTINGS_ERROR_TEXT = 512 };

struct settings {
    struct keys keys;
    enum theme theme;
    enum charset charset;
    enum time_format time_format;
    bool no_mouse;
    bool is_styled[LOOKS];
    struct look_style styles[LOOKS]; /* where is_styled */
};

/* The defaults, and over them what the file at `path` says; a file that is not there says nothing.
 * 0; or -1, with one line in `error` that names the file, the line and what to write. */
int settings_load(struct settings *settings, const char *path, char error[SETTINGS_ERROR_TEXT]);

/* Where the settings file is; false when there is no place for it, or its name is too long. */
bool settings_path(char *path, size_t size);

#endif
