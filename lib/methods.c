/*
 * The method table: what clients may ask, who may ask it, with which parameters.
 *
 * One row per method is the only place where a method's name is written. Dispatch (desk_step), the check of
 * parameters, the refusal of roles, rpc.discover, the reference page and dubanctl's help all read these rows,
 * so that they cannot disagree. Handlers live in method_*.c, one file per noun; methods of kind METHOD_HAND
 * concern the connection or the process and are answered by daemon/dispatch.c.
 */
#include "lib/methods.h"

#include "lib/method_handlers.h"
#include <string.h>

#define END                                                                                                  \
    {                                                                                                        \
        NULL, PARAMETER_STRING, false, NULL, NULL                                                            \
    }

static const struct parameter customer_members[] = {
    {"name", PARAMETER_STRING, false, "organisation; needed unless the register of customers knows the id",
     NULL},
    {"id", PARAMETER_STRING, false, "your own id for the customer; what the register knows of it is added",
     NULL},
    {"staffed", PARAMETER_STRING, false, "24h (default) or HH:MM-HH:MM: when somebody is there", NULL},
    {"key_account", PARAMETER_BOOLEAN, false, "a key account: regimes may owe it more", NULL},
    {"calendar", PARAMETER_STRING, false, "instead of staffed: a calendar that the regime names", NULL},
    END,
};

static const struct parameter contact_members[] = {
    {"name", PARAMETER_STRING, true, "contact person", NULL},
    {"phone", PARAMETER_STRING, false, "phone; one of phone, fax and email is required", NULL},
    {"fax", PARAMETER_STRING, false, "fax", NULL},
    {"email", PARAMETER_STRING, false, "e-mail address", NULL},
    END,
};

#define TICKET                                                                                               \
    {                                                                                                        \
        "ticket", PARAMETER_STRING, true, "ticket id or number", NULL                                        \
    }
#define AT                                                                                                   \
    {                                                                                                        \
        "at", PARAMETER_INSTANT, false, "when it really happened (default: now)", NULL                       \
    }
#define HISTORY                                                                                              \
    {                                                                                                        \
        "history", PARAMETER_BOOLEAN, false, "part of an import: judge as of `at`, tell nobody", NULL        \
    }

static const struct parameter none[] = {END};

static const struct parameter hello_parameters[] = {
    {"client", PARAMETER_STRING, false, "name and version of the client", NULL},
    {"protocol", PARAMETER_ARRAY, false, "protocol versions the client speaks", NULL},
    END,
};

static const struct parameter info_parameters[] = {
    {"digest", PARAMETER_BOOLEAN, false, "also compute the fingerprint of everything open", NULL},
    END,
};

static const struct parameter calendar_import_parameters[] = {
    {"name", PARAMETER_STRING, true, "a calendar that the regime names", NULL},
    {"text", PARAMETER_STRING, false, "the whole calendar, as its file would say it", NULL},
    {"forget", PARAMETER_BOOLEAN, false, "instead of text: its file holds again", NULL},
    END,
};

static const struct parameter calendar_explain_parameters[] = {
    {"calendar", PARAMETER_STRING, true, "a calendar that the regime names, or hours such as 08:30-20:00",
     NULL},
    {"from", PARAMETER_INSTANT, true, "from when", NULL},
    {"to", PARAMETER_INSTANT, true, "until when, at most 400 days later", NULL},
    END,
};

static const struct parameter log_parameters[] = {
    {"level", PARAMETER_STRING, true, "error, warning, info or debug", NULL},
    END,
};

static const struct parameter create_parameters[] = {
    {"ref", PARAMETER_STRING, false, "your own reference", NULL},
    {"class", PARAMETER_STRING, true, "class of the regime", NULL},
    {"type", PARAMETER_STRING, false, "type of the class", NULL},
    {"types", PARAMETER_STRINGS, false, "several types", NULL},
    {"urgency", PARAMETER_STRING, false, "urgency of the regime; needed where it has several", NULL},
    {"channel", PARAMETER_STRING, true, "how it came in", NULL},
    {"customer", PARAMETER_OBJECT, true, "the customer", customer_members},
    {"contact", PARAMETER_OBJECT, true, "whom to reach and how", contact_members},
    {"subject", PARAMETER_STRING, true, "the problem in one line", NULL},
    {"details", PARAMETER_STRING, false, "the problem in full", NULL},
    {"occurred_at", PARAMETER_INSTANT, false, "when the problem arose", NULL},
    {"received_at", PARAMETER_INSTANT, false, "when the customer told us (default: now)", NULL},
    {"department", PARAMETER_STRING, false, "department (default: by the regime's routes)", NULL},
    {"handler", PARAMETER_STRING, false, "person who handles it", NULL},
    {"supporting", PARAMETER_STRINGS, false, "departments that help", NULL},
    {"fields", PARAMETER_OBJECT, false, "further fields: those of the class, where the regime has [field]s",
     NULL},
    {"attachments", PARAMETER_ARRAY, false, "names of documents kept with the record", NULL},
    HISTORY,
    END,
};

static const struct parameter get_parameters[] = {
    TICKET,
    {"view", PARAMETER_STRING, false, "full (default) or hot: only what memory holds", NULL},
    END,
};

