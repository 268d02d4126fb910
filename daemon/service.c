/*
 * The service: from a configuration to running desks and back.
 *
 * Called by main.c. Coming up blocks and is done in order: every desk's files are read before the first waits
 * to be led, so that a mistake in one is found while nothing was touched; then all are led and loaded
 * (station.c), their hands are made and wired to the socket, the service manager hears that we are ready, and
 * the loops turn. A daemon leads all of its desks or none: whatever fails takes down everything made so far,
 * in the opposite order, so every field of struct service is either set or NULL.
 */
#include "daemon/service.h"

#include "daemon/log.h"
#include "daemon/readiness.h"
#include "daemon/station.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct service {
    struct config *config;
    const char *socket_path;
    struct station stations[SETTINGS_DESKS_MAX];
    size_t station_count;
    struct event_base *base;
    struct peer_table *peers;
    struct server *server;
    struct event *signals[3];
};

/* ---- coming up ---- */

static int open_stations(struct service *service)
{
    size_t count = config_settings(service->config)->desk_count;
    int exit_code = EX_OK;

    while (exit_code == EX_OK && service->station_count < count) {
        size_t index = service->station_count++;

        exit_code = station_open(&service->stations[index], service->config, index);
    }
    return exit_code;
}

/* One step of all desks, up to the first that fails. */
static int each_station(struct service *service, int (*step)(struct station *station))
{
    int exit_code = EX_OK;

    for (size_t i = 0; exit_code == EX_OK && i < service->station_count; i++)
        exit_code = step(&service->stations[i]);
    return exit_code;
}

static int lead(struct service *service)
{
    return each_station(service, station_lead);
}

static int load(struct service *service)
{
    return each_station(service, station_load);
}

static int make_base(struct service *service)
{
    struct event_config *how = event_config_new();

    if (how) {
        event_config_set_flag(how, EVENT_BASE_FLAG_PRECISE_TIMER);
        service->base = event_base_new_with_config(how);
        event_config_free(how);
    }
    return service->base ? EX_OK : log_failure_errno("no_event_loop", -ENOMEM);
}

static int make_hands(struct service *service)
{
    int exit_code = EX_OK;

    for (size_t i = 0; exit_code == EX_OK && i < service->station_count; i++)
        exit_code = station_make_hands(&service->stations[i], service->base);
    return exit_code;
}

static int report_server(const struct server_options *options, int outcome)
{
    static const char *const reasons[] = {
        [SERVER_PATH_IN_USE] = "another daemon answers there",
        [SERVER_NO_SUCH_GROUP] = "there is no such group",
        [SERVER_NOT_A_SOCKET] = "what is there is no socket",
    };

    if (outcome == SERVER_CREATED)
        return EX_OK;
    log_error("event=not_listening socket=%s group=%s reason=%s", options->path, options->group,
              outcome < 0 ? strerror(-outcome) : reasons[outcome]);
    return outcome < 0 ? EX_OSERR : EX_CONFIG;
}

static int make_server(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    struct server_desk desks[SETTINGS_DESKS_MAX];
    char *why = config_peers(service->config, &service->peers);

    if (why)
        return log_failure("roles_refused", why, EX_CONFIG);
    for (size_t i = 0; i < service->station_count; i++)
        desks[i] =
            (struct server_desk){settings->desks[i].name, loop_server_hooks(service->stations[i].loop)};
    const struct server_options options = {
        .path = service->socket_path ? service->socket_path : settings->socket,
        .group = *settings->group ? settings->group : NULL,
        .listen_fd = readiness_listen_fd(),
        .peers = service->peers,
    };

    return report_server(
        &options, server_create(service->base, &options, desks, service->station_count, &service->server));
}

static int attach(struct service *service)
{
    struct dispatch *all[SETTINGS_DESKS_MAX];

    for (size_t i = 0; i < service->station_count; i++) {
        station_attach(&service->stations[i], service->server, i);
        all[i] = service->stations[i].dispatch;
    }
    for (size_t i = 0; i < service->station_count; i++)
        dispatch_introduce(all[i], all, service->station_count);
    return EX_OK;
}

