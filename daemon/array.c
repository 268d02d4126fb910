/*
 * Writing PostgreSQL arrays byte by byte.
 *
 * Called by rows.c, one array for each column of each statement of a batch. The layout is that of
 * array_recv(): number of dimensions, a flag for NULLs, the element type, the length, the lower bound, then
 * each element as its length (-1 for NULL) and its bytes, all big-endian. Text arrays would need quoting here
 * and parsing there; one statement for each row would cost the server three times as much. The storage of an
 * array is kept from batch to batch, so that a busy writer allocates nothing.
 */
#include "daemon/array.h"

#include "lib/base/memory.h"
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_2000_MS INT64_C(946684800000)

static char *grow(struct array *array, size_t bytes)
{
    array->bytes = memory_reserve(array->bytes, &array->capacity, array->length + bytes, 1);
    char *fresh = array->bytes + array->length;

    array->length += bytes;
    return fresh;
}

static void put32(char *at, int32_t value)
{
    uint32_t big = htobe32((uint32_t)value);

    memcpy(at, &big, sizeof(big));
}

void array_finish(struct array *array)
{
    free(array->bytes);
    *array = (struct array){0};
}

void array_begin(struct array *array, enum array_type type, size_t count)
{
    array->length = 0;
    char *head = grow(array, 20);

    put32(head, 1);     /* dimensions */
    put32(head + 4, 0); /* whether NULLs follow: array_recv() looks for itself */
    put32(head + 8, (int32_t)type);
    put32(head + 12, (int32_t)count);
    put32(head + 16, 1); /* lower bound */
}

void array_add_null(struct array *array)
{
    put32(grow(array, 4), -1);
}

void array_add_boolean(struct array *array, bool value)
{
    char *element = grow(array, 5);

    put32(element, 1);
    element[4] = value;
}

void array_add_smallint(struct array *array, int16_t value)
{
    char *element = grow(array, 6);
    uint16_t big = htobe16((uint16_t)value);

    put32(element, 2);
    memcpy(element + 4, &big, sizeof(big));
}

void array_add_integer(struct array *array, int32_t value)
{
    char *element = grow(array, 8);

    put32(element, 4);
    put32(element + 4, value);
}

void array_add_bigint(struct array *array, int64_t value)
{
    char *element = grow(array, 12);
    uint64_t big = htobe64((uint64_t)value);

    put32(element, 8);
    memcpy(element + 4, &big, sizeof(big));
}

int64_t array_instant(msec at)
{
    return (at - EPOCH_2000_MS) * 1000;
}

void array_add_instant(struct array *array, msec at)
{
    if (at == NEVER)
        array_add_null(array);
    else
        array_add_bigint(array, array_instant(at));
}

void array_add_bytes(struct array *array, const void *bytes, size_t length)
{
    char *element = grow(array, 4 + length);

    put32(element, (int32_t)length);
    if (length)
        memcpy(element + 4, bytes, length);
}

/* How many bytes the UTF-8 sequence at `byte` has; 0 when there is none. Source: RFC 3629, section 4. */
static size_t sequence_length(const unsigned char *byte)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t length;

    if (byte[0] < 0x80)
        return 1;
    if (byte[0] < 0xC2 || byte[0] > 0xF4)
        return 0;
    length = byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    if (byte[0] == 0xE0)
        low = 0xA0;
    if (byte[0] == 0xED)
        high = 0x9F;
    if (byte[0] == 0xF0)
        low = 0x90;
    if (byte[0] == 0xF4)
        high = 0x8F;
    if (byte[1] < low || byte[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (byte[i] < 0x80 || byte[i] > 0xBF)
            return 0;
    return length;
}

/* How many bytes from the start are UTF-8. */
static size_t good_prefix(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t at = 0, step;

    while (byte[at] && (step = sequence_length(byte + at)) != 0)
        at += step;
    return at;
}

const char *array_clean(struct arena *arena, const char *text)
{
    size_t good = text ? good_prefix(text) : 0;

    if (!text || !text[good])
        return text;
    char *copy = arena_new(arena, 3 * strlen(text) + 1);
    char *end = copy;

    while (*text) {
        good = good_prefix(text);
        end = mempcpy(end, text, good);
        text += good;
        if (*text) {
            end = mempcpy(end, "\xEF\xBF\xBD", 3);
            text++;
        }
    }
    return copy;
}

void array_add_text(struct array *array, const char *text)
{
    if (!text) {
        array_add_null(array);
        return;
    }
    size_t good = good_prefix(text);

    if (!text[good]) {
        array_add_bytes(array, text, good);
        return;
    }
    struct arena arena;

    arena_init(&arena);
    text = array_clean(&arena, text);
    array_add_bytes(array, text, strlen(text));
    arena_finish(&arena);
}
