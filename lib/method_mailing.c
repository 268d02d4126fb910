/*
 * mailing.start, mailing.get, mailing.list, mailing.cancel.
 *
 * Handlers of the method table. A start decides who the recipients are, once: the records of a register that
 * fit the conditions now, or those that are named, each customer once. What it comes to is a list of ids that
 * is written down with the answer; from there on mailing.c drives it. A dry run goes the same way and stops
 * before anything is written.
 */
#include "lib/base/memory.h"
#include "lib/mailing_letter.h"
#include "lib/method_handlers.h"
#include "lib/notice_customer.h"
#include "lib/notice_words.h"
#include "lib/policy_schedule.h"
#include "lib/request.h"
#include "lib/schedule.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_BYTES    4000
#define LEFT_OUT_MAX  100 /* named in the answer of a dry run; all are counted */
#define CONDITION_MAX 1000

/* What a start asks for, and whom that means. */
struct start {
    uint8_t of;
    const char *template_name;
    struct policy *view; /* the policy with an arena of the request's own, for conditions */
    struct schedule_policy conditions;
    json_t *recipients;
    json_t *customers; /* those that are among them already */
};

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, arena_text(&desk->out->arena, detail));
    return false;
}

static bool read_words(struct desk *desk, const struct request *request, struct start *start)
{
    const char *of = request_text(request, "register"), *note = request_text(request, "note");

    start->template_name = request_text(request, "template");
    if (!policy_is_mailing(desk->policy, start->template_name))
        return refuse(desk, request, "template",
                      "it is not among the templates that [customers] names under courtesy and mailings");
    start->of = policy_find_register(desk->policy, of ? of : "customers");
    if (start->of == POLICY_NONE && !of)
        start->of = policy_find_register(desk->policy, "customer");
    if (start->of == POLICY_NONE)
        return refuse(desk, request, "register", "the regime has no such register");
    if (note && strlen(note) > NOTE_BYTES)
        return refuse(desk, request, "note", "a note has at most 4000 bytes");
    return true;
}

/* The same words as a schedule's `when`; what is wrong is said in the same words, too. */
static bool read_conditions(struct desk *desk, const struct request *request, struct start *start)
{
    const char *when = request_text(request, "when");
    struct compiler compiler = {.policy = start->view};

    start->conditions = (struct schedule_policy){.over = start->of};
    if (!when)
        return true;
    if (strlen(when) > CONDITION_MAX)
        return refuse(desk, request, "when", "conditions have at most 1000 bytes");
    const char *wrong = schedule_conditions(&compiler, &start->conditions, when);

    return !wrong || refuse(desk, request, "when", wrong);
}

/* The record, and the customer that it is or names, unless they are among the recipients already. */
static void add_recipient(struct desk *desk, struct start *start, const struct register_record *record,
                          uint32_t index)
{
    const char *name;
    const struct customer_reach reach =
        mailing_reach(desk, (struct register_place){.of = start->of, .index = index}, &name);
    const char *key = *reach.id ? arena_printf(&start->view->arena, "c %s", reach.id)
                                : arena_printf(&start->view->arena, "r %s", record->id);

    if (json_object_get(start->customers, key))
        return;
    json_object_set_new(start->customers, key, json_true());
    json_array_append_new(start->recipients, json_string(record->id));
}

static void consider(struct desk *desk, struct start *start, uint32_t index)
{
    const struct register_record *record = register_at(desk->registers, start->of, index);
    const struct schedule_view view = {desk->policy, &start->conditions, (const char *const *)record->values};

    if (register_is_live(record) && schedule_fits(&view, desk->now))
        add_recipient(desk, start, record, index);
}

static void find_recipients(struct desk *desk, const struct request *request, struct start *start)
{
    const json_t *ids = json_object_get(request->params, "ids"), *item;
    size_t count, i;
    const uint32_t *sorted = register_sorted(desk->registers, start->of, &count);

    json_array_foreach(ids, i, item)
    {
        consider(desk, start, register_find(desk->registers, start->of, json_string_value(item)));
    }
    for (i = 0; i < count && !ids; i++)
        consider(desk, start, sorted[i]);
}

/* A name that is no record's is a slip of the pen: nobody may be forgotten because of it. */
static bool check_ids(struct desk *desk, const struct request *request, const struct start *start)
{
    const json_t *ids = json_object_get(request->params, "ids"), *item;
    size_t i;

    json_array_foreach(ids, i, item)
    {
        const char *id = json_string_value(item);
        uint32_t index = register_find(desk->registers, start->of, id);

        if (index == REGISTER_NONE || !register_is_live(register_at(desk->registers, start->of, index)))
            return refuse(desk, request, "ids",
                          arena_printf(&desk->out->arena, "there is no record '%s'", id));
    }
    return true;
}

/* ---- a dry run ---- */

static json_t *show_first(struct desk *desk, const struct request *request, const struct start *start,
                          struct register_place place)
{
    const struct mailing_letter *letter = mailing_letter(desk, place, start->template_name, "mailing/0");
    const struct person person = {
        .name = {letter->reach.name, letter->reach.name},
        .language = letter->reach.language,
    };
    struct notice_row row = {0};

