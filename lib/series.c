/*
 * Numbers given out.
 *
 * A ticket keeps its serial and, in two bytes, its series: which kind of number, of which day. The series is
 * also the counter, one row of the table of sequences, written in the batch that files the ticket; that is
 * what makes numbers gap-free and lets a restart go on, also in the middle of a day of which no ticket is
 * open. Called by ticket.create (series_of, series_next), by whatever shows or looks up a number, and by
 * settle, restore and adopt.
 *
 * A kind of number has a name (`number.default`, `number.complaint`) under which it counts, however the
 * regime writes it: after a reload that writes NR{seq} as KF{seq}, the serial goes on. The old series stays,
 * because what it gave out is still in use, but belongs to no format any more. Places in the list never
 * change.
 *
 * A number is dated when it is given, in the regime's zone, also for history that is imported: it tells when
 * the ticket was accepted here. A clock that is set back finds yesterday's series as it left it.
 */
#include "lib/series.h"

#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_KNOWN UINT64_MAX /* how far it went: too long ago for a start to read back */

static uint64_t key(uint8_t format, uint32_t period)
{
    return (uint64_t)format << 32 | period;
}

static uint64_t key_of(const void *owner, uint32_t place)
{
    const struct series *series = &((const struct series_book *)owner)->list[place];

    return key(series->format, series->period);
}

void series_init(struct series_book *book)
{
    *book = (struct series_book){.names = intern_create()};
    index_init(&book->by_key, key_of, book);
}

void series_finish(struct series_book *book)
{
    free(book->list);
    index_finish(&book->by_key);
    intern_destroy(book->names);
}

static uint16_t add(struct series_book *book, const struct series *series)
{
    if (book->count >= SERIES_NONE)
        return SERIES_NONE;
    book->list = memory_reserve(book->list, &book->capacity, book->count + 1, sizeof(*book->list));
    book->list[book->count] = *series;
    if (series->format != POLICY_NONE)
        index_add(&book->by_key, (uint32_t)book->count);
    return (uint16_t)book->count++;
}

void series_copy(struct series_book *book, const struct series_book *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct series copy = from->list[i];

        copy.name = intern_id(book->names, intern_text(from->names, copy.name));
        copy.is_moved = false;
        add(book, &copy);
    }
}

static uint16_t find(const struct series_book *book, uint8_t format, uint32_t period)
{
    uint32_t place = index_find(&book->by_key, key(format, period));

    return place == INDEX_NONE ? SERIES_NONE : (uint16_t)place;
}

/* How far the kind came in this period, however it was written. Only a few have ever been written otherwise.
 */
static uint64_t last_of(const struct series_book *book, uint32_t name, uint32_t period)
{
    uint64_t last = 0;

    for (size_t i = 0; i < book->count; i++)
        if (book->list[i].name == name && book->list[i].period == period && book->list[i].last > last)
            last = book->list[i].last;
    return last;
}

/* So many are remembered, and all of them begin later. */
static bool is_before_memory(const struct series_book *book, uint32_t name, uint32_t period)
{
    size_t later = 0;

    for (size_t i = 0; i < book->count; i++) {
        if (book->list[i].name == name && book->list[i].period < period)
            return false;
        later += book->list[i].name == name;
    }
    return later >= SERIES_KEPT;
}

uint16_t series_of(struct series_book *book, const struct policy *policy, uint8_t format, msec at)
{
    const struct number_format *kind = &policy->numbers[format];
    uint32_t period = number_format_period(kind, policy->zone, at);
    uint32_t name = intern_id(book->names, kind->name);
    uint16_t series = find(book, format, period);

    if (series == SERIES_NONE && !is_before_memory(book, name, period)) {
        const struct series fresh = {
            .name = name, .period = period, .format = format, .last = last_of(book, name, period)};

        series = add(book, &fresh);
    }
    return series == SERIES_NONE || book->list[series].last >= UINT32_MAX ? SERIES_NONE : series;
}

uint32_t series_next(struct series_book *book, uint16_t series)
{
    struct series *of = &book->list[series];

    book->moved += !of->is_moved;
    of->is_moved = true;
    return (uint32_t)++of->last;
}

