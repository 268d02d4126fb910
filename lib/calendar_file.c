/*
 * Reading a calendar from text that a customer-service lead can write:
 *
 *     [calendar]
 *     name  = cn_office
 *     zone  = Asia/Shanghai
 *     until = 2026-12-31                         ; the holidays are known up to here; may be left out
 *     [hours]                                    ; all seven days, one by one or as monday..friday
 *     monday..friday   = 09:00-12:00 13:00-18:00
 *     saturday..sunday = closed
 *     [holidays]
 *     2026-01-01..2026-01-03 = 元旦 | New Year
 *     [working_days]                             ; take Monday's hours unless `as` names another day
 *     2026-02-14 = 春节调休 | make-up day as friday
 *     [short_days]                               ; hours, and a name if you like
 *     2026-12-31 = 09:00-12:00 New Year's Eve
 *
 * Called when calendars are loaded, never while judging. Lines come from the strict reader (ini.c), which
 * puts file and line before every complaint made here. A complaint says what was found and what would be
 * right.
 *
 * Invariant: a day gets at most one entry. Two entries that contradict each other are refused instead of
 * ranked, because whichever won would surprise the one who wrote the other.
 */
#include "lib/calendar.h"

#include "lib/base/memory.h"
#include "lib/calendar_days.h"
#include "lib/ini.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS       " \t"
#define LONGEST_DAYS 366 /* of a range of dates */

static const char *const weekday_names[] = {
    [CIVIL_MONDAY] = "monday",     [CIVIL_TUESDAY] = "tuesday", [CIVIL_WEDNESDAY] = "wednesday",
    [CIVIL_THURSDAY] = "thursday", [CIVIL_FRIDAY] = "friday",   [CIVIL_SATURDAY] = "saturday",
    [CIVIL_SUNDAY] = "sunday",
};

/* A make-up day waits for the end of the text: the hours it takes may be told further down. */
struct make_up {
    int64_t day_number;
    int weekday, line;
};

struct draft {
    struct zone *(*find_zone)(void *context, const char *name);
    void *context;
    char *name;
    struct zone *zone;
    int64_t last_known_day;
    struct calendar_days days;
    bool has_hours[7];
    struct make_up *make_ups;
    size_t make_up_count, make_up_capacity;
    int line;          /* of the entry being read */
    char message[320]; /* the complaint under way */
};

struct dates {
    int64_t first, last;
};

