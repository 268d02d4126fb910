/*
 * The records of a desk's registers in memory: contracts, customers, products, courses, by register and id.
 *
 * Whole records are kept, because schedules run over them and answers come without the database. An id that
 * was removed stays known with its revision, so that the same record entered again repeats nothing.
 */
#ifndef DUBAN_LIB_REGISTER_H
#define DUBAN_LIB_REGISTER_H

#include "lib/base/msec.h"
#include "lib/policy.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTER_ID_BYTES    64
#define REGISTER_VALUE_BYTES 2000
#define REGISTER_BODY_BYTES  8192
#define REGISTER_NONE        UINT32_MAX

struct register_record {
    const char *id;     /* owned by the store */
    char **values;      /* by field, NULL where none is given; one block. NULL: removed, or never entered */
    msec changed_at;    /* put last */
    uint32_t revision;  /* 0: never entered */
    bool is_unreadable; /* its row does not fit the regime: it stays in the database as it is */
    bool is_dirty;
};

/* A place in the registers; pointers to records are good until the next one is added. */
struct register_place {
    uint32_t index;
    uint8_t of; /* register */
};

struct registers;

struct registers *registers_create(size_t count);
void registers_destroy(struct registers *registers);

/* The place of an id, also of one that was removed; REGISTER_NONE. */
uint32_t register_find(const struct registers *registers, uint8_t of, const char *id);
uint32_t register_find_or_add(struct registers *registers, uint8_t of, const char *id);
struct register_record *register_at(const struct registers *registers, uint8_t of, uint32_t index);
bool register_is_live(const struct register_record *record);

/* Copies the values (`count` of them, NULL: none); `values` NULL takes the record out. */
void register_set(struct registers *registers, struct register_place place, const char *const *values,
                  size_t count);

/* Places of a register with everything ever known, in the order of ids; valid until the next is added. */
const uint32_t *register_sorted(struct registers *registers, uint8_t of, size_t *ret_count);
size_t register_live_count(const struct registers *registers, uint8_t of);
size_t register_count(const struct registers *registers,
                      uint8_t of); /* with those removed: places are below it */
size_t registers_bytes(const struct registers *registers);

/* Records that changed since the last call of register_take_dirty(), each once. */
void register_touch(struct registers *registers, struct register_place place);
bool register_take_dirty(struct registers *registers, struct register_place *ret_place);

#endif
