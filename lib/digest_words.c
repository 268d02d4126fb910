/*
 * The lines of a digest: one for each notice in it, the red line first, then the urgencies that the regime
 * lists first, then by department.
 *
 * Called by digest.c. A line is "number: clock, limit, overrun, what it is about"; of these it has what the
 * role sees that its reader is told in, which may differ from line to line for a person of two roles. It is
 * written from what the tray knows, because the ticket may have left memory, and in the sender's HTML
 * (label: value) it becomes the row of a table. Beyond a hundred lines the rest is counted: nobody reads on,
 * and a relay takes no mail of any size.
 */
#include "lib/digest_words.h"

#include "lib/notice_parts.h"
#include "lib/notice_words.h"
#include "lib/reminder.h"
#include <inttypes.h>
#include <stdlib.h>

/* ---- in which order ---- */

static int compare(int64_t one, int64_t other)
{
    return one < other ? -1 : one > other;
}

static int in_order(const void *a, const void *b)
{
    const struct digest_item *one = a, *other = b;
    const struct outbox_entry *first = one->entry, *second = other->entry;
    int order = compare(other->is_red, one->is_red);

    if (!order)
        order = compare(one->rank, other->rank);
    if (!order)
        order = compare(one->department, other->department);
    if (!order)
        order = compare(first->due_at, second->due_at);
    if (!order)
        order = compare(first->number, second->number);
    if (!order)
        order = compare(first->rule, second->rule);
    return order ? order : compare((int64_t)first->notice, (int64_t)second->notice);
}

void digest_sort(struct digest_item *items, size_t count)
{
    qsort(items, count, sizeof(*items), in_order);
}

/* ---- words ---- */

enum phrase {
    PHRASE_RED,
    PHRASE_NO_DEPARTMENT,
    PHRASE_COLON,
    PHRASE_COMMA,
    PHRASE_DUE,
    PHRASE_OVERRUN,
    PHRASE_LEFT,
    PHRASE_REMINDER,
    PHRASE_ALL_CLEAR,
    PHRASE_WITHDRAWN,
    PHRASE_REPLACED,
    PHRASE_REPORT,
    PHRASE_MORE,
    PHRASE_UNLISTED,
    PHRASE_COUNT,
};

static const char *const phrases[PHRASE_COUNT][LANGUAGE_COUNT] = {
    [PHRASE_RED] = {"【红线】", "[red line] "},
    [PHRASE_NO_DEPARTMENT] = {"未分派部门", "No department"},
    [PHRASE_COLON] = {"：", ": "},
    [PHRASE_COMMA] = {"，", ", "},
    [PHRASE_DUE] = {"时限 ", "due "},
    [PHRASE_OVERRUN] = {"已超时 ", "overdue by "},
    [PHRASE_LEFT] = {"还有 ", "left: "},
    [PHRASE_REMINDER] = {"提醒", "reminder"},
    [PHRASE_ALL_CLEAR] = {"已完成，无需再督促", "done, all clear"},
    [PHRASE_WITHDRAWN] = {"并未超时，此前通知撤回", "was in time, withdrawn"},
    [PHRASE_REPLACED] = {"承诺已另行约定", "the promise was replaced"},
    [PHRASE_REPORT] = {"报告", "report"},
    [PHRASE_MORE] = {"另有 ", "and "},
    [PHRASE_UNLISTED] = {" 项未列出，请在督办系统中查看。", " more that are not listed here."},
};

/* A digest in the making. */
struct writing {
    const struct desk *desk;
    enum language language;
    struct text text;
};

static const char *phrase(const struct writing *writing, enum phrase phrase)
{
    return phrases[phrase][writing->language];
}

static void add_part(struct writing *writing, const char *words, const char *value)
{
    text_printf(&writing->text, "%s%s%s", phrase(writing, PHRASE_COMMA), words, value);
}

static enum phrase step_of(const struct outbox_entry *entry)
{
    static const struct {
        int16_t rung;
        enum phrase phrase;
    } steps[] = {
        {RUNG_ALL_CLEAR, PHRASE_ALL_CLEAR},
        {RUNG_WITHDRAWN, PHRASE_WITHDRAWN},
        {RUNG_REPLACED, PHRASE_REPLACED},
        {RUNG_REPORT, PHRASE_REPORT},
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i].rung == entry->rung)
            return steps[i].phrase;
    return PHRASE_REMINDER;
}

