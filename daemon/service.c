/*
 * The service: from a configuration to a running desk and back.
 *
 * Called by main.c. Coming up blocks and is done in order: policy and people, leadership, the versions that
 * verdicts will name, everything open into memory; then the hands are made and wired to the loop, the service
 * manager hears that we are ready, and the loop turns. Whatever fails on the way is logged and everything
 * made so far is taken down in the opposite order, so every field of struct service is either set or NULL.
 */
#include "daemon/service.h"

#include "daemon/calendars.h"
#include "daemon/clock.h"
#include "daemon/dispatch.h"
#include "daemon/lint_answer.h"
#include "daemon/loader.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/reader.h"
#include "daemon/readiness.h"
#include "daemon/reload.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define LOAD_PATIENCE_S 600 /* what the service manager is asked for while everything open is loaded */

struct service {
    struct config *config;
    const char *socket_path;
    struct leadership leadership;
    bool leads;
    struct desk *desk;
    struct load_report loaded;
    struct event_base *base;
    struct peer_table *peers;
    struct loop *loop;
    struct writer *writer;
    struct reader *reader;
    struct courier *courier;
    struct server *server;
    struct dispatch *dispatch;
    struct event *signals[3];
};

/* Logs `why` and lets go of it; for the way up, where every step can fail. */
static int fail(const char *what, char *why, int exit_code)
{
    log_error("event=%s reason=%s", what, why);
    free(why);
    return exit_code;
}

static int fail_errno(const char *what, int outcome)
{
    log_error("event=%s reason=%s", what, outcome < 0 ? strerror(-outcome) : "refused");
    return EX_OSERR;
}

/* ---- policy and people ---- */

static struct reload reload_of(struct service *service)
{
    return (struct reload){
        .config = service->config,
        .leadership = &service->leadership,
        .desk = service->desk,
        .loop = service->loop,
    };
}

/* By `how`, which is reload_run or reload_import. */
static bool reload_by(struct service *service,
                      bool (*how)(const struct reload *, const struct request *, struct refusal *),
                      const struct request *request, struct refusal *ret_refusal)
{
    const struct reload what = reload_of(service);

    readiness_reloading();
    bool is_taken = how(&what, request, ret_refusal);

    readiness_ready(is_taken ? "Serving" : "Serving; the last reload was refused");
    return is_taken;
}

static bool reload(void *context, const struct request *request, struct refusal *ret_refusal)
{
    return reload_by(context, reload_run, request, ret_refusal);
}

static json_t *look(void *context, const char *text, enum language language, char **ret_why)
{
    struct service *service = context;

    return lint_answer(service->config, text, language, clock_wall(), ret_why);
}

static bool import_calendar(void *context, const struct request *request, struct refusal *ret_refusal)
{
    return reload_by(context, reload_import, request, ret_refusal);
}

/* ---- coming up ---- */

static int make_desk(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    const struct desk_options options = {.name = settings->desk, .mail_domain = settings->domain};
    struct policy *policy;
    struct roster *roster;
    char *why = config_load(service->config, &policy, &roster);

    if (why)
        return fail("regime_refused", why, EX_CONFIG);
    service->desk = desk_create(&options, policy, roster, clock_wall());
    config_keep(service->config);
    return EX_OK;
}

/* What can't be mended by waiting must not be tried again every second. */
static int exit_code_of(int loader_outcome)
{
    return loader_outcome == LOADER_REFUSED ? EX_CONFIG : EX_TEMPFAIL;
}

static int lead(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    int wait_s = (int)((settings->leader_wait_ms + 999) / 1000);
    char *why = NULL;

    readiness_status("Waiting to lead the desk");
    readiness_extend_start(wait_s + 60);
    int outcome = loader_lead(settings->conninfo, settings->desk, wait_s, &service->leadership, &why);

    if (outcome != LOADER_DONE)
        return fail("not_leading", why, exit_code_of(outcome));
    service->leads = true;
    log_info("event=leading desk=%s epoch=%" PRIu64 " last_batch=%" PRIu64, settings->desk,
             service->leadership.epoch, service->leadership.last_batch);
    return EX_OK;
}

/* The desk was made from the files alone, so that a bad regime is found before we wait to lead. Calendars
   that were imported go before their files: with them it is made again. */
static int import_calendars(struct service *service)
{
    struct imported_calendars *imported = config_imported(service->config);
    char *why = calendars_load(&service->leadership, imported);

    if (why)
        return fail("not_loaded", why, EX_TEMPFAIL);
    if (imported->count == 0)
        return EX_OK;
    desk_destroy(service->desk);
    service->desk = NULL;
    return make_desk(service);
}

static int load(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    const struct load_report *loaded = &service->loaded;
    const struct reload what = reload_of(service);
    char *why = reload_store_versions(&what);

    if (why)
        return fail("not_loaded", why, EX_TEMPFAIL);
    readiness_status("Loading open tickets");
    readiness_extend_start(LOAD_PATIENCE_S);
    int outcome =
        loader_load(&service->leadership, settings->conninfo, service->desk, &service->loaded, &why);

    if (outcome != LOADER_DONE)
        return fail("not_loaded", why, exit_code_of(outcome));
    desk_restore_done(service->desk, clock_wall());
    log_info(
        "event=loaded desk=%s tickets=%zu clocks=%zu notices=%zu keys=%zu quarantined=%zu took_ms=%" PRId64,
        settings->desk, loaded->tickets, loaded->clocks, loaded->notices, loaded->keys, loaded->quarantined,
        loaded->took_ms);
    return EX_OK;
}

