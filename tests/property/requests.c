/*
 * What people of a random history ask for.
 *
 * A request is made without a look at any desk: tickets are named by ids that may or may not exist, and many
 * a request will be refused. So the same acts can be given to several desks. The newest tickets are named
 * most often, or nothing would ever happen to one of them twice. Now and then a request is spoiled: a member
 * is missing, of another type, or unknown.
 */
#include "tests/property/requests.h"

#include "lib/base/instant.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- chance ---- */

static const char *pick(const struct making *making, struct words words)
{
    return words.list[chance_below(making->chance, words.count)];
}

msec requests_some_time(struct chance *chance)
{
    switch (chance_below(chance, 6)) {
    case 0:
        return (msec)chance_below(chance, 90 * MSEC_SECOND);
    case 1:
        return (msec)chance_below(chance, 30) * MSEC_MINUTE; /* whole minutes: acts meet deadlines */
    case 2:
        return (msec)chance_below(chance, 12) * MSEC_HOUR;
    case 3:
        return (msec)chance_below(chance, 5 * MSEC_HOUR);
    case 4:
        return (msec)chance_below(chance, 3) * MSEC_DAY;
    default:
        return 0;
    }
}

static void set(json_t *params, const char *name, const char *value)
{
    json_object_set_new(params, name, json_string(value));
}

static void set_instant(json_t *params, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 8 * 3600, text);
    set(params, name, text);
}

static void set_late(const struct making *making, json_t *params, const char *name)
{
    if (chance_one_in(making->chance, 5))
        set_instant(params, name, making->now - requests_some_time(making->chance));
}

static void set_to_come(const struct making *making, json_t *params, const char *name)
{
    set_instant(params, name,
                making->now + (msec)chance_below(making->chance, 3) * MSEC_HOUR +
                    requests_some_time(making->chance));
}

/* ---- tickets ---- */

static void name_ticket(struct making *making, json_t *params, const char *name)
{
    char id[24];
    uint64_t newest = making->created ? making->created : 1;
    uint64_t span = chance_one_in(making->chance, 3) ? newest : newest < 3 ? newest : 3;

    snprintf(id, sizeof(id), "%" PRIu64, newest - chance_below(making->chance, span));
    set(params, name, id);
}

static void make_create(struct making *making, json_t *params)
{
    const struct dialect *dialect = making->dialect;
    struct chance *chance = making->chance;
    const struct class_words *class = &dialect->classes[chance_below(chance, dialect->class_count)];
    const char *hours = pick(making, dialect->staffed);

    set(params, "class", class->name);
    set(params, "type", pick(making, class->types));
    set(params, "urgency", pick(making, dialect->urgencies));
    set(params, "channel", "phone");
    set(params, "subject", "it does not start");
    json_object_set_new(params, "customer",
                        json_pack("{s:s,s:s}", "name", chance_one_in(chance, 2) ? "Huaxin" : "Lantian",
                                  hours[0] > '9' ? "calendar" : "staffed", hours));
    json_object_set_new(
        params, "contact",
        json_pack("{s:s,s:s}", "name", "Ms Li", chance_one_in(chance, 12) ? "name2" : "phone", "1"));
    if (chance_one_in(chance, 4))
        json_object_set_new(json_object_get(params, "customer"), "key_account", json_true());
    if (chance_one_in(chance, 3))
        set(params, "handler", pick(making, dialect->handlers));
    if (chance_one_in(chance, 6))
        set(params, "department", pick(making, dialect->departments));
    set_late(making, params, "received_at");
    if (chance_one_in(chance, 4))
        set_instant(params, "occurred_at", making->now - requests_some_time(chance));
    making->created++;
}

static void make_classify(struct making *making, json_t *params)
{
    const struct dialect *dialect = making->dialect;
    struct chance *chance = making->chance;

    if (!chance_one_in(chance, 4))
        set(params, "urgency", pick(making, dialect->urgencies));
    if (chance_one_in(chance, 3)) {
        const struct class_words *class = &dialect->classes[chance_below(chance, dialect->class_count)];

        set(params, "class", class->name);
        set(params, "type", pick(making, class->types));
    }
}

