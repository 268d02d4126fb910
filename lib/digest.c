/*
 * Digests: several notices that waited for the same reader leave as one (domain rules 12 and 14).
 *
 * Called by notice_hand_out while a sender is idle, and only then: a digest is composed for a sender that can
 * take it, so that whatever lost its reason in the meantime is not in it (domain rule 11). From then on its
 * words stand like those of any notice; a sender that fails gets the same bytes again. Each notice it tells
 * of stays in the record as `coalesced` into it, with a row of the journal of its own: nothing is dropped.
 * Who was told through a digest was told; the all-clear goes to them, too.
 */
#include "lib/digest.h"

#include "lib/digest_words.h"
#include "lib/hold_rules.h"
#include "lib/list_order.h"
#include "lib/notice_parts.h"
#include "lib/reminder.h"
#include "lib/rpc.h"
#include <inttypes.h>

/* ---- what is left of a tray ---- */

/* Why it must not be sent any more; NULL: it still stands. */
static const char *gone(const struct desk *desk, const struct outbox_entry *entry)
{
    const struct person *reader = roster_person(desk->roster, entry->person);

    if (!notice_reason_holds(desk, entry))
        return "its reason is gone";
    if (!reader || reader->is_gone)
        return "its reader is no longer among the people";
    return reader->is_off ? "its reader has left" : NULL;
}

static bool is_overtaken(const struct desk *desk, const struct outbox_entry *entry, msec until_at)
{
    const struct ticket *ticket = notice_ticket(desk, entry->ticket);
    const struct clock *clock = ticket ? ticket_clock(ticket, entry->rule) : NULL;

    return reminder_is_rung(entry->rung) && clock && clock->due_at <= until_at;
}

/* False: it does not leave now. */
static bool may_leave(struct desk *desk, struct outbox_entry *entry)
{
    const char *why = gone(desk, entry);
    msec awake_at = why ? desk->now : hold_quiet_until(desk, entry);

    if (!why && awake_at > desk->now && is_overtaken(desk, entry, awake_at))
        why = "overtaken in quiet hours";
    if (why) {
        notice_suppress(desk, entry, why);
        return false;
    }
    if (awake_at <= desk->now)
        return true;
    struct wait wait = hold_quiet_wait(desk, awake_at);

    hold_again(desk, entry, &wait);
    return false;
}

/* What of the tray leaves now, in `ret_items`. What is gathered for a later digest goes with it, but is no
   reason to send one: `ret_due` says how many are. */
static size_t sort_out(struct desk *desk, uint16_t person, struct digest_item *ret_items, size_t *ret_due)
{
    size_t count = 0;

    *ret_due = 0;
    for (struct held *held = holds_first(desk->holds, person), *next; held; held = next) {
        struct outbox_entry *entry = outbox_entry(desk->outbox, held->entry);
        bool is_due = held->until_at <= desk->now;

        next = holds_next(desk->holds, held);
        if ((!is_due && held->why != HOLD_BUDGET) || !may_leave(desk, entry))
            continue;
        const struct ticket *ticket = notice_ticket(desk, entry->ticket);

        ret_items[count++] = (struct digest_item){
            .entry = entry,
            .held = held,
            .department = ticket ? ticket->department : entry->department,
            .is_red = hold_is_red(desk, ticket),
            .rank = list_order_rank(desk->policy, ticket ? ticket->urgency : POLICY_NONE),
        };
        *ret_due += is_due;
    }
    return count;
}

static size_t tray_size(const struct desk *desk, uint16_t person)
{
    size_t count = 0;

    for (const struct held *held = holds_first(desk->holds, person); held;
         held = holds_next(desk->holds, held))
        count++;
    return count;
}

/* ---- the digest ---- */

