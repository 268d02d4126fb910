/*
 * METHOD_HAND: what clients ask about the daemon itself.
 *
 * Called by the loop, which sends everything else to the judge. One row a method, looked up by the name that
 * the method table has; a unit test holds the two against each other. Handlers only read figures and answer
 * at once; the exceptions are reload, which is service.c's business, and subscriptions, which are the
 * server's.
 *
 * Figures are integers and grow from the start of the daemon; rates are for whoever asks twice.
 */
#include "daemon/dispatch.h"

#include "daemon/clock.h"
#include "daemon/loader.h"
#include "daemon/log.h"
#include "daemon/reader.h"
#include "daemon/server.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/methods.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL_VERSION 1

struct dispatch {
    struct dispatch_options options;
    struct dispatch **all; /* of this daemon, itself among them */
    size_t all_count;
    int64_t started_at_ms; /* monotonic */
    char *discovered;      /* the OpenRPC document, made when first asked for */
};

static void answer(struct dispatch *dispatch, const struct request *request, json_t *result)
{
    char *text = json_dumps(result, JSON_COMPACT);

    json_decref(result);
    if (text)
        server_answer_result(dispatch->options.server, request->token, text);
    else
        server_answer_error(dispatch->options.server, request->token, RPC_INTERNAL_ERROR, NULL,
                            "the answer can't be written as JSON");
    free(text);
}

/* In the desk's zone; null for NEVER. */
static json_t *instant(const struct dispatch *dispatch, msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER)
        return json_null();
    instant_format(at, zone_offset_s(desk_policy(dispatch->options.desk)->zone, at), text);
    return json_string(text);
}

static json_t *now_text(const struct dispatch *dispatch)
{
    return instant(dispatch, clock_wall());
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* ---- hello, ping ---- */

static json_t *describe_limits(const struct dispatch *dispatch, enum role role)
{
    const struct server_limits *limits = server_limits(dispatch->options.server);
    bool is_trusted = access_allows(ROLES_GATEWAY, role);

    return json_pack("{s:I, s:I, s:I, s:i, s:i, s:i}", "line_bytes",
                     (json_int_t)(is_trusted ? limits->line_bytes_trusted : limits->line_bytes), "in_flight",
                     (json_int_t)limits->in_flight, "subscriptions", (json_int_t)limits->subscriptions,
                     "batch", RPC_BATCH_MAX, "nesting", RPC_NESTING_MAX, "id_bytes", RPC_ID_MAX);
}

static json_t *desk_names(const struct dispatch *dispatch)
{
    json_t *names = json_array();

    for (size_t i = 0; i < dispatch->all_count; i++)
        json_array_append_new(names, json_string(dispatch->all[i]->options.desk_name));
    return names;
}

static void hello(struct dispatch *dispatch, const struct request *request)
{
    json_int_t gid = server_peer_gid(dispatch->options.server, request->token);

    answer(dispatch, request,
           json_pack("{s:s, s:s, s:[i], s:o, s:[s,s,s], s:o, s:{s:I, s:I, s:s, s:s}, s:o}", "server",
                     "duband", "version", DUBAN_VERSION, "protocol", PROTOCOL_VERSION, "desks",
                     desk_names(dispatch), "capabilities", "events", "idempotency", "openrpc", "limits",
                     describe_limits(dispatch, request->peer.role), "peer", "uid",
                     (json_int_t)request->peer.uid, "gid", gid, "role", access_role_name(request->peer.role),
                     "actor", request->peer.actor, "now", now_text(dispatch)));
}

static void ping(struct dispatch *dispatch, const struct request *request)
{
    answer(dispatch, request, json_pack("{s:o}", "now", now_text(dispatch)));
}

/* ---- info ---- */

static json_t *describe_desk(const struct dispatch *dispatch, bool with_digest)
{
    struct desk *desk = dispatch->options.desk;
    const struct policy *policy = desk_policy(desk);
    struct desk_figures figures;
    char digest[33];

    desk_figures(desk, &figures);
    json_t *described = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "desk", dispatch->options.desk_name, "regime",
        policy->name, "regime_digest", policy->digest, "people_digest", roster_digest(desk_roster(desk)),
        "zone", zone_name(policy->zone), "open_tickets", number(figures.open_tickets), "running_clocks",
        number(figures.running_clocks), "breached_clocks", number(figures.breached_clocks), "queued_notices",
        number(figures.queued_notices), "journal_sequence", number(figures.journal_sequence));

    json_object_set_new(described, "paused_clocks", number(figures.paused_clocks));
    json_object_set_new(described, "held_notices", number(figures.held_notices));
    json_object_set_new(described, "notices_to_release", number(figures.release_notices));
    if (with_digest) {
        desk_digest(desk, digest);
        json_object_set_new(described, "digest", json_string(digest));
    }
    return described;
}