static const struct parameter list_parameters[] = {
    {"state", PARAMETER_STRING, false, "open (default), closed or all", NULL},
    {"class", PARAMETER_STRING, false, "only this class", NULL},
    {"urgency", PARAMETER_STRING, false, "only this urgency", NULL},
    {"department", PARAMETER_STRING, false, "only this department", NULL},
    {"handler", PARAMETER_STRING, false, "only this person's", NULL},
    {"stage", PARAMETER_STRING, false, "only this stage", NULL},
    {"breached", PARAMETER_BOOLEAN, false, "only tickets with (or without) a breached clock", NULL},
    {"after", PARAMETER_STRING, false, "go on behind it: `next` of the page before", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (default 100)", NULL},
    END,
};

static const struct parameter form_list_parameters[] = {
    {"ticket", PARAMETER_STRING, false, "only what is for this ticket: its id or number", NULL},
    END,
};

static const struct parameter form_get_parameters[] = {
    TICKET,
    {"form", PARAMETER_STRING, true, "a form of the regime, such as A", NULL},
    END,
};

static const struct parameter search_parameters[] = {
    {"number", PARAMETER_STRING, false, "part of its number", NULL},
    {"customer", PARAMETER_STRING, false, "part of the customer's name", NULL},
    {"text", PARAMETER_STRING, false,
     "part of its subject, details, result, measures or of a note, in whatever case", NULL},
    {"class", PARAMETER_STRING, false, "only this class", NULL},
    {"type", PARAMETER_STRING, false, "only with this type", NULL},
    {"from", PARAMETER_INSTANT, false, "received then or later", NULL},
    {"to", PARAMETER_INSTANT, false, "received before then", NULL},
    {"state", PARAMETER_STRING, false, "open, closed or all (default)", NULL},
    {"after", PARAMETER_STRING, false, "go on behind this ticket id: `next` of the page before", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (default 100)", NULL},
    END,
};

static const struct parameter classify_parameters[] = {
    TICKET,
    {"urgency", PARAMETER_STRING, false, "new urgency", NULL},
    {"type", PARAMETER_STRING, false, "new type", NULL},
    {"class", PARAMETER_STRING, false, "new class", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter assign_parameters[] = {
    TICKET,
    {"department", PARAMETER_STRING, false, "department", NULL},
    {"handler", PARAMETER_STRING, false, "person", NULL},
    {"supporting", PARAMETER_STRINGS, false, "departments that help, instead of those before", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter plan_parameters[] = {
    TICKET,
    {"expected_at", PARAMETER_INSTANT, true, "when it will be solved", NULL},
    {"measures", PARAMETER_STRING, true, "what will be done", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter pause_parameters[] = {
    TICKET,
    {"reason", PARAMETER_STRING, true, "pause of the regime: what is waited for", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter resume_parameters[] = {
    TICKET, {"reason", PARAMETER_STRING, false, "what is no longer waited for (default: all of it)", NULL},
    AT,     HISTORY,
    END,
};

static const struct parameter move_parameters[] = {
    TICKET,
    {"stage", PARAMETER_STRING, true, "stage of the regime", NULL},
    {"reason", PARAMETER_STRING, false, "why", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter solve_parameters[] = {
    TICKET, {"result", PARAMETER_STRING, true, "what was done", NULL}, AT, HISTORY, END,
};

static const struct parameter merge_parameters[] = {
    TICKET,
    {"into", PARAMETER_STRING, true, "the ticket that answers for both from now on", NULL},
    {"note", PARAMETER_STRING, false, "why", NULL},
    AT,
    END,
};

static const struct parameter link_parameters[] = {
    TICKET,
    {"to", PARAMETER_STRING, true, "the other ticket", NULL},
    {"relation", PARAMETER_STRING, false, "related (default), duplicate_of, caused_by or part_of", NULL},
    {"remove", PARAMETER_BOOLEAN, false, "the link was a mistake", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    END,
};

static const struct parameter amended_customer_members[] = {
    {"name", PARAMETER_STRING, false, "organisation", NULL},
    {"id", PARAMETER_STRING, false, "your own id for the customer", NULL},
    {"staffed", PARAMETER_STRING, false, "24h or HH:MM-HH:MM: when somebody is there", NULL},
    {"key_account", PARAMETER_BOOLEAN, false, "is it a key account", NULL},
    {"calendar", PARAMETER_STRING, false, "instead of staffed: a calendar that the regime names", NULL},
    END,
};

static const struct parameter update_parameters[] = {
    TICKET,
    {"subject", PARAMETER_STRING, false, "the problem in one line", NULL},
    {"details", PARAMETER_STRING, false, "the problem in full", NULL},
    {"customer", PARAMETER_OBJECT, false, "what was wrong about the customer", amended_customer_members},
    {"contact", PARAMETER_OBJECT, false, "whom to reach and how, all of it", contact_members},
    {"fields", PARAMETER_OBJECT, false,
     "of the class's fields those that change, null for one that goes; where the regime has none, all of "
     "them",
     NULL},
    {"note", PARAMETER_STRING, false, "why", NULL},
    END,
};

static const struct parameter close_parameters[] = {TICKET, AT, HISTORY, END};

static const struct parameter reopen_parameters[] = {
    TICKET, {"reason", PARAMETER_STRING, false, "why", NULL}, AT, HISTORY, END,
};

static const struct parameter contact_parameters[] = {
    TICKET,
    {"channel", PARAMETER_STRING, true, "channel of the regime", NULL},
    {"direction", PARAMETER_STRING, true, "out: we reached out; in: the customer did", NULL},
    {"reached", PARAMETER_BOOLEAN, true, "did the two sides speak (or was it delivered)", NULL},
    {"kind", PARAMETER_STRING, false, "contact kind of the regime (default other)", NULL},
    {"automatic", PARAMETER_BOOLEAN, false, "sent by a machine, such as an auto-reply", NULL},
    {"minutes", PARAMETER_INTEGER, false, "how long it took", NULL},
    {"note", PARAMETER_STRING, false, "what was said", NULL},
    {"next_at", PARAMETER_INSTANT, false, "by when the next contact was promised", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter progress_parameters[] = {
    TICKET,
    {"note", PARAMETER_STRING, true, "what was done in the period", NULL},
    {"from", PARAMETER_INSTANT, false, "period: from", NULL},
    {"to", PARAMETER_INSTANT, false, "period: to", NULL},
    {"degree", PARAMETER_STRING, false, "degree of solution", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter step_parameters[] = {
    TICKET,
    {"step", PARAMETER_STRING, true, "step of the ticket's class", NULL},
    {"done", PARAMETER_BOOLEAN, false, "false: it is not done after all (default true)", NULL},
    {"note", PARAMETER_STRING, false, "what came of it", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter sign_parameters[] = {
    TICKET,
    {"signature", PARAMETER_STRING, true, "which signature of the regime", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter satisfaction_parameters[] = {
    TICKET,
    {"level", PARAMETER_STRING, true, "level of the regime", NULL},
    {"note", PARAMETER_STRING, false, "what the customer said", NULL},
    AT,
    HISTORY,
    END,
};

static const struct parameter extension_request_parameters[] = {
    TICKET,
    {"clock", PARAMETER_STRING, true, "which deadline", NULL},
    {"until", PARAMETER_INSTANT, true, "until when", NULL},
    {"reason", PARAMETER_STRING, true, "why", NULL},
    END,
};

static const struct parameter extension_decide_parameters[] = {
    TICKET,
    {"clock", PARAMETER_STRING, false, "which deadline (default: the one that was asked for)", NULL},
    {"approve", PARAMETER_BOOLEAN, true, "granted or not", NULL},
    {"until", PARAMETER_INSTANT, false, "grant only until then (default: as asked for)", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    END,
};

static const struct parameter escalation_request_parameters[] = {
    TICKET,
    {"reason", PARAMETER_STRING, true, "why", NULL},
    {"resources", PARAMETER_STRING, false, "what is needed", NULL},
    {"department", PARAMETER_STRING, false, "where it should go", NULL},
    {"handler", PARAMETER_STRING, false, "to whom", NULL},
    {"clock", PARAMETER_STRING, false, "which deadline must move", NULL},
    {"until", PARAMETER_INSTANT, false, "until when", NULL},
    END,
};

static const struct parameter escalation_decide_parameters[] = {
    TICKET,
    {"approve", PARAMETER_BOOLEAN, true, "granted or not", NULL},
    {"department", PARAMETER_STRING, false, "where it goes (default: as asked for)", NULL},
    {"handler", PARAMETER_STRING, false, "to whom (default: as asked for)", NULL},
    {"until", PARAMETER_INSTANT, false, "the new deadline (default: as asked for)", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    END,
};

static const struct parameter clock_list_parameters[] = {
    TICKET,
    END,
};

#define LANGUAGE                                                                                             \
    {                                                                                                        \
        "language", PARAMETER_STRING, false, "of the sentences: zh or en (default: the regime's)", NULL      \
    }

static const struct parameter explain_parameters[] = {
    TICKET,
    {"at", PARAMETER_INSTANT, false, "as it will be then if nothing more is recorded (default: now)", NULL},
    {"view", PARAMETER_STRING, false, "full (default) or hot: only what memory holds", NULL},
    LANGUAGE,
    END,
};

static const struct parameter escalation_list_parameters[] = {
    {"department", PARAMETER_STRING, false, "only this department", NULL},
    {"after", PARAMETER_STRING, false, "go on behind it: `next` of the page before", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (default 100)", NULL},
    END,
};

static const struct parameter ack_parameters[] = {
    TICKET,
    {"clock", PARAMETER_STRING, false, "the breached clock (default: all of the ticket)", NULL},
    {"promise_at", PARAMETER_INSTANT, false, "by when it will be met", NULL},
    {"note", PARAMETER_STRING, false, "a word to the record", NULL},
    AT,
    END,
};

static const struct parameter notice_list_parameters[] = {
    {"ticket", PARAMETER_STRING, false, "only this ticket's (id)", NULL},
    {"state", PARAMETER_STRING, false, "only this state", NULL},
    {"recipient", PARAMETER_STRING, false, "only this person's", NULL},
    {"before", PARAMETER_STRING, false, "continue with notices older than this id", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (default 100)", NULL},
    END,
};

static const struct parameter notice_release_parameters[] = {
    {"all", PARAMETER_BOOLEAN, false, "everything that waits to be released", NULL},
    {"recipient", PARAMETER_STRING, false, "what waits to be released to this person", NULL},
    {"ids", PARAMETER_STRINGS, false, "these notices, also those that wait for a digest", NULL},
    END,
};

static const struct parameter notice_test_parameters[] = {
    {"person", PARAMETER_STRING, true, "person of the people file", NULL},
    END,
};

static const struct parameter optout_parameters[] = {
    {"address", PARAMETER_STRING, true, "e-mail address or phone number", NULL},
    {"reason", PARAMETER_STRING, false, "how they said so", NULL},
    END,
};

static const struct parameter optout_list_parameters[] = {
    {"address", PARAMETER_STRING, false, "only of this one", NULL},
    {"before", PARAMETER_STRING, false, "continue with entries older than this number", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (100)", NULL},
    END,
};

static const struct parameter mailing_start_parameters[] = {
    {"template", PARAMETER_STRING, true, "one of [customers] courtesy or mailings", NULL},
    {"register", PARAMETER_STRING, false, "whose records (customers)", NULL},
    {"when", PARAMETER_STRING, false, "which of them, as in a schedule: `status active, expires within 2mo`",
     NULL},
    {"ids", PARAMETER_STRINGS, false, "only these records", NULL},
    {"ticket", PARAMETER_STRING, false, "bound to this ticket: `mailed` happens to it when all have left",
     NULL},
    {"note", PARAMETER_STRING, false, "what the template says as {note}", NULL},
    {"dry_run", PARAMETER_BOOLEAN, false, "only tell who would be written to, and what", NULL},
    END,
};

static const struct parameter mailing_parameters[] = {
    {"mailing", PARAMETER_STRING, true, "its number", NULL},
    END,
};

static const struct parameter mailing_list_parameters[] = {
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (50)", NULL},
    END,
};

static const struct parameter mailing_cancel_parameters[] = {
    {"mailing", PARAMETER_STRING, true, "its number", NULL},
    {"reason", PARAMETER_STRING, false, "why", NULL},
    END,
};

static const struct parameter notice_get_parameters[] = {
    {"notice", PARAMETER_STRING, true, "notice id", NULL},
    END,
};

static const struct parameter notice_explain_parameters[] = {
    {"notice", PARAMETER_STRING, true, "notice id", NULL},
    LANGUAGE,
    END,
};

static const struct parameter why_not_parameters[] = {
    TICKET,
    {"person", PARAMETER_STRING, true, "person of the people file", NULL},
    {"at", PARAMETER_INSTANT, false, "as it will be then if nothing more is recorded (default: now)", NULL},
    LANGUAGE,
    END,
};

static const struct parameter subscribe_parameters[] = {
    {"types", PARAMETER_STRINGS, false, "event types, such as clock.breached (default: all)", NULL},
    {"filter", PARAMETER_OBJECT, false, "{ticket?}: only this ticket's", NULL},
    {"from_seq", PARAMETER_INTEGER, false, "begin with this journal sequence", NULL},
    END,
};

static const struct parameter unsubscribe_parameters[] = {
    {"sub", PARAMETER_STRING, true, "what event.subscribe gave", NULL},
    END,
};

static const struct parameter policy_get_parameters[] = {
    {"digest", PARAMETER_STRING, false,
     "a version that was loaded before: its digest, or twelve of its beginning (default: the regime in "
     "force)",
     NULL},
    END,
};

static const struct parameter policy_lint_parameters[] = {
    {"text", PARAMETER_STRING, false, "another text for the regime (default: its file as it is now)", NULL},
    LANGUAGE,
    END,
};

static const struct parameter journal_parameters[] = {
    {"from_seq", PARAMETER_INTEGER, false, "first sequence number (default 1)", NULL},
    {"ticket", PARAMETER_STRING, false, "only this ticket's (id)", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, 1 to 1000 (default 100)", NULL},
    END,
};

#define RECORD_ID                                                                                            \
    {                                                                                                        \
        "id", PARAMETER_STRING, true, "id of the record", NULL                                               \
    }
#define REGISTER                                                                                             \
    {                                                                                                        \
        "register", PARAMETER_STRING, true, "register of the regime", NULL                                   \
    }
#define PUT_MEMBERS                                                                                          \
    RECORD_ID, {"fields", PARAMETER_OBJECT, true, "the whole record: what is left out is not there", NULL},  \
    {                                                                                                        \
        "check", PARAMETER_BOOLEAN, false, "only look whether it would be taken", NULL                       \
    }
#define LIST_MEMBERS                                                                                         \
    {"where", PARAMETER_OBJECT, false, "{field: value}: only records that have them", NULL},                 \
        {"after", PARAMETER_STRING, false, "continue after this id", NULL},                                  \
    {                                                                                                        \
        "limit", PARAMETER_INTEGER, false, "at most this many, 1 to 500 (default 100)", NULL                 \
    }

static const struct parameter schedule_next_parameters[] = {
    {"schedule", PARAMETER_STRING, false, "only this schedule", NULL},
    {"record", PARAMETER_STRING, false, "only for this record", NULL},
    {"until", PARAMETER_INSTANT, false, "how far to look (default: 31 days)", NULL},
    {"limit", PARAMETER_INTEGER, false, "at most this many, the earliest, 1 to 500 (default 100)", NULL},
    END,
};

static const struct parameter put_parameters[] = {PUT_MEMBERS, END};
static const struct parameter record_parameters[] = {RECORD_ID, END};
static const struct parameter records_parameters[] = {LIST_MEMBERS, END};
static const struct parameter register_put_parameters[] = {REGISTER, PUT_MEMBERS, END};
static const struct parameter register_record_parameters[] = {REGISTER, RECORD_ID, END};
static const struct parameter register_records_parameters[] = {REGISTER, LIST_MEMBERS, END};

static const struct parameter report_parameters[] = {
    {"report", PARAMETER_STRING, true, "which one (report.list)", NULL},
    {"name", PARAMETER_STRING, false, "of several that the regime has of this kind", NULL},
    {"month", PARAMETER_STRING, false, "of this month, such as 2026-03", NULL},
    {"from", PARAMETER_STRING, false,
     "instead: from this day or instant (default: last month, or the last twelve)", NULL},
    {"to", PARAMETER_STRING, false, "until this day or instant, not included (default: now)", NULL},
    {"by", PARAMETER_STRING, false, "put together by this, or by two with a comma", NULL},
    {"class", PARAMETER_STRING, false, "only tickets of this class", NULL},
    {"language", PARAMETER_STRING, false, "of the words: zh or en (default: the regime's)", NULL},
    END,
};

static const struct parameter advance_parameters[] = {END};

#define INTAKE  (ROLES(ROLE_INTAKE) | ROLES(ROLE_SERVICE_HEAD) | ROLES_GATEWAY)
#define WORKING (ROLES_STAFF | ROLES_GATEWAY)
#define REVIEW  (WORKING | ROLES(ROLE_LEADERSHIP))
#define KEEPERS (INTAKE | ROLES(ROLE_DEPARTMENT_HEAD))
#define OVERSEERS                                                                                            \
    (ROLES(ROLE_DEPARTMENT_HEAD) | ROLES(ROLE_SERVICE_HEAD) | ROLES(ROLE_LEADERSHIP) | ROLES(ROLE_AUDITOR) | \
     ROLES_GATEWAY)
#define EVERYONE ROLES_ANY
#define OPERATOR ROLES(ROLE_ADMIN)

#define CLOCKS "clocks:[{clock, kind, state, cycle, due_at, calendar, provisional}]"

/* A register under a noun of the trade, `customer.put` …: the regime's register `customers`, or `customer`.
 */
#define REGISTER_ROWS(noun, put, one, many)                                                                  \
    {noun ".put",                                                                                            \
     METHOD_WRITE,                                                                                           \
     KEEPERS,                                                                                                \
     put,                                                                                                    \
     "enter or replace a record",                                                                            \
     "{register, id, revision, created, changed}",                                                           \
     method_register_put},                                                                                   \
        {noun ".get",        METHOD_READ,                                                                    \
         EVERYONE,           one,                                                                            \
         "one record",       "{register, id, revision, changed_at, fields}",                                 \
         method_register_get},                                                                               \
        {noun ".list",                                                                                       \
         METHOD_READ,                                                                                        \
         EVERYONE,                                                                                           \
         many,                                                                                               \
         "records by id",                                                                                    \
         "{register, fields:[{field, kind, optional}], records:[{id, revision, changed_at, fields}], "       \
         "next?}",                                                                                           \
         method_register_list},                                                                              \
    {                                                                                                        \
        noun ".remove", METHOD_WRITE, KEEPERS, one, "take a record out",                                     \
            "{register, id, revision, removed}", method_register_remove                                      \
    }
#define NOUN_ROWS(noun) REGISTER_ROWS(noun, put_parameters, record_parameters, records_parameters)

static const struct method methods[] = {
    {"system.hello", METHOD_HAND, EVERYONE, hello_parameters, "say who you are and learn who we are",
     "{server, version, protocol, desks, capabilities, limits, peer:{uid, gid, role}, now}", NULL},
    {"system.ping", METHOD_HAND, EVERYONE, none, "is anybody there", "{now}", NULL},
    {"system.info", METHOD_HAND, EVERYONE, info_parameters, "what is running, with which policy",
     "{version, desks:[{desk, regime, digest?, …}], …}", NULL},
    {"system.stats", METHOD_HAND, EVERYONE, none, "figures since the start", "{…}", NULL},
    {"system.reload", METHOD_HAND, OPERATOR, none,
     "read regime, people and calendars again; keeps the old ones on any error",
     "{regime, digest, moved, deadlines:[{ticket, number, clock, cycle, from, to, provisional}], changed, "
     "verdicts:[{ticket, number, state, clock, cycle, was, would_be, due_at, would_be_due_at}], cut?}",
     NULL},
    {"system.log_level", METHOD_HAND, OPERATOR, log_parameters, "how much goes to the log", "{level}", NULL},
    {"calendar.list", METHOD_READ, EVERYONE, none, "the calendars that the regime names",
     "{calendars:[{calendar, title, zone, until, digest, imported, used:[…]}]}", method_calendar_list},
    {"calendar.explain", METHOD_READ, EVERYONE, calendar_explain_parameters,
     "when a calendar is open between two instants, day by day",
     "{calendar, zone, from, to, open_s, working_days, provisional, days:[{date, weekday, name, working, "
     "provisional, "
     "open_s, segments:[{from, to}]}]}",
     method_calendar_explain},
    {"calendar.import", METHOD_HAND, OPERATOR, calendar_import_parameters,
     "put a calendar before its file; judges again what it changes", "what system.reload answers", NULL},
    {"rpc.discover", METHOD_HAND, EVERYONE, none, "this table as an OpenRPC document",
     "{openrpc, methods, …}", NULL},
    {"ticket.create", METHOD_WRITE, INTAKE, create_parameters, "file a customer's problem",
     "{ticket, number, revision, created, stage, department, handler, " CLOCKS "}", method_ticket_create},
    {"ticket.get", METHOD_READ, EVERYONE, get_parameters, "one ticket",
     "{ticket, number, revision, class, types, urgency, stage, …, " CLOCKS
     ", decisions?:[{decision, title, word, says?, line?, missing?}], stages:[{stage, times}], contacts, "
     "progress, plans}",
     method_ticket_get},
    {"ticket.list", METHOD_READ, EVERYONE, list_parameters, "tickets by id", "{tickets:[…], next?}",
     method_ticket_list},
    {"ticket.search", METHOD_READ, EVERYONE, search_parameters,
     "tickets of the archive, open and closed, the newest first", "{tickets:[…], next?}",
     method_ticket_search},
    {"ticket.classify", METHOD_WRITE, WORKING, classify_parameters, "change urgency, type or class",
     "{ticket, revision, urgency, class, types, department, " CLOCKS "}", method_ticket_classify},
    {"ticket.assign", METHOD_WRITE, WORKING, assign_parameters, "hand over to a department or a person",
     "{ticket, revision, department, handler, stage, supporting?}", method_ticket_assign},
    {"ticket.plan", METHOD_WRITE, WORKING, plan_parameters,
     "state the expected time of solution and the measures", "{ticket, revision, stage, " CLOCKS "}",
     method_ticket_plan},
    {"ticket.move", METHOD_WRITE, WORKING, move_parameters, "take it to another stage",
     "{ticket, revision, stage, paused, " CLOCKS "}", method_ticket_move},
    {"ticket.pause", METHOD_WRITE, WORKING, pause_parameters, "it has to wait for something outside",
     "{ticket, revision, stage, paused:[{reason, since}], " CLOCKS "}", method_ticket_pause},
    {"ticket.resume", METHOD_WRITE, WORKING, resume_parameters, "it need not wait any more",
     "{ticket, revision, stage, paused, " CLOCKS "}", method_ticket_resume},
    {"ticket.solve", METHOD_WRITE, WORKING, solve_parameters, "the problem is solved",
     "{ticket, revision, stage, " CLOCKS "}", method_ticket_solve},
    {"ticket.close", METHOD_WRITE, INTAKE, close_parameters, "nothing more is owed",
     "{ticket, revision, stage}", method_ticket_close},
    {"ticket.reopen", METHOD_WRITE, WORKING, reopen_parameters, "it was not solved after all",
     "{ticket, revision, stage, " CLOCKS "}", method_ticket_reopen},
    {"ticket.merge", METHOD_WRITE, WORKING, merge_parameters,
     "two tickets are about the same thing: one of them answers for both",
     "{ticket, revision, stage, into:{ticket, number, revision}, " CLOCKS " of `into`}", method_ticket_merge},
    {"ticket.link", METHOD_WRITE, WORKING, link_parameters, "two tickets have to do with each other",
     "{ticket, revision, to:{ticket, number, revision}}", method_ticket_link},
    {"ticket.update", METHOD_WRITE, INTAKE, update_parameters, "what was said at intake was not quite right",
     "{ticket, revision, stage, " CLOCKS "}", method_ticket_update},
    {"contact.record", METHOD_WRITE, WORKING, contact_parameters, "a contact with the customer took place",
     "{ticket, revision, credited:[{clock, cycle, slot, window?}], " CLOCKS "}", method_contact_record},
    {"progress.add", METHOD_WRITE, WORKING, progress_parameters, "an entry of the supervision log",
     "{ticket, revision, progress}", method_progress_add},
    {"step.done", METHOD_WRITE, REVIEW, step_parameters, "a step of the class was done",
     "{ticket, revision, steps:[{step, done}], " CLOCKS "}", method_step_done},
    {"sign", METHOD_WRITE, REVIEW, sign_parameters, "put one's name to a ticket",
     "{ticket, revision, signed:[signature], " CLOCKS "}", method_sign},
    {"satisfaction.record", METHOD_WRITE, WORKING, satisfaction_parameters,
     "how satisfied the customer is; the last word counts", "{ticket, revision, satisfaction, " CLOCKS "}",
     method_satisfaction_record},
    {"clock.list", METHOD_READ, EVERYONE, clock_list_parameters, "a ticket's clocks", "{ticket, " CLOCKS "}",
     method_clock_list},
    {"clock.explain", METHOD_READ, EVERYONE, explain_parameters, "why each clock stands as it does",
     "{ticket, number, at, language, lines:[…], clocks:[{clock, state, anchor_at, due_at, anchor, budget, "
     "segments:[…], slots:[…], steps:[…], verdicts:[…], versions, lines:[…], …}]}",
     method_clock_explain},
    {"escalation.list", METHOD_READ, EVERYONE, escalation_list_parameters,
     "breached clocks that are not met yet",
     "{escalations:[{ticket, number, clock, cycle, due_at, rungs_done, told, acknowledged}], next?}",
     method_escalation_list},
    {"escalation.ack", METHOD_WRITE, REVIEW, ack_parameters, "I know, and I am at it (this solves nothing)",
     "{ticket, revision, acknowledged:[clock]}", method_escalation_ack},
    {"form.list", METHOD_READ, EVERYONE, form_list_parameters, "the regime's printed forms, or a ticket's",
     "{forms:[{form, title:{name, zh, en}, number?, page, cites:[{zh, en}], record?}]}", method_form_list},
    {"form.get", METHOD_READ, EVERYONE, form_get_parameters,
     "everything that a printed form of a ticket shows",
     "{form:{form, title, number?, page, cites, record}, regime, printed_at, number, class, classes:[{…, "
     "chosen}], urgencies, types, customer, contact, subject, details, …, contacts:[…], progress:[…], "
     "plans:[…], steps:[…], signatures:[…], clocks:[…]}; words and people as {name, zh, en}",
     method_form_get},
    {"extension.request", METHOD_WRITE, WORKING, extension_request_parameters,
     "ask for a later deadline, before it is over", "{ticket, revision, approvals:[…], " CLOCKS "}",
     method_extension_request},
    {"extension.decide", METHOD_WRITE, REVIEW, extension_decide_parameters, "grant it, or not",
     "{ticket, revision, approved, " CLOCKS "}", method_extension_decide},
    {"escalation.request", METHOD_WRITE, WORKING, escalation_request_parameters,
     "ask for a decision from above: beyond one's authority, or out of time",
     "{ticket, revision, approvals:[…], " CLOCKS "}", method_escalation_request},
    {"escalation.decide", METHOD_WRITE, REVIEW, escalation_decide_parameters,
     "grant it, or not; granted, the ticket is handed over",
     "{ticket, revision, approved, department, handler, " CLOCKS "}", method_escalation_decide},
    {"approval.list", METHOD_READ, EVERYONE, none, "what waits for a decision",
     "{approvals:[{approval, kind, ticket, number, clock?, until?, asked_by, …}]}", method_approval_list},
    {"notice.list", METHOD_READ, EVERYONE, notice_list_parameters, "notices, newest first",
     "{notices:[{notice, ticket, number, clock, rung, step, recipient, address, template, state, at, …}]}",
     method_notice_list},
    {"notice.get", METHOD_READ, EVERYONE, notice_get_parameters, "one notice with its text",
     "{notice, subject, body, message_id, state, attempts, queue_id, reason, …}", method_notice_get},
    {"notice.explain", METHOD_READ, EVERYONE, notice_explain_parameters,
     "why a notice went out, and what became of it",
     "{notice, ticket, clock, kind, state, rule:{file, line, text}, told, course:[{at, state, detail?}], "
     "lines:[…], …}",
     method_notice_explain},
    {"notice.why_not", METHOD_READ, EVERYONE, why_not_parameters,
     "what kept notices about a ticket from a person",
     "{ticket, number, person, name, at, lines:[…], clocks:[{clock|report, state?, steps:[{step, number?, "
     "reason, "
     "at?, file, line, …}], lines:[…]}]}",
     method_notice_why_not},
    {"notice.release", METHOD_WRITE, ROLES(ROLE_SERVICE_HEAD) | OPERATOR, notice_release_parameters,
     "let go what waits: too much was found late, or a reader was told enough", "{released}",
     method_notice_release},
    {"notice.retry", METHOD_WRITE, ROLES(ROLE_SERVICE_HEAD) | OPERATOR, notice_get_parameters,
     "send a failed notice again, as it was", "{notice, attempts}", method_notice_retry},
    {"notice.test", METHOD_WRITE, ROLES(ROLE_SERVICE_HEAD) | OPERATOR, notice_test_parameters,
     "send somebody a mail that says nothing but that mail arrives", "{notice, address}", method_notice_test},
    {"optout.add", METHOD_WRITE, KEEPERS | OPERATOR, optout_parameters,
     "a customer wants no mail beyond their own case: greetings, surveys, news",
     "{address, declines, changed}", method_optout_add},
    {"optout.remove", METHOD_WRITE, KEEPERS | OPERATOR, optout_parameters, "and wants it again",
     "{address, declines, changed}", method_optout_remove},
    {"optout.list", METHOD_READ, KEEPERS | OVERSEERS, optout_list_parameters,
     "who asked for what, when and why, newest first",
     "{declining, optouts:[{entry, at, address, declines, role, actor, reason?}]}", method_optout_list},
    {"mailing.start", METHOD_WRITE, KEEPERS | OPERATOR, mailing_start_parameters,
     "write to many customers, each once",
     "{mailing, created, recipients}; of a dry run {dry_run, recipients, "
     "left_out_count, left_out:[{record, why}], first?:{record, address, subject, body}}",
     method_mailing_start},
    {"mailing.get", METHOD_READ, KEEPERS | OVERSEERS, mailing_parameters, "how far a mailing is",
     "{mailing, state, register, template, ticket?, started_at, finished_at?, total, waiting, queued, sent, "
     "suppressed, failed, left_out:[{recipient, state, why}]}",
     method_mailing_get},
    {"mailing.list", METHOD_READ, KEEPERS | OVERSEERS, mailing_list_parameters, "mailings, newest first",
     "{mailings:[{mailing, state, template, total, sent, suppressed, failed, …}]}", method_mailing_list},
    {"mailing.cancel", METHOD_WRITE, KEEPERS | OPERATOR, mailing_cancel_parameters,
     "whoever has not been written to yet is not", "{mailing, state, sent, not_written}",
     method_mailing_cancel},
    NOUN_ROWS("customer"),
    NOUN_ROWS("contract"),
    NOUN_ROWS("asset"),
    NOUN_ROWS("course"),
    NOUN_ROWS("project"),
    NOUN_ROWS("branch"),
    {"schedule.list", METHOD_READ, EVERYONE, none, "the regime's schedules and how far they are",
     "{schedules:[{schedule, title, at, over?, calendar, opens?, sends?, planned, runs, last_at, next_at}]}",
     method_schedule_list},
    {"schedule.next", METHOD_READ, EVERYONE, schedule_next_parameters, "what schedules will do, in order",
     "{until, next:[{at, schedule, register?, record?, opens?, sends?}], more}", method_schedule_next},
    REGISTER_ROWS("register", register_put_parameters, register_record_parameters,
                  register_records_parameters),
    {"report.list", METHOD_READ, OVERSEERS, none, "which reports there are",
     "{reports:[{report, title, period, by:[…], usual?, names?}]}", method_report_list},
    {"report.get", METHOD_HAND, OVERSEERS, report_parameters, "what the record adds up to",
     "{report, title, regime, language, at, by:[…], from?, to?, class?, tables:[{name, title, "
     "columns:[{name, title, "
     "kind}], rows:[[…]]}], charts:[{kind, title, table, columns}], notes:[…]}",
     NULL},
    {"event.subscribe", METHOD_HAND, EVERYONE, subscribe_parameters, "follow what happens", "{sub, seq}",
     NULL},
    {"event.unsubscribe", METHOD_HAND, EVERYONE, unsubscribe_parameters, "stop following", "{}", NULL},
    {"policy.list", METHOD_READ, EVERYONE, none, "the regime in force, and what was loaded so far",
     "{policies:[{regime, title, file, digest, in_force, people, persons, clocks, ladders, calendars:[…]}], "
     "versions:[{kind, name, digest, loaded_at, bytes}]}",
     method_policy_list},
    {"policy.get", METHOD_READ, EVERYONE, policy_get_parameters,
     "what a regime says, as data and as its text",
     "{regime, title, file, path, people_path, digest, language, zone, calendar, words, routes, stages:[…], "
     "machines, pauses:[…], clocks:[…], "
     "ladders:[…], reports:[…], forms:[…], text}; of a version {kind, name, digest, loaded_at, text}",
     method_policy_get},
    {"policy.lint", METHOD_HAND, EVERYONE, policy_lint_parameters,
     "what in a regime is well written and still wrong",
     "{regime, digest, findings:[{check, file, line?, text}]}", NULL},
    {"journal.read", METHOD_READ, ROLES(ROLE_AUDITOR) | ROLES(ROLE_SERVICE_HEAD) | OPERATOR,
     journal_parameters, "what was accepted and judged, in order",
     "{rows:[{seq, at, ticket, type, body, hash}]}", method_journal_read},
    {"clock.advance", METHOD_HAND, 0, advance_parameters, "replay files only: time passes", "{}", NULL},
};

#define DESK                                                                                                 \
    {                                                                                                        \
        "desk", PARAMETER_STRING, false,                                                                     \
            "which desk (default: the one that system.hello named, else the only one)", NULL                 \
    }

const struct parameter methods_read_parameters[] = {DESK, END};

const struct parameter methods_write_parameters[] = {
    DESK,
    {"idempotency_key", PARAMETER_STRING, false, "the same key gets the same answer again", NULL},
    {"if_revision", PARAMETER_INTEGER, false, "refuse when the ticket has moved on", NULL},
    {"on_behalf_of", PARAMETER_STRING, false, "gateways: the person who really speaks", NULL},
    END,
};

#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

const struct method *methods_find(const char *name)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return NULL;
}

size_t methods_count(void)
{
    return METHOD_COUNT;
}

const struct method *methods_at(size_t index)
{
    return &methods[index];
}
