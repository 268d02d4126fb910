/*
 * Lines of a regime that must be refused, each with its line and its complaint; for tests of the regime's
 * sections. Included behind cmocka.h.
 */
#ifndef DUBAN_TESTS_SMALL_REFUSALS_H
#define DUBAN_TESTS_SMALL_REFUSALS_H

#include "tests/unit/small_regime.h"

struct refused {
    const char *lines;
    int below; /* the complaint's line, counted from where the test's compiler says that they begin */
    const char *complaint;
};

typedef struct policy *small_compiler(struct small_world *world, const char *lines, char **ret_error,
                                      int *ret_line);

static void assert_refused(small_compiler *compile, const struct refused *refused, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct small_world world;
        char *error = NULL, where[64];
        int line;
        struct policy *policy = compile(&world, refused[i].lines, &error, &line);

        snprintf(where, sizeof(where), "small.ini:%d: ", line + refused[i].below);
        if (policy || !error || strncmp(error, where, strlen(where)) != 0 ||
            !strstr(error, refused[i].complaint))
            fail_msg("%s  came     %s\n  expected %s… %s", refused[i].lines, error ? error : "no complaint",
                     where, refused[i].complaint);
        free(error);
        small_world_finish(&world);
    }
}

/* By the test's own compile(). */
#define ASSERT_REFUSED(cases) assert_refused(compile, cases, sizeof(cases) / sizeof(cases[0]))

#endif