static json_t *describe_desks(const struct dispatch *dispatch, bool with_digest)
{
    json_t *desks = json_array();

    for (size_t i = 0; i < dispatch->all_count; i++)
        json_array_append_new(desks, describe_desk(dispatch->all[i], with_digest));
    return desks;
}

static bool are_databases_connected(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->all_count; i++)
        if (!writer_is_connected(dispatch->all[i]->options.writer))
            return false;
    return true;
}

static void info(struct dispatch *dispatch, const struct request *request)
{
    bool with_digest = json_is_true(json_object_get(request->params, "digest"));
    int64_t up_ms = clock_monotonic_ms() - dispatch->started_at_ms;

    answer(dispatch, request,
           json_pack("{s:s, s:I, s:b, s:s, s:o}", "version", DUBAN_VERSION, "uptime_s",
                     (json_int_t)(up_ms / MSEC_SECOND), "database_connected",
                     are_databases_connected(dispatch), "log_level", log_level_name(log_level()), "desks",
                     describe_desks(dispatch, with_digest)));
}

/* ---- stats ---- */

static json_t *desk_stats(const struct dispatch *dispatch)
{
    struct desk_figures figures;

    desk_figures(dispatch->options.desk, &figures);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "open_tickets",
        number(figures.open_tickets), "held_notices", number(figures.held_notices), "notices_to_release",
        number(figures.release_notices), "rungs_skipped", number(figures.incidents[INCIDENT_SKIPPED]),
        "rungs_unreached", number(figures.incidents[INCIDENT_UNREACHED]), "rungs_undelivered",
        number(figures.incidents[INCIDENT_UNDELIVERED]), "running_clocks", number(figures.running_clocks),
        "paused_clocks", number(figures.paused_clocks), "breached_clocks", number(figures.breached_clocks),
        "queued_notices", number(figures.queued_notices), "memory_bytes", number(figures.memory_bytes),
        "journal_sequence", number(figures.journal_sequence));
}

static json_t *stall_stats(const struct stall_figures *stalls)
{
    json_t *buckets = json_array();

    for (size_t i = 0; i < STALL_BUCKETS; i++) {
        json_t *bucket = json_object();

        if (stall_bounds_us[i] != INT64_MAX)
            json_object_set_new(bucket, "up_to_us", json_integer(stall_bounds_us[i]));
        json_object_set_new(bucket, "count", number(stalls->counts[i]));
        json_array_append_new(buckets, bucket);
    }
    return buckets;
}

static json_t *loop_stats(const struct dispatch *dispatch)
{
    struct loop_figures figures;

    loop_figures(dispatch->options.loop, &figures);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o}", "wakes_at",
        instant(dispatch, figures.wakes_at), "turns", number(figures.turns), "events", number(figures.events),
        "refused_unavailable", number(figures.refused_unavailable), "timed_out", number(figures.timed_out),
        "clock_steps", number(figures.clock_steps), "waiting_rows", number(figures.waiting_rows),
        "last_lag_ms", (json_int_t)figures.last_lag_ms, "max_lag_ms", (json_int_t)figures.max_lag_ms,
        "max_stall_us", (json_int_t)figures.stalls.max_us, "stalls", stall_stats(&figures.stalls));
}

