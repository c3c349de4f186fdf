/* SPDX-License-Identifier: MIT */
#include "ui/report/text_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_spans(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } spans[] = {{0, "0.0 s"},
                 {18.96, "19.0 s"},
                 {599.9, "599.9 s"},
                 {600, "10 min"},
                 {3599.6, "59 min"},
                 {3600, "1 h 0 min"},
                 {86400 + 3 * 60, "24 h 3 min"},
                 {172800, "2 days"},
                 {315532800, "3652 days"}};
    char text[SPAN_TEXT];
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        assert_string_equal(span_text((int64_t)(spans[i].seconds * (double)SECONDS), text),
                            spans[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_spans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
