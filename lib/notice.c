/*
 * Notices: from "this rung has fired" to a row in the outbox for each person.
 *
 * Called by the judge. A notice is rendered once, here, with what memory knows (number, customer, department,
 * limit, overrun: no names or phone numbers of customers' people), and stored; every later attempt sends
 * those stored words under the same Message-ID. The fire key of a row (ticket, clock, cycle, rung, recipient,
 * channel) is unique in the database, so that a mistake here stops the daemon instead of telling somebody
 * twice.
 */
#include "lib/notice.h"

#include "lib/base/hash.h"
#include "lib/hold_rules.h"
#include "lib/notice_parts.h"
#include "lib/notice_words.h"
#include "lib/reminder.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- whom ---- */

/* False: neither the holder nor a deputy can be told. */
static bool add_recipient(const struct desk *desk, uint16_t holder, uint8_t role, int64_t day,
                          struct recipient *list, size_t *count)
{
    uint16_t person = roster_reachable(desk->roster, holder, day);

    if (person == ROSTER_NOBODY)
        return false;
    for (size_t i = 0; i < *count; i++)
        if (list[i].person == person)
            return true;
    if (*count < RECIPIENTS_MAX)
        list[(*count)++] = (struct recipient){
            .person = person,
            .role = role,
            .stands_for = person == holder ? TICKET_NOBODY : holder,
        };
    return true;
}

static size_t holders_of(const struct desk *desk, const struct ticket *ticket, uint8_t role, uint16_t *people)
{
    if (desk->policy->role_scope[role] != SCOPE_TICKET)
        return roster_holders(desk->roster, desk->policy, role, ticket->department, people, RECIPIENTS_MAX);
    people[0] = ticket->handler;
    return ticket->handler != TICKET_NOBODY;
}

/* Of every department that supports the ticket. */
static size_t supporters_of(const struct desk *desk, const struct ticket *ticket, uint8_t role,
                            uint16_t *people)
{
    uint32_t departments = ticket_rare(ticket)->supporting;
    size_t count = 0;

    for (uint8_t department = 0; department < desk->policy->departments.count; department++)
        if (departments >> department & 1)
            count += roster_members(desk->roster, role, department, people + count, RECIPIENTS_MAX - count);
    return count;
}

size_t notice_people(const struct desk *desk, const struct ticket *ticket, const struct addressee *whom,
                     uint16_t ret_people[RECIPIENTS_MAX])
{
    if (whom->person) {
        ret_people[0] = roster_find(desk->roster, whom->person);
        return ret_people[0] != ROSTER_NOBODY;
    }
    if (whom->department == AUDIENCE_SUPPORTING)
        return supporters_of(desk, ticket, whom->role, ret_people);
    if (whom->department != POLICY_NONE)
        return roster_members(desk->roster, whom->role, whom->department, ret_people, RECIPIENTS_MAX);
    return whom->role == POLICY_NONE ? 0 : holders_of(desk, ticket, whom->role, ret_people);
}

size_t notice_resolve_at(const struct desk *desk, const struct ticket *ticket,
                         const struct audience *audience, msec at,
                         struct recipient ret_recipients[RECIPIENTS_MAX])
{
    uint16_t people[RECIPIENTS_MAX];
    int64_t day = zone_day(desk->policy->zone, at);
    size_t count = 0;

    for (uint8_t place = 0; place < audience->count; place++) {
        bool is_reached = false;

        for (size_t choice = 0; choice < AUDIENCE_CHOICES && !is_reached; choice++) {
            const struct addressee *whom = &audience->to[place][choice];
            size_t holders = notice_people(desk, ticket, whom, people);

            for (size_t i = 0; i < holders; i++)
                is_reached |= add_recipient(
                    desk, people[i], whom->person ? roster_first_role(desk->roster, people[i]) : whom->role,
                    day, ret_recipients, &count);
        }
    }
    return count;
}

size_t notice_resolve(const struct desk *desk, const struct ticket *ticket, const struct audience *audience,
                      struct recipient ret_recipients[RECIPIENTS_MAX])
{
    return notice_resolve_at(desk, ticket, audience, desk->now, ret_recipients);
}

/* ---- the row ---- */

void notice_name(struct desk *desk, const struct occasion *occasion, const char *domain,
                 struct notice_row *row)
{
    struct arena *arena = &desk->out->arena;
    const char *name = desk->options.name;

    row->message_id = arena_printf(arena, "<n%" PRIu64 ".%s@%s>", row->notice, name, domain);
    if (row->ticket)
        row->thread = arena_printf(arena, "<t%" PRIu64 ".%s@%s>", row->ticket, name, domain);
    if (occasion->matter)
        row->thread =
            arena_printf(arena, "<s%016" PRIx64 ".%s@%s>", hash_text(occasion->matter->thread), name, domain);
}

