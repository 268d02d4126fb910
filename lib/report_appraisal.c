/*
 * The appraisal of branches: the month's score of each, its rank, who passes, who is commended, who fails
 * again.
 *
 * From registers, which are in memory: surveys give the weighted mean of their indicators (satisfaction),
 * spot checks of the month add or take points. A branch passes at or above the average of all branches, or
 * with a satisfaction that the regime says is good enough; a region that is appraised for the first time
 * passes or not as a whole, against the average of regions. Who fails is named; who has failed in every
 * appraisal for as long as the regime gives to get better is listed for measures. Every number and word of
 * this is the regime's.
 */
#include "lib/report_inside.h"

#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One branch in one month; scores in hundredths. */
struct branch {
    const char *id, *region;
    int64_t weighted; /* indicators times weights, of all surveys */
    int64_t surveys;
    int64_t points;
    int64_t satisfaction, score;
    size_t rank; /* 1 is best; equal scores share one */
    bool passes, is_first, is_commended;
};

struct appraised {
    struct branch *list;
    size_t count, capacity;
    int64_t average, average_of_regions;
};

static int64_t number_of(const char *text)
{
    return text ? strtoll(text, NULL, 10) : 0;
}

static int64_t divide(int64_t sum, int64_t count)
{
    return count > 0 ? civil_floor(2 * sum + count, 2 * count) : 0; /* to the nearest */
}

static struct branch *branch_of(struct appraised *appraised, const char *id)
{
    for (size_t i = 0; i < appraised->count; i++)
        if (strcmp(appraised->list[i].id, id) == 0)
            return &appraised->list[i];
    appraised->list =
        memory_reserve(appraised->list, &appraised->capacity, appraised->count + 1, sizeof(*appraised->list));
    appraised->list[appraised->count] = (struct branch){.id = id, .region = ""};
    return &appraised->list[appraised->count++];
}

static bool is_of_month(const char *day, const char *month)
{
    return day && strncmp(day, month, 7) == 0;
}

/* A record that is there; NULL: it was removed, or has no day or branch. */
static const struct register_record *record_at(const struct desk *desk, uint8_t of, size_t index)
{
    const struct register_record *record = register_at(desk->registers, of, (uint32_t)index);

    return register_is_live(record) && !record->is_unreadable ? record : NULL;
}

static void add_surveys(const struct desk *desk, const struct appraisal_policy *policy, const char *month,
                        struct appraised *appraised)
{
    for (size_t i = 0; i < register_count(desk->registers, policy->surveys); i++) {
        const struct register_record *record = record_at(desk, policy->surveys, i);

        if (!record || !record->values[policy->survey_branch] ||
            !is_of_month(record->values[policy->survey_day], month))
            continue;
        struct branch *branch = branch_of(appraised, record->values[policy->survey_branch]);

        branch->surveys++;
        for (size_t item = 0; item < policy->indicator_count; item++)
            branch->weighted +=
                policy->indicators[item].weight * number_of(record->values[policy->indicators[item].field]);
    }
}

static int64_t points_of(const struct appraisal_policy *policy, const char *grade)
{
    for (size_t i = 0; grade && i < policy->grade_count; i++)
        if (strcmp(policy->points[i].grade, grade) == 0)
            return policy->points[i].points;
    return 0;
}

/* Spot checks change the score of whoever was surveyed; without a survey there is nothing to change. */
static void add_checks(const struct desk *desk, const struct appraisal_policy *policy, const char *month,
                       struct appraised *appraised)
{
    size_t count = policy->checks == POLICY_NONE ? 0 : register_count(desk->registers, policy->checks);

    for (size_t i = 0; i < count; i++) {
        const struct register_record *record = record_at(desk, policy->checks, i);
        const char *id = record ? record->values[policy->check_branch] : NULL;

        if (!id || !is_of_month(record->values[policy->check_day], month))
            continue;
        for (size_t b = 0; b < appraised->count; b++)
            if (strcmp(appraised->list[b].id, id) == 0)
                appraised->list[b].points += points_of(policy, record->values[policy->check_grade]);
    }
}

static const char *region_of(const struct desk *desk, const struct appraisal_policy *policy,
                             const char *branch)
{
    uint32_t index = policy->branches == POLICY_NONE
                         ? REGISTER_NONE
                         : register_find(desk->registers, policy->branches, branch);
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : record_at(desk, policy->branches, index);

    return record && record->values[policy->region] ? record->values[policy->region] : "";
}

/* ---- regions ---- */

/* A region and the month of its first survey. */
struct region {
    const char *name;
    char since[8];
};

struct regions {
    struct region *list;
    size_t count, capacity;
};

static struct region *region_named(struct regions *regions, const char *name)
{
    for (size_t i = 0; i < regions->count; i++)
        if (strcmp(regions->list[i].name, name) == 0)
            return &regions->list[i];
    regions->list =
        memory_reserve(regions->list, &regions->capacity, regions->count + 1, sizeof(*regions->list));
    regions->list[regions->count] = (struct region){.name = name};
    return &regions->list[regions->count++];
}

