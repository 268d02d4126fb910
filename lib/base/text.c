/*
 * A growing string for answers, log lines and rendered notices.
 *
 * Used wherever text is assembled piece by piece. Invariant: when `bytes` is not NULL it is terminated, so
 * that `bytes` can be handed to anything that expects a C string at every moment.
 */
#include "lib/base/text.h"

#include "lib/base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES ((size_t)256)

void text_init(struct text *text)
{
    *text = (struct text){0};
}

void text_finish(struct text *text)
{
    if (!text)
        return;
    free(text->bytes);
    text_init(text);
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

/* Room for `length` more bytes and the NUL. Most texts are answers and journal rows of some hundred bytes. */
static void reserve(struct text *text, size_t length)
{
    size_t needed = text->length + length + 1;

    if (needed > text->capacity)
        text->bytes =
            memory_reserve(text->bytes, &text->capacity, needed > FIRST_BYTES ? needed : FIRST_BYTES, 1);
}

void text_append(struct text *text, const char *bytes, size_t length)
{
    reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list list, again;

    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);

    va_end(list);
    if (length < 0)
        abort();
    reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

const char *text_get(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

char *text_take(struct text *text)
{
    char *bytes = text->bytes ? text->bytes : memory_text("");

    text_init(text);
    return bytes;
}
