/* Chance that can be had again: the same seed, the same history. */
#ifndef DUBAN_TESTS_CHANCE_H
#define DUBAN_TESTS_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

uint64_t chance_below(struct chance *chance, uint64_t limit);
bool chance_one_in(struct chance *chance, uint64_t many);

#define CHANCE_PICK(chance, list) ((list)[chance_below(chance, sizeof(list) / sizeof((list)[0]))])

#endif
