/*
 * The tables between effects and SQL.
 *
 * Read by rows.c. Each column of a statement is a type and a place in an item of the merged batch; adding a
 * column is a line here and one in the statement. The order of the statements is the order of the
 * transaction: whatever a row stands on comes first, the journal last.
 */
#include "daemon/columns.h"

#include "daemon/merge.h"

#define TICKET(type, member)                                                                                 \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_ticket, member)                                                 \
    }
#define CLOCK(type, member)                                                                                  \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_clock, member)                                                  \
    }
#define PAUSE(type, member)                                                                                  \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_pause, member)                                                  \
    }
#define NOTICE(type, member)                                                                                 \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_notice, member)                                                 \
    }
#define JOURNAL(type, member)                                                                                \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct merge_journal, member)                                                \
    }
#define ROW(row, type, member)                                                                               \
    {                                                                                                        \
        COLUMN_##type, offsetof(struct row, member)                                                          \
    }

#define TICKET_INSTANTS                                                                                      \
    TICKET(INSTANT, row.handed_over_at), TICKET(INSTANT, row.expected_at), TICKET(INSTANT, row.solved_at),   \
        TICKET(INSTANT, row.closed_at), TICKET(INSTANT, row.history_until_at),                               \
        TICKET(INSTANT, row.contacted_at)
#define TICKET_TEXTS                                                                                         \
    TICKET(TEXT, row.class_name), TICKET(TEXT, row.types), TICKET(TEXT, row.urgency),                        \
        TICKET(TEXT, row.channel), TICKET(TEXT, row.stage), TICKET(TEXT, row.customer),                      \
        TICKET(TEXT, row.staffed), TICKET(TEXT, row.department), TICKET(TEXT, row.handler),                  \
        TICKET(TEXT, row.recorder), TICKET(TEXT, row.facts), TICKET(TEXT_OR_NULL, row.result)
#define CLOCK_COLUMNS                                                                                        \
    CLOCK(U64, row.ticket), CLOCK(TEXT, row.clock), CLOCK(TEXT, row.state), CLOCK(U16, row.cycle),           \
        CLOCK(TEXT, row.reminders), CLOCK(U8, row.rungs), CLOCK(U8, row.credited), CLOCK(U16, row.ladder),   \
        CLOCK(BOOLEAN, row.ladder_running), CLOCK(BOOLEAN, row.was_late), CLOCK(BOOLEAN, row.withdrawn),     \
        CLOCK(BOOLEAN, row.acknowledged), CLOCK(INSTANT, row.anchor_at), CLOCK(INSTANT, row.due_at),         \
        CLOCK(INSTANT, row.breached_at), CLOCK(INSTANT, row.fired_at), CLOCK(INSTANT, row.ended_at),         \
        CLOCK(U8, row.repeats), CLOCK(U32, row.untold), CLOCK(U16, row.told_since), CLOCK(U8, row.rearmed),  \
        CLOCK(INSTANT, row.grace_until_at)

static const struct column sequence_columns[] = {ROW(sequence_row, TEXT, name), ROW(sequence_row, U64, last)};
static const struct column optout_columns[] = {
    ROW(optout_row, U64, entry),        ROW(optout_row, INSTANT, at), ROW(optout_row, TEXT, address),
    ROW(optout_row, BOOLEAN, declines), ROW(optout_row, TEXT, role),  ROW(optout_row, TEXT, actor),
    ROW(optout_row, TEXT_OR_NULL, why),
};
static const struct column mailing_columns[] = {
    ROW(mailing_row, U64, mailing),
    ROW(mailing_row, U64_OR_NULL, ticket),
    ROW(mailing_row, TEXT, of),
    ROW(mailing_row, TEXT, template_name),
    ROW(mailing_row, TEXT, state),
    ROW(mailing_row, TEXT, role),
    ROW(mailing_row, TEXT, actor),
    ROW(mailing_row, TEXT_OR_NULL, note),
    ROW(mailing_row, TEXT_OR_NULL, conditions),
    ROW(mailing_row, TEXT_OR_NULL, recipients),
    ROW(mailing_row, TEXT_OR_NULL, why),
    ROW(mailing_row, U32, total),
    ROW(mailing_row, U32, next),
    ROW(mailing_row, U32, sent),
    ROW(mailing_row, U32, suppressed),
    ROW(mailing_row, U32, failed),
    ROW(mailing_row, INSTANT, started_at),
    ROW(mailing_row, INSTANT, finished_at),
};
static const struct column ladder_columns[] = {ROW(ladder_row, U16, ladder), ROW(ladder_row, TEXT, digest),
                                               ROW(ladder_row, TEXT, body)};
