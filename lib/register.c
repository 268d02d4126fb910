/*
 * The store of register records.
 *
 * Owned by the desk; written by method_register.c, register_rows.c and nobody else. An id is interned once
 * and its number is the record's place, dense and for ever: schedules keep places across turns. A record's
 * values are one block, the pointers in front and the texts behind them. The order of ids, which answers and
 * the fingerprint need, is made when it is asked for; an import of a hundred thousand records sorts once.
 */
#include "lib/register.h"

#include "lib/base/intern.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct store {
    struct intern *ids; /* numbers from 1; a place is the number minus one */
    struct register_record *records;
    size_t count, capacity, live, bytes;
    uint32_t *sorted;
    size_t sorted_count; /* as many as were there when it was made */
};

struct registers {
    struct store *stores;
    size_t count;
    struct register_place *dirty;
    size_t dirty_count, dirty_capacity;
};

struct registers *registers_create(size_t count)
{
    struct registers *registers = memory_new(1, sizeof(*registers));

    registers->stores = memory_new(count + 1, sizeof(*registers->stores));
    registers->count = count;
    for (size_t i = 0; i < count; i++)
        registers->stores[i].ids = intern_create();
    return registers;
}

void registers_destroy(struct registers *registers)
{
    if (!registers)
        return;
    for (size_t i = 0; i < registers->count; i++) {
        struct store *store = &registers->stores[i];

        for (size_t r = 0; r < store->count; r++)
            free(store->records[r].values);
        free(store->records);
        free(store->sorted);
        intern_destroy(store->ids);
    }
    free(registers->stores);
    free(registers->dirty);
    free(registers);
}

uint32_t register_find(const struct registers *registers, uint8_t of, const char *id)
{
    uint32_t number = intern_find(registers->stores[of].ids, id);

    return number ? number - 1 : REGISTER_NONE;
}

uint32_t register_find_or_add(struct registers *registers, uint8_t of, const char *id)
{
    struct store *store = &registers->stores[of];
    uint32_t index = intern_id(store->ids, id) - 1;

    if (index < store->count)
        return index;
    store->records =
        memory_reserve(store->records, &store->capacity, store->count + 1, sizeof(*store->records));
    store->records[store->count++] =
        (struct register_record){.id = intern_text(store->ids, index + 1), .changed_at = NEVER};
    return index;
}

struct register_record *register_at(const struct registers *registers, uint8_t of, uint32_t index)
{
    return &registers->stores[of].records[index];
}

bool register_is_live(const struct register_record *record)
{
    return record->values != NULL;
}

static size_t block_bytes(const char *const *values, size_t count)
{
    size_t bytes = count * sizeof(char *);

    for (size_t i = 0; i < count; i++)
        bytes += values[i] ? strlen(values[i]) + 1 : 0;
    return bytes;
}

static char **copy_values(const char *const *values, size_t count)
{
    char **block = memory_new(1, block_bytes(values, count));
    char *at = (char *)(block + count);

    for (size_t i = 0; i < count; i++) {
        block[i] = values[i] ? at : NULL;
        if (values[i])
            at = stpcpy(at, values[i]) + 1;
    }
    return block;
}

void register_set(struct registers *registers, struct register_place place, const char *const *values,
                  size_t count)
{
    struct store *store = &registers->stores[place.of];
    struct register_record *record = &store->records[place.index];
    char **old = record->values;

    if (old) {
        store->live--;
        store->bytes -= block_bytes((const char *const *)old, count);
    }
    record->values = values ? copy_values(values, count) : NULL;
    if (values) {
        store->live++;
        store->bytes += block_bytes(values, count);
    }
    free(old);
}

static int by_id(const void *a, const void *b, void *context)
{
    const struct store *store = context;

    return strcmp(store->records[*(const uint32_t *)a].id, store->records[*(const uint32_t *)b].id);
}

const uint32_t *register_sorted(struct registers *registers, uint8_t of, size_t *ret_count)
{
    struct store *store = &registers->stores[of];

    *ret_count = store->count;
    if (store->sorted_count == store->count)
        return store->sorted;
    store->sorted = memory_resize(store->sorted, store->count, sizeof(*store->sorted));
    for (size_t i = 0; i < store->count; i++)
        store->sorted[i] = (uint32_t)i;
    qsort_r(store->sorted, store->count, sizeof(*store->sorted), by_id, store);
    store->sorted_count = store->count;
    return store->sorted;
}

size_t register_live_count(const struct registers *registers, uint8_t of)
{
    return registers->stores[of].live;
}

size_t register_count(const struct registers *registers, uint8_t of)
{
    return registers->stores[of].count;
}

size_t registers_bytes(const struct registers *registers)
{
    size_t bytes = 0;

    for (size_t i = 0; i < registers->count; i++)
        bytes += registers->stores[i].bytes + registers->stores[i].capacity * sizeof(struct register_record) +
                 registers->stores[i].sorted_count * sizeof(uint32_t);
    return bytes;
}

void register_touch(struct registers *registers, struct register_place place)
{
    struct register_record *record = register_at(registers, place.of, place.index);

    if (record->is_dirty)
        return;
    record->is_dirty = true;
    registers->dirty = memory_reserve(registers->dirty, &registers->dirty_capacity,
                                      registers->dirty_count + 1, sizeof(*registers->dirty));
    registers->dirty[registers->dirty_count++] = place;
}

bool register_take_dirty(struct registers *registers, struct register_place *ret_place)
{
    if (!registers->dirty_count)
        return false;
    *ret_place = registers->dirty[--registers->dirty_count];
    register_at(registers, ret_place->of, ret_place->index)->is_dirty = false;
    return true;
}
