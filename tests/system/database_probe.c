/*
 * What test_database.py drives: the real writer, loader and reader against a real server, with hand-made
 * batches.
 *
 * - migrate CONNINFO: apply migrations
 * - prepare CONNINFO: prepare every statement
 * - roundtrip CONNINFO: write a story, load it again, compare
 * - write CONNINFO BATCHES CREATES: write batches of new tickets, a line for each that was acknowledged
 * - reach CONNINFO BATCHES CONTACTS TICKETS: the same with contacts of so many tickets that `write` made
 * - load CONNINFO: load into a silent desk and say how long it took
 * - verify CONNINFO: check the journal's chain
 * - read CONNINFO STATEMENT PARAMETER…: run a read through the reader ("-" is NULL)
 */
#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/loader.h"
#include "daemon/migrate.h"
#include "daemon/reader.h"
#include "daemon/statements.h"
#include "daemon/writer.h"
#include "lib/base/memory.h"
#include "tests/system/fake_desk.h"
#include <event2/event.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOON INT64_C(1772420400123) /* 2026-03-02, with milliseconds to lose */

struct session {
    struct leadership leadership;
    struct event_base *base;
    struct writer *writer;
    struct effects batch;
    uint64_t sequence;
    bool waits;
    uint64_t tickets; /* how many `write` made */
    uint64_t next_ticket;
};

/* ---- hand-made rows ---- */

static struct ticket_row ticket_row(struct effects *batch, uint64_t id)
{
    return (struct ticket_row){
        .ticket = id,
        .number = arena_printf(&batch->arena, "NR-%06" PRIu64, id),
        .class_name = "complaint",
        .urgency = "urgent",
        .channel = "phone",
        .stage = "accepted",
        .types = "delivery,billing",
        .customer = "北京客户公司",
        .contact = id == 2 ? "{\"email\":\"zhang@example.cn\",\"name\":\"张三\"}" : "",
        .staffed = "08:00-20:00",
        .department = "after_sales",
        .handler = "li",
        .recorder = "wang",
        .facts = "",
        .supporting = "quality",
        .revision = 1,
        .open = true,
        .received_at = NOON,
        .created_at = NOON,
        .handed_over_at = NOON + 1,
        .expected_at = NEVER,
        .solved_at = NEVER,
        .closed_at = NEVER,
        .history_until_at = NEVER,
        .contacted_at = NEVER,
        .key_account = id == 2,
        .staged_at = id == 3 ? NOON + 2 : NEVER,
        .known = id == 3 ? "{\"fields\":{\"days\":\"12\"}}" : NULL,
    };
}

static const struct ticket_cold cold = {
    .reference = "R-1",
    .customer_id = "C-9",
    .contact_name = "张三",
    .phone = "13812340000",
    .email = "zhang@example.cn",
    .subject = "货物\"破损\"",
    .details = "到货时发现外包装破损, 里面的设备无法启动。\nPlease call back.",
    .fields = "{\"order\":\"A-17\",\"pieces\":2}",
    .attachments = "[\"photo.jpg\"]",
    .occurred_at = NOON - 5000,
};

static struct clock_row clock_row(uint64_t ticket, const char *name)
{
    return (struct clock_row){
        .ticket = ticket,
        .clock = name,
        .state = "running",
        .cycle = 1,
        .anchor_at = NOON,
        .due_at = NOON + 8 * MSEC_HOUR,
        .breached_at = NEVER,
        .fired_at = NEVER,
        .ended_at = NEVER,
        .grace_until_at = NEVER,
    };
}

static void add_ticket(struct effects *batch, const struct ticket_row *row, bool is_new)
{
    struct ticket_row *added = effects_add(batch, is_new ? EFFECT_TICKET_NEW : EFFECT_TICKET);

    *added = *row;
    if (is_new)
        added->cold = &cold;
}