static bool read(const struct policy *policy, const char *number, uint8_t *ret_format, uint32_t *ret_period,
                 uint32_t *ret_serial)
{
    uint64_t serial;

    for (size_t i = 0; i < policy->number_count; i++)
        if (number_format_read(&policy->numbers[i], number, ret_period, &serial) && serial <= UINT32_MAX) {
            *ret_format = (uint8_t)i;
            *ret_serial = (uint32_t)serial;
            return true;
        }
    return false;
}

bool series_read(const struct series_book *book, const struct policy *policy, const char *number,
                 uint16_t *ret_series, uint32_t *ret_serial)
{
    uint8_t format;
    uint32_t period;

    if (!read(policy, number, &format, &period, ret_serial))
        return false;
    *ret_series = find(book, format, period);
    return *ret_series != SERIES_NONE;
}

bool series_recall(struct series_book *book, const struct policy *policy, const char *number,
                   uint16_t *ret_series, uint32_t *ret_serial)
{
    uint8_t format;
    uint32_t period;

    if (!read(policy, number, &format, &period, ret_serial))
        return false;
    *ret_series = find(book, format, period);
    if (*ret_series == SERIES_NONE) {
        const struct series old = {.name = intern_id(book->names, policy->numbers[format].name),
                                   .period = period,
                                   .format = format,
                                   .last = NOT_KNOWN};

        *ret_series = add(book, &old);
    }
    return *ret_series != SERIES_NONE;
}

void series_text(const struct series_book *book, const struct policy *policy, uint16_t series,
                 uint32_t serial, char *ret_text, size_t room)
{
    const struct series *of = series == SERIES_NONE ? NULL : &book->list[series];

    ret_text[0] = '\0';
    if (of && of->format != POLICY_NONE)
        number_format_text(&policy->numbers[of->format], of->period, serial, ret_text, room);
}

/* ---- rows ---- */

static uint8_t format_of(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->number_count; i++)
        if (strcmp(policy->numbers[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

void series_name(const char *format, uint32_t period, char ret_name[SERIES_NAME])
{
    if (period)
        snprintf(ret_name, SERIES_NAME, "%s %" PRIu32, format, period);
    else
        snprintf(ret_name, SERIES_NAME, "%s", format);
}

void series_restore(struct series_book *book, const struct policy *policy, const char *row, uint64_t last)
{
    char *name = memory_text(row);
    char *period = strchr(name, ' ');

    if (strncmp(row, "number.", strlen("number.")) == 0) {
        if (period)
            *period++ = '\0';
        struct series known = {.name = intern_id(book->names, name),
                               .period = period ? (uint32_t)strtoul(period, NULL, 10) : 0,
                               .format = format_of(policy, name),
                               .last = last};
        uint16_t series = known.format == POLICY_NONE ? SERIES_NONE : find(book, known.format, known.period);

        if (series == SERIES_NONE)
            add(book, &known);
        else
            book->list[series].last = last;
    }
    free(name);
}

/* In the order of their names: that of the list is another one after a restart. */
static void sort_in(struct sequence_row **rows, size_t count, struct sequence_row *row)
{
    rows[count] = row;
    for (size_t i = count; i > 0 && strcmp(rows[i - 1]->name, rows[i]->name) > 0; i--) {
        struct sequence_row swapped = *rows[i];

        *rows[i] = *rows[i - 1];
        *rows[i - 1] = swapped;
    }
}

void series_settle(struct series_book *book, struct effects *out)
{
    struct sequence_row **rows = book->moved ? memory_new(book->moved, sizeof(*rows)) : NULL;
    size_t count = 0;

    for (size_t i = book->count; book->moved && i-- > 0;) { /* today's are the last ones */
        struct series *series = &book->list[i];

        if (!series->is_moved)
            continue;
        struct sequence_row *row = effects_add(out, EFFECT_SEQUENCE);
        char name[SERIES_NAME];

        series_name(intern_text(book->names, series->name), series->period, name);
        row->name = arena_text(&out->arena, name);
        row->last = series->last;
        sort_in(rows, count++, row);
        series->is_moved = false;
        book->moved--;
    }
    free(rows);
}

void series_rename(struct series_book *book, const uint8_t *formats)
{
    index_finish(&book->by_key);
    index_init(&book->by_key, key_of, book);
    for (size_t i = 0; i < book->count; i++) {
        struct series *series = &book->list[i];

        series->format = series->format == POLICY_NONE ? POLICY_NONE : formats[series->format];
        if (series->format != POLICY_NONE)
            index_add(&book->by_key, (uint32_t)i);
    }
}