/* What has happened, or will. */
static void add_step(struct writing *writing, const struct outbox_entry *entry)
{
    if (entry->rung <= 0)
        add_part(writing, phrase(writing, step_of(entry)), "");
    else if (writing->language == LANGUAGE_ZH)
        text_printf(&writing->text, "，第 %d 级督办", entry->rung % RUNG_AGAIN);
    else
        text_printf(&writing->text, ", rung %d", entry->rung % RUNG_AGAIN);
}

static void add_times(struct writing *writing, const struct digest_item *item, uint32_t sees)
{
    struct arena *arena = &writing->desk->out->arena;
    msec due_at = item->entry->due_at, now = writing->desk->now;
    bool is_over = item->entry->rung > 0, is_ahead = reminder_is_rung(item->entry->rung);

    if (due_at == NEVER)
        return;
    if (sees >> VARIABLE_DUE & 1)
        add_part(writing, phrase(writing, PHRASE_DUE), notice_time(writing->desk, due_at, arena));
    if (is_over && (sees >> VARIABLE_OVERRUN & 1))
        add_part(writing, phrase(writing, PHRASE_OVERRUN),
                 notice_span(arena, writing->language, now - due_at));
    if (is_ahead && (sees >> VARIABLE_LEFT & 1))
        add_part(writing, phrase(writing, PHRASE_LEFT), notice_span(arena, writing->language, due_at - now));
}

static void add_line(struct writing *writing, const struct digest_item *item)
{
    const struct policy *policy = writing->desk->policy;
    const struct outbox_entry *entry = item->entry;
    uint32_t sees = policy_sees(policy, entry->role);
    char number[NUMBER_TEXT] = "";

    if (sees >> VARIABLE_NUMBER & 1)
        series_text(&writing->desk->numbers, policy, entry->series, entry->number, number, sizeof(number));
    text_printf(&writing->text, "%s%s", number[0] ? number : "—", phrase(writing, PHRASE_COLON));
    if (item->is_red)
        text_add(&writing->text, phrase(writing, PHRASE_RED));
    text_add(&writing->text, item->entry->rule != POLICY_NONE && (sees >> VARIABLE_CLOCK & 1)
                                 ? policy->clocks[item->entry->rule].title[writing->language]
                                 : "—");
    add_times(writing, item, sees);
    add_step(writing, item->entry);
    text_add(&writing->text, "\n");
}

/* Lines stand under their department, for who sees departments. */
static bool begins_group(const struct digest_item *items, size_t i)
{
    return i == 0 || items[i].department != items[i - 1].department || items[i].is_red != items[i - 1].is_red;
}

static void add_heading(struct writing *writing, const struct digest_item *item)
{
    const struct vocabulary *words = &writing->desk->policy->departments;
    uint8_t department = item->department;

    if (!(policy_sees(writing->desk->policy, item->entry->role) >> VARIABLE_DEPARTMENT & 1))
        return;
    text_printf(&writing->text, "%s%s\n", writing->text.length ? "\n" : "",
                department < words->count ? words->terms[department].title[writing->language]
                                          : phrase(writing, PHRASE_NO_DEPARTMENT));
}

static const char *lines(const struct desk *desk, enum language language, const struct digest_item *items,
                         size_t count)
{
    struct writing writing = {.desk = desk, .language = language};
    size_t shown = count < DIGEST_LINES_MAX ? count : DIGEST_LINES_MAX;

    for (size_t i = 0; i < shown; i++) {
        if (begins_group(items, i))
            add_heading(&writing, &items[i]);
        add_line(&writing, &items[i]);
    }
    if (shown < count)
        text_printf(&writing.text, "\n%s%zu%s\n", phrase(&writing, PHRASE_MORE), count - shown,
                    phrase(&writing, PHRASE_UNLISTED));
    const char *copy = arena_bytes(&desk->out->arena, text_get(&writing.text), writing.text.length);

    text_finish(&writing.text);
    return copy;
}

void digest_words(const struct desk *desk, const struct person *reader, const struct digest_item *items,
                  size_t count, struct notice_row *row)
{
    struct arena *arena = &desk->out->arena;
    struct notice_values values = {{
        [VARIABLE_RECIPIENT] = reader->name[reader->language],
        [VARIABLE_NOW] = notice_time(desk, desk->now, arena),
        [VARIABLE_TOTAL] = arena_printf(arena, "%zu", count),
        [VARIABLE_ITEMS] = lines(desk, reader->language, items, count),
    }};

    notice_template_render(desk->policy->templates, row->template_name, reader->language, &values, arena,
                           &row->subject, &row->body);
}