static void add_clock(struct effects *batch, const struct clock_row *row)
{
    *(struct clock_row *)effects_add(batch, EFFECT_CLOCK) = *row;
}

static struct window_row window_row(int day, uint8_t credited)
{
    return (struct window_row){
        .ticket = 2,
        .clock = "first_contact",
        .cycle = 1,
        .credited = credited,
        .is_remembered = true,
        .start_at = NOON + day * MSEC_DAY,
        .end_at = NOON + (day + 1) * MSEC_DAY,
    };
}

static void add_window(struct effects *batch, const struct window_row *row)
{
    *(struct window_row *)effects_add(batch, EFFECT_WINDOW) = *row;
}

/* Three windows are missed, twice written in a batch; then one is filled a little, one withdrawn, one final.
 */
static void miss_windows(struct effects *batch)
{
    for (int day = 0; day < 3; day++) {
        struct window_row row = window_row(day, 0);

        add_window(batch, &row);
        row.credited = 1;
        add_window(batch, &row);
    }
}

static void fill_windows(struct effects *batch)
{
    struct window_row filled = window_row(0, 2), withdrawn = window_row(1, 3), forgotten = window_row(2, 1);

    filled.is_final = true;
    withdrawn.is_withdrawn = true;
    withdrawn.is_remembered = forgotten.is_remembered = false;
    add_window(batch, &filled);
    add_window(batch, &withdrawn);
    add_window(batch, &forgotten);
}

static void add_contact(struct effects *batch, uint64_t ticket, uint32_t number)
{
    *(struct contact_row *)effects_add(batch, EFFECT_CONTACT) = (struct contact_row){
        .ticket = ticket,
        .contact = number,
        .at = NOON,
        .recorded_at = NOON + 60000,
        .channel = "phone",
        .direction = "out",
        .kind = "progress",
        .role = "handler",
        .actor = "li",
        .note = "谈过了",
        .credited = "[{\"clock\":\"first_contact\",\"cycle\":1,\"slot\":1}]",
        .reached = true,
        .minutes = 3,
    };
}

static struct pause_row pause_row(uint64_t ticket, uint32_t number)
{
    return (struct pause_row){
        .ticket = ticket,
        .pause = number,
        .reason = "spare_parts",
        .from_at = NOON + number,
        .to_at = NEVER,
    };
}

static void begin_pause(struct effects *batch, struct pause_row *row)
{
    struct pause_row *added = effects_add(batch, EFFECT_PAUSE);

    *added = *row;
    added->is_new = true;
    added->recorded_at = NOON + MSEC_HOUR;
    added->role = "handler";
    added->actor = "li";
    added->note = "三周后到货";
}

static void end_pause(struct effects *batch, struct pause_row *row)
{
    row->to_at = NOON + MSEC_DAY;
    *(struct pause_row *)effects_add(batch, EFFECT_PAUSE) = *row;
}

static void add_notice(struct effects *batch, uint64_t notice, uint64_t ticket, int rung, const char *state)
{
    *(struct notice_row *)effects_add(batch, EFFECT_NOTICE) = (struct notice_row){
        .notice = notice,
        .ticket = ticket,
        .clock = "first_contact",
        .cycle = 1,
        .rung = (int16_t)rung,
        .recipient = "zhao",
        .role = "service_head",
        .channel = "mail",
        .address = "zhao@example.cn",
        .display_name = "赵总",
        .language = "zh",
        .template_name = "escalation",
        .subject = "超时",
        .body = "正文\n",
        .message_id = arena_printf(&batch->arena, "<%" PRIu64 "@duban>", notice),
        .reason = "breached",
        .state = state,
        .at = NOON,
    };
}

static void add_notice_state(struct effects *batch, uint64_t notice, const char *state, uint16_t attempts,
                             msec ready_at, const char *detail)
{
    *(struct notice_state_row *)effects_add(batch, EFFECT_NOTICE_STATE) = (struct notice_state_row){
        .notice = notice,
        .state = state,
        .attempts = attempts,
        .at = NOON + 1000,
        .ready_at = ready_at,
        .detail = detail,
    };
}

