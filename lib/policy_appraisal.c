/*
 * Sections of a regime about its registers' reports: [list NAME] and [appraisal NAME].
 *
 * Readers of rows in policy_compile.c's table. A list chooses records by the words of a schedule's `when`, so
 * its conditions are read by the same code. What an appraisal weighs, what a spot check is worth and who
 * passes are numbers of the regime, none of the program.
 */
#include "lib/policy_schedule.h"

#include <stdlib.h>
#include <string.h>

/* ---- [list NAME] ---- */

const char *section_open_list(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->list_count >= LISTS_MAX)
        return value_wrong(compiler, "at most %d lists", LISTS_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "a list is called by one word of small letters, digits and _");
    policy->lists[policy->list_count++] = (struct list_policy){
        .name = entry->subject,
        .of = {.name = entry->subject, .title = {entry->subject, entry->subject}, .over = POLICY_NONE},
        .latest = POLICY_NONE,
        .latest_of = POLICY_NONE,
        .line = entry->line,
    };
    return NULL;
}

static struct list_policy *list_of(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    for (size_t i = 0; i < policy->list_count; i++)
        if (strcmp(policy->lists[i].name, entry->subject) == 0)
            return &policy->lists[i];
    abort(); /* its section was opened */
}

static const char *read_register(struct compiler *compiler, const char *name, uint8_t *ret_register)
{
    const struct policy *policy = compiler->policy;
    const char *known = "none";

    *ret_register = policy_find_register(policy, name);
    if (*ret_register != POLICY_NONE)
        return NULL;
    for (size_t i = 0; i < policy->register_count; i++)
        known = i ? arena_printf(&compiler->policy->arena, "%s, %s", known, policy->registers[i].name)
                  : policy->registers[i].name;
    return value_wrong(compiler, "there is no [register %s] (there are: %s)", name, known);
}

const char *read_list_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, list_of(compiler, entry)->of.title);
}

const char *read_list_records(struct compiler *compiler, const struct entry *entry)
{
    return read_register(compiler, entry->value, &list_of(compiler, entry)->of.over);
}

const char *read_list_when(struct compiler *compiler, const struct entry *entry)
{
    return schedule_conditions(compiler, &list_of(compiler, entry)->of, entry->value);
}

/* `expires of customer` */
const char *read_list_latest(struct compiler *compiler, const struct entry *entry)
{
    struct list_policy *list = list_of(compiler, entry);
    const char *cursor = entry->value;
    const char *latest = value_word(compiler, &cursor), *of = value_word(compiler, &cursor);
    const char *same = value_word(compiler, &cursor);

    if (!latest || !of || strcmp(of, "of") != 0 || !same || value_word(compiler, &cursor))
        return value_wrong(compiler, "the latest is written DATE of FIELD, such as expires of customer");
    const char *wrong = schedule_field(compiler, &list->of, latest, KINDS_DAY, &list->latest);

    return wrong ? wrong : schedule_field(compiler, &list->of, same, KINDS_WORDS, &list->latest_of);
}

/* ---- [appraisal NAME] ---- */

const char *section_open_appraisal(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->appraisal_count >= APPRAISALS_MAX)
        return value_wrong(compiler, "at most %d appraisals", APPRAISALS_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "an appraisal is called by one word of small letters, digits and _");
    policy->appraisals[policy->appraisal_count++] = (struct appraisal_policy){
        .name = entry->subject,
        .title = {entry->subject, entry->subject},
        .surveys = POLICY_NONE,
        .checks = POLICY_NONE,
        .branches = POLICY_NONE,
        .region = POLICY_NONE,
        .pass = -1,
        .line = entry->line,
    };
    return NULL;
}

static struct appraisal_policy *appraisal_of(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    for (size_t i = 0; i < policy->appraisal_count; i++)
        if (strcmp(policy->appraisals[i].name, entry->subject) == 0)
            return &policy->appraisals[i];
    abort(); /* its section was opened */
}

static const char *read_field(struct compiler *compiler, uint8_t of, const char *name, uint32_t kinds,
                              uint8_t *ret_field)
{
    const struct schedule_policy over = {.over = of};

    return schedule_field(compiler, &over, name, kinds, ret_field);
}

const char *read_appraisal_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, appraisal_of(compiler, entry)->title);
}

/* `surveys by branch on day` */
const char *read_appraisal_surveys(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    const char *cursor = entry->value;
    const char *of = value_word(compiler, &cursor), *by = value_word(compiler, &cursor);
    const char *branch = value_word(compiler, &cursor), *on = value_word(compiler, &cursor);
    const char *day = value_word(compiler, &cursor);

    if (!day || strcmp(by, "by") != 0 || strcmp(on, "on") != 0 || value_word(compiler, &cursor))
        return value_wrong(compiler, "surveys are written REGISTER by FIELD on DATE");
    const char *wrong = read_register(compiler, of, &appraisal->surveys);

    if (!wrong)
        wrong = read_field(compiler, appraisal->surveys, branch, KINDS_WORDS, &appraisal->survey_branch);
    return wrong ? wrong : read_field(compiler, appraisal->surveys, day, KINDS_DAY, &appraisal->survey_day);
}

static const char *read_indicator(struct compiler *compiler, struct appraisal_policy *appraisal,
                                  const char *part)
{
    const char *name = value_word(compiler, &part), *weight = value_word(compiler, &part);

    if (!name || !weight || value_word(compiler, &part))
        return value_wrong(compiler, "an indicator is written FIELD 25%%");
    if (appraisal->indicator_count == INDICATORS_MAX)
        return value_wrong(compiler, "at most %d indicators", INDICATORS_MAX);
    struct indicator *indicator = &appraisal->indicators[appraisal->indicator_count++];
    const char *wrong = read_field(compiler, appraisal->surveys, name, KIND(FIELD_NUMBER), &indicator->field);

    return wrong ? wrong : value_percent(compiler, weight, &indicator->weight);
}

