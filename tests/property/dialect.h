/* The words that people of a random history use, and how often they ask for what. */
#ifndef DUBAN_TESTS_DIALECT_H
#define DUBAN_TESTS_DIALECT_H

#include "lib/access.h"
#include <stddef.h>

struct words {
    const char *const *list;
    size_t count;
};

struct speaker {
    enum role role;
    const char *actor;
};

struct class_words {
    const char *name;
    struct words types;
};

struct dialect {
    const struct speaker *people;
    size_t person_count;
    const struct class_words *classes;
    size_t class_count;
    struct words urgencies, kinds, channels, staffed, departments, handlers;
    struct words steps, signatures, levels, clocks, pauses, stages;
    struct words methods; /* as often as they are asked for */
};

extern const struct dialect dialect_shipped; /* etc/regimes/nq510201.ini */
extern const struct dialect dialect_whole;   /* tests/property/regimes/whole.ini */

#endif
