/*
 * The loop between a made-up judge and made-up hands: what may leave when, and what happens when something
 * stays away.
 *
 * The judge of this test does what a request's method says: `read` answers without a row, `write` writes one
 * and answers, `cold` asks for cold data, `key` looks a key up, `recall` wants a ticket back until it is
 * there, `send` hands out a notice. The hands note what they were told; time stands still until the test
 * moves it.
 */
#include "daemon/loop_inside.h"

#include "daemon/log.h"
#include "daemon/reader.h"
#include "daemon/report_mail.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKENS 64

static struct world {
    struct event_base *base;
    struct loop *loop;
    struct server_hooks server_hooks;
    struct writer_hooks writer_hooks;
    struct courier_hooks courier_hooks;
    msec wall;
    int64_t monotonic_ms;

    struct method methods[TOKENS];
    struct request requests[TOKENS];
    bool is_open[TOKENS];      /* a request that waits for its answer */
    char answers[TOKENS][256]; /* "" for none */
    int answer_counts[TOKENS];
    uint64_t published;

    struct effects *submitted; /* what the writer holds */
    int submissions;

    struct {
        reader_callback *callback;
        void *context;
        char statement[32], desk[16];
    } read;
    struct {
        recall_callback *callback;
        void *context;
    } recalls[4];
    int recall_count;
    struct {
        notice_callback *callback;
        void *context;
        uint64_t notice;
    } notice;
    uint64_t sent_notice, skipped_notice, refused_notice;
    const char *refused_why;

    bool ticket_is_there; /* 77, in the desk's memory */
    int restores;
    msec wakes_at;
    int ticks, settles, idle_told, gone_told, sent_told, steps;
    bool saw_new_key;
    struct clock_step clock_step;
    struct effects *stepping;
} world;

/* ---- time ---- */

msec clock_wall(void)
{
    return world.wall;
}

int64_t clock_monotonic_ms(void)
{
    return world.monotonic_ms;
}

int64_t clock_monotonic_us(void)
{
    return world.monotonic_ms * 1000;
}

int clock_watch_create(struct event_base *base, clock_callback *callback, void *context,
                       struct clock_watch **ret_watch)
{
    (void)base;
    (void)callback;
    (void)context;
    *ret_watch = NULL;
    return 0;
}

void clock_watch_destroy(struct clock_watch *watch)
{
    (void)watch;
}

/* ---- the judge ---- */

static void reply(struct effects *out, const struct request *request, const char *text)
{
    struct reply_effect *effect = effects_add(out, EFFECT_REPLY);

    effect->token = request->token;
    effect->text = text;
}

static void ask(struct effects *out, const struct request *request, const char *statement)
{
    struct read_effect *effect = effects_add(out, EFFECT_READ);

    effect->token = request->token;
    effect->statement = statement;
    effect->hot = "{\"hot\":1,\"both\":1}";
    effect->whole = strcmp(statement, "request_key") == 0;
}

static void judge(const struct request *request, struct effects *out)
{
    const char *name = request->method->name;

    if (strcmp(name, "write") == 0 || (strcmp(name, "key") == 0 && request->key_is_new)) {
        world.saw_new_key |= request->key_is_new;
        ((struct journal_row *)effects_add(out, EFFECT_JOURNAL))->sequence = 9;
        reply(out, request, "written");
    } else if (strcmp(name, "read") == 0) {
        reply(out, request, "read");
    } else if (strcmp(name, "cold") == 0) {
        ask(out, request, "ticket_full");
    } else if (strcmp(name, "key") == 0) {
        ask(out, request, "request_key");
    } else if (strcmp(name, "recall") == 0 && world.ticket_is_there) {
        reply(out, request, "recalled");
    } else if (strcmp(name, "recall") == 0) {
        struct recall_effect *effect = effects_add(out, EFFECT_RECALL);

        effect->token = request->token;
        effect->ticket = "77";
    } else if (strcmp(name, "send") == 0) {
        effects_add(out, EFFECT_NOTICE_STATE);
        ((struct send_effect *)effects_add(out, EFFECT_SEND))->notice = 5;
        reply(out, request, "sending");
    }
}

