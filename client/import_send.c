/*
 * Filing an import through the socket, fast and repeatable.
 *
 * Called by import.c. Speed comes from having many calls on their way, so that the daemon commits them
 * together. What stands against it is that a ticket's later calls need the id that only its create's answer
 * gives. So steps go in windows: first the window's creates, then the rest, and by the time a later call's
 * turn comes its create has usually been answered. Within a ticket the order is kept; between tickets it does
 * not matter, as every call says with `at` when it happened.
 *
 * Each call carries a key made of the log's own content. An import that broke off is started again as it is,
 * and what was there already is answered, not done twice. For the same reason nothing is retried here: when
 * the daemon is overloaded or has lost its database, the import stops and says so.
 */
#include "client/import_send.h"

#include "client/progress_bar.h"
#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>

#define WINDOW      512
#define BATCH       16
#define OUTSTANDING 64 /* what the daemon reads ahead on one connection */

struct filed {
    char *ticket;    /* NULL: not known (yet) */
    bool is_refused; /* its create was */
};

struct sending {
    struct connection *connection;
    const struct import_map *map;
    const char *map_name;
    struct import_report *report;
    struct filed *filed; /* by incident */
    struct progress_bar bar;
    size_t finished;
    char *stopped;
};

static void take_answer(void *context, uint64_t tag, const struct connection_answer *answer)
{
    struct sending *sending = context;
    const struct import_step *step = import_map_step(sending->map, (size_t)tag);
    struct filed *filed = &sending->filed[step->incident];
    const char *ticket = json_string_value(json_object_get(answer->result, "ticket"));
    bool is_retryable = json_is_true(json_object_get(json_object_get(answer->error, "data"), "retryable"));

    import_report_answer(sending->report, sending->map, step, answer->result, answer->error);
    if (step->verb == IMPORT_CREATE) {
        filed->is_refused = !ticket;
        filed->ticket = ticket ? memory_text(ticket) : NULL;
    }
    if (is_retryable && !sending->stopped)
        sending->stopped = connection_explain(answer->error);
    progress_bar_update(&sending->bar, ++sending->finished);
}

static enum connection_outcome send_step(struct sending *sending, size_t index)
{
    const struct import_step *step = import_map_step(sending->map, index);
    char key[128];
    json_t *params = import_map_params(sending->map, step, sending->filed[step->incident].ticket, 0);

    snprintf(key, sizeof key, "%s:%.80s:%u", sending->map_name,
             import_map_reference(sending->map, step->incident), step->number);
    json_object_set_new(params, "idempotency_key", json_string(key));
    return connection_send(sending->connection, import_map_method(step->verb), params, take_answer, sending,
                           index);
}

/* A later call of a ticket: waits for its create's answer, and is left out when that was a refusal. */
static enum connection_outcome send_later_step(struct sending *sending, size_t index)
{
    const struct filed *filed = &sending->filed[import_map_step(sending->map, index)->incident];
    enum connection_outcome outcome = CONNECTION_OK;

    while (outcome == CONNECTION_OK && !filed->ticket && !filed->is_refused)
        outcome = connection_wait(sending->connection);
    if (outcome != CONNECTION_OK || filed->ticket)
        return outcome == CONNECTION_OK ? send_step(sending, index) : outcome;
    sending->report->skipped++;
    progress_bar_update(&sending->bar, ++sending->finished);
    return CONNECTION_OK;
}

static enum connection_outcome send_window(struct sending *sending, size_t begin, size_t end)
{
    enum connection_outcome outcome = CONNECTION_OK;

    for (size_t i = begin; outcome == CONNECTION_OK && !sending->stopped && i < end; i++)
        if (import_map_step(sending->map, i)->verb == IMPORT_CREATE)
            outcome = send_step(sending, i);
    for (size_t i = begin; outcome == CONNECTION_OK && !sending->stopped && i < end; i++)
        if (import_map_step(sending->map, i)->verb != IMPORT_CREATE)
            outcome = send_later_step(sending, i);
    return outcome;
}

enum connection_outcome import_send(struct connection *connection, const struct import_map *map,
                                    const char *map_name, struct import_report *report, char **ret_stopped)
{
    struct sending sending = {.connection = connection, .map = map, .map_name = map_name, .report = report};
    enum connection_outcome outcome = CONNECTION_OK;
    size_t numbers = import_map_numbers(map), steps = import_map_steps(map);

    sending.filed = memory_new(numbers, sizeof *sending.filed);
    connection_pipeline(connection, BATCH, OUTSTANDING);
    progress_bar_begin(&sending.bar, "calls", steps);
    for (size_t i = 0; outcome == CONNECTION_OK && !sending.stopped && i < steps; i += WINDOW)
        outcome = send_window(&sending, i, i + WINDOW < steps ? i + WINDOW : steps);
    if (outcome == CONNECTION_OK)
        outcome = connection_drain(connection);
    report->seconds = progress_bar_seconds(&sending.bar);
    progress_bar_end(&sending.bar);
    for (size_t i = 0; i < numbers; i++)
        free(sending.filed[i].ticket);
    free(sending.filed);
    *ret_stopped = sending.stopped;
    return outcome;
}
