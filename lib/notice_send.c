/*
 * From the outbox to senders, and what comes back.
 *
 * Called by the desk after every step: whoever is idle gets what is ready. What was let go is looked at once
 * more just before: whether what it tells of still stands (domain rule 11), and whether its reader's quiet
 * hours have begun meanwhile. A mail that does not arrive is tried again for a day, later and later; one
 * about a breach that will not arrive climbs the ladder.
 */
#include "lib/notice.h"

#include "lib/digest.h"
#include "lib/hold_rules.h"
#include "lib/ladder.h"
#include "lib/notice_customer.h"
#include "lib/notice_parts.h"
#include "lib/reminder.h"
#include <inttypes.h>

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

/* Customers never have the last sender, unless there is only one: an escalation finds one idle even while
   relays are slow. And they are written to at their own pace. */
static bool may_serve_customer(const struct desk *desk)
{
    return desk->idle_senders > (desk->options.senders > 1);
}

static msec customer_ready_at(const struct desk *desk)
{
    const struct outbox_entry *entry = may_serve_customer(desk) ? outbox_first_customer(desk->outbox) : NULL;

    if (!entry)
        return NEVER;
    return entry->ready_at > desk->customers_from_at ? entry->ready_at : desk->customers_from_at;
}

static bool serve_customer(struct desk *desk)
{
    if (customer_ready_at(desk) > desk->now)
        return false;
    struct outbox_entry *entry = outbox_first_customer(desk->outbox);
    const char *address = intern_text(desk->customers, entry->address);

    if (!entry->may_be_out && mailing_is_over(desk, entry->mailing)) {
        notice_suppress(desk, entry, "its mailing was cancelled");
        return true;
    }
    if (!entry->may_be_out && *address && optouts_since(desk->optouts, address) != NEVER) {
        notice_suppress(desk, entry, notice_declined(desk, address));
        return true;
    }
    notice_attempt(desk, entry);
    desk->customers_from_at = desk->now + desk->options.customer_every_ms;
    return true;
}

/* Digests first: composed when a sender is there for them, so that nothing in them is out of date. */
void notice_hand_out(struct desk *desk)
{
    while (desk->idle_senders) {
        if (digest_serve(desk))
            continue;
        struct outbox_entry *entry = outbox_first(desk->outbox);

        if (!entry || entry->ready_at > desk->now) {
            if (!serve_customer(desk))
                return;
            continue;
        }
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
        ticket_untell(ticket, entry->rule, entry->cycle, entry->person, entry->role);
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
    if (sent->outcome != SEND_DEFERRED)
        mailing_note(desk, was.mailing, sent->outcome == SEND_ACCEPTED ? MAILING_SENT : MAILING_FAILED);
    if (sent->outcome != SEND_ACCEPTED)
        climb_undelivered(desk, &was, sent->outcome);
}

msec notice_wakes_at(const struct desk *desk)
{
    const struct outbox_entry *entry = desk->idle_senders ? outbox_first(desk->outbox) : NULL;
    uint16_t person;
    msec digest_at = desk->idle_senders ? holds_next_at(desk->holds, &person) : NEVER;
    msec customer_at = customer_ready_at(desk);
    msec first_at = customer_at < digest_at ? customer_at : digest_at;

    return entry && entry->ready_at < first_at ? entry->ready_at : first_at;
}
