/*
 * The batch of effects: what the judge says must be done.
 *
 * Filled by desk_step and desk_settle, carried out by the hands (or by replay, which prints them). Effects
 * own nothing: their bodies and strings live in the batch's arena, so that a batch can wait for its COMMIT as
 * one value and vanish with one call. The table of sizes below is the only thing that ties a kind to its
 * body.
 */
#include "lib/effect.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

static const size_t body_bytes[EFFECT_COUNT] = {
    [EFFECT_TICKET_NEW] = sizeof(struct ticket_row),
    [EFFECT_TICKET] = sizeof(struct ticket_row),
    [EFFECT_CLOCK] = sizeof(struct clock_row),
    [EFFECT_CONTACT] = sizeof(struct contact_row),
    [EFFECT_PROGRESS] = sizeof(struct progress_row),
    [EFFECT_PLAN] = sizeof(struct plan_row),
    [EFFECT_PAUSE] = sizeof(struct pause_row),
    [EFFECT_RECORD] = sizeof(struct record_row),
    [EFFECT_WINDOW] = sizeof(struct window_row),
    [EFFECT_NOTICE] = sizeof(struct notice_row),
    [EFFECT_NOTICE_STATE] = sizeof(struct notice_state_row),
    [EFFECT_JOURNAL] = sizeof(struct journal_row),
    [EFFECT_KEY] = sizeof(struct key_row),
    [EFFECT_SEQUENCE] = sizeof(struct sequence_row),
    [EFFECT_REPLY] = sizeof(struct reply_effect),
    [EFFECT_READ] = sizeof(struct read_effect),
    [EFFECT_RECALL] = sizeof(struct recall_effect),
    [EFFECT_SEND] = sizeof(struct send_effect),
    [EFFECT_NOTE] = sizeof(struct note_effect),
    [EFFECT_VERDICT] = sizeof(struct verdict_effect),
    [EFFECT_LADDER] = sizeof(struct ladder_row),
    [EFFECT_REGISTER] = sizeof(struct register_row),
    [EFFECT_SCHEDULE] = sizeof(struct schedule_row),
    [EFFECT_OPTOUT] = sizeof(struct optout_row),
    [EFFECT_MAILING] = sizeof(struct mailing_row),
    [EFFECT_SCHEDULE_RUN] = sizeof(struct schedule_run_row),
    [EFFECT_INCIDENT] = sizeof(struct incident_effect),
};

void effects_init(struct effects *effects)
{
    *effects = (struct effects){0};
    arena_init(&effects->arena);
}

void effects_finish(struct effects *effects)
{
    if (!effects)
        return;
    arena_finish(&effects->arena);
    free(effects->list);
    effects_init(effects);
}

void effects_reset(struct effects *effects)
{
    arena_reset(&effects->arena);
    effects->count = 0;
    effects->rows = 0;
}

bool effect_is_row(enum effect_kind kind)
{
    return kind < EFFECT_REPLY;
}

void *effects_add(struct effects *effects, enum effect_kind kind)
{
    effects->list =
        memory_reserve(effects->list, &effects->capacity, effects->count + 1, sizeof(*effects->list));
    struct effect *effect = &effects->list[effects->count++];

    effect->kind = kind;
    effect->any = arena_new(&effects->arena, body_bytes[kind]);
    effects->rows += effect_is_row(kind);
    return effect->any;
}

bool effect_is_mail(const struct notice_row *row)
{
    return !row->channel || strcmp(row->channel, "mail") == 0;
}

bool effect_is_to_customer(const struct notice_row *row)
{
    return row->role && strcmp(row->role, "customer") == 0;
}
