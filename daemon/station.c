/*
 * A station: one desk with everything that it shares with nobody.
 *
 * Made by service.c, once for each desk of the configuration, in this order: policy and people, leadership,
 * the versions that verdicts will name, everything open into memory, then its own hands: a loop, a writer, a
 * reader, senders. Desks share the process, its event base and the socket, and nothing of what they know: a
 * desk could move to another daemon, or another machine, without its neighbours noticing.
 *
 * Whatever fails on the way is logged where it fails, and every field is set or NULL, so that going down
 * works from wherever coming up got to.
 */
#include "daemon/station.h"

#include "daemon/calendars.h"
#include "daemon/clock.h"
#include "daemon/lint_answer.h"
#include "daemon/log.h"
#include "daemon/readiness.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#define LOAD_PATIENCE_S 600 /* what the service manager is asked for while everything open is loaded */

/* ---- policy and people ---- */

static struct reload reload_of(struct station *station)
{
    return (struct reload){
        .config = station->config,
        .leadership = &station->leadership,
        .desk = station->desk,
        .loop = station->loop,
    };
}

/* By `how`, which is reload_run or reload_import. */
static bool reload_by(struct station *station,
                      bool (*how)(const struct reload *, const struct request *, struct refusal *),
                      const struct request *request, struct refusal *ret_refusal)
{
    const struct reload what = reload_of(station);

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
    struct station *station = context;

    return lint_answer(station->config, text, language, clock_wall(), ret_why);
}

static bool import_calendar(void *context, const struct request *request, struct refusal *ret_refusal)
{
    return reload_by(context, reload_import, request, ret_refusal);
}

/* ---- coming up ---- */

static int make_desk(struct station *station)
{
    const struct settings *settings = config_settings(station->config);
    const struct desk_options options = {
        .name = settings->desk,
        .mail_domain = settings->domain,
        .customer_domain = config_customer_domain(station->config),
        .customer_every_ms = MSEC_MINUTE / settings->customer_rate,
        .senders = (unsigned)settings->senders,
    };
    struct policy *policy;
    struct roster *roster;
    char *why = config_load(station->config, &policy, &roster);

    if (why)
        return log_failure("regime_refused", why, EX_CONFIG);
    station->desk = desk_create(&options, policy, roster, clock_wall());
    config_keep(station->config);
    return EX_OK;
}

/* What can't be mended by waiting must not be tried again every second. */
static int exit_code_of(int loader_outcome)
{
    return loader_outcome == LOADER_REFUSED ? EX_CONFIG : EX_TEMPFAIL;
}

int station_lead(struct station *station)
{
    const struct settings *settings = config_settings(station->config);
    int wait_s = (int)((settings->leader_wait_ms + 999) / 1000);
    char *why = NULL;

    readiness_status("Waiting to lead the desk");
    readiness_extend_start(wait_s + 60);
    int outcome = loader_lead(settings->conninfo, settings->desk, wait_s, &station->leadership, &why);

    if (outcome != LOADER_DONE)
        return log_failure("not_leading", why, exit_code_of(outcome));
    station->leads = true;
    log_info("event=leading desk=%s epoch=%" PRIu64 " last_batch=%" PRIu64, settings->desk,
             station->leadership.epoch, station->leadership.last_batch);
    return EX_OK;
}

/* The desk was made from the files alone, so that a bad regime is found before we wait to lead. Calendars
   that were imported go before their files: with them it is made again. */
static int import_calendars(struct station *station)
{
    struct imported_calendars *imported = config_imported(station->config);
    char *why = calendars_load(&station->leadership, imported);

    if (why)
        return log_failure("not_loaded", why, EX_TEMPFAIL);
    if (imported->count == 0)
        return EX_OK;
    desk_destroy(station->desk);
    station->desk = NULL;
    return make_desk(station);
}

static int load_open(struct station *station)
{
    const struct settings *settings = config_settings(station->config);
    const struct load_report *loaded = &station->loaded;
    const struct reload what = reload_of(station);
    char *why = reload_store_versions(&what);

    if (why)
        return log_failure("not_loaded", why, EX_TEMPFAIL);
    readiness_status("Loading open tickets");
    readiness_extend_start(LOAD_PATIENCE_S);
    int outcome =
        loader_load(&station->leadership, settings->conninfo, station->desk, &station->loaded, &why);

    if (outcome != LOADER_DONE)
        return log_failure("not_loaded", why, exit_code_of(outcome));
    desk_restore_done(station->desk, clock_wall());
    log_info(
        "event=loaded desk=%s tickets=%zu clocks=%zu notices=%zu keys=%zu quarantined=%zu took_ms=%" PRId64,
        settings->desk, loaded->tickets, loaded->clocks, loaded->notices, loaded->keys, loaded->quarantined,
        loaded->took_ms);
    return EX_OK;
}

