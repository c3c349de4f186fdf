/* SPDX-License-Identifier: MIT */
#include "ui/tui/advice.h"

#include <stdio.h>

void advice_meaning(struct page *page, const struct finding *finding)
{
    page_wrapped(page, LOOK_PLAIN, 0, NULL, finding_row(finding)->explanation);
    if (finding->note != NULL)
        page_wrapped(page, LOOK_PLAIN, 0, NULL, finding->note);
}

void advice_remedy(struct page *page, const struct finding *finding)
{
    const char *const *remedy = finding_remedy(finding);
    if (remedy[0] != NULL)
        page_heading(page, "What to do");
    for (size_t i = 0; i < CATALOGUE_REMEDIES && remedy[i] != NULL; i++) {
        char label[8];
        snprintf(label, sizeof label, "%zu.", i + 1);
        page_wrapped(page, LOOK_PLAIN, 3, label, remedy[i]);
    }
}
