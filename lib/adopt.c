/*
 * A reload: another policy and other people for the tickets that are open.
 *
 * Everything in memory names words by their place in the old policy; here each place is translated, by name,
 * into the new one. All is checked before anything is changed: a word that an open ticket still uses but the
 * new files no longer have refuses the reload and says which ticket. A reload sends nothing (domain rule 13):
 * deadlines of running clocks are computed again from their anchors, met stays met, breached stays breached,
 * and the wheel finds out in the ordinary way what is due.
 */
#include "lib/adoption_parts.h"
#include "lib/approval.h"
#include "lib/base/memory.h"
#include "lib/field_value.h"
#include "lib/judge.h"
#include "lib/register_rows.h"
#include "lib/reminder.h"
#include "lib/schedule_book.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void translate_words(const struct vocabulary *from, const struct vocabulary *to, uint8_t *map)
{
    memset(map, POLICY_NONE, POLICY_TERMS_MAX);
    for (size_t i = 0; i < from->count; i++)
        map[i] = vocabulary_find(to, from->terms[i].name);
}

static uint8_t find_number(const struct policy *policy, const struct number_format *format)
{
    for (size_t i = 0; i < policy->number_count; i++) {
        const struct number_format *other = &policy->numbers[i];

        if (strcmp(other->name, format->name) == 0 && number_format_equals(other, format))
            return (uint8_t)i;
    }
    return POLICY_NONE;
}

static void translate(const struct desk *desk, const struct policy *policy, struct roster *roster,
                      struct translation *map)
{
    const struct policy *old = desk->policy;

    map->policy = policy;
    map->roster = roster;
    translate_words(&old->classes, &policy->classes, map->classes);
    translate_words(&old->types, &policy->types, map->types);
    translate_words(&old->urgencies, &policy->urgencies, map->urgencies);
    translate_words(&old->channels, &policy->channels, map->channels);
    translate_words(&old->stages, &policy->stages, map->stages);
    translate_words(&old->departments, &policy->departments, map->departments);
    translate_words(&old->roles, &policy->roles, map->roles);
    translate_words(&old->pauses, &policy->pauses, map->pauses);
    for (size_t i = 0; i < old->fact_count; i++)
        map->facts[i] = policy_find_fact(policy, old->facts[i].text);
    for (size_t i = 0; i < old->clock_count; i++)
        map->clocks[i] = policy_find_clock(policy, old->clocks[i].name);
    for (size_t i = 0; i < old->number_count; i++)
        map->numbers[i] = find_number(policy, &old->numbers[i]);
    map->people = memory_new(roster_count(desk->roster), sizeof(*map->people));
    for (size_t i = 0; i < roster_count(desk->roster); i++)
        map->people[i] = roster_remember(roster, roster_person(desk->roster, (uint16_t)i)->id);
}

static uint32_t translate_bits(const uint8_t *map, uint32_t bits, bool *ret_lost)
{
    uint32_t translated = 0;

    for (size_t i = 0; i < POLICY_TERMS_MAX; i++)
        if (bits >> i & 1) {
            if (map[i] == POLICY_NONE)
                *ret_lost = true;
            else
                translated |= UINT32_C(1) << map[i];
        }
    return translated;
}

/* What the new files no longer have but this ticket still uses; NULL when it fits. */
static const char *lost_word(const struct desk *desk, const struct translation *map,
                             const struct ticket *ticket, const char **ret_kind)
{
    const struct policy *old = desk->policy;
    bool lost = false;

#define CHECK(kind, index, table, name)                                                                      \
    if ((index) != POLICY_NONE && map->table[index] == POLICY_NONE) {                                        \
        *ret_kind = kind;                                                                                    \
        return name;                                                                                         \
    }
    CHECK("class", ticket->class_index, classes, old->classes.terms[ticket->class_index].name)
    CHECK("urgency", ticket->urgency, urgencies, old->urgencies.terms[ticket->urgency].name)
    CHECK("channel", ticket->channel, channels, old->channels.terms[ticket->channel].name)
    CHECK("stage", ticket->stage, stages, old->stages.terms[ticket->stage].name)
    CHECK("department", ticket->department, departments, old->departments.terms[ticket->department].name)
    CHECK("number format", desk->numbers.list[ticket->series].format, numbers,
          old->numbers[desk->numbers.list[ticket->series].format].name)
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        CHECK("clock", ticket->clocks[i].rule, clocks, old->clocks[ticket->clocks[i].rule].name)
    for (uint16_t i = 0; i < ticket_rare(ticket)->pause_count; i++)
        CHECK("pause", ticket->rare->pauses[i].reason, pauses,
              old->pauses.terms[ticket->rare->pauses[i].reason].name)
#undef CHECK
    if (!desk_hours_fit(desk, ticket->hours, map->policy)) {
        *ret_kind = "calendar (of its customer)";
        return desk->hours[ticket->hours].text;
    }
    if (ticket->handler != TICKET_NOBODY &&
        roster_person(map->roster, map->people[ticket->handler])->is_gone) {
        *ret_kind = "person (its handler)";
        return roster_person(desk->roster, ticket->handler)->id;
    }
    *ret_kind = "type";
    translate_bits(map->types, ticket->types, &lost);
    return lost ? "of the ticket" : NULL;
}

