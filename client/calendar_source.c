/*
 * What the readers of foreign calendars have in common: how they complain, and what our own files can hold.
 *
 * Used by calendar_ics.c, calendar_ics_lines.c and calendar_json.c. A name that our reader (lib/ini.c) would
 * refuse, or take for something else, is refused where it was found: not as a line of a file that nobody has
 * seen yet.
 */
#include "client/calendar_source.h"

#include "lib/base/civil.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_BYTES 90 /* both languages and a range of dates must fit into INI_LINE_BYTES */

char *calendar_source_complain(const struct calendar_source *source, int line, const char *format, ...)
{
    struct text error = {0};
    va_list list;
    char *words;

    va_start(list, format);
    if (vasprintf(&words, format, list) < 0)
        abort();
    va_end(list);
    text_printf(&error, "%s:%d: %s", source->file, line, words);
    free(words);
    return text_take(&error);
}

char *calendar_source_check_title(const struct calendar_source *source, int line, const char *title)
{
    bool is_plain = strlen(title) <= TITLE_BYTES && !strpbrk(title, ";|");

    for (const char *byte = title; *byte; byte++)
        is_plain &= (unsigned char)*byte >= ' ' && *byte != 0x7f;
    if (is_plain)
        return NULL;
    return calendar_source_complain(
        source, line, "the name `%s` can't stand in a calendar file (at most %d bytes, and no ; or |)", title,
        TITLE_BYTES);
}

bool calendar_source_has_day(int64_t day_number)
{
    return day_number >= 0 && day_number < civil_day(2200, 1, 1);
}
