/*
 * Filling in the sentences of explanations.
 *
 * explain_*.c find facts and put them into JSON objects; here an object becomes the sentence that
 * explain_sentences.c has for it. In a sentence,
 *
 *     {at}        is the member `at` as it is
 *     {at:time}   is written by the form `time` (see forms[] below)
 *     [, {at}]    is left out when one of its members is missing, null or empty
 *
 * Not gettext and no printf: a sentence's order of words is the language's, and what may be absent is absent
 * in both.
 */
#include "lib/explain_words.h"

#include "lib/base/instant.h"
#include "lib/base/span.h"
#include "lib/base/text.h"
#include "lib/explain_sentences.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *explain_words_of(const struct wording *wording, const char *code)
{
    const char *word = explain_sentences_word(code, wording->language);

    return word ? word : code;
}

const char *explain_words_half(const struct wording *wording, const char *title)
{
    const char *bar = title ? strstr(title, " | ") : NULL;

    if (!bar)
        return title;
    return wording->language == LANGUAGE_EN ? bar + 3
                                            : arena_bytes(wording->arena, title, (size_t)(bar - title));
}

/* ---- forms ---- */

static bool is_chinese(const struct wording *wording)
{
    return wording->language == LANGUAGE_ZH;
}

static bool instant_of(const json_t *value, msec *ret_at)
{
    const char *text = json_string_value(value);

    return text && instant_parse(text, ret_at) == INSTANT_OK;
}

/* Seconds and milliseconds only when there are some; milliseconds only where times are added up. */
static void add_hour(struct text *out, const struct civil *civil, msec at)
{
    int milliseconds = (int)((at % MSEC_SECOND + MSEC_SECOND) % MSEC_SECOND);

    text_printf(out, "%02d:%02d", civil->hour, civil->minute);
    if (civil->second || milliseconds)
        text_printf(out, ":%02d", civil->second);
    if (milliseconds)
        text_printf(out, ".%03d", milliseconds);
}

static void form_time(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    struct civil civil = zone_civil(wording->zone, at);

    text_printf(out, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                civil.minute);
    if (civil.second)
        text_printf(out, ":%02d", civil.second);
}

static void form_hour(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    struct civil civil = zone_civil(wording->zone, at);

    add_hour(out, &civil, at);
}

/* A stretch that ends at midnight ends at 24:00 of its day. */
static void form_end(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    if (zone_day_start(wording->zone, zone_day(wording->zone, at)) == at)
        text_add(out, "24:00");
    else
        form_hour(wording, value, out);
}

static void form_day(const struct wording *wording, const json_t *value, struct text *out)
{
    static const char *const weekdays[7][LANGUAGE_COUNT] = {
        {"周一", "Mon"}, {"周二", "Tue"}, {"周三", "Wed"}, {"周四", "Thu"},
        {"周五", "Fri"}, {"周六", "Sat"}, {"周日", "Sun"},
    };
    const char *date = json_string_value(value);
    int64_t day;

    if (date && civil_parse_date(date, &day))
        text_printf(out, "%s %s", date, weekdays[civil_weekday(day)][wording->language]);
}

/* Milliseconds, to the last one: what is added up must add up for the reader, too. */
static void form_length(const struct wording *wording, const json_t *value, struct text *out)
{
    static const struct {
        int64_t unit, limit;
        const char *word[LANGUAGE_COUNT];
    } parts[] = {
        {MSEC_HOUR, INT64_MAX, {"小时", " h"}},
        {MSEC_MINUTE, 60, {"分", " min"}},
        {MSEC_SECOND, 60, {"秒", " s"}},
        {1, 1000, {"毫秒", " ms"}},
    };
    int64_t length = json_integer_value(value);
    size_t before = out->length;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int64_t count = length / parts[i].unit % parts[i].limit;

        if (count)
            text_printf(out, "%s%" PRId64 "%s", out->length > before && !is_chinese(wording) ? " " : "",
                        count, parts[i].word[wording->language]);
    }
    if (out->length == before)
        text_add(out, is_chinese(wording) ? "0分" : "0 min");
}

