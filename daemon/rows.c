/*
 * From effects to parameters.
 *
 * Called by the writer for each batch. merge.c says what is to be written and columns.c which columns of it
 * each statement takes; a column becomes one binary array for the whole batch, so that a statement runs once
 * however many rows there are. The first statement is desk_advance: the epoch is checked before anything is
 * touched, so a deposed leader touches nothing. Here too the journal's chain grows by the batch. Nothing here
 * knows of connections.
 */
#include "daemon/rows.h"

#include "daemon/array.h"
#include "daemon/columns.h"
#include "daemon/merge.h"
#include "lib/base/memory.h"
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* The parameters of one statement; `arrays` owns the storage that `values` points into. */
struct parameters {
    size_t count; /* 0: nothing to write */
    struct array arrays[ROWS_PARAMETERS_MAX];
    const char *values[ROWS_PARAMETERS_MAX];
    int lengths[ROWS_PARAMETERS_MAX];
};

struct rows {
    struct journal_chain *chain;
    struct merge merge;
    struct arena arena; /* cleaned texts of the batch's journal rows */
    const void **chosen;
    size_t chosen_capacity;
    unsigned char head[JOURNAL_HASH];
    uint32_t desk_big; /* as the server wants them */
    uint64_t epoch_big, number_big, sequence_big;
    struct parameters advance; /* desk_advance: all scalars */
    struct parameters kinds[COLUMNS_COUNT];
};

struct rows *rows_create(uint32_t desk, uint64_t epoch)
{
    struct rows *rows = memory_new(1, sizeof(*rows));

    rows->chain = journal_chain_create(desk);
    rows->desk_big = htobe32(desk);
    rows->epoch_big = htobe64(epoch);
    merge_init(&rows->merge);
    arena_init(&rows->arena);
    return rows;
}

void rows_destroy(struct rows *rows)
{
    if (!rows)
        return;
    for (size_t kind = 0; kind < COLUMNS_COUNT; kind++)
        for (size_t i = 0; i < ROWS_PARAMETERS_MAX; i++)
            array_finish(&rows->kinds[kind].arrays[i]);
    journal_chain_destroy(rows->chain);
    merge_finish(&rows->merge);
    arena_finish(&rows->arena);
    free(rows->chosen);
    free(rows);
}

static void add_or_null(struct array *array, enum array_type type, int64_t value, bool null)
{
    if (null)
        array_add_null(array);
    else if (type == ARRAY_BIGINT)
        array_add_bigint(array, value);
    else
        array_add_integer(array, (int32_t)value);
}

static const char *text_at(const void *at)
{
    return *(const char *const *)at;
}

static uint32_t u32_at(const void *at)
{
    return *(const uint32_t *)at;
}

static uint64_t u64_at(const void *at)
{
    return *(const uint64_t *)at;
}

static void add_value(struct array *array, enum column_type type, const void *at)
{
    switch (type) {
    case COLUMN_U64:
        array_add_bigint(array, (int64_t)u64_at(at));
        break;
    case COLUMN_U64_OR_NULL:
        add_or_null(array, ARRAY_BIGINT, (int64_t)u64_at(at), u64_at(at) == 0);
        break;
    case COLUMN_U32:
        array_add_integer(array, (int32_t)u32_at(at));
        break;
    case COLUMN_U32_OR_NULL:
        add_or_null(array, ARRAY_INTEGER, (int64_t)u32_at(at), u32_at(at) == 0);
        break;
    case COLUMN_I32_OR_NULL:
        add_or_null(array, ARRAY_INTEGER, *(const int32_t *)at, *(const int32_t *)at < 0);
        break;
    case COLUMN_U16:
        array_add_integer(array, *(const uint16_t *)at);
        break;
    case COLUMN_U8:
        array_add_smallint(array, *(const uint8_t *)at);
        break;
    case COLUMN_I16:
        array_add_smallint(array, *(const int16_t *)at);
        break;
    case COLUMN_BOOLEAN:
        array_add_boolean(array, *(const bool *)at);
        break;
    case COLUMN_INSTANT:
        array_add_instant(array, *(const msec *)at);
        break;
    case COLUMN_TEXT:
        array_add_text(array, text_at(at) ? text_at(at) : "");
        break;
    case COLUMN_TEXT_OR_NULL:
        array_add_text(array, text_at(at));
        break;
    case COLUMN_HASH:
        array_add_bytes(array, at, JOURNAL_HASH);
        break;
    }
}