void desk_step(struct desk *desk, msec now, const struct event *event, struct effects *out)
{
    (void)desk;
    assert_true(now == world.wall);
    world.steps++;
    switch (event->kind) {
    case EVENT_TICK:
        assert_true(world.wakes_at <= now); /* never early */
        world.ticks++;
        world.wakes_at = NEVER;
        break;
    case EVENT_REQUEST:
        judge(event->request, out);
        break;
    case EVENT_SENDER_IDLE:
        world.idle_told++;
        break;
    case EVENT_SENDER_GONE:
        world.gone_told++;
        break;
    case EVENT_NOTICE_SENT:
        world.sent_told++;
        break;
    case EVENT_CLOCK_STEPPED:
        world.clock_step = event->clock_step;
        effects_add(out, EFFECT_JOURNAL);
        break;
    case EVENT_DENIED:
        fail(); /* no test here lets the hands refuse a role */
    }
}

msec desk_wakes_at(struct desk *desk)
{
    (void)desk;
    return world.wakes_at;
}

void desk_settle(struct desk *desk, struct effects *out)
{
    (void)desk;
    (void)out;
    world.settles++;
    world.ticket_is_there = false; /* closed tickets are let go */
}

uint64_t desk_journal_sequence(const struct desk *desk)
{
    (void)desk;
    return 9;
}

const char *desk_restore_ticket(struct desk *desk, const struct ticket_row *row, uint32_t contacts,
                                uint32_t progress, uint32_t plans)
{
    (void)desk;
    (void)contacts;
    (void)progress;
    (void)plans;
    assert_int_equal(row->ticket, 77);
    assert_false(world.ticket_is_there);
    world.ticket_is_there = true;
    world.restores++;
    return NULL;
}

const char *desk_restore_clock(struct desk *desk, const struct clock_row *row)
{
    (void)desk;
    (void)row;
    return NULL;
}

const char *desk_restore_pause(struct desk *desk, const struct pause_row *row)
{
    (void)desk;
    (void)row;
    return NULL;
}

void desk_restore_told(struct desk *desk, uint64_t ticket, const char *clock, uint16_t cycle,
                       const char *person, const char *role)
{
    (void)desk;
    (void)ticket;
    (void)clock;
    (void)cycle;
    (void)person;
    (void)role;
}

void desk_recalled(struct desk *desk, uint64_t ticket, msec now)
{
    (void)desk;
    (void)ticket;
    (void)now;
}

/* ---- the server ---- */

static void answer(uint64_t token, const char *text)
{
    if (!world.is_open[token])
        return;
    world.is_open[token] = false;
    world.answer_counts[token]++;
    snprintf(world.answers[token], sizeof(world.answers[token]), "%s", text);
}

void server_answer(struct server *server, uint64_t token, const char *response)
{
    (void)server;
    answer(token, response);
}

void server_answer_result(struct server *server, uint64_t token, const char *result)
{
    (void)server;
    answer(token, result);
}

void server_answer_error(struct server *server, uint64_t token, enum rpc_error error, const char *field,
                         const char *detail)
{
    char text[16];

    (void)server;
    (void)field;
    assert_non_null(detail);
    snprintf(text, sizeof(text), "error %d", (int)error);
    answer(token, text);
}

const struct request *server_request(struct server *server, uint64_t token)
{
    (void)server;
    return world.is_open[token] ? &world.requests[token] : NULL;
}

void server_publish(struct server *server, size_t desk, const struct journal_row *row)
{
    (void)server;
    (void)desk;
    world.published = row->sequence;
}

void server_stop_accepting(struct server *server)
{
    (void)server;
}

/* ---- writer, reader, courier ---- */

static bool writer_connected;

bool writer_is_idle(const struct writer *writer)
{
    (void)writer;
    return !world.submitted;
}

bool writer_is_connected(const struct writer *writer)
{
    (void)writer;
    return writer_connected;
}

void writer_submit(struct writer *writer, struct effects *batch)
{
    (void)writer;
    assert_null(world.submitted);
    world.submitted = batch;
    world.submissions++;
}

void reader_run(struct reader *reader, const char *statement, const char *const *parameters, size_t count,
                reader_callback *callback, void *context)
{
    (void)reader;
    assert_true(count >= 1);
    world.read.callback = callback;
    world.read.context = context;
    snprintf(world.read.statement, sizeof(world.read.statement), "%s", statement);
    snprintf(world.read.desk, sizeof(world.read.desk), "%s", parameters[0]);
}

