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
#include "lib/digest.h"
#include "lib/hold_rules.h"
#include "lib/ladder.h"
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

size_t notice_people(const struct desk *desk, const struct ticket *ticket, const struct addressee *whom,
                     uint16_t ret_people[RECIPIENTS_MAX])
{
    if (whom->person) {
        ret_people[0] = roster_find(desk->roster, whom->person);
        return ret_people[0] != ROSTER_NOBODY;
    }
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
    row->message_id = arena_printf(arena, "<n%" PRIu64 ".%s@%s>", row->notice, desk->options.name,
                                   desk->options.mail_domain);
    if (row->ticket)
        row->thread = arena_printf(arena, "<t%" PRIu64 ".%s@%s>", row->ticket, desk->options.name,
                                   desk->options.mail_domain);
    if (occasion->matter)
        row->thread = arena_printf(arena, "<s%016" PRIx64 ".%s@%s>", hash_text(occasion->matter->thread),
                                   desk->options.name, desk->options.mail_domain);
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
        .number_format = in_store ? in_store->number_format : POLICY_NONE,
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
        ticket_untell(ticket, entry->rule, entry->cycle, entry->person);
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

/* ---- senders ---- */

#define FIRST_RETRY_MS (30 * MSEC_SECOND)
#define LAST_RETRY_MS  MSEC_HOUR

/* With those waits the 31st attempt is a day after the first. */
#define ATTEMPTS_OF_A_DAY 31

static msec retry_after(uint16_t attempts)
{
    msec wait = FIRST_RETRY_MS << (attempts > 7 ? 7 : attempts - 1);

    return wait < LAST_RETRY_MS ? wait : LAST_RETRY_MS;
}

struct ticket *notice_ticket(const struct desk *desk, uint64_t id)
{
    uint32_t index = store_find(desk->store, id);

    return index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index);
}

struct notice_state_row *notice_new_state(struct desk *desk, const struct outbox_entry *entry,
                                          const char *state)
{
    struct notice_state_row *row = effects_add(desk->out, EFFECT_NOTICE_STATE);

    row->notice = entry->notice;
    row->state = state;
    row->attempts = entry->attempts;
    row->at = desk->now;
    row->ready_at = row->let_go_at = NEVER;
    return row;
}

/* A reminder is for a clock that runs, a rung for one that is breached, in the cycle it speaks of. A notice
   that was on its way when its reason went, and came back deferred, is found here (domain rule 11). */
bool notice_reason_holds(const struct desk *desk, const struct outbox_entry *entry)
{
    const struct ticket *ticket = notice_ticket(desk, entry->ticket);
    const struct clock *clock = ticket ? ticket_clock(ticket, entry->rule) : NULL;

    if (entry->rule == POLICY_NONE || entry->may_be_out ||
        (entry->rung <= 0 && !reminder_is_rung(entry->rung)))
        return true;
    return clock && clock->state == (entry->rung > 0 ? CLOCK_BREACHED : CLOCK_RUNNING) &&
           clock->cycle == entry->cycle;
}

/* "attempting" is committed before any sender connects: a crash then knows what may have gone out. */
void notice_attempt(struct desk *desk, struct outbox_entry *entry)
{
    outbox_attempt(desk->outbox, entry);
    notice_new_state(desk, entry, "attempting");
    struct send_effect *send = effects_add(desk->out, EFFECT_SEND);

    send->notice = entry->notice;
    send->attempt = entry->attempts;
    desk->idle_senders--;
}

/* Since it was let go, its reader's quiet hours have begun. One that was attempted keeps its place and only
   comes later: it may be on its way already and belongs in no digest. */
static bool must_wait(struct desk *desk, struct outbox_entry *entry)
{
    msec until_at = hold_quiet_until(desk, entry);

    if (until_at <= desk->now)
        return false;
    struct wait wait = hold_quiet_wait(desk, until_at);

    if (!entry->attempts) {
        hold_again(desk, entry, &wait);
        return true;
    }
    struct notice_state_row *row = notice_new_state(desk, entry, "deferred");

    row->ready_at = until_at;
    row->detail = wait.why;
    outbox_attempt(desk->outbox, entry); /* out of the queue, and in again at its new place */
    entry->attempts--;
    outbox_defer(desk->outbox, entry, until_at);
    return true;
}

/* Digests first: composed when a sender is there for them, so that nothing in them is out of date. */
void notice_hand_out(struct desk *desk)
{
    while (desk->idle_senders) {
        if (digest_serve(desk))
            continue;
        struct outbox_entry *entry = outbox_first(desk->outbox);

        if (!entry || entry->ready_at > desk->now)
            return;
        if (!notice_reason_holds(desk, entry))
            notice_suppress(desk, entry, "its reason is gone");
        else if (!must_wait(desk, entry))
            notice_attempt(desk, entry);
    }
}

/* A mail about a breach that its reader will not get, or has not got for a day, is an incident (domain,
   Notices). */
static void climb_undelivered(struct desk *desk, const struct outbox_entry *entry, enum send_outcome outcome)
{
    struct ticket *ticket = entry->rung > 0 ? notice_ticket(desk, entry->ticket) : NULL;
    bool is_hopeless = outcome == SEND_REFUSED || entry->attempts == ATTEMPTS_OF_A_DAY;

    if (!ticket || !is_hopeless || entry->person == TICKET_NOBODY)
        return;
    if (outcome == SEND_REFUSED) /* who was told of nothing need not hear how it ended */
        ticket_untell(ticket, entry->rule, entry->cycle, entry->person);
    ladder_undelivered(desk, ticket,
                       &(const struct undelivered){.rule = entry->rule,
                                                   .role = entry->role,
                                                   .channel = entry->channel,
                                                   .cycle = entry->cycle,
                                                   .rung = entry->rung,
                                                   .person = entry->person});
}

void notice_sent(struct desk *desk, const struct sent *sent)
{
    static const char *const states[] = {
        [SEND_ACCEPTED] = "accepted",
        [SEND_DEFERRED] = "deferred",
        [SEND_REFUSED] = "failed",
    };
    struct outbox_entry *entry = outbox_find(desk->outbox, sent->notice);

    if (!entry || entry->state != OUTBOX_ATTEMPTING)
        return;
    struct notice_state_row *row = notice_new_state(desk, entry, states[sent->outcome]);

    row->detail = arena_text(&desk->out->arena, sent->detail);
    row->queue_id = arena_text(&desk->out->arena, sent->queue_id);
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line = arena_printf(
        &desk->out->arena, "event=notice_%s desk=%s notice=%" PRIu64 " ticket=%" PRIu64 " attempt=%u",
        states[sent->outcome], desk->options.name, entry->notice, entry->ticket, entry->attempts);
    const struct outbox_entry was = *entry;

    if (sent->outcome == SEND_DEFERRED) {
        row->ready_at = desk->now + retry_after(entry->attempts);
        outbox_defer(desk->outbox, entry, row->ready_at);
    } else {
        outbox_drop(desk->outbox, notice_ticket(desk, entry->ticket), entry);
    }
    if (sent->outcome != SEND_ACCEPTED)
        climb_undelivered(desk, &was, sent->outcome);
}

msec notice_wakes_at(const struct desk *desk)
{
    const struct outbox_entry *entry = desk->idle_senders ? outbox_first(desk->outbox) : NULL;
    uint16_t person;
    msec digest_at = desk->idle_senders ? holds_next_at(desk->holds, &person) : NEVER;

    return entry && entry->ready_at < digest_at ? entry->ready_at : digest_at;
}
