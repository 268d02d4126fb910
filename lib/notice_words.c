/*
 * In which words people are told.
 *
 * Called by notice.c once for each notice; what comes out is stored and never written anew. Values are what
 * memory knows (number, customer, department, limit, overrun: no names or phone numbers of customers'
 * people). Which of them a mail shows depends on the role that its reader is told in (`sees`, [role X] of the
 * regime): what the role need not see is masked here, before it comes near a template, so that no template
 * can give it away.
 */
#include "lib/notice_words.h"

#include "lib/past.h"
#include "lib/story.h"

#include <inttypes.h>
#include <string.h>

#define NOTHING NOTICE_NOTHING

const char *notice_span(struct arena *arena, enum language language, msec span_ms)
{
    int64_t minutes = (span_ms < 0 ? 0 : span_ms) / MSEC_MINUTE;
    int64_t days = minutes / 1440, hours = minutes / 60 % 24;
    bool is_chinese = language == LANGUAGE_ZH;

    if (days)
        return arena_printf(arena, is_chinese ? "%" PRId64 "天%" PRId64 "小时" : "%" PRId64 "d %" PRId64 "h",
                            days, hours);
    if (hours)
        return arena_printf(arena,
                            is_chinese ? "%" PRId64 "小时%02" PRId64 "分" : "%" PRId64 "h %02" PRId64 "min",
                            hours, minutes % 60);
    return arena_printf(arena, is_chinese ? "%" PRId64 "分钟" : "%" PRId64 " min", minutes);
}

const char *notice_time(const struct desk *desk, msec at, struct arena *arena)
{
    if (at == NEVER)
        return NOTHING;
    struct civil civil = zone_civil(desk->policy->zone, at);

    return arena_printf(arena, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                        civil.minute);
}

static const char *title_of(const struct vocabulary *words, uint8_t index, enum language language)
{
    return index < words->count ? words->terms[index].title[language] : NOTHING;
}

static const char *types_words(const struct policy *policy, uint32_t types, enum language language,
                               struct arena *arena)
{
    const char *list = NULL;

    for (uint8_t type = 0; type < policy->types.count; type++)
        if (types >> type & 1)
            list = list ? arena_printf(arena, "%s, %s", list, policy->types.terms[type].title[language])
                        : policy->types.terms[type].title[language];
    return list ? list : NOTHING;
}

/* A deadline, and whether it may yet move because the holidays behind it are not known. */
static const char *due_words(const struct desk *desk, const struct occasion *occasion, msec due_at,
                             enum language language, struct arena *arena)
{
    const char *time = notice_time(desk, due_at, arena);

    if (!occasion->clock)
        return time;
    const struct clock_view view = desk_view(desk, occasion->ticket, occasion->clock);

    if (!clock_is_provisional(&view, due_at))
        return time;
    return arena_printf(arena, language == LANGUAGE_ZH ? "%s（暂定）" : "%s (provisional)", time);
}

/* A record instead of a ticket. */
static void put_matter(const struct desk *desk, const struct notice_matter *matter, enum language language,
                       struct arena *arena, struct notice_values *values)
{
    values->of[VARIABLE_NUMBER] = matter->number;
    values->of[VARIABLE_CUSTOMER] = matter->customer;
    values->of[VARIABLE_CLOCK] = matter->title[language];
    values->of[VARIABLE_DUE] = notice_time(desk, matter->due_at, arena);
    values->facts = matter->facts;
    values->fact_count = matter->fact_count;
}

/* What is told of no clock speaks of the time that was promised for the whole. */
static msec expected_of(const struct occasion *occasion)
{
    return !occasion->matter && occasion->ticket->has_plan ? occasion->ticket->expected_at : NEVER;
}

static const char *days_left(const struct desk *desk, const struct occasion *occasion, msec due_at,
                             struct arena *arena)
{
    const struct zone *zone = desk->policy->zone;
    int64_t days = due_at == NEVER ? 0 : zone_day(zone, due_at) - zone_day(zone, occasion->at);

    return due_at == NEVER ? NOTHING : arena_printf(arena, "%" PRId64, days > 0 ? days : 0);
}

/* Memory knows it as long as its row is not written, which is when somebody is told of it. */
static const char *result_of(const struct desk *desk, const struct ticket *ticket)
{
    for (size_t i = desk->result_count; i-- > 0;)
        if (desk->results[i].ticket == ticket->id)
            return desk->results[i].text;
    return NOTHING;
}

/* By mail and, who has one, by phone. */
static const char *contact_words(const struct person *person, struct arena *arena)
{
    bool has_mail = person->mail[0], has_phone = person->sms[0];

    if (has_mail && has_phone)
        return arena_printf(arena, "%s, %s", person->sms, person->mail);
    return has_mail ? person->mail : has_phone ? person->sms : NOTHING;
}

/* Costs reading a text, so only templates that name it are given it. */
static void put_story(const struct desk *desk, const struct occasion *occasion, enum language language,
                      struct arena *arena, struct notice_values *values)
{
    uint32_t uses = notice_template_uses(desk->policy->templates, occasion->template_name);
    const char *stages = NULL;
    struct notice_fact *fields;