void reader_recall(struct reader *reader, uint32_t desk, const char *ticket, recall_callback *callback,
                   void *context)
{
    (void)reader;
    assert_int_equal(desk, 3);
    assert_string_equal(ticket, "77");
    world.recalls[world.recall_count].callback = callback;
    world.recalls[world.recall_count++].context = context;
}

bool report_mail_send(struct reports *reports, struct courier *courier, const struct desk *desk,
                      const struct notice_row *row, uint16_t attempt)
{
    (void)reports;
    (void)courier;
    (void)desk;
    (void)row;
    (void)attempt;
    return false; /* no schedule of this regime sends a report */
}

void reader_notice(struct reader *reader, uint32_t desk, uint64_t notice, notice_callback *callback,
                   void *context)
{
    (void)reader;
    (void)desk;
    world.notice.callback = callback;
    world.notice.context = context;
    world.notice.notice = notice;
}

bool desk_hides_row(const struct desk *desk, const struct peer *peer, const char *type, const char *body)
{
    (void)desk, (void)peer, (void)type, (void)body;
    return false;
}

const struct policy *desk_policy(const struct desk *desk)
{
    static const char *domains[] = {"example.com"};
    static const struct policy policy = {.notices = {.domains = domains, .domain_count = 1}};

    (void)desk;
    return &policy;
}

void courier_send(struct courier *courier, const struct notice_row *row, uint16_t attempt)
{
    (void)courier;
    (void)attempt;
    world.sent_notice = row->notice;
}

void courier_skip(struct courier *courier, uint64_t notice, const char *why)
{
    (void)courier;
    (void)why;
    world.skipped_notice = notice;
}

void courier_refuse(struct courier *courier, uint64_t notice, const char *why)
{
    (void)courier;
    world.refused_notice = notice;
    world.refused_why = why;
}

static void on_hand(void *context, const struct request *request)
{
    (void)context;
    answer(request->token, "hand");
}

/* ---- the test's own hands ---- */

static int begin(void **state)
{
    (void)state;
    world = (struct world){.wall = 1000000, .monotonic_ms = 50000, .wakes_at = NEVER};
    writer_connected = true;
    world.base = event_base_new();
    world.loop = loop_create(world.base, NULL, 3);
    world.server_hooks = loop_server_hooks(world.loop);
    world.writer_hooks = loop_writer_hooks(world.loop);
    world.courier_hooks = loop_courier_hooks(world.loop);
    loop_attach(world.loop, &(struct loop_hands){.on_hand = on_hand});
    return 0;
}

static int end(void **state)
{
    (void)state;
    loop_destroy(world.loop);
    event_base_free(world.base);
    return 0;
}

static void request(uint64_t token, const char *method, enum method_kind kind)
{
    world.methods[token] = (struct method){.name = method, .kind = kind};
    world.requests[token] = (struct request){.token = token, .method = &world.methods[token], .id = "1"};
    world.is_open[token] = true;
    world.answers[token][0] = '\0';
    world.server_hooks.on_request(world.server_hooks.context, &world.requests[token]);
}

static void commit(void)
{
    struct effects *batch = world.submitted;

    assert_non_null(batch);
    world.submitted = NULL;
    world.writer_hooks.on_committed(world.writer_hooks.context, batch);
}

static void bring_back(int which)
{
    static const struct ticket_row row = {.ticket = 77};
    const struct recalled recalled = {.ticket = &row};

    world.recalls[which].callback(world.recalls[which].context, READ_FOUND, &recalled);
}

/* ---- tests ---- */

/* Both clocks go on. */
static void pass(int64_t span_ms)
{
    world.wall += span_ms;
    world.monotonic_ms += span_ms;
}

static void test_write_waits_for_commit(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    assert_int_equal(world.steps, 0); /* callbacks only post */
    loop_turn(world.loop);
    assert_int_equal(world.submissions, 1);
    assert_int_equal(world.settles, 1);
    assert_string_equal(world.answers[1], "");
    assert_int_equal(world.published, 0);
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "written");
    assert_int_equal(world.published, 9);
}