static void add_journal(struct session *session, uint64_t ticket, const char *type)
{
    *(struct journal_row *)effects_add(&session->batch, EFFECT_JOURNAL) = (struct journal_row){
        .sequence = ++session->sequence,
        .at = NOON,
        .ticket = ticket,
        .type = type,
        .body = "{\"actor\":\"li\",\"params\":{\"class\":\"complaint\",\"subject\":\"货物破损\"}}",
    };
}

static void add_sequence(struct effects *batch, const char *name, uint64_t last)
{
    *(struct sequence_row *)effects_add(batch, EFFECT_SEQUENCE) =
        (struct sequence_row){.name = name, .last = last};
}

#define LIST_OF_RUNGS "rung = +0 department_head by mail\nall clear = yes\n"

static void add_ladder(struct effects *batch)
{
    *(struct ladder_row *)effects_add(batch, EFFECT_LADDER) =
        (struct ladder_row){.ladder = 300, .digest = "00ff", .body = LIST_OF_RUNGS};
}

static void add_key(struct session *session, const char *key)
{
    *(struct key_row *)effects_add(&session->batch, EFFECT_KEY) = (struct key_row){
        .key = key,
        .sequence = session->sequence,
        .reply = "{\"created\":true,\"ticket\":\"1\"}",
    };
}

/* ---- sessions ---- */

static int fail(const char *what, char *why)
{
    printf("%s: %s\n", what, why ? why : "");
    free(why);
    return 1;
}

static void when_committed(void *context, struct effects *batch)
{
    struct session *session = context;

    effects_reset(batch);
    session->waits = false;
    event_base_loopbreak(session->base);
}

static void when_fatal(void *context, const char *why)
{
    (void)context;
    printf("fatal %s\n", why);
    fflush(stdout);
    _exit(3);
}

static void when_state(void *context, bool connected)
{
    (void)context;
    fprintf(stderr, "%s\n", connected ? "connected" : "disconnected");
}

static void close_session(struct session *session)
{
    writer_destroy(session->writer);
    loader_resign(&session->leadership);
    effects_finish(&session->batch);
    event_base_free(session->base);
    libevent_global_shutdown();
}

static int open_session(struct session *session, const char *conninfo)
{
    const struct writer_hooks hooks = {session, when_committed, when_fatal, when_state};
    char *why;

    *session = (struct session){.base = event_base_new()};
    effects_init(&session->batch);
    if (loader_lead(conninfo, "main", 5, &session->leadership, &why) != LOADER_DONE) {
        close_session(session);
        return fail("lead", why);
    }
    const struct writer_options options = {
        .conninfo = conninfo,
        .desk = session->leadership.desk,
        .epoch = session->leadership.epoch,
        .last_batch = session->leadership.last_batch,
        .journal_head = session->leadership.journal_head,
    };

    session->sequence = session->leadership.journal_sequence;
    session->next_ticket =
        session->sequence + 1; /* the probe journals once for each ticket it makes in bulk */
    return writer_create(session->base, &options, &hooks, &session->writer);
}

static void commit(struct session *session)
{
    session->waits = true;
    writer_submit(session->writer, &session->batch);
    while (session->waits)
        event_base_dispatch(session->base);
}

/* ---- the story ---- */

struct story {
    struct session *session;
    struct effects *batch; /* of the session */
    struct effects keeper; /* what outlives a batch */
    struct ticket_row tickets[8];
    struct clock_row clocks[8], solution;
    struct pause_row pauses[4]; /* of 1, two of 2, of 3 */
};

