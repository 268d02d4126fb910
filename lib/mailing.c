/*
 * Mailings.
 *
 * Begun by method_mailing.c, which decides who their recipients are; driven by desk.c's ticks. The recipients
 * are a list of ids that is written down with the beginning, and a mailing's row says how far it has come, in
 * the very transaction that holds the notices: after a restart it goes on behind the last one, and nobody
 * gets it twice (the fire key of the notices would stop the daemon first). Only a few hundred of its mails
 * are in the outbox at a time, so that fifty thousand recipients are neither a long turn nor much memory, and
 * the rest waits in the list.
 *
 * It is finished when the last mail is accepted, refused or suppressed. For the ticket that it is bound to
 * that is a happening, `mailed`, by which clocks start and stop.
 */
#include "lib/mailing.h"

#include "lib/base/memory.h"
#include "lib/customer.h"
#include "lib/judge.h"
#include "lib/mailing_letter.h"
#include "lib/notice_customer.h"
#include "lib/rpc.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define IN_OUTBOX 400 /* of one mailing at a time */
#define A_STEP    100 /* written to in one go */

struct mailings {
    struct mailing **list; /* rising by id */
    size_t count, capacity;
};

struct mailings *mailings_create(void)
{
    return memory_new(1, sizeof(struct mailings));
}

static void destroy(struct mailing *mailing)
{
    free(mailing->of);
    free(mailing->template_name);
    free(mailing->note);
    free(mailing->role);
    free(mailing->actor);
    free(mailing->ids);
    free(mailing->conditions);
    free(mailing->why);
    free(mailing);
}

void mailings_destroy(struct mailings *mailings)
{
    for (size_t i = 0; mailings && i < mailings->count; i++)
        destroy(mailings->list[i]);
    if (mailings)
        free(mailings->list);
    free(mailings);
}

struct mailing *mailings_add(struct mailings *mailings, const struct mailing *mailing)
{
    struct mailing *own = memory_new(1, sizeof(*own));

    *own = *mailing;
    mailings->list =
        memory_reserve(mailings->list, &mailings->capacity, mailings->count + 1, sizeof(*mailings->list));
    mailings->list[mailings->count++] = own;
    return own;
}

struct mailing *mailings_find(const struct mailings *mailings, uint64_t id)
{
    for (size_t i = 0; i < mailings->count; i++)
        if (mailings->list[i]->id == id)
            return mailings->list[i];
    return NULL;
}

static const char *const state_names[] = {
    [MAILING_RUNNING] = "running",
    [MAILING_FINISHED] = "finished",
    [MAILING_CANCELLED] = "cancelled",
};

const char *mailing_state_name(enum mailing_state state)
{
    return state_names[state];
}

uint64_t mailing_of_notice(const char *clock)
{
    return strncmp(clock, "mailing/", 8) == 0 ? strtoull(clock + 8, NULL, 10) : 0;
}

/* ---- how far it is ---- */

static uint32_t in_outbox(const struct mailing *mailing)
{
    return mailing->next - mailing->sent - mailing->suppressed - mailing->failed;
}

static bool may_write(const struct mailing *mailing)
{
    return mailing->state == MAILING_RUNNING && mailing->next < mailing->total &&
           in_outbox(mailing) < IN_OUTBOX;
}

static bool is_done(const struct mailing *mailing)
{
    return mailing->state == MAILING_RUNNING && mailing->next == mailing->total && !in_outbox(mailing);
}

void mailing_note(struct desk *desk, uint64_t id, enum mailing_outcome outcome)
{
    struct mailing *mailing = id ? mailings_find(desk->mailings, id) : NULL;

    if (!mailing)
        return;
    mailing->sent += outcome == MAILING_SENT;
    mailing->suppressed += outcome == MAILING_SUPPRESSED;
    mailing->failed += outcome == MAILING_FAILED;
    mailing->is_dirty = true;
}

bool mailing_is_over(const struct desk *desk, uint64_t id)
{
    const struct mailing *mailing = id ? mailings_find(desk->mailings, id) : NULL;

    return mailing && mailing->state != MAILING_RUNNING;
}

/* ---- its ends ---- */