static void test_read_at_once_or_behind(void **state)
{
    (void)state;
    request(1, "read", METHOD_READ);
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "read");
    request(2, "write", METHOD_WRITE);
    loop_turn(world.loop);
    request(3, "read", METHOD_READ);
    loop_turn(world.loop);
    assert_string_equal(world.answers[3], ""); /* it may show what 2 did */
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[2], "written");
    assert_string_equal(world.answers[3], "read");
}

static void test_group_commit(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    loop_turn(world.loop);
    for (uint64_t token = 2; token < 20; token++)
        request(token, "write", METHOD_WRITE);
    loop_turn(world.loop);
    loop_turn(world.loop);
    assert_int_equal(world.submissions, 1);
    commit();
    loop_turn(world.loop);
    assert_int_equal(world.submissions, 2);
    assert_int_equal(world.submitted->rows, 18);
    assert_string_equal(world.answers[2], "");
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[2], "written");
    assert_string_equal(world.answers[19], "written");
}

static void test_gone_client_is_not_stepped(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    world.is_open[1] = false;
    loop_turn(world.loop);
    assert_int_equal(world.steps, 0);
    assert_int_equal(world.submissions, 0);
}

static void test_hand_methods(void **state)
{
    (void)state;
    request(1, "system.ping", METHOD_HAND);
    assert_string_equal(world.answers[1], "hand");
}

static void test_never_early(void **state)
{
    (void)state;
    world.wakes_at = world.wall + 3;
    loop_turn(world.loop);
    pass(2);
    loop_turn(world.loop);
    assert_int_equal(world.ticks, 0);
    pass(1);
    loop_turn(world.loop);
    assert_int_equal(world.ticks, 1);
}

/* A clock that is adjusted while it goes is no step, however far it gets. */
static void test_clock_steps(void **state)
{
    struct loop_figures figures;

    (void)state;
    for (int turn = 0; turn < 100; turn++) {
        pass(60000);
        world.wall += turn % 2 ? 400 : 30; /* 21.5 s in all */
        loop_turn(world.loop);
    }
    loop_figures(world.loop, &figures);
    assert_int_equal(figures.clock_steps, 0);
    pass(1000);
    msec from_at = world.wall;

    world.wall -= MSEC_HOUR;
    world.wakes_at = from_at + 10;
    loop_turn(world.loop);
    assert_int_equal(world.clock_step.from_at, from_at);
    assert_int_equal(world.clock_step.to_at, from_at - MSEC_HOUR);
    assert_int_equal(world.ticks, 0); /* an hour to go again */
    loop_turn(world.loop);
    world.wall += 2 * MSEC_HOUR;
    loop_turn(world.loop);
    assert_int_equal(world.clock_step.to_at - world.clock_step.from_at, 2 * MSEC_HOUR);
    assert_int_equal(world.ticks, 1); /* in the very turn that saw it */
    loop_figures(world.loop, &figures);
    assert_int_equal(figures.clock_steps, 2);
}

static void test_cold_read(void **state)
{
    (void)state;
    request(1, "cold", METHOD_READ);
    loop_turn(world.loop);
    assert_string_equal(world.read.statement, "ticket_full");
    assert_string_equal(world.read.desk, "3");
    world.read.callback(world.read.context, READ_FOUND, "{\"both\": 2, \"cold\": \"x\"}");
    assert_string_equal(world.answers[1], "{\"hot\":1,\"both\":2,\"cold\":\"x\"}");
    request(2, "cold", METHOD_READ);
    loop_turn(world.loop);
    world.read.callback(world.read.context, READ_NOTHING, NULL);
    assert_int_equal(atoi(world.answers[2] + 6), RPC_NOT_FOUND);
    request(3, "cold", METHOD_READ);
    loop_turn(world.loop);
    world.read.callback(world.read.context, READ_UNAVAILABLE, NULL);
    assert_int_equal(atoi(world.answers[3] + 6), RPC_STORAGE_UNAVAILABLE);
}

static void test_key(void **state)
{
    (void)state;
    request(1, "key", METHOD_WRITE);
    loop_turn(world.loop);
    assert_string_equal(world.read.statement, "request_key");
    world.read.callback(world.read.context, READ_FOUND, "{\"ticket\":\"1\",\"created\":true}");
    assert_string_equal(world.answers[1], "{\"ticket\":\"1\",\"created\":false}");
    request(2, "key", METHOD_WRITE);
    loop_turn(world.loop);
    world.read.callback(world.read.context, READ_NOTHING, NULL);
    loop_turn(world.loop);
    assert_true(world.saw_new_key);
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[2], "written");
}

