/* SPDX-License-Identifier: MIT */
/* A sample of samples/, diagnosed from its first packet to the verdict, and what was found in it.
 */
#ifndef TURNSCOPE_TESTS_SUPPORT_SAMPLE_BENCH_H
#define TURNSCOPE_TESTS_SUPPORT_SAMPLE_BENCH_H

#include "analyzer/engine.h"

/* The sample that was diagnosed last. */
struct diagnosed_sample {
    struct engine *engine;
    struct verdict verdict;
};
extern struct diagnosed_sample diagnosed;

/* Forgets the sample before it. What the options point to must outlive the diagnosis. */
void diagnose_sample(const char *sample, const struct engine_options *options);

/* The first finding of this code, NULL when there is none. */
const struct finding *found(enum finding_code code);

/* The same; fails when there is none. */
const struct finding *expect_found(enum finding_code code);

/* The teardown of a test that diagnoses samples. */
int stop(void **state);

#endif