static json_t *writer_stats(const struct dispatch *dispatch)
{
    struct writer_figures figures;

    writer_figures(dispatch->options.writer, &figures);
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:I}", "connected",
                     writer_is_connected(dispatch->options.writer), "batches", number(figures.batches),
                     "rows", number(figures.rows), "largest_batch", number(figures.largest_batch), "retries",
                     number(figures.retries), "reconnects", number(figures.reconnects), "last_commit_us",
                     (json_int_t)figures.last_commit_us);
}

static json_t *reader_stats(const struct dispatch *dispatch)
{
    struct reader_figures figures;

    reader_figures(dispatch->options.reader, &figures);
    return json_pack("{s:o, s:o, s:o}", "reads", number(figures.reads), "unavailable",
                     number(figures.unavailable), "waiting", number(figures.waiting));
}

static json_t *server_stats(const struct dispatch *dispatch)
{
    struct server_figures figures;

    server_figures(dispatch->options.server, &figures);
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"connections_open", figures.connections_open},
        {"connections_total", figures.connections_total},
        {"connections_refused", figures.connections_refused},
        {"requests", figures.requests},
        {"notifications_ignored", figures.notifications_ignored},
        {"permission_denied", figures.permission_denied},
        {"overloaded", figures.overloaded},
        {"lines_too_long", figures.lines_too_long},
        {"bytes_in", figures.bytes_in},
        {"bytes_out", figures.bytes_out},
        {"dropped_slow", figures.dropped_slow},
        {"events_lost", figures.events_lost},
        {"subscriptions_open", figures.subscriptions_open},
        {"unsent_bytes", figures.unsent_bytes},
        {"weight_bytes", figures.weight_bytes},
    };
    json_t *stats = json_object();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        json_object_set_new(stats, rows[i].name, number(rows[i].value));
    return stats;
}

static json_t *sender_stats(const struct dispatch *dispatch)
{
    struct courier_figures figures;

    courier_figures(dispatch->options.courier, &figures);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "jobs", number(figures.jobs), "accepted",
                     number(figures.accepted), "deferred", number(figures.deferred), "refused",
                     number(figures.refused), "killed", number(figures.killed), "starts",
                     number(figures.restarts), "last_accepted_at_ms",
                     (json_int_t)figures.last_accepted_at_ms);
}

static json_t *load_stats(const struct dispatch *dispatch)
{
    const struct load_report *loaded = dispatch->options.loaded;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "tickets", number(loaded->tickets), "clocks",
                     number(loaded->clocks), "notices", number(loaded->notices), "keys", number(loaded->keys),
                     "records", number(loaded->records), "quarantined", number(loaded->quarantined),
                     "took_ms", (json_int_t)loaded->took_ms);
}

static void stats(struct dispatch *dispatch, const struct request *request)
{
    static const struct {
        const char *name;
        json_t *(*describe)(const struct dispatch *dispatch);
    } parts[] = {
        {"desk", desk_stats},     {"loop", loop_stats},     {"writer", writer_stats},
        {"reader", reader_stats}, {"server", server_stats}, {"sender", sender_stats},
        {"load", load_stats},
    };
    int64_t up_ms = clock_monotonic_ms() - dispatch->started_at_ms;
    json_t *result = json_pack("{s:I}", "uptime_s", (json_int_t)(up_ms / MSEC_SECOND));

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        json_object_set_new(result, parts[i].name, parts[i].describe(dispatch));
    answer(dispatch, request, result);
}

/* ---- the rest ---- */

static void answer_refusal(struct dispatch *dispatch, const struct request *request,
                           const struct refusal *refusal)
{
    server_answer_error(dispatch->options.server, request->token, refusal->error, refusal->field,
                        refusal->why);
    free(refusal->why);
}

static void reload(struct dispatch *dispatch, const struct request *request)
{
    struct refusal refusal = {0};

    if (!dispatch->options.reload(dispatch->options.context, request, &refusal))
        answer_refusal(dispatch, request, &refusal);
}

