/*
 * A ticket's story: what only its letters need.
 *
 * Stages are noted by stage.c; all of it is read by notice_words.c. Texts of a ticket are cold, but the words
 * of a letter are made in the instant in which something happens, and must be the same in a replay, so what
 * letters name has to be in memory: the fields are kept with those that clocks ask for (field_value.h), the
 * stages in one JSON text beside the rare things of a ticket, {"stages": [[name, entered at], …]}, and only
 * where the regime's templates ask for them. Stages are named, not numbered, so that a reload has nothing to
 * rename; a column of the ticket brings them back after a restart.
 */
#include "lib/story.h"

#include "lib/base/memory.h"
#include "lib/field_value.h"
#include "lib/notice_words.h"
#include "lib/rpc.h"
#include "lib/schedule_facts.h"
#include <stdlib.h>
#include <string.h>

static json_t *read_story(const struct ticket *ticket)
{
    const char *text = ticket_rare(ticket)->story;
    json_t *story = text ? json_loads(text, 0, NULL) : NULL;

    return json_is_object(story) ? story : json_object();
}

static void keep_story(struct ticket *ticket, json_t *story)
{
    struct text text = {0};

    rpc_write_canonical(&text, story);
    story_restore(ticket, text_get(&text));
    text_finish(&text);
    json_decref(story);
}

void story_restore(struct ticket *ticket, const char *text)
{
    if (!text || !*text)
        return;
    struct ticket_rare *rare = ticket_own_rare(ticket);

    free(rare->story);
    rare->story = memory_text(text);
}

/* ---- what is kept ---- */

void story_enter(const struct desk *desk, struct ticket *ticket, msec at)
{
    const struct policy *policy = desk->policy;

    if (!(policy->told_stages >> ticket->class_index & 1))
        return;
    json_t *story = read_story(ticket), *stages = json_object_get(story, "stages");

    if (!stages)
        json_object_set_new(story, "stages", stages = json_array());
    if (json_array_size(stages) >= STORY_STAGES_MAX)
        json_array_remove(stages, 0);
    json_array_append_new(stages,
                          json_pack("[sI]", policy->stages.terms[ticket->stage].name, (json_int_t)at));
    keep_story(ticket, story);
}

/* ---- in words ---- */

/* A stage that the regime no longer has is called what it was called. */
static const char *stage_title(const struct policy *policy, const char *name, enum language language)
{
    uint8_t stage = vocabulary_find(&policy->stages, name);

    return stage == POLICY_NONE ? name : policy->stages.terms[stage].title[language];
}

static const char *stage_line(const struct desk *desk, const char *title, msec from_at, msec to_at,
                              bool is_last, enum language language, struct arena *arena)
{
    const char *from = notice_time(desk, from_at, arena);
    const char *used = notice_span(arena, language, to_at - from_at);

    if (language == LANGUAGE_ZH)
        return arena_printf(arena, "%s：%s 进入，%s %s", title, from, is_last ? "至今" : "用时", used);
    return arena_printf(arena, "%s: entered %s, %s %s", title, from, is_last ? "so far" : "took", used);
}

const char *story_stages(const struct desk *desk, const struct ticket *ticket, msec now,
                         enum language language, struct arena *arena)
{
    json_t *story = read_story(ticket), *stages = json_object_get(story, "stages");
    const char *lines = NULL;

    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *entered = json_array_get(stages, i), *next = json_array_get(stages, i + 1);
        const char *name = json_string_value(json_array_get(entered, 0));
        msec from_at = json_integer_value(json_array_get(entered, 1));
        msec to_at = next ? json_integer_value(json_array_get(next, 1)) : now;

        if (!name)
            continue;
        const char *line = stage_line(desk, arena_text(arena, stage_title(desk->policy, name, language)),
                                      from_at, to_at, !next, language, arena);

        lines = lines ? arena_printf(arena, "%s\n%s", lines, line) : line;
    }
    json_decref(story);
    return lines;
}

static const char *record_name(const struct desk *desk, const struct register_field *field, const char *id)
{
    const struct register_policy *of = &desk->policy->registers[field->other];
    uint32_t index = register_find(desk->registers, field->other, id);
    const char *name = index == REGISTER_NONE
                           ? NULL
                           : register_usual(of, register_at(desk->registers, field->other, index), "name");

    return name ? name : id;
}

static const char *department_words(const struct policy *policy, const char *name, enum language language,
                                    struct arena *arena)
{
    uint8_t department = vocabulary_find(&policy->departments, name);

    return department == POLICY_NONE ? arena_text(arena, name)
                                     : policy->departments.terms[department].title[language];
}

static const char *value_words(const struct desk *desk, const struct register_field *field, const char *value,
                               enum language language, struct arena *arena)
{
    static const char *const yes_no[2][LANGUAGE_COUNT] = {{"否", "no"}, {"是", "yes"}};
    uint16_t person = field->kind == FIELD_PERSON ? roster_find(desk->roster, value) : ROSTER_NOBODY;

    if (field->kind == FIELD_YES_NO)
        return yes_no[strcmp(value, "yes") == 0][language];
    if (field->kind == FIELD_DEPARTMENT)
        return department_words(desk->policy, value, language, arena);
    if (person != ROSTER_NOBODY)
        return roster_person(desk->roster, person)->name[language];
    return arena_text(arena, field->kind == FIELD_REGISTER ? record_name(desk, field, value) : value);
}

size_t story_facts(const struct desk *desk, const struct ticket *ticket, enum language language,
                   struct arena *arena, struct notice_fact **ret_facts)
{
    const struct policy *policy = desk->policy;
    size_t count = 0;

    *ret_facts = arena_new(arena, (policy->field_count + 1) * sizeof(**ret_facts));
    for (size_t i = 0; i < policy->field_count; i++) {
        const struct register_field *field = &policy->fields[i].value;
        const char *value = field_value(desk, ticket, (uint8_t)i);

        if (value)
            (*ret_facts)[count++] = (struct notice_fact){
                .name = field->name,
                .value = value_words(desk, field, value, language, arena),
                .is_private = field->kind == FIELD_PHONE || field->kind == FIELD_MAIL,
            };
    }
    return count;
}