static void journal(struct desk *desk, const struct mailing *mailing, const char *type)
{
    struct arena *arena = &desk->out->arena;
    uint32_t index = mailing->ticket ? store_find(desk->store, mailing->ticket) : TICKET_NO_INDEX;
    json_t *body = json_pack("{s:o,s:s,s:i,s:i,s:i,s:i,s:s*}", "mailing",
                             json_sprintf("%" PRIu64, mailing->id), "template", mailing->template_name,
                             "total", (int)mailing->total, "sent", (int)mailing->sent, "suppressed",
                             (int)mailing->suppressed, "failed", (int)mailing->failed, "why", mailing->why);
    struct text text = {0};

    rpc_write_canonical(&text, body);
    desk_journal(desk, index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index), type,
                 arena_bytes(arena, text_get(&text), text.length));
    text_finish(&text);
    json_decref(body);
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line =
        arena_printf(arena,
                     "event=%s desk=%s mailing=%" PRIu64 " template=%s total=%u sent=%u suppressed=%u "
                     "failed=%u",
                     type, desk->options.name, mailing->id, mailing->template_name, mailing->total,
                     mailing->sent, mailing->suppressed, mailing->failed);
}

/* A ticket that was closed meanwhile has no clocks that it could matter to. */
static void tell_ticket(struct desk *desk, uint64_t id)
{
    uint32_t index = id ? store_find(desk->store, id) : TICKET_NO_INDEX;
    struct ticket *ticket = index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index);
    const struct occurrence mailed = {.what = HAPPENING_MAILED, .at = desk->now, .kind = POLICY_NONE};

    if (!ticket || !ticket->is_open)
        return;
    desk_touch(desk, ticket);
    judge_advance(desk, ticket, desk->now, false);
    ticket->revision++;
    judge_happen(desk, ticket, &mailed, NULL);
}

static void finish(struct desk *desk, struct mailing *mailing)
{
    mailing->state = MAILING_FINISHED;
    mailing->finished_at = desk->now;
    mailing->is_dirty = true;
    journal(desk, mailing, "mailing.finished");
    tell_ticket(desk, mailing->ticket);
}

void mailing_cancel(struct desk *desk, struct mailing *mailing, const char *why)
{
    mailing->state = MAILING_CANCELLED;
    mailing->finished_at = desk->now;
    mailing->why = memory_text(why);
    mailing->is_dirty = true;
    journal(desk, mailing, "mailing.cancelled");
}

/* ---- writing ---- */

static const char *lost_word(const struct desk *desk, const struct mailing *mailing)
{
    if (!policy_is_mailing(desk->policy, mailing->template_name))
        return "the regime no longer has its template among [customers] courtesy and mailings";
    return policy_find_register(desk->policy, mailing->of) == POLICY_NONE
               ? "the regime no longer has its register"
               : NULL;
}

static void write_to(struct desk *desk, struct mailing *mailing, const char *id)
{
    struct arena *arena = &desk->out->arena;
    uint8_t of = policy_find_register(desk->policy, mailing->of);
    uint32_t index = register_find(desk->registers, of, id);
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(desk->registers, of, index);
    bool is_there = record && register_is_live(record);
    size_t told = 0;

    if (is_there) {
        const struct mailing_letter *letter =
            mailing_letter(desk, (struct register_place){.of = of, .index = index}, mailing->template_name,
                           arena_printf(arena, "mailing/%" PRIu64, mailing->id));

        desk->said = mailing->note;
        told = notice_tell_customer(desk, &letter->occasion, &letter->reach,
                                    arena_printf(arena, "%s/%s", mailing->of, id));
        desk->said = NULL;
    }
    mailing->next++;
    if (!told) /* removed meanwhile, or kept from them with a reason of its own */
        mailing->suppressed++;
}

static void write_on(struct desk *desk, struct mailing *mailing)
{
    const char *lost = lost_word(desk, mailing);

    mailing->is_dirty = true;
    if (lost) {
        mailing_cancel(desk, mailing, lost);
        return;
    }
    for (int i = 0; i < A_STEP && may_write(mailing); i++) {
        const char *id = mailing->at;

        mailing->at += strlen(id) + 1;
        write_to(desk, mailing, id);
    }
}

bool mailing_go_on(struct desk *desk)
{
    for (size_t i = 0; i < desk->mailings->count; i++) {
        struct mailing *mailing = desk->mailings->list[i];

        if (may_write(mailing))
            write_on(desk, mailing);
        else if (is_done(mailing))
            finish(desk, mailing);
        else
            continue;
        return true;
    }
    return false;
}

msec mailing_wakes_at(const struct desk *desk)
{
    for (size_t i = 0; i < desk->mailings->count; i++)
        if (may_write(desk->mailings->list[i]) || is_done(desk->mailings->list[i]))
            return desk->now;
    return NEVER;
}

/* ---- rows ---- */