static void journal_item(struct desk *desk, const struct digest_item *item, const struct notice_row *digest)
{
    const struct outbox_entry *entry = item->entry;
    struct ticket about = {.id = entry->ticket};
    struct text body = {0};

    text_printf(&body,
                "{\"clock\":\"%s\",\"cycle\":%u,\"due_at\":\"%s\",\"into\":\"%" PRIu64
                "\",\"notice\":\"%" PRIu64 "\",\"recipient\":",
                entry->rule == POLICY_NONE ? "" : desk->policy->clocks[entry->rule].name, entry->cycle,
                desk_time(desk, entry->due_at, &desk->out->arena), digest->notice, entry->notice);
    rpc_write_string(&body, digest->recipient);
    text_printf(&body, ",\"rung\":%d}", entry->rung);
    desk_journal(desk, &about, "notice.coalesced",
                 arena_bytes(&desk->out->arena, text_get(&body), body.length));
    text_finish(&body);
}

/* Its words are in the digest; the record says in which. */
static void coalesce(struct desk *desk, const struct digest_item *item, const struct notice_row *digest)
{
    struct outbox_entry *entry = outbox_find(desk->outbox, item->entry->notice);
    struct notice_state_row *row = notice_new_state(desk, entry, "coalesced");

    row->into = digest->notice;
    row->detail = arena_printf(&desk->out->arena, "told in digest %" PRIu64, digest->notice);
    journal_item(desk, item, digest);
    holds_remove(desk->holds, entry);
    outbox_drop(desk->outbox, notice_ticket(desk, entry->ticket), entry);
}

/* Why they waited: the reason that most of them had. */
static const char *reason_of(struct desk *desk, const struct digest_item *items, size_t count)
{
    size_t counts[HOLD_COUNT] = {0};
    enum hold most = HOLD_NONE;

    for (size_t i = 0; i < count; i++)
        counts[items[i].held->why]++;
    for (enum hold hold = HOLD_NONE + 1; hold < HOLD_COUNT; hold++)
        if (counts[hold] > counts[most])
            most = hold;
    return arena_printf(&desk->out->arena, "%zu notices in one: %s", count, hold_name(most));
}

static struct notice_row *write_row(struct desk *desk, const struct digest_item *items, size_t count)
{
    const struct person *reader = roster_person(desk->roster, items[0].entry->person);
    struct occasion occasion = {
        .clock_name = "digest",
        .template_name = "digest",
        .reason = reason_of(desk, items, count),
        .rung = RUNG_DIGEST,
        .at = desk->now,
    };
    struct notice_row *row = notice_new_row(desk, &occasion, reader, items[0].entry->role);

    row->cycle = (uint32_t)row->notice & INT32_MAX; /* there is one digest of this number */
    row->state = "queued";
    row->let_go_at = desk->now;
    if (desk->options.is_wordless)
        row->subject = row->body = "";
    else
        digest_words(desk, reader, items, count, row);
    return row;
}

static void note_digest(struct desk *desk, const struct notice_row *row, size_t count)
{
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line =
        arena_printf(&desk->out->arena, "event=digest desk=%s notice=%" PRIu64 " recipient=%s items=%zu",
                     desk->options.name, row->notice, row->recipient, count);
}

static void compose(struct desk *desk, struct digest_item *items, size_t count)
{
    digest_sort(items, count);
    const struct notice_row *row = write_row(desk, items, count);
    struct outbox_entry digest = {
        .notice = row->notice,
        .ready_at = desk->now,
        .rung = RUNG_DIGEST,
        .person = items[0].entry->person,
        .rule = POLICY_NONE,
        .role = items[0].entry->role,
        .due_at = NEVER,
        .series = SERIES_NONE,
        .department = POLICY_NONE,
        .state = OUTBOX_QUEUED,
    };

    for (size_t i = 0; i < count; i++)
        coalesce(desk, &items[i], row);
    note_digest(desk, row, count);
    hold_note_let_go(desk, digest.person);
    notice_attempt(desk, outbox_add(desk->outbox, NULL, &digest));
}

bool digest_serve(struct desk *desk)
{
    uint16_t person;
    size_t due;

    if (holds_next_at(desk->holds, &person) > desk->now)
        return false;
    struct digest_item *items = arena_new(&desk->out->arena, tray_size(desk, person) * sizeof(*items));
    size_t count = sort_out(desk, person, items, &due);

    if (count > 1 && due)
        compose(desk, items, count);
    else if (due)
        hold_let_go(desk, outbox_find(desk->outbox, items[0].entry->notice));
    return true;
}