static void make_assign(struct making *making, json_t *params)
{
    if (chance_one_in(making->chance, 2))
        set(params, "department", pick(making, making->dialect->departments));
    if (chance_one_in(making->chance, 2))
        set(params, "handler", pick(making, making->dialect->handlers));
}

static void make_plan(struct making *making, json_t *params)
{
    set(params, "measures", "replace it");
    set_instant(params, "expected_at", making->now + MSEC_HOUR + requests_some_time(making->chance));
}

static void make_solve(struct making *making, json_t *params)
{
    (void)making;
    set(params, "result", "it starts");
}

static void make_pause(struct making *making, json_t *params)
{
    set(params, "reason", pick(making, making->dialect->pauses));
}

static void make_resumption(struct making *making, json_t *params)
{
    if (chance_one_in(making->chance, 2))
        make_pause(making, params);
}

static void make_move(struct making *making, json_t *params)
{
    set(params, "stage", pick(making, making->dialect->stages));
}

static void make_merge(struct making *making, json_t *params)
{
    name_ticket(making, params, "into");
}

static void make_link(struct making *making, json_t *params)
{
    name_ticket(making, params, "to");
    if (chance_one_in(making->chance, 2))
        set(params, "relation", "duplicate_of");
    if (chance_one_in(making->chance, 5))
        json_object_set_new(params, "remove", json_true());
}

static void make_update(struct making *making, json_t *params)
{
    struct chance *chance = making->chance;
    json_t *customer = json_object();

    if (chance_one_in(chance, 2)) {
        const char *hours = pick(making, making->dialect->staffed);

        set(customer, hours[0] > '9' ? "calendar" : "staffed", hours);
    }
    if (chance_one_in(chance, 2))
        json_object_set_new(customer, "key_account", json_boolean(chance_one_in(chance, 2)));
    json_object_set_new(params, "customer", customer);
    if (chance_one_in(chance, 3))
        set(params, "subject", "it stops");
}

/* ---- what is done about them ---- */

static void make_contact(struct making *making, json_t *params)
{
    struct chance *chance = making->chance;

    set(params, "channel", pick(making, making->dialect->channels));
    set(params, "direction", chance_one_in(chance, 10) ? "in" : "out");
    json_object_set_new(params, "reached", json_boolean(!chance_one_in(chance, 10)));
    set(params, "kind", pick(making, making->dialect->kinds));
    if (chance_one_in(chance, 20))
        json_object_set_new(params, "automatic", json_true());
    if (chance_one_in(chance, 6))
        set_to_come(making, params, "next_at");
}

static void make_progress(struct making *making, json_t *params)
{
    (void)making;
    set(params, "note", "looked at it");
}

static void make_step(struct making *making, json_t *params)
{
    set(params, "step", pick(making, making->dialect->steps));
    if (chance_one_in(making->chance, 8))
        json_object_set_new(params, "done", json_false());
}

static void make_sign(struct making *making, json_t *params)
{
    set(params, "signature", pick(making, making->dialect->signatures));
}

static void make_satisfaction(struct making *making, json_t *params)
{
    set(params, "level", pick(making, making->dialect->levels));
}

/* ---- approvals ---- */

static void make_extension(struct making *making, json_t *params)
{
    set(params, "clock", pick(making, making->dialect->clocks));
    set(params, "reason", "parts are missing");
    set_instant(params, "until", making->now + MSEC_DAY + requests_some_time(making->chance));
}

static void make_extension_decision(struct making *making, json_t *params)
{
    json_object_set_new(params, "approve", json_boolean(!chance_one_in(making->chance, 4)));
    if (chance_one_in(making->chance, 4))
        set(params, "clock", pick(making, making->dialect->clocks));
    if (chance_one_in(making->chance, 4))
        set_to_come(making, params, "until");
}

static void make_escalation(struct making *making, json_t *params)
{
    set(params, "reason", "beyond us");
    if (chance_one_in(making->chance, 2))
        set(params, "department", pick(making, making->dialect->departments));
    if (chance_one_in(making->chance, 3))
        set(params, "handler", pick(making, making->dialect->handlers));
    if (chance_one_in(making->chance, 2)) {
        set(params, "clock", pick(making, making->dialect->clocks));
        set_to_come(making, params, "until");
    }
}