/* To the minute; to the second when it is short. */
static void form_about(const struct wording *wording, const json_t *value, struct text *out)
{
    int64_t length = json_integer_value(value);
    json_t *rounded = json_integer(length - length % (length >= MSEC_HOUR ? MSEC_MINUTE : MSEC_SECOND));

    form_length(wording, rounded, out);
    json_decref(rounded);
}

/* Instants that are no number of days. False: it is one. */
static bool form_named_day(const struct wording *wording, struct span span, struct text *out)
{
    static const char *const rolls[][LANGUAGE_COUNT] = {
        {"（遇休息日提前）", " (the working day before, when it is a rest day)"},
        {"", ""},
        {"（遇休息日顺延）", " (the next working day, when it is a rest day)"},
    };
    bool is_month_day = span.unit == SPAN_MONTH_DAY_AT;

    if (!is_month_day && !(span.unit == SPAN_DAY_AT && span.amount == 1 && span.minute == 0))
        return false;
    if (!is_month_day)
        text_add(out, is_chinese(wording) ? "当天结束" : "the end of the day");
    else if (is_chinese(wording))
        text_printf(out, "%" PRId64 " 日 %02d:%02d", span.amount, span.minute / 60, span.minute % 60);
    else
        text_printf(out, "day %" PRId64 " of the month, %02d:%02d", span.amount, span.minute / 60,
                    span.minute % 60);
    if (is_month_day)
        text_add(out, rolls[span.roll + 1][wording->language]);
    return true;
}

/* A budget as the regime has it: 8bh, 3wd. */
static void form_span(const struct wording *wording, const json_t *value, struct text *out)
{
    static const char *const one[][LANGUAGE_COUNT] = {
        [SPAN_REAL] = {"", ""},
        [SPAN_BUSINESS] = {"工作时间", " of office time"},
        [SPAN_WORKING_DAYS] = {" 个工作日", " working day"},
        [SPAN_DAYS] = {" 天", " day"},
        [SPAN_MONTHS] = {" 个月", " month"},
        [SPAN_WORKING_DAY_AT] = {" 个工作日后的", " working day later at"},
        [SPAN_DAY_AT] = {" 天后的", " day later at"},
        [SPAN_MONTH_DAY_AT] = {"", ""},
    };
    static const char *const units[][LANGUAGE_COUNT] = {
        [SPAN_REAL] = {"", ""},
        [SPAN_BUSINESS] = {"工作时间", " of office time"},
        [SPAN_WORKING_DAYS] = {" 个工作日", " working days"},
        [SPAN_DAYS] = {" 天", " days"},
        [SPAN_MONTHS] = {" 个月", " months"},
        [SPAN_WORKING_DAY_AT] = {" 个工作日后的", " working days later at"},
        [SPAN_DAY_AT] = {" 天后的", " days later at"},
        [SPAN_MONTH_DAY_AT] = {"", ""},
    };
    const char *text = json_string_value(value);
    struct span span;

    if (!text || span_parse(text, &span) != SPAN_OK || form_named_day(wording, span, out))
        return;
    if (span.unit == SPAN_REAL || span.unit == SPAN_BUSINESS) {
        json_t *length = json_integer(span.amount);

        form_length(wording, length, out);
        json_decref(length);
    } else {
        text_printf(out, "%" PRId64, span.amount);
    }
    text_add(out, (span.amount == 1 ? one : units)[span.unit][wording->language]);
    if (span_is_instant(span))
        text_printf(out, " %02d:%02d", span.minute / 60, span.minute % 60);
}

static void form_word(const struct wording *wording, const json_t *value, struct text *out)
{
    if (json_is_string(value))
        text_add(out, explain_words_of(wording, json_string_value(value)));
}

static void form_list(const struct wording *wording, const json_t *value, struct text *out)
{
    const json_t *item;
    size_t index;

    json_array_foreach(value, index, item) text_printf(out, "%s%s",
                                                       index == 0            ? ""
                                                       : is_chinese(wording) ? "、"
                                                                             : ", ",
                                                       json_string_value(item));
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text && *text ? text : NULL;
}

