/*
 * The facts of a calendar while it is put together from files: for each day one word, and whose it is.
 *
 * Filled by the readers of INI, ICS and JSON through calendar_import.c, read by calendar_plan.c, which writes
 * them. The notice of a year may change December of the year before, so files are given in order and the
 * later one wins; it is said, because a file in the wrong order would win as quietly. Within one file nobody
 * can say which word is meant: that is refused.
 *
 * Invariant: ascending by day, each day once. A fact from elsewhere does not rename a day that is called the
 * same already: the name in our file may have an English half that the other has not.
 */
#include "client/calendar_facts.h"

#include "client/calendar_words.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES " | "  /* between the two halves of a name */
#define HOURS_OF  " as " /* before the day whose hours a make-up day takes */

static void finish_fact(struct calendar_fact *fact)
{
    free(fact->title);
    free(fact->value);
}

void calendar_facts_finish(struct calendar_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        finish_fact(&facts->facts[i]);
    free(facts->facts);
    text_finish(&facts->notes);
}

const char *calendar_kind_text(enum calendar_kind kind)
{
    static const char *const texts[] = {
        [CALENDAR_HOLIDAY] = "holiday",
        [CALENDAR_WORKING] = "make-up day",
        [CALENDAR_SHORT] = "short day",
    };

    return texts[kind];
}

char *calendar_facts_title(const char *value)
{
    const char *languages = strstr(value, LANGUAGES), *end = languages ? languages : strstr(value, HOURS_OF);
    char *title = memory_text(value);

    if (end)
        title[end - value] = '\0';
    return title;
}

/* The place of the first fact on or after a day. */
static size_t place_of(const struct calendar_facts *facts, int64_t day_number)
{
    size_t low = 0, high = facts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (facts->facts[middle].day_number < day_number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct calendar_fact *calendar_facts_find(const struct calendar_facts *facts, int64_t day_number)
{
    size_t place = place_of(facts, day_number);

    return place < facts->count && facts->facts[place].day_number == day_number ? &facts->facts[place] : NULL;
}

static void insert(struct calendar_facts *facts, size_t place, const struct calendar_fact *fact)
{
    facts->facts = memory_reserve(facts->facts, &facts->capacity, facts->count + 1, sizeof *facts->facts);
    memmove(&facts->facts[place + 1], &facts->facts[place], (facts->count - place) * sizeof *fact);
    facts->facts[place] = *fact;
    facts->count++;
}

static char *name_of(const char *title, enum calendar_kind kind)
{
    struct text name = {0};

    calendar_words_name(title, kind == CALENDAR_WORKING, &name);
    return text_take(&name);
}

static bool is_same_title(const char *value, const char *other)
{
    char *title = calendar_facts_title(value), *other_title = calendar_facts_title(other);
    bool is_same = strcmp(title, other_title) == 0;

    free(title);
    free(other_title);
    return is_same;
}

static char *refuse(const struct calendar_fact *known, const struct calendar_fact *fact)
{
    struct civil date = civil_date(fact->day_number);
    char *error;

    if (asprintf(&error, "%s:%d: %04d-%02d-%02d is a %s here and a %s in line %d (keep one of the two)",
                 fact->file, fact->line, date.year, date.month, date.day, calendar_kind_text(fact->kind),
                 calendar_kind_text(known->kind), known->line) < 0)
        abort();
    return error;
}

/* Two names for a day off: 国庆节、中秋节. Facts without a title are of our own files, which name a day once.
 */
static char *join(struct calendar_fact *known, struct calendar_fact *fact)
{
    char *title;

    if (known->kind != fact->kind || !known->title || !fact->title)
        return refuse(known, fact);
    if (strstr(known->title, fact->title))
        return NULL;
    if (asprintf(&title, "%s%s%s", known->title, *known->title ? "、" : "", fact->title) < 0)
        abort();
    finish_fact(known);
    known->title = title;
    known->value = name_of(title, known->kind);
    return NULL;
}

static void note(struct calendar_facts *facts, const struct calendar_fact *known,
                 const struct calendar_fact *fact)
{
    struct civil date = civil_date(fact->day_number);

    text_printf(&facts->notes, "%s:%d: %04d-%02d-%02d is now a %s, %s (%s:%d: %s, %s)\n", fact->file,
                fact->line, date.year, date.month, date.day, calendar_kind_text(fact->kind), fact->value,
                known->file, known->line, calendar_kind_text(known->kind), known->value);
}

/* A file that comes later. What `fact` held before is freed, or kept in `known`. */
static void replace(struct calendar_facts *facts, struct calendar_fact *known, struct calendar_fact *fact)
{
    if (known->kind == fact->kind && is_same_title(known->value, fact->value)) {
        free(fact->value);
        free(known->title);
        known->title = fact->title;
        known->file = fact->file;
        known->line = fact->line;
        return;
    }
    note(facts, known, fact);
    finish_fact(known);
    *known = *fact;
}

char *calendar_facts_add(struct calendar_facts *facts, int64_t day_number, enum calendar_kind kind,
                         const char *title, const char *value, const char *file, int line)
{
    struct calendar_fact fact = {
        .day_number = day_number,
        .kind = kind,
        .title = title ? memory_text(title) : NULL,
        .value = value ? memory_text(value) : name_of(title, kind),
        .file = file,
        .line = line,
    };
    size_t place = place_of(facts, day_number);
    struct calendar_fact *known = place < facts->count ? &facts->facts[place] : NULL;
    char *error = NULL;

    if (!known || known->day_number != day_number) {
        insert(facts, place, &fact);
    } else if (known->file != file) {
        replace(facts, known, &fact);
    } else {
        error = join(known, &fact);
        finish_fact(&fact);
    }
    return error;
}