static void import_calendar(struct dispatch *dispatch, const struct request *request)
{
    struct refusal refusal = {0};

    if (!dispatch->options.import_calendar(dispatch->options.context, request, &refusal))
        answer_refusal(dispatch, request, &refusal);
}

static void lint_regime(struct dispatch *dispatch, const struct request *request)
{
    const char *name = json_string_value(json_object_get(request->params, "language"));
    const char *text = json_string_value(json_object_get(request->params, "text"));
    enum language language = desk_policy(dispatch->options.desk)->language;
    char *why = NULL;

    if (name && !language_find(name, &language)) {
        server_answer_error(dispatch->options.server, request->token, RPC_INVALID_PARAMS, "language",
                            "language is zh or en");
        return;
    }
    json_t *result = dispatch->options.lint(dispatch->options.context, text, language, &why);

    if (result)
        answer(dispatch, request, result);
    else
        server_answer_error(dispatch->options.server, request->token,
                            text ? RPC_INVALID_PARAMS : RPC_INVALID_STATE, text ? "text" : NULL, why);
    free(why);
}

static void set_log_level(struct dispatch *dispatch, const struct request *request)
{
    const char *name = json_string_value(json_object_get(request->params, "level"));
    enum log_level level;

    if (!name || !log_level_find(name, &level)) {
        server_answer_error(dispatch->options.server, request->token, RPC_INVALID_PARAMS, "level",
                            "one of error, warning, info, debug");
        return;
    }
    log_set_level(level);
    answer(dispatch, request, json_pack("{s:s}", "level", log_level_name(level)));
}

static void discover(struct dispatch *dispatch, const struct request *request)
{
    if (!dispatch->discovered) {
        json_t *document = methods_discover();

        dispatch->discovered = json_dumps(document, JSON_COMPACT);
        json_decref(document);
    }
    if (!dispatch->discovered)
        abort();
    server_answer_result(dispatch->options.server, request->token, dispatch->discovered);
}

static void get_report(struct dispatch *dispatch, const struct request *request)
{
    reports_answer(dispatch->options.reports, request);
}

static void subscribe(struct dispatch *dispatch, const struct request *request)
{
    server_subscribe(dispatch->options.server, request);
}

static void unsubscribe(struct dispatch *dispatch, const struct request *request)
{
    server_unsubscribe(dispatch->options.server, request);
}

static const struct {
    const char *method;
    void (*handle)(struct dispatch *dispatch, const struct request *request);
} handlers[] = {
    {"system.hello", hello},
    {"system.ping", ping},
    {"system.info", info},
    {"system.stats", stats},
    {"system.reload", reload},
    {"policy.lint", lint_regime},
    {"system.log_level", set_log_level},
    {"calendar.import", import_calendar},
    {"rpc.discover", discover},
    {"report.get", get_report},
    {"event.subscribe", subscribe},
    {"event.unsubscribe", unsubscribe},
};

void dispatch_handle(void *context, const struct request *request)
{
    struct dispatch *dispatch = context;

    for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++) {
        if (strcmp(handlers[i].method, request->method->name) != 0)
            continue;
        handlers[i].handle(dispatch, request);
        return;
    }
    server_answer_error(dispatch->options.server, request->token, RPC_METHOD_NOT_FOUND, NULL,
                        "this method exists in replay files only");
}

struct dispatch *dispatch_create(const struct dispatch_options *options)
{
    struct dispatch *dispatch = memory_new(1, sizeof(*dispatch));

    dispatch->options = *options;
    dispatch->started_at_ms = clock_monotonic_ms();
    dispatch_introduce(dispatch, &dispatch, 1);
    return dispatch;
}

void dispatch_introduce(struct dispatch *dispatch, struct dispatch *const all[], size_t count)
{
    dispatch->all = memory_resize(dispatch->all, count, sizeof(*dispatch->all));
    dispatch->all_count = count;
    memcpy(dispatch->all, all, count * sizeof(*all));
}

void dispatch_destroy(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    free(dispatch->discovered);
    free(dispatch->all);
    free(dispatch);
}
