/*
 * notice.release, notice.retry, notice.test: what an operator does about notices.
 *
 * Handlers of the method table. A release lets go what waits for the operator (too much was found late) or
 * for a digest; quiet hours are the reader's and nobody's to end. A retry sends a failed notice again, as it
 * was, under its Message-ID. A test is a notice about nothing, to see whether mail arrives. All three are on
 * record with who asked for them; the notices leave when that is committed, like any other.
 */
#include "lib/digest.h"
#include "lib/hold_rules.h"
#include "lib/method_handlers.h"
#include "lib/notice_parts.h"
#include "lib/notice_words.h"
#include "lib/request.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- notice.release ---- */

static bool can_be_released(const struct held *held)
{
    return held->why == HOLD_RELEASE || held->why == HOLD_BUDGET;
}

static void release(struct desk *desk, const struct request *request, struct outbox_entry *entry)
{
    struct wait now = {
        .hold = HOLD_DOWNTIME,
        .until_at = desk->now,
        .why = arena_printf(&desk->out->arena, "released by %s", request->peer.actor),
    };

    if (holds_of(desk->holds, entry)->why == HOLD_BUDGET)
        now.hold = HOLD_BUDGET;
    hold_again(desk, entry, &now);
}

/* What waits for an operator in this person's tray. */
static size_t release_tray(struct desk *desk, const struct request *request, uint16_t person)
{
    size_t count = 0;

    for (struct held *held = holds_first(desk->holds, person); held; held = holds_next(desk->holds, held)) {
        if (held->why != HOLD_RELEASE)
            continue;
        release(desk, request, outbox_entry(desk->outbox, held->entry));
        count++;
    }
    return count;
}

static uint64_t read_id(const char *text)
{
    char *end;
    unsigned long long id = text ? strtoull(text, &end, 10) : 0;

    return text && *text && !*end ? id : 0;
}

/* NULL: the request was refused, naming the id. */
static struct outbox_entry *find_held(struct desk *desk, const struct request *request, const char *id)
{
    struct outbox_entry *entry = outbox_find(desk->outbox, read_id(id));
    const char *why = NULL;

    if (!entry || entry->state != OUTBOX_HELD)
        why = arena_printf(&desk->out->arena, "notice %s does not wait", id ? id : "?");
    else if (!can_be_released(holds_of(desk->holds, entry)))
        why = arena_printf(&desk->out->arena, "notice %s waits for another thing: %s", id,
                           hold_name((enum hold)holds_of(desk->holds, entry)->why));
    if (why)
        request_refuse(desk, request, RPC_INVALID_STATE, "ids", why);
    return why ? NULL : entry;
}

/* False: one of them can't be released, and nothing was. */
static bool release_ids(struct desk *desk, const struct request *request, const json_t *ids,
                        size_t *ret_count)
{
    size_t index;
    json_t *id;

    json_array_foreach((json_t *)(uintptr_t)ids, index,
                       id) if (!find_held(desk, request, json_string_value(id))) return false;
    json_array_foreach((json_t *)(uintptr_t)ids, index, id)
        release(desk, request, outbox_find(desk->outbox, read_id(json_string_value(id))));
    *ret_count = json_array_size(ids);
    return true;
}

static size_t release_all(struct desk *desk, const struct request *request)
{
    size_t count = release_tray(desk, request, TICKET_NOBODY);

    for (size_t person = 0; person < holds_people(desk->holds); person++)
        count += release_tray(desk, request, (uint16_t)person);
    return count;
}

void method_notice_release(struct desk *desk, const struct request *request, struct effects *out)
{
    const json_t *ids = json_object_get(request->params, "ids");
    bool all = request_flag(request, "all", false), has_person = request_text(request, "recipient") != NULL;
    uint16_t person;
    size_t count = 0;

    (void)out;
    if (all + has_person + (json_array_size(ids) > 0) != 1) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "all",
                       "one of all, recipient and ids says what to release");
        return;
    }
    if (!request_person(desk, request, "recipient", &person) ||
        (ids && !release_ids(desk, request, ids, &count)))
        return;
    if (!ids)
        count = all ? release_all(desk, request) : release_tray(desk, request, person);
    if (count)
        request_done(desk, request, NULL, json_pack("{s:I}", "released", (json_int_t)count));
    else
        request_refuse(desk, request, RPC_INVALID_STATE, NULL, "nothing waits to be released");
}

/* ---- notice.retry ---- */

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return text ? text : "";
}

static struct outbox_entry entry_of(struct desk *desk, const json_t *row)
{
    enum notice_channel channel = CHANNEL_MAIL;

