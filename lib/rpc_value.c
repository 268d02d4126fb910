/*
 * JSON values as compact text: answers, and the canonical bytes that the journal hashes.
 *
 * Called for everything that goes out, several times a request. jansson's own json_dumps() writes the same
 * bytes, but it keeps a hash table of all open containers against loops, fed by snprintf, and hands out a few
 * bytes at a time: it was a quarter of the daemon's time. Values here are trees by construction (parsed, or
 * built by us), so there is nothing to guard against. Reals, which no method has, are left to jansson.
 *
 * Canonical means sorted by the bytes of the keys. Control characters are escaped in lower case.
 */
#include "lib/rpc.h"

#include "lib/base/memory.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_USUAL 32

static void write_value(struct text *out, const json_t *value, bool canonical);

static void write_integer(struct text *out, json_int_t value)
{
    unsigned long long rest = value < 0 ? -(unsigned long long)value : (unsigned long long)value;
    char digits[24], *at = digits + sizeof(digits);

    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        *--at = '-';
    text_append(out, at, (size_t)(digits + sizeof(digits) - at));
}

static void write_real(struct text *out, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    if (!dumped)
        abort();
    text_add(out, dumped);
    free(dumped);
}

static void write_array(struct text *out, const json_t *array, bool canonical)
{
    const json_t *item;
    size_t i;

    text_append(out, "[", 1);
    json_array_foreach(array, i, item)
    {
        if (i > 0)
            text_append(out, ",", 1);
        write_value(out, item, canonical);
    }
    text_append(out, "]", 1);
}

static void write_member(struct text *out, const char *key, const json_t *value, bool canonical,
                         bool is_first)
{
    if (!is_first)
        text_append(out, ",", 1);
    rpc_write_string(out, key);
    text_append(out, ":", 1);
    write_value(out, value, canonical);
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void write_sorted(struct text *out, json_t *object)
{
    const char *usual[KEYS_USUAL], **keys = usual, *key;
    size_t size = json_object_size(object), count = 0;
    json_t *value;

    if (size > KEYS_USUAL)
        keys = memory_new(size, sizeof(*keys));
    json_object_foreach(object, key, value) keys[count++] = key;
    qsort(keys, count, sizeof(*keys), by_bytes);
    for (size_t i = 0; i < count; i++)
        write_member(out, keys[i], json_object_get(object, keys[i]), true, i == 0);
    if (keys != usual)
        free(keys);
}

static void write_object(struct text *out, const json_t *value, bool canonical)
{
    json_t *object = (json_t *)(uintptr_t)value,
           *member; /* jansson iterates without const, and changes nothing */
    bool is_first = true;
    const char *key;

    text_append(out, "{", 1);
    if (canonical) {
        write_sorted(out, object);
    } else {
        json_object_foreach(object, key, member)
        {
            write_member(out, key, member, false, is_first);
            is_first = false;
        }
    }
    text_append(out, "}", 1);
}

static void write_value(struct text *out, const json_t *value, bool canonical)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(out, value, canonical);
        break;
    case JSON_ARRAY:
        write_array(out, value, canonical);
        break;
    case JSON_STRING:
        rpc_write_string(out, json_string_value(value));
        break;
    case JSON_INTEGER:
        write_integer(out, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, value);
        break;
    case JSON_TRUE:
        text_append(out, "true", 4);
        break;
    case JSON_FALSE:
        text_append(out, "false", 5);
        break;
    case JSON_NULL:
        text_append(out, "null", 4);
        break;
    }
}

void rpc_write_value(struct text *out, const json_t *value)
{
    write_value(out, value, false);
}

void rpc_write_canonical(struct text *out, const json_t *value)
{
    write_value(out, value, true);
}
