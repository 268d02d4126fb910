/*
 * The courier with a fake sender: a shell script that behaves by the subject of the notice. What must hold:
 * each notice is answered once, each answer is followed by one on_idle, nothing waits longer than its
 * deadline.
 */
#include "daemon/courier.h"

#include "daemon/log.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char script[] =
    "#!/bin/sh\n"
    "echo $$ >\"$0.pid\"\n"
    "read -r configure\n"
    "case $configure in\n"
    "*misconfigured*) echo '{\"error\":\"configure.smtp.port: is not a port number\"}'; exit 78;;\n"
    "*silent*) exec sleep 60;;\n"
    "*die_once*) if mkdir \"$0.once\" 2>/dev/null; then exit 1; fi;;\n"
    "esac\n"
    "echo '{\"ready\":true,\"transport\":\"fake\"}'\n"
    "while read -r job; do\n"
    "  notice=$(printf '%s' \"$job\" | sed 's/.*\"notice\":\"\\([0-9]*\\)\".*/\\1/')\n"
    "  attempt=$(printf '%s' \"$job\" | sed 's/.*\"attempt\":\\([0-9]*\\).*/\\1/')\n"
    "  who=\"\\\"notice\\\":\\\"$notice\\\",\\\"attempt\\\":$attempt\"\n"
    "  printf '%s\\n' \"$job\" >>\"$0.jobs\"\n"
    "  case $job in\n"
    "  *hang*) exec sleep 60;;\n"
    "  *crash*) kill -9 $$;;\n"
    "  *walk_away*) if mkdir \"$0.away\" 2>/dev/null; then exit 0; fi;;\n"
    "  *confuse*) echo 'no JSON'; echo '{\"notice\":\"1\",\"attempt\":1,\"outcome\":\"accepted\"}';;\n"
    "  esac\n"
    "  case $job in\n"
    "  *refuse*) echo \"{$who,\\\"outcome\\\":\\\"refused\\\",\\\"detail\\\":\\\"550 no\\\"}\";;\n"
    "  *last*) echo \"{$who,\\\"outcome\\\":\\\"accepted\\\",\\\"last\\\":true}\"; exit 0;;\n"
    "  *) echo "
    "\"{$who,\\\"outcome\\\":\\\"accepted\\\",\\\"detail\\\":\\\"ok\\\",\\\"queue_id\\\":\\\"Q1\\\"}\";;\n"
    "  esac\n"
    "done\n";

struct world {
    char directory[64], program[80];
    struct event_base *base;
    struct courier *courier;
    int idle, gone, sent;
    struct {
        uint64_t notice;
        enum send_outcome outcome;
        char detail[128], queue_id[32];
    } last;
};

static void on_idle(void *context)
{
    ((struct world *)context)->idle++;
}

static void on_gone(void *context)
{
    ((struct world *)context)->gone++;
}

static void on_sent(void *context, const struct sent *sent)
{
    struct world *world = context;

    world->sent++;
    world->last.notice = sent->notice;
    world->last.outcome = sent->outcome;
    snprintf(world->last.detail, sizeof(world->last.detail), "%s", sent->detail ? sent->detail : "");
    snprintf(world->last.queue_id, sizeof(world->last.queue_id), "%s", sent->queue_id ? sent->queue_id : "");
}

static void on_time_out(evutil_socket_t none, short what, void *context)
{
    (void)none;
    (void)what;
    *(bool *)context = true;
}

/* Runs the loop until `*counter` is `wanted`, or fails after 10 s. */
static void run_until(struct world *world, const int *counter, int wanted)
{
    bool late = false;
    struct event *timer = evtimer_new(world->base, on_time_out, &late);

    evtimer_add(timer, (&(struct timeval){.tv_sec = 10}));
    while (*counter < wanted && !late)
        event_base_loop(world->base, EVLOOP_ONCE);
    event_free(timer);
    assert_int_equal(*counter, wanted);
}

