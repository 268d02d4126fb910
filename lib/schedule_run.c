/*
 * A schedule that is due.
 *
 * Called by schedule_book.c when time has come to a run, after it planned the next one. A ticket is opened by
 * the very code that opens a client's: the run asks ticket.create as a client would, in its own name, and
 * only its answer stays here. Who is to be told is told once for each record and occurrence. Whatever came of
 * it is a row of `schedule_run`, unique for schedule, record and occurrence, so that a mistake here stops the
 * daemon instead of opening a ticket twice, and a row of the journal, which says when it was due, whether it
 * was found late, and how many before it were missed.
 */
#include "lib/schedule_run.h"

#include "lib/notice_customer.h"
#include "lib/request.h"
#include "lib/rpc.h"
#include "lib/schedule_facts.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Up to this lateness it ran on time, and what it opens was received at its own instant. */
#define ON_TIME_MS MSEC_MINUTE

struct schedule_firing schedule_pick(const struct desk *desk, const struct schedule_view *view, msec first_at)
{
    struct schedule_firing firing = {.occurrence_at = first_at};
    enum schedule_missed missed = view->schedule->missed;

    while (missed != MISSED_EACH && desk->now - firing.occurrence_at > ON_TIME_MS) {
        msec next_at = schedule_next(view, firing.occurrence_at);

        if (next_at > desk->now)
            break;
        firing.occurrence_at = next_at;
        firing.overtaken++;
    }
    firing.is_late = desk->now - firing.occurrence_at > ON_TIME_MS;
    firing.is_skipped = firing.is_late && missed == MISSED_SKIP;
    return firing;
}

/* What a run knows while it fires. */
struct running {
    struct desk *desk;
    const struct schedule_view *view;
    const struct schedule_firing *firing;
    const char *of, *record; /* "" for the desk's own */
    struct notice_fact *facts;
    size_t fact_count;
};

/* Comes before all that the run leads to; its outcome is filled in at the end. */
static struct schedule_run_row *add_row(const struct running *running)
{
    struct arena *arena = &running->desk->out->arena;
    struct schedule_run_row *row = effects_add(running->desk->out, EFFECT_SCHEDULE_RUN);

    row->schedule = arena_text(arena, running->view->schedule->name);
    row->of = arena_text(arena, running->of);
    row->record = arena_text(arena, running->record);
    row->occurrence_at = running->firing->occurrence_at;
    row->fired_at = running->desk->now;
    row->overtaken = (uint32_t)running->firing->overtaken;
    row->class_name = "";
    return row;
}

/* `more` (consumed; may be NULL) are members of the body besides those that every run has. */
static void journal(const struct running *running, const char *type, const struct ticket *ticket,
                    json_t *more)
{
    struct desk *desk = running->desk;
    struct arena *arena = &desk->out->arena;
    json_t *body = more ? more : json_object();
    struct text text = {0};

    if (ticket)
        json_object_set_new(body, "number", json_string(desk_number(desk, ticket, arena)));
    json_object_set_new(body, "schedule", json_string(running->view->schedule->name));
    json_object_set_new(body, "register", json_string(running->of));
    json_object_set_new(body, "record", json_string(running->record));
    json_object_set_new(body, "occurrence_at",
                        json_string(desk_time(desk, running->firing->occurrence_at, arena)));
    json_object_set_new(body, "late", json_boolean(running->firing->is_late));
    json_object_set_new(body, "overtaken", json_integer((json_int_t)running->firing->overtaken));
    json_object_set_new(body, "policy", json_sprintf("%.12s", desk->policy->digest));
    rpc_write_canonical(&text, body);
    desk_journal(desk, ticket, type, arena_bytes(arena, text_get(&text), text.length));
    text_finish(&text);
    json_decref(body);
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line = arena_printf(
        arena, "event=%s desk=%s schedule=%s record=\"%s\" occurrence_at=%s late=%d ticket=%" PRIu64, type,
        desk->options.name, running->view->schedule->name, running->record,
        desk_time(desk, running->firing->occurrence_at, arena), running->firing->is_late,
        ticket ? ticket->id : 0);
}

/* ---- a ticket ---- */

static json_t *types_of(const struct policy *policy, uint32_t types)
{
    json_t *list = json_array();

    for (uint8_t type = 0; type < policy->types.count; type++)
        if (types >> type & 1)
            json_array_append_new(list, json_string(policy->types.terms[type].name));
    return list;
}

static void put_filled(const struct running *running, json_t *params, const char *member, const char *text)
{
    if (text)
        json_object_set_new(params, member,
                            json_string(schedule_fill(text, running->facts, running->fact_count,
                                                      &running->desk->out->arena)));
}

static void put_place(const struct running *running, json_t *params)
{
    const struct schedule_policy *schedule = running->view->schedule;
    const struct vocabulary *departments = &running->desk->policy->departments;
    const char *const *values = running->view->values;
    const char *department =
        schedule->department_field != POLICY_NONE ? values[schedule->department_field] : NULL;
    const char *handler = schedule->handler_field != POLICY_NONE ? values[schedule->handler_field] : NULL;

    if (!department && schedule->department != POLICY_NONE)
        department = departments->terms[schedule->department].name;
    if (department)
        json_object_set_new(params, "department", json_string(department));
    if (handler)
        json_object_set_new(params, "handler", json_string(handler));
}

