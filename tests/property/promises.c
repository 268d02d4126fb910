/*
 * What the desk promises about rows that belong together, whatever people do.
 *
 *   - a contact fills a window once, and a window gets no more than its target;
 *   - an extension that is granted never makes a deadline earlier;
 *   - a notice that has come to its end, in a digest, sent or suppressed, stays there;
 *   - whoever was told of a breach hears how it ended, once: that nobody hears twice is seen by the fire keys
 *     (property_judge.c), that nobody is left out is seen here, under whichever number: of tickets that are
 *     merged, too, and in regimes that change, of the people who stay and the ladders that end with a word.
 */
#include "tests/property/promises.h"

#include "lib/policy.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WITHDRAWN (-150)

static char wrong[200];

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static bool is_same_window(const json_t *one, const json_t *other)
{
    return strcmp(text_of(one, "clock"), text_of(other, "clock")) == 0 &&
           strcmp(text_of(one, "window"), text_of(other, "window")) == 0;
}

const char *promises_contact(const struct contact_row *row)
{
    json_t *credited = row->credited ? json_loads(row->credited, 0, NULL) : NULL;
    bool is_twice = false;

    for (size_t i = 0; i < json_array_size(credited); i++)
        for (size_t j = 0; j < i; j++)
            is_twice |= is_same_window(json_array_get(credited, i), json_array_get(credited, j));
    json_decref(credited);
    snprintf(wrong, sizeof(wrong), "contact %" PRIu32 " of ticket %" PRIu64 " fills a window twice",
             row->contact, row->ticket);
    return is_twice ? wrong : NULL;
}

/* Is an approval in the batch, for this ticket? */
static bool is_extending(const struct world *world, uint64_t ticket)
{
    for (size_t i = 0; i < world->effects.count; i++) {
        const struct effect *effect = &world->effects.list[i];

        if (effect->kind == EFFECT_RECORD && effect->record->ticket == ticket &&
            strcmp(effect->record->kind, "decided") == 0 && strcmp(effect->record->subject, "approved") == 0)
            return true;
    }
    return false;
}

static bool is_running(const struct clock_row *row)
{
    return strcmp(row->state, "running") == 0;
}

const char *promises_clock(const struct world *world, const struct clock_row *row)
{
    const struct clock_row *before = rows_clock(&world->rows, row->ticket, row->clock);
    const struct policy *policy = desk_policy(world->desk);
    uint8_t rule = policy_find_clock(policy, row->clock);

    if (!before || rule == POLICY_NONE || before->cycle != row->cycle)
        return NULL;
    bool is_quota = policy->clocks[rule].kind == CLOCK_QUOTA;

    snprintf(wrong, sizeof(wrong), "%s of ticket %" PRIu64 ": %u contacts in a window of %u", row->clock,
             row->ticket, row->credited, policy->clocks[rule].target);
    if (is_quota && row->credited > before->credited && row->credited > policy->clocks[rule].target)
        return wrong;
    snprintf(wrong, sizeof(wrong), "%s of ticket %" PRIu64 " was extended, and is due %" PRId64 " ms earlier",
             row->clock, row->ticket, before->due_at - row->due_at);
    return is_running(before) && is_running(row) && row->due_at < before->due_at &&
                   is_extending(world, row->ticket)
               ? wrong
               : NULL;
}

const char *promises_notice_state(const struct world *world, const struct notice_state_row *row)
{
    static const char *const ends[] = {"accepted", "suppressed", "coalesced"};
    const char *state = row->notice && row->notice <= world->rows.notice_count
                            ? world->rows.notices[row->notice - 1].state
                            : "";

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (strcmp(state, ends[i]) == 0) {
            snprintf(wrong, sizeof(wrong), "notice %" PRIu64 " was %s and becomes %s", row->notice, state,
                     row->state);
            return wrong;
        }
    return NULL;
}

/* ---- whoever was told ---- */

/* Somebody who is owed word of a breach, or of the promise that replaced a broken one. */
struct owed {
    uint64_t ticket;
    const char *clock, *person;
    unsigned cycle;
};

static const struct record_row *merger_of(const struct rows *rows, uint64_t ticket)
{
    for (size_t i = 0; i < rows->record_count; i++)
        if (strcmp(rows->records[i].kind, "merge") == 0 && rows->records[i].ticket == ticket)
            return &rows->records[i];
    return NULL;
}