static const struct column ticket_id[] = {TICKET(U64, row.ticket)};
static const struct column ticket_insert[] = {
    TICKET(U64, row.ticket),
    TICKET(U32, row.revision),
    TICKET(BOOLEAN, row.open),
    TICKET(INSTANT, row.received_at),
    TICKET(INSTANT, row.created_at),
    TICKET_INSTANTS,
    TICKET(U32, contacts),
    TICKET(U32, progress),
    TICKET(U32, plans),
    TICKET(TEXT, row.number),
    TICKET_TEXTS,
    TICKET(BOOLEAN, row.key_account),
    TICKET(INSTANT, row.occurred_at),
    TICKET(INSTANT, row.staged_at),
    TICKET(TEXT, row.contact),
    TICKET(TEXT, row.supporting),
    TICKET(TEXT_OR_NULL, row.known),
    TICKET(TEXT_OR_NULL, row.story),
};
static const struct column ticket_update[] = {
    TICKET(U64, row.ticket),          TICKET(U32, row.revision),
    TICKET(INSTANT, row.received_at), TICKET_INSTANTS,
    TICKET(U32_OR_NULL, contacts),    TICKET(U32_OR_NULL, progress),
    TICKET(U32_OR_NULL, plans),       TICKET_TEXTS,
    TICKET(BOOLEAN, row.key_account), TICKET(INSTANT, row.staged_at),
    TICKET(TEXT, row.contact),        TICKET(TEXT, row.supporting),
    TICKET(TEXT_OR_NULL, row.known),  TICKET(TEXT_OR_NULL, row.story),
};
static const struct column ticket_counts[] = {
    TICKET(U64, row.ticket),
    TICKET(U32_OR_NULL, contacts),
    TICKET(U32_OR_NULL, progress),
    TICKET(U32_OR_NULL, plans),
};