static void fill_row(const struct mailing *mailing, struct arena *arena, struct mailing_row *row)
{
    *row = (struct mailing_row){
        .mailing = mailing->id,
        .ticket = mailing->ticket,
        .of = arena_text(arena, mailing->of),
        .template_name = arena_text(arena, mailing->template_name),
        .state = mailing_state_name(mailing->state),
        .role = arena_text(arena, mailing->role),
        .actor = arena_text(arena, mailing->actor),
        .note = arena_text(arena, mailing->note),
        .why = arena_text(arena, mailing->why),
        .total = mailing->total,
        .next = mailing->next,
        .sent = mailing->sent,
        .suppressed = mailing->suppressed,
        .failed = mailing->failed,
        .started_at = mailing->started_at,
        .finished_at = mailing->finished_at,
    };
}

/* Written once, with the first row. */
static const char *list_recipients(const struct mailing *mailing, struct arena *arena)
{
    json_t *list = json_array();
    const char *id = mailing->ids;
    struct text text = {0};

    for (uint32_t i = 0; i < mailing->total; i++, id += strlen(id) + 1)
        json_array_append_new(list, json_string(id));
    rpc_write_canonical(&text, list);
    const char *copy = arena_bytes(arena, text_get(&text), text.length);

    text_finish(&text);
    json_decref(list);
    return copy;
}

static void add_row(struct desk *desk, struct mailing *mailing)
{
    struct mailing_row *row = effects_add(desk->out, EFFECT_MAILING);
    struct arena *arena = &desk->out->arena;

    fill_row(mailing, arena, row);
    if (mailing->is_fresh) {
        row->recipients = list_recipients(mailing, arena);
        row->conditions = arena_text(arena, mailing->conditions);
    }
    mailing->is_fresh = mailing->is_dirty = false;
}

static bool is_forgotten(const struct mailing *mailing)
{
    return mailing->state != MAILING_RUNNING && !in_outbox(mailing);
}

void mailing_settle(struct desk *desk)
{
    size_t kept = 0;

    for (size_t i = 0; i < desk->mailings->count; i++) {
        struct mailing *mailing = desk->mailings->list[i];

        if (mailing->is_dirty || mailing->is_fresh)
            add_row(desk, mailing);
        if (is_forgotten(mailing))
            destroy(mailing);
        else
            desk->mailings->list[kept++] = mailing;
    }
    desk->mailings->count = kept;
}

void mailing_print(const struct desk *desk, struct text *line)
{
    for (size_t i = 0; i < desk->mailings->count; i++) {
        const struct mailing *mailing = desk->mailings->list[i];

        if (!is_forgotten(mailing))
            text_printf(line, "mailing %" PRIu64 " %s %u %u %u %u %u\n", mailing->id,
                        mailing_state_name(mailing->state), mailing->total, mailing->next, mailing->sent,
                        mailing->suppressed, mailing->failed);
    }
}

/* ---- coming back ---- */

char *mailing_ids(const json_t *list, uint32_t *ret_total)
{
    struct text ids = {0};
    const json_t *item;
    size_t i;

    *ret_total = 0;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item))
            continue;
        text_append(&ids, json_string_value(item), strlen(json_string_value(item)) + 1);
        ++*ret_total;
    }
    if (!ids.length)
        text_append(&ids, "", 1);
    char *copy = memory_new(1, ids.length);

    memcpy(copy, ids.bytes, ids.length);
    text_finish(&ids);
    return copy;
}

static enum mailing_state state_of(const char *name)
{
    enum mailing_state state = MAILING_RUNNING;

    while (state < MAILING_CANCELLED && strcmp(state_names[state], name) != 0)
        state++;
    return state;
}

void desk_restore_mailing(struct desk *desk, const struct mailing_row *row)
{
    json_t *recipients = json_loads(row->recipients ? row->recipients : "[]", 0, NULL);
    struct mailing mailing = {
        .id = row->mailing,
        .ticket = row->ticket,
        .of = memory_text(row->of),
        .template_name = memory_text(row->template_name),
        .note = row->note ? memory_text(row->note) : NULL,
        .role = memory_text(row->role),
        .actor = memory_text(row->actor),
        .why = row->why ? memory_text(row->why) : NULL,
        .next = row->next,
        .sent = row->sent,
        .suppressed = row->suppressed,
        .failed = row->failed,
        .started_at = row->started_at,
        .finished_at = row->finished_at,
        .state = state_of(row->state),
    };

    mailing.ids = mailing_ids(recipients, &mailing.total);
    mailing.at = mailing.ids;
    for (uint32_t i = 0; i < mailing.next && i < mailing.total; i++)
        mailing.at += strlen(mailing.at) + 1;
    mailings_add(desk->mailings, &mailing);
    json_decref(recipients);
}

void desk_restore_optout(struct desk *desk, const char *address, msec at)
{
    optouts_add(desk->optouts, address, at);
}