static int make_base(struct service *service)
{
    struct event_config *how = event_config_new();

    if (how) {
        event_config_set_flag(how, EVENT_BASE_FLAG_PRECISE_TIMER);
        service->base = event_base_new_with_config(how);
        event_config_free(how);
    }
    return service->base ? EX_OK : fail_errno("no_event_loop", -ENOMEM);
}

static int make_database(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    const struct writer_options options = {
        .conninfo = settings->conninfo,
        .desk = service->leadership.desk,
        .epoch = service->leadership.epoch,
        .last_batch = service->leadership.last_batch,
        .journal_head = service->leadership.journal_head,
    };
    const struct writer_hooks hooks = loop_writer_hooks(service->loop);
    int outcome = writer_create(service->base, &options, &hooks, &service->writer);

    if (outcome == 0)
        outcome = reader_create(service->base, settings->conninfo, &service->reader);
    return outcome == 0 ? EX_OK : fail_errno("no_database_connection", outcome);
}

static int make_courier(struct service *service)
{
    const struct settings *settings = config_settings(service->config);
    char *line = config_sender_line(service->config);
    const struct courier_options options = {
        .program = settings->program,
        .configure = line,
        .webhook_channel = settings->webhook_channel,
        .webhook_rate = settings->webhook_rate,
        .senders = settings->senders,
        .deadline_s = (int)(settings->deadline_ms / 1000),
    };
    const struct courier_hooks hooks = loop_courier_hooks(service->loop);
    int outcome = courier_create(service->base, &options, &hooks, &service->courier);

    free(line);
    return outcome == 0 ? EX_OK : fail_errno("no_senders", outcome);
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
    const struct server_hooks hooks = loop_server_hooks(service->loop);
    char *why = config_peers(service->config, &service->peers);

    if (why)
        return fail("roles_refused", why, EX_CONFIG);
    const struct server_options options = {
        .path = service->socket_path ? service->socket_path : settings->socket,
        .group = *settings->group ? settings->group : NULL,
        .listen_fd = readiness_listen_fd(),
        .peers = service->peers,
    };

    return report_server(&options, server_create(service->base, &options, &hooks, &service->server));
}

static int make_dispatch(struct service *service)
{
    const struct dispatch_options options = {
        .desk_name = config_settings(service->config)->desk,
        .desk = service->desk,
        .loop = service->loop,
        .server = service->server,
        .writer = service->writer,
        .courier = service->courier,
        .reader = service->reader,
        .loaded = &service->loaded,
        .context = service,
        .reload = reload,
        .lint = look,
        .import_calendar = import_calendar,
    };

    service->dispatch = dispatch_create(&options);
    const struct loop_hands hands = {
        .server = service->server,
        .writer = service->writer,
        .reader = service->reader,
        .courier = service->courier,
        .on_hand = dispatch_handle,
        .context = service->dispatch,
    };

    loop_attach(service->loop, &hands);
    return EX_OK;
}

static int make_loop(struct service *service)
{
    service->loop = loop_create(service->base, service->desk, service->leadership.desk);
    return EX_OK;
}

static void on_stop(evutil_socket_t number, short what, void *context)
{
    struct service *service = context;

    (void)what;
    log_info("event=stopping signal=%d", (int)number);
    readiness_stopping("Finishing what was begun");
    loop_drain(service->loop);
}

static void on_hang_up(evutil_socket_t number, short what, void *context)
{
    (void)number;
    (void)what;
    struct refusal refusal = {0};

    if (!reload(context, NULL, &refusal))
        free(refusal.why); /* it was logged */
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
            return fail_errno("no_signals", -ENOMEM);
    }
    int outcome = readiness_watch(service->base, loop_signs, service->loop);

    return outcome == 0 ? EX_OK : fail_errno("no_watchdog", outcome);
}

/* ---- going down ---- */

static void take_down(struct service *service)
{
    for (size_t i = 0; i < sizeof(service->signals) / sizeof(*service->signals); i++)
        if (service->signals[i])
            event_free(service->signals[i]);
    if (service->reader)
        reader_destroy(service->reader); /* first: what it still owes is answered through the others */
    courier_destroy(service->courier);
    if (service->server)
        server_destroy(service->server);
    if (service->writer)
        writer_destroy(service->writer);
    loop_destroy(service->loop);
    dispatch_destroy(service->dispatch);
    peer_table_destroy(service->peers);
    readiness_close();
    if (service->leads)
        loader_resign(&service->leadership);
    desk_destroy(service->desk);
    if (service->base)
        event_base_free(service->base);
}

static int serve(struct service *service)
{
    const struct settings *settings = config_settings(service->config);

    log_info("event=ready version=%s desk=%s regime=%s digest=%s tickets=%zu", DUBAN_VERSION, settings->desk,
             desk_policy(service->desk)->name, desk_policy(service->desk)->digest, service->loaded.tickets);
    const struct reload what = reload_of(service);

    reload_catch_up(&what);
    readiness_ready("Serving");
    int outcome = loop_run(service->loop);

    readiness_stopping("Stopping");
    log_info("event=stopped outcome=%s", outcome == LOOP_DRAINED ? "drained" : "fatal");
    return outcome == LOOP_DRAINED ? EX_OK : EX_TEMPFAIL;
}

int service_run(struct config *config, const char *socket_path)
{
    static int (*const steps[])(struct service *) = {
        make_desk,     lead,         import_calendars, load,          make_base,    make_loop,
        make_database, make_courier, make_server,      make_dispatch, make_signals, serve,
    };
    struct service service = {.config = config, .socket_path = socket_path};
    int exit_code = EX_OK;

    for (size_t i = 0; exit_code == EX_OK && i < sizeof(steps) / sizeof(*steps); i++)
        exit_code = steps[i](&service);
    take_down(&service);
    return exit_code;
}