static const struct column intake_columns[] = {
    TICKET(U64, row.ticket),
    TICKET(INSTANT, cold.occurred_at),
    TICKET(TEXT, row.number),
    TICKET(TEXT_OR_NULL, cold.reference),
    TICKET(TEXT_OR_NULL, cold.customer_id),
    TICKET(TEXT_OR_NULL, cold.contact_name),
    TICKET(TEXT_OR_NULL, cold.phone),
    TICKET(TEXT_OR_NULL, cold.fax),
    TICKET(TEXT_OR_NULL, cold.email),
    TICKET(TEXT, cold.subject),
    TICKET(TEXT_OR_NULL, cold.details),
    TICKET(TEXT_OR_NULL, cold.fields),
    TICKET(TEXT_OR_NULL, cold.attachments),
};
static const struct column clock_insert[] = {CLOCK_COLUMNS, CLOCK(BOOLEAN, open)};
static const struct column clock_write[] = {CLOCK_COLUMNS};
static const struct column pause_insert[] = {
    PAUSE(U64, row.ticket),    PAUSE(U32, row.pause),           PAUSE(INSTANT, row.from_at),
    PAUSE(INSTANT, row.to_at), PAUSE(INSTANT, row.recorded_at), PAUSE(TEXT, row.reason),
    PAUSE(TEXT, row.role),     PAUSE(TEXT, row.actor),          PAUSE(TEXT_OR_NULL, row.note),
    PAUSE(BOOLEAN, open),
};
static const struct column pause_end[] = {
    PAUSE(U64, row.ticket),
    PAUSE(U32, row.pause),
    PAUSE(INSTANT, row.to_at),
};
static const struct column contact_columns[] = {
    ROW(contact_row, U64, ticket),          ROW(contact_row, U32, contact),
    ROW(contact_row, INSTANT, at),          ROW(contact_row, INSTANT, recorded_at),
    ROW(contact_row, I32_OR_NULL, minutes), ROW(contact_row, BOOLEAN, reached),
    ROW(contact_row, BOOLEAN, automatic),   ROW(contact_row, TEXT, channel),
    ROW(contact_row, TEXT, direction),      ROW(contact_row, TEXT, kind),
    ROW(contact_row, TEXT, role),           ROW(contact_row, TEXT, actor),
    ROW(contact_row, TEXT_OR_NULL, note),   ROW(contact_row, TEXT_OR_NULL, credited),
    ROW(contact_row, INSTANT, next_at),
};
static const struct column progress_columns[] = {
    ROW(progress_row, U64, ticket),          ROW(progress_row, U32, progress),
    ROW(progress_row, INSTANT, at),          ROW(progress_row, INSTANT, recorded_at),
    ROW(progress_row, INSTANT, from_at),     ROW(progress_row, INSTANT, to_at),
    ROW(progress_row, TEXT_OR_NULL, degree), ROW(progress_row, TEXT, role),
    ROW(progress_row, TEXT, actor),          ROW(progress_row, TEXT_OR_NULL, note),
};
static const struct column plan_columns[] = {
    ROW(plan_row, U64, ticket),          ROW(plan_row, U32, plan),
    ROW(plan_row, INSTANT, at),          ROW(plan_row, INSTANT, recorded_at),
    ROW(plan_row, INSTANT, expected_at), ROW(plan_row, TEXT, role),
    ROW(plan_row, TEXT, actor),          ROW(plan_row, TEXT_OR_NULL, measures),
};
static const struct column record_columns[] = {
    ROW(record_row, U64, record),          ROW(record_row, U64, ticket),
    ROW(record_row, U64_OR_NULL, other),   ROW(record_row, INSTANT, at),
    ROW(record_row, INSTANT, recorded_at), ROW(record_row, TEXT, kind),
    ROW(record_row, TEXT, subject),        ROW(record_row, TEXT, role),
    ROW(record_row, TEXT, actor),          ROW(record_row, TEXT_OR_NULL, note),
    ROW(record_row, TEXT_OR_NULL, value),
};
static const struct column register_columns[] = {
    ROW(register_row, TEXT, of),
    ROW(register_row, TEXT, record),
    ROW(register_row, U32, revision),
    ROW(register_row, BOOLEAN, removed),
    ROW(register_row, INSTANT, changed_at),
    ROW(register_row, TEXT, body),
};
static const struct column schedule_columns[] = {
    ROW(schedule_row, TEXT, schedule),
    ROW(schedule_row, TEXT, rule),
    ROW(schedule_row, INSTANT, since_at),
};
static const struct column run_columns[] = {
    ROW(schedule_run_row, TEXT, schedule),    ROW(schedule_run_row, TEXT, of),
    ROW(schedule_run_row, TEXT, record),      ROW(schedule_run_row, INSTANT, occurrence_at),
    ROW(schedule_run_row, INSTANT, fired_at), ROW(schedule_run_row, U64_OR_NULL, ticket),
    ROW(schedule_run_row, U32, overtaken),    ROW(schedule_run_row, TEXT, outcome),
};
static const struct column window_columns[] = {
    ROW(window_row, U64, ticket),
    ROW(window_row, TEXT, clock),
    ROW(window_row, U16, cycle),
    ROW(window_row, U8, credited),
    ROW(window_row, BOOLEAN, is_final),
    ROW(window_row, BOOLEAN, is_remembered),
    ROW(window_row, BOOLEAN, is_withdrawn),
    ROW(window_row, INSTANT, start_at),
    ROW(window_row, INSTANT, end_at),
};
static const struct column notice_insert[] = {
    NOTICE(U64, row.notice),
    NOTICE(U64, row.ticket),
    NOTICE(U32, row.cycle),
    NOTICE(I16, row.rung),
    NOTICE(U16, attempts),
    NOTICE(INSTANT, row.at),
    NOTICE(INSTANT, changed_at),
    NOTICE(INSTANT, ready_at),
    NOTICE(TEXT, row.clock),
    NOTICE(TEXT, row.recipient),
    NOTICE(TEXT, row.role),
    NOTICE(TEXT, row.channel),
    NOTICE(TEXT, row.state),
    NOTICE(TEXT, row.address),
    NOTICE(TEXT, row.display_name),
    NOTICE(TEXT, row.language),
    NOTICE(TEXT, row.template_name),
    NOTICE(TEXT, row.message_id),
    NOTICE(TEXT_OR_NULL, row.thread),
    NOTICE(TEXT_OR_NULL, queue_id),
    NOTICE(TEXT_OR_NULL, row.reason),
    NOTICE(TEXT_OR_NULL, row.detail),
    NOTICE(TEXT_OR_NULL, row.subject),
    NOTICE(TEXT_OR_NULL, row.body),
    NOTICE(INSTANT, row.due_at),
    NOTICE(INSTANT, row.let_go_at),
    NOTICE(TEXT_OR_NULL, row.hold),
    NOTICE(U64_OR_NULL, into),
};
static const struct column notice_change[] = {
    NOTICE(U64, row.notice),        NOTICE(TEXT, row.state),        NOTICE(U16, attempts),
    NOTICE(INSTANT, changed_at),    NOTICE(INSTANT, ready_at),      NOTICE(TEXT_OR_NULL, row.detail),
    NOTICE(TEXT_OR_NULL, queue_id), NOTICE(TEXT_OR_NULL, row.hold), NOTICE(U64_OR_NULL, into),
    NOTICE(INSTANT, row.let_go_at),
};
static const struct column key_columns[] = {
    ROW(key_row, TEXT, key),
    ROW(key_row, U64, sequence),
    ROW(key_row, TEXT, reply),
};
static const struct column journal_columns[] = {
    JOURNAL(U64, row.sequence), JOURNAL(INSTANT, row.at), JOURNAL(U64_OR_NULL, row.ticket),
    JOURNAL(TEXT, row.type),    JOURNAL(HASH, hash),      JOURNAL(TEXT, row.body),
};

