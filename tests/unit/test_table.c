/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/siphash.h"
#include "analyzer/flow/table.h"
#include "analyzer/limits.h"

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

static void test_second_chance(void **state)
{
    (void)state;
    struct table table;
    bool created;
    assert_int_equal(table_init(&table, 3, sizeof(struct record), sizeof(uint32_t)), 0);
    table_give_second_chance(&table);
    for (uint32_t key = 1; key <= 3; key++)
        add(&table, key, &created);
    table_touch(&table, table_find(&table, &(uint32_t){1}));
    assert_int_equal(((struct record *)table_oldest(&table))->key, 1);
    add(&table, 4, &created);
    assert_null(table_find(&table, &(uint32_t){2}));
    assert_non_null(table_find(&table, &(uint32_t){1}));
    for (uint32_t key = 1; key <= 4; key++)
        if (key != 2)
            table_touch(&table, table_find(&table, &(uint32_t){key}));
    add(&table, 5, &created);
    assert_int_equal(table.used, 3);
    assert_int_equal(table.evicted, 2);
    assert_non_null(table_find(&table, &(uint32_t){5}));
    table_free(&table);
}

/* All were used since they were made, the oldest again and again: it stays. */
static void test_second_chance_for_everyone(void **state)
{
    (void)state;
    enum { CAPACITY = 64, LOST = 200 };
    struct table table;
    bool created;
    assert_int_equal(table_init(&table, CAPACITY, sizeof(struct record), sizeof(uint32_t)), 0);
    table_give_second_chance(&table);
    for (uint32_t key = 1; key <= CAPACITY; key++)
        add(&table, key, &created);
    table.now++;
    for (uint32_t key = 1; key <= CAPACITY; key++)
        table_touch(&table, table_find(&table, &key));
    for (uint32_t key = 1; key <= LOST; key++) {
        table.now++;
        table_touch(&table, table_find(&table, &(uint32_t){1}));
        add(&table, CAPACITY + key, &created);
        assert_non_null(table_find(&table, &(uint32_t){1}));
    }
    table_free(&table);
}

static bool has_even_key(const void *record)
{
    return ((const struct record *)record)->key % 2 == 0;
}

/* What is of no more use, or was of none for long, is not counted. */
static void test_counts_what_may_be_missed(void **state)
{
    (void)state;
    struct table table;
    bool created;
    assert_int_equal(table_init(&table, 4, sizeof(struct record), sizeof(uint32_t)), 0);
    table.is_spent = has_even_key;
    for (uint32_t key = 1; key <= 8; key++)
        add(&table, key, &created);
    assert_int_equal(table.evicted, 2);
    table.now = LIMIT_RECORD_IDLE / LIMIT_TICK - 1;
    add(&table, 9, &created);
    assert_int_equal(table.evicted, 3);
    table.now++;
    add(&table, 10, &created);
    add(&table, 11, &created);
    assert_int_equal(table.evicted, 3);
    table.now = 0; /* a clock set back makes nothing old */
    add(&table, 12, &created);
    add(&table, 13, &created);
    assert_int_equal(table.evicted, 4);
    table_free(&table);
}

static void test_clears_only_the_head(void **state)
{
    (void)state;
    struct table table;
    bool created;
    struct long_record {
        uint32_t key;
        uint32_t cleared;
        uint32_t rest[100];
    } * record;
    assert_int_equal(table_init(&table, 2, sizeof *record, sizeof(uint32_t)), 0);
    table_clear_only(&table, offsetof(struct long_record, rest));
    for (uint32_t key = 1; key <= 5; key++) {
        record = table_add(&table, &key, &created);
        assert_int_equal(record->cleared, 0);
        record->cleared = 1;
        memset(record->rest, 1, sizeof record->rest);
    }
    table_free(&table);
}

/* Random adding, finding and removing, against a plain array. */
static void test_agrees_with_an_array(void **state)
{
    enum { KEYS = 300, STEPS = 200000 };
    (void)state;
    static bool present[KEYS];
    struct table table;
    uint32_t seed = 1;
    bool created;
    assert_int_equal(table_init(&table, KEYS, sizeof(struct record), sizeof(uint32_t)), 0);
    for (int i = 0; i < STEPS; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t key = (seed >> 8) % KEYS;
        struct record *record = table_find(&table, &key);
        assert_true((record != NULL) == present[key]);
        if (seed >> 30 == 0 && record != NULL)
            table_remove(&table, record);
        else
            add(&table, key, &created);
        present[key] = !(seed >> 30 == 0 && record != NULL);
    }
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

/* NH as RFC 4418 section 5.2.2 defines it, by hand: (0x01020304 + 0xffffffff) mod 2^32 times
 * (5 + 7), and the last word of a key of three halves begins in its middle. */
static void test_key_hash_is_nh(void **state)
{
    (void)state;
    struct key_hash hash = {{UINT64_C(0x00000007ffffffff), UINT64_C(0x0000000200000003)}};
    uint32_t key[3] = {UINT32_C(0x01020304), 5, 10};
    uint64_t low = 0, high = 0;
    memcpy(&low, key, 4);
    memcpy(&high, &key[1], 4);
    assert_true(key_hash_pair(low | high << 32, hash.secret[0]) ==
                UINT64_C(0x01020303) * UINT64_C(12));
    uint64_t sum = UINT64_C(0x01020303) * 12 + UINT64_C(8) * 12;
    assert_int_equal(key_hash(&hash, key, sizeof key), key_hash_mix(sum));
}

/* Each bit of a key moves about half of the bits of its hash, whatever the secret. */
static void test_key_hash_spreads(void **state)
{
    (void)state;
    struct key_hash hash;
    uint64_t seed = 1;
    for (size_t i = 0; i < KEY_HASH_WORDS; i++)
        hash.secret[i] = seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    unsigned char key[44] = {0};
    uint32_t plain = key_hash(&hash, key, sizeof key);
    for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
        key[bit / 8] ^= (unsigned char)(1u << bit % 8);
        int moved = __builtin_popcount(plain ^ key_hash(&hash, key, sizeof key));
        assert_in_range(moved, 4, 28);
        key[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_find_remove),
        cmocka_unit_test(test_full_table_gives_up_the_oldest),
        cmocka_unit_test(test_many_keys_keep_their_order),
        cmocka_unit_test(test_second_chance),
        cmocka_unit_test(test_second_chance_for_everyone),
        cmocka_unit_test(test_counts_what_may_be_missed),
        cmocka_unit_test(test_clears_only_the_head),
        cmocka_unit_test(test_agrees_with_an_array),
        cmocka_unit_test(test_siphash_vector),
        cmocka_unit_test(test_key_hash_is_nh),
        cmocka_unit_test(test_key_hash_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
