/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/offsets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FRAMES = 1000000, BYTES_A_FRAME = 10, HEADER = 24 };

static uint64_t offset_of(uint64_t frame)
{
    return HEADER + (frame - 1) * BYTES_A_FRAME;
}

static void test_nothing_yet(void **state)
{
    (void)state;
    static const struct offsets offsets;
    uint64_t offset;
    assert_true(offsets_want(&offsets, 1));
    assert_int_equal(offsets_before(&offsets, 1, &offset), 0);
}

/* However long the file is: close to every frame, at or before it, an offset is known. */
static void test_a_file_of_any_length(void **state)
{
    (void)state;
    static struct offsets offsets;
    for (uint64_t frame = 1; frame <= FRAMES; frame++)
        if (offsets_want(&offsets, frame))
            offsets_note(&offsets, frame, offset_of(frame));
    assert_in_range(offsets.count, OFFSETS_KEPT / 2, OFFSETS_KEPT);
    for (uint64_t frame = 1; frame <= FRAMES; frame += 777) {
        uint64_t offset, found = offsets_before(&offsets, frame, &offset);
        assert_in_range(found, frame > offsets.stride ? frame - offsets.stride + 1 : 1, frame);
        assert_int_equal(offset, offset_of(found));
    }
    uint64_t offset, last = offsets_before(&offsets, UINT64_MAX, &offset);
    assert_in_range(last, FRAMES - offsets.stride + 1, FRAMES);
    assert_int_equal(offset, offset_of(last));
    assert_int_equal(offsets_before(&offsets, 0, &offset), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_yet),
        cmocka_unit_test(test_a_file_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