static enum array_type element_type(enum column_type type)
{
    static const enum array_type types[] = {
        [COLUMN_U64] = ARRAY_BIGINT,          [COLUMN_U64_OR_NULL] = ARRAY_BIGINT,
        [COLUMN_U32] = ARRAY_INTEGER,         [COLUMN_U32_OR_NULL] = ARRAY_INTEGER,
        [COLUMN_I32_OR_NULL] = ARRAY_INTEGER, [COLUMN_U16] = ARRAY_INTEGER,
        [COLUMN_U8] = ARRAY_SMALLINT,         [COLUMN_I16] = ARRAY_SMALLINT,
        [COLUMN_BOOLEAN] = ARRAY_BOOLEAN,     [COLUMN_INSTANT] = ARRAY_INSTANT,
        [COLUMN_TEXT] = ARRAY_TEXT,           [COLUMN_TEXT_OR_NULL] = ARRAY_TEXT,
        [COLUMN_HASH] = ARRAY_BYTES,
    };

    return types[type];
}

static void set_parameter(struct parameters *parameters, const void *value, size_t length)
{
    parameters->values[parameters->count] = value;
    parameters->lengths[parameters->count++] = (int)length;
}

/* The items of `kind`, chosen from its list. */
static size_t choose(struct rows *rows, const struct columns *kind)
{
    const struct merge_list *list = (const struct merge_list *)((const char *)&rows->merge + kind->list);
    size_t count = 0;

    rows->chosen = memory_reserve(rows->chosen, &rows->chosen_capacity, list->count, sizeof(*rows->chosen));
    for (size_t i = 0; i < list->count; i++) {
        const void *item = (const char *)list->items + i * list->item_bytes;

        if (kind->chooses(item))
            rows->chosen[count++] = item;
    }
    return count;
}

static void build_kind(struct rows *rows, const struct columns *kind, struct parameters *parameters)
{
    size_t count = choose(rows, kind);

    parameters->count = 0;
    if (count == 0)
        return;
    set_parameter(parameters, &rows->desk_big, sizeof(rows->desk_big));
    for (size_t c = 0; c < kind->column_count; c++) {
        const struct column *column = &kind->columns[c];
        struct array *array = &parameters->arrays[c];

        array_begin(array, element_type(column->type), count);
        for (size_t i = 0; i < count; i++)
            add_value(array, column->type, (const char *)rows->chosen[i] + column->offset);
        set_parameter(parameters, array->bytes, array->length);
    }
}

/* What is hashed must be what is stored, so texts are cleaned before. */
static void chain_journal(struct rows *rows)
{
    struct merge_journal *journal = rows->merge.journal.items;

    for (size_t i = 0; i < rows->merge.journal.count; i++) {
        journal[i].row.type = array_clean(&rows->arena, journal[i].row.type);
        journal[i].row.body = array_clean(&rows->arena, journal[i].row.body);
        journal_hash(rows->chain, rows->head, &journal[i].row, rows->head);
        memcpy(journal[i].hash, rows->head, JOURNAL_HASH);
        rows->sequence_big = htobe64(journal[i].row.sequence);
    }
}

static void build_advance(struct rows *rows, uint64_t number)
{
    struct parameters *advance = &rows->advance;
    bool journals = rows->merge.journal.count > 0;

    rows->number_big = htobe64(number);
    advance->count = 0;
    set_parameter(advance, &rows->desk_big, sizeof(rows->desk_big));
    set_parameter(advance, &rows->epoch_big, sizeof(rows->epoch_big));
    set_parameter(advance, &rows->number_big, sizeof(rows->number_big));
    set_parameter(advance, journals ? &rows->sequence_big : NULL, sizeof(rows->sequence_big));
    set_parameter(advance, journals ? rows->head : NULL, JOURNAL_HASH);
}

void rows_build(struct rows *rows, const struct effects *batch, uint64_t number, const unsigned char *head)
{
    memmove(rows->head, head, JOURNAL_HASH);
    arena_reset(&rows->arena);
    merge_take(&rows->merge, batch);
    chain_journal(rows);
    build_advance(rows, number);
    for (size_t i = 0; i < COLUMNS_COUNT; i++)
        build_kind(rows, &columns_table[i], &rows->kinds[i]);
}

const unsigned char *rows_head(const struct rows *rows)
{
    return rows->head;
}

bool rows_statement(const struct rows *rows, size_t index, bool reopening,
                    struct rows_statement *ret_statement)
{
    if (index > COLUMNS_COUNT)
        return false;
    const struct parameters *parameters = index == 0 ? &rows->advance : &rows->kinds[index - 1];
    const char *name = index == 0 ? "desk_advance" : columns_table[index - 1].statement;
    bool wanted = index == 0 || !columns_table[index - 1].reopening || reopening;

    *ret_statement = (struct rows_statement){
        .name = wanted && parameters->count > 0 ? name : NULL,
        .count = (int)parameters->count,
        .values = parameters->values,
        .lengths = parameters->lengths,
    };
    return true;
}

size_t rows_statement_count(void)
{
    return COLUMNS_COUNT + 1;
}

const char *rows_statement_name(size_t index)
{
    return index == 0 ? "desk_advance" : columns_table[index - 1].statement;
}