static struct regions find_regions(const struct desk *desk, const struct appraisal_policy *policy)
{
    struct regions regions = {0};

    for (size_t i = 0;
         policy->branches != POLICY_NONE && i < register_count(desk->registers, policy->surveys); i++) {
        const struct register_record *record = record_at(desk, policy->surveys, i);
        const char *day = record ? record->values[policy->survey_day] : NULL;
        const char *branch = record ? record->values[policy->survey_branch] : NULL;

        if (!day || !branch)
            continue;
        struct region *region = region_named(&regions, region_of(desk, policy, branch));

        if (!region->since[0] || strncmp(day, region->since, 7) < 0)
            snprintf(region->since, sizeof(region->since), "%.7s", day);
    }
    return regions;
}

static bool is_region_new(struct regions *regions, const char *name, const char *month)
{
    return strcmp(region_named(regions, name)->since, month) >= 0;
}

static int64_t average_of(const struct appraised *appraised, const char *region)
{
    int64_t sum = 0, count = 0;

    for (size_t i = 0; i < appraised->count; i++)
        if (!region || strcmp(appraised->list[i].region, region) == 0) {
            sum += appraised->list[i].score;
            count++;
        }
    return divide(sum, count);
}

static bool is_first_of_region(const struct appraised *appraised, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(appraised->list[i].region, appraised->list[index].region) == 0)
            return false;
    return true;
}

static int64_t average_of_regions(const struct appraised *appraised)
{
    int64_t sum = 0, count = 0;

    for (size_t i = 0; i < appraised->count; i++)
        if (appraised->list[i].region[0] && is_first_of_region(appraised, i)) {
            sum += average_of(appraised, appraised->list[i].region);
            count++;
        }
    return divide(sum, count);
}

/* ---- the month ---- */