int station_load(struct station *station)
{
    int exit_code = import_calendars(station);

    return exit_code == EX_OK ? load_open(station) : exit_code;
}

int station_open(struct station *station, const struct config *config, size_t desk)
{
    *station = (struct station){.config = config_of_desk(config, desk)};
    return make_desk(station);
}

/* ---- its hands ---- */

static int make_database(struct station *station, struct event_base *base)
{
    const struct settings *settings = config_settings(station->config);
    const struct writer_options options = {
        .conninfo = settings->conninfo,
        .desk = station->leadership.desk,
        .epoch = station->leadership.epoch,
        .last_batch = station->leadership.last_batch,
        .journal_head = station->leadership.journal_head,
    };
    const struct writer_hooks hooks = loop_writer_hooks(station->loop);
    int outcome = writer_create(base, &options, &hooks, &station->writer);

    if (outcome == 0)
        outcome = reader_create(base, settings->conninfo, &station->reader);
    if (outcome == 0)
        outcome = reports_create(base, settings->conninfo, station->desk, station->leadership.desk,
                                 &station->reports);
    return outcome == 0 ? EX_OK : log_failure_errno("no_database_connection", outcome);
}

static int make_courier(struct station *station, struct event_base *base)
{
    const struct settings *settings = config_settings(station->config);
    char *line = config_sender_line(station->config);
    const struct courier_options options = {
        .program = settings->program,
        .configure = line,
        .webhook_channel = settings->webhook_channel,
        .webhook_rate = settings->webhook_rate,
        .senders = settings->senders,
        .deadline_s = (int)(settings->deadline_ms / 1000),
    };
    const struct courier_hooks hooks = loop_courier_hooks(station->loop);
    int outcome = courier_create(base, &options, &hooks, &station->courier);

    free(line);
    return outcome == 0 ? EX_OK : log_failure_errno("no_senders", outcome);
}

int station_make_hands(struct station *station, struct event_base *base)
{
    station->loop = loop_create(base, station->desk, station->leadership.desk);
    int exit_code = make_database(station, base);

    return exit_code == EX_OK ? make_courier(station, base) : exit_code;
}

void station_attach(struct station *station, struct server *server, size_t place)
{
    const struct dispatch_options options = {
        .desk_name = config_settings(station->config)->desk,
        .desk = station->desk,
        .loop = station->loop,
        .server = server,
        .writer = station->writer,
        .courier = station->courier,
        .reader = station->reader,
        .reports = station->reports,
        .loaded = &station->loaded,
        .context = station,
        .reload = reload,
        .lint = look,
        .import_calendar = import_calendar,
    };

    reports_attach(station->reports, server);
    station->dispatch = dispatch_create(&options);
    const struct loop_hands hands = {
        .server = server,
        .place = place,
        .writer = station->writer,
        .reader = station->reader,
        .courier = station->courier,
        .reports = station->reports,
        .on_hand = dispatch_handle,
        .context = station->dispatch,
    };

    loop_attach(station->loop, &hands);
}

/* ---- in service ---- */

void station_hang_up(struct station *station)
{
    struct refusal refusal = {0};

    if (!reload(station, NULL, &refusal))
        free(refusal.why); /* it was logged */
}

void station_begin(struct station *station)
{
    const struct policy *policy = desk_policy(station->desk);
    const struct reload what = reload_of(station);

    log_info("event=ready version=%s desk=%s regime=%s digest=%s tickets=%zu", DUBAN_VERSION,
             config_settings(station->config)->desk, policy->name, policy->digest, station->loaded.tickets);
    reload_catch_up(&what);
}

/* ---- going down ---- */

void station_stop_reading(struct station *station)
{
    if (station->reader)
        reader_destroy(station->reader); /* first: what it still owes is answered through the others */
    reports_destroy(station->reports);
    courier_destroy(station->courier);
}

void station_stop_writing(struct station *station)
{
    if (station->writer)
        writer_destroy(station->writer);
    loop_destroy(station->loop);
    dispatch_destroy(station->dispatch);
}

void station_close(struct station *station)
{
    if (station->leads)
        loader_resign(&station->leadership);
    desk_destroy(station->desk);
    config_close(station->config);
}
