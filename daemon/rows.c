/*
 * From effects to parameters.
 *
 * Called by the writer for each batch. merge.c says what is to be written; the tables below say, for each
 * statement of sql/statements, which items it takes and which of their columns, in the order of the
 * statement's parameters $2, $3, … ($1 is the desk). A column becomes one binary array for the whole batch.
 * Adding a column is a line here and one in the statement.
 *
 * The order of the statements is the order of the transaction: the epoch first, so that a deposed leader
 * touches nothing; tickets before their clocks; the journal last. Nothing here knows of connections.
 */
#include "daemon/rows.h"

#include "daemon/array.h"
#include "daemon/merge.h"
#include "lib/base/memory.h"
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum column_type {
    COLUMN_U64,         /* bigint */
    COLUMN_U64_OR_NULL, /* 0 is NULL */
    COLUMN_U32,         /* integer */
    COLUMN_U32_OR_NULL,
    COLUMN_I32_OR_NULL, /* negative is NULL */
    COLUMN_U16,         /* integer */
    COLUMN_U8,          /* smallint */
    COLUMN_I16,         /* smallint */
    COLUMN_BOOLEAN,
    COLUMN_INSTANT,
    COLUMN_TEXT, /* NULL is the empty text */
    COLUMN_TEXT_OR_NULL,
    COLUMN_HASH, /* bytea of 32 bytes, in place */
};

struct column {
    enum column_type type;
    size_t offset; /* into the item */
};

#define TICKET(type, member)                                                                                 \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_ticket, member)                                                 \
    }
#define CLOCK(type, member)                                                                                  \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_clock, member)                                                  \
    }
#define NOTICE(type, member)                                                                                 \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_notice, member)                                                 \
    }
#define JOURNAL(type, member)                                                                                \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_journal, member)                                                \
    }
#define ROW(row, type, member)                                                                               \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct row, member)                                                          \
    }

#define TICKET_INSTANTS                                                                                      \
    TICKET(INSTANT, row.handed_over_at), TICKET(INSTANT, row.expected_at), TICKET(INSTANT, row.solved_at),   \
        TICKET(INSTANT, row.closed_at), TICKET(INSTANT, row.history_until_at),                               \
        TICKET(INSTANT, row.contacted_at)
#define TICKET_TEXTS                                                                                         \
    TICKET(TEXT, row.class_name), TICKET(TEXT, row.types), TICKET(TEXT, row.urgency),                        \
        TICKET(TEXT, row.channel), TICKET(TEXT, row.stage), TICKET(TEXT, row.customer),                      \
        TICKET(TEXT, row.staffed), TICKET(TEXT, row.department), TICKET(TEXT, row.handler),                  \
        TICKET(TEXT, row.recorder), TICKET(TEXT, row.facts), TICKET(TEXT_OR_NULL, row.result)
#define CLOCK_COLUMNS                                                                                        \
    CLOCK(U64, row.ticket), CLOCK(TEXT, row.clock), CLOCK(TEXT, row.state), CLOCK(U16, row.cycle),           \
        CLOCK(U8, row.reminders), CLOCK(U8, row.rungs), CLOCK(U8, row.credited), CLOCK(U8, row.ladder_set),  \
        CLOCK(BOOLEAN, row.ladder_running), CLOCK(BOOLEAN, row.was_late), CLOCK(BOOLEAN, row.withdrawn),     \
        CLOCK(BOOLEAN, row.acknowledged), CLOCK(INSTANT, row.anchor_at), CLOCK(INSTANT, row.due_at),         \
        CLOCK(INSTANT, row.breached_at), CLOCK(INSTANT, row.fired_at), CLOCK(INSTANT, row.ended_at)

static const struct column sequence_columns[] = {ROW(sequence_row, TEXT, name), ROW(sequence_row, U64, last)};
static const struct column ticket_id[] = {TICKET(U64, row.ticket)};
static const struct column ticket_insert[] = {
    TICKET(U64, row.ticket),
    TICKET(U32, row.revision),
    TICKET(BOOLEAN, row.open),
    TICKET(INSTANT, row.received_at),
    TICKET(INSTANT, row.created_at),
    TICKET_INSTANTS,
    TICKET(U32, contacts),
    TICKET(U32, progress),
    TICKET(U32, plans),
    TICKET(TEXT, row.number),
    TICKET_TEXTS,
};
static const struct column ticket_update[] = {
    TICKET(U64, row.ticket),          TICKET(U32, row.revision),
    TICKET(INSTANT, row.received_at), TICKET_INSTANTS,
    TICKET(U32_OR_NULL, contacts),    TICKET(U32_OR_NULL, progress),
    TICKET(U32_OR_NULL, plans),       TICKET_TEXTS,
};
static const struct column ticket_counts[] = {
    TICKET(U64, row.ticket),
    TICKET(U32_OR_NULL, contacts),
    TICKET(U32_OR_NULL, progress),
    TICKET(U32_OR_NULL, plans),
};

