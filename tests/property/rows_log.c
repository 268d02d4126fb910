/* Effects as lines, so that what two desks did can be compared and a difference shown. */
#include "tests/property/rows.h"

#include <inttypes.h>

static void log_ticket(struct text *log, const struct ticket_row *row)
{
    text_printf(log, "ticket %" PRIu64 " %s %s %s %s %s %s %s %s %s [%s] r%u open%d key%d +%s", row->ticket,
                row->number, row->class_name, row->urgency, row->stage, row->types, row->staffed,
                row->department, row->handler, row->recorder, row->facts, row->revision, row->open,
                row->key_account, row->supporting);
    text_printf(log,
                " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
                " %" PRId64 " %s\n",
                row->received_at, row->handed_over_at, row->expected_at, row->solved_at, row->closed_at,
                row->history_until_at, row->contacted_at, row->staged_at, row->known ? row->known : "");
}

static void log_clock(struct text *log, const struct clock_row *row)
{
    text_printf(log, "clock %" PRIu64 " %s %s c%u [%s] %u %u %u %u %x %d%d%d%d", row->ticket, row->clock,
                row->state, row->cycle, row->reminders, row->rungs, row->credited, row->ladder, row->repeats,
                row->untold, row->ladder_running, row->was_late, row->withdrawn, row->acknowledged);
    text_printf(log, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " told %u again %u\n",
                row->anchor_at, row->due_at, row->breached_at, row->fired_at, row->ended_at, row->told_since,
                row->rearmed);
}

static void log_window(struct text *log, const struct window_row *row)
{
    text_printf(log, "window %" PRIu64 " %s c%u %u %d%d%d %" PRId64 " %" PRId64 "\n", row->ticket, row->clock,
                row->cycle, row->credited, row->is_final, row->is_remembered, row->is_withdrawn,
                row->start_at, row->end_at);
}

static void log_notice(struct text *log, const struct notice_row *row)
{
    text_printf(log, "notice %" PRIu64 " ticket %" PRIu64 " %s c%u rung %d %s %s %s %s %" PRId64 " %s | %s",
                row->notice, row->ticket, row->clock, row->cycle, row->rung, row->recipient, row->role,
                row->template_name, row->state, row->at, row->message_id, row->subject);
    text_printf(log, " | %s %" PRId64 " %" PRId64 " %" PRId64 "\n", row->hold ? row->hold : "", row->due_at,
                row->ready_at, row->let_go_at);
}

void rows_log(struct text *log, const struct effect *effect)
{
    switch ((int)effect->kind) {
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
        log_ticket(log, effect->ticket);
        break;
    case EFFECT_CLOCK:
        log_clock(log, effect->clock);
        break;
    case EFFECT_CONTACT:
        text_printf(log, "contact %" PRIu64 " %u %" PRId64 " %s\n", effect->contact->ticket,
                    effect->contact->contact, effect->contact->at, effect->contact->credited);
        break;
    case EFFECT_PROGRESS:
        text_printf(log, "progress %" PRIu64 " %u\n", effect->progress->ticket, effect->progress->progress);
        break;
    case EFFECT_PAUSE:
        text_printf(log, "pause %" PRIu64 " %u %s %" PRId64 " %" PRId64 " %d\n", effect->pause->ticket,
                    effect->pause->pause, effect->pause->reason, effect->pause->from_at, effect->pause->to_at,
                    effect->pause->is_new);
        break;
    case EFFECT_PLAN:
        text_printf(log, "plan %" PRIu64 " %u\n", effect->plan->ticket, effect->plan->plan);
        break;
    case EFFECT_RECORD:
        text_printf(log, "record %" PRIu64 " ticket %" PRIu64 " %" PRIu64 " %" PRId64 " %s %s %s %s %s\n",
                    effect->record->record, effect->record->ticket, effect->record->other, effect->record->at,
                    effect->record->kind, effect->record->subject, effect->record->role,
                    effect->record->actor, effect->record->value ? effect->record->value : "");
        break;
    case EFFECT_WINDOW:
        log_window(log, effect->window);
        break;
    case EFFECT_KEY:
        text_printf(log, "key %s %" PRIu64 " %s\n", effect->key->key, effect->key->sequence,
                    effect->key->reply);
        break;
    case EFFECT_RECALL:
        text_printf(log, "recall %s\n", effect->recall->ticket);
        break;
    case EFFECT_SEND:
        text_printf(log, "send %" PRIu64 " a%u\n", effect->send->notice, effect->send->attempt);
        break;
    case EFFECT_NOTICE:
        log_notice(log, effect->notice);
        break;
    case EFFECT_NOTICE_STATE:
        text_printf(
            log, "notice %" PRIu64 " %s a%u %" PRId64 " %s into %" PRIu64 "\n", effect->notice_state->notice,
            effect->notice_state->state, effect->notice_state->attempts, effect->notice_state->ready_at,
            effect->notice_state->detail ? effect->notice_state->detail : "", effect->notice_state->into);
        break;
    case EFFECT_SEQUENCE:
        text_printf(log, "sequence %s %" PRIu64 "\n", effect->sequence->name, effect->sequence->last);
        break;
    case EFFECT_LADDER:
        text_printf(log, "ladder %u %s %s\n", effect->ladder->ladder, effect->ladder->digest,
                    effect->ladder->body);
        break;
    case EFFECT_REGISTER:
        text_printf(log, "register %s %s %u %d %" PRId64 " %s\n", effect->of_register->of,
                    effect->of_register->record, effect->of_register->revision, effect->of_register->removed,
                    effect->of_register->changed_at, effect->of_register->body);
        break;
    case EFFECT_SCHEDULE:
        text_printf(log, "schedule %s %s %" PRId64 "\n", effect->schedule->schedule, effect->schedule->rule,
                    effect->schedule->since_at);
        break;
    case EFFECT_SCHEDULE_RUN:
        text_printf(log, "run %s %s/%s %" PRId64 " %" PRId64 " %s %" PRIu64 " %u\n",
                    effect->schedule_run->schedule, effect->schedule_run->of, effect->schedule_run->record,
                    effect->schedule_run->occurrence_at, effect->schedule_run->fired_at,
                    effect->schedule_run->outcome, effect->schedule_run->ticket,
                    effect->schedule_run->overtaken);
        break;
    case EFFECT_JOURNAL:
        text_printf(log, "journal %" PRIu64 " %" PRId64 " %" PRIu64 " %s %s\n", effect->journal->sequence,
                    effect->journal->at, effect->journal->ticket, effect->journal->type,
                    effect->journal->body);
        break;
    case EFFECT_REPLY:
        text_printf(log, "reply %s\n", effect->reply->text);
        break;
    case EFFECT_READ:
        text_printf(log, "read %s\n", effect->read->statement);
        break;
    }
}
