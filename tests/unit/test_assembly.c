/* SPDX-License-Identifier: MIT */
/* Random writes and skips, compared with a plain array of bytes and flags. */
#include "analyzer/flow/assembly.h"
#include "tests/support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 12000, STEPS = 400 };

static uint8_t expected[ROOM * 2];
static bool there[ROOM * 2];

static void model_write(size_t offset, const uint8_t *bytes, size_t captured, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!there[offset + i])
            expected[offset + i] = i < captured ? bytes[i] : 0;
        there[offset + i] = true;
    }
}

static void model_skip(size_t length)
{
    memmove(expected, expected + length, sizeof expected - length);
    memmove(there, there + length, sizeof there - length);
    memset(there + sizeof there - length, 0, length);
}

static size_t model_ready(void)
{
    size_t ready = 0;
    while (there[ready])
        ready++;
    return ready;
}

static void check(const struct buffers *buffers, const struct assembly *assembly)
{
    size_t ready = model_ready();
    struct bytes bytes = assembly_ready(buffers, assembly);
    assert_int_equal(bytes.length, ready);
    assert_true(ready == 0 || memcmp(bytes.data, expected, ready) == 0);
    size_t hole_end = ready;
    while (hole_end < ROOM && !there[hole_end])
        hole_end++;
    assert_int_equal(assembly_hole_end(buffers, assembly), hole_end == ROOM ? 0 : hole_end);
    size_t offset = random_below(ROOM);
    size_t missing = 0;
    for (size_t i = offset; i < offset + 100; i++)
        missing += !there[i];
    assert_int_equal(assembly_missing(buffers, assembly, offset, 100), missing);
}

static void random_write(struct buffers *buffers, struct assembly *assembly)
{
    uint8_t bytes[1500];
    random_fill(bytes, sizeof bytes);
    size_t length = 1 + random_below(random_below(2) == 0 ? 20 : sizeof bytes);
    size_t offset = random_below(2) == 0 ? model_ready() : random_below(ROOM - 1500);
    if (offset + length > ROOM)
        return;
    size_t captured = random_below(5) == 0 ? random_below((uint32_t)length) : length;
    assert_true(assembly_write(buffers, assembly, offset, bytes_of(bytes, captured), length));
    model_write(offset, bytes, captured, length);
}

static void random_skip(struct buffers *buffers, struct assembly *assembly)
{
    size_t ready = model_ready();
    size_t length = random_below((uint32_t)ready + 1);
    if (random_below(10) == 0)
        length = random_below(ROOM);
    assembly_skip(buffers, assembly, length);
    model_skip(length);
}

static void test_against_a_model(void **state)
{
    (void)state;
    struct buffers buffers;
    assert_int_equal(buffers_init(&buffers, (const uint32_t[BUFFER_SIZES]){2, 2, 2, 2}), 0);
    for (uint64_t seed = 0; seed < 80; seed++) {
        struct assembly assembly = {0};
        memset(there, 0, sizeof there);
        random_seed(seed);
        for (unsigned step = 0; step < STEPS; step++) {
            if (random_below(3) != 0)
                random_write(&buffers, &assembly);
            else
                random_skip(&buffers, &assembly);
            check(&buffers, &assembly);
        }
        assembly_release(&buffers, &assembly);
    }
    assert_int_equal(buffers.evicted, 0);
    buffers_free(&buffers);
}

static void test_room(void **state)
{
    (void)state;
    struct buffers buffers;
    struct assembly assembly = {0};
    uint8_t byte = 1;
    assert_int_equal(buffers_init(&buffers, (const uint32_t[BUFFER_SIZES]){1, 1, 1, 1}), 0);
    struct bytes one = bytes_of(&byte, 1);
    assert_true(assembly_write(&buffers, &assembly, ASSEMBLY_LIMIT - 1, one, 1));
    assert_false(assembly_write(&buffers, &assembly, ASSEMBLY_LIMIT, one, 1));
    assert_false(assembly_write(&buffers, &assembly, SIZE_MAX, one, 1));
    assert_int_equal(assembly.held, 1);
    assembly_release(&buffers, &assembly);
    buffers_free(&buffers);
}

/* One block of a size for two: the later one takes it from the earlier, which learns of it. */
static void test_eviction(void **state)
{
    (void)state;
    struct buffers buffers;
    struct assembly first = {0};
    struct assembly second = {0};
    uint8_t bytes[100] = {0};
    assert_int_equal(buffers_init(&buffers, (const uint32_t[BUFFER_SIZES]){1, 1, 1, 1}), 0);
    assert_true(assembly_write(&buffers, &first, 0, bytes_of(bytes, 100), 100));
    assert_true(assembly_write(&buffers, &second, 0, bytes_of(bytes, 100), 100));
    assert_true(first.evicted);
    assert_int_equal(assembly_ready(&buffers, &first).length, 0);
    assert_int_equal(assembly_ready(&buffers, &second).length, 100);
    assert_int_equal(buffers.evicted, 1);
    assembly_release(&buffers, &first);
    assembly_release(&buffers, &second);
    assert_true(assembly_write(&buffers, &first, 0, bytes_of(bytes, 100), 100));
    assert_int_equal(buffers.evicted, 1);
    assembly_release(&buffers, &first);
    buffers_free(&buffers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_a_model),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_eviction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
