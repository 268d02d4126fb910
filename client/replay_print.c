/*
 * Replay's output, one JSON object a line, in the order of decisions.
 *
 * A watcher of the replay engine, made by replay.c. Outside checks read these lines, so members are only ever
 * added, and always at the end of what a kind already has. Lines are written by hand rather than dumped:
 * their members come in the order a person reads them in, and a year of a real log has half a million lines.
 */
#include "client/replay_print.h"

#include "lib/base/instant.h"
#include "lib/rpc.h"
#include "lib/zone.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void print_time(struct replay_printer *printer, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER) {
        text_printf(&printer->line, ",\"%s\":null", name);
        return;
    }
    instant_format(at, zone_offset_s(desk_policy(replay_desk(printer->replay))->zone, at), text);
    text_printf(&printer->line, ",\"%s\":\"%s\"", name, text);
}

static void print_text(struct replay_printer *printer, const char *name, const char *text)
{
    text_printf(&printer->line, ",\"%s\":", name);
    if (text)
        rpc_write_string(&printer->line, text);
    else
        text_add(&printer->line, "null");
}

static void begin_line(struct replay_printer *printer, const char *kind, msec at, uint64_t ticket)
{
    char id[24], text[INSTANT_TEXT];

    text_clear(&printer->line);
    instant_format(at, zone_offset_s(desk_policy(replay_desk(printer->replay))->zone, at), text);
    text_printf(&printer->line, "{\"at\":\"%s\",\"kind\":\"%s\"", text, kind);
    if (!ticket)
        return;
    snprintf(id, sizeof(id), "%" PRIu64, ticket);
    print_text(printer, "ticket", id);
    print_text(printer, "ref", replay_reference(printer->replay, ticket));
}

static void end_line(struct replay_printer *printer)
{
    text_add(&printer->line, "}\n");
    fwrite(printer->line.bytes, 1, printer->line.length, printer->out);
}

static void print_verdict(void *context, const struct verdict_effect *verdict)
{
    struct replay_printer *printer = context;

    begin_line(printer, "clock", verdict->at, verdict->ticket);
    print_text(printer, "clock", verdict->clock);
    print_text(printer, "state", verdict->state);
    print_time(printer, "due_at", verdict->due_at);
    text_printf(&printer->line, ",\"cycle\":%u", verdict->cycle);
    if (verdict->overrun_ms)
        text_printf(&printer->line, ",\"overrun_s\":%" PRId64, verdict->overrun_ms / MSEC_SECOND);
    if (verdict->provisional)
        text_add(&printer->line, ",\"provisional\":true");
    if (verdict->why)
        print_text(printer, "why", verdict->why);
    end_line(printer);
}

static void print_recipient(struct replay_printer *printer, const struct notice_row *row)
{
    text_add(&printer->line, "{\"person\":");
    rpc_write_string(&printer->line, row->recipient);
    print_text(printer, "role", row->role);
    print_text(printer, "address", row->address);
    print_text(printer, "channel", row->channel);
    text_add(&printer->line, "}");
}

static void print_notice(void *context, const struct effect *rows, size_t count)
{
    static const char *const kinds[] = {
        [REPLAY_TOLD] = "notice",
        [REPLAY_HELD] = "held",
        [REPLAY_SUPPRESSED] = "suppressed",
    };
    struct replay_printer *printer = context;
    const struct notice_row *first = rows->notice;
    enum replay_telling telling = replay_telling(first);

    begin_line(printer, kinds[telling], first->at, first->ticket);
    print_text(printer, "template", first->template_name);
    print_text(printer, "clock", first->clock);
    text_printf(&printer->line, ",\"cycle\":%u,\"rung\":%d,\"to\":[", first->cycle, first->rung);
    for (size_t i = 0; i < count; i++) {
        text_add(&printer->line, i ? "," : "");
        print_recipient(printer, rows[i].notice);
    }
    text_add(&printer->line, "]");
    print_text(printer, "reason", telling == REPLAY_TOLD ? first->reason : first->detail);
    if (telling == REPLAY_HELD) {
        print_text(printer, "hold", first->hold);
        print_time(printer, "until", first->ready_at);
    }
    end_line(printer);
}

static void print_item(struct replay_printer *printer, const struct notice_row *item)
{
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, item->ticket);
    text_printf(&printer->line, "{\"ticket\":\"%s\"", id);
    print_text(printer, "ref", replay_reference(printer->replay, item->ticket));
    print_text(printer, "template", item->template_name);
    print_text(printer, "clock", item->clock);
    text_printf(&printer->line, ",\"cycle\":%u,\"rung\":%d", item->cycle, item->rung);
    print_time(printer, "due_at", item->due_at);
    text_add(&printer->line, "}");
}