static int compare(const void *one, const void *other)
{
    const struct branch *a = one, *b = other;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void judge(const struct appraisal_policy *policy, struct regions *regions, const char *month,
                  struct appraised *appraised)
{
    size_t commended = (appraised->count * (size_t)policy->commended) / 100;

    for (size_t i = 0; i < appraised->count; i++) {
        struct branch *branch = &appraised->list[i];

        branch->rank =
            i && appraised->list[i - 1].score == branch->score ? appraised->list[i - 1].rank : i + 1;
        branch->is_commended = branch->rank <= commended;
        branch->is_first = branch->region[0] && is_region_new(regions, branch->region, month);
        branch->passes = branch->is_first
                             ? average_of(appraised, branch->region) >= appraised->average_of_regions
                             : branch->score >= appraised->average;
        branch->passes |= policy->pass >= 0 && branch->satisfaction >= 100 * (int64_t)policy->pass;
    }
}

static struct appraised appraise(const struct desk *desk, const struct appraisal_policy *policy,
                                 struct regions *regions, const char *month)
{
    struct appraised appraised = {0};

    add_surveys(desk, policy, month, &appraised);
    add_checks(desk, policy, month, &appraised);
    for (size_t i = 0; i < appraised.count; i++) {
        struct branch *branch = &appraised.list[i];

        branch->satisfaction = divide(branch->weighted, branch->surveys); /* percents make hundredths */
        branch->score = branch->satisfaction + 100 * branch->points;
        branch->region = region_of(desk, policy, branch->id);
    }
    if (appraised.count)
        qsort(appraised.list, appraised.count, sizeof(*appraised.list), compare);
    appraised.average = average_of(&appraised, NULL);
    appraised.average_of_regions = average_of_regions(&appraised);
    judge(policy, regions, month, &appraised);
    return appraised;
}

/* How it stood in an earlier month: 1 passed, 0 failed, -1 not appraised. */
static int stood(const struct appraised *appraised, const char *id)
{
    for (size_t i = 0; i < appraised->count; i++)
        if (strcmp(appraised->list[i].id, id) == 0)
            return appraised->list[i].passes;
    return -1;
}

#define MONTHS_BACK 36

/* The months before, as far back as it is worth. */
struct past {
    struct appraised months[MONTHS_BACK]; /* 0 is the month before */
};

/* Since how many months it has failed in every appraisal; 0: it failed now for the first time. */
static int failing_months(const struct past *past, const char *id)
{
    int since = 0;

    for (int i = 0; i < MONTHS_BACK; i++) {
        int how = stood(&past->months[i], id);

        if (how == 1)
            break;
        if (how == 0)
            since = i + 1;
    }
    return since;
}

/* ---- tables ---- */

static const char *branch_name(const struct desk *desk, const struct appraisal_policy *policy, const char *id)
{
    uint32_t index = policy->branches == POLICY_NONE ? REGISTER_NONE
                                                     : register_find(desk->registers, policy->branches, id);
    uint8_t name = index == REGISTER_NONE
                       ? POLICY_NONE
                       : register_policy_field(&desk->policy->registers[policy->branches], "name");
    const struct register_record *record =
        name == POLICY_NONE ? NULL : record_at(desk, policy->branches, index);

    return record && record->values[name] ? record->values[name] : id;
}

static const char *verdict_of(const struct report *report, const struct branch *branch)
{
    static const char *const words[][LANGUAGE_COUNT] = {{"不合格", "failed"}, {"合格", "passed"}};

    return words[branch->passes][report->question.language];
}

/* What is to be done about it: commended, listed for measures, or nothing. */
static const char *remark_of(const struct report *report, const struct appraisal_policy *policy,
                             const struct branch *branch, int failing)
{
    static const char *const commended[] = {"表彰", "commended"};
    static const char *const measures[] = {"再次不合格，列入整改", "failed again: measures"};
    static const char *const named[] = {"通报", "named"};
    enum language language = report->question.language;

    if (branch->passes)
        return branch->is_commended ? commended[language] : "";
    return policy->again_months && failing >= policy->again_months ? measures[language] : named[language];
}

static void write_branches(const struct report *report, const struct desk *desk,
                           const struct appraisal_policy *policy, const struct appraised *appraised,
                           const struct past *past, json_t *document)
{
    static const struct column columns[] = {
        {"rank", {"名次", "Rank"}, COLUMN_COUNT},
        {"branch", {"分支机构", "Branch"}, COLUMN_TEXT},
        {"region", {"大区", "Region"}, COLUMN_TEXT},
        {"surveys", {"问卷数", "Surveys"}, COLUMN_COUNT},
        {"satisfaction", {"满意度", "Satisfaction"}, COLUMN_SCORE},
        {"points", {"抽查分", "Spot checks"}, COLUMN_COUNT},
        {"score", {"得分", "Score"}, COLUMN_SCORE},
        {"verdict", {"结论", "Verdict"}, COLUMN_TEXT},
        {"remark", {"处理", "Remark"}, COLUMN_TEXT},
        {"failing_months", {"连续不合格月数", "Failing for months"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_table(document, report, policy->name, policy->title, columns);

    for (size_t i = 0; i < appraised->count; i++) {
        const struct branch *branch = &appraised->list[i];
        int failing = branch->passes ? 0 : failing_months(past, branch->id);
        json_t *row = json_array();

        row_number(row, (int64_t)branch->rank);
        json_array_append_new(row, json_string(branch_name(desk, policy, branch->id)));
        json_array_append_new(row, json_string(branch->region));
        row_number(row, branch->surveys);
        json_array_append_new(row, json_integer(branch->satisfaction));
        json_array_append_new(row, json_integer(branch->points));
        json_array_append_new(row, json_integer(branch->score));
        json_array_append_new(row, json_string(verdict_of(report, branch)));
        json_array_append_new(row, json_string(remark_of(report, policy, branch, failing)));
        row_number(row, failing);
        table_row(table, row);
    }
    document_chart(document, table, policy->title[report->question.language], false,
                   (const char *const[]){"score", NULL});
}

static void write_averages(const struct report *report, const struct appraised *appraised, json_t *document)
{
    static const char *const words[][LANGUAGE_COUNT] = {{"全国平均分", "Average of all branches"},
                                                        {"大区平均分", "average of regions"}};
    enum language language = report->question.language;
    char text[160];

    snprintf(text, sizeof(text), "%s %.2f, %s %.2f", words[0][language], (double)appraised->average / 100,
             words[1][language], (double)appraised->average_of_regions / 100);
    document_note(document, text);
}

static void month_back(const char *month, int back, char ret_month[32])
{
    int number = atoi(month) * 12 + atoi(month + 5) - 1 - back;

    snprintf(ret_month, 32, "%04d-%02d", number / 12, number % 12 + 1);
}

static void write_appraisal_of(const struct report *report, const struct desk *desk,
                               const struct appraisal_policy *policy, json_t *document)
{
    struct past *past = memory_new(1, sizeof(*past));
    struct regions regions = find_regions(desk, policy);
    char month[32], earlier[32];

    report_month(desk, report->question.from, month);
    struct appraised appraised = appraise(desk, policy, &regions, month);

    for (int i = 0; i < MONTHS_BACK; i++) {
        month_back(month, i + 1, earlier);
        past->months[i] = appraise(desk, policy, &regions, earlier);
    }
    write_branches(report, desk, policy, &appraised, past, document);
    write_averages(report, &appraised, document);
    for (int i = 0; i < MONTHS_BACK; i++)
        free(past->months[i].list);
    free(past);
    free(regions.list);
    free(appraised.list);
}

static const char *appraisal_at(const struct policy *policy, size_t index)
{
    return index < policy->appraisal_count ? policy->appraisals[index].name : NULL;
}

static void write_appraisal(struct report *report, const struct desk *desk, json_t *document)
{
    for (size_t i = 0; i < desk->policy->appraisal_count; i++)
        if (!report->question.name[0] || strcmp(report->question.name, desk->policy->appraisals[i].name) == 0)
            write_appraisal_of(report, desk, &desk->policy->appraisals[i], document);
}

const struct report_kind report_appraisal = {
    .name = "appraisal",
    .title = {"分支机构考核", "Appraisal of branches"},
    .period = REPORT_MONTH,
    .write = write_appraisal,
    .name_at = appraisal_at,
};
