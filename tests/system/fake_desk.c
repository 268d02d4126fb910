/*
 * The faces of lib/desk.h that the loader calls, writing lines instead of judging.
 *
 * Linked into database_probe in place of lib/desk.c. The same functions write down what the probe expects, so
 * that comparing is comparing two texts. Ticket 13 is refused, as a desk refuses what does not fit its
 * policy.
 */
#include "tests/system/fake_desk.h"

#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    FILE *out;
    char *text;
    size_t length;
    bool silent;
};

struct desk *fake_desk_create(void)
{
    struct desk *desk = memory_new(1, sizeof(*desk));

    desk->out = open_memstream(&desk->text, &desk->length);
    return desk;
}

void fake_desk_silence(struct desk *desk)
{
    desk->silent = true;
}

static int compare_lines(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

char *fake_desk_lines(struct desk *desk)
{
    char **lines = NULL, *sorted, *rest;
    size_t count = 0, capacity = 0;

    fclose(desk->out);
    for (char *line = strtok_r(desk->text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        lines = memory_reserve(lines, &capacity, count + 1, sizeof(*lines));
        lines[count++] = line;
    }
    if (count)
        qsort(lines, count, sizeof(*lines), compare_lines);
    FILE *out = open_memstream(&sorted, &desk->length);

    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s\n", lines[i]);
    fclose(out);
    free(lines);
    free(desk->text);
    free(desk);
    return sorted;
}

static const char *shown(const char *text)
{
    return text ? text : "";
}

void fake_desk_ticket(struct desk *desk, const struct ticket_row *row, unsigned contacts, unsigned progress,
                      unsigned plans)
{
    if (desk->silent)
        return;
    fprintf(desk->out, "ticket %" PRIu64 "|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%u|%d", row->ticket,
            row->number, row->class_name, row->urgency, row->channel, row->stage, row->types, row->customer,
            row->staffed, row->department, row->handler, row->recorder, row->facts, row->revision, row->open);
    fprintf(desk->out,
            "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64,
            row->received_at, row->created_at, row->handed_over_at, row->expected_at, row->solved_at,
            row->closed_at, row->history_until_at, row->contacted_at);
    fprintf(desk->out, "|%u|%u|%u|%d|%" PRId64 "|%s|%s\n", contacts, progress, plans, row->key_account,
            row->staged_at, shown(row->contact), shown(row->known));
}

void fake_desk_clock(struct desk *desk, const struct clock_row *row)
{
    if (desk->silent)
        return;
    fprintf(desk->out, "clock %" PRIu64 "|%s|%s|%u|%s|%u|%u|%u|%d|%d|%d|%d", row->ticket, row->clock,
            row->state, row->cycle, shown(row->reminders), row->rungs, row->credited, row->ladder,
            row->ladder_running, row->was_late, row->withdrawn, row->acknowledged);
    fprintf(desk->out, "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%u|%x|%u|%u\n",
            row->anchor_at, row->due_at, row->breached_at, row->fired_at, row->ended_at, row->repeats,
            row->untold, row->told_since, row->rearmed);
}

void fake_desk_pause(struct desk *desk, const struct pause_row *row)
{
    if (!desk->silent)
        fprintf(desk->out, "pause %" PRIu64 "|%u|%s|%" PRId64 "|%" PRId64 "\n", row->ticket, row->pause,
                row->reason, row->from_at, row->to_at);
}

void fake_desk_notice(struct desk *desk, const struct notice_row *row, unsigned attempts, msec ready_at)
{
    fprintf(desk->out, "notice %" PRIu64 "|%" PRIu64 "|%s|%u|%d|%s|%s|%s|%s|%s|%s", row->notice, row->ticket,
            shown(row->clock), row->cycle, row->rung, row->recipient, row->role, row->channel, row->address,
            row->display_name, row->language);
    fprintf(desk->out, "|%s|%s|%s|%s|%s|%s|%s|%s|%" PRId64 "|%u|%" PRId64 "\n", row->template_name,
            shown(row->subject), shown(row->body), row->message_id, shown(row->thread), shown(row->reason),
            row->state, shown(row->detail), row->at, attempts, ready_at);
    fprintf(desk->out, "  %s|%" PRId64 "|%s|%s\n", shown(row->hold), row->due_at, shown(row->number),
            shown(row->department));
}

const char *desk_restore_ticket(struct desk *desk, const struct ticket_row *row, uint32_t contacts,
                                uint32_t progress, uint32_t plans)
{
    if (row->ticket == 13)
        return "unknown class";
    fake_desk_ticket(desk, row, contacts, progress, plans);
    return NULL;
}

const char *desk_restore_clock(struct desk *desk, const struct clock_row *row)
{
    fake_desk_clock(desk, row);
    return NULL;
}

const char *desk_restore_pause(struct desk *desk, const struct pause_row *row)
{
    fake_desk_pause(desk, row);
    return NULL;
}

void desk_restore_ladder(struct desk *desk, uint64_t ladder, const char *body)
{
    if (!desk->silent)
        fprintf(desk->out, "ladder %" PRIu64 "|%s", ladder, body);
}

void desk_restore_told(struct desk *desk, uint64_t ticket, const char *clock, uint16_t cycle,
                       const char *person, const char *role)
{
    fprintf(desk->out, "told %" PRIu64 "|%s|%s|%s|%u\n", ticket, clock, person, role, cycle);
}

void fake_desk_window(struct desk *desk, const struct window_row *row)
{
    fprintf(desk->out, "window %" PRIu64 "|%s|%u|%u|%d|%" PRId64 "|%" PRId64 "\n", row->ticket, row->clock,
            row->cycle, row->credited, row->is_final, row->start_at, row->end_at);
}

void desk_restore_window(struct desk *desk, const struct window_row *row)
{
    fake_desk_window(desk, row);
}

void desk_restore_approval(struct desk *desk, const struct approval_row *row)
{
    fprintf(desk->out, "approval %" PRIu64 "|%" PRIu64 "|%s|%s|%d\n", row->approval, row->ticket, row->kind,
            row->clock, row->approved);
}

void desk_restore_notice(struct desk *desk, const struct notice_row *row, uint16_t attempts, msec ready_at)
{
    fake_desk_notice(desk, row, attempts, ready_at);
}

/* With a budget, so that the loader asks what was let go. */
const struct policy *desk_policy(const struct desk *desk)
{
    static const struct policy policy = {.notices = {.budget = {.per_hour = 20}}};

    (void)desk;
    return &policy;
}

void desk_restore_let_go(struct desk *desk, const char *person, msec at)
{
    fprintf(desk->out, "let go %s|%" PRId64 "\n", person, at);
}

void desk_restore_sequence(struct desk *desk, const char *name, uint64_t last)
{
    fprintf(desk->out, "sequence %s|%" PRIu64 "\n", name, last);
}

void desk_restore_key(struct desk *desk, const char *key)
{
    if (!desk->silent)
        fprintf(desk->out, "key %s\n", key);
}

const char *desk_restore_register(struct desk *desk, const struct register_row *row)
{
    fprintf(desk->out, "register %s|%s|%" PRIu32 "|%d|%" PRId64 "|%s\n", row->of, row->record, row->revision,
            row->removed, row->changed_at, row->body);
    return NULL;
}

void desk_restore_optout(struct desk *desk, const char *address, msec at)
{
    if (!desk->silent)
        fprintf(desk->out, "optout %s|%" PRId64 "\n", address, at);
}

void desk_restore_mailing(struct desk *desk, const struct mailing_row *row)
{
    if (!desk->silent)
        fprintf(desk->out, "mailing %" PRIu64 "|%" PRIu64 "|%s|%s|%s|%s|%s|%s|%s|%u|%u|%u|%u|%" PRId64 "\n",
                row->mailing, row->ticket, row->of, row->template_name, row->state, row->actor,
                shown(row->note), shown(row->recipients), shown(row->why), row->next, row->sent,
                row->suppressed, row->failed, row->started_at);
}

void desk_restore_schedule(struct desk *desk, const struct schedule_row *row)
{
    fprintf(desk->out, "schedule %s|%s|%" PRId64 "\n", row->schedule, row->rule, row->since_at);
}

void desk_restore_schedule_run(struct desk *desk, const struct schedule_run_row *row, uint32_t count)
{
    fprintf(desk->out, "run %s|%s|%s|%" PRId64 "|%" PRIu32 "\n", row->schedule, row->of, row->record,
            row->occurrence_at, count);
}
