/*
 * The courier: a few sender processes, each with at most one notice in hand, and a deadline over each.
 *
 * Called by the loop. Whatever resolves names, speaks TLS or talks to strangers happens in a process that can
 * be killed (daemon/sender); what it says becomes of a notice is passed on, and a process that says nothing
 * within its deadline is killed and the notice deferred.
 *
 *     WAITING ──start──> STARTING ──ready──> IDLE ──courier_send──> BUSY ──result──> IDLE
 *        ^                   │                │                      │ └─"last" result──> LEAVING
 *        └──────exit─────────┴──────exit──────┴─────────exit─────────┘───────exit─────────┘
 *
 * The invariants: a notice that was handed over is answered exactly once (on_sent), and for each answer the
 * courier says on_idle exactly once, when a process is there for the next. A process that exits 0 without an
 * answer never took its notice (senders exit 0 only between jobs), so its successor gets the same one; any
 * other end makes it deferred, because the relay may or may not have it. Nothing here decides when a deferred
 * notice is tried again.
 */
#include "daemon/courier.h"

#include "daemon/bucket.h"
#include "daemon/clock.h"
#include "daemon/courier_job.h"
#include "daemon/log.h"
#include "daemon/sender_process.h"
#include "lib/base/memory.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_DEADLINE_MS    10000
#define LEAVE_DEADLINE_MS    10000
#define BACKOFF_FIRST_MS     100
#define BACKOFF_MAX_MS       30000
#define BACKOFF_CONFIGURE_MS 60000
#define EXIT_CONFIGURE       78 /* EX_CONFIG of sysexits.h: the sender can't work with what it was told */
#define HANDINGS_MAX         3  /* times one job is given to a process that exits without taking it */
#define GOODBYE_MS           2000

enum sender_state {
    SENDER_WAITING,
    SENDER_STARTING,
    SENDER_IDLE,
    SENDER_BUSY,
    SENDER_LEAVING,
    SENDER_STATES
};

static const struct {
    const char *name;
    unsigned next; /* bits of the states that may follow */
} sender_states[SENDER_STATES] = {
    [SENDER_WAITING] = {"waiting", 1 << SENDER_STARTING},
    [SENDER_STARTING] = {"starting", 1 << SENDER_IDLE | 1 << SENDER_BUSY | 1 << SENDER_WAITING},
    [SENDER_IDLE] = {"idle", 1 << SENDER_BUSY | 1 << SENDER_WAITING},
    [SENDER_BUSY] = {"busy", 1 << SENDER_IDLE | 1 << SENDER_LEAVING | 1 << SENDER_WAITING},
    [SENDER_LEAVING] = {"leaving", 1 << SENDER_WAITING},
};

struct sender {
    struct courier *courier;
    int index;
    enum sender_state state;
    struct sender_process *process; /* NULL while WAITING */
    struct courier_job *job;        /* in hand; kept over a restart when the process never took it */
    struct event *timer;            /* WAITING: start; else: this took too long */
    unsigned failures;              /* in a row */
    bool did_a_job;                 /* this process */
    bool is_killed;                 /* by us, for lateness */
};

struct courier {
    struct event_base *base;
    struct courier_hooks hooks;
    char *program, *configure;
    char *webhook_channel;
    struct bucket webhook;
    int deadline_ms;
    struct sender *senders;
    size_t sender_count;
    struct courier_job *parked, **parked_end; /* notices that found no idle sender, oldest first */
    struct event *parked_timer;
    struct courier_figures figures;
};

static void move(struct sender *sender, enum sender_state state, int64_t timer_ms)
{
    assert(sender_states[sender->state].next & 1u << state);
    sender->state = state;
    if (timer_ms < 0) {
        event_del(sender->timer);
        return;
    }
    struct timeval in = {.tv_sec = timer_ms / 1000, .tv_usec = timer_ms % 1000 * 1000};

    event_add(sender->timer, &in);
}