/* Words of the policy are copied: a reload may free it while the batch still waits for its COMMIT. */
struct notice_row *notice_new_row(struct desk *desk, const struct occasion *occasion,
                                  const struct person *person, uint8_t role)
{
    struct notice_row *row = effects_add(desk->out, EFFECT_NOTICE);
    struct arena *arena = &desk->out->arena;

    row->notice = ++desk->notice_sequence;
    desk->notices_moved = true;
    row->ticket = occasion->ticket ? occasion->ticket->id : 0;
    row->clock = arena_text(arena, occasion->clock_name);
    row->cycle = occasion->cycle;
    row->rung = occasion->rung;
    row->recipient = arena_text(arena, person->id);
    row->role = arena_text(arena, role == POLICY_NONE ? "" : desk->policy->roles.terms[role].name);
    row->channel = notice_channel_name(CHANNEL_MAIL);
    row->address = arena_text(arena, person->mail);
    row->display_name = arena_text(arena, person->name[person->language]);
    row->language = language_name(person->language);
    row->template_name = arena_text(arena, occasion->template_name);
    row->reason = arena_text(arena, occasion->reason);
    notice_name(desk, occasion, desk->options.mail_domain, row);
    row->at = occasion->at;
    row->due_at = occasion->clock ? notice_due_at(occasion->clock) : NEVER;
    row->ready_at = row->let_go_at = NEVER;
    return row;
}

/* The row's part of it: let go, or held until then. A copy by a second way is no second notice. */
static void begin_waiting(struct desk *desk, struct notice_row *row, const struct wait *wait, uint16_t person,
                          bool is_copy)
{
    if (wait->hold == HOLD_NONE) {
        row->state = "queued";
        if (!is_copy) {
            row->let_go_at = desk->now;
            hold_note_let_go(desk, person);
        }
        return;
    }
    row->state = "held";
    row->hold = hold_name(wait->hold);
    row->ready_at = wait->until_at;
    row->detail = wait->why;
}

static void send_by(struct desk *desk, struct notice_row *row, const struct person *person,
                    enum notice_channel channel)
{
    row->channel = notice_channel_name(channel);
    row->address = arena_text(&desk->out->arena, roster_address(person, channel));
}

static bool goes_by_mail(const struct occasion *occasion)
{
    return !occasion->channels || (occasion->channels >> CHANNEL_MAIL & 1);
}

/* What must wait is for later, and later is what mail is for: digests are mails. */
static bool leaves_it_to_mail(struct desk *desk, const struct occasion *occasion, const struct person *person,
                              struct notice_row *row)
{
    if (goes_by_mail(occasion)) {
        row->state = "suppressed";
        row->detail = "it must wait, and a mail says the same";
        return true;
    }
    send_by(desk, row, person, CHANNEL_MAIL);
    return false;
}

static void tell_by(struct desk *desk, const struct occasion *occasion, struct recipient recipient,
                    enum notice_channel channel)
{
    const struct person *person = roster_person(desk->roster, recipient.person);
    struct ticket *ticket = occasion->ticket;
    struct notice_row *row = notice_new_row(desk, occasion, person, recipient.role);
    const struct person *absent = roster_person(desk->roster, recipient.stands_for);

    send_by(desk, row, person, channel);
    if (absent)
        row->reason = arena_printf(&desk->out->arena, "%s; as deputy of %s, who is absent", occasion->reason,
                                   absent->id);
    if (ticket->history_until_at != NEVER) { /* the past is recorded, nobody is told of it now */
        row->state = "suppressed";
        row->detail = "imported history";
        row->subject = row->body = "";
        return;
    }
    if (desk->options.is_wordless)
        row->subject = row->body = "";
    else
        notice_words(desk, occasion, recipient, row);
    struct wait wait = hold_decide(desk, occasion, recipient);