    desk->said = request_text(request, "note");
    notice_words_for(desk, &letter->occasion, &person, desk->policy->customers.sees | letter->occasion.shows,
                     &row);
    return json_pack("{s:s,s:s,s:s,s:s}", "record", letter->matter.number, "address", letter->reach.mail,
                     "subject", row.subject, "body", row.body);
}

static void answer_dry(struct desk *desk, const struct request *request, const struct start *start)
{
    json_t *left_out = json_array(), *first = NULL;
    json_int_t left = 0;
    const json_t *item;
    size_t i;

    json_array_foreach(start->recipients, i, item)
    {
        const struct register_place place = {
            .of = start->of, .index = register_find(desk->registers, start->of, json_string_value(item))};
        const char *name;
        const struct customer_reach reach = mailing_reach(desk, place, &name);
        const char *why = notice_obstacle(desk, start->template_name, &reach);

        if (!why && !first)
            first = show_first(desk, request, start, place);
        if (!why)
            continue;
        if (left++ < LEFT_OUT_MAX)
            json_array_append_new(left_out,
                                  json_pack("{s:O,s:s}", "record", (json_t *)(uintptr_t)item, "why", why));
    }
    request_answer(desk, request,
                   json_pack("{s:b,s:I,s:I,s:o,s:o?}", "dry_run", 1, "recipients",
                             (json_int_t)json_array_size(start->recipients), "left_out_count", left,
                             "left_out", left_out, "first", first));
}

/* ---- a start ---- */

static void begin(struct desk *desk, const struct request *request, const struct start *start,
                  struct ticket *ticket)
{
    const char *note = request_text(request, "note"), *when = request_text(request, "when");

    if (ticket)
        request_begin(desk, request, ticket, desk->now);
    struct mailing mailing = {
        .id = desk->journal_sequence + 1, /* of the row that request_done writes */
        .ticket = ticket ? ticket->id : 0,
        .of = memory_text(desk->policy->registers[start->of].name),
        .template_name = memory_text(start->template_name),
        .note = note ? memory_text(note) : NULL,
        .role = memory_text(access_role_name(request->peer.role)),
        .actor = memory_text(request->peer.actor),
        .started_at = desk->now,
        .finished_at = NEVER,
        .conditions = when ? memory_text(when) : NULL,
        .is_fresh = true,
    };

    mailing.ids = mailing_ids(start->recipients, &mailing.total);
    mailing.at = mailing.ids;
    mailings_add(desk->mailings, &mailing); /* the texts are the mailing's now */
    request_done(desk, request, ticket,
                 json_pack("{s:o,s:b,s:I}", "mailing", json_sprintf("%" PRIu64, mailing.id), "created", 1,
                           "recipients", (json_int_t)mailing.total));
}

static void judge_start(struct desk *desk, const struct request *request, struct start *start)
{
    bool is_dry = request_flag(request, "dry_run", false);
    bool has_ticket = request_text(request, "ticket") != NULL;
    struct ticket *ticket = has_ticket ? request_open_ticket(desk, request) : NULL;

    if ((has_ticket && !ticket) || !read_words(desk, request, start) ||
        !read_conditions(desk, request, start) || !check_ids(desk, request, start))
        return;
    find_recipients(desk, request, start);
    if (is_dry)
        answer_dry(desk, request, start);
    else if (!json_array_size(start->recipients))
        refuse(desk, request, "when", "no record fits: nobody would be written to");
    else
        begin(desk, request, start, ticket);
}

void method_mailing_start(struct desk *desk, const struct request *request, struct effects *out)
{
    struct start start = {
        .view = memory_new(1, sizeof(*start.view)),
        .recipients = json_array(),
        .customers = json_object(),
    };

    (void)out;
    *start.view = *desk->policy;
    arena_init(&start.view->arena);
    judge_start(desk, request, &start);
    arena_finish(&start.view->arena);
    free(start.view);
    json_decref(start.recipients);
    json_decref(start.customers);
}

void method_mailing_cancel(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *id = request_text(request, "mailing"), *reason = request_text(request, "reason");
    struct mailing *mailing = mailings_find(desk->mailings, strtoull(id, NULL, 10));

    (void)out;
    if (!mailing || mailing->state != MAILING_RUNNING) {
        request_refuse(desk, request, RPC_NOT_FOUND, "mailing", "no mailing of that number is under way");
        return;
    }
    mailing_cancel(desk, mailing, reason ? reason : "cancelled");
    request_done(desk, request, NULL,
                 json_pack("{s:s,s:s,s:i,s:i}", "mailing", id, "state", mailing_state_name(mailing->state),
                           "sent", (int)mailing->sent, "not_written", (int)(mailing->total - mailing->next)));
}

void method_mailing_get(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *id = request_text(request, "mailing");

    (void)out;
    if (!*id || strspn(id, "0123456789") != strlen(id) || strlen(id) > 18) {
        request_refuse(desk, request, RPC_NOT_FOUND, "mailing", "there is no such mailing");
        return;
    }
    request_read(desk, request, "mailing_get", json_object(), &id, 1);
}

void method_mailing_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *limit = arena_printf(&out->arena, "%d", (int)request_number(request, "limit", 50));

    request_read(desk, request, "mailing_list", json_object(), &limit, 1);
}
