/*
 * Carrying out what waited for a COMMIT.
 *
 * Called by the loop with batches that are durable, and with batches without rows when nothing before them is
 * unwritten: nobody is shown what is not committed. Answers and events go out at once; what needs cold data
 * is asked of the reader and answered when it comes.
 *
 * The difficult one is RECALL: a ticket that left memory is read back and the request stepped again. Two
 * requests may ask for the same ticket, and the row that the second one reads may be older than what the
 * first one did with the ticket in the meantime (written or not, and let go again). So each recall remembers
 * how many tickets had been brought back when its request was stepped; when its own ticket is among those
 * that came later, the row is not used: the request is simply stepped again, and finds the ticket in memory
 * or asks afresh, behind the changes.
 */
#include "daemon/outward.h"

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/report_mail.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_PARAMETERS_MAX 9 /* the desk, and as many as a read_effect holds */
#define RECALLS_MAX         8 /* of one request: more means that something goes in circles */

struct restored {
    uint64_t ticket, number;
};

struct outward {
    struct outward_options options;
    uint64_t restores;         /* tickets brought back so far */
    size_t recalls;            /* emitted and not answered yet */
    struct restored *restored; /* those that a recall under way might collide with */
    size_t restored_count, restored_capacity;
};

struct outward *outward_create(const struct outward_options *options)
{
    struct outward *outward = memory_new(1, sizeof(*outward));

    outward->options = *options;
    return outward;
}

void outward_destroy(struct outward *outward)
{
    if (!outward)
        return;
    free(outward->restored);
    free(outward);
}

uint64_t outward_expect_recall(struct outward *outward)
{
    outward->recalls++;
    return outward->restores;
}

/* ---- reads ---- */

struct reading {
    struct outward *outward;
    uint64_t token;
    char *hot;
    char *cold; /* read for this request before, when it is its key that is looked for; may be NULL */
    bool is_whole, is_key, is_again;
};

/* What the client gets: `hot` with the column's members, or the column alone. NULL: one of them is no object.
 */
static char *merge(const struct reading *reading, const char *column)
{
    json_t *result = json_loads(reading->is_whole ? "{}" : reading->hot, 0, NULL);
    json_t *cold = json_loads(column, 0, NULL);
    char *merged = NULL;

    if (json_is_object(result) && json_is_object(cold)) {
        json_object_update(result, cold);
        if (reading->is_key && json_object_get(result, "created"))
            json_object_set_new(result, "created", json_false()); /* the same answer again creates nothing */
        merged = json_dumps(result, JSON_COMPACT);
    }
    json_decref(result);
    json_decref(cold);
    return merged;
}

static void answer_found(const struct reading *reading, const char *column)
{
    struct server *server = reading->outward->options.server;
    char *merged = merge(reading, column);

    if (merged)
        server_answer_result(server, reading->token, merged);
    else
        server_answer_error(server, reading->token, RPC_INTERNAL_ERROR, NULL,
                            "the stored row is no JSON object");
    free(merged);
}

static char *take_cold(struct reading *reading)
{
    char *cold = reading->cold;

    reading->cold = NULL;
    return cold;
}

static void on_read(void *context, enum read_outcome outcome, const char *json)
{
    struct reading *reading = context;
    const struct outward_options *options = &reading->outward->options;

    switch (outcome) {
    case READ_FOUND:
        if (reading->is_again)
            options->again(options->context, reading->token, false, 0, memory_text(json));
        else
            answer_found(reading, json);
        break;
    case READ_NOTHING:
        if (reading->is_key)
            options->again(options->context, reading->token, true, 0, take_cold(reading));
        else
            server_answer_error(options->server, reading->token, RPC_NOT_FOUND, NULL,
                                "there is no such record");
        break;
    case READ_UNAVAILABLE:
        server_answer_error(options->server, reading->token, RPC_STORAGE_UNAVAILABLE, NULL,
                            "the database can't be reached");
        break;
    }
    free(reading->hot);
    free(reading->cold);
    free(reading);
}

