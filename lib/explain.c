/*
 * What explanations share: saying a fact, and the members that many facts have.
 *
 * An explanation is made of facts, JSON objects in the answer, for programs; with each goes a sentence, for
 * people. Saying is one step, so that no sentence tells what no fact has, and no fact is without its place in
 * the order of the telling. Called by explain_clock.c, explain_steps.c, explain_notice.c and explain_why.c.
 */
#include "lib/explain.h"

#include "lib/answer.h"
#include <stdio.h>
#include <string.h>

json_t *explain_say(struct explaining *explaining, const char *name, json_t *fact)
{
    json_object_set_new(fact, "fact", json_string(name));
    const char *line = explain_words_sentence(&explaining->wording, fact);

    if (line)
        json_array_append_new(explaining->lines, json_string(line));
    return fact;
}

void explain_set_instant(const struct explaining *explaining, json_t *fact, const char *name, msec at)
{
    if (at != NEVER)
        json_object_set_new(fact, name, answer_instant(explaining->desk, at));
}

json_t *explain_instant(const struct explaining *explaining, msec at)
{
    json_t *fact = json_object();

    explain_set_instant(explaining, fact, "at", at);
    return fact;
}

void explain_set_day(json_t *fact, const char *name, int64_t day)
{
    struct civil date = civil_date(day);
    char text[40];

    snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
    json_object_set_new(fact, name, json_string(text));
}

void explain_set_place(const struct explaining *explaining, json_t *fact, int line)
{
    if (!line)
        return;
    json_object_set_new(fact, "file", json_string(explaining->desk->policy->file));
    json_object_set_new(fact, "line", json_integer(line));
}

const char *explain_title(const struct explaining *explaining, const struct vocabulary *words, uint8_t index)
{
    return index < words->count ? words->terms[index].title[explaining->wording.language] : NULL;
}

static void set_person(const struct explaining *explaining, json_t *fact, const char *id_member,
                       const char *name_member, uint16_t index)
{
    const struct person *person = roster_person(explaining->desk->roster, index);

    if (!person)
        return;
    json_object_set_new(fact, id_member, json_string(person->id));
    json_object_set_new(fact, name_member, json_string(person->name[explaining->wording.language]));
}

json_t *explain_recipient(const struct explaining *explaining, const struct recipient *recipient)
{
    const struct vocabulary *roles = &explaining->desk->policy->roles;
    json_t *fact = json_object();

    set_person(explaining, fact, "person", "name", recipient->person);
    if (recipient->role < roles->count) { /* who is told by name may hold none */
        json_object_set_new(fact, "role", json_string(roles->terms[recipient->role].name));
        json_object_set_new(fact, "role_title",
                            json_string(explain_title(explaining, roles, recipient->role)));
    }
    set_person(explaining, fact, "stands_for", "stands_for_name", recipient->stands_for);
    return fact;
}

json_t *explain_audience(const struct explaining *explaining, const struct audience *audience, msec at)
{
    struct recipient recipients[RECIPIENTS_MAX];
    size_t count = notice_resolve_at(explaining->desk, explaining->ticket, audience, at, recipients);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, explain_recipient(explaining, &recipients[i]));
    return list;
}

const char *explain_name(const struct explaining *explaining, const char *actor)
{
    const struct roster *roster = explaining->desk->roster;

    for (uint16_t i = 0; actor && i < roster_count(roster); i++)
        if (strcmp(roster_person(roster, i)->id, actor) == 0)
            return roster_person(roster, i)->name[explaining->wording.language];
    return actor;
}