static void say_idle(struct courier *courier)
{
    courier->hooks.on_idle(courier->hooks.context);
}

static void count(struct courier_figures *figures, enum send_outcome outcome)
{
    switch (outcome) {
    case SEND_ACCEPTED:
        figures->accepted++;
        figures->last_accepted_at_ms = clock_wall();
        break;
    case SEND_DEFERRED:
        figures->deferred++;
        break;
    case SEND_REFUSED:
        figures->refused++;
        break;
    }
}

static void say_sent(struct courier *courier, const struct sent *sent)
{
    count(&courier->figures, sent->outcome);
    courier->hooks.on_sent(courier->hooks.context, sent);
}

/* The sender's job is answered for; it has none any more. */
static void answer_job(struct sender *sender, struct sent *sent)
{
    struct courier_job *job = sender->job;

    sender->job = NULL;
    sent->notice = job->notice;
    say_sent(sender->courier, sent);
    courier_job_destroy(job);
}

static void defer_job(struct sender *sender, const char *why)
{
    struct sent sent = {.outcome = SEND_DEFERRED, .detail = why};

    answer_job(sender, &sent);
}

static void hand_over(struct sender *sender, struct courier_job *job)
{
    int64_t left_ms = job->deadline_at_ms - clock_monotonic_ms();

    sender->job = job;
    job->handings++;
    sender_process_write(sender->process, job->line, strlen(job->line));
    move(sender, SENDER_BUSY, left_ms > 0 ? left_ms : 0);
}

static struct courier_job *unpark(struct courier *courier)
{
    struct courier_job *job = courier->parked;

    if (!job)
        return NULL;
    courier->parked = job->next;
    if (!courier->parked)
        courier->parked_end = &courier->parked;
    job->next = NULL;
    return job;
}

/* A process is free: for the notice that its predecessor did not take, else for one that waits, else for the
 * desk. */
static void become_free(struct sender *sender)
{
    if (sender->job) {
        hand_over(sender, sender->job);
        return;
    }
    move(sender, SENDER_IDLE, -1);
    say_idle(sender->courier);
    struct courier_job *job = unpark(sender->courier);

    if (job)
        hand_over(sender, job);
}

static void take_result(struct sender *sender, const struct courier_answer *answer)
{
    struct sent sent = {.outcome = answer->outcome, .detail = answer->detail, .queue_id = answer->queue_id};

    sender->failures = 0;
    sender->did_a_job = true;
    answer_job(sender, &sent);
    if (answer->is_last)
        move(sender, SENDER_LEAVING, LEAVE_DEADLINE_MS);
    else
        become_free(sender);
}

static void on_line(void *context, const char *line)
{
    struct sender *sender = context;
    struct courier_answer answer;

    courier_answer_read(line, &answer);
    if (sender->state == SENDER_STARTING && answer.is_ready)
        become_free(sender);
    else if (sender->state == SENDER_BUSY && answer.notice == sender->job->notice &&
             answer.attempt == sender->job->attempt && answer.has_outcome)
        take_result(sender, &answer);
    else
        log_warning("event=sender_says sender=%d state=%s detail=%s", sender->index,
                    sender_states[sender->state].name, answer.detail ? answer.detail : line);
    courier_answer_finish(&answer);
}

static int64_t backoff_ms(const struct sender *sender)
{
    unsigned doublings = sender->failures < 10 ? sender->failures - 1 : 9;
    int64_t delay_ms = (int64_t)BACKOFF_FIRST_MS << doublings;

    return delay_ms < BACKOFF_MAX_MS ? delay_ms : BACKOFF_MAX_MS;
}

/* How long to wait before the next process, by how the last one ended. */
static int64_t judge_exit(struct sender *sender, int status)
{
    if (status == EXIT_CONFIGURE) {
        log_error("event=sender_misconfigured sender=%d program=%s hint=%s", sender->index,
                  sender->courier->program,
                  "the lines above say what is wrong; mend [sender] or [smtp] and reload");
        return BACKOFF_CONFIGURE_MS;
    }
    if (status == 0 && sender->did_a_job)
        return 0;
    sender->failures++;
    log_warning("event=sender_exited sender=%d state=%s status=%d failures=%u again_in_ms=%" PRId64,
                sender->index, sender_states[sender->state].name, status, sender->failures,
                backoff_ms(sender));
    return backoff_ms(sender);
}