/* 1 is reached twice, within the batch that files it. */
static void reach_first(struct story *story)
{
    struct ticket_row *ticket = &story->tickets[1];
    struct clock_row *clock = &story->clocks[1];

    add_contact(story->batch, 1, 1);
    add_contact(story->batch, 1, 2);
    ticket->revision = 3;
    ticket->contacted_at = NOON + 7;
    add_ticket(story->batch, ticket, false);
    clock->state = "met";
    clock->ended_at = NOON + 5;
    clock->credited = 2;
    clock->acknowledged = true;
    add_clock(story->batch, clock);
}

/* 2 breaches, and people are told. */
static void breach_second(struct story *story)
{
    struct clock_row *clock = &story->clocks[2];

    clock->state = "breached";
    clock->breached_at = clock->fired_at = clock->due_at;
    clock->rungs = 1;
    clock->ladder = 300;
    clock->repeats = 250;
    clock->untold = 0x3fffffff;
    clock->ladder_running = clock->was_late = true;
    add_ladder(story->batch);
    clock->told_since = 1;
    clock->reminders = "50%,2h before";
    clock->rearmed = 3;
    add_clock(story->batch, clock);
    miss_windows(story->batch);
    add_notice(story->batch, 1, 2, 1, "queued");
    add_notice(story->batch, 2, 2, 2, "queued");
    add_notice(story->batch, 3, 2, 3, "suppressed");
    add_notice(story->batch, 4, 2, -1, "queued");
    add_notice_state(story->batch, 2, "attempting", 1, NEVER, "bad \xff byte");
}

/* 1 to 5 are filed, and 13, which does not fit the policy. */
static void first_batch(struct story *story)
{
    struct ticket_row stranger = ticket_row(&story->keeper, 13);

    add_sequence(story->batch, "ticket", 13);
    add_sequence(story->batch, "notice", 7);
    add_sequence(story->batch, "ticket", 14);
    for (uint64_t id = 1; id <= 5; id++) {
        story->tickets[id] = ticket_row(&story->keeper, id);
        story->clocks[id] = clock_row(id, "first_contact");
        add_ticket(story->batch, &story->tickets[id], true);
        add_clock(story->batch, &story->clocks[id]);
        add_journal(story->session, id, "ticket.create");
    }
    add_ticket(story->batch, &stranger, true);
    story->pauses[0] = pause_row(1, 1);
    begin_pause(story->batch, &story->pauses[0]); /* and ends within the batch */
    end_pause(story->batch, &story->pauses[0]);
    story->pauses[1] = pause_row(2, 1);
    begin_pause(story->batch, &story->pauses[1]);
    reach_first(story);
    breach_second(story);
    add_key(story->session, "key-1");
    commit(story->session);
}

/* 3 closes, 2 gets a second clock, 4 a contact without its row, notices several states. */
static void second_batch(struct story *story)
{
    end_pause(story->batch, &story->pauses[1]);
    story->pauses[2] = pause_row(2, 2);
    begin_pause(story->batch, &story->pauses[2]);
    story->pauses[3] = pause_row(3, 1); /* goes among the closed ones with its ticket, and comes back */
    begin_pause(story->batch, &story->pauses[3]);
    end_pause(story->batch, &story->pauses[3]);
    story->tickets[3].has_pauses = true;
    story->tickets[3].open = false;
    story->tickets[3].closed_at = NOON + MSEC_DAY;
    story->tickets[3].result = "exchanged";
    story->clocks[3].state = "met";
    story->clocks[3].ended_at = NOON + 9;
    add_ticket(story->batch, &story->tickets[3], false);
    add_clock(story->batch, &story->clocks[3]);
    story->tickets[2].revision = 2;
    story->tickets[2].facts = "apology,result";
    add_ticket(story->batch, &story->tickets[2], false);
    story->solution = clock_row(2, "solution");
    add_clock(story->batch, &story->solution);
    add_contact(story->batch, 4, 1);
    fill_windows(story->batch);
    add_notice_state(story->batch, 1, "attempting", 1, NEVER, NULL);
    add_notice_state(story->batch, 1, "accepted", 1, NEVER, "250 ok");
    add_notice_state(story->batch, 4, "deferred", 2, NOON + 30000, NULL);
    add_journal(story->session, 3, "ticket.close");
    add_journal(story->session, 0, "desk.reload");
    commit(story->session);
}