static void run_for(struct world *world, int milliseconds)
{
    bool over = false;
    struct event *timer = evtimer_new(world->base, on_time_out, &over);

    evtimer_add(timer, (&(struct timeval){.tv_usec = milliseconds * 1000}));
    while (!over)
        event_base_loop(world->base, EVLOOP_ONCE);
    event_free(timer);
}

static void begin(struct world *world, const char *configure, int senders, int deadline_s)
{
    *world = (struct world){.directory = "/tmp/duban-courier-XXXXXX"};
    assert_non_null(mkdtemp(world->directory));
    snprintf(world->program, sizeof(world->program), "%s/sender", world->directory);
    FILE *file = fopen(world->program, "we");

    assert_non_null(file);
    fputs(script, file);
    fclose(file);
    chmod(world->program, 0700);
    world->base = event_base_new();
    const struct courier_options options = {world->program, configure, senders, deadline_s};
    const struct courier_hooks hooks = {world, on_idle, on_gone, on_sent};

    assert_int_equal(courier_create(world->base, &options, &hooks, &world->courier), 0);
}

static void end(struct world *world)
{
    char command[120];

    courier_destroy(world->courier);
    event_base_free(world->base);
    snprintf(command, sizeof(command), "rm -r %s", world->directory);
    assert_int_equal(system(command), 0);
}

static void send_one(struct world *world, uint64_t notice, const char *subject)
{
    const struct notice_row row = {
        .notice = notice,
        .ticket = 7,
        .address = "li@example.org",
        .display_name = "Li \"the\" head",
        .language = "zh",
        .subject = subject,
        .body = "line one\nline two",
        .message_id = "<n1@duban.example>",
        .template_name = "breach",
        .at = 1772413200000,
    };

    courier_send(world->courier, &row, 3);
}

static void test_accepted(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{\"configure\":{}}", 1, 5);
    run_until(&world, &world.idle, 1);
    send_one(&world, 18446744073709551615u, "hello");
    run_until(&world, &world.idle, 2);
    assert_int_equal(world.sent, 1);
    assert_true(world.last.notice == 18446744073709551615u);
    assert_int_equal(world.last.outcome, SEND_ACCEPTED);
    assert_string_equal(world.last.queue_id, "Q1");
    send_one(&world, 2, "refuse");
    run_until(&world, &world.idle, 3);
    assert_int_equal(world.last.outcome, SEND_REFUSED);
    assert_string_equal(world.last.detail, "550 no");
    struct courier_figures figures;

    courier_figures(world.courier, &figures);
    assert_int_equal(figures.jobs, 2);
    assert_int_equal(figures.accepted, 1);
    assert_int_equal(figures.refused, 1);
    assert_int_equal(figures.restarts, 1);
    end(&world);
}

static void test_line_of_a_job(void **state)
{
    struct world world;
    char path[100], line[1024] = "";

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    send_one(&world, 12, "hello");
    run_until(&world, &world.idle, 2);
    snprintf(path, sizeof(path), "%s.jobs", world.program);
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    assert_string_equal(
        line, "{\"notice\":\"12\",\"attempt\":3,\"message_id\":\"<n1@duban.example>\","
              "\"date\":\"2026-03-02T01:00:00+00:00\",\"to\":{\"name\":\"Li \\\"the\\\" head\",\"address\":"
              "\"li@example.org\"},\"subject\":\"hello\",\"text\":\"line one\\nline two\",\"lang\":\"zh\","
              "\"ticket\":\"7\",\"template\":\"breach\"}\n");
    end(&world);
}

static void test_last_and_again(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    for (int i = 0; i < 5; i++) {
        send_one(&world, 10 + (uint64_t)i, "last");
        run_until(&world, &world.idle, 2 + i);
        assert_int_equal(world.sent, 1 + i);
        assert_int_equal(world.last.outcome, SEND_ACCEPTED);
    }
    assert_int_equal(world.gone, 0);
    end(&world);
}

static void test_deadline(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 1);
    run_until(&world, &world.idle, 1);
    send_one(&world, 1, "hang");
    run_until(&world, &world.sent, 1);
    assert_int_equal(world.last.outcome, SEND_DEFERRED);
    assert_string_equal(world.last.detail, "no answer within 1 s, the sender was killed");
    run_until(&world, &world.idle, 2);
    assert_int_equal(world.gone, 0);
    end(&world);
}

