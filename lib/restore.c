/*
 * Coming back from rows: what the loader and a recall feed into the desk, and what a reload does to it.
 *
 * The inverse of settle.c, name for name. A row that does not fit (a class the regime no longer has, a clock
 * whose fields contradict its state) is refused with a reason and must stay in the database, reported: the
 * daemon goes on with everything else. A reload is the same translation in memory, old policy to new, all or
 * nothing.
 */
#include "lib/approval.h"
#include "lib/base/memory.h"
#include "lib/desk_parts.h"
#include "lib/field_value.h"
#include "lib/hold_rules.h"
#include "lib/judge.h"
#include "lib/pause.h"
#include "lib/reminder.h"
#include "lib/schedule_book.h"
#include "lib/story.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *read_bits(const struct vocabulary *words, const char *list, uint32_t *ret_bits)
{
    char copy[1024], *save;

    *ret_bits = 0;
    if (!list || strlen(list) >= sizeof(copy))
        return list ? "types: too long" : NULL;
    strcpy(copy, list);
    for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        uint8_t index = vocabulary_find(words, name);

        if (index == POLICY_NONE)
            return "types: the regime has no such type";
        *ret_bits |= UINT32_C(1) << index;
    }
    return NULL;
}

/* Whether a comma-separated list has this very item: one may begin like another. */
static bool has_item(const char *list, const char *item)
{
    size_t length = strlen(item);

    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && strncmp(at, item, length) == 0)
            return true;
    return false;
}

/* settle.c's `merged:42`. */
static void restore_merger(struct ticket *ticket, const char *facts)
{
    const char *at = strstr(facts, "merged:");

    if (at && (at == facts || at[-1] == ','))
        ticket_own_rare(ticket)->merged_into = strtoull(at + strlen("merged:"), NULL, 10);
}

/* A fact the regime no longer asks about is forgotten: no gate looks at it. */
static uint64_t read_facts(const struct policy *policy, const char *list)
{
    uint64_t facts = 0;

    for (size_t i = 0; i < policy->fact_count; i++)
        if (has_item(list, policy->facts[i].text))
            facts |= UINT64_C(1) << i;
    return facts;
}

static uint16_t person_of(struct desk *desk, const char *id)
{
    return id && id[0] ? roster_remember(desk->roster, id) : TICKET_NOBODY;
}

/* The words of a row as the policy's indexes. */
static const char *read_words(struct desk *desk, const struct ticket_row *row, struct ticket *ticket)
{
    const struct policy *policy = desk->policy;

    ticket->class_index = vocabulary_find(&policy->classes, row->class_name);
    ticket->urgency = vocabulary_find(&policy->urgencies, row->urgency);
    ticket->channel = vocabulary_find(&policy->channels, row->channel);
    ticket->stage = vocabulary_find(&policy->stages, row->stage);
    ticket->department = vocabulary_find(&policy->departments, row->department);
    ticket->hours = desk_hours(desk, row->staffed);
    if (!series_recall(&desk->numbers, policy, row->number, &ticket->series, &ticket->number))
        return "number: not of any format of the regime";
    if (ticket->class_index == POLICY_NONE)
        return "class: the regime has no such class";
    if (ticket->urgency == POLICY_NONE)
        return "urgency: the regime has no such urgency";
    if (ticket->channel == POLICY_NONE)
        return "channel: the regime has no such channel";
    if (ticket->stage == POLICY_NONE)
        return "stage: the regime has no such stage";
    if (ticket->hours == POLICY_NONE)
        return "staffed: neither hours nor a calendar of the regime";
    return read_bits(&policy->types, row->types, &ticket->types);
}

/* A department that is gone helps nobody any more. */
static void restore_supporting(const struct policy *policy, const char *list, struct ticket *ticket)
{
    for (uint8_t i = 0; i < policy->departments.count; i++)
        if (has_item(list, policy->departments.terms[i].name))
            ticket_own_rare(ticket)->supporting |= UINT32_C(1) << i;
}

/* settle.c's known_of(). */
static void restore_known(struct desk *desk, struct ticket *ticket, const char *text)
{
    json_t *known = text ? json_loads(text, 0, NULL) : NULL;

    field_values_restore(desk, ticket, json_object_get(known, "fields"));
    json_decref(known);
}

