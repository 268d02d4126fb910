/*
 * What libical doesn't tell about an ICS file: where something stands, and that it was cut off.
 *
 * Called by calendar_ics.c before it hands the file to libical, which knows no line numbers, gives nothing at
 * all for a file that ends early, and reads as much of a date as it likes. So the bare frame is checked here:
 * bytes are UTF-8, each line has a name and a colon or continues the line before it, BEGIN and END match, and
 * dates have the form of dates.
 *
 * Invariant: the n-th event that libical finds in an accepted file begins in line `events[n]`.
 */
#include "client/calendar_ics_lines.h"

#include "lib/base/memory.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_DEPTH 4 /* a calendar, an event, an alarm, and one more */
#define NAME_BYTES 32

struct open {
    char name[NAME_BYTES];
    int line;
};

struct scan {
    const struct calendar_source *source;
    struct calendar_ics_lines *lines;
    struct open open[MOST_DEPTH];
    size_t depth;
    int line;
};

/* `BEGIN:VEVENT` or `END:VEVENT`: the name behind the colon. */
static bool read_frame(const char *line, size_t length, const char *keyword, char ret_name[NAME_BYTES])
{
    size_t skip = strlen(keyword);

    if (length <= skip || strncasecmp(line, keyword, skip) != 0 || length - skip >= NAME_BYTES)
        return false;
    snprintf(ret_name, NAME_BYTES, "%.*s", (int)(length - skip), line + skip);
    return true;
}

static char *begin(struct scan *scan, const char *name)
{
    if (scan->depth == 0 && strcasecmp(name, "VCALENDAR") != 0)
        return calendar_source_complain(scan->source, scan->line, "%s stands outside of a VCALENDAR", name);
    if (scan->depth == MOST_DEPTH)
        return calendar_source_complain(scan->source, scan->line, "%s lies too deep in others", name);
    struct open *open = &scan->open[scan->depth++];

    snprintf(open->name, sizeof open->name, "%s", name);
    open->line = scan->line;
    if (strcasecmp(name, "VEVENT") != 0)
        return NULL;
    struct calendar_ics_lines *lines = scan->lines;

    lines->events = memory_reserve(lines->events, &lines->capacity, lines->count + 1, sizeof *lines->events);
    lines->events[lines->count++] = scan->line;
    return NULL;
}

static char *end(struct scan *scan, const char *name)
{
    if (scan->depth > 0 && strcasecmp(scan->open[scan->depth - 1].name, name) == 0) {
        scan->depth--;
        return NULL;
    }
    if (scan->depth == 0)
        return calendar_source_complain(scan->source, scan->line, "END:%s without its BEGIN", name);
    return calendar_source_complain(scan->source, scan->line, "END:%s, but the %s of line %d is still open",
                                    name, scan->open[scan->depth - 1].name, scan->open[scan->depth - 1].line);
}

static bool is_utf8(const char *bytes, size_t length)
{
    json_t *string = json_stringn(bytes, length);

    json_decref(string);
    return string != NULL;
}

static bool continues(const char *line)
{
    return *line == ' ' || *line == '\t';
}

/* `20260214` or `20260214T090000`, with a Z behind it when it is UTC. */
static bool is_moment(const char *value, size_t length)
{
    static const char form[] = "00000000T000000Z";
    size_t i = 0;

    for (; i < length && form[i]; i++)
        if (form[i] == '0' ? value[i] < '0' || value[i] > '9' : value[i] != form[i])
            return false;
    return i == length && (length == 8 || length == 15 || length == 16);
}

static bool is_folded(const char *line)
{
    const char *end = strchr(line, '\n');

    return end && continues(end + 1);
}

/* A value that is folded is left to libical. */
static char *check_moment(const struct scan *scan, const char *line, size_t length)
{
    size_t name = strcspn(line, ":;"), value_at = length;
    bool is_one = (name == 7 && strncasecmp(line, "DTSTART", name) == 0) ||
                  (name == 5 && strncasecmp(line, "DTEND", name) == 0);

    while (value_at > name && line[value_at - 1] != ':')
        value_at--;
    const char *value = line + value_at;

    if (!is_one || is_folded(line) || is_moment(value, length - value_at))
        return NULL;
    return calendar_source_complain(scan->source, scan->line,
                                    "`%.*s` is no date (20260214, or 20260214T090000 with Z when it is UTC)",
                                    (int)(length - value_at), value);
}

static char *read_line(struct scan *scan, const char *line, size_t length)
{
    char name[NAME_BYTES];

    if (length == 0)
        return NULL;
    if (scan->depth == 0 && !read_frame(line, length, "BEGIN:", name))
        return calendar_source_complain(scan->source, scan->line,
                                        "this is no calendar (an ICS file begins with BEGIN:VCALENDAR)");
    if (continues(line))
        return NULL;
    if (!memchr(line, ':', length) || strcspn(line, ":;") == 0)
        return calendar_source_complain(scan->source, scan->line,
                                        "no line of a calendar (write NAME:VALUE; a "
                                        "line that goes on begins with a blank)");
    if (read_frame(line, length, "BEGIN:", name))
        return begin(scan, name);
    return read_frame(line, length, "END:", name) ? end(scan, name) : check_moment(scan, line, length);
}

/* UTF-8 is looked at over folded lines together: a fold may lie within a character. */
static char *check_utf8(const struct scan *scan)
{
    const struct calendar_source *source = scan->source;
    char *plain = memory_new(source->length + 1, 1);
    size_t length = 0;
    int line = 1, bad = 0;

    for (size_t i = 0, from = 0; i <= source->length && !bad; i++) {
        const char *at = source->text + i;

        if (*at == '\r' && at[1] == '\n')
            continue;
        if (*at && *at != '\n') {
            plain[length++] = *at;
            continue;
        }
        if (*at && continues(at + 1)) {
            i++;
        } else {
            bad = is_utf8(plain + from, length - from) ? 0 : line;
            from = length;
        }
        line++;
    }
    free(plain);
    return bad ? calendar_source_complain(source, bad, "bytes that are no UTF-8") : NULL;
}

char *calendar_ics_lines_read(const struct calendar_source *source, struct calendar_ics_lines *ret_lines)
{
    struct scan scan = {.source = source, .lines = ret_lines};
    char *error = check_utf8(&scan);

    for (const char *at = source->text; !error && *at;) {
        size_t whole = strcspn(at, "\n"), length = whole - (whole > 0 && at[whole - 1] == '\r');

        scan.line++;
        error = read_line(&scan, at, length);
        at += whole + (at[whole] == '\n');
    }
    if (!error && scan.depth > 0)
        error = calendar_source_complain(source, scan.line, "the file ends within the %s of line %d",
                                         scan.open[scan.depth - 1].name, scan.open[scan.depth - 1].line);
    if (!error && scan.line == 0)
        error = calendar_source_complain(source, 1, "the file is empty");
    return error;
}

void calendar_ics_lines_finish(struct calendar_ics_lines *lines)
{
    free(lines->events);
}
