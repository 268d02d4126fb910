/*
 * What the hands call, and how the loop is put together.
 *
 * Every hook runs inside a libevent callback of some hand and does one thing: it notes what happened, for the
 * turn that follows. Two kinds of call never reach the judge: those about the connection or the process
 * (METHOD_HAND) and writes that could not be made durable now. They are refused before they are judged,
 * because a judged write can't be taken back.
 */
#include "daemon/loop_inside.h"

#include "daemon/log.h"
#include "lib/base/memory.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define ROWS_WAITING_MAX  20000
#define AWAY_PATIENCE_MS  2000
#define DRAIN_MS          10000
#define REFUSALS_A_SECOND 10

void loop_note_awake(struct loop *loop)
{
    if (loop->woken_at_us == 0)
        loop->woken_at_us = clock_monotonic_us();
}

size_t loop_rows_waiting(const struct loop *loop)
{
    return loop->gathering->effects.rows + (loop->in_flight ? loop->in_flight->effects.rows : 0);
}

/* NULL, or why a new write can't be taken. */
static const char *refusal(const struct loop *loop)
{
    if (loop->away_since_ms && clock_monotonic_ms() - loop->away_since_ms > AWAY_PATIENCE_MS)
        return "the database can't be reached; nothing was done, try again later";
    if (loop_rows_waiting(loop) > ROWS_WAITING_MAX)
        return "the database is too far behind; nothing was done, try again later";
    return NULL;
}

static void on_request(void *context, const struct request *request)
{
    struct loop *loop = context;
    bool is_write = request->method->kind == METHOD_WRITE;
    const char *why = is_write ? refusal(loop) : NULL;

    loop_note_awake(loop);
    if (loop->is_draining) {
        server_answer_error(loop->hands.server, request->token, RPC_OVERLOADED, NULL,
                            "the daemon is stopping; nothing was done, try again in a moment");
    } else if (request->method->kind == METHOD_HAND) {
        loop->hands.on_hand(loop->hands.context, request);
    } else if (why) {
        loop->figures.refused_unavailable++;
        server_answer_error(loop->hands.server, request->token, RPC_STORAGE_UNAVAILABLE, NULL, why);
    } else {
        mailbox_post_request(&loop->mailbox, request->token);
    }
}

/* A client can cause as many refusals as it likes; the log says how many went unsaid when it says the next.
 */
static void on_refused(void *context, const struct peer *peer, const struct method *method)
{
    struct loop *loop = context;
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms - loop->refusals_since_ms >= MSEC_SECOND) {
        loop->refusals_since_ms = now_ms;
        loop->refusals_said = 0;
    }
    if (loop->refusals_said++ >= REFUSALS_A_SECOND) {
        loop->refusals_unsaid++;
        return;
    }
    log_warning("event=permission_denied uid=%u actor=%s role=%s method=%s unsaid=%" PRIu64, peer->uid,
                peer->actor, access_role_name(peer->role), method->name, loop->refusals_unsaid);
    loop->refusals_unsaid = 0;
    loop_note_awake(loop);
    mailbox_post_denied(&loop->mailbox, peer, method);
}

static uint64_t journal_sequence(void *context)
{
    return desk_journal_sequence(((struct loop *)context)->desk);
}

static bool hides_row(void *context, const struct peer *peer, const char *type, const char *body)
{
    return desk_hides_row(((struct loop *)context)->desk, peer, type, body);
}

static void on_committed(void *context, struct effects *effects)
{
    struct loop *loop = context;

    loop_note_awake(loop);
    assert(loop->in_flight && effects == &loop->in_flight->effects && !loop->committed);
    loop->committed = loop->in_flight;
    loop->in_flight = NULL;
}

static void on_fatal(void *context, const char *why)
{
    struct loop *loop = context;

    log_error("event=writer_fatal reason=%s", why);
    loop->is_fatal = true;
}

static void on_state(void *context, bool connected)
{
    struct loop *loop = context;

    if (connected && loop->was_lost)
        log_info("event=database_back away_ms=%" PRId64, clock_monotonic_ms() - loop->away_since_ms);
    loop->was_lost = !connected;
    if (connected)
        loop->away_since_ms = 0;
    else if (!loop->away_since_ms)
        loop->away_since_ms = clock_monotonic_ms();
}

static void on_sender_idle(void *context)
{
    struct loop *loop = context;

    loop_note_awake(loop);
    mailbox_post(&loop->mailbox, EVENT_SENDER_IDLE);
}

static void on_sender_gone(void *context)
{
    struct loop *loop = context;

    loop_note_awake(loop);
    mailbox_post(&loop->mailbox, EVENT_SENDER_GONE);
}

