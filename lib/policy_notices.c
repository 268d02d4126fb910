/*
 * Sections of a regime file about what people are told in which way: [notices], [customers], and what [role
 * X] says of the mails that its holders get.
 *
 * Readers of rows in policy_compile.c's table. What a role need not see is masked (notice_words.c); the words
 * for it are those of the trade, not those of the templates, because the person who decides it reads regimes.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <stdio.h>
#include <string.h>

/* ---- [role X] ---- */

static const struct {
    const char *word;
    enum notice_variable variable;
} sights[] = {
    {"number", VARIABLE_NUMBER},
    {"class", VARIABLE_CLASS},
    {"types", VARIABLE_TYPES},
    {"urgency", VARIABLE_URGENCY},
    {"stage", VARIABLE_STAGE},
    {"customer", VARIABLE_CUSTOMER},
    {"customer_tickets", VARIABLE_PAST},
    {"department", VARIABLE_DEPARTMENT},
    {"handler", VARIABLE_HANDLER},
    {"handler_contact", VARIABLE_HANDLER_CONTACT},
    {"clock", VARIABLE_CLOCK},
    {"received", VARIABLE_RECEIVED},
    {"due", VARIABLE_DUE},
    {"overrun", VARIABLE_OVERRUN},
    {"left", VARIABLE_LEFT},
    {"reason", VARIABLE_REASON},
    {"days_left", VARIABLE_DAYS_LEFT},
    {"result", VARIABLE_RESULT},
    {"note", VARIABLE_NOTE},
    {"stages", VARIABLE_STAGES},
    {"fields", VARIABLE_FIELD},
};

#define SIGHT_COUNT (sizeof(sights) / sizeof(sights[0]))

static const char *unknown_sight(struct compiler *compiler, const char *word)
{
    const char *known = "everything";

    for (size_t i = 0; i < SIGHT_COUNT; i++)
        known = arena_printf(&compiler->policy->arena, "%s, %s", known, sights[i].word);
    return value_wrong(compiler, "mails show no '%s' (known: %s)", word, known);
}

static const char *add_sight(struct compiler *compiler, const char *word, uint32_t *sees)
{
    if (strcmp(word, "everything") == 0) {
        *sees |= NOTICE_ALL;
        return NULL;
    }
    for (size_t i = 0; i < SIGHT_COUNT; i++)
        if (strcmp(sights[i].word, word) == 0) {
            *sees |= UINT32_C(1) << sights[i].variable;
            return NULL;
        }
    return unknown_sight(compiler, word);
}

static const char *read_sights(struct compiler *compiler, const char *text, uint32_t *ret_sees)
{
    const char *wrong = NULL;

    *ret_sees = NOTICE_ALWAYS;
    if (!text[0])
        return value_wrong(compiler,
                           "what do their mails show? (such as number department clock due overrun)");
    for (char *word; !wrong && (word = value_word(compiler, &text));)
        wrong = add_sight(compiler, word, ret_sees);
    return wrong;
}

const char *read_role_sees(struct compiler *compiler, const struct entry *entry)
{
    uint8_t role;
    const char *wrong = value_term(compiler, &compiler->policy->roles, "role", entry->subject, &role);

    return wrong ? wrong : read_sights(compiler, entry->value, &compiler->policy->role_sees[role]);
}

const char *read_customers_see(struct compiler *compiler, const struct entry *entry)
{
    return read_sights(compiler, entry->value, &compiler->policy->customers.sees);
}

/* `quiet = 20:00-08:00`, or `quiet = outside hours`: those of the role's calendar, or the person's own. The
   zone is known only when everything is read, so the hours become a calendar in section_make_awake. */
const char *read_role_quiet(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;
    int from, to;
    uint8_t role;
    const char *wrong = value_term(compiler, &policy->roles, "role", entry->subject, &role);

    if (wrong)
        return wrong;
    if (strcmp(entry->value, "outside hours") == 0) {
        policy->quiet_outside |= UINT32_C(1) << role;
        return NULL;
    }
    if (!calendar_parse_hours(entry->value, &from, &to) || from == to)
        return value_wrong(compiler, "quiet hours are written 20:00-08:00, or: outside hours");
    policy->role_quiet[role] = (struct quiet_hours){(int16_t)from, (int16_t)to};
    return NULL;
}

void section_make_awake(struct compiler *compiler)
{
    struct policy *policy = compiler->policy;

    for (size_t role = 0; role < policy->roles.count; role++) {
        struct quiet_hours quiet = policy->role_quiet[role];

        if (quiet.from != quiet.to)
            policy->role_awake[role] =
                calendar_create_daily("awake", policy->zone, quiet.to % 1440, quiet.from);
    }
}

/* ---- [notices] ---- */

static bool read_limit(const char *part, struct budget_limits *limits)
{
    static const char *const windows[] = {"hour", "day"};
    uint16_t *const members[] = {&limits->per_hour, &limits->per_day};
    char window[8] = "";
    unsigned count = 0;
    int used = 0;

    if (sscanf(part, " %4u per %7[a-z] %n", &count, window, &used) != 2 || part[used] || !count ||
        count > BUDGET_MAX)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (strcmp(window, windows[i]) == 0 && !*members[i]) {
            *members[i] = (uint16_t)count;
            return true;
        }
    return false;
}