    if (uses >> VARIABLE_STAGES & 1)
        stages = story_stages(desk, occasion->ticket, occasion->at, language, arena);
    values->of[VARIABLE_STAGES] = stages ? stages : NOTHING;
    if (uses >> VARIABLE_PAST & 1)
        values->of[VARIABLE_PAST] = past_lines(desk, language, arena);
    if (!(uses >> VARIABLE_FIELD & 1))
        return;
    values->field_count = story_facts(desk, occasion->ticket, language, arena, &fields);
    values->fields = fields;
}

static struct notice_values values_of(const struct desk *desk, const struct occasion *occasion,
                                      const struct person *recipient, struct arena *arena)
{
    const struct policy *policy = desk->policy;
    const struct ticket *ticket = occasion->ticket;
    const struct clock *clock = occasion->clock;
    enum language language = recipient->language;
    const struct person *handler = roster_person(desk->roster, ticket->handler);
    msec due_at = clock ? notice_due_at(clock) : expected_of(occasion);
    struct notice_values values = {{
        [VARIABLE_NUMBER] = desk_number(desk, ticket, arena),
        [VARIABLE_CLASS] = title_of(&policy->classes, ticket->class_index, language),
        [VARIABLE_TYPES] = types_words(policy, ticket->types, language, arena),
        [VARIABLE_URGENCY] = title_of(&policy->urgencies, ticket->urgency, language),
        [VARIABLE_STAGE] = title_of(&policy->stages, ticket->stage, language),
        [VARIABLE_CUSTOMER] = intern_text(desk->customers, ticket->customer),
        [VARIABLE_DEPARTMENT] = title_of(&policy->departments, ticket->department, language),
        [VARIABLE_HANDLER] = handler ? handler->name[language] : NOTHING,
        [VARIABLE_RECIPIENT] = recipient->name[language],
        [VARIABLE_CLOCK] = clock ? policy->clocks[clock->rule].title[language] : "",
        [VARIABLE_RECEIVED] = notice_time(desk, ticket->received_at, arena),
        [VARIABLE_DUE] = due_words(desk, occasion, due_at, language, arena),
        [VARIABLE_NOW] = notice_time(desk, occasion->at, arena),
        [VARIABLE_OVERRUN] = notice_span(arena, language, due_at == NEVER ? 0 : occasion->at - due_at),
        [VARIABLE_LEFT] = due_at == NEVER ? NOTHING : notice_span(arena, language, due_at - occasion->at),
        [VARIABLE_REASON] = occasion->reason,
        [VARIABLE_DAYS_LEFT] = days_left(desk, occasion, due_at, arena),
        [VARIABLE_RESULT] = result_of(desk, ticket),
        [VARIABLE_NOTE] = desk->said ? desk->said : NOTHING,
        [VARIABLE_HANDLER_CONTACT] = handler ? contact_words(handler, arena) : NOTHING,
    }};

    if (occasion->matter)
        put_matter(desk, occasion->matter, language, arena, &values);
    else
        put_story(desk, occasion, language, arena, &values);
    return values;
}

/* ---- how much of it ---- */

/* The first character: who knows the name recognises it, nobody else learns it. */
static const char *mask_name(const char *name, struct arena *arena)
{
    size_t length = 1;

    if (!name[0] || strcmp(name, NOTHING) == 0)
        return name;
    while (((unsigned char)name[length] & 0xc0) == 0x80)
        length++;
    return arena_printf(arena, "%.*s*", (int)length, name);
}

static const struct notice_fact *mask_facts(const struct notice_fact *from, size_t count, bool sees_private,
                                            struct arena *arena)
{
    struct notice_fact *facts = arena_new(arena, (count + 1) * sizeof(*facts));

    for (size_t i = 0; i < count; i++) {
        facts[i] = from[i];
        if (facts[i].is_private && !sees_private)
            facts[i].value = NOTHING;
    }
    return facts;
}

static void mask_unseen(struct notice_values *values, uint32_t sees, struct arena *arena)
{
    bool sees_private = (sees >> VARIABLE_CUSTOMER & 1) != 0;

    values->facts = mask_facts(values->facts, values->fact_count, sees_private, arena);
    values->fields = mask_facts(values->fields, values->field_count, sees_private, arena);
    for (enum notice_variable variable = 0; variable < VARIABLE_COUNT; variable++)
        if (!(sees >> variable & 1))
            values->of[variable] =
                NOTICE_NAMES >> variable & 1 ? mask_name(values->of[variable], arena) : NOTHING;
}

void notice_words(const struct desk *desk, const struct occasion *occasion, struct recipient recipient,
                  struct notice_row *row)
{
    notice_words_for(desk, occasion, roster_person(desk->roster, recipient.person),
                     policy_sees(desk->policy, recipient.role), row);
}

void notice_words_for(const struct desk *desk, const struct occasion *occasion, const struct person *person,
                      uint32_t sees, struct notice_row *row)
{
    struct arena *arena = &desk->out->arena;
    struct notice_values values = values_of(desk, occasion, person, arena);

    mask_unseen(&values, sees, arena);
    notice_template_render(desk->policy->templates, occasion->template_name, person->language, &values, arena,
                           &row->subject, &row->body);
    if (occasion->remark[person->language])
        row->body = arena_printf(arena, "%s\n%s\n", row->body, occasion->remark[person->language]);
}
