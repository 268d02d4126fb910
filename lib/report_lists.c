/*
 * Lists of records: contracts that expire soon, customers that were lost, whatever [list NAME] of the regime
 * says.
 *
 * From registers, which are in memory. Which records fit is asked of the code that asks it for schedules, as
 * of now. Of a list with `latest` only the record whose day is the last among those with the same customer
 * (or other field) is looked at: a customer is lost when the last contract has expired, not when any has.
 */
#include "lib/report_inside.h"

#include "lib/base/memory.h"
#include "lib/register_value.h"
#include "lib/schedule.h"
#include <stdlib.h>
#include <string.h>

static const char *value_of(const struct register_record *record, uint8_t field)
{
    return record->values[field] ? record->values[field] : "";
}

/* The last day among the records with the same word. */
struct latest {
    const char *word, *day;
};

static int compare_words(const void *one, const void *other)
{
    const struct latest *a = one, *b = other;

    return strcmp(a->word, b->word);
}

static int compare_days(const void *one, const void *other)
{
    const struct latest *a = one, *b = other;
    int words = compare_words(one, other);

    return words ? words : strcmp(b->day, a->day);
}

/* One for each word, in their order; malloc'd. */
static struct latest *find_latest(const struct desk *desk, const struct list_policy *list, size_t *ret_count)
{
    size_t all = register_count(desk->registers, list->of.over), count = 0, kept = 0;
    struct latest *found = memory_new(all + 1, sizeof(*found));

    for (size_t i = 0; i < all && list->latest != POLICY_NONE; i++) {
        const struct register_record *record = register_at(desk->registers, list->of.over, (uint32_t)i);

        if (register_is_live(record) && !record->is_unreadable)
            found[count++] =
                (struct latest){value_of(record, list->latest_of), value_of(record, list->latest)};
    }
    qsort(found, count, sizeof(*found), compare_days);
    for (size_t i = 0; i < count; i++)
        if (!kept || strcmp(found[kept - 1].word, found[i].word) != 0)
            found[kept++] = found[i];
    *ret_count = kept;
    return found;
}

static bool is_latest(const struct list_policy *list, const struct register_record *record,
                      const struct latest *latest, size_t count)
{
    if (list->latest == POLICY_NONE)
        return true;
    const struct latest wanted = {value_of(record, list->latest_of), NULL};
    const struct latest *found = bsearch(&wanted, latest, count, sizeof(*latest), compare_words);

    return found && strcmp(found->day, value_of(record, list->latest)) == 0;
}

static bool fits(const struct report *report, const struct desk *desk, const struct list_policy *list,
                 const struct register_record *record)
{
    const struct schedule_view view = {
        .policy = desk->policy, .schedule = &list->of, .values = (const char *const *)record->values};

    return register_is_live(record) && !record->is_unreadable && schedule_fits(&view, report->now);
}

/* What a reference says: the other record's name when it has one. */
static const char *name_of(const struct desk *desk, const struct register_field *field, const char *id)
{
    const struct register_policy *other = &desk->policy->registers[field->other];
    uint32_t index = register_find(desk->registers, field->other, id);
    uint8_t name = register_policy_field(other, "name");
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(desk->registers, field->other, index);

    return record && name != POLICY_NONE && register_is_live(record) && record->values[name]
               ? record->values[name]
               : id;
}

static json_t *cell_of(const struct report *report, const struct desk *desk,
                       const struct register_field *field, const char *value)
{
    if (!value)
        return json_null();
    if (field->kind == FIELD_REGISTER)
        return json_string(name_of(desk, field, value));
    if (field->kind == FIELD_PERSON)
        return json_string(report_title(report, desk, REPORT_BY_PERSON, value));
    if (field->kind == FIELD_DEPARTMENT)
        return json_string(report_title(report, desk, REPORT_BY_DEPARTMENT, value));
    return register_value_json(field, value, report->question.masks_contacts);
}

static enum column_kind kind_of(const struct register_field *field)
{
    return field->kind == FIELD_NUMBER    ? COLUMN_COUNT
           : field->kind == FIELD_INSTANT ? COLUMN_TIME
                                          : COLUMN_TEXT;
}

static void write_list(const struct report *report, const struct desk *desk, const struct list_policy *list,
                       json_t *document)
{
    static const char *const id[] = {"编号", "Id"};
    const struct register_policy *of = &desk->policy->registers[list->of.over];
    json_t *table = document_table(document, report, list->name, list->of.title, NULL);
    size_t count, latest_count;
    const uint32_t *sorted = register_sorted(desk->registers, list->of.over, &count);
    struct latest *latest = find_latest(desk, list, &latest_count);

    table_column(table, "id", id[report->question.language], COLUMN_TEXT);
    for (size_t i = 0; i < of->field_count; i++)
        table_column(table, of->fields[i].name, of->fields[i].name, kind_of(&of->fields[i]));
    for (size_t i = 0; i < count; i++) {
        const struct register_record *record = register_at(desk->registers, list->of.over, sorted[i]);

        if (!fits(report, desk, list, record) || !is_latest(list, record, latest, latest_count))
            continue;
        json_t *row = json_pack("[s]", record->id);

        for (size_t field = 0; field < of->field_count; field++)
            json_array_append_new(row, cell_of(report, desk, &of->fields[field], record->values[field]));
        table_row(table, row);
    }
    free(latest);
}

static const char *list_at(const struct policy *policy, size_t index)
{
    return index < policy->list_count ? policy->lists[index].name : NULL;
}

static void write_lists(struct report *report, const struct desk *desk, json_t *document)
{
    for (size_t i = 0; i < desk->policy->list_count; i++)
        if (!report->question.name[0] || strcmp(report->question.name, desk->policy->lists[i].name) == 0)
            write_list(report, desk, &desk->policy->lists[i], document);
}

const struct report_kind report_lists = {
    .name = "lists",
    .title = {"清单", "Lists"},
    .period = REPORT_NOW,
    .write = write_lists,
    .name_at = list_at,
};