static void release_read(struct outward *outward, const struct read_effect *read, struct waiting *waiting)
{
    if (!server_request(outward->options.server, read->token))
        return;
    struct reading *reading = memory_new(1, sizeof(*reading));

    *reading = (struct reading){
        .outward = outward,
        .token = read->token,
        .hot = memory_text(read->hot ? read->hot : "{}"),
        .is_whole = read->whole,
        .is_again = read->again,
        .is_key = strcmp(read->statement, "request_key") == 0,
        .cold = waiting->cold,
    };
    waiting->cold = NULL;
    char desk_id[16];
    const char *parameters[READ_PARAMETERS_MAX] = {
        desk_id}; /* the judge doesn't know its number in the database */
    size_t count = 1;

    snprintf(desk_id, sizeof(desk_id), "%" PRIu32, outward->options.desk_id);
    for (size_t i = 0; i < read->parameter_count && count < READ_PARAMETERS_MAX; i++)
        parameters[count++] = read->parameters[i];
    reader_run(outward->options.reader, read->statement, parameters, count, on_read, reading);
}

/* ---- recalls ---- */

struct recalling {
    struct outward *outward;
    uint64_t token;
    uint64_t restores; /* when the request was stepped */
    int recalls;       /* of this request, with this one */
    char *cold;        /* read for this request before; may be NULL */
};

static bool came_back_since(const struct outward *outward, uint64_t ticket, uint64_t restores)
{
    for (size_t i = 0; i < outward->restored_count; i++)
        if (outward->restored[i].ticket == ticket && outward->restored[i].number > restores)
            return true;
    return false;
}

/* NULL, or why the ticket doesn't fit what the desk knows. */
static const char *restore(struct outward *outward, const struct recalled *recalled)
{
    struct desk *desk = outward->options.desk;
    const char *refusal =
        desk_restore_ticket(desk, recalled->ticket, recalled->contacts, recalled->progress, recalled->plans);

    for (size_t i = 0; !refusal && i < recalled->clock_count; i++)
        refusal = desk_restore_clock(desk, &recalled->clocks[i]);
    for (size_t i = 0; !refusal && i < recalled->pause_count; i++)
        refusal = desk_restore_pause(desk, &recalled->pauses[i]);
    for (size_t i = 0; !refusal && i < recalled->told_count; i++)
        desk_restore_told(desk, recalled->ticket->ticket, recalled->told[i].clock, recalled->told[i].cycle,
                          recalled->told[i].person, recalled->told[i].role);
    desk_recalled(desk, recalled->ticket->ticket,
                  clock_wall()); /* also when half of it was refused: let go again */
    outward->options.touched(outward->options.context);
    if (refusal)
        return refusal;
    outward->restored = memory_reserve(outward->restored, &outward->restored_capacity,
                                       outward->restored_count + 1, sizeof(*outward->restored));
    outward->restored[outward->restored_count++] =
        (struct restored){recalled->ticket->ticket, ++outward->restores};
    return NULL;
}

static void take_back(struct recalling *recalling, const struct recalled *recalled)
{
    struct outward *outward = recalling->outward;
    const struct outward_options *options = &outward->options;
    const char *refusal = NULL;

    if (!came_back_since(outward, recalled->ticket->ticket, recalling->restores))
        refusal = restore(outward, recalled);
    if (!refusal && recalling->recalls < RECALLS_MAX) {
        options->again(options->context, recalling->token, false, recalling->recalls, recalling->cold);
        recalling->cold = NULL;
        return;
    }
    log_error("event=recall_failed ticket=%" PRIu64 " reason=%s", recalled->ticket->ticket,
              refusal ? refusal : "asked for too often");
    server_answer_error(options->server, recalling->token, RPC_INTERNAL_ERROR, "ticket",
                        refusal ? refusal : "the ticket could not be brought back");
}

static void end_recall(struct outward *outward)
{
    if (--outward->recalls == 0)
        outward->restored_count = 0; /* nobody is left to collide with */
}

static void on_recalled(void *context, enum read_outcome outcome, const struct recalled *recalled)
{
    struct recalling *recalling = context;
    struct server *server = recalling->outward->options.server;

    if (outcome == READ_UNAVAILABLE)
        server_answer_error(server, recalling->token, RPC_STORAGE_UNAVAILABLE, NULL,
                            "the database can't be reached");
    else if (outcome == READ_NOTHING || !recalled || !recalled->ticket)
        server_answer_error(server, recalling->token, RPC_NOT_FOUND, "ticket", "there is no such ticket");
    else
        take_back(recalling, recalled);
    end_recall(recalling->outward);
    free(recalling->cold);
    free(recalling);
}

static void release_recall(struct outward *outward, const struct recall_effect *recall,
                           struct waiting *waiting)
{
    if (!server_request(outward->options.server, recall->token)) {
        end_recall(outward);
        return;
    }
    struct recalling *recalling = memory_new(1, sizeof(*recalling));

