/*
 * Damaged inputs for the fuzz targets beside this file.
 *
 * Each target is a libFuzzer target with -DDUBAN_LIBFUZZER, and else a plain program that comes here: it
 * reads the files named as arguments (what a fuzzer has found, say), or damages its seeds a number of times
 * with a fixed sequence of random numbers, so that the default test run goes the same way on every machine
 * and a failure comes again.
 *
 * Damage is of five kinds: another byte, another bit, a piece less, a piece twice, and one of the target's
 * own words, which are what makes the difference between noise and an almost right input.
 */
#include "tests/fuzz/damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 0x9e3779b97f4a7c15;

size_t damage_random(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return limit ? (size_t)(random_state >> 11) % limit : 0;
}

void damage_require(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "broken promise: %s\n", what);
    abort();
}

static size_t insert(uint8_t *bytes, size_t length, size_t at, const void *what, size_t count)
{
    if (length + count > DAMAGE_INPUT_MAX)
        return length;
    memmove(bytes + at + count, bytes + at, length - at);
    memcpy(bytes + at, what, count);
    return length + count;
}

static size_t damage_once(const struct damage *damage, uint8_t *bytes, size_t length)
{
    size_t at = damage_random(length + 1), rest = length - at;
    const char *word = damage->words[damage_random(damage->word_count)];
    uint8_t piece[256];
    size_t count = damage_random(rest < sizeof(piece) ? rest : sizeof(piece));

    switch (damage_random(5)) {
    case 0: /* another byte */
        if (rest)
            bytes[at] = (uint8_t)damage_random(256);
        return length;
    case 1: /* a bit of it */
        if (rest)
            bytes[at] ^= (uint8_t)(1 << damage_random(8));
        return length;
    case 2: /* a piece less */
        memmove(bytes + at, bytes + at + count, rest - count);
        return length - count;
    case 3: /* a piece twice */
        memcpy(piece, bytes + at, count);
        return insert(bytes, length, at, piece, count);
    default:
        return insert(bytes, length, at, word, strlen(word));
    }
}

static void run_seeds(const struct damage *damage, long runs)
{
    static uint8_t bytes[DAMAGE_INPUT_MAX];

    for (long run = 0; run < runs; run++) {
        const struct damage_seed *seed = &damage->seeds[damage_random(damage->seed_count)];
        size_t length = seed->length < sizeof(bytes) ? seed->length : sizeof(bytes);

        memcpy(bytes, seed->bytes, length);
        for (size_t times = damage_random(6); times > 0; times--)
            length = damage_once(damage, bytes, length);
        LLVMFuzzerTestOneInput(bytes, length);
    }
    printf("%ld damaged inputs, every promise kept\n", runs);
}

static int run_file(const char *path)
{
    static uint8_t bytes[2 * 1024 * 1024];
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return EXIT_FAILURE;
    }
    LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof(bytes), file));
    fclose(file);
    return EXIT_SUCCESS;
}

int damage_run(int count, char **arguments, const struct damage *damage)
{
    const char *runs = getenv("DUBAN_FUZZ_RUNS");
    int outcome = EXIT_SUCCESS;

    if (count == 1)
        run_seeds(damage, runs ? atol(runs) : damage->runs);
    for (int index = 1; index < count; index++)
        if (run_file(arguments[index]) != EXIT_SUCCESS)
            outcome = EXIT_FAILURE;
    return outcome;
}