/* As it stands when it is one field of the record and nothing else, so that a time stays a time. */
static const char *filling(const struct running *running, const char *text)
{
    struct desk *desk = running->desk;
    uint8_t over = running->view->schedule->over;
    size_t length = strlen(text);
    uint8_t field = text[0] == '{' && over != POLICY_NONE
                        ? register_policy_field(&desk->policy->registers[over],
                                                arena_bytes(&desk->out->arena, text + 1, length - 2))
                        : POLICY_NONE;

    return field != POLICY_NONE && running->view->values[field]
               ? running->view->values[field]
               : schedule_fill(text, running->facts, running->fact_count, &desk->out->arena);
}

/* What the record does not say is left out. */
static void put_fields(const struct running *running, json_t *params)
{
    const struct schedule_policy *schedule = running->view->schedule;
    json_t *fields = json_object();

    for (uint8_t i = 0; i < schedule->filling_count; i++) {
        const char *value = filling(running, schedule->fillings[i].text);

        if (value[strspn(value, " ")])
            json_object_set_new(fields, schedule->fillings[i].field, json_string(value));
    }
    if (json_object_size(fields))
        json_object_set(params, "fields", fields);
    json_decref(fields);
}

static json_t *params_of(const struct running *running)
{
    struct desk *desk = running->desk;
    const struct policy *policy = desk->policy;
    const struct schedule_policy *schedule = running->view->schedule;
    msec at = running->firing->is_late ? desk->now : running->firing->occurrence_at;
    json_t *params = json_pack("{s:s,s:s,s:s}", "class", policy->classes.terms[schedule->class_index].name,
                               "urgency", policy->urgencies.terms[schedule->urgency].name, "channel",
                               policy->channels.terms[schedule->channel].name);

    json_object_set_new(params, "types", types_of(policy, schedule->types));
    json_object_set_new(params, "received_at", json_string(desk_time(desk, at, &desk->out->arena)));
    json_object_set_new(
        params, "ref",
        json_sprintf("%s%s%s", schedule->name, running->record[0] ? "/" : "", running->record));
    schedule_put_customer(desk, running->view, &running->firing->run, params);
    put_filled(running, params, "subject", schedule->subject[policy->language]);
    put_filled(running, params, "details", schedule->details[policy->language]);
    put_place(running, params);
    put_fields(running, params);
    return params;
}

/* The answer as it would have gone to a client; the caller owns it. */
static json_t *ask_create(struct desk *desk, const json_t *params)
{
    const char *answer = NULL;
    const struct request request = {
        .peer = {.role = ROLE_ADMIN, .actor = "schedule"},
        .method = methods_find("ticket.create"),
        .params = params,
        .id = "0",
        .own_answer = &answer,
    };

    request_judge(desk, &request);
    return answer ? json_loads(answer, 0, NULL) : NULL;
}

/* The ticket; 0: ticket.create refused it, which is a fault of the regime or of the record, and is journaled.
 */
static uint64_t open_ticket(const struct running *running)
{
    struct desk *desk = running->desk;
    json_t *params = params_of(running);
    json_t *answer = ask_create(desk, params);
    const char *id = json_string_value(json_object_get(json_object_get(answer, "result"), "ticket"));
    uint64_t ticket = id ? strtoull(id, NULL, 10) : 0;
    json_t *more = json_pack("{s:o}", "params", params);

    if (ticket) {
        journal(running, "schedule.opened", store_ticket(desk->store, store_find(desk->store, ticket)), more);
    } else {
        json_object_set(more, "error", json_object_get(json_object_get(answer, "error"), "data"));
        journal(running, "schedule.refused", NULL, more);
    }
    json_decref(answer);
    return ticket;
}

/* ---- a mail ---- */

static uint16_t first_person(const struct running *running)
{
    const struct register_policy *of = &running->desk->policy->registers[running->view->schedule->over];

    for (size_t i = 0; i < of->field_count; i++)
        if (of->fields[i].kind == FIELD_PERSON && running->view->values[i])
            return roster_find(running->desk->roster, running->view->values[i]);
    return TICKET_NOBODY;
}

static uint8_t first_department(const struct running *running)
{
    const struct schedule_policy *schedule = running->view->schedule;
    const struct policy *policy = running->desk->policy;
    const struct register_policy *of = &policy->registers[schedule->over];

    for (size_t i = 0; i < of->field_count; i++)
        if (of->fields[i].kind == FIELD_DEPARTMENT && running->view->values[i])
            return vocabulary_find(&policy->departments, running->view->values[i]);
    return schedule->department;
}

