/*
 * What people of a random history ask for.
 *
 * A request is made without a look at any desk: tickets are named by ids that may or may not exist, and many
 * a request will be refused. So the same acts can be given to several desks. The newest tickets are named
 * most often, or nothing would ever happen to one of them twice.
 */
#include "tests/property/requests.h"

#include "lib/base/instant.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    enum role role;
    const char *actor;
} people[] = {
    {ROLE_INTAKE, "chen.jie"},        {ROLE_HANDLER, "zhou.tao"},          {ROLE_HANDLER, "zhang.wei"},
    {ROLE_DEPARTMENT_HEAD, "sun.li"}, {ROLE_DEPARTMENT_HEAD, "wang.fang"}, {ROLE_SERVICE_HEAD, "zhao.min"},
    {ROLE_SERVICE_HEAD, "zhao.min"},  {ROLE_LEADERSHIP, "liu.yang"},       {ROLE_GATEWAY, "import"},
};

static const char *const urgencies[] = {"general", "urgent", "very_urgent"};
static const char *const kinds[] = {"progress", "apology", "apology", "result", "satisfaction", "other"};
/* Hours, and a calendar of the regime, whose name begins with a letter. */
static const char *const staffed[] = {"24h", "24h", "08:00-18:00", "22:00-06:00", "09:30-11:00", "cn_office"};
static const char *const departments[] = {"training", "project_management", "service_planning",
                                          "software_marketing", "service_centre"};
static const char *const handlers[] = {"zhou.tao", "zhang.wei"};
static const char *const request_types[] = {"product_enquiry", "training", "software_product",
                                            "project_integration", "technical_service"};
static const char *const complaint_types[] = {"product_maintenance", "project_maintenance",
                                              "service_quality"};

static const char *const pauses[] = {"customer", "customer", "parts"};
static const char *const stages[] = {"waiting", "waiting", "assigned", "received", "planned"};

static void set_instant(json_t *params, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 8 * 3600, text);
    json_object_set_new(params, name, json_string(text));
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

static void set_late(const struct making *making, json_t *params, const char *name)
{
    if (chance_one_in(making->chance, 5))
        set_instant(params, name, making->now - requests_some_time(making->chance));
}

static json_t *make_create(struct making *making, enum role role)
{
    struct chance *chance = making->chance;
    bool is_complaint = chance_one_in(chance, 3);
    const char *hours = CHANCE_PICK(chance, staffed);
    json_t *params = json_pack(
        "{s:s,s:s,s:s,s:s,s:{s:s,s:s},s:{s:s,s:s},s:s}", "class", is_complaint ? "complaint" : "request",
        "type", is_complaint ? CHANCE_PICK(chance, complaint_types) : CHANCE_PICK(chance, request_types),
        "urgency", CHANCE_PICK(chance, urgencies), "channel", "phone", "customer", "name",
        chance_one_in(chance, 2) ? "Huaxin" : "Lantian", hours[0] > '9' ? "calendar" : "staffed", hours,
        "contact", "name", "Ms Li", chance_one_in(chance, 12) ? "name2" : "phone", "1", "subject",
        "it does not start");

    if (chance_one_in(chance, 4))
        json_object_set_new(json_object_get(params, "customer"), "key_account", json_true());
    if (chance_one_in(chance, 3))
        json_object_set_new(params, "handler", json_string(CHANCE_PICK(chance, handlers)));
    set_late(making, params, "received_at");
    if (role == ROLE_GATEWAY && chance_one_in(chance, 2)) {
        json_object_set_new(params, "history", json_true());
        set_instant(params, "received_at", making->now - 20 * MSEC_DAY);
    }
    making->created++;
    return params;
}

static json_t *of_ticket(struct making *making)
{
    char id[24];
    uint64_t newest = making->created ? making->created : 1;
    uint64_t span = chance_one_in(making->chance, 3) ? newest : newest < 3 ? newest : 3;

    snprintf(id, sizeof(id), "%" PRIu64, newest - chance_below(making->chance, span));
    return json_pack("{s:s}", "ticket", id);
}

static json_t *make_contact(struct making *making)
{
    struct chance *chance = making->chance;
    json_t *params = of_ticket(making);

    json_object_set_new(params, "channel", json_string(chance_one_in(chance, 10) ? "web" : "phone"));
    json_object_set_new(params, "direction", json_string(chance_one_in(chance, 10) ? "in" : "out"));
    json_object_set_new(params, "reached", json_boolean(!chance_one_in(chance, 10)));
    json_object_set_new(params, "kind", json_string(CHANCE_PICK(chance, kinds)));
    return params;
}

static json_t *make_classify(struct making *making)
{
    struct chance *chance = making->chance;
    json_t *params = of_ticket(making);

    if (!chance_one_in(chance, 4))
        json_object_set_new(params, "urgency", json_string(CHANCE_PICK(chance, urgencies)));
    if (chance_one_in(chance, 3)) {
        bool is_complaint = chance_one_in(chance, 2);

        json_object_set_new(params, "class", json_string(is_complaint ? "complaint" : "request"));
        json_object_set_new(params, "type",
                            json_string(is_complaint ? CHANCE_PICK(chance, complaint_types)
                                                     : CHANCE_PICK(chance, request_types)));
    }
    return params;
}

static json_t *make_assign(struct making *making)
{
    json_t *params = of_ticket(making);

    if (chance_one_in(making->chance, 2))
        json_object_set_new(params, "department", json_string(CHANCE_PICK(making->chance, departments)));
    if (chance_one_in(making->chance, 2))
        json_object_set_new(params, "handler", json_string(CHANCE_PICK(making->chance, handlers)));
    return params;
}