/* `20 per hour, 60 per day`, or one of them. */
const char *read_notice_budget(struct compiler *compiler, const struct entry *entry)
{
    struct budget_limits *budget = &compiler->policy->notices.budget;
    char *list = arena_text(&compiler->policy->arena, entry->value);
    bool is_good = entry->value[0] != '\0';

    for (char *save, *part = strtok_r(list, ",", &save); part && is_good; part = strtok_r(NULL, ",", &save))
        is_good = read_limit(part, budget);
    if (!is_good)
        return value_wrong(
            compiler, "a budget is written 20 per hour, 60 per day (or one of them; at most %d)", BUDGET_MAX);
    if (budget->per_hour && budget->per_day && budget->per_day < budget->per_hour)
        return value_wrong(compiler, "a day's budget is not smaller than an hour's");
    return NULL;
}

const char *read_digest_every(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (!wrong && (span.unit != SPAN_REAL || span.amount < MSEC_MINUTE || span.amount > MSEC_DAY))
        wrong = value_wrong(compiler, "digests are gathered for real time from 1m to 24h");
    if (!wrong)
        compiler->policy->notices.digest_every_ms = span.amount;
    return wrong;
}

const char *read_red_line(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->urgencies, "urgency", entry->value,
                       &compiler->policy->notices.red_line);
}

const char *read_after_downtime(struct compiler *compiler, const struct entry *entry)
{
    unsigned most = 0;
    int used = 0;

    if (strcmp(entry->value, "digest") == 0)
        return NULL;
    if (sscanf(entry->value, "release above %9u%n", &most, &used) != 1 || entry->value[used] || !most)
        return value_wrong(compiler, "after downtime: digest, or: release above 200");
    compiler->policy->notices.release_above = most;
    return NULL;
}

/* Labels of letters, digits and hyphens with one dot between two. */
static bool is_domain(const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    for (;;) {
        size_t length = strspn(word, letters);

        if (!length || word[0] == '-' || word[length - 1] == '-')
            return false;
        if (!word[length])
            return true;
        if (word[length] != '.')
            return false;
        word += length + 1;
    }
}

static void add_word(const char *word, const char ***list, size_t *count, size_t *capacity)
{
    *list = memory_reserve(*list, capacity, *count + 1, sizeof(**list));
    (*list)[(*count)++] = word;
}

static const char *read_domains(struct compiler *compiler, const char *text, const char ***list,
                                size_t *count, size_t *capacity)
{
    for (char *word; (word = value_word(compiler, &text));) {
        if (!is_domain(word))
            return value_wrong(compiler, "'%s' is no domain of mail addresses (such as example.cn)", word);
        add_word(word, list, count, capacity);
    }
    return *count ? NULL : value_wrong(compiler, "at least one domain is needed");
}

const char *read_notice_domains(struct compiler *compiler, const struct entry *entry)
{
    struct notices_policy *notices = &compiler->policy->notices;

    notices->line = entry->line;
    return read_domains(compiler, entry->value, &notices->domains, &notices->domain_count,
                        &notices->domain_capacity);
}

const char *read_second_way(struct compiler *compiler, const struct entry *entry)
{
    enum notice_channel *way = &compiler->policy->notices.second_way;

    if (notice_channel_find(entry->value, way) && *way != CHANNEL_MAIL)
        return NULL;
    return value_wrong(compiler, "the second way is sms or chat, not '%s'", entry->value);
}

/* ---- [customers] ---- */

const char *read_customer_domains(struct compiler *compiler, const struct entry *entry)
{
    struct customers_policy *customers = &compiler->policy->customers;

    return read_domains(compiler, entry->value, &customers->domains, &customers->domain_count,
                        &customers->domain_capacity);
}

/* Each must be a template. */
static const char *read_templates(struct compiler *compiler, const struct entry *entry, const char ***list,
                                  size_t *count, size_t *capacity)
{
    const char *cursor = entry->value, *wrong = NULL, *name;

    compiler->policy->customers.line = entry->line;
    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        wrong = section_template(compiler, word, &name);
        add_word(name, list, count, capacity);
    }
    return !wrong && !*count ? value_wrong(compiler, "which templates?") : wrong;
}

const char *read_customer_courtesy(struct compiler *compiler, const struct entry *entry)
{
    struct customers_policy *customers = &compiler->policy->customers;

    return read_templates(compiler, entry, &customers->courtesy, &customers->courtesy_count,
                          &customers->courtesy_capacity);
}

const char *read_customer_mailings(struct compiler *compiler, const struct entry *entry)
{
    struct customers_policy *customers = &compiler->policy->customers;

    return read_templates(compiler, entry, &customers->mailings, &customers->mailing_count,
                          &customers->mailing_capacity);
}