static void make_escalation_decision(struct making *making, json_t *params)
{
    json_object_set_new(params, "approve", json_boolean(!chance_one_in(making->chance, 4)));
    if (chance_one_in(making->chance, 3))
        set(params, "handler", pick(making, making->dialect->handlers));
}

static void make_acknowledgement(struct making *making, json_t *params)
{
    if (chance_one_in(making->chance, 4))
        set(params, "clock", pick(making, making->dialect->clocks));
    if (chance_one_in(making->chance, 2))
        set_to_come(making, params, "promise_at");
}

/* ---- notices ---- */

static void make_release(struct making *making, json_t *params)
{
    switch (chance_below(making->chance, 3)) {
    case 0:
        json_object_set_new(params, "all", json_true());
        break;
    case 1:
        set(params, "recipient", pick(making, (struct words){(const char *[]){"zhao.min", "wang.fang"}, 2}));
        break;
    default:
        json_object_set_new(params, "ids",
                            json_pack("[o]", json_sprintf("%d", (int)chance_below(making->chance, 40) + 1)));
    }
}

static void make_retry(struct making *making, json_t *params)
{
    json_object_set_new(params, "notice", json_sprintf("%d", (int)chance_below(making->chance, 40) + 1));
}

static void make_test(struct making *making, json_t *params)
{
    set(params, "person", pick(making, making->dialect->handlers));
}

/* ---- registers ---- */

static void set_date(json_t *fields, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 8 * 3600, text);
    json_object_set_new(fields, name, json_stringn(text, 10));
}

/* Few records, so that they change often. */
static void name_record(struct making *making, json_t *params, const char *prefix)
{
    json_object_set_new(params, "id",
                        json_sprintf("%s-%d", prefix, (int)chance_below(making->chance, 3) + 1));
}

static void make_customer(struct making *making, json_t *params)
{
    struct chance *chance = making->chance;
    json_t *fields = json_pack("{s:s}", "name", chance_one_in(chance, 2) ? "Huaxin" : "Lantian");

    name_record(making, params, "K");
    if (chance_one_in(chance, 2))
        set(fields, "email", "li@example.com");
    if (chance_one_in(chance, 3))
        set(fields, "phone", "010-5550100");
    if (chance_one_in(chance, 9))
        set(fields, "staffed", "nights");
    json_object_set_new(params, "fields", fields);
}

static void make_contract(struct making *making, json_t *params)
{
    struct chance *chance = making->chance;
    msec days = (msec)chance_below(chance, 50) * MSEC_DAY;
    json_t *fields = json_pack("{s:s,s:s}", "customer", chance_one_in(chance, 2) ? "K-1" : "K-2", "status",
                               chance_one_in(chance, 5) ? "ended" : "active");

    name_record(making, params, "C");
    set_date(fields, "signed", making->now - (msec)chance_below(chance, 30) * MSEC_DAY);
    set_date(fields, "expires", making->now - 10 * MSEC_DAY + days);
    if (chance_one_in(chance, 6))
        set_date(fields, "renewed", making->now);
    if (chance_one_in(chance, 3))
        set(fields, "owner", pick(making, making->dialect->handlers));
    if (chance_one_in(chance, 2))
        set_instant(fields, "visit", making->now + requests_some_time(chance) * 2);
    json_object_set_new(params, "fields", fields);
}

static void make_record(struct making *making, json_t *params)
{
    bool is_customer = chance_one_in(making->chance, 3);

    set(params, "register", is_customer ? "customers" : "contracts");
    if (is_customer)
        make_customer(making, params);
    else
        make_contract(making, params);
}

static void make_removal(struct making *making, json_t *params)
{
    name_record(making, params, "K");
}

static void make_record_removal(struct making *making, json_t *params)
{
    set(params, "register", chance_one_in(making->chance, 4) ? "courses" : "contracts");
    name_record(making, params, "C");
}

/* ---- requests ---- */