static json_t *make_plan(struct making *making)
{
    json_t *params = of_ticket(making);

    json_object_set_new(params, "measures", json_string("replace it"));
    set_instant(params, "expected_at", making->now + MSEC_HOUR + requests_some_time(making->chance));
    return params;
}

static void set_date(json_t *fields, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 8 * 3600, text);
    json_object_set_new(fields, name, json_stringn(text, 10));
}

static json_t *make_customer(struct making *making)
{
    struct chance *chance = making->chance;
    json_t *fields = json_pack("{s:s}", "name", chance_one_in(chance, 2) ? "Huaxin" : "Lantian");

    if (chance_one_in(chance, 2))
        json_object_set_new(fields, "email", json_string("li@example.com"));
    if (chance_one_in(chance, 3))
        json_object_set_new(fields, "phone", json_string("010-5550100"));
    return fields;
}

static json_t *make_contract(struct making *making)
{
    struct chance *chance = making->chance;
    msec days = (msec)chance_below(chance, 50) * MSEC_DAY;
    json_t *fields = json_pack("{s:s,s:s}", "customer", chance_one_in(chance, 2) ? "K-1" : "K-2", "status",
                               chance_one_in(chance, 5) ? "ended" : "active");

    set_date(fields, "signed", making->now - (msec)chance_below(chance, 30) * MSEC_DAY);
    set_date(fields, "expires", making->now - 10 * MSEC_DAY + days);
    if (chance_one_in(chance, 6))
        set_date(fields, "renewed", making->now);
    if (chance_one_in(chance, 3))
        json_object_set_new(fields, "owner", json_string(CHANCE_PICK(chance, handlers)));
    if (chance_one_in(chance, 2))
        set_instant(fields, "visit", making->now + requests_some_time(chance) * 2);
    return fields;
}

/* Few records, so that they change often. */
static json_t *make_record(struct making *making, bool puts)
{
    struct chance *chance = making->chance;
    bool is_customer = chance_one_in(chance, 3);
    char id[8];

    snprintf(id, sizeof(id), "%s-%u", is_customer ? "K" : "C", (unsigned)chance_below(chance, 3) + 1);
    json_t *params = json_pack("{s:s,s:s}", "register", is_customer ? "customers" : "contracts", "id", id);

    if (puts)
        json_object_set_new(params, "fields", is_customer ? make_customer(making) : make_contract(making));
    return params;
}

static json_t *make_params(struct making *making, const char *method, enum role role)
{
    json_t *params;

    if (strcmp(method, "ticket.create") == 0)
        return make_create(making, role);
    if (strncmp(method, "register.", 9) == 0)
        return make_record(making, strcmp(method, "register.put") == 0);
    params = strcmp(method, "contact.record") == 0    ? make_contact(making)
             : strcmp(method, "ticket.classify") == 0 ? make_classify(making)
             : strcmp(method, "ticket.assign") == 0   ? make_assign(making)
             : strcmp(method, "ticket.plan") == 0     ? make_plan(making)
                                                      : of_ticket(making);
    if (strcmp(method, "ticket.pause") == 0 ||
        (strcmp(method, "ticket.resume") == 0 && chance_one_in(making->chance, 2)))
        json_object_set_new(params, "reason", json_string(CHANCE_PICK(making->chance, pauses)));
    if (strcmp(method, "ticket.move") == 0)
        json_object_set_new(params, "stage", json_string(CHANCE_PICK(making->chance, stages)));
    if (strcmp(method, "ticket.solve") == 0)
        json_object_set_new(params, "result", json_string("it starts"));
    if (strcmp(method, "progress.add") == 0)
        json_object_set_new(params, "note", json_string("looked at it"));
    if (strcmp(method, "escalation.ack") == 0)
        return params;
    if (role == ROLE_GATEWAY && chance_one_in(making->chance, 2))
        json_object_set_new(params, "history", json_true());
    set_late(making, params, "at");
    return params;
}

static const char *pick_method(struct chance *chance)
{
    static const char *const methods[] = {
        "contact.record", "contact.record", "contact.record",  "contact.record",  "contact.record",
        "contact.record", "ticket.plan",    "ticket.classify", "ticket.classify", "ticket.assign",
        "ticket.solve",   "ticket.solve",   "ticket.close",    "ticket.close",    "ticket.close",
        "ticket.reopen",  "progress.add",   "escalation.ack",  "ticket.create",   "ticket.create",
        "ticket.pause",   "ticket.pause",   "ticket.resume",   "ticket.resume",   "ticket.move",
        "register.put",   "register.put",   "register.put",    "register.put",    "register.remove",
    };

    return CHANCE_PICK(chance, methods);
}

void requests_make(struct making *making, struct act *act)
{
    struct chance *chance = making->chance;
    size_t person = chance_below(chance, COUNT(people));
    const char *method = making->created ? pick_method(chance) : "ticket.create";
    char key[24];

    if (strcmp(method, "ticket.create") == 0 || strcmp(method, "ticket.close") == 0 ||
        strncmp(method, "register.", 9) == 0)
        person = chance_one_in(chance, 8) ? COUNT(people) - 1 : 0;
    act->role = people[person].role;
    act->actor = people[person].actor;
    act->method = methods_find(method);
    act->params = make_params(making, method, act->role);
    act->comes_first = chance_one_in(chance, 6);
    if (chance_one_in(chance, 15)) {
        snprintf(key, sizeof(key), "key-%u", (unsigned)chance_below(chance, 6));
        json_object_set_new(act->params, "idempotency_key", json_string(key));
    }
}
