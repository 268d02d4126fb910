/* The tables of what explanations can say. */
#ifndef DUBAN_LIB_EXPLAIN_SENTENCES_H
#define DUBAN_LIB_EXPLAIN_SENTENCES_H

#include "lib/notice_template.h"
#include <stddef.h>

const char *explain_sentences_find(const char *fact, enum language language); /* NULL: there is none */

/* Of a state, a happening, a reason of a stored row; NULL: it has none. */
const char *explain_sentences_word(const char *code, enum language language);

/* For the test: every row, in order. NULL behind the last. `ret_sentences` is by enum language. */
const char *explain_sentences_row(size_t index, const char *ret_sentences[LANGUAGE_COUNT]);

#endif
