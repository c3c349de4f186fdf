/* SPDX-License-Identifier: MIT */
#include "tests/support/capture_files.h"
#include "ui/cli/opener.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool numbered;
        unsigned files, number;
        const char *name;
    } rows[] = {
        {"trace.pcap", false, 0, 0, "trace.pcap"},
        {"trace.pcap", false, 0, 7, "trace.pcap"},
        {"trace.pcap", true, 0, 0, "trace-00001.pcap"},
        {"/var/tmp.d/trace", true, 0, 41, "/var/tmp.d/trace-00042"},
        {"a/.hidden", true, 0, 0, "a/.hidden-00001"},
        {"trace.pcap", true, 3, 2, "trace-00003.pcap"},
        {"trace.pcap", true, 3, 3, "trace-00001.pcap"},
        {"100%s.pcap", true, 0, 123455, "100%s-123456.pcap"},
    };
    char name[OPENER_PATH];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct opener_series series = {
            .path = rows[i].path, .numbered = rows[i].numbered, .files = rows[i].files};
        assert_true(opener_name(&series, rows[i].number, name));
        assert_string_equal(name, rows[i].name);
    }
}

/* Writes `text` into what the opener hands over. */
static void write_next(struct opener *opener, const char *text)
{
    int descriptor = opener_next(opener);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    assert_int_equal(close(descriptor), 0);
}

static void expect_content(const char *directory, const char *name, const char *content)
{
    char path[CAPTURE_FILE_PATH + 32], read_back[64] = "";
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(read_back, 1, sizeof read_back - 1, file);
    read_back[length] = '\0';
    assert_string_equal(read_back, content);
    struct stat status;
    assert_int_equal(fstat(fileno(file), &status), 0);
    assert_int_equal(status.st_mode & 077, 0);
    (void)fclose(file);
}

static void start(struct opener *opener, struct opener_series *series, const char *directory,
                  char path[CAPTURE_FILE_PATH + 32])
{
    (void)snprintf(path, CAPTURE_FILE_PATH + 32, "%s/%s", directory, series->path);
    series->path = path;
    assert_int_equal(opener_start(opener, series), 0);
}

static void test_a_ring_of_files(void **state)
{
    (void)state;
    char directory[CAPTURE_FILE_PATH], path[CAPTURE_FILE_PATH + 32];
    struct opener opener;
    struct opener_series series = {.path = "t.pcap", .numbered = true, .files = 2};
    make_directory(directory);
    start(&opener, &series, directory, path);
    write_next(&opener, "first");
    write_next(&opener, "second");
    write_next(&opener, "3rd");
    expect_content(directory, "t-00001.pcap", "3rd");
    expect_content(directory, "t-00002.pcap", "second");
    opener_stop(&opener);
    remove_directory(directory);
}

static void test_a_single_file_is_emptied_once(void **state)
{
    (void)state;
    char directory[CAPTURE_FILE_PATH], path[CAPTURE_FILE_PATH + 32];
    struct opener opener;
    struct opener_series series = {.path = "t.pcap"};
    make_directory(directory);
    start(&opener, &series, directory, path);
    write_next(&opener, "old");
    opener_stop(&opener);
    assert_int_equal(opener_start(&opener, &series), 0);
    write_next(&opener, "new");
    write_next(&opener, ", more");
    expect_content(directory, "t.pcap", "new, more");
    opener_stop(&opener);
    remove_directory(directory);
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    struct opener opener;
    const struct opener_series series = {.path = "/nowhere/t.pcap"};
    assert_int_equal(opener_start(&opener, &series), 0);
    assert_int_equal(opener_next(&opener), -1);
    assert_int_equal(errno, ENOENT);
    opener_stop(&opener);
    opener_stop(&opener); /* twice does no harm */
}

static void refuse(struct opener *opener, const char *name, int error)
{
    assert_int_equal(opener_create(opener, name), -1);
    assert_int_equal(errno, error);
}

/* What the dashboard saves: new files of three kinds, here and nowhere else. */
static void test_created_by_name(void **state)
{
    (void)state;
    char directory[CAPTURE_FILE_PATH], before[CAPTURE_FILE_PATH], longest[OPENER_NAME + 1];
    struct opener opener;
    const struct opener_series none = {.path = NULL};
    make_directory(directory);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(opener_start(&opener, &none), 0);
    int descriptor = opener_create(&opener, "report.txt");
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "new", 3), 3);
    (void)close(descriptor);
    expect_content(directory, "report.txt", "new");
    refuse(&opener, "report.txt", EEXIST);
    refuse(&opener, "", EINVAL);
    refuse(&opener, ".txt", EINVAL);
    refuse(&opener, "report.sh", EINVAL);
    refuse(&opener, "../report.txt", EINVAL);
    refuse(&opener, "/tmp/report.txt", EINVAL);
    memset(longest, 'a', sizeof longest - 5);
    memcpy(longest + sizeof longest - 5, ".txt", 5);
    refuse(&opener, longest, EINVAL);
    assert_int_equal(opener_next(&opener), -1);
    opener_stop(&opener);
    assert_int_equal(chdir(before), 0);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_ring_of_files),
        cmocka_unit_test(test_a_single_file_is_emptied_once),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_created_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