static void on_sent(void *context, const struct sent *sent)
{
    struct loop *loop = context;

    loop_note_awake(loop);
    mailbox_post_sent(&loop->mailbox, sent);
}

static void on_again(void *context, uint64_t token, bool key_is_new, int recalls, char *cold)
{
    struct loop *loop = context;

    loop_note_awake(loop);
    mailbox_post_again(&loop->mailbox, token, key_is_new, recalls, cold);
}

static void on_touched(void *context)
{
    loop_touched(context);
}

struct effects *loop_gathering(struct loop *loop)
{
    return &loop->gathering->effects;
}

void loop_touched(struct loop *loop)
{
    loop_note_awake(loop);
    loop->is_touched = true;
}

/* Timers count monotonic time, so nothing else would wake the loop; the turn that follows sees how far the
   clock was set. */
static void on_clock_step(void *context)
{
    loop_note_awake(context);
}

void loop_drain(struct loop *loop)
{
    const struct timeval in = {.tv_sec = DRAIN_MS / 1000};

    if (loop->is_draining)
        return;
    loop->is_draining = true;
    server_stop_accepting(loop->hands.server);
    event_add(loop->drain_over, &in);
}

/* ---- life ---- */

struct loop *loop_create(struct event_base *base, struct desk *desk, uint32_t desk_id)
{
    struct loop *loop = memory_new(1, sizeof(*loop));

    loop->base = base;
    loop->desk = desk;
    loop->desk_id = desk_id;
    loop->gathering = batch_create();
    loop->away_since_ms = clock_monotonic_ms(); /* until the writer says otherwise */
    loop->clock_offset_ms = clock_wall() - clock_monotonic_ms();
    mailbox_init(&loop->mailbox);
    loop->wake = evtimer_new(base, loop_on_wake, loop);
    loop->sweep = evtimer_new(base, loop_on_sweep, loop);
    loop->drain_over = evtimer_new(base, loop_on_drain_over, loop);
    if (!loop->wake || !loop->sweep || !loop->drain_over)
        abort();
    int outcome = clock_watch_create(base, on_clock_step, loop, &loop->clock_watch);

    if (outcome < 0) /* then a step counts from the next turn on, within the hour */
        log_warning("event=clock_not_watched errno=%d", -outcome);
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    clock_watch_destroy(loop->clock_watch);
    event_free(loop->wake);
    event_free(loop->sweep);
    event_free(loop->drain_over);
    mailbox_finish(&loop->mailbox);
    outward_destroy(loop->outward);
    batch_destroy(loop->gathering);
    batch_destroy(loop->in_flight);
    batch_destroy(loop->committed);
    batch_destroy(loop->spare);
    free(loop);
}

struct server_hooks loop_server_hooks(struct loop *loop)
{
    return (struct server_hooks){loop, on_request, journal_sequence, on_refused, hides_row};
}

struct writer_hooks loop_writer_hooks(struct loop *loop)
{
    return (struct writer_hooks){loop, on_committed, on_fatal, on_state};
}

struct courier_hooks loop_courier_hooks(struct loop *loop)
{
    return (struct courier_hooks){loop, on_sender_idle, on_sender_gone, on_sent};
}

void loop_attach(struct loop *loop, const struct loop_hands *hands)
{
    const struct outward_options options = {
        .desk = loop->desk,
        .desk_id = loop->desk_id,
        .server = hands->server,
        .place = hands->place,
        .reader = hands->reader,
        .courier = hands->courier,
        .reports = hands->reports,
        .context = loop,
        .again = on_again,
        .touched = on_touched,
    };

    loop->hands = *hands;
    loop->outward = outward_create(&options);
    if (writer_is_connected(hands->writer))
        loop->away_since_ms = 0;
}

void loop_figures(const struct loop *loop, struct loop_figures *ret_figures)
{
    *ret_figures = loop->figures;
    ret_figures->waiting_rows = loop_rows_waiting(loop);
    ret_figures->wakes_at = desk_wakes_at(loop->desk);
}

void loop_signs(void *context, struct readiness_signs *ret_signs)
{
    struct loop *loop = context;
    msec due_at = desk_wakes_at(loop->desk), now = clock_wall();

    *ret_signs = (struct readiness_signs){
        .turns = loop->figures.turns - loop->turns_at_signs,
        .database_connected = writer_is_connected(loop->hands.writer),
        .unanswered_ms = loop->in_flight ? clock_monotonic_ms() - loop->in_flight->submitted_at_ms : 0,
        .behind_ms = due_at < now ? now - due_at : 0,
    };
    loop->turns_at_signs = loop->figures.turns;
    loop->wants_proof = ret_signs->database_connected && ret_signs->unanswered_ms == 0;
}