/* `duration 25%, service 25%, …` */
const char *read_appraisal_indicators(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;
    int32_t sum = 0;

    if (appraisal->surveys == POLICY_NONE)
        return value_wrong(compiler, "`surveys` must stand before `indicators`");
    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_indicator(compiler, appraisal, part);
    for (size_t i = 0; i < appraisal->indicator_count; i++)
        sum += appraisal->indicators[i].weight;
    if (!wrong && sum != 100)
        return value_wrong(compiler, "the weights come to %d%% instead of 100%%", sum);
    return wrong;
}

/* `spot_checks by branch on day grade result` */
const char *read_appraisal_checks(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    const char *cursor = entry->value;
    char *words[7] = {NULL};
    size_t count = 0;

    while (count < 7 && (words[count] = value_word(compiler, &cursor)))
        count++;
    if (count != 7 || value_word(compiler, &cursor) || strcmp(words[1], "by") != 0 ||
        strcmp(words[3], "on") != 0 || strcmp(words[5], "grade") != 0)
        return value_wrong(compiler, "spot checks are written REGISTER by FIELD on DATE grade FIELD");
    const char *wrong = read_register(compiler, words[0], &appraisal->checks);

    if (!wrong)
        wrong = read_field(compiler, appraisal->checks, words[2], KINDS_WORDS, &appraisal->check_branch);
    if (!wrong)
        wrong = read_field(compiler, appraisal->checks, words[4], KINDS_DAY, &appraisal->check_day);
    return wrong ? wrong
                 : read_field(compiler, appraisal->checks, words[6], KINDS_WORDS, &appraisal->check_grade);
}

static const char *read_grade(struct compiler *compiler, struct appraisal_policy *appraisal, const char *part)
{
    const char *grade = value_word(compiler, &part), *points = value_word(compiler, &part);
    char *end = NULL;
    long number = points ? strtol(points, &end, 10) : 0;

    if (!grade || !points || value_word(compiler, &part) || end == points || *end || number < -100 ||
        number > 100)
        return value_wrong(compiler, "points are written GRADE +3, GRADE -2 (from -100 to 100)");
    if (appraisal->grade_count == GRADES_MAX)
        return value_wrong(compiler, "at most %d grades", GRADES_MAX);
    appraisal->points[appraisal->grade_count++] = (struct grade_points){grade, (int32_t)number};
    return NULL;
}

/* `A +3, B +2, C 0, D -2, E -3` */
const char *read_appraisal_points(struct compiler *compiler, const struct entry *entry)
{
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_grade(compiler, appraisal_of(compiler, entry), part);
    return wrong;
}

/* `branches by region` */
const char *read_appraisal_regions(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    const char *cursor = entry->value;
    const char *of = value_word(compiler, &cursor), *by = value_word(compiler, &cursor);
    const char *field = value_word(compiler, &cursor);

    if (!field || strcmp(by, "by") != 0 || value_word(compiler, &cursor))
        return value_wrong(compiler, "regions are written REGISTER by FIELD");
    const char *wrong = read_register(compiler, of, &appraisal->branches);

    return wrong ? wrong : read_field(compiler, appraisal->branches, field, KINDS_WORDS, &appraisal->region);
}

/* `average`, or `average or 80` */
const char *read_appraisal_pass(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    const char *cursor = entry->value;
    const char *average = value_word(compiler, &cursor), * or = value_word(compiler, &cursor);
    const char *number = value_word(compiler, &cursor);
    char *end = NULL;
    long score = number ? strtol(number, &end, 10) : -1;

    if (!average || strcmp(average, "average") != 0 || (or &&(strcmp(or, "or") != 0 || !number)) ||
        (number && (*end || end == number || score < 0 || score > 100)) || value_word(compiler, &cursor))
        return value_wrong(compiler, "who passes is written average, or average or NUMBER (0 to 100)");
    appraisal->pass = (int32_t)score;
    return NULL;
}

const char *read_appraisal_commended(struct compiler *compiler, const struct entry *entry)
{
    struct appraisal_policy *appraisal = appraisal_of(compiler, entry);
    const char *wrong = value_percent(compiler, entry->value, &appraisal->commended);

    return wrong || appraisal->commended <= 100 ? wrong : value_wrong(compiler, "at most 100%%");
}

const char *read_appraisal_again(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (!wrong && (span.unit != SPAN_MONTHS || span.amount < 1))
        return value_wrong(compiler, "a failing branch has months to get better, such as 3mo");
    appraisal_of(compiler, entry)->again_months = wrong ? 0 : span.amount;
    return wrong;
}

/* ---- what only the whole section shows ---- */

const char *section_check_lists(struct compiler *compiler, int *ret_line)
{
    const struct policy *policy = compiler->policy;

    for (size_t i = 0; i < policy->list_count; i++) {
        *ret_line = policy->lists[i].line;
        if (policy->lists[i].of.over == POLICY_NONE)
            return value_wrong(compiler, "[list %s] needs records (a register)", policy->lists[i].name);
    }
    for (size_t i = 0; i < policy->appraisal_count; i++) {
        const struct appraisal_policy *appraisal = &policy->appraisals[i];

        *ret_line = appraisal->line;
        if (appraisal->surveys == POLICY_NONE || !appraisal->indicator_count)
            return value_wrong(compiler, "[appraisal %s] needs surveys and indicators", appraisal->name);
        if (appraisal->checks != POLICY_NONE && !appraisal->grade_count)
            return value_wrong(compiler, "[appraisal %s] has spot checks and no points for their grades",
                               appraisal->name);
    }
    return NULL;
}