static void test_recall(void **state)
{
    (void)state;
    request(1, "recall", METHOD_WRITE);
    loop_turn(world.loop);
    assert_int_equal(world.recall_count, 1);
    bring_back(0);
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "recalled");
    assert_false(world.ticket_is_there); /* settled although there was no row */
    request(2, "recall", METHOD_WRITE);
    loop_turn(world.loop);
    world.recalls[1].callback(world.recalls[1].context, READ_NOTHING, NULL);
    assert_int_equal(atoi(world.answers[2] + 6), RPC_NOT_FOUND);
}

/* Two recalls of one ticket: the second row was read before the first one's changes, so it is not used. */
static void test_stale_recall(void **state)
{
    (void)state;
    request(1, "recall", METHOD_WRITE);
    request(2, "recall", METHOD_WRITE);
    loop_turn(world.loop);
    assert_int_equal(world.recall_count, 2);
    bring_back(0);
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "recalled");
    bring_back(1);
    assert_int_equal(world.restores, 1);
    loop_turn(world.loop);
    assert_int_equal(world.recall_count, 3); /* asked afresh */
    bring_back(2);
    assert_int_equal(world.restores, 2);
    loop_turn(world.loop);
    assert_string_equal(world.answers[2], "recalled");
}

static void test_send(void **state)
{
    static const struct notice_row row = {.notice = 5, .address = "li@example.com"};

    (void)state;
    request(1, "send", METHOD_WRITE);
    loop_turn(world.loop);
    assert_null(world.notice.callback); /* not before its attempt is on record */
    commit();
    loop_turn(world.loop);
    assert_int_equal(world.notice.notice, 5);
    world.notice.callback(world.notice.context, READ_FOUND, &row);
    assert_int_equal(world.sent_notice, 5);
    request(2, "send", METHOD_WRITE);
    loop_turn(world.loop);
    commit();
    loop_turn(world.loop);
    world.notice.callback(world.notice.context, READ_UNAVAILABLE, NULL);
    assert_int_equal(world.skipped_notice, 5);
}

/* A row may come back from the database with an address that the regime does not allow. */
static void test_send_elsewhere(void **state)
{
    static const struct notice_row row = {.notice = 5, .address = "li@example.com.invalid"};

    (void)state;
    request(1, "send", METHOD_WRITE);
    loop_turn(world.loop);
    commit();
    loop_turn(world.loop);
    world.notice.callback(world.notice.context, READ_FOUND, &row);
    assert_int_equal(world.sent_notice, 0);
    assert_int_equal(world.refused_notice, 5);
    assert_non_null(strstr(world.refused_why, "outside the domains"));
}

/* A sender goes while the SEND that counts on it waits for its COMMIT: the desk must not lose two. */
static void test_sender_debt(void **state)
{
    (void)state;
    world.courier_hooks.on_idle(world.courier_hooks.context);
    request(1, "send", METHOD_WRITE);
    loop_turn(world.loop);
    assert_int_equal(world.idle_told, 1);
    world.courier_hooks.on_gone(world.courier_hooks.context);
    loop_turn(world.loop);
    assert_int_equal(world.gone_told, 0);
    world.courier_hooks.on_idle(world.courier_hooks.context); /* its successor pays */
    loop_turn(world.loop);
    assert_int_equal(world.idle_told, 1);
    world.courier_hooks.on_idle(world.courier_hooks.context);
    loop_turn(world.loop);
    assert_int_equal(world.idle_told, 2);
    world.courier_hooks.on_gone(world.courier_hooks.context);
    loop_turn(world.loop);
    assert_int_equal(world.gone_told, 1);
}