const char *desk_restore_ticket(struct desk *desk, const struct ticket_row *row, uint32_t contacts,
                                uint32_t progress, uint32_t plans)
{
    struct ticket read = {0};
    const char *wrong = read_words(desk, row, &read);

    if (wrong)
        return wrong;
    if (store_find(desk->store, row->ticket) != TICKET_NO_INDEX)
        return "ticket: it is in memory already";
    uint32_t index = store_add(desk->store, row->ticket, read.series, read.number);
    struct ticket *ticket = store_ticket(desk->store, index);

    ticket->class_index = read.class_index;
    ticket->urgency = read.urgency;
    ticket->channel = read.channel;
    ticket->stage = read.stage;
    ticket->department = read.department;
    ticket->hours = read.hours;
    ticket->types = read.types;
    ticket->facts = read_facts(desk->policy, row->facts);
    restore_merger(ticket, row->facts);
    restore_supporting(desk->policy, row->supporting, ticket);
    story_restore(ticket, row->story);
    ticket->customer = intern_id(desk->customers, row->customer);
    ticket->contact = intern_id(desk->customers, row->contact);
    ticket->handler = person_of(desk, row->handler);
    ticket->recorder = person_of(desk, row->recorder);
    ticket->revision = row->revision;
    ticket->received_at = row->received_at;
    ticket->created_at = row->created_at;
    ticket->handed_over_at = row->handed_over_at;
    ticket->expected_at = row->expected_at;
    ticket->solved_at = row->solved_at;
    ticket->closed_at = row->closed_at;
    ticket->history_until_at = row->history_until_at;
    ticket->contacted_at = row->contacted_at;
    if (row->occurred_at != NEVER && row->occurred_at)
        ticket_own_rare(ticket)->occurred_at = row->occurred_at;
    ticket->contacts = (uint16_t)contacts;
    ticket->progress = (uint16_t)progress;
    ticket->plans = (uint16_t)plans;
    ticket->is_open = row->open;
    ticket->is_key_customer = row->key_account;
    if (row->staged_at != NEVER)
        ticket_own_rare(ticket)->staged_at = row->staged_at;
    restore_known(desk, ticket, row->known);
    ticket->is_solved = row->solved_at != NEVER;
    ticket->has_plan = row->expected_at != NEVER;
    return NULL;
}

static const char *fill_clock(const struct clock_row *row, struct clock *clock)
{
    enum clock_state state;

    if (!clock_state_find(row->state, &state))
        return "state: there is no such state";
    clock->state = (uint8_t)state;
    clock->cycle = row->cycle;
    clock->rearmed = row->rearmed & 0xf;
    clock->rungs = row->rungs;
    clock->credited = row->credited;
    clock->ladder = row->ladder;
    clock->repeats = row->repeats;
    clock->untold = row->untold;
    clock->ladder_running = row->ladder_running;
    clock->was_late = row->was_late;
    clock->withdrawn = row->withdrawn;
    clock->acknowledged = row->acknowledged;
    clock->anchor_at = row->anchor_at;
    clock->due_at = row->due_at;
    clock->breached_at = row->breached_at;
    clock->fired_at = row->fired_at;
    clock->ended_at = row->ended_at;
    return clock_is_sound(clock) ? NULL : "the fields contradict the state";
}

/* A ticket without one of its clocks would be judged wrongly: all of it stays out. */
static const char *drop_half(struct desk *desk, uint32_t index, const char *why)
{
    store_remove(desk->store, index);
    return why;
}

static void choose_ladder(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    uint8_t index = desk->policy->clocks[clock->rule].ladder;
    const struct ladder_policy *ladder = &desk->policy->ladders[index];

    if (index != POLICY_NONE)
        clock->ladder =
            ladder_book_freeze(&desk->ladders, desk->policy, ladder, policy_rung_set(ladder, ticket));
    desk_touch_clock(desk, ticket, clock);
}

static bool is_over(const struct clock_row *row)
{
    enum clock_state state;

    return clock_state_find(row->state, &state) && (state == CLOCK_MET || state == CLOCK_CANCELLED);
}

