/*
 * The loop: the only place where the judge is stepped and the order of things is kept.
 *
 * One turn:
 *   1. callbacks of the hands have run and posted what happened (nothing else happens in them);
 *   2. the clock is read once;
 *   3. the desk is stepped with each posted event, then with TICK when its time has come;
 *   4. when the writer is idle, the gathered batch is settled and submitted; it gathers anew meanwhile;
 *   5. what speaks outward is released: of batches whose COMMIT came back, and of a batch without rows when
 *      nothing before it is unwritten;
 *   6. one timer is armed for the desk's next deadline.
 *
 * The invariant: nobody outside learns anything that is not committed. Group commit follows from 4, ordered
 * answers from 5. Timers of libevent run on a coarse clock and may be early: the turn reads the precise one,
 * finds that nothing is due, and arms again; it never judges early.
 *
 * Several desks have a loop each, on one event base: every callback is followed by a turn of all of them.
 * They share no batch and no order; a long turn of one is a late turn of the others.
 *
 * PostgreSQL away: deadlines go on being judged and their rows gather; new writes are refused with an answer,
 * and requests that were already judged get a time-out that says what is unknown.
 *
 * Senders: the desk counts idle ones by SENDER_IDLE and SENDER_GONE and its own SENDs. A sender can go while
 * the SEND that counts on it waits for its COMMIT; telling the desk then would take away a sender twice. So a
 * departure that the desk has already spent is a debt, paid by the next arrival.
 */
#include "daemon/loop_inside.h"

#include "daemon/log.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <inttypes.h>

#define EVENTS_A_TURN      128   /* so that a flood of requests delays no deadline by much */
#define BATCH_ROWS         10000 /* so that one transaction, and its turn, stay short */
#define ANSWER_PATIENCE_MS 5000
#define WAKE_MAX_MS        MSEC_HOUR
#define CLOCK_STEP_MS                                                                                        \
    (3 * MSEC_SECOND) /* between two turns; an adjustment of 500 ppm makes 1.8 s in the longest */

/* ---- stepping ---- */

/* What was read for a request stays with it when it has to wait for its ticket or its key, too. */
static void wait_for(struct loop *loop, uint64_t token, enum effect_kind kind, const struct posted *posted)
{
    bool keeps_cold = kind == EFFECT_RECALL || kind == EFFECT_READ;
    const struct waiting waiting = {
        .token = token,
        .since_ms = clock_monotonic_ms(),
        .restores = kind == EFFECT_RECALL ? outward_expect_recall(loop->outward) : 0,
        .recalls = posted ? posted->recalls : 0,
        .cold = keeps_cold && posted && posted->cold ? memory_text(posted->cold) : NULL,
    };

    batch_wait(loop->gathering, &waiting);
}

static void note_send(struct loop *loop)
{
    loop->sends_out++;
    if (loop->idle_senders > 0)
        loop->idle_senders--;
}

/* Looks at what a step added: what must be done at once, who waits, which senders are spoken for. */
static void scan(struct loop *loop, const struct posted *posted)
{
    struct batch *batch = loop->gathering;

    for (; batch->scanned < batch->effects.count; batch->scanned++) {
        const struct effect *effect = &batch->effects.list[batch->scanned];

        if (effect->kind == EFFECT_NOTE)
            log_note(effect->note->line);
        else if (effect->kind == EFFECT_REPLY)
            wait_for(loop, effect->reply->token, effect->kind, posted);
        else if (effect->kind == EFFECT_READ)
            wait_for(loop, effect->read->token, effect->kind, posted);
        else if (effect->kind == EFFECT_RECALL)
            wait_for(loop, effect->recall->token, effect->kind, posted);
        else if (effect->kind == EFFECT_SEND)
            note_send(loop);
    }
}

static void step(struct loop *loop, msec now, const struct event *event, const struct posted *posted)
{
    desk_step(loop->desk, now, event, &loop->gathering->effects);
    loop->figures.events++;
    scan(loop, posted);
}

static void step_request(struct loop *loop, msec now, const struct posted *posted)
{
    const struct request *request = server_request(loop->hands.server, posted->token);

    if (!request)
        return; /* its client is gone, and nothing was promised */
    struct request marked = *request;
    const struct event event = {.kind = EVENT_REQUEST, .request = &marked};

    marked.key_is_new = posted->key_is_new;
    marked.cold = posted->cold;
    step(loop, now, &event, posted);
}

/* Whether the desk has to hear of a sender that came or went. */
static bool counts_for_desk(struct loop *loop, enum event_kind kind)
{
    if (kind == EVENT_SENDER_IDLE && loop->is_draining)
        return false; /* nothing new begins */
    if (kind == EVENT_SENDER_IDLE && loop->owed_departures > 0) {
        loop->owed_departures--;
        return false;
    }
    if (kind == EVENT_SENDER_GONE && loop->idle_senders == 0) {
        loop->owed_departures++;
        return false;
    }
    loop->idle_senders += kind == EVENT_SENDER_IDLE;
    loop->idle_senders -= kind == EVENT_SENDER_GONE;
    return true;
}

