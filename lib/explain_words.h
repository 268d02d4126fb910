/* Sentences: facts of an explanation become lines for people, in the language they read. */
#ifndef DUBAN_LIB_EXPLAIN_WORDS_H
#define DUBAN_LIB_EXPLAIN_WORDS_H

#include "lib/base/arena.h"
#include "lib/notice_template.h"
#include "lib/zone.h"
#include <jansson.h>
#include <stddef.h>

struct wording {
    struct arena *arena; /* sentences live in it */
    enum language language;
    const struct zone *zone; /* times are shown in it */
};

/*
 * The sentence of a fact: an object whose member `fact` names a row of the table. NULL: there is no such row,
 * which tests/unit/test_explain_words.c would have found.
 */
const char *explain_words_sentence(const struct wording *wording, const json_t *fact);

/* A code of the protocol (a state, a happening, a reason of a stored row) in people's words; itself when it
 * has none. */
const char *explain_words_of(const struct wording *wording, const char *code);

/* The half of `元旦 | New Year` that is in the language. */
const char *explain_words_half(const struct wording *wording, const char *title);

#endif