static const struct column intake_columns[] = {
    TICKET(U64, row.ticket),
    TICKET(INSTANT, cold.occurred_at),
    TICKET(TEXT, row.number),
    TICKET(TEXT_OR_NULL, cold.reference),
    TICKET(TEXT_OR_NULL, cold.customer_id),
    TICKET(TEXT_OR_NULL, cold.contact_name),
    TICKET(TEXT_OR_NULL, cold.phone),
    TICKET(TEXT_OR_NULL, cold.fax),
    TICKET(TEXT_OR_NULL, cold.email),
    TICKET(TEXT, cold.subject),
    TICKET(TEXT_OR_NULL, cold.details),
    TICKET(TEXT_OR_NULL, cold.fields),
    TICKET(TEXT_OR_NULL, cold.attachments),
};
static const struct column clock_insert[] = {CLOCK_COLUMNS, CLOCK(BOOLEAN, open)};
static const struct column clock_write[] = {CLOCK_COLUMNS};
static const struct column contact_columns[] = {
    ROW(contact_row, U64, ticket),          ROW(contact_row, U32, contact),
    ROW(contact_row, INSTANT, at),          ROW(contact_row, INSTANT, recorded_at),
    ROW(contact_row, I32_OR_NULL, minutes), ROW(contact_row, BOOLEAN, reached),
    ROW(contact_row, BOOLEAN, automatic),   ROW(contact_row, TEXT, channel),
    ROW(contact_row, TEXT, direction),      ROW(contact_row, TEXT, kind),
    ROW(contact_row, TEXT, role),           ROW(contact_row, TEXT, actor),
    ROW(contact_row, TEXT_OR_NULL, note),   ROW(contact_row, TEXT_OR_NULL, credited),
};
static const struct column progress_columns[] = {
    ROW(progress_row, U64, ticket),          ROW(progress_row, U32, progress),
    ROW(progress_row, INSTANT, at),          ROW(progress_row, INSTANT, recorded_at),
    ROW(progress_row, INSTANT, from_at),     ROW(progress_row, INSTANT, to_at),
    ROW(progress_row, TEXT_OR_NULL, degree), ROW(progress_row, TEXT, role),
    ROW(progress_row, TEXT, actor),          ROW(progress_row, TEXT_OR_NULL, note),
};
static const struct column plan_columns[] = {
    ROW(plan_row, U64, ticket),          ROW(plan_row, U32, plan),
    ROW(plan_row, INSTANT, at),          ROW(plan_row, INSTANT, recorded_at),
    ROW(plan_row, INSTANT, expected_at), ROW(plan_row, TEXT, role),
    ROW(plan_row, TEXT, actor),          ROW(plan_row, TEXT_OR_NULL, measures),
};
static const struct column notice_insert[] = {
    NOTICE(U64, row.notice),
    NOTICE(U64, row.ticket),
    NOTICE(U16, row.cycle),
    NOTICE(I16, row.rung),
    NOTICE(U16, attempts),
    NOTICE(INSTANT, row.at),
    NOTICE(INSTANT, changed_at),
    NOTICE(INSTANT, ready_at),
    NOTICE(TEXT, row.clock),
    NOTICE(TEXT, row.recipient),
    NOTICE(TEXT, row.role),
    NOTICE(TEXT, row.channel),
    NOTICE(TEXT, row.state),
    NOTICE(TEXT, row.address),
    NOTICE(TEXT, row.display_name),
    NOTICE(TEXT, row.language),
    NOTICE(TEXT, row.template_name),
    NOTICE(TEXT, row.message_id),
    NOTICE(TEXT_OR_NULL, row.thread),
    NOTICE(TEXT_OR_NULL, queue_id),
    NOTICE(TEXT_OR_NULL, row.reason),
    NOTICE(TEXT_OR_NULL, row.detail),
    NOTICE(TEXT_OR_NULL, row.subject),
    NOTICE(TEXT_OR_NULL, row.body),
};
static const struct column notice_change[] = {
    NOTICE(U64, row.notice),        NOTICE(TEXT, row.state),   NOTICE(U16, attempts),
    NOTICE(INSTANT, changed_at),    NOTICE(INSTANT, ready_at), NOTICE(TEXT_OR_NULL, row.detail),
    NOTICE(TEXT_OR_NULL, queue_id),
};
static const struct column key_columns[] = {
    ROW(key_row, TEXT, key),
    ROW(key_row, U64, sequence),
    ROW(key_row, TEXT, reply),
};
static const struct column journal_columns[] = {
    JOURNAL(U64, row.sequence), JOURNAL(INSTANT, row.at), JOURNAL(U64_OR_NULL, row.ticket),
    JOURNAL(TEXT, row.type),    JOURNAL(HASH, hash),      JOURNAL(TEXT, row.body),
};