static void step_posted(struct loop *loop, msec now, const struct posted *posted)
{
    switch (posted->kind) {
    case EVENT_REQUEST:
        step_request(loop, now, posted);
        break;
    case EVENT_SENDER_IDLE:
    case EVENT_SENDER_GONE:
        if (counts_for_desk(loop, posted->kind))
            step(loop, now, &(const struct event){.kind = posted->kind}, NULL);
        break;
    case EVENT_NOTICE_SENT:
        if (loop->sends_out > 0)
            loop->sends_out--;
        step(loop, now, &(const struct event){.kind = EVENT_NOTICE_SENT, .sent = posted->sent}, NULL);
        break;
    case EVENT_DENIED:
        step(loop, now, &(const struct event){.kind = EVENT_DENIED, .denied = posted->denied}, NULL);
        break;
    case EVENT_TICK:
    case EVENT_CLOCK_STEPPED:
        break; /* nobody posts time; the turn sees to it */
    }
}

/* The next batch is full and the last one not written: time waits for the COMMIT, which makes the next turn.
   It does not wait for a database that is away. */
static bool is_full(const struct loop *loop)
{
    return loop->in_flight && !loop->away_since_ms && loop->gathering->effects.rows >= BATCH_ROWS;
}

/* The wall clock goes as the monotonic one does, a little slower or faster while it is being adjusted. What
   is more than that between two turns is a step. */
static void notice_clock_step(struct loop *loop, msec now)
{
    int64_t offset_ms = now - clock_monotonic_ms(), moved_ms = offset_ms - loop->clock_offset_ms;

    loop->clock_offset_ms = offset_ms;
    if (moved_ms > -CLOCK_STEP_MS && moved_ms < CLOCK_STEP_MS)
        return;
    loop->figures.clock_steps++;
    step(loop, now,
         &(const struct event){.kind = EVENT_CLOCK_STEPPED,
                               .clock_step = {.from_at = now - moved_ms, .to_at = now}},
         0);
}

static void step_all(struct loop *loop, msec now)
{
    notice_clock_step(loop, now);
    for (int i = 0; i < EVENTS_A_TURN; i++) {
        struct posted *posted = mailbox_take(&loop->mailbox);

        if (!posted)
            break;
        step_posted(loop, now, posted);
        mailbox_free(posted);
    }
    msec due_at = desk_wakes_at(loop->desk);

    if (due_at > now || is_full(loop))
        return;
    loop->figures.last_lag_ms = now - due_at;
    if (loop->figures.last_lag_ms > loop->figures.max_lag_ms)
        loop->figures.max_lag_ms = loop->figures.last_lag_ms;
    step(loop, now, &(const struct event){.kind = EVENT_TICK}, NULL);
}

/* ---- batches ---- */

static struct batch *fresh_batch(struct loop *loop)
{
    struct batch *batch = loop->spare ? loop->spare : batch_create();

    loop->spare = NULL;
    return batch;
}

static void recycle(struct loop *loop, struct batch *batch)
{
    batch_reset(batch);
    if (loop->spare)
        batch_destroy(batch);
    else
        loop->spare = batch;
}

void loop_settle(struct loop *loop)
{
    desk_settle(loop->desk, &loop->gathering->effects);
    scan(loop, NULL);
    loop->is_touched = false;
}

static void submit(struct loop *loop)
{
    if (!writer_is_idle(loop->hands.writer) || loop->in_flight)
        return;
    if (loop->gathering->effects.rows == 0 && !loop->is_touched && !loop->wants_proof)
        return;
    loop_settle(loop);
    if (loop->gathering->effects.rows == 0 && !loop->wants_proof)
        return;
    loop->wants_proof = false;
    loop->in_flight = loop->gathering;
    loop->in_flight->submitted_at_ms = clock_monotonic_ms();
    loop->gathering = fresh_batch(loop);
    writer_submit(loop->hands.writer, &loop->in_flight->effects);
}

static void release(struct loop *loop)
{
    struct batch *committed = loop->committed;

    if (committed) {
        loop->committed = NULL;
        outward_release(loop->outward, committed);
        recycle(loop, committed);
    }
    if (loop->gathering->effects.count > 0 && loop->gathering->effects.rows == 0 && !loop->in_flight) {
        struct batch *rowless = loop->gathering;

        loop->gathering = fresh_batch(loop);
        outward_release(loop->outward, rowless);
        recycle(loop, rowless);
    }
}

/* ---- waiting ---- */

