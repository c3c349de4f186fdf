/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/siphash.h"
#include "analyzer/flow/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct record {
    uint32_t key;
    uint32_t value;
};

static struct record *add(struct table *table, uint32_t key, bool *created)
{
    return table_add(table, &key, created);
}

static void test_add_find_remove(void **state)
{
    (void)state;
    struct table table;
    bool created;
    assert_int_equal(table_init(&table, 4, sizeof(struct record), sizeof(uint32_t)), 0);
    struct record *record = add(&table, 7, &created);
    assert_true(created);
    assert_int_equal(record->value, 0);
    record->value = 70;
    assert_ptr_equal(add(&table, 7, &created), record);
    assert_false(created);
    struct record_id id = table_id(&table, record);
    assert_ptr_equal(table_at(&table, id), record);
    table_remove(&table, record);
    assert_null(table_at(&table, id));
    assert_null(table_find(&table, &(uint32_t){7}));
    assert_int_equal(record->value, 70);
    assert_int_equal(add(&table, 8, &created)->value, 0);
    assert_null(table_at(&table, id));
    table_free(&table);
}

static void count_release(void *context, void *record)
{
    (void)record;
    ++*(int *)context;
}

static void test_full_table_gives_up_the_oldest(void **state)
{
    (void)state;
    struct table table;
    bool created;
    int released = 0;
    assert_int_equal(table_init(&table, 3, sizeof(struct record), sizeof(uint32_t)), 0);
    table.release = count_release;
    table.release_context = &released;
    for (uint32_t key = 1; key <= 3; key++)
        add(&table, key, &created);
    table_touch(&table, table_find(&table, &(uint32_t){1}));
    add(&table, 4, &created);
    assert_null(table_find(&table, &(uint32_t){2}));
    assert_non_null(table_find(&table, &(uint32_t){1}));
    assert_int_equal(table.evicted, 1);
    assert_int_equal(released, 1);
    assert_int_equal(((struct record *)table_oldest(&table))->key, 3);
    table_free(&table);
    assert_int_equal(released, 4);
}

static void test_many_keys_keep_their_order(void **state)
{
    (void)state;
    struct table table;
    bool created;
    assert_int_equal(table_init(&table, 1000, sizeof(struct record), sizeof(uint32_t)), 0);
    for (uint32_t key = 0; key < 100000; key++)
        add(&table, key, &created)->value = key;
    assert_int_equal(table.used, 1000);
    assert_int_equal(table.evicted, 99000);
    uint32_t expected = 99000;
    for (struct record *r = table_oldest(&table); r != NULL; r = table_newer(&table, r))
        assert_int_equal(r->value, expected++);
    assert_int_equal(expected, 100000);
    table_free(&table);
}

/* The test key of the SipHash paper and its vector for 1-3 as the Rust standard library tests it.
 */
static void test_siphash_vector(void **state)
{
    (void)state;
    const uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    const unsigned char expected_empty[8] = {0xdc, 0xc4, 0x0f, 0x05, 0x58, 0x01, 0xac, 0xab};
    uint64_t expected;
    memcpy(&expected, expected_empty, sizeof expected);
    assert_true(siphash(key, "", 0) == expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_find_remove),
        cmocka_unit_test(test_full_table_gives_up_the_oldest),
        cmocka_unit_test(test_many_keys_keep_their_order),
        cmocka_unit_test(test_siphash_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