const char *desk_restore_clock(struct desk *desk, const struct clock_row *row)
{
    uint32_t index = store_find(desk->store, row->ticket);
    uint8_t rule = policy_find_clock(desk->policy, row->clock);
    struct clock read = {0};

    if (index == TICKET_NO_INDEX)
        return "ticket: it is not in memory";
    if (rule == POLICY_NONE) /* what is over and no longer asked for stays in its row and keeps nobody out */
        return is_over(row) ? NULL : drop_half(desk, index, "clock: the regime has no such clock");
    struct ticket *ticket = store_ticket(desk->store, index);
    const char *wrong =
        ticket_clock(ticket, rule) ? "clock: it is in memory already" : fill_clock(row, &read);

    if (!wrong && read.ladder && !ladder_book_list(&desk->ladders, read.ladder))
        wrong = "ladder: the list of rungs that it climbs is not in the table of ladders";

    if (wrong)
        return drop_half(desk, index, wrong);
    struct clock *clock = store_add_clock(desk->store, ticket, rule);

    read.rule = rule;
    bool is_known = reminder_read(&desk->policy->clocks[rule], row->reminders, &read);
    if (read.ladder_running && !read.ladder) /* from before lists were kept by their text */
        choose_ladder(desk, ticket, &read);
    *clock = read;
    if (!is_known)
        desk_touch_clock(desk, ticket, clock);
    return NULL;
}

void desk_restore_ladder(struct desk *desk, uint64_t ladder, const char *body)
{
    ladder_book_restore(&desk->ladders, desk->policy, ladder, body);
}

const char *desk_restore_pause(struct desk *desk, const struct pause_row *row)
{
    uint32_t index = store_find(desk->store, row->ticket);
    uint8_t reason = vocabulary_find(&desk->policy->pauses, row->reason);
    struct pause pause = {
        .from_at = row->from_at, .to_at = row->to_at, .number = (uint16_t)row->pause, .reason = reason};

    if (index == TICKET_NO_INDEX)
        return "ticket: it is not in memory";
    if (reason == POLICY_NONE)
        return drop_half(desk, index, "pause: the regime has no such reason");
    if (row->from_at == NEVER || row->to_at < row->from_at)
        return drop_half(desk, index, "pause: it ends before it begins");
    if (row->to_at == NEVER && pause_lasting(store_ticket(desk->store, index), reason))
        return drop_half(desk, index, "pause: another one for the same reason lasts");
    pause_add(store_ticket(desk->store, index), &pause);
    return NULL;
}

void desk_restore_approval(struct desk *desk, const struct approval_row *row)
{
    uint32_t index = store_find(desk->store, row->ticket);
    uint8_t kind = vocabulary_find(&desk->policy->approvals, row->kind);
    uint8_t rule = row->clock[0] ? policy_find_clock(desk->policy, row->clock) : POLICY_NONE;

    if (index == TICKET_NO_INDEX || kind == POLICY_NONE || (row->clock[0] && rule == POLICY_NONE))
        return;
    struct approval approval = {
        .id = row->approval,
        .until_at = row->until_at,
        .cycle = row->cycle,
        .asker = person_of(desk, row->asker),
        .kind = kind,
        .rule = rule,
        .state = row->approved ? APPROVAL_APPROVED : APPROVAL_ASKED,
        .department =
            row->department[0] ? vocabulary_find(&desk->policy->departments, row->department) : POLICY_NONE,
        .handler = person_of(desk, row->handler),
    };

    approval_add(store_ticket(desk->store, index), &approval);
}

void desk_restore_told(struct desk *desk, uint64_t ticket, const char *clock, uint16_t cycle,
                       const char *person, const char *role)
{
    uint32_t index = store_find(desk->store, ticket);
    uint8_t rule = policy_find_clock(desk->policy, clock);
    uint8_t role_index = vocabulary_find(&desk->policy->roles, role);
    uint16_t who = person_of(desk, person);

    if (index != TICKET_NO_INDEX && rule != POLICY_NONE && who != TICKET_NOBODY)
        ticket_tell(store_ticket(desk->store, index), rule, cycle, who, role_index);
}

void desk_restore_window(struct desk *desk, const struct window_row *row)
{
    uint32_t index = store_find(desk->store, row->ticket);
    uint8_t rule = policy_find_clock(desk->policy, row->clock);
    struct missed_window missed = {
        .start_at = row->start_at,
        .end_at = row->end_at,
        .cycle = row->cycle,
        .rule = rule,
        .credited = row->credited,
        .is_final = row->is_final,
    };

    if (index != TICKET_NO_INDEX && rule != POLICY_NONE)
        ticket_remember_window(store_ticket(desk->store, index), &missed);
}