/* What to say to a request that was judged and whose COMMIT does not come. */
static void answer_late(struct loop *loop, uint64_t token)
{
    const struct request *request = server_request(loop->hands.server, token);

    if (!request)
        return;
    loop->figures.timed_out++;
    if (request->method->kind == METHOD_WRITE)
        server_answer_error(loop->hands.server, token, RPC_TIMEOUT, NULL,
                            "not confirmed by the database yet, it may still be; ask again with the same "
                            "idempotency_key to learn the outcome");
    else
        server_answer_error(loop->hands.server, token, RPC_STORAGE_UNAVAILABLE, NULL,
                            "waiting for the database took too long");
}

static void expire(struct loop *loop, struct batch *batch, int64_t now_ms)
{
    while (batch && batch->expired < batch->waiting_count &&
           now_ms - batch->waiting[batch->expired].since_ms >= ANSWER_PATIENCE_MS)
        answer_late(loop, batch->waiting[batch->expired++].token);
}

static bool has_waiting(const struct batch *batch)
{
    return batch && batch->expired < batch->waiting_count;
}

/* For the oldest that waits: the batch in flight has older ones than the one that gathers. */
static void arm_sweep(struct loop *loop)
{
    const struct batch *batch = has_waiting(loop->in_flight) ? loop->in_flight : loop->gathering;

    if (!has_waiting(batch) || event_pending(loop->sweep, EV_TIMEOUT, NULL))
        return;
    int64_t left_ms = batch->waiting[batch->expired].since_ms + ANSWER_PATIENCE_MS - clock_monotonic_ms();

    if (left_ms < 1)
        left_ms = 1;
    const struct timeval in = {.tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000};

    event_add(loop->sweep, &in);
}

void loop_on_sweep(evutil_socket_t none, short what, void *context)
{
    struct loop *loop = context;
    int64_t now_ms = clock_monotonic_ms();

    (void)none;
    (void)what;
    expire(loop, loop->in_flight, now_ms);
    expire(loop, loop->gathering, now_ms);
}

void loop_on_wake(evutil_socket_t none, short what, void *context)
{
    (void)none;
    (void)what;
    loop_note_awake(context); /* the turn that follows reads the clock and judges */
}

static void arm_wake(struct loop *loop)
{
    msec due_at = desk_wakes_at(loop->desk);
    int64_t left_ms = due_at == NEVER || is_full(loop) ? WAKE_MAX_MS : due_at - clock_wall();

    loop->has_more = loop->mailbox.count > 0 || left_ms <= 0;
    if (left_ms > WAKE_MAX_MS)
        left_ms = WAKE_MAX_MS;
    if (left_ms < 0)
        left_ms = 0;
    const struct timeval in = {.tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000};

    event_add(loop->wake, &in);
}

/* ---- turning ---- */

static bool is_quiet(const struct loop *loop)
{
    return loop->mailbox.count == 0 && loop->sends_out == 0 && loop->gathering->effects.count == 0 &&
           !loop->in_flight && !loop->committed;
}

void loop_turn(struct loop *loop)
{
    msec now = clock_wall();

    loop_note_awake(loop);
    step_all(loop, now);
    submit(loop); /* first, so that the database works while answers leave */
    release(loop);
    arm_wake(loop);
    arm_sweep(loop);
    loop->figures.turns++;
    stall_note(&loop->figures.stalls, clock_monotonic_us() - loop->woken_at_us);
    loop->woken_at_us = 0;
    if (loop->is_draining && is_quiet(loop))
        loop->is_drained = true;
}

/* One round: each loop turns once. False when it was the last. */
static bool turn_all(struct loop *const loops[], size_t count, bool *ret_has_more)
{
    bool is_drained = true;

    *ret_has_more = false;
    for (size_t i = 0; i < count; i++) {
        if (loops[i]->is_fatal)
            return false;
        if (!loops[i]->is_drained)
            loop_turn(loops[i]);
        is_drained = is_drained && loops[i]->is_drained;
        *ret_has_more = *ret_has_more || (loops[i]->has_more && !loops[i]->is_drained);
    }
    return !is_drained;
}

static bool is_any_fatal(struct loop *const loops[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (loops[i]->is_fatal)
            return true;
    return false;
}

int loop_run(struct loop *const loops[], size_t count)
{
    bool has_more;

    while (turn_all(loops, count, &has_more))
        if (event_base_loop(loops[0]->base, EVLOOP_ONCE | (has_more ? EVLOOP_NONBLOCK : 0)) < 0)
            return -EIO;
    return is_any_fatal(loops, count) ? LOOP_FATAL : LOOP_DRAINED;
}

void loop_on_drain_over(evutil_socket_t none, short what, void *context)
{
    struct loop *loop = context;

    (void)none;
    (void)what;
    log_warning("event=drain_given_up rows=%zu", loop_rows_waiting(loop));
    loop->is_drained = true;
}