/* 3 is opened again and reached, 5 closes. */
static void third_batch(struct story *story)
{
    story->tickets[3].open = true;
    story->tickets[3].revision = 9;
    story->tickets[3].result = NULL;
    story->clocks[3].cycle = 2;
    story->clocks[3].state = "running";
    story->clocks[3].ended_at = NEVER;
    add_ticket(story->batch, &story->tickets[3], false);
    add_clock(story->batch, &story->clocks[3]);
    add_contact(story->batch, 3, 1);
    story->tickets[5].open = false;
    story->tickets[5].closed_at = NOON;
    add_ticket(story->batch, &story->tickets[5], false);
    add_journal(story->session, 3, "ticket.reopen");
    commit(story->session);
}

/* Something about 5 is recorded although it is closed; then a batch of nothing, which is a commit too. */
static void last_batches(struct story *story)
{
    story->tickets[5].revision = 4;
    story->clocks[5].state = "cancelled";
    story->clocks[5].ended_at = NOON;
    add_ticket(story->batch, &story->tickets[5], false);
    add_clock(story->batch, &story->clocks[5]);
    add_contact(story->batch, 5, 1);
    add_journal(story->session, 5, "contact.record");
    commit(story->session);
    commit(story->session);
}

static void expect(struct story *story, struct desk *desk)
{
    static const unsigned contacts[] = {[1] = 2, [2] = 0, [3] = 1, [4] = 1};
    struct effects notices;

    for (int id = 1; id <= 4; id++) {
        fake_desk_ticket(desk, &story->tickets[id], contacts[id], 0, 0);
        fake_desk_clock(desk, &story->clocks[id]);
    }
    fake_desk_clock(desk, &story->solution);
    for (int i = 0; i < 4; i++)
        fake_desk_pause(desk, &story->pauses[i]);
    desk_restore_sequence(desk, "ticket", 14);
    desk_restore_sequence(desk, "notice", 7);
    desk_restore_sequence(desk, "journal", 0); /* as the leadership found it, before the story */
    desk_restore_key(desk, "key-1");
    desk_restore_ladder(desk, 300, LIST_OF_RUNGS);
    for (int told = 0; told < 2; told++) /* by two notices */
        desk_restore_told(desk, 2, "first_contact", 1, "zhao", "service_head");
    struct window_row window = window_row(0, 2);

    window.is_final = true;
    fake_desk_window(desk, &window);
    effects_init(&notices);
    add_notice(&notices, 2, 2, 2, "attempting");
    notices.list[0].notice->detail = "bad \xEF\xBF\xBD byte";
    fake_desk_notice(desk, notices.list[0].notice, 1, NEVER);
    add_notice(&notices, 4, 2, -1, "deferred");
    fake_desk_notice(desk, notices.list[1].notice, 2, NOON + 30000);
    effects_finish(&notices);
}

static void tell(struct session *session, struct desk *expected)
{
    struct story story = {.session = session, .batch = &session->batch};

    effects_init(&story.keeper);
    first_batch(&story);
    second_batch(&story);
    third_batch(&story);
    last_batches(&story);
    expect(&story, expected);
    effects_finish(&story.keeper);
}

static int run_roundtrip(const char *conninfo)
{
    struct desk *expected = fake_desk_create(), *loaded = fake_desk_create();
    struct load_report report;
    struct session session;
    char *why;

    if (open_session(&session, conninfo))
        return 1;
    tell(&session, expected);
    if (loader_load(&session.leadership, conninfo, loaded, &report, &why) != LOADER_DONE)
        return fail("load", why);
    char *wanted = fake_desk_lines(expected), *got = fake_desk_lines(loaded);
    int rc = strcmp(wanted, got) != 0 || report.quarantined != 1 || report.tickets != 4 || report.clocks != 5;

    if (rc)
        printf("expected\n%sloaded\n%squarantined %zu tickets %zu clocks %zu\n", wanted, got,
               report.quarantined, report.tickets, report.clocks);
    free(wanted);
    free(got);
    close_session(&session);
    return rc;
}

