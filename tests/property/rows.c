/*
 * Rows, as a database would keep them: the latest of each key.
 *
 * What a row of a table is, is decided by sql/statements; what of it a desk needs to come back is decided by
 * world_restart.c, which mirrors the load statements. Lists are searched from end to end: a history has a few
 * hundred rows.
 */
#include "tests/property/rows.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct kept_ticket *rows_ticket(const struct rows *rows, uint64_t ticket)
{
    for (size_t i = rows->ticket_count; i-- > 0;)
        if (rows->tickets[i].row.ticket == ticket)
            return &rows->tickets[i];
    return NULL;
}

struct kept_ticket *rows_known_ticket(const struct rows *rows, uint64_t ticket)
{
    struct kept_ticket *kept = rows_ticket(rows, ticket);

    if (!kept)
        abort();
    return kept;
}

struct clock_row *rows_clock(const struct rows *rows, uint64_t ticket, const char *clock)
{
    for (size_t i = 0; i < rows->clock_count; i++)
        if (rows->clocks[i].ticket == ticket && strcmp(rows->clocks[i].clock, clock) == 0)
            return &rows->clocks[i];
    return NULL;
}

#define OWN(member) (member) = arena_text(&rows->arena, (member))

static void keep_ticket(struct rows *rows, const struct ticket_row *row)
{
    struct kept_ticket *kept = rows_ticket(rows, row->ticket);

    if (!kept) {
        rows->tickets =
            memory_reserve(rows->tickets, &rows->ticket_room, rows->ticket_count + 1, sizeof(*rows->tickets));
        kept = &rows->tickets[rows->ticket_count++];
        *kept = (struct kept_ticket){0};
    }
    kept->row = *row;
    kept->row.cold = NULL;
    kept->row.result = NULL;
    OWN(kept->row.number), OWN(kept->row.class_name), OWN(kept->row.urgency), OWN(kept->row.channel);
    OWN(kept->row.stage), OWN(kept->row.types), OWN(kept->row.customer), OWN(kept->row.staffed);
    OWN(kept->row.department), OWN(kept->row.handler), OWN(kept->row.recorder), OWN(kept->row.facts);
    OWN(kept->row.supporting);
    OWN(kept->row.known);
}

static void keep_clock(struct rows *rows, const struct clock_row *row)
{
    struct clock_row *kept = rows_clock(rows, row->ticket, row->clock);

    if (!kept) {
        rows->clocks =
            memory_reserve(rows->clocks, &rows->clock_room, rows->clock_count + 1, sizeof(*rows->clocks));
        kept = &rows->clocks[rows->clock_count++];
    }
    *kept = *row;
    OWN(kept->clock), OWN(kept->state), OWN(kept->reminders);
}

static void keep_pause(struct rows *rows, const struct pause_row *row)
{
    size_t i = 0;

    while (i < rows->pause_count &&
           (rows->pauses[i].ticket != row->ticket || rows->pauses[i].pause != row->pause))
        i++;
    if (row->is_new != (i == rows->pause_count)) /* begun twice, or ended before it began */
        abort();
    if (i < rows->pause_count) {
        rows->pauses[i].to_at = row->to_at;
        return;
    }
    rows->pauses =
        memory_reserve(rows->pauses, &rows->pause_room, ++rows->pause_count, sizeof(*rows->pauses));
    rows->pauses[i] = (struct kept_pause){.ticket = row->ticket,
                                          .pause = row->pause,
                                          .reason = arena_text(&rows->arena, row->reason),
                                          .from_at = row->from_at,
                                          .to_at = row->to_at};
}

static void keep_window(struct rows *rows, const struct window_row *row)
{
    size_t i = 0;

    while (i < rows->window_count &&
           (rows->windows[i].ticket != row->ticket || rows->windows[i].start_at != row->start_at ||
            strcmp(rows->windows[i].clock, row->clock) != 0))
        i++;
    if (i == rows->window_count)
        rows->windows =
            memory_reserve(rows->windows, &rows->window_room, ++rows->window_count, sizeof(*rows->windows));
    rows->windows[i] = *row;
    OWN(rows->windows[i].clock);
}

static void keep_notice(struct rows *rows, const struct notice_row *row)
{
    rows->notices =
        memory_reserve(rows->notices, &rows->notice_room, rows->notice_count + 1, sizeof(*rows->notices));
    struct kept_notice *kept = &rows->notices[rows->notice_count++];

    *kept = (struct kept_notice){
        .row = *row, .state = arena_text(&rows->arena, row->state), .ready_at = row->ready_at};
    OWN(kept->row.clock), OWN(kept->row.recipient), OWN(kept->row.role), OWN(kept->row.channel);
    OWN(kept->row.template_name), OWN(kept->row.hold);
    kept->row.subject = kept->row.body = kept->row.reason = kept->row.detail = "";
}