typedef bool choose_function(const void *item);

static bool ticket_is_new(const void *item)
{
    return ((const struct merge_ticket *)item)->is_new;
}

static bool ticket_was_there(const void *item)
{
    return !ticket_is_new(item);
}

static bool ticket_stays_open(const void *item)
{
    const struct merge_ticket *ticket = item;

    return ticket->known && !ticket->is_new && ticket->row.open;
}

static bool ticket_closes(const void *item)
{
    const struct merge_ticket *ticket = item;

    return ticket->known && !ticket->is_new && !ticket->row.open;
}

static bool ticket_is_only_counted(const void *item)
{
    return !((const struct merge_ticket *)item)->known;
}

static bool clock_is_new(const void *item)
{
    return ((const struct merge_clock *)item)->is_new;
}

static bool clock_was_there(const void *item)
{
    return !clock_is_new(item);
}

static bool notice_is_new(const void *item)
{
    return ((const struct merge_notice *)item)->is_new;
}

static bool notice_was_there(const void *item)
{
    return !notice_is_new(item);
}

static bool any(const void *item)
{
    (void)item;
    return true;
}

#define LIST(member)   offsetof(struct merge, member)
#define COLUMNS(table) table, sizeof(table) / sizeof(*table)

/* In the order of the transaction. */
static const struct kind {
    const char *statement;
    size_t list; /* into struct merge */
    choose_function *choose;
    const struct column *columns;
    size_t column_count;
    bool reopening; /* only when closed tickets come back */
} kinds[] = {
    {"sequence_write", LIST(sequences), any, COLUMNS(sequence_columns), false},
    {"ticket_reopen", LIST(tickets), ticket_was_there, COLUMNS(ticket_id), true},
    {"clock_reopen", LIST(tickets), ticket_was_there, COLUMNS(ticket_id), true},
    {"intake_insert", LIST(tickets), ticket_is_new, COLUMNS(intake_columns), false},
    {"ticket_insert", LIST(tickets), ticket_is_new, COLUMNS(ticket_insert), false},
    {"ticket_update", LIST(tickets), ticket_stays_open, COLUMNS(ticket_update), false},
    {"ticket_counts", LIST(tickets), ticket_is_only_counted, COLUMNS(ticket_counts), false},
    {"ticket_close", LIST(tickets), ticket_closes, COLUMNS(ticket_update), false},
    {"clock_insert", LIST(clocks), clock_is_new, COLUMNS(clock_insert), false},
    {"clock_write", LIST(clocks), clock_was_there, COLUMNS(clock_write), false},
    {"clock_close", LIST(tickets), ticket_closes, COLUMNS(ticket_id), false},
    {"contact_insert", LIST(contacts), any, COLUMNS(contact_columns), false},
    {"progress_insert", LIST(progress), any, COLUMNS(progress_columns), false},
    {"plan_insert", LIST(plans), any, COLUMNS(plan_columns), false},
    {"notice_insert", LIST(notices), notice_is_new, COLUMNS(notice_insert), false},
    {"notice_change", LIST(notices), notice_was_there, COLUMNS(notice_change), false},
    {"key_insert", LIST(keys), any, COLUMNS(key_columns), false},
    {"journal_insert", LIST(journal), any, COLUMNS(journal_columns), false},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

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
    struct parameters kinds[KIND_COUNT];
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
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
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
static size_t choose(struct rows *rows, const struct kind *kind)
{
    const struct merge_list *list = (const struct merge_list *)((const char *)&rows->merge + kind->list);
    size_t count = 0;

    rows->chosen = memory_reserve(rows->chosen, &rows->chosen_capacity, list->count, sizeof(*rows->chosen));
    for (size_t i = 0; i < list->count; i++) {
        const void *item = (const char *)list->items + i * list->item_bytes;

        if (kind->choose(item))
            rows->chosen[count++] = item;
    }
    return count;
}

static void build_kind(struct rows *rows, const struct kind *kind, struct parameters *parameters)
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
    for (size_t i = 0; i < KIND_COUNT; i++)
        build_kind(rows, &kinds[i], &rows->kinds[i]);
}

const unsigned char *rows_head(const struct rows *rows)
{
    return rows->head;
}

bool rows_statement(const struct rows *rows, size_t index, bool reopening,
                    struct rows_statement *ret_statement)
{
    const struct parameters *parameters = index == 0 ? &rows->advance : &rows->kinds[index - 1];

    if (index > KIND_COUNT)
        return false;
    const char *name = index == 0 ? "desk_advance" : kinds[index - 1].statement;
    bool wanted = index == 0 || !kinds[index - 1].reopening || reopening;

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
    return KIND_COUNT + 1;
}

const char *rows_statement_name(size_t index)
{
    return index == 0 ? "desk_advance" : kinds[index - 1].statement;
}
