/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/buffers.h"
#include "analyzer/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SMALL = 3 };

static struct buffers buffers;
static char owners[8];

static int set_up(void **state)
{
    (void)state;
    return buffers_init(&buffers, (const uint32_t[BUFFER_SIZES]){SMALL, 1, 1, 1});
}

static int tear_down(void **state)
{
    (void)state;
    buffers_free(&buffers);
    return 0;
}

static struct buffer take(size_t length, void *owner, const void *loser)
{
    void *evicted = &buffers;
    struct buffer buffer = buffers_take(&buffers, length, owner, &evicted);
    assert_ptr_equal(evicted, loser);
    assert_true(buffer_capacity(buffer) >= length);
    return buffer;
}

static void test_the_smallest_block_that_holds_it(void **state)
{
    (void)state;
    const struct {
        size_t length, capacity;
    } rows[] = {{1, 2048}, {2049, 8192}, {8193, 32768}, {32769, 131072}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(buffer_capacity(take(rows[i].length, owners, NULL)), rows[i].capacity);
    assert_int_equal(buffer_capacity((struct buffer){0}), 0);
}

/* Every byte and every bit can be written, and none belongs to another block. */
static void test_blocks_do_not_overlap(void **state)
{
    (void)state;
    struct buffer blocks[SMALL];
    for (int i = 0; i < SMALL; i++) {
        blocks[i] = take(2048, &owners[i], NULL);
        memset(buffer_bytes(&buffers, blocks[i]), i + 1, 2048);
        memset(buffer_bits(&buffers, blocks[i]), 0x10 + i, 256);
    }
    for (int i = 0; i < SMALL; i++) {
        const uint8_t *bytes = buffer_bytes(&buffers, blocks[i]);
        const uint8_t *bits = buffer_bits(&buffers, blocks[i]);
        for (int j = 0; j < 2048; j++)
            assert_int_equal(bytes[j], i + 1);
        for (int j = 0; j < 256; j++)
            assert_int_equal(bits[j], 0x10 + i);
    }
}

static void test_bits_of_a_used_block_are_clear(void **state)
{
    (void)state;
    struct buffer buffer = take(1, owners, NULL);
    memset(buffer_bits(&buffers, buffer), 0xff, 256);
    buffers_release(&buffers, buffer);
    buffer = take(1, owners, NULL);
    for (int i = 0; i < 256; i++)
        assert_int_equal(buffer_bits(&buffers, buffer)[i], 0);
}

static void test_the_block_written_longest_ago_changes_hands(void **state)
{
    (void)state;
    struct buffer first = take(1, &owners[0], NULL);
    take(1, &owners[1], NULL);
    take(1, &owners[2], NULL);
    buffers_touch(&buffers, first);
    take(1, &owners[3], &owners[1]);
    take(1, &owners[4], &owners[2]);
    take(1, &owners[5], &owners[0]);
    assert_int_equal(buffers.evicted, 3);
}

/* What nobody waits for any more is no loss. */
static void test_an_idle_block_is_not_counted_as_lost(void **state)
{
    (void)state;
    for (int i = 0; i < SMALL; i++)
        take(1, &owners[i], NULL);
    buffers.now += LIMIT_RECORD_IDLE / LIMIT_TICK;
    take(1, &owners[3], &owners[0]);
    assert_int_equal(buffers.evicted, 0);
}

static void test_a_released_block_is_taken_before_another_loses(void **state)
{
    (void)state;
    take(1, &owners[0], NULL);
    struct buffer second = take(1, &owners[1], NULL);
    take(1, &owners[2], NULL);
    buffers_release(&buffers, second);
    take(1, &owners[3], NULL);
    assert_int_equal(buffers.evicted, 0);
    buffers_release(&buffers, (struct buffer){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_smallest_block_that_holds_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_blocks_do_not_overlap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bits_of_a_used_block_are_clear, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_block_written_longest_ago_changes_hands, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_idle_block_is_not_counted_as_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_released_block_is_taken_before_another_loses, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