static void keep_notice_state(struct rows *rows, const struct notice_state_row *row)
{
    struct kept_notice *kept = NULL;

    for (size_t i = rows->notice_count; i-- > 0 && !kept;)
        kept = rows->notices[i].row.notice == row->notice ? &rows->notices[i] : NULL;
    if (!kept) /* a state of a notice that was never written */
        abort();
    kept->state = arena_text(&rows->arena, row->state);
    kept->attempts = row->attempts;
    kept->ready_at = row->ready_at;
    kept->row.hold = row->hold ? arena_text(&rows->arena, row->hold) : NULL;
    kept->into = row->into ? row->into : kept->into;
    if (row->let_go_at != NEVER)
        kept->row.let_go_at = row->let_go_at;
}

static void keep_sequence(struct rows *rows, const struct sequence_row *row)
{
    size_t i = 0;

    while (i < rows->sequence_count && strcmp(rows->sequences[i].name, row->name) != 0)
        i++;
    if (i == rows->sequence_count) {
        rows->sequences = memory_reserve(rows->sequences, &rows->sequence_room, ++rows->sequence_count,
                                         sizeof(*rows->sequences));
        rows->sequences[i].name = arena_text(&rows->arena, row->name);
    }
    rows->sequences[i].last = row->last;
}

static void keep_ladder(struct rows *rows, const struct ladder_row *row)
{
    rows->ladders =
        memory_reserve(rows->ladders, &rows->ladder_room, rows->ladder_count + 1, sizeof(*rows->ladders));
    struct ladder_row *kept = &rows->ladders[rows->ladder_count++];

    *kept = *row;
    OWN(kept->digest), OWN(kept->body);
}

static void keep_record(struct rows *rows, const struct record_row *row)
{
    rows->records =
        memory_reserve(rows->records, &rows->record_room, rows->record_count + 1, sizeof(*rows->records));
    struct record_row *kept = &rows->records[rows->record_count++];

    *kept = *row;
    OWN(kept->kind), OWN(kept->subject), OWN(kept->role), OWN(kept->actor), OWN(kept->value);
    kept->note = NULL;
}

static void keep_register(struct rows *rows, const struct register_row *row)
{
    size_t i = 0;

    while (i < rows->register_count && (strcmp(rows->registers[i].of, row->of) != 0 ||
                                        strcmp(rows->registers[i].record, row->record) != 0))
        i++;
    if (i == rows->register_count)
        rows->registers = memory_reserve(rows->registers, &rows->register_room, ++rows->register_count,
                                         sizeof(*rows->registers));
    rows->registers[i] = *row;
    OWN(rows->registers[i].of), OWN(rows->registers[i].record), OWN(rows->registers[i].body);
}

static void keep_schedule(struct rows *rows, const struct schedule_row *row)
{
    size_t i = 0;

    while (i < rows->schedule_count && strcmp(rows->schedules[i].schedule, row->schedule) != 0)
        i++;
    if (i == rows->schedule_count)
        rows->schedules = memory_reserve(rows->schedules, &rows->schedule_room, ++rows->schedule_count,
                                         sizeof(*rows->schedules));
    rows->schedules[i] = *row;
    OWN(rows->schedules[i].schedule), OWN(rows->schedules[i].rule);
}

/* Occurrences come in order, so one that is no later than the latest has run before: the table's key. */
static void keep_run(struct rows *rows, const struct schedule_run_row *row)
{
    size_t i = 0;

    while (i < rows->run_count && (strcmp(rows->runs[i].row.schedule, row->schedule) != 0 ||
                                   strcmp(rows->runs[i].row.record, row->record) != 0))
        i++;
    if (i == rows->run_count) {
        rows->runs = memory_reserve(rows->runs, &rows->run_room, ++rows->run_count, sizeof(*rows->runs));
        rows->runs[i].count = 0;
    } else if (row->occurrence_at <= rows->runs[i].row.occurrence_at) {
        abort();
    }
    rows->runs[i].row = *row;
    rows->runs[i].count++;
    OWN(rows->runs[i].row.schedule), OWN(rows->runs[i].row.of), OWN(rows->runs[i].row.record);
    rows->runs[i].row.outcome = rows->runs[i].row.class_name = "";
}