/* ---- bulk ---- */

static void create_one(struct session *session)
{
    uint64_t id = session->next_ticket++;
    struct ticket_row row = ticket_row(&session->batch, id);
    struct clock_row first = clock_row(id, "first_contact"), second = clock_row(id, "solution");

    add_ticket(&session->batch, &row, true);
    add_clock(&session->batch, &first);
    add_clock(&session->batch, &second);
    add_journal(session, id, "ticket.create");
}

/* Tickets in an order that is no order, so that pages are touched as contacts would touch them. */
static void reach_one(struct session *session)
{
    uint64_t tickets = session->tickets, reached = session->sequence - tickets;
    uint64_t id = 1 + reached * 7919 % tickets;
    struct ticket_row row = ticket_row(&session->batch, id);
    struct clock_row first = clock_row(id, "first_contact");

    row.revision = 2 + (uint32_t)(reached / tickets);
    row.contacted_at = NOON + (msec)reached;
    first.due_at += (msec)reached;
    add_ticket(&session->batch, &row, false);
    add_clock(&session->batch, &first);
    add_contact(&session->batch, id, row.revision - 1);
    add_journal(session, id, "contact.record");
}

static int run_write(const char *conninfo, int batches, int count, uint64_t tickets)
{
    struct session session;
    int64_t began_us, sum_us = 0, longest_us = 0;
    struct writer_figures figures;

    if (open_session(&session, conninfo))
        return 1;
    session.tickets = tickets;
    began_us = clock_monotonic_us();
    for (int i = 0; i < batches; i++) {
        for (int made = 0; made < count; made++)
            (tickets ? reach_one : create_one)(&session);
        add_sequence(&session.batch, "ticket", session.sequence);
        commit(&session);
        writer_figures(session.writer, &figures);
        sum_us += figures.last_commit_us;
        longest_us = figures.last_commit_us > longest_us ? figures.last_commit_us : longest_us;
        if (batches <= 1000) {
            printf("committed %d sequence %" PRIu64 "\n", i + 1, session.sequence);
            fflush(stdout);
        }
    }
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;

    printf("rate %.0f a second, batch mean %.2f ms, longest %.2f ms, retries %" PRIu64 "\n",
           (double)batches * count / seconds, (double)sum_us / batches / 1000, (double)longest_us / 1000,
           figures.retries);
    close_session(&session);
    return 0;
}

static int run_load(const char *conninfo)
{
    struct leadership leadership;
    struct load_report report;
    struct desk *desk = fake_desk_create();
    char *why;

    fake_desk_silence(desk);
    if (loader_lead(conninfo, "main", 5, &leadership, &why) != LOADER_DONE) {
        free(fake_desk_lines(desk));
        return fail("lead", why);
    }
    if (loader_load(&leadership, conninfo, desk, &report, &why) != LOADER_DONE)
        return fail("load", why);
    printf("loaded %zu tickets, %zu clocks, %zu keys in %" PRId64 " ms\n", report.tickets, report.clocks,
           report.keys, report.took_ms);
    free(fake_desk_lines(desk));
    loader_resign(&leadership);
    return 0;
}

static int run_verify(const char *conninfo)
{
    static const char *const verdicts[] = {"good", "altered", "gap", "cut"};
    struct leadership leadership;
    enum journal_verdict verdict;
    struct journal_check check;
    char *why;

    if (loader_lead(conninfo, "main", 5, &leadership, &why) != LOADER_DONE)
        return fail("lead", why);
    int64_t began_ms = clock_monotonic_ms();

    if (loader_verify(&leadership, conninfo, &verdict, &check, &why) != LOADER_DONE)
        return fail("verify", why);
    printf("%s after %" PRIu64 " rows in %" PRId64 " ms\n", verdicts[verdict], check.sequence,
           clock_monotonic_ms() - began_ms);
    loader_resign(&leadership);
    return 0;
}