/* The register of customers, or of whatever it runs over, says how the address is called. */
static size_t tell_address(const struct running *running, const struct occasion *occasion)
{
    const struct schedule_policy *schedule = running->view->schedule;
    struct desk *desk = running->desk;
    const struct register_policy *of = &desk->policy->registers[schedule->over];
    const struct register_record *record =
        register_at(desk->registers, schedule->over, running->firing->run.record);

    if (schedule->to_reference != POLICY_NONE) {
        const struct register_field *field = &of->fields[schedule->to_reference];
        const char *id = running->view->values[schedule->to_reference];
        uint32_t index = id ? register_find(desk->registers, field->other, id) : REGISTER_NONE;

        of = &desk->policy->registers[field->other];
        record = index == REGISTER_NONE ? NULL : register_at(desk->registers, field->other, index);
    }
    if (!record || !register_is_live(record) || !record->values[schedule->to_field])
        return 0;
    const char *name = register_usual(of, record, "contact");

    if (!name)
        name = register_usual(of, record, "name");
    struct customer_reach reach = customer_of_record(desk, of, record);

    reach.mail = record->values[schedule->to_field];
    reach.name = name ? name : record->id;
    return notice_tell_customer(desk, occasion, &reach,
                                arena_printf(&desk->out->arena, "%s/%s", of->name, record->id));
}

static size_t tell_customer(const struct running *running, const struct occasion *occasion)
{
    struct desk *desk = running->desk;
    const struct register_policy *of;
    const struct register_record *record = schedule_customer(desk, running->view, &running->firing->run, &of);

    if (!record || !register_is_live(record))
        return 0;
    const struct customer_reach reach = customer_of_record(desk, of, record);

    return notice_tell_customer(desk, occasion, &reach,
                                arena_printf(&desk->out->arena, "%s/%s", of->name, record->id));
}

static void send_notice(const struct running *running)
{
    struct desk *desk = running->desk;
    struct arena *arena = &desk->out->arena;
    const struct schedule_policy *schedule = running->view->schedule;
    const struct register_policy *of;
    const struct register_record *customer =
        schedule_customer(desk, running->view, &running->firing->run, &of);
    const char *name = customer ? register_usual(of, customer, "name") : NULL;
    const char *key =
        arena_printf(arena, "%s%s%s", schedule->name, running->record[0] ? "/" : "", running->record);
    struct notice_matter matter = {
        .number = running->record[0] ? running->record : schedule->name,
        .customer = name       ? name
                    : customer ? customer->id
                               : "",
        .title = schedule->title,
        .due_at = running->firing->occurrence_at,
        .thread = key,
        .facts = running->facts,
        .fact_count = running->fact_count,
    };
    struct ticket none = {
        .department = running->view->values ? first_department(running) : schedule->department,
        .handler = running->view->values ? first_person(running) : TICKET_NOBODY,
        .class_index = POLICY_NONE,
        .urgency = POLICY_NONE,
        .stage = POLICY_NONE,
        .history_until_at = NEVER,
        .received_at = NEVER,
    };
    struct occasion occasion = {
        .ticket = &none,
        .matter = &matter,
        .clock_name = key,
        .template_name = schedule->template_name,
        .reason = arena_printf(arena, "schedule %s: %s", schedule->name, schedule->at.text),
        .cycle = (uint16_t)running->firing->run.count,
        .rung = RUNG_SCHEDULE,
        .channels = schedule->channels,
        .at = desk->now,
    };
    struct recipient recipients[RECIPIENTS_MAX];
    size_t count;

    if (schedule->to_field != POLICY_NONE) {
        count = tell_address(running, &occasion);
    } else {
        count = notice_resolve(desk, &none, &schedule->to, recipients);
        notice_tell(desk, &occasion, recipients, count);
        if (audience_has_customer(&schedule->to))
            count += tell_customer(running, &occasion);
    }
    journal(running, "schedule.told", NULL,
            json_pack("{s:s,s:I}", "template", schedule->template_name, "told", (json_int_t)count));
}

/* ---- the whole ---- */

void schedule_fire(struct desk *desk, const struct schedule_view *view, const struct schedule_firing *firing)
{
    const struct schedule_policy *schedule = view->schedule;
    struct running running = {.desk = desk, .view = view, .firing = firing, .of = "", .record = ""};

    if (view->values) {
        running.of = desk->policy->registers[schedule->over].name;
        running.record = register_at(desk->registers, schedule->over, firing->run.record)->id;
    }
    struct schedule_run_row *row = add_row(&running);

    if (firing->is_skipped) {
        journal(&running, "schedule.skipped", NULL, NULL);
        row->outcome = "skipped";
        return;
    }
    running.fact_count = schedule_facts(desk, view, firing, &desk->out->arena, &running.facts);
    if (schedule->opens)
        row->ticket = open_ticket(&running);
    if (row->ticket)
        row->class_name =
            arena_text(&desk->out->arena, desk->policy->classes.terms[schedule->class_index].name);
    if (schedule->template_name)
        send_notice(&running);
    row->outcome = row->ticket ? "opened" : schedule->opens ? "refused" : "told";
}