static uint8_t channel_of(const struct notice_row *row)
{
    enum notice_channel channel = CHANNEL_MAIL;

    notice_channel_find(row->channel, &channel);
    return (uint8_t)channel;
}

/* What is known of its ticket: by the ticket, else, when that is closed, by its row. */
static void know_ticket(struct desk *desk, const struct ticket *ticket, const struct notice_row *row,
                        struct outbox_entry *entry)
{
    entry->series = ticket ? ticket->series : SERIES_NONE;
    entry->number = ticket ? ticket->number : 0;
    entry->department =
        ticket ? ticket->department
               : vocabulary_find(&desk->policy->departments, row->department ? row->department : "");
    if (!ticket && row->number)
        series_recall(&desk->numbers, desk->policy, row->number, &entry->series, &entry->number);
}

static void keep_waiting(struct desk *desk, const struct notice_row *row, msec until_at,
                         struct outbox_entry *entry)
{
    struct wait wait = {.until_at = until_at, .hold = HOLD_DOWNTIME}; /* should the row not say */

    hold_find(row->hold, &wait.hold);
    hold_keep(desk, entry, &wait);
}

/* One that was being attempted when the daemon went away may have gone out: it is sent again, same
 * Message-ID. */
void desk_restore_notice(struct desk *desk, const struct notice_row *row, uint16_t attempts, msec ready_at)
{
    uint32_t index = store_find(desk->store, row->ticket);
    struct ticket *ticket = index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index);
    bool is_customer = effect_is_to_customer(row);
    struct outbox_entry entry = {
        .notice = row->notice,
        .ticket = row->ticket,
        .ready_at = ready_at == NEVER ? row->at : ready_at,
        .due_at = row->due_at,
        .rung = row->rung,
        .person = is_customer ? TICKET_NOBODY : person_of(desk, row->recipient),
        .is_customer = is_customer,
        .mailing = is_customer ? mailing_of_notice(row->clock) : 0,
        .address = is_customer && policy_is_courtesy(desk->policy, row->template_name)
                       ? intern_id(desk->customers, row->address)
                       : 0,
        .attempts = attempts,
        .cycle = (uint16_t)row->cycle,
        .rule = policy_find_clock(desk->policy, row->clock),
        .role = vocabulary_find(&desk->policy->roles, row->role),
        .channel = channel_of(row),
        .state = strcmp(row->state, "held") == 0 ? OUTBOX_HELD : OUTBOX_QUEUED,
        .was_let_go = row->let_go_at != NEVER,
        .may_be_out = strcmp(row->state, "attempting") == 0,
    };

    if (outbox_find(desk->outbox, row->notice))
        return;
    know_ticket(desk, ticket, row, &entry);
    struct outbox_entry *added = outbox_add(desk->outbox, ticket, &entry);

    if (added->state == OUTBOX_HELD)
        keep_waiting(desk, row, ready_at, added);
}

void desk_restore_let_go(struct desk *desk, const char *person, msec at)
{
    uint16_t who = person_of(desk, person);

    if (who != TICKET_NOBODY)
        budget_note(holds_budget(desk->holds, who), desk->policy->notices.budget, at);
}

void desk_restore_sequence(struct desk *desk, const char *name, uint64_t last)
{
    if (strcmp(name, "ticket") == 0)
        desk->ticket_sequence = last;
    else if (strcmp(name, "notice") == 0)
        desk->notice_sequence = last;
    else if (strcmp(name, "journal") == 0)
        desk->journal_sequence = last;
    else
        series_restore(&desk->numbers, desk->policy, name, last);
}

void desk_restore_key(struct desk *desk, const char *key)
{
    keyset_add(&desk->keys, key);
}

void desk_restore_done(struct desk *desk, msec now)
{
    desk->now = now;
    schedule_go_live(desk);
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer)
        desk_arm(desk, store_ticket(desk->store, i));
    hold_come_back(desk);
}

/* Whether it is reopened or only looked at, the next settle decides if it stays. */
void desk_recalled(struct desk *desk, uint64_t ticket, msec now)
{
    uint32_t index = store_find(desk->store, ticket);

    desk->now = now;
    if (index == TICKET_NO_INDEX)
        return;
    desk_arm(desk, store_ticket(desk->store, index));
    desk->touched = memory_reserve(desk->touched, &desk->touched_capacity, desk->touched_count + 1,
                                   sizeof(*desk->touched));
    desk->touched[desk->touched_count++] = index;
}