static void print_digest(void *context, const struct notice_row *digest,
                         const struct notice_row *const *items, size_t count)
{
    struct replay_printer *printer = context;

    begin_line(printer, "notice", digest->at, 0);
    print_text(printer, "template", digest->template_name);
    print_text(printer, "clock", digest->clock);
    text_printf(&printer->line, ",\"cycle\":%u,\"rung\":%d,\"to\":[", digest->cycle, digest->rung);
    print_recipient(printer, digest);
    text_add(&printer->line, "]");
    print_text(printer, "reason", digest->reason);
    text_add(&printer->line, ",\"items\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(&printer->line, i ? "," : "");
        print_item(printer, items[i]);
    }
    text_add(&printer->line, "]");
    end_line(printer);
}

static void print_run(void *context, const struct schedule_run_row *run)
{
    struct replay_printer *printer = context;

    begin_line(printer, run->ticket ? "opened" : "schedule", run->fired_at, run->ticket);
    print_text(printer, "schedule", run->schedule);
    print_text(printer, "register", run->of);
    print_text(printer, "record", run->record);
    print_time(printer, "occurrence_at", run->occurrence_at);
    if (run->ticket)
        print_text(printer, "class", run->class_name);
    print_text(printer, "outcome", run->outcome);
    if (run->overtaken)
        text_printf(&printer->line, ",\"overtaken\":%" PRIu32, run->overtaken);
    end_line(printer);
}

static void print_members(struct replay_printer *printer, const json_t *object)
{
    static const char *const members[] = {"number",     "revision", "stage",     "department", "handler",
                                          "supporting", "credited", "uncounted", "decisions"};

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *value = json_object_get(object, members[i]);
        char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

        if (text)
            text_printf(&printer->line, ",\"%s\":%s", members[i], text);
        free(text);
    }
}

/* A list's tickets, as the file calls them, in its order. */
static void print_listed(struct replay_printer *printer, const json_t *tickets)
{
    const json_t *ticket;
    size_t i;

    if (!tickets)
        return;
    text_add(&printer->line, ",\"tickets\":[");
    json_array_foreach(tickets, i, ticket)
    {
        const char *id = json_string_value(json_object_get(ticket, "ticket"));

        text_add(&printer->line, i ? "," : "");
        rpc_write_string(&printer->line, replay_reference(printer->replay, strtoull(id, NULL, 10)));
    }
    text_add(&printer->line, "]");
}

static void print_answer(void *context, const struct replay_answer *answer)
{
    struct replay_printer *printer = context;

    begin_line(printer, answer->is_accepted ? "accepted" : "refused", replay_now(printer->replay),
               answer->ticket);
    print_text(printer, "method", answer->method);
    if (answer->is_accepted) {
        print_members(printer, answer->result);
        print_listed(printer, json_object_get(answer->result, "tickets"));
    } else {
        const json_t *data = json_object_get(answer->error, "data");

        print_text(printer, "error", json_string_value(json_object_get(data, "name")));
        print_text(printer, "field", json_string_value(json_object_get(data, "field")));
        print_text(printer, "detail", json_string_value(json_object_get(data, "detail")));
    }
    end_line(printer);
}

/* A verdict that stays on record and would be another one today. */
static void print_reviewed(struct replay_printer *printer, const json_t *verdict)
{
    static const char *const members[] = {"clock", "was", "would_be", "due_at", "would_be_due_at"};
    const char *ticket = json_string_value(json_object_get(verdict, "ticket"));

    begin_line(printer, "reviewed", replay_now(printer->replay), strtoull(ticket, NULL, 10));
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        print_text(printer, members[i], json_string_value(json_object_get(verdict, members[i])));
    end_line(printer);
}

static void print_reload(void *context, const struct replay_reload *reload)
{
    struct replay_printer *printer = context;

    begin_line(printer, reload->why ? "refused" : "accepted", replay_now(printer->replay), 0);
    print_text(printer, "method", "system.reload");
    if (reload->why) {
        print_text(printer, "error", "invalid_state");
        print_text(printer, "detail", reload->why);
    } else {
        print_text(printer, "regime", desk_policy(replay_desk(printer->replay))->name);
        text_printf(&printer->line, ",\"moved\":%zu,\"changed\":%zu", reload->moved, reload->changed);
    }
    end_line(printer);
    for (size_t i = 0; i < json_array_size(reload->verdicts); i++)
        print_reviewed(printer, json_array_get(reload->verdicts, i));
}

static void print_incident(void *context, const struct incident_effect *incident)
{
    struct replay_printer *printer = context;

    begin_line(printer, "ladder", incident->at, incident->ticket);
    print_text(printer, "clock", incident->clock);
    text_printf(&printer->line, ",\"cycle\":%u,\"rung\":%d", incident->cycle, incident->rung);
    print_text(printer, "what", incident->what);
    print_text(printer, "detail", incident->detail);
    end_line(printer);
}

struct replay_watcher replay_print_watcher(struct replay_printer *printer)
{
    return (struct replay_watcher){
        .context = printer,
        .wants_results = true,
        .answered = print_answer,
        .reloaded = print_reload,
        .judged = print_verdict,
        .told = print_notice,
        .digested = print_digest,
        .ran = print_run,
        .missed = print_incident,
    };
}

void replay_print_finish(struct replay_printer *printer)
{
    text_finish(&printer->line);
}
