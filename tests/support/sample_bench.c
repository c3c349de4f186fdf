/* SPDX-License-Identifier: MIT */
#include "tests/support/sample_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct diagnosed_sample diagnosed;

static struct capture *open_sample(const char *sample)
{
    char path[512], error[CAPTURE_ERROR_TEXT];
    (void)snprintf(path, sizeof path, SAMPLES_DIR "/%s/capture.pcap", sample);
    struct capture *capture = capture_open_files((const char *[]){path}, 1, NULL, error);
    assert_non_null(capture);
    return capture;
}

void diagnose_sample(const char *sample, const struct engine_options *options)
{
    struct captured_packet packet;
    engine_free(diagnosed.engine);
    diagnosed.engine = engine_new(options);
    assert_non_null(diagnosed.engine);
    struct capture *capture = open_sample(sample);
    while (capture_next(capture, &packet) == 1)
        engine_packet(diagnosed.engine, &packet);
    engine_end(diagnosed.engine);
    engine_verdict(diagnosed.engine, &diagnosed.verdict);
    capture_close(capture);
}

const struct finding *found(enum finding_code code)
{
    const struct finding *finding = NULL;
    while ((finding = findings_next(&diagnosed.engine->findings, finding)) != NULL)
        if (finding->key.code == code)
            return finding;
    return NULL;
}

const struct finding *expect_found(enum finding_code code)
{
    const struct finding *finding = found(code);
    if (finding == NULL)
        fail_msg("%s was not found", catalogue_row(code)->name);
    return finding;
}

int stop(void **state)
{
    (void)state;
    engine_free(diagnosed.engine);
    diagnosed.engine = NULL;
    return 0;
}