static void keep_key(struct rows *rows, const char *key)
{
    rows->keys = memory_reserve(rows->keys, &rows->key_room, rows->key_count + 1, sizeof(*rows->keys));
    rows->keys[rows->key_count++] = arena_text(&rows->arena, key);
}

void rows_keep(struct rows *rows, const struct effect *effect)
{
    switch ((int)effect->kind) {
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
        keep_ticket(rows, effect->ticket);
        break;
    case EFFECT_CLOCK:
        keep_clock(rows, effect->clock);
        break;
    case EFFECT_PAUSE:
        keep_pause(rows, effect->pause);
        break;
    case EFFECT_WINDOW:
        keep_window(rows, effect->window);
        break;
    case EFFECT_NOTICE:
        keep_notice(rows, effect->notice);
        break;
    case EFFECT_NOTICE_STATE:
        keep_notice_state(rows, effect->notice_state);
        break;
    case EFFECT_SEQUENCE:
        keep_sequence(rows, effect->sequence);
        break;
    case EFFECT_LADDER:
        keep_ladder(rows, effect->ladder);
        break;
    case EFFECT_SCHEDULE:
        keep_schedule(rows, effect->schedule);
        break;
    case EFFECT_SCHEDULE_RUN:
        keep_run(rows, effect->schedule_run);
        break;
    case EFFECT_RECORD:
        keep_record(rows, effect->record);
        break;
    case EFFECT_REGISTER:
        keep_register(rows, effect->of_register);
        break;
    case EFFECT_KEY:
        keep_key(rows, effect->key->key);
        break;
    case EFFECT_JOURNAL:
        rows->journal_sequence = effect->journal->sequence;
        break;
    }
}

void rows_count_records(struct rows *rows, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];

        if (effect->kind == EFFECT_CONTACT)
            rows_known_ticket(rows, effect->contact->ticket)->contacts++;
        else if (effect->kind == EFFECT_PROGRESS)
            rows_known_ticket(rows, effect->progress->ticket)->progress++;
        else if (effect->kind == EFFECT_PLAN)
            rows_known_ticket(rows, effect->plan->ticket)->plans++;
    }
}

static void *copy_of(const void *list, size_t count, size_t size)
{
    void *copy = memory_new(count + 1, size);

    if (count)
        memcpy(copy, list, count * size);
    return copy;
}

void rows_copy(const struct rows *from, struct rows *to)
{
    *to = *from;
    arena_init(&to->arena);
    to->tickets = copy_of(from->tickets, from->ticket_count, sizeof(*to->tickets));
    to->clocks = copy_of(from->clocks, from->clock_count, sizeof(*to->clocks));
    to->notices = copy_of(from->notices, from->notice_count, sizeof(*to->notices));
    to->sequences = copy_of(from->sequences, from->sequence_count, sizeof(*to->sequences));
    to->ladders = copy_of(from->ladders, from->ladder_count, sizeof(*to->ladders));
    to->pauses = copy_of(from->pauses, from->pause_count, sizeof(*to->pauses));
    to->pause_room = to->pause_count + 1;
    to->windows = copy_of(from->windows, from->window_count, sizeof(*to->windows));
    to->records = copy_of(from->records, from->record_count, sizeof(*to->records));
    to->registers = copy_of(from->registers, from->register_count, sizeof(*to->registers));
    to->window_room = to->window_count + 1;
    to->register_room = to->register_count + 1;
    to->schedules = copy_of(from->schedules, from->schedule_count, sizeof(*to->schedules));
    to->schedule_room = to->schedule_count + 1;
    to->runs = copy_of(from->runs, from->run_count, sizeof(*to->runs));
    to->run_room = to->run_count + 1;
    to->record_room = to->record_count + 1;
    to->keys = copy_of(from->keys, from->key_count, sizeof(*to->keys));
    to->ticket_room = to->ticket_count + 1;
    to->clock_room = to->clock_count + 1;
    to->notice_room = to->notice_count + 1;
    to->sequence_room = to->sequence_count + 1;
    to->ladder_room = to->ladder_count + 1;
    to->key_room = to->key_count + 1;
}

void rows_finish(struct rows *rows)
{
    arena_finish(&rows->arena);
    free(rows->tickets);
    free(rows->clocks);
    free(rows->notices);
    free(rows->sequences);
    free(rows->ladders);
    free(rows->registers);
    free(rows->schedules);
    free(rows->runs);
    free(rows->keys);
    free(rows->windows);
    free(rows->pauses);
    free(rows->records);
}