static const char *complain(struct draft *draft, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *complain(struct draft *draft, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(draft->message, sizeof(draft->message), format, list);
    va_end(list);
    return draft->message;
}

/* Hours */

/* `09:00` at `*text`, which moves behind it; 24:00 is the latest. */
static bool read_minute(const char **text, int *ret_minute)
{
    const char *digits = *text;

    for (int i = 0; i < 5; i++)
        if (i == 2 ? digits[i] != ':' : digits[i] < '0' || digits[i] > '9')
            return false;
    int hour = (digits[0] - '0') * 10 + digits[1] - '0', minute = (digits[3] - '0') * 10 + digits[4] - '0';

    *text += 5;
    *ret_minute = hour * 60 + minute;
    return minute <= 59 && *ret_minute <= CALENDAR_DAYS_MIDNIGHT;
}

static bool read_interval(const char **text, int *ret_open_minute, int *ret_close_minute)
{
    if (!read_minute(text, ret_open_minute) || **text != '-')
        return false;
    (*text)++;
    return read_minute(text, ret_close_minute) && (**text == '\0' || strchr(BLANKS, **text));
}

bool calendar_parse_hours(const char *text, int *ret_open_minute, int *ret_close_minute)
{
    return read_interval(&text, ret_open_minute, ret_close_minute) && *text == '\0';
}

/* Intervals at `*text`, which moves to the first word that does not begin with a digit. */
static const char *read_intervals(struct draft *draft, const char **text, struct calendar_hours *hours)
{
    for (; **text >= '0' && **text <= '9'; *text += strspn(*text, BLANKS)) {
        int length = (int)strcspn(*text, BLANKS), open_minute, close_minute;
        const char *word = *text;

        if (!read_interval(text, &open_minute, &close_minute))
            return complain(draft, "`%.*s` are no hours (write 09:00-12:00, at the latest until 24:00)",
                            length, word);
        if (close_minute <= open_minute)
            return complain(draft,
                            "`%.*s` ends before it begins (past midnight, write 22:00-24:00 on this day "
                            "and 00:00-06:00 on the next)",
                            length, word);
        if (!calendar_days_add_interval(hours, open_minute, close_minute))
            return complain(draft, "`%.*s` overlaps the hours before it, or there are more than %d", length,
                            word, CALENDAR_DAYS_INTERVALS);
    }
    return NULL;
}

static int find_weekday(const char *name, size_t length)
{
    for (int weekday = 0; weekday < 7; weekday++)
        if (strlen(weekday_names[weekday]) == length && memcmp(weekday_names[weekday], name, length) == 0)
            return weekday;
    return -1;
}

/* `monday` or `monday..friday`. */
static bool read_weekdays(const char *key, int *ret_first, int *ret_last)
{
    const char *dots = strstr(key, "..");

    *ret_first = find_weekday(key, dots ? (size_t)(dots - key) : strlen(key));
    *ret_last = dots ? find_weekday(dots + 2, strlen(dots + 2)) : *ret_first;
    return *ret_first >= 0 && *ret_last >= *ret_first;
}

static const char *read_hours(struct draft *draft, const char *key, const char *value)
{
    struct calendar_hours hours = {.count = 0};
    int first, last;

    if (!read_weekdays(key, &first, &last))
        return complain(draft, "`%s` is no day of the week (write monday, or monday..friday)", key);
    if (strcmp(value, "closed") != 0) {
        const char *wrong = read_intervals(draft, &value, &hours);

        if (wrong)
            return wrong;
        if (*value || hours.count == 0)
            return complain(draft, "`%s` are no hours (write 09:00-12:00 13:00-18:00, or closed)", value);
    }
    for (int weekday = first; weekday <= last; weekday++) {
        if (draft->has_hours[weekday])
            return complain(draft, "%s has hours already", weekday_names[weekday]);
        draft->has_hours[weekday] = true;
        draft->days.week[weekday] = hours;
    }
    return NULL;
}

/* Dates */

static bool read_date(const char *text, int64_t *ret_day_number)
{
    return civil_parse_date(text, ret_day_number) && *ret_day_number >= 0 &&
           *ret_day_number < civil_day(2200, 1, 1);
}

/* `2026-02-14` or `2026-02-15..2026-02-23`. */
static const char *read_dates(struct draft *draft, const char *key, struct dates *ret_dates)
{
    size_t length = strlen(key);
    bool is_range = length == 22 && memcmp(key + 10, "..", 2) == 0;

    if ((length != 10 && !is_range) || !read_date(key, &ret_dates->first) ||
        !read_date(is_range ? key + 12 : key, &ret_dates->last))
        return complain(draft, "`%s` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)", key);
    if (ret_dates->last < ret_dates->first || ret_dates->last - ret_dates->first >= LONGEST_DAYS)
        return complain(draft, "`%s` ends before it begins, or is longer than a year", key);
    return NULL;
}

static const char *add_entries(struct draft *draft, const struct dates *dates,
                               const struct calendar_hours *hours, const char *name)
{
    for (int64_t day = dates->first; day <= dates->last; day++) {
        if (calendar_days_add(&draft->days, day, hours, name))
            continue;
        struct civil date = civil_date(day);
        const char *other = calendar_days_exception(&draft->days, day)->name;

        return complain(draft, "%04d-%02d-%02d has an entry already, \"%s\" (keep one of the two)", date.year,
                        date.month, date.day, other);
    }
    return NULL;
}

static const char *read_holiday(struct draft *draft, const char *key, const char *value)
{
    struct calendar_hours closed = {.count = 0};
    struct dates dates;
    const char *wrong = read_dates(draft, key, &dates);

    if (wrong)
        return wrong;
    if (!*value)
        return complain(draft, "the holiday has no name (write %s = 春节 | Spring Festival)", key);
    return add_entries(draft, &dates, &closed, value);
}

/* Cuts `as friday` off the end of `name`. -1: the last word stands behind an `as` and is no weekday. */
static int cut_weekday(char *name)
{
    char *last = strrchr(name, ' ');

    if (!last || last - name < 2 || memcmp(last - 2, "as", 2) != 0 || (last - name > 2 && last[-3] != ' '))
        return CIVIL_MONDAY;
    int weekday = find_weekday(last + 1, strlen(last + 1));

    *(last - name > 2 ? last - 3 : name) = '\0';
    return weekday;
}

static const char *read_working_day(struct draft *draft, const char *key, const char *value)
{
    struct calendar_hours later = {.count = 0};
    struct dates dates;
    const char *wrong = read_dates(draft, key, &dates);

    if (wrong)
        return wrong;
    char *name = memory_text(value);
    int weekday = cut_weekday(name);

    wrong = weekday < 0 ? complain(draft, "`as` wants a day of the week, at the end (as friday)")
                        : add_entries(draft, &dates, &later, name);
    free(name);
    for (int64_t day = dates.first; !wrong && day <= dates.last; day++) {
        draft->make_ups = memory_reserve(draft->make_ups, &draft->make_up_capacity, draft->make_up_count + 1,
                                         sizeof(*draft->make_ups));
        draft->make_ups[draft->make_up_count++] =
            (struct make_up){.day_number = day, .weekday = weekday, .line = draft->line};
    }
    return wrong;
}

static const char *read_short_day(struct draft *draft, const char *key, const char *value)
{
    struct calendar_hours hours = {.count = 0};
    struct dates dates;
    const char *wrong = read_dates(draft, key, &dates);

    if (!wrong)
        wrong = read_intervals(draft, &value, &hours);
    if (wrong)
        return wrong;
    if (hours.count == 0)
        return complain(draft, "a short day needs hours (write %s = 09:00-12:00; closed days are [holidays])",
                        key);
    return add_entries(draft, &dates, &hours, value);
}

/* The head */

static const char *read_name(struct draft *draft, const char *value)
{
    if (!*value || strpbrk(value, BLANKS))
        return complain(draft, "the name must be one word (cn_office)");
    draft->name = memory_text(value);
    return NULL;
}

static const char *read_zone(struct draft *draft, const char *value)
{
    draft->zone = draft->find_zone(draft->context, value);
    return draft->zone ? NULL
                       : complain(draft, "there is no time zone `%s` (names are like Asia/Shanghai)", value);
}

static const char *read_until(struct draft *draft, const char *value)
{
    if (strlen(value) != 10 || !read_date(value, &draft->last_known_day))
        return complain(draft, "`%s` is no date (write 2026-12-31)", value);
    return NULL;
}

static const struct {
    const char *key;
    const char *(*read)(struct draft *draft, const char *value);
} head_keys[] = {
    {"name", read_name},
    {"zone", read_zone},
    {"until", read_until},
};

static const char *read_head(struct draft *draft, const char *key, const char *value)
{
    for (size_t i = 0; i < sizeof(head_keys) / sizeof(head_keys[0]); i++)
        if (strcmp(head_keys[i].key, key) == 0)
            return head_keys[i].read(draft, value);
    return complain(draft, "unknown key `%s` (there are name, zone and until)", key);
}

/* The whole */

static const struct {
    const char *name;
    const char *(*read)(struct draft *draft, const char *key, const char *value);
} sections[] = {
    {"calendar", read_head},        {"hours", read_hours},
    {"holidays", read_holiday},     {"working_days", read_working_day},
    {"short_days", read_short_day},
};

static const char *read_entry(void *context, const char *section, const char *key, const char *value,
                              int line)
{
    struct draft *draft = context;

    draft->line = line;
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        if (strcmp(sections[i].name, section) == 0)
            return key ? sections[i].read(draft, key, value) : NULL;
    return complain(draft,
                    "unknown section [%s] (there are calendar, hours, holidays, working_days, short_days)",
                    section);
}

static const char *give_make_ups_hours(struct draft *draft)
{
    for (size_t i = 0; i < draft->make_up_count; i++) {
        const struct make_up *make_up = &draft->make_ups[i];
        const struct calendar_hours *hours = &draft->days.week[make_up->weekday];

        draft->line = make_up->line;
        if (hours->count == 0)
            return complain(draft, "%s is closed, so this day would have no hours (add `as` and an open day)",
                            weekday_names[make_up->weekday]);
        draft->days.exceptions[calendar_days_find(&draft->days, make_up->day_number)].hours = *hours;
    }
    return NULL;
}

/* What can only be judged when everything was read. */
static const char *complete(struct draft *draft)
{
    if (!draft->name)
        return complain(draft, "the calendar has no name (write name = cn_office under [calendar])");
    if (!draft->zone)
        return complain(draft, "the calendar has no zone (write zone = Asia/Shanghai under [calendar])");
    for (int weekday = 0; weekday < 7; weekday++)
        if (!draft->has_hours[weekday])
            return complain(draft, "%s has no hours (write %s = closed under [hours] if it is a rest day)",
                            weekday_names[weekday], weekday_names[weekday]);
    return give_make_ups_hours(draft);
}

static char *place_error(const char *file_name, int line, const char *wrong)
{
    char *error;

    if (asprintf(&error, "%s:%d: %s", file_name, line, wrong) < 0)
        abort();
    return error;
}

struct calendar *calendar_compile(const char *file_name, const char *ini_text,
                                  struct zone *(*find_zone)(void *context, const char *name), void *context,
                                  char **ret_error)
{
    struct draft draft = {.find_zone = find_zone, .context = context, .last_known_day = INT64_MAX, .line = 1};
    struct calendar *calendar = NULL;

    calendar_days_init(&draft.days);
    *ret_error = NULL;
    if (ini_read(file_name, ini_text, strlen(ini_text), NULL, read_entry, &draft, ret_error)) {
        const char *wrong = complete(&draft);

        if (wrong)
            *ret_error = place_error(file_name, draft.line, wrong);
        else
            calendar = calendar_create(draft.name, draft.zone, &draft.days, draft.last_known_day);
    }
    calendar_days_finish(&draft.days);
    free(draft.make_ups);
    free(draft.name);
    return calendar;
}
