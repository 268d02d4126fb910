/* Findings in Chinese: the table of what lint's sentences are called there. */
#ifndef DUBAN_LIB_LINT_WORDS_H
#define DUBAN_LIB_LINT_WORDS_H

#include "lib/notice_template.h"

/* The same format in another language; the English one when it has no translation. The conversions are those
   of the English one in their order (tests/system/test_lint.py looks). */
const char *lint_words(const char *english, enum language language) __attribute__((format_arg(1)));

#endif