/* 张伟（问题办理专员）, 李雷（代孙丽，部门负责人）. */
static void add_person(const struct wording *wording, const json_t *person, struct text *out)
{
    const char *name = member(person, "name"), *role = member(person, "role_title");
    const char *absent = member(person, "stands_for_name"), *state = member(person, "state");

    text_add(out, name ? name : member(person, "person"));
    text_add(out, is_chinese(wording) ? "（" : " (");
    if (role)
        text_add(out, role);
    if (absent)
        text_printf(out, is_chinese(wording) ? "，代不在的%s" : ", for %s, who is absent", absent);
    if (state)
        text_printf(out, is_chinese(wording) ? "，%s" : ", %s", explain_words_of(wording, state));
    text_add(out, is_chinese(wording) ? "）" : ")");
}

static void form_people(const struct wording *wording, const json_t *value, struct text *out)
{
    const json_t *person;
    size_t index;

    json_array_foreach(value, index, person)
    {
        if (index)
            text_add(out, is_chinese(wording) ? "、" : ", ");
        add_person(wording, person, out);
    }
}

static const struct {
    const char *name;
    void (*write)(const struct wording *wording, const json_t *value, struct text *out);
} forms[] = {
    {"time", form_time}, /* 2026-03-02 09:00 */
    {"hour", form_hour}, /* 09:00 */
    {"end", form_end},   /* 24:00 */
    {"day", form_day},   /* 2026-03-02 周一 */
    {"length", form_length}, {"about", form_about}, {"span", form_span},
    {"word", form_word},     {"list", form_list},   {"people", form_people},
};

static void write_plain(const json_t *value, struct text *out)
{
    if (json_is_string(value))
        text_add(out, json_string_value(value));
    else if (json_is_integer(value))
        text_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

/* ---- filling in ---- */

static bool is_there(const json_t *value)
{
    return value && !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0) &&
           !(json_is_array(value) && json_array_size(value) == 0);
}

/* `{member:form}` at `*cursor`; false: the member is missing. */
static bool fill(const struct wording *wording, const json_t *fact, const char **cursor, struct text *out)
{
    const char *name = *cursor + 1, *end = strchr(name, '}');
    const char *colon = memchr(name, ':', (size_t)(end - name));
    const json_t *value = json_object_getn(fact, name, (size_t)((colon ? colon : end) - name));

    *cursor = end + 1;
    if (!is_there(value))
        return false;
    if (!colon) {
        write_plain(value, out);
        return true;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strlen(forms[i].name) == (size_t)(end - colon - 1) &&
            memcmp(forms[i].name, colon + 1, (size_t)(end - colon - 1)) == 0)
            forms[i].write(wording, value, out);
    return true;
}

/* What stands in brackets, all or nothing. */
static void fill_optional(const struct wording *wording, const json_t *fact, const char **cursor,
                          struct text *out)
{
    struct text part = {0};
    bool is_whole = true;

    for (++*cursor; **cursor != ']';) {
        if (**cursor == '{')
            is_whole &= fill(wording, fact, cursor, &part);
        else
            text_append(&part, (*cursor)++, 1);
    }
    ++*cursor;
    if (is_whole)
        text_add(out, text_get(&part));
    text_finish(&part);
}

static const char *write_sentence(const struct wording *wording, const char *sentence, const json_t *fact)
{
    struct text out = {0};

    while (*sentence) {
        if (*sentence == '{')
            fill(wording, fact, &sentence, &out);
        else if (*sentence == '[')
            fill_optional(wording, fact, &sentence, &out);
        else
            text_append(&out, sentence++, 1);
    }
    const char *line = arena_text(wording->arena, text_get(&out));

    text_finish(&out);
    return line;
}

const char *explain_words_sentence(const struct wording *wording, const json_t *fact)
{
    const char *name = json_string_value(json_object_get(fact, "fact"));
    const char *sentence = name ? explain_sentences_find(name, wording->language) : NULL;

    return sentence ? write_sentence(wording, sentence, fact) : NULL;
}
