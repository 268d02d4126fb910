/*
 * The words of the two regimes that random histories are lived under.
 *
 * Lists repeat what is to be picked more often. What a regime does not know is among them on purpose: some
 * of what people ask for is refused.
 */
#include "tests/property/dialect.h"

#define WORDS(...)                                                                                           \
    {                                                                                                        \
        (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)      \
    }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- nq510201 ---- */

static const struct speaker shipped_people[] = {
    {ROLE_INTAKE, "chen.jie"},        {ROLE_HANDLER, "zhou.tao"},          {ROLE_HANDLER, "zhang.wei"},
    {ROLE_DEPARTMENT_HEAD, "sun.li"}, {ROLE_DEPARTMENT_HEAD, "wang.fang"}, {ROLE_SERVICE_HEAD, "zhao.min"},
    {ROLE_SERVICE_HEAD, "zhao.min"},  {ROLE_LEADERSHIP, "liu.yang"},       {ROLE_GATEWAY, "import"},
};

#define REQUEST_TYPES                                                                                        \
    WORDS("product_enquiry", "training", "software_product", "project_integration", "technical_service")
#define COMPLAINT_TYPES WORDS("product_maintenance", "project_maintenance", "service_quality")

static const struct class_words shipped_classes[] = {
    {"request", REQUEST_TYPES},
    {"request", REQUEST_TYPES},
    {"complaint", COMPLAINT_TYPES},
};

const struct dialect dialect_shipped = {
    .people = shipped_people,
    .person_count = COUNT(shipped_people),
    .classes = shipped_classes,
    .class_count = COUNT(shipped_classes),
    .urgencies = WORDS("general", "urgent", "very_urgent"),
    .kinds = WORDS("progress", "apology", "apology", "result", "satisfaction", "other"),
    .channels = WORDS("phone", "phone", "phone", "phone", "phone", "phone", "phone", "email", "fax", "web"),
    /* Hours, and a calendar of the regime, whose name begins with a letter. */
    .staffed = WORDS("24h", "24h", "08:00-18:00", "22:00-06:00", "09:30-11:00", "cn_office"),
    .departments =
        WORDS("training", "project_management", "service_planning", "software_marketing", "service_centre"),
    .handlers = WORDS("zhou.tao", "zhang.wei"),
    .steps = WORDS("team"),
    .signatures = WORDS("quality"),
    .levels = WORDS("satisfied"),
    .clocks = WORDS("first_contact", "plan", "solution", "apology"),
    .pauses = WORDS("customer", "customer", "parts"),
    .stages = WORDS("waiting", "waiting", "assigned", "received", "planned"),
    .methods = WORDS("contact.record", "contact.record", "contact.record", "contact.record", "contact.record",
                     "contact.record", "ticket.plan", "ticket.classify", "ticket.classify", "ticket.assign",
                     "ticket.solve", "ticket.solve", "ticket.close", "ticket.close", "ticket.close",
                     "ticket.reopen", "progress.add", "escalation.ack", "ticket.create", "ticket.create",
                     "ticket.pause", "ticket.pause", "ticket.resume", "ticket.resume", "ticket.move",
                     "ticket.merge", "ticket.update", "notice.release", "register.put", "contract.put",
                     "register.put", "register.remove"),
};

/* ---- whole ---- */

static const struct speaker whole_people[] = {
    {ROLE_INTAKE, "chen.jie"},        {ROLE_HANDLER, "zhou.tao"},          {ROLE_HANDLER, "zhang.wei"},
    {ROLE_HANDLER, "zhang.wei"},      {ROLE_DEPARTMENT_HEAD, "sun.li"},    {ROLE_SERVICE_HEAD, "zhao.min"},
    {ROLE_SERVICE_HEAD, "zhao.min"},  {ROLE_DEPARTMENT_HEAD, "wang.fang"}, {ROLE_HANDLER, "gao.jian"},
    {ROLE_DEPARTMENT_HEAD, "he.lin"}, {ROLE_LEADERSHIP, "liu.yang"},       {ROLE_GATEWAY, "import"},
};

static const struct class_words whole_classes[] = {
    {"request", WORDS("product", "network", "training")},
    {"complaint", WORDS("product", "network")},
    {"fault", WORDS("product", "network")},
    {"fault", WORDS("product", "network")},
    {"project", WORDS("product", "network", "training")},
    {"project", WORDS("product", "network", "training")},
    {"repair", WORDS("network", "network", "network", "product")},
    {"audit", WORDS("training")},
};

const struct dialect dialect_whole = {
    .people = whole_people,
    .person_count = COUNT(whole_people),
    .classes = whole_classes,
    .class_count = COUNT(whole_classes),
    .urgencies = WORDS("general", "general", "urgent", "very_urgent"),
    .kinds = WORDS("progress", "progress", "apology", "result", "result", "satisfaction", "other"),
    .channels = WORDS("phone", "phone", "phone", "phone", "phone", "phone", "phone", "email", "fax", "web"),
    .staffed = WORDS("24h", "24h", "08:00-18:00", "22:00-06:00", "shops", "night", "cn_office"),
    .departments = WORDS("workshop", "quality", "training", "service_centre"),
    .handlers = WORDS("zhou.tao", "zhang.wei", "zhang.wei"),
    .steps = WORDS("team", "team", "containment", "containment", "causes", "prevention"),
    .signatures = WORDS("quality", "quality", "director"),
    .levels = WORDS("satisfied", "neutral", "dissatisfied"),
    .clocks = WORDS("first_contact", "first_contact", "stated", "stated", "first_solution", "first_solution",
                    "anew", "graced", "daily", "word"),
    .pauses = WORDS("customer", "customer", "parts", "night_shift"),
    .stages = WORDS("waiting", "waiting", "assigned", "received", "planned", "solved"),
    .methods =
        WORDS("contact.record", "contact.record", "contact.record", "contact.record", "contact.record",
              "contact.record", "contact.record", "contact.record", "contact.record", "ticket.plan",
              "ticket.plan", "ticket.classify", "ticket.classify", "ticket.assign", "ticket.assign",
              "ticket.solve", "ticket.solve", "ticket.close", "ticket.close", "ticket.reopen",
              "ticket.reopen", "progress.add", "escalation.ack", "escalation.ack", "escalation.ack",
              "ticket.create", "ticket.create", "ticket.create", "ticket.create", "ticket.merge",
              "ticket.merge", "ticket.link", "ticket.update", "ticket.update", "step.done", "step.done",
              "sign", "sign", "satisfaction.record", "satisfaction.record", "extension.request",
              "extension.request", "extension.decide", "extension.decide", "escalation.request",
              "escalation.decide", "notice.release", "notice.retry", "notice.test", "customer.put",
              "contract.put", "register.put", "register.put", "customer.remove", "register.remove"),
};
