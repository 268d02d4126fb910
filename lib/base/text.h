/* A growing string: append, then read `bytes` (always NUL-terminated once something was appended). */
#ifndef DUBAN_LIB_BASE_TEXT_H
#define DUBAN_LIB_BASE_TEXT_H

#include <stddef.h>

struct text {
    char *bytes; /* NULL until the first append; owned */
    size_t length, capacity;
};

void text_init(struct text *text);
void text_finish(struct text *text);
void text_clear(struct text *text); /* keeps the storage */
void text_append(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *string); /* NUL-terminated */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *text_get(const struct text *text); /* "" when empty */
char *text_take(struct text *text);            /* the storage becomes the caller's */

#endif