/* That another promise was given ends nothing once that one is met, or was given on another ticket. */
static bool hears_of_it(const struct rows *rows, const struct owed *owed, bool is_promise_over)
{
    for (size_t i = 0; i < rows->notice_count; i++) {
        const struct notice_row *end = &rows->notices[i].row;
        bool ends = end->rung == 0 || end->rung == WITHDRAWN || (!is_promise_over && end->rung < WITHDRAWN);
        bool is_of_it = end->cycle == owed->cycle || (is_promise_over && end->cycle > owed->cycle);

        if (ends && is_of_it && end->ticket == owed->ticket && strcmp(end->clock, owed->clock) == 0 &&
            strcmp(end->recipient, owed->person) == 0)
            return true;
    }
    return false;
}

/* By what the record of a merger says. False: not this one. */
static bool was_brought(const struct record_row *merged, struct owed *owed)
{
    json_t *value = merged->value ? json_loads(merged->value, 0, NULL) : NULL;
    const json_t *told;
    size_t i;
    bool is_found = false;

    json_array_foreach(json_object_get(value, "told"), i, told)
    {
        if (strcmp(text_of(told, "clock"), owed->clock) == 0 &&
            strcmp(text_of(told, "person"), owed->person) == 0) {
            owed->cycle = (unsigned)json_integer_value(json_object_get(told, "cycle"));
            is_found = true;
        }
    }
    owed->ticket = merged->other;
    json_decref(value);
    return is_found;
}

static bool is_promise(const struct world *world, const char *clock)
{
    const struct policy *policy = desk_policy(world->desk);
    uint8_t rule = policy_find_clock(policy, clock);

    return rule != POLICY_NONE && policy->clocks[rule].kind == CLOCK_PROMISE;
}

static bool is_left_out(const struct world *world, struct owed *owed)
{
    const struct clock_row *clock = rows_clock(&world->rows, owed->ticket, owed->clock);
    const struct record_row *merged = merger_of(&world->rows, owed->ticket);
    bool is_met = clock && strcmp(clock->state, "met") == 0;
    bool is_over = is_promise(world, owed->clock) && (is_met || merged);

    if (hears_of_it(&world->rows, owed, is_over))
        return false;
    if (!merged) /* somebody or something has answered it */
        return is_met || (clock && clock->cycle > owed->cycle);
    return !was_brought(merged, owed) || is_left_out(world, owed);
}

/* In regimes that change, not everybody stays, and not every ladder always ends with a word. */
static bool must_hear(const struct world *world, const struct notice_row *told)
{
    static const char *const come_and_go[] = {"sun.li", "wu.qiang", "he.lin", "xu.jing"};
    const struct policy *policy = desk_policy(world->desk);
    uint8_t rule = policy_find_clock(policy, told->clock);
    bool stays = true;

    if (!edition_reloads(world->edition))
        return true;
    for (size_t i = 0; i < sizeof(come_and_go) / sizeof(*come_and_go); i++)
        stays &= strcmp(told->recipient, come_and_go[i]) != 0;
    return stays && rule != POLICY_NONE && policy->clocks[rule].ladder != POLICY_NONE &&
           strcmp(policy->ladders[policy->clocks[rule].ladder].name, "up") == 0;
}

const char *promises_heard(const struct world *world)
{
    const struct rows *rows = &world->rows;

    for (size_t i = 0; i < rows->notice_count; i++) {
        const struct kept_notice *kept = &rows->notices[i];
        bool tells = kept->row.rung > 0 && strcmp(kept->state, "suppressed") != 0 &&
                     strcmp(kept->state, "failed") != 0;
        struct owed owed = {kept->row.ticket, kept->row.clock, kept->row.recipient, kept->row.cycle};

        if (!tells || !must_hear(world, &kept->row) || !is_left_out(world, &owed))
            continue;
        snprintf(wrong, sizeof(wrong),
                 "%s was told of %s of ticket %" PRIu64 ", cycle %u, and not of its end (ticket %" PRIu64
                 ", cycle %u)",
                 kept->row.recipient, kept->row.clock, kept->row.ticket, kept->row.cycle, owed.ticket,
                 owed.cycle);
        return wrong;
    }
    return NULL;
}