static void settle_job(struct sender *sender, int status)
{
    char why[80];

    if (!sender->job || (status == 0 && !sender->is_killed && sender->job->handings < HANDINGS_MAX))
        return;
    if (sender->is_killed)
        snprintf(why, sizeof(why), "no answer within %d s, the sender was killed",
                 sender->courier->deadline_ms / 1000);
    else
        snprintf(why, sizeof(why), "the sender ended with status %d before it answered", status);
    defer_job(sender, why);
}

static void on_exit_of_process(void *context, int status)
{
    struct sender *sender = context;
    bool was_idle = sender->state == SENDER_IDLE;
    int64_t delay_ms = judge_exit(sender, status);

    sender_process_destroy(sender->process, 0);
    sender->process = NULL;
    if (sender->state == SENDER_BUSY)
        settle_job(sender, status);
    move(sender, SENDER_WAITING, delay_ms);
    if (was_idle)
        sender->courier->hooks.on_gone(sender->courier->hooks.context);
}

static void start(struct sender *sender)
{
    struct courier *courier = sender->courier;
    const struct sender_process_hooks hooks = {sender, on_line, on_exit_of_process};
    int outcome = sender_process_start(courier->base, courier->program, &hooks, &sender->process);

    courier->figures.restarts++;
    sender->did_a_job = sender->is_killed = false;
    move(sender, SENDER_STARTING, START_DEADLINE_MS);
    if (outcome == 0) {
        sender_process_write(sender->process, courier->configure, strlen(courier->configure));
        return;
    }
    sender->failures++;
    log_error("event=sender_not_started program=%s reason=%s again_in_ms=%" PRId64, courier->program,
              strerror(-outcome), backoff_ms(sender));
    move(sender, SENDER_WAITING, backoff_ms(sender));
}

static void on_timer(evutil_socket_t none, short what, void *context)
{
    struct sender *sender = context;

    (void)none;
    (void)what;
    if (sender->state == SENDER_WAITING) {
        if (sender->job && sender->job->deadline_at_ms <= clock_monotonic_ms())
            defer_job(sender, "no sender took it in time");
        start(sender);
        return;
    }
    log_warning("event=sender_killed sender=%d state=%s notice=%" PRIu64, sender->index,
                sender_states[sender->state].name, sender->job ? sender->job->notice : 0);
    sender->courier->figures.killed++;
    sender->is_killed = true;
    sender_process_kill(sender->process); /* the exit follows as an event */
}

static void arm_parked_timer(struct courier *courier)
{
    if (!courier->parked || event_pending(courier->parked_timer, EV_TIMEOUT, NULL))
        return;
    int64_t left_ms = courier->parked->deadline_at_ms - clock_monotonic_ms();
    struct timeval in = {.tv_sec = left_ms > 0 ? left_ms / 1000 : 0, .tv_usec = 1000};

    event_add(courier->parked_timer, &in);
}

static void on_parked_timer(evutil_socket_t none, short what, void *context)
{
    struct courier *courier = context;
    struct courier_job *job = courier->parked;

    (void)none;
    (void)what;
    if (job && job->deadline_at_ms <= clock_monotonic_ms()) {
        courier_skip(courier, job->notice, "no sender was there in time");
        courier_job_destroy(unpark(courier));
    }
    arm_parked_timer(courier);
}

static void init_sender(struct courier *courier, size_t index)
{
    struct sender *sender = &courier->senders[index];

    *sender = (struct sender){.courier = courier, .index = (int)index + 1};
    sender->timer = evtimer_new(courier->base, on_timer, sender);
    if (!sender->timer)
        abort();
    evtimer_add(sender->timer, &(struct timeval){0});
}