static char *check_all(const struct desk *desk, const struct translation *map)
{
    char *why = NULL;

    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX && !why;
         i = store_ticket(desk->store, i)->newer) {
        const struct ticket *ticket = store_ticket(desk->store, i);
        const char *kind;
        const char *word = lost_word(desk, map, ticket, &kind);

        if (word && asprintf(&why, "open ticket %" PRIu64 " still uses %s '%s'", ticket->id, kind, word) < 0)
            abort();
    }
    return why;
}

static uint16_t new_person(const struct translation *map, uint16_t person)
{
    return person == TICKET_NOBODY ? TICKET_NOBODY : map->people[person];
}

static int by_rule(const void *a, const void *b)
{
    return (int)((const struct clock *)a)->rule - (int)((const struct clock *)b)->rule;
}

/* A condition that the new regime no longer asks for is forgotten. */
static uint64_t translate_facts(const struct translation *map, uint64_t facts)
{
    uint64_t translated = 0;

    for (size_t i = 0; i < POLICY_FACTS_MAX; i++)
        if ((facts >> i & 1) && map->facts[i] != POLICY_NONE)
            translated |= UINT64_C(1) << map->facts[i];
    return translated;
}

static void rename_rare(const struct translation *map, struct ticket_rare *rare)
{
    uint16_t kept = 0;

    for (uint16_t i = 0; rare && i < rare->told_count; i++) {
        struct told told = rare->told[i];

        told.rule = map->clocks[told.rule];
        told.role = told.role == POLICY_NONE ? POLICY_NONE : map->roles[told.role];
        told.person = map->people[told.person];
        if (told.person != ROSTER_NOBODY)
            rare->told[kept++] = told;
    }
    if (rare) {
        rare->told_count = kept;
        ticket_sort_told(rare);
    }
    for (uint16_t i = 0; rare && i < rare->window_count; i++)
        rare->windows[i].rule = map->clocks[rare->windows[i].rule];
}

/* A department that is gone helps nobody any more. */
static void rename_supporting(const struct translation *map, struct ticket_rare *rare)
{
    bool lost;

    if (rare)
        rare->supporting = translate_bits(map->departments, rare->supporting, &lost);
}

static void rename_pauses(const struct translation *map, struct ticket_rare *rare)
{
    for (uint16_t i = 0; rare && i < rare->pause_count; i++)
        rare->pauses[i].reason = map->pauses[rare->pauses[i].reason];
}

static void rename_ticket(const struct translation *map, struct ticket *ticket)
{
    bool lost;

    ticket->class_index = map->classes[ticket->class_index];
    ticket->urgency = map->urgencies[ticket->urgency];
    ticket->channel = map->channels[ticket->channel];
    ticket->stage = map->stages[ticket->stage];
    ticket->department =
        ticket->department == POLICY_NONE ? POLICY_NONE : map->departments[ticket->department];
    ticket->types = translate_bits(map->types, ticket->types, &lost);
    ticket->facts = translate_facts(map, ticket->facts);
    ticket->handler = new_person(map, ticket->handler);
    ticket->recorder = new_person(map, ticket->recorder);
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        ticket->clocks[i].rule = map->clocks[ticket->clocks[i].rule];
    if (ticket->clock_count) /* qsort wants an array even of nothing */
        qsort(ticket->clocks, ticket->clock_count, sizeof(*ticket->clocks), by_rule);
    rename_rare(map, ticket->rare);
    approval_rename(ticket, map->clocks, map->departments, map->people);
    rename_pauses(map, ticket->rare);
    rename_supporting(map, ticket->rare);
}

