/* Inputs for a fuzz target on machines without a fuzzer: seeds, damaged by a fixed sequence of random
 * numbers. */
#ifndef DUBAN_TESTS_FUZZ_DAMAGE_H
#define DUBAN_TESTS_FUZZ_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

#define DAMAGE_INPUT_MAX 16384

struct damage_seed {
    const void *bytes;
    size_t length;
};

/* What to begin with, what a blind change of bytes would rarely make, and how often unless DUBAN_FUZZ_RUNS
 * says. */
struct damage {
    const struct damage_seed *seeds;
    size_t seed_count;
    const char *const *words;
    size_t word_count;
    long runs;
};

/* The target, in the form that libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Runs the files that the arguments name, or the damaged seeds; what main() returns. */
int damage_run(int count, char **arguments, const struct damage *damage);

/* Ends the program when a promise is broken. */
void damage_require(int condition, const char *what);

/* A number below `limit`, for targets that ask questions of what they read. */
size_t damage_random(size_t limit);

#endif