    *recalling = (struct recalling){
        .outward = outward,
        .token = recall->token,
        .restores = waiting->restores,
        .recalls = waiting->recalls + 1,
        .cold = waiting->cold,
    };
    waiting->cold = NULL;
    reader_recall(outward->options.reader, outward->options.desk_id, recall->ticket, on_recalled, recalling);
}

/* ---- notices ---- */

#define FOREIGN          "the address lies outside the domains that [notices] of the regime allows"
#define FOREIGN_CUSTOMER "the address lies outside the domains that [customers] of the regime allows"

struct handing {
    struct outward *outward;
    uint64_t notice;
    uint16_t attempt;
};

/* What the regime allows now, which may have been reloaded since the notice was decided. */
static void hand_over(struct handing *handing, const struct notice_row *row)
{
    const struct policy *policy = desk_policy(handing->outward->options.desk);
    struct courier *courier = handing->outward->options.courier;
    bool is_customer = effect_is_to_customer(row), is_mail = effect_is_mail(row);
    struct notice_row own = *row;

    own.is_courtesy = is_customer && policy_is_courtesy(policy, row->template_name);
    if (is_mail && !is_customer && !policy_allows_address(policy, row->address))
        courier_refuse(courier, handing->notice, FOREIGN);
    else if (is_mail && is_customer && !policy_allows_customer(policy, row->address))
        courier_refuse(courier, handing->notice, FOREIGN_CUSTOMER);
    else if (!report_mail_send(handing->outward->options.reports, courier, handing->outward->options.desk,
                               &own, handing->attempt))
        courier_send(courier, &own, handing->attempt);
}

static void on_notice(void *context, enum read_outcome outcome, const struct notice_row *row)
{
    struct handing *handing = context;
    struct courier *courier = handing->outward->options.courier;

    switch (outcome) {
    case READ_FOUND:
        hand_over(handing, row);
        break;
    case READ_NOTHING:
        log_error("event=notice_missing notice=%" PRIu64, handing->notice);
        courier_skip(courier, handing->notice, "the notice is not in the database");
        break;
    case READ_UNAVAILABLE:
        courier_skip(courier, handing->notice, "the database can't be reached");
        break;
    }
    free(handing);
}

static void release_send(struct outward *outward, const struct send_effect *send)
{
    struct handing *handing = memory_new(1, sizeof(*handing));

    *handing = (struct handing){outward, send->notice, send->attempt};
    reader_notice(outward->options.reader, outward->options.desk_id, send->notice, on_notice, handing);
}

/* ---- all of a batch ---- */

static void release_one(struct outward *outward, const struct effect *effect, struct waiting **waiting)
{
    switch (effect->kind) {
    case EFFECT_REPLY:
        server_answer(outward->options.server, effect->reply->token, effect->reply->text);
        (*waiting)++;
        break;
    case EFFECT_READ:
        release_read(outward, effect->read, *waiting);
        (*waiting)++;
        break;
    case EFFECT_RECALL:
        release_recall(outward, effect->recall, *waiting);
        (*waiting)++;
        break;
    case EFFECT_SEND:
        release_send(outward, effect->send);
        break;
    case EFFECT_JOURNAL:
        server_publish(outward->options.server, outward->options.place, effect->journal);
        break;
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
    case EFFECT_CLOCK:
    case EFFECT_CONTACT:
    case EFFECT_PROGRESS:
    case EFFECT_PLAN:
    case EFFECT_PAUSE:
    case EFFECT_RECORD:
    case EFFECT_WINDOW:
    case EFFECT_NOTICE:
    case EFFECT_NOTICE_STATE:
    case EFFECT_KEY:
    case EFFECT_SEQUENCE:
    case EFFECT_REGISTER:
    case EFFECT_SCHEDULE:
    case EFFECT_SCHEDULE_RUN:
    case EFFECT_OPTOUT:
    case EFFECT_MAILING:
    case EFFECT_LADDER:
    case EFFECT_NOTE:
    case EFFECT_VERDICT:
    case EFFECT_INCIDENT:
    case EFFECT_COUNT:
        break;
    }
}

void outward_release(struct outward *outward, const struct batch *batch)
{
    struct waiting *waiting = batch->waiting;

    for (size_t i = 0; i < batch->effects.count; i++)
        release_one(outward, &batch->effects.list[i], &waiting);
}
