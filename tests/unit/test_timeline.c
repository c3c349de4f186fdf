/* SPDX-License-Identifier: MIT */
#include "analyzer/track/timeline.h"

#include "analyzer/limits.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct timeline_pool pool;

static int set_up(void **state)
{
    (void)state;
    return timeline_pool_init(&pool, LIMIT_MEMORY_LEAST);
}

static int tear_down(void **state)
{
    (void)state;
    timeline_pool_free(&pool);
    return 0;
}

/* Moments of different numbers are different. */
static void add(struct timeline *timeline, unsigned number)
{
    const struct moment moment = {.evidence = {.frame = number + 1, .kind = (uint16_t)number}};
    assert_true(timeline_has_room(&pool, timeline));
    timeline_add(&pool, timeline, &moment);
}

static void expect(const struct timeline *timeline, size_t index, uint64_t frame, unsigned repeats)
{
    const struct moment *moment = timeline_moment(&pool, timeline, index);
    assert_int_equal(moment->evidence.frame, frame);
    assert_int_equal(moment->repeats, repeats);
}

static void test_timelines_do_not_mix(void **state)
{
    enum { TIMELINES = 7, LENGTH = TIMELINE_MOMENTS + 5 };
    static struct timeline timelines[TIMELINES];
    (void)state;
    for (unsigned i = 0; i < LENGTH; i++)
        for (unsigned t = 0; t < TIMELINES; t++)
            add(&timelines[t], 100 * i + t);
    for (unsigned t = 0; t < TIMELINES; t++) {
        assert_int_equal(timelines[t].seen, LENGTH);
        assert_int_equal(timeline_kept(&timelines[t]), TIMELINE_MOMENTS);
        for (unsigned i = 0; i < TIMELINE_MOMENTS; i++)
            expect(&timelines[t], i, 100 * i + t + 1, 0);
    }
}

/* Pairs that merge at the edge of a block give it back and take it again. */
static void test_pairs_at_every_place_in_a_block(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 2 * TIMELINE_BLOCK; before++) {
        struct timeline timeline = {0};
        uint32_t free_count = pool.free_count;
        for (unsigned i = 0; i < before; i++)
            add(&timeline, 10 + i);
        for (unsigned i = 0; i < 9; i++)
            add(&timeline, i % 2);
        assert_int_equal(timeline.seen, before + 3);
        expect(&timeline, before, 1, 3);
        expect(&timeline, before + 1, 2, 3);
        expect(&timeline, before + 2, 1, 0);
        timeline_release(&pool, &timeline);
        assert_int_equal(pool.free_count, free_count);
    }
}

static void test_same_likeness_is_not_the_same(void **state)
{
    struct timeline timeline = {0};
    (void)state;
    add(&timeline, 1);
    timeline.latest[0] = timeline.latest[0] + 1; /* what is told apart wrongly is kept twice */
    add(&timeline, 1);
    timeline.latest[0] = 0;
    const struct moment other = {.evidence = {.frame = 9, .source = {.port = 7}}};
    timeline_add(&pool, &timeline, &other); /* ports do not tell moments apart ... */
    timeline_add(&pool, &timeline, &other);
    struct moment elsewhere = other;
    elsewhere.evidence.destination.ip = ip_address_v4((const uint8_t[]){10, 0, 0, 1});
    timeline_add(&pool, &timeline, &elsewhere); /* ... but addresses do, whatever the likeness */
    assert_int_equal(timeline.seen, 4);
    expect(&timeline, 2, 9, 1);
    expect(&timeline, 3, 9, 0);
}

static void test_an_empty_pool(void **state)
{
    (void)state;
    struct timeline timeline = {0}, none = {0};
    uint32_t free_count = pool.free_count;
    pool.free_count = 1;
    for (unsigned i = 0; i < TIMELINE_BLOCK; i++)
        add(&timeline, i);
    assert_false(timeline_has_room(&pool, &timeline));
    assert_false(timeline_has_room(&pool, &none));
    timeline_release(&pool, &timeline);
    assert_true(timeline_has_room(&pool, &none));
    pool.free_count = free_count;
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_timelines_do_not_mix),
        TEST(test_pairs_at_every_place_in_a_block),
        TEST(test_same_likeness_is_not_the_same),
        TEST(test_an_empty_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