static void test_database_away(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    loop_turn(world.loop);
    writer_connected = false;
    world.writer_hooks.on_state(world.writer_hooks.context, false);
    pass(1900);
    request(2, "write", METHOD_WRITE);
    loop_turn(world.loop);
    assert_string_equal(world.answers[2], ""); /* it may be back any moment */
    pass(200);
    request(3, "write", METHOD_WRITE);
    assert_int_equal(atoi(world.answers[3] + 6), RPC_STORAGE_UNAVAILABLE);
    world.wakes_at = world.wall;
    loop_turn(world.loop);
    assert_int_equal(world.ticks, 1); /* deadlines go on being judged */
    writer_connected = true;
    world.writer_hooks.on_state(world.writer_hooks.context, true);
    request(4, "write", METHOD_WRITE);
    commit();
    loop_turn(world.loop);
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "written");
    assert_string_equal(world.answers[2], "written");
    assert_string_equal(world.answers[4], "written");
}

static void test_time_out(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    loop_turn(world.loop);
    request(2, "read", METHOD_READ);
    loop_turn(world.loop);
    pass(4999);
    loop_on_sweep(-1, 0, world.loop);
    assert_string_equal(world.answers[1], "");
    pass(1);
    loop_on_sweep(-1, 0, world.loop);
    assert_int_equal(atoi(world.answers[1] + 6), RPC_TIMEOUT);
    assert_int_equal(atoi(world.answers[2] + 6), RPC_STORAGE_UNAVAILABLE);
    commit();
    loop_turn(world.loop);
    assert_int_equal(world.answer_counts[1], 1);
    assert_int_equal(world.answer_counts[2], 1);
}

static void test_drain(void **state)
{
    static const struct sent sent = {.notice = 5, .outcome = SEND_ACCEPTED};
    static const struct notice_row row = {.notice = 5, .address = "li@example.com"};

    (void)state;
    world.courier_hooks.on_idle(world.courier_hooks.context);
    request(1, "send", METHOD_WRITE);
    loop_turn(world.loop);
    loop_drain(world.loop);
    request(2, "write", METHOD_WRITE);
    assert_int_equal(atoi(world.answers[2] + 6), RPC_OVERLOADED);
    loop_turn(world.loop);
    assert_false(world.loop->is_drained);
    commit();
    loop_turn(world.loop);
    assert_string_equal(world.answers[1], "sending");
    world.notice.callback(world.notice.context, READ_FOUND, &row);
    assert_false(world.loop->is_drained); /* a sender still has a notice in hand */
    world.courier_hooks.on_sent(world.courier_hooks.context, &sent);
    world.courier_hooks.on_idle(world.courier_hooks.context);
    assert_int_equal(loop_run(&world.loop, 1), LOOP_DRAINED);
    assert_int_equal(world.sent_told, 1);
    assert_int_equal(world.idle_told, 1); /* nothing new begins */
}

static void test_watchdog_proof(void **state)
{
    struct readiness_signs signs;

    (void)state;
    loop_turn(world.loop);
    loop_signs(world.loop, &signs);
    assert_int_equal(signs.turns, 1);
    assert_int_equal(signs.unanswered_ms, 0);
    loop_turn(world.loop);
    assert_int_equal(world.submissions, 1); /* without rows: it proves that the database answers */
    pass(20000);
    loop_signs(world.loop, &signs);
    assert_int_equal(signs.unanswered_ms, 20000);
    commit();
    loop_turn(world.loop);
    loop_signs(world.loop, &signs);
    assert_int_equal(signs.unanswered_ms, 0);
}

static void test_fatal(void **state)
{
    (void)state;
    request(1, "write", METHOD_WRITE);
    loop_turn(world.loop);
    world.writer_hooks.on_fatal(world.writer_hooks.context, "another leads");
    assert_int_equal(loop_run(&world.loop, 1), LOOP_FATAL);
    assert_string_equal(world.answers[1], "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_waits_for_commit),
        TEST(test_read_at_once_or_behind),
        TEST(test_group_commit),
        TEST(test_gone_client_is_not_stepped),
        TEST(test_hand_methods),
        TEST(test_never_early),
        TEST(test_clock_steps),
        TEST(test_cold_read),
        TEST(test_key),
        TEST(test_recall),
        TEST(test_stale_recall),
        TEST(test_send),
        TEST(test_send_elsewhere),
        TEST(test_sender_debt),
        TEST(test_database_away),
        TEST(test_time_out),
        TEST(test_drain),
        TEST(test_watchdog_proof),
        TEST(test_fatal),
    };

    log_open(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