    if (wait.is_overtaken) { /* the breach will say more */
        row->state = "suppressed";
        row->detail = "overtaken in quiet hours";
        return;
    }
    if (wait.hold != HOLD_NONE && channel != CHANNEL_MAIL) {
        if (leaves_it_to_mail(desk, occasion, person, row))
            return;
        channel = CHANNEL_MAIL;
    }
    begin_waiting(desk, row, &wait, recipient.person, channel != CHANNEL_MAIL && goes_by_mail(occasion));
    if (occasion->rung > 0)
        ticket_tell(ticket, occasion->clock->rule, occasion->cycle, recipient.person, recipient.role);
    struct ticket *in_store = occasion->matter ? NULL : ticket;
    struct outbox_entry entry = {
        .notice = row->notice,
        .ticket = ticket->id,
        .ready_at = desk->now,
        .due_at = row->due_at,
        .rung = occasion->rung,
        .person = recipient.person,
        .cycle = occasion->cycle,
        .rule = occasion->clock ? occasion->clock->rule : POLICY_NONE,
        .role = recipient.role,
        .channel = (uint8_t)channel,
        .was_let_go = row->let_go_at != NEVER,
        .number = in_store ? in_store->number : 0,
        .series = in_store ? in_store->series : SERIES_NONE,
        .department = in_store ? in_store->department : POLICY_NONE,
        .state = wait.hold == HOLD_NONE ? OUTBOX_QUEUED : OUTBOX_HELD,
    };
    struct outbox_entry *added = outbox_add(desk->outbox, in_store, &entry);

    if (wait.hold != HOLD_NONE)
        hold_keep(desk, added, &wait);
}

/* By every way that is asked for and that the person has; by mail when there is none of them. */
static void tell_one(struct desk *desk, const struct occasion *occasion, struct recipient recipient)
{
    const struct person *person = roster_person(desk->roster, recipient.person);
    bool is_told = false;

    for (enum notice_channel channel = 0; channel < CHANNEL_COUNT; channel++)
        if ((occasion->channels >> channel & 1) && roster_address(person, channel)[0]) {
            tell_by(desk, occasion, recipient, channel);
            is_told = true;
        }
    if (!is_told)
        tell_by(desk, occasion, recipient, CHANNEL_MAIL);
}

msec notice_due_at(const struct clock *clock)
{
    return clock->breached_at != NEVER ? clock->breached_at : clock->due_at;
}

void notice_tell(struct desk *desk, const struct occasion *occasion, const struct recipient *recipients,
                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        tell_one(desk, occasion, recipients[i]);
}

/* ---- what became of the reason ---- */

void notice_suppress(struct desk *desk, struct outbox_entry *entry, const char *reason)
{
    struct ticket *ticket = notice_ticket(desk, entry->ticket);

    if (entry->rung > 0 && ticket)
        ticket_untell(ticket, entry->rule, entry->cycle, entry->person, entry->role);
    mailing_note(desk, entry->mailing, MAILING_SUPPRESSED);
    notice_new_state(desk, entry, "suppressed")->detail = arena_text(&desk->out->arena, reason);
    if (entry->state == OUTBOX_HELD)
        holds_remove(desk->holds, entry);
    outbox_drop(desk->outbox, ticket, entry);
}

static void withhold(struct desk *desk, struct ticket *ticket, uint8_t rule, bool rungs_too,
                     const char *reason)
{
    for (uint32_t place = ticket->notices; place != TICKET_NO_INDEX;) {
        struct outbox_entry *entry = outbox_entry(desk->outbox, place);
        bool concerns =
            entry->rule == rule && (reminder_is_rung(entry->rung) || (rungs_too && entry->rung > 0));

        place = entry->next_of_ticket;
        if (concerns && (entry->state == OUTBOX_QUEUED || entry->state == OUTBOX_HELD) && !entry->may_be_out)
            notice_suppress(desk, entry, reason);
    }
}

void notice_withhold(struct desk *desk, struct ticket *ticket, uint8_t rule, const char *reason)
{
    withhold(desk, ticket, rule, true, reason);
}

void notice_withhold_reminders(struct desk *desk, struct ticket *ticket, uint8_t rule, const char *reason)
{
    withhold(desk, ticket, rule, false, reason);
}

void notice_tell_told(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                      const char *template_name, int16_t rung, const char *reason,
                      const char *const remark[LANGUAGE_COUNT])
{
    struct occasion occasion = {
        .ticket = ticket,
        .clock = clock,
        .clock_name = desk->policy->clocks[clock->rule].name,
        .template_name = template_name,
        .reason = reason,
        .rung = rung,
        .at = desk->now,
    };

    const struct ticket_rare *rare = ticket_rare(ticket);

    for (enum language language = 0; remark && language < LANGUAGE_COUNT; language++)
        occasion.remark[language] = remark[language];
    for (uint16_t i = 0; i < rare->told_count; i++) {
        struct told told = rare->told[i];
        const struct person *person = roster_person(desk->roster, told.person);

        occasion.cycle = told.cycle;
        if (rung == RUNG_REPLACED && told.cycle != clock->cycle)
            continue; /* of the broken promise before this one they heard when it was replaced */
        if (ticket_is_owed_word(ticket, clock, &rare->told[i]) && person && !person->is_off)
            tell_one(
                desk, &occasion,
                (struct recipient){.person = told.person, .role = told.role, .stands_for = TICKET_NOBODY});
    }
}