static const struct {
    const char *method;
    bool names_ticket;
    void (*make)(struct making *making, json_t *params);
} makers[] = {
    {"ticket.create", false, make_create},
    {"ticket.classify", true, make_classify},
    {"ticket.assign", true, make_assign},
    {"ticket.plan", true, make_plan},
    {"ticket.solve", true, make_solve},
    {"ticket.close", true, NULL},
    {"ticket.reopen", true, NULL},
    {"ticket.pause", true, make_pause},
    {"ticket.resume", true, make_resumption},
    {"ticket.move", true, make_move},
    {"ticket.merge", true, make_merge},
    {"ticket.link", true, make_link},
    {"ticket.update", true, make_update},
    {"contact.record", true, make_contact},
    {"progress.add", true, make_progress},
    {"step.done", true, make_step},
    {"sign", true, make_sign},
    {"satisfaction.record", true, make_satisfaction},
    {"extension.request", true, make_extension},
    {"extension.decide", true, make_extension_decision},
    {"escalation.request", true, make_escalation},
    {"escalation.decide", true, make_escalation_decision},
    {"escalation.ack", true, make_acknowledgement},
    {"notice.release", false, make_release},
    {"notice.retry", false, make_retry},
    {"notice.test", false, make_test},
    {"customer.put", false, make_customer},
    {"contract.put", false, make_contract},
    {"register.put", false, make_record},
    {"customer.remove", false, make_removal},
    {"register.remove", false, make_record_removal},
};

static bool takes(const struct method *method, const char *parameter)
{
    for (const struct parameter *row = method->parameters; row->name; row++)
        if (strcmp(row->name, parameter) == 0)
            return true;
    return false;
}

/* When it happened, for whom it is entered, and what else most methods take. */
static void add_circumstances(struct making *making, struct act *act)
{
    struct chance *chance = making->chance;
    char key[24];

    if (takes(act->method, "at"))
        set_late(making, act->params, "at");
    if (act->role == ROLE_GATEWAY && takes(act->method, "history") && chance_one_in(chance, 2)) {
        json_object_set_new(act->params, "history", json_true());
        if (takes(act->method, "received_at"))
            set_instant(act->params, "received_at", making->now - 20 * MSEC_DAY);
    } else if (act->role == ROLE_GATEWAY && chance_one_in(chance, 3)) {
        set(act->params, "on_behalf_of", pick(making, making->dialect->handlers));
    }
    if (chance_one_in(chance, 15)) {
        snprintf(key, sizeof(key), "key-%u", (unsigned)chance_below(chance, 6));
        set(act->params, "idempotency_key", key);
    }
    if (chance_one_in(chance, 40))
        json_object_set_new(act->params, "if_revision", json_integer((json_int_t)chance_below(chance, 6)));
}

static void spoil(struct chance *chance, json_t *params)
{
    size_t place = chance_below(chance, json_object_size(params)), i = 0;
    const char *name;
    json_t *value;

    json_object_foreach(params, name, value)
    {
        if (i++ == place)
            break;
    }
    switch (chance_below(chance, 4)) {
    case 0:
        json_object_del(params, name);
        break;
    case 1:
        json_object_set_new(params, name, json_string("nonsense"));
        break;
    case 2:
        json_object_set_new(params, name, json_integer(-1));
        break;
    default:
        json_object_set_new(params, "colour", json_string("red"));
    }
}

static void make_params(struct making *making, struct act *act)
{
    size_t i = 0;

    while (strcmp(makers[i].method, act->method->name) != 0)
        i++;
    act->params = json_object();
    if (makers[i].names_ticket)
        name_ticket(making, act->params, "ticket");
    if (makers[i].make)
        makers[i].make(making, act->params);
    add_circumstances(making, act);
    if (chance_one_in(making->chance, 40) && json_object_size(act->params))
        spoil(making->chance, act->params);
}

void requests_make(struct making *making, struct act *act)
{
    const struct dialect *dialect = making->dialect;
    struct chance *chance = making->chance;
    size_t person = chance_below(chance, dialect->person_count);
    const char *method = making->created ? pick(making, dialect->methods) : "ticket.create";

    if (strcmp(method, "ticket.create") == 0 || strcmp(method, "ticket.close") == 0 ||
        strstr(method, ".put") || strstr(method, ".remove"))
        person = chance_one_in(chance, 8) ? dialect->person_count - 1 : 0;
    act->role = dialect->people[person].role;
    act->actor = dialect->people[person].actor;
    act->method = methods_find(method);
    act->comes_first = chance_one_in(chance, 6);
    make_params(making, act);
}
