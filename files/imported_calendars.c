/*
 * Calendars by their text instead of a file.
 *
 * Filled from the database when the daemon starts, and by an import that is tried; read by policy_files.c,
 * which takes a calendar from here before it looks for a file. A desk has a handful of calendars, so the list
 * is searched from end to end.
 */
#include "files/imported_calendars.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

static size_t find(const struct imported_calendars *imported, const char *name)
{
    size_t place = 0;

    while (place < imported->count && strcmp(imported->list[place].name, name) != 0)
        place++;
    return place;
}

const char *imported_calendars_text(const struct imported_calendars *imported, const char *name)
{
    size_t place = find(imported, name);

    return place < imported->count ? imported->list[place].text : NULL;
}

static void drop(struct imported_calendars *imported, size_t place)
{
    free(imported->list[place].name);
    free(imported->list[place].text);
    imported->list[place] = imported->list[--imported->count];
}

void imported_calendars_set(struct imported_calendars *imported, const char *name, const char *text)
{
    size_t place = find(imported, name);

    if (place < imported->count)
        drop(imported, place);
    if (!text)
        return;
    imported->list =
        memory_reserve(imported->list, &imported->capacity, imported->count + 1, sizeof(*imported->list));
    imported->list[imported->count++] =
        (struct imported_calendar){.name = memory_text(name), .text = memory_text(text)};
}

void imported_calendars_finish(struct imported_calendars *imported)
{
    while (imported->count > 0)
        drop(imported, imported->count - 1);
    free(imported->list);
    *imported = (struct imported_calendars){0};
}