static void on_stop(evutil_socket_t number, short what, void *context)
{
    struct service *service = context;

    (void)what;
    log_info("event=stopping signal=%d", (int)number);
    readiness_stopping("Finishing what was begun");
    for (size_t i = 0; i < service->station_count; i++)
        loop_drain(service->stations[i].loop);
}

static void on_hang_up(evutil_socket_t number, short what, void *context)
{
    struct service *service = context;

    (void)number;
    (void)what;
    for (size_t i = 0; i < service->station_count; i++)
        station_hang_up(&service->stations[i]);
}

/* The desk that moves least speaks for all. */
static void gather_signs(void *context, struct readiness_signs *ret_signs)
{
    struct service *service = context;

    loop_signs(service->stations[0].loop, ret_signs);
    for (size_t i = 1; i < service->station_count; i++) {
        struct readiness_signs signs;

        loop_signs(service->stations[i].loop, &signs);
        ret_signs->turns = signs.turns < ret_signs->turns ? signs.turns : ret_signs->turns;
        ret_signs->database_connected = ret_signs->database_connected && signs.database_connected;
        if (signs.unanswered_ms > ret_signs->unanswered_ms)
            ret_signs->unanswered_ms = signs.unanswered_ms;
        if (signs.behind_ms > ret_signs->behind_ms)
            ret_signs->behind_ms = signs.behind_ms;
    }
}

static int make_signals(struct service *service)
{
    static const struct {
        int number;
        event_callback_fn callback;
    } rows[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_hang_up}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        service->signals[i] = evsignal_new(service->base, rows[i].number, rows[i].callback, service);
        if (!service->signals[i] || event_add(service->signals[i], NULL) < 0)
            return log_failure_errno("no_signals", -ENOMEM);
    }
    int outcome = readiness_watch(service->base, gather_signs, service);

    return outcome == 0 ? EX_OK : log_failure_errno("no_watchdog", outcome);
}

/* ---- going down ---- */

static void take_down(struct service *service)
{
    for (size_t i = 0; i < sizeof(service->signals) / sizeof(*service->signals); i++)
        if (service->signals[i])
            event_free(service->signals[i]);
    for (size_t i = 0; i < service->station_count; i++)
        station_stop_reading(&service->stations[i]);
    if (service->server)
        server_destroy(service->server);
    for (size_t i = 0; i < service->station_count; i++)
        station_stop_writing(&service->stations[i]);
    peer_table_destroy(service->peers);
    readiness_close();
    for (size_t i = 0; i < service->station_count; i++)
        station_close(&service->stations[i]);
    if (service->base)
        event_base_free(service->base);
}

static int serve(struct service *service)
{
    struct loop *loops[SETTINGS_DESKS_MAX];

    for (size_t i = 0; i < service->station_count; i++) {
        station_begin(&service->stations[i]);
        loops[i] = service->stations[i].loop;
    }
    readiness_ready("Serving");
    int outcome = loop_run(loops, service->station_count);

    readiness_stopping("Stopping");
    log_info("event=stopped outcome=%s", outcome == LOOP_DRAINED ? "drained" : "fatal");
    return outcome == LOOP_DRAINED ? EX_OK : EX_TEMPFAIL;
}

int service_run(struct config *config, const char *socket_path)
{
    static int (*const steps[])(struct service *) = {
        open_stations, lead, load, make_base, make_hands, make_server, attach, make_signals, serve,
    };
    struct service *service = memory_new(1, sizeof(*service));
    int exit_code = EX_OK;

    service->config = config;
    service->socket_path = socket_path;
    for (size_t i = 0; exit_code == EX_OK && i < sizeof(steps) / sizeof(*steps); i++)
        exit_code = steps[i](service);
    take_down(service);
    free(service);
    return exit_code;
}
