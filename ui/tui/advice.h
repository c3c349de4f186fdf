/* SPDX-License-Identifier: MIT */
/* What a finding means and what to do about it, as parts of a page. */
#ifndef TURNSCOPE_UI_TUI_ADVICE_H
#define TURNSCOPE_UI_TUI_ADVICE_H

#include "analyzer/diagnose/findings.h"
#include "ui/tui/page.h"

/* The catalogue's explanation, and what only this finding can say. */
void advice_meaning(struct page *page, const struct finding *finding);

/* Step by step under a heading; nothing where there is nothing to do. */
void advice_remedy(struct page *page, const struct finding *finding);

#endif
