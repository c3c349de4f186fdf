/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct finding *raise_for(struct findings *findings, unsigned client)
{
    const uint8_t octets[] = {10, 0, (uint8_t)(client >> 8), (uint8_t)client};
    const struct subjects subjects = {.client = {ip_address_v4(octets), 50000}};
    return findings_raise(findings, FINDING_TURN_INTEGRITY_FAILURE, &subjects, 1);
}

/* The first ones are kept, and those that say what limits the diagnosis are, too. */
static void test_a_full_list(void **state)
{
    (void)state;
    struct findings findings;
    const struct subjects nobody = {0};
    unsigned kept = 0;
    assert_int_equal(findings_init(&findings), 0);
    for (unsigned client = 0; client < 1000; client++)
        kept += raise_for(&findings, client) != NULL;
    assert_in_range(kept, 200, LIMIT_FINDINGS - 1);
    assert_int_equal(findings.omitted, 1000 - kept);
    assert_int_equal(raise_for(&findings, 0)->count, 2);
    for (enum finding_code code = FINDING_CAPTURE_SNAPLEN; code <= FINDING_ANALYZER_STATE_EVICTED;
         code++)
        assert_non_null(findings_raise(&findings, code, &nobody, 2));
    assert_null(raise_for(&findings, 1001));
    assert_true(findings.next_number <= LIMIT_FINDINGS + 1);
    findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
