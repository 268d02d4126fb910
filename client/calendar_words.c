/*
 * The conventions in which calendars say that a day is free or worked instead: 休 and 班 and their longer
 * forms, in brackets, behind a blank or joined to the holiday's name.
 *
 * Called by the readers of ICS and JSON. A summary is cut into words at brackets and blanks; a word that is a
 * mark, or ends with one, says what the day is, and the rest is its name. 假期 ("holidays") says so only when
 * nothing else does: 上班(补春节假期) is a working day.
 *
 * Invariant: only known forms are understood. 值班 and 加班 are no make-up days, 不上班 is none either, and
 * 调休 alone may mean both: a guess would move deadlines by a day.
 */
#include "client/calendar_words.h"

#include <string.h>

enum mark {
    MARK_NOTHING, /* a word that neither names nor decides: 调休 */
    MARK_WEAK,    /* a holiday, unless it is said to be worked */
    MARK_HOLIDAY,
    MARK_WORKING,
};

static const struct {
    const char *word;
    enum mark mark;
    bool joins; /* also at the end of a longer word */
} marks[] = {
    {"调休上班", MARK_WORKING, true}, {"调休补班", MARK_WORKING, true}, {"补班", MARK_WORKING, true},
    {"上班", MARK_WORKING, true},     {"班", MARK_WORKING, false},      {"放假", MARK_HOLIDAY, true},
    {"休假", MARK_HOLIDAY, true},     {"休息", MARK_HOLIDAY, true},     {"补休", MARK_HOLIDAY, true},
    {"休", MARK_HOLIDAY, false},      {"假期", MARK_WEAK, true},        {"调休", MARK_NOTHING, false},
    {"-", MARK_NOTHING, false},       {"–", MARK_NOTHING, false},       {"—", MARK_NOTHING, false},
};

/* What turns a mark behind it into its opposite: 不上班, 无需补班, 停止上班. */
static const char *const denials[] = {"不", "需", "用", "止", "停", "免"};

static const char *const breaks[] = {" ",  "\t", "\n", "\r", "　", "(", ")",  "（", "）", "[", "]",  "【",
                                     "】", "「", "」", "〔", "〕", ":", "：", "|",  "｜", ",", "，", "·"};
static const char *const quotes[] = {"\"", "“", "”", "《", "》"};

/* The statutory holidays of China. */
static const struct {
    const char *chinese, *english;
} names[] = {
    {"元旦", "New Year"},
    {"春节", "Spring Festival"},
    {"清明节", "Qingming Festival"},
    {"清明", "Qingming Festival"},
    {"劳动节", "Labour Day"},
    {"端午节", "Dragon Boat Festival"},
    {"端午", "Dragon Boat Festival"},
    {"中秋节", "Mid-Autumn Festival"},
    {"中秋", "Mid-Autumn Festival"},
    {"国庆节", "National Day"},
    {"国庆", "National Day"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct reading {
    bool is_working, is_holiday, is_weak, is_denied;
    struct text *title;
};

/* How many bytes at `text` are one of the strings; 0: none. */
static size_t starts_with_one(const char *text, const char *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, strings[i], strlen(strings[i])) == 0)
            return strlen(strings[i]);
    return 0;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    return length >= strlen(end) && memcmp(text + length - strlen(end), end, strlen(end)) == 0;
}

static void take_mark(struct reading *reading, enum mark mark, const char *rest, size_t length)
{
    reading->is_working |= mark == MARK_WORKING;
    reading->is_holiday |= mark == MARK_HOLIDAY;
    reading->is_weak |= mark == MARK_WEAK;
    for (size_t i = 0; i < COUNT(denials); i++)
        reading->is_denied |= ends_with(rest, length, denials[i]);
}

/* Takes the marks off a word; returns how many bytes of name are left. */
static size_t cut_marks(struct reading *reading, const char *word, size_t length)
{
    for (size_t i = 0; i < COUNT(marks) && length > 0; i++) {
        size_t mark = strlen(marks[i].word);

        if (!ends_with(word, length, marks[i].word) || (mark < length && !marks[i].joins))
            continue;
        length -= mark;
        take_mark(reading, marks[i].mark, word, length);
    }
    return length;
}

static void read_word(struct reading *reading, const char *word, size_t length)
{
    size_t left = cut_marks(reading, word, length);

    if (left == 0)
        return;
    if (reading->title->length > 0)
        text_add(reading->title, " ");
    text_append(reading->title, word, left);
}

static void read_words(struct reading *reading, const char *text)
{
    const char *word = text;

    for (;;) {
        size_t width = starts_with_one(text, breaks, COUNT(breaks));

        if (width == 0 && *text) {
            text++;
            continue;
        }
        if (text > word)
            read_word(reading, word, (size_t)(text - word));
        if (!*text)
            return;
        word = text += width;
    }
}

/* 上班(补春节假期): at work instead of the holidays. */
static void cut_instead(struct text *title)
{
    static const char instead[] = "补";

    if (title->length <= strlen(instead) || memcmp(title->bytes, instead, strlen(instead)) != 0)
        return;
    title->length -= strlen(instead);
    memmove(title->bytes, title->bytes + strlen(instead), title->length + 1);
}

enum calendar_words calendar_words_read(const char *summary, struct text *ret_title)
{
    struct reading reading = {.title = ret_title};
    struct text plain = {0};

    text_add(&plain, "");
    for (; *summary; summary++) {
        size_t width;

        while ((width = starts_with_one(summary, quotes, COUNT(quotes))))
            summary += width;
        if (!*summary)
            break;
        text_append(&plain, summary, 1);
    }
    read_words(&reading, text_get(&plain));
    text_finish(&plain);
    if (reading.is_working && reading.is_holiday)
        return CALENDAR_WORDS_BOTH;
    if (reading.is_denied || (!reading.is_working && !reading.is_holiday && !reading.is_weak))
        return CALENDAR_WORDS_NEITHER;
    if (reading.is_working)
        cut_instead(ret_title);
    return reading.is_working ? CALENDAR_WORDS_WORKING : CALENDAR_WORDS_HOLIDAY;
}

static const char *english_of(const char *chinese, size_t length)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i].chinese) == length && memcmp(names[i].chinese, chinese, length) == 0)
            return names[i].english;
    return NULL;
}

/* 国庆节、中秋节: "National Day and Mid-Autumn Festival". False: not all of it is known. */
static bool add_english(const char *title, struct text *out)
{
    static const char comma[] = "、";

    for (;;) {
        const char *end = strstr(title, comma);
        const char *english = english_of(title, end ? (size_t)(end - title) : strlen(title));

        if (!english)
            return false;
        text_add(out, english);
        if (!end)
            return true;
        text_add(out, " and ");
        title = end + strlen(comma);
    }
}

void calendar_words_name(const char *title, bool is_working, struct text *ret_name)
{
    struct text english = {0};
    bool is_known = add_english(title, &english);

    if (!*title)
        text_add(ret_name, is_working ? "补班 | make-up day" : "放假 | day off");
    else if (is_known)
        text_printf(ret_name, is_working ? "%s调休 | make-up day for %s" : "%s | %s", title,
                    text_get(&english));
    else
        text_printf(ret_name, is_working ? "%s调休" : "%s", title);
    text_finish(&english);
}