int courier_create(struct event_base *base, const struct courier_options *options,
                   const struct courier_hooks *hooks, struct courier **ret_courier)
{
    if (options->senders < 1 || options->senders > 16 || options->deadline_s < 1)
        return -EINVAL;
    struct courier *courier = memory_new(1, sizeof(*courier));

    courier->base = base;
    courier->hooks = *hooks;
    courier->program = memory_text(options->program);
    if (asprintf(&courier->configure, "%s\n", options->configure) < 0)
        abort();
    courier->deadline_ms = options->deadline_s * 1000;
    courier->webhook_channel = memory_text(options->webhook_channel ? options->webhook_channel : "");
    bucket_init(&courier->webhook, options->webhook_rate, clock_monotonic_ms());
    courier->parked_end = &courier->parked;
    courier->parked_timer = evtimer_new(base, on_parked_timer, courier);
    courier->sender_count = (size_t)options->senders;
    courier->senders = memory_new(courier->sender_count, sizeof(*courier->senders));
    for (size_t i = 0; i < courier->sender_count; i++)
        init_sender(courier, i);
    *ret_courier = courier;
    return 0;
}

void courier_destroy(struct courier *courier)
{
    if (!courier)
        return;
    for (size_t i = 0; i < courier->sender_count; i++)
        if (courier->senders[i].process)
            sender_process_hang_up(courier->senders[i].process);
    int64_t until_ms = clock_monotonic_ms() + GOODBYE_MS;

    for (size_t i = 0; i < courier->sender_count; i++) {
        struct sender *sender = &courier->senders[i];
        int64_t left_ms = until_ms - clock_monotonic_ms();

        sender_process_destroy(sender->process, left_ms > 0 ? (int)left_ms : 0);
        event_free(sender->timer);
        courier_job_destroy(sender->job);
    }
    for (struct courier_job *job; (job = unpark(courier));)
        courier_job_destroy(job);
    event_free(courier->parked_timer);
    free(courier->senders);
    free(courier->program);
    free(courier->webhook_channel);
    free(courier->configure);
    free(courier);
}

/* Robots shut out whoever talks too much: rather wait ourselves than be told to. */
static bool is_too_fast(struct courier *courier, const struct notice_row *row)
{
    return !effect_is_mail(row) && strcmp(courier->webhook_channel, row->channel) == 0 &&
           !bucket_take(&courier->webhook, clock_monotonic_ms());
}

void courier_send(struct courier *courier, const struct notice_row *row, uint16_t attempt)
{
    if (is_too_fast(courier, row)) {
        courier_skip(courier, row->notice, "the web service has its notices of this minute");
        return;
    }
    struct courier_job *job = courier_job_create(row, attempt, clock_monotonic_ms() + courier->deadline_ms);

    courier->figures.jobs++;
    for (size_t i = 0; i < courier->sender_count; i++) {
        if (courier->senders[i].state != SENDER_IDLE)
            continue;
        hand_over(&courier->senders[i], job);
        return;
    }
    *courier->parked_end = job;
    courier->parked_end = &job->next;
    arm_parked_timer(courier);
}

/* Answered without a sender: the one that was meant for it is idle still. */
static void answer_unsent(struct courier *courier, uint64_t notice, enum send_outcome outcome,
                          const char *why)
{
    const struct sent sent = {.notice = notice, .outcome = outcome, .detail = why};

    say_sent(courier, &sent);
    say_idle(courier);
}

void courier_skip(struct courier *courier, uint64_t notice, const char *why)
{
    answer_unsent(courier, notice, SEND_DEFERRED, why);
}

void courier_refuse(struct courier *courier, uint64_t notice, const char *why)
{
    answer_unsent(courier, notice, SEND_REFUSED, why);
}

void courier_figures(const struct courier *courier, struct courier_figures *ret_figures)
{
    *ret_figures = courier->figures;
}