    notice_channel_find(text_of(row, "channel"), &channel);
    return (struct outbox_entry){
        .notice = read_id(text_of(row, "notice")),
        .ticket = read_id(text_of(row, "ticket")),
        .ready_at = desk->now,
        .rung = (int16_t)json_integer_value(json_object_get(row, "rung")),
        .person = roster_find(desk->roster, text_of(row, "recipient")),
        .attempts = (uint16_t)json_integer_value(json_object_get(row, "attempts")),
        .cycle = (uint16_t)json_integer_value(json_object_get(row, "cycle")),
        .rule = policy_find_clock(desk->policy, text_of(row, "clock")),
        .role = vocabulary_find(&desk->policy->roles, text_of(row, "role")),
        .channel = (uint8_t)channel,
        .series = SERIES_NONE, /* one that was attempted is in no digest */
        .department = POLICY_NONE,
        .due_at = NEVER,
        .was_let_go = true,
        .state = OUTBOX_QUEUED,
    };
}

/* Why it can't be sent again; NULL: it can. */
static const char *why_not_again(struct desk *desk, const json_t *row, const struct outbox_entry *entry)
{
    if (outbox_find(desk->outbox, entry->notice))
        return "it is under way already";
    if (strcmp(text_of(row, "state"), "failed") != 0)
        return arena_printf(&desk->out->arena, "it did not fail: it is %s", text_of(row, "state"));
    if (!notice_reason_holds(desk, entry))
        return "what it tells of is no longer so";
    return NULL;
}

/* Whoever was not told because the mail failed is told after all, and will hear how it ends. */
static void tell_again(struct desk *desk, const struct outbox_entry *entry)
{
    struct ticket *ticket = notice_ticket(desk, entry->ticket);
    struct clock *clock = ticket ? ticket_clock(ticket, entry->rule) : NULL;

    if (entry->rung <= 0 || !clock)
        return;
    ticket_tell(ticket, entry->rule, entry->cycle, entry->person, entry->role);
    desk_touch_clock(desk, ticket, clock);
}

void method_notice_retry(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *id = request_text(request, "notice");
    json_t *row;

    (void)out;
    if (desk->options.keeps_closed || !read_id(id)) {
        request_refuse(desk, request, RPC_NOT_FOUND, "notice", "there is no such notice");
        return;
    }
    if (!request_cold(desk, request, "notice_get", &id, 1, &row))
        return;
    const struct outbox_entry entry = entry_of(desk, row);
    const char *why = why_not_again(desk, row, &entry);

    json_decref(row);
    if (why) {
        request_refuse(desk, request, RPC_INVALID_STATE, "notice", why);
        return;
    }
    const struct outbox_entry *added = outbox_add(desk->outbox, notice_ticket(desk, entry.ticket), &entry);

    tell_again(desk, added);
    notice_new_state(desk, added, "queued")->detail =
        arena_printf(&desk->out->arena, "to be tried again, says %s", request->peer.actor);
    request_done(desk, request, notice_ticket(desk, entry.ticket),
                 json_pack("{s:s, s:i}", "notice", id, "attempts", (int)entry.attempts));
}

/* ---- notice.test ---- */

static struct notice_row *write_test(struct desk *desk, const struct request *request, uint16_t index)
{
    const struct person *person = roster_person(desk->roster, index);
    struct arena *arena = &desk->out->arena;
    struct occasion occasion = {
        .clock_name = "test",
        .template_name = "test",
        .reason = arena_printf(arena, "asked for by %s", request->peer.actor),
        .rung = RUNG_TEST,
        .at = desk->now,
    };
    struct notice_row *row = notice_new_row(desk, &occasion, person, roster_first_role(desk->roster, index));
    struct notice_values values = {{
        [VARIABLE_RECIPIENT] = person->name[person->language],
        [VARIABLE_NOW] = notice_time(desk, desk->now, arena),
        [VARIABLE_REASON] = occasion.reason,
    }};

    row->cycle = (uint32_t)row->notice & INT32_MAX;
    row->state = "queued";
    row->let_go_at = desk->now;
    notice_template_render(desk->policy->templates, "test", person->language, &values, arena, &row->subject,
                           &row->body);
    return row;
}

void method_notice_test(struct desk *desk, const struct request *request, struct effects *out)
{
    uint16_t index;

    (void)out;
    if (!request_person(desk, request, "person", &index))
        return;
    if (roster_person(desk->roster, index)->is_off) {
        request_refuse(desk, request, RPC_INVALID_STATE, "person",
                       "this person has left and is told nothing");
        return;
    }
    const struct notice_row *row = write_test(desk, request, index);
    struct outbox_entry entry = {
        .notice = row->notice,
        .ready_at = desk->now,
        .due_at = NEVER,
        .rung = RUNG_TEST,
        .person = index,
        .rule = POLICY_NONE,
        .role = POLICY_NONE,
        .series = SERIES_NONE,
        .department = POLICY_NONE,
        .state = OUTBOX_QUEUED,
    };

    outbox_add(desk->outbox, NULL, &entry);
    request_done(
        desk, request, NULL,
        json_pack("{s:o, s:s}", "notice", json_sprintf("%" PRIu64, row->notice), "address", row->address));
}