static void test_crash(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 2, 5);
    run_until(&world, &world.idle, 2);
    send_one(&world, 1, "crash");
    run_until(&world, &world.sent, 1);
    assert_int_equal(world.last.outcome, SEND_DEFERRED);
    assert_string_equal(world.last.detail, "the sender ended with status 137 before it answered");
    run_until(&world, &world.idle, 3);
    end(&world);
}

/* A sender that exits 0 without an answer never took the job: the next one gets it, and nobody sees a
 * failure. */
static void test_never_taken(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    send_one(&world, 1, "walk_away");
    run_until(&world, &world.idle, 2);
    assert_int_equal(world.sent, 1);
    assert_int_equal(world.last.outcome, SEND_ACCEPTED);
    end(&world);
}

static void test_confusing_answers(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    send_one(&world, 2, "confuse");
    run_until(&world, &world.idle, 2);
    assert_int_equal(world.sent, 1);
    assert_int_equal(world.last.notice, 2);
    end(&world);
}

static void test_parked(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    send_one(&world, 1, "first");
    send_one(&world, 2, "second"); /* the loop would not; a sender that went away makes it happen */
    run_until(&world, &world.sent, 2);
    assert_int_equal(world.last.notice, 2);
    run_until(&world, &world.idle, 3);
    end(&world);
}

static void test_never_ready(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{\"configure\":\"silent\"}", 1, 1);
    send_one(&world, 1, "hello");
    run_until(&world, &world.sent, 1);
    assert_int_equal(world.last.outcome, SEND_DEFERRED);
    assert_string_equal(world.last.detail, "no sender was there in time");
    assert_int_equal(world.idle, 1);
    end(&world);
}

static void test_misconfigured(void **state)
{
    struct world world;
    struct courier_figures figures;

    (void)state;
    begin(&world, "{\"configure\":\"misconfigured\"}", 1, 5);
    run_for(&world, 900);
    courier_figures(world.courier, &figures);
    assert_int_equal(figures.restarts, 1);
    assert_int_equal(world.idle, 0);
    end(&world);
}

static void test_backoff(void **state)
{
    struct world world;
    struct courier_figures figures;

    (void)state;
    begin(&world, "{\"configure\":\"die_once\"}", 1, 5);
    run_until(&world, &world.idle, 1);
    courier_figures(world.courier, &figures);
    assert_int_equal(figures.restarts, 2);
    end(&world);
}

static void test_no_program(void **state)
{
    struct world world;
    const struct courier_options options = {"/nonexistent/sender", "{}", 1, 5};
    const struct courier_hooks hooks = {&world, on_idle, on_gone, on_sent};
    struct courier_figures figures;

    (void)state;
    world = (struct world){.base = event_base_new()};
    assert_int_equal(courier_create(world.base, &options, &hooks, &world.courier), 0);
    run_for(&world, 800); /* tries at 0, 100, 300 and 700 ms */
    courier_figures(world.courier, &figures);
    assert_in_range(figures.restarts, 2, 4);
    courier_destroy(world.courier);
    event_base_free(world.base);
}

static void test_idle_one_goes(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "{}", 1, 5);
    run_until(&world, &world.idle, 1);
    char path[100];
    int pid = 0;

    snprintf(path, sizeof(path), "%s.pid", world.program);
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    assert_true(pid > 1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    run_until(&world, &world.gone, 1);
    run_until(&world, &world.idle, 2);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_line_of_a_job),
        cmocka_unit_test(test_last_and_again),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_never_taken),
        cmocka_unit_test(test_confusing_answers),
        cmocka_unit_test(test_parked),
        cmocka_unit_test(test_never_ready),
        cmocka_unit_test(test_misconfigured),
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_no_program),
        cmocka_unit_test(test_idle_one_goes),
    };

    signal(SIGPIPE, SIG_IGN);
    log_open(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