struct adoption *adoption_create(struct desk *desk, struct policy *policy, struct roster *roster, msec now,
                                 char **ret_why)
{
    struct adoption *adoption = memory_new(1, sizeof(*adoption));

    *adoption = (struct adoption){.desk = desk, .policy = policy, .roster = roster, .now = now};
    arena_init(&adoption->arena);
    translate(desk, policy, roster, &adoption->map);
    *ret_why = desk->numbers.moved || desk->fresh_count ? memory_text("a batch is being gathered: try again")
                                                        : check_all(desk, &adoption->map);
    if (!*ret_why)
        *ret_why = register_misfit(desk, policy, roster);
    if (!*ret_why) {
        adoption_compare(adoption);
        return adoption;
    }
    adoption->policy = NULL;
    adoption->roster = NULL;
    adoption_destroy(adoption);
    return NULL;
}

void adoption_destroy(struct adoption *adoption)
{
    if (!adoption)
        return;
    roster_destroy(adoption->roster);
    policy_destroy(adoption->policy);
    arena_finish(&adoption->arena);
    free(adoption->map.people);
    free(adoption->moved);
    free(adoption->changed);
    free(adoption);
}

/* While both policies are there and clocks still have the old one's numbers. That a reminder was sent which
   the new one does not have is forgotten, in the row, too: should a third bring it back, it is owed again,
   and must then have another fire key. */
static void rename_reminders(struct desk *desk, const struct policy *to, const struct translation *map,
                             struct ticket *ticket)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = &ticket->clocks[i];
        const struct clock_policy *before = &desk->policy->clocks[clock->rule];

        if (!reminder_translate(before, &to->clocks[map->clocks[clock->rule]], clock))
            desk_touch_clock(desk, ticket, clock);
    }
}

/* Everything in memory gets the new policy's words. */
static void rename_all(struct desk *desk, const struct policy *policy, struct roster *roster,
                       const struct translation *map)
{
    series_rename(&desk->numbers, map->numbers);
    const struct outbox_names names = {
        .people = map->people,
        .rules = map->clocks,
        .roles = map->roles,
        .departments = map->departments,
    };

    holds_rename(desk->holds, map->people);
    outbox_rename(desk->outbox, &names);
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        if (!field_values_rename(desk, policy, roster, store_ticket(desk->store, i)))
            desk_touch(desk, store_ticket(desk->store, i));
        rename_reminders(desk, policy, map, store_ticket(desk->store, i));
        rename_ticket(map, store_ticket(desk->store, i));
    }
}

static void judge_anew(struct adoption *adoption, struct ticket *ticket)
{
    struct desk *desk = adoption->desk;
    msec due_at[POLICY_TERMS_MAX];

    for (uint8_t i = 0; i < ticket->clock_count; i++)
        due_at[i] = ticket->clocks[i].due_at;
    judge_repolicied(desk, ticket);
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].due_at != due_at[i])
            adoption_move(adoption, ticket, &ticket->clocks[i], due_at[i]);
}

void desk_adopt(struct desk *desk, struct adoption *adoption, const char *cause, const char *actor,
                struct effects *out)
{
    rename_all(desk, adoption->policy, adoption->roster, &adoption->map);
    struct schedule_book *schedules = schedule_book_renamed(desk, adoption->policy);

    register_rename(desk, adoption->policy);
    schedule_book_destroy(desk->schedules);
    desk->schedules = schedules;
    roster_destroy(desk->roster);
    policy_destroy(desk->policy);
    desk->policy = adoption->policy;
    desk->roster = adoption->roster;
    adoption->policy = NULL;
    adoption->roster = NULL;
    desk->now = adoption->now;
    desk->out = out;
    desk_rebuild_hours(desk);
    ladder_book_compile(&desk->ladders, desk->policy);
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        field_values_refresh(desk, store_ticket(desk->store, i));
        judge_anew(adoption, store_ticket(desk->store, i));
    }
    adoption_record(adoption, cause, actor);
    schedule_adopted(desk);
    desk->out = NULL;
}

size_t desk_catch_up(struct desk *desk, msec now, struct effects *out)
{
    struct adoption *adoption = memory_new(1, sizeof(*adoption));

    *adoption = (struct adoption){.desk = desk, .now = now};
    arena_init(&adoption->arena);
    desk->now = now;
    desk->out = out;
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer)
        judge_anew(adoption, store_ticket(desk->store, i));
    size_t moved = adoption->moved_count;

    if (moved)
        adoption_record(adoption, "start", "");
    desk->out = NULL;
    adoption_destroy(adoption);
    return moved;
}
