/*
 * Notices that wait in a replay.
 *
 * Used by replay_engine.c. The judge gives a notice's row once, when it is decided, and later only says what
 * became of it, by its id; whoever watches a replay wants to see the notice again when it leaves. So the rows
 * of held ones are copied here. Ids rise and few wait at a time, so a list in the order of ids is enough:
 * what is over is marked and swept out when half of the list is.
 */
#include "client/replay_held.h"

#include "lib/base/memory.h"
#include <stdlib.h>

struct replay_held {
    struct notice_row *rows; /* rising by id; state NULL: over */
    size_t count, capacity, over;
};

struct replay_held *replay_held_create(void)
{
    return memory_new(1, sizeof(struct replay_held));
}

static void free_text(const char *text)
{
    free((char *)(uintptr_t)text);
}

static const char *copy(const char *text)
{
    return text ? memory_text(text) : NULL;
}

static void finish_row(struct notice_row *row)
{
    free_text(row->clock);
    free_text(row->recipient);
    free_text(row->role);
    free_text(row->address);
    free_text(row->template_name);
    free_text(row->reason);
}

void replay_held_destroy(struct replay_held *held)
{
    if (!held)
        return;
    for (size_t i = 0; i < held->count; i++)
        finish_row(&held->rows[i]);
    free(held->rows);
    free(held);
}

static void sweep(struct replay_held *held)
{
    size_t kept = 0;

    for (size_t i = 0; i < held->count; i++) {
        if (held->rows[i].state)
            held->rows[kept++] = held->rows[i];
        else
            finish_row(&held->rows[i]);
    }
    held->count = kept;
    held->over = 0;
}

void replay_held_add(struct replay_held *held, const struct notice_row *row)
{
    if (held->over > held->count / 2)
        sweep(held);
    held->rows = memory_reserve(held->rows, &held->capacity, held->count + 1, sizeof(*held->rows));
    held->rows[held->count++] = (struct notice_row){
        .notice = row->notice,
        .ticket = row->ticket,
        .clock = copy(row->clock),
        .cycle = row->cycle,
        .rung = row->rung,
        .recipient = copy(row->recipient),
        .role = copy(row->role),
        .address = copy(row->address),
        .template_name = copy(row->template_name),
        .reason = copy(row->reason),
        .channel = row->channel, /* static */
        .state = "held",
        .at = row->at,
        .due_at = row->due_at,
        .ready_at = row->ready_at,
    };
}

struct notice_row *replay_held_find(const struct replay_held *held, uint64_t notice)
{
    size_t low = 0, high = held->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (held->rows[middle].notice < notice)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < held->count && held->rows[low].notice == notice && held->rows[low].state;

    return is_found ? &held->rows[low] : NULL;
}

void replay_held_remove(struct replay_held *held, uint64_t notice)
{
    struct notice_row *row = replay_held_find(held, notice);

    if (!row)
        return;
    row->state = NULL;
    held->over++;
}