/* ---- the rest ---- */

static int run_migrate(const char *conninfo)
{
    char *why;

    return migrate_run(conninfo, stdout, &why) < 0 ? fail("migrate", why) : 0;
}

static int run_prepare(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    int failed = 0, count = 0;

    for (const struct statement *each = statements_embedded; each->name; each++, count++) {
        PGresult *result = PQprepare(connection, each->name, each->text, 0, NULL);

        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            printf("%s: %s", each->name, PQerrorMessage(connection));
        failed += PQresultStatus(result) != PGRES_COMMAND_OK;
        PQclear(result);
    }
    printf("%d statements, %d failed\n", count, failed);
    PQfinish(connection);
    return failed > 0;
}

static void when_read(void *context, enum read_outcome outcome, const char *json)
{
    static const char *const names[] = {"found", "nothing", "unavailable"};

    printf("%s %s\n", names[outcome], json ? json : "");
    event_base_loopbreak(context);
}

static void when_recalled(void *context, enum read_outcome outcome, const struct recalled *recalled)
{
    if (outcome == READ_FOUND)
        printf("recalled %s open %d contacts %u clocks %zu pauses %zu %s\n", recalled->ticket->number,
               recalled->ticket->open, recalled->contacts, recalled->clock_count, recalled->pause_count,
               recalled->clocks[0].clock);
    else
        printf("recalled nothing %d\n", (int)outcome);
    event_base_loopbreak(context);
}

static void when_noticed(void *context, enum read_outcome outcome, const struct notice_row *row)
{
    printf("notice %s\n", outcome == READ_FOUND ? row->message_id : "none");
    event_base_loopbreak(context);
}

static int run_read(const char *conninfo, const char *statement, char **words, int count)
{
    struct event_base *base = event_base_new();
    const char *parameters[8] = {NULL};
    struct reader *reader;

    for (int i = 0; i < count && i < 8; i++)
        parameters[i] = strcmp(words[i], "-") == 0 ? NULL : words[i];
    if (reader_create(base, conninfo, &reader) < 0)
        return 1;
    if (strcmp(statement, "recall") == 0)
        reader_recall(reader, 1, parameters[0], when_recalled, base);
    else if (strcmp(statement, "notice") == 0)
        reader_notice(reader, 1, strtoull(parameters[0], NULL, 10), when_noticed, base);
    else
        reader_run(reader, statement, parameters, (size_t)count, when_read, base);
    event_base_dispatch(base);
    reader_destroy(reader);
    event_base_free(base);
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";

    if (strcmp(mode, "migrate") == 0)
        return run_migrate(argv[2]);
    if (strcmp(mode, "prepare") == 0)
        return run_prepare(argv[2]);
    if (strcmp(mode, "roundtrip") == 0)
        return run_roundtrip(argv[2]);
    if (strcmp(mode, "write") == 0 && argc == 5)
        return run_write(argv[2], atoi(argv[3]), atoi(argv[4]), 0);
    if (strcmp(mode, "reach") == 0 && argc == 6)
        return run_write(argv[2], atoi(argv[3]), atoi(argv[4]), strtoull(argv[5], NULL, 10));
    if (strcmp(mode, "load") == 0)
        return run_load(argv[2]);
    if (strcmp(mode, "verify") == 0)
        return run_verify(argv[2]);
    if (strcmp(mode, "read") == 0 && argc >= 4)
        return run_read(argv[2], argv[3], argv + 4, argc - 4);
    fprintf(stderr, "usage: database_probe MODE CONNINFO …\n");
    return 2;
}