static bool ticket_is_new(const void *item)
{
    return ((const struct merge_ticket *)item)->is_new;
}

static bool ticket_was_there(const void *item)
{
    return !ticket_is_new(item);
}

static bool ticket_stays_open(const void *item)
{
    const struct merge_ticket *ticket = item;

    return ticket->known && !ticket->is_new && ticket->row.open;
}

static bool ticket_closes(const void *item)
{
    const struct merge_ticket *ticket = item;

    return ticket->known && !ticket->is_new && !ticket->row.open;
}

static bool ticket_is_only_counted(const void *item)
{
    return !((const struct merge_ticket *)item)->known;
}

/* Closes, and pauses of it lie among the open ones. */
static bool ticket_takes_pauses_along(const void *item)
{
    return ticket_closes(item) && ((const struct merge_ticket *)item)->row.has_pauses;
}

static bool pause_is_new(const void *item)
{
    return ((const struct merge_pause *)item)->row.is_new;
}

static bool pause_was_there(const void *item)
{
    return !pause_is_new(item);
}

static bool clock_is_new(const void *item)
{
    return ((const struct merge_clock *)item)->is_new;
}

static bool clock_was_there(const void *item)
{
    return !clock_is_new(item);
}

static bool notice_is_new(const void *item)
{
    return ((const struct merge_notice *)item)->is_new;
}

static bool notice_was_there(const void *item)
{
    return !notice_is_new(item);
}

static bool any(const void *item)
{
    (void)item;
    return true;
}

#define LIST(member)   offsetof(struct merge, member)
#define COLUMNS(table) table, sizeof(table) / sizeof(*table)

const struct columns columns_table[COLUMNS_COUNT] = {
    {"sequence_write", LIST(sequences), any, COLUMNS(sequence_columns), false},
    {"ladder_insert", LIST(ladders), any, COLUMNS(ladder_columns), false},
    {"ticket_reopen", LIST(tickets), ticket_was_there, COLUMNS(ticket_id), true},
    {"clock_reopen", LIST(tickets), ticket_was_there, COLUMNS(ticket_id), true},
    {"pause_reopen", LIST(tickets), ticket_was_there, COLUMNS(ticket_id), true},
    {"intake_insert", LIST(tickets), ticket_is_new, COLUMNS(intake_columns), false},
    {"ticket_insert", LIST(tickets), ticket_is_new, COLUMNS(ticket_insert), false},
    {"ticket_update", LIST(tickets), ticket_stays_open, COLUMNS(ticket_update), false},
    {"ticket_counts", LIST(tickets), ticket_is_only_counted, COLUMNS(ticket_counts), false},
    {"ticket_close", LIST(tickets), ticket_closes, COLUMNS(ticket_update), false},
    {"clock_insert", LIST(clocks), clock_is_new, COLUMNS(clock_insert), false},
    {"clock_write", LIST(clocks), clock_was_there, COLUMNS(clock_write), false},
    {"clock_close", LIST(tickets), ticket_closes, COLUMNS(ticket_id), false},
    {"pause_insert", LIST(pauses), pause_is_new, COLUMNS(pause_insert), false},
    {"pause_end", LIST(pauses), pause_was_there, COLUMNS(pause_end), false},
    {"pause_close", LIST(tickets), ticket_takes_pauses_along, COLUMNS(ticket_id), false},
    {"contact_insert", LIST(contacts), any, COLUMNS(contact_columns), false},
    {"progress_insert", LIST(progress), any, COLUMNS(progress_columns), false},
    {"plan_insert", LIST(plans), any, COLUMNS(plan_columns), false},
    {"record_insert", LIST(records), any, COLUMNS(record_columns), false},
    {"window_write", LIST(windows), any, COLUMNS(window_columns), false},
    {"register_write", LIST(registers), any, COLUMNS(register_columns), false},
    {"schedule_write", LIST(schedules), any, COLUMNS(schedule_columns), false},
    {"optout_insert", LIST(optouts), any, COLUMNS(optout_columns), false},
    {"mailing_write", LIST(mailings), any, COLUMNS(mailing_columns), false},
    {"schedule_run_insert", LIST(runs), any, COLUMNS(run_columns), false},
    {"notice_insert", LIST(notices), notice_is_new, COLUMNS(notice_insert), false},
    {"notice_change", LIST(notices), notice_was_there, COLUMNS(notice_change), false},
    {"key_insert", LIST(keys), any, COLUMNS(key_columns), false},
    {"journal_insert", LIST(journal), any, COLUMNS(journal_columns), false},
};
