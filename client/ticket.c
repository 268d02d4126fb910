/*
 * Commands about tickets: from filing one to closing it.
 *
 * Rows only, and the two pictures of a ticket: a line in a list, and the whole record. What each change means
 * for the clocks is the daemon's business; its answer brings the clocks along and they are shown, because
 * whoever changes a ticket wants to know what is due next.
 */
#include "client/commands.h"

#include <stdlib.h>

#define INTAKE "intake, service_head and gateways"

static const struct option_row new_options[] = {
    {.name = "class",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CLASS",
     .parameter = "class",
     .is_required = true,
     .help = "class of the regime, such as request or complaint"},
    {.name = "type",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "TYPE",
     .parameter = "type",
     .help = "type of the class, such as technical_service"},
    {.name = "types", .kind = OPTION_LIST, .value = "TYPE,…", .parameter = "types", .help = "several types"},
    {.name = "urgency",
     .letter = 'u',
     .kind = OPTION_TEXT,
     .value = "URGENCY",
     .parameter = "urgency",
     .help = "urgency of the regime: general, urgent, very_urgent; needed where it has several"},
    {.name = "channel",
     .kind = OPTION_TEXT,
     .value = "CHANNEL",
     .parameter = "channel",
     .is_required = true,
     .help = "how it came in: phone, fax, email, web, on_site"},
    {.name = "customer",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "customer.name",
     .is_required = true,
     .help = "the customer's organisation"},
    {.name = "customer-id",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "customer.id",
     .help = "your own id for the customer"},
    {.name = "staffed",
     .kind = OPTION_TEXT,
     .value = "HOURS",
     .parameter = "customer.staffed",
     .help = "when somebody is there: 24h (default) or 08:00-20:00"},
    {.name = "key-account",
     .kind = OPTION_FLAG,
     .parameter = "customer.key_account",
     .help = "the customer is a key account"},
    {.name = "customer-calendar",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "customer.calendar",
     .help = "instead of --staffed: a calendar that the regime names"},
    {.name = "contact",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "contact.name",
     .is_required = true,
     .help = "whom to reach"},
    {.name = "phone",
     .kind = OPTION_TEXT,
     .value = "NUMBER",
     .parameter = "contact.phone",
     .help = "one of --phone, --fax and --email is needed"},
    {.name = "fax", .kind = OPTION_TEXT, .value = "NUMBER", .parameter = "contact.fax", .help = "fax number"},
    {.name = "email",
     .kind = OPTION_TEXT,
     .value = "ADDRESS",
     .parameter = "contact.email",
     .help = "mail address"},
    {.name = "subject",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "subject",
     .is_required = true,
     .help = "the problem in one line"},
    {.name = "details",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "details",
     .help = "the problem in full"},
    {.name = "occurred-at",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "occurred_at",
     .help = "when the problem arose"},
    {.name = "received-at",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "received_at",
     .help = "when the customer told us (default: now)"},
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "who handles it (default: by the regime's routes)"},
    {.name = "handler",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "handler",
     .help = "person who handles it"},
    {.name = "supporting",
     .kind = OPTION_LIST,
     .value = "DEPARTMENT,…",
     .parameter = "supporting",
     .help = "departments that help"},
    {.name = "ref", .kind = OPTION_TEXT, .value = "REF", .parameter = "ref", .help = "your own reference"},
    {.name = "field",
     .kind = OPTION_PAIR,
     .value = "NAME=VALUE",
     .parameter = "fields",
     .help = "a field of the regime's; may be given several times"},
    {.name = "attachment",
     .kind = OPTION_LIST,
     .value = "NAME,…",
     .parameter = "attachments",
     .help = "names of documents kept with the record"},
    OPTION_END,
};

static const struct option_row search_options[] = {
    {.name = "text",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "text",
     .is_argument = true,
     .help = "part of a subject, details, a result, measures or a note"},
    {.name = "number",
     .kind = OPTION_TEXT,
     .value = "NUMBER",
     .parameter = "number",
     .help = "part of the number"},
    {.name = "customer",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "customer",
     .help = "part of the customer's name"},
    {.name = "class",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CLASS",
     .parameter = "class",
     .help = "only this class"},
    {.name = "type",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "TYPE",
     .parameter = "type",
     .help = "only with this type"},
    {.name = "from",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "from",
     .help = "received then or later"},
    {.name = "to", .kind = OPTION_TIME, .value = "TIME", .parameter = "to", .help = "received before then"},
    {.name = "state",
     .kind = OPTION_TEXT,
     .value = "STATE",
     .parameter = "state",
     .help = "open, closed or all (default)"},
    {.name = "after",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "after",
     .help = "continue behind this ticket id"},
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row list_options[] = {
    {.name = "state",
     .kind = OPTION_TEXT,
     .value = "STATE",
     .parameter = "state",
     .help = "open (default), closed or all"},
    {.name = "class",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CLASS",
     .parameter = "class",
     .help = "only this class"},
    {.name = "urgency",
     .letter = 'u',
     .kind = OPTION_TEXT,
     .value = "URGENCY",
     .parameter = "urgency",
     .help = "only this urgency"},
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "only this department's"},
    {.name = "handler",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "handler",
     .help = "only this person's"},
    {.name = "stage",
     .kind = OPTION_TEXT,
     .value = "STAGE",
     .parameter = "stage",
     .help = "only in this stage"},
    {.name = "breached",
     .letter = 'b',
     .kind = OPTION_FLAG,
     .parameter = "breached",
     .help = "only with a breached clock"},
    {.name = "not-breached",
     .kind = OPTION_FLAG,
     .parameter = "breached",
     .literal = "false",
     .help = "only without a breached clock"},
    {.name = "after",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "after",
     .help = "continue after this ticket id"},
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row show_options[] = {
    OPTION_TICKET,
    {.name = "hot",
     .kind = OPTION_FLAG,
     .parameter = "view",
     .literal = "\"hot\"",
     .help = "only what the daemon's memory holds (quicker)"},
    OPTION_END,
};

static const struct screen_column list_columns[] = {
    {"NUMBER", "number", SCREEN_TEXT},        {"ID", "ticket", SCREEN_TEXT},
    {"CLASS", "class", SCREEN_TEXT},          {"URGENCY", "urgency", SCREEN_STATE},
    {"STAGE", "stage", SCREEN_TEXT},          {"LEFT", NULL, SCREEN_LEFT},
    {"NEXT", "next_clock", SCREEN_TEXT},      {"BREACHED", "breached", SCREEN_TEXT},
    {"HANDLER", "handler", SCREEN_TEXT},      {"DEPARTMENT", "department", SCREEN_TEXT},
    {"RECEIVED", "received_at", SCREEN_TIME}, {"CUSTOMER", "customer.name", SCREEN_TEXT},
    {"SUBJECT", "subject", SCREEN_TEXT},      {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column record_fields[] = {
    {"Number", "number", SCREEN_TEXT},
    {"Id", "ticket", SCREEN_TEXT},
    {"Reference", "ref", SCREEN_TEXT},
    {"Revision", "revision", SCREEN_TEXT},
    {"Class", "class", SCREEN_TEXT},
    {"Types", "types", SCREEN_TEXT},
    {"Urgency", "urgency", SCREEN_STATE},
    {"Stage", "stage", SCREEN_TEXT},
    {"Waits for", "paused", SCREEN_TEXT},
    {"Next deadline", NULL, SCREEN_LEFT},
    {"Channel", "channel", SCREEN_TEXT},
    {"Customer", "customer.name", SCREEN_TEXT},
    {"Customer id", "customer_id", SCREEN_TEXT},
    {"Key account", "customer.key_account", SCREEN_TEXT},
    {"Staffed", "customer.staffed", SCREEN_TEXT},
    {"Their calendar", "customer.calendar", SCREEN_TEXT},
    {"Contact", "contact", SCREEN_TEXT},
    {"Subject", "subject", SCREEN_TEXT},
    {"Details", "details", SCREEN_TEXT},
    {"Department", "department", SCREEN_TEXT},
    {"Handler", "handler", SCREEN_TEXT},
    {"Supported by", "supporting", SCREEN_TEXT},
    {"Owner", "owner", SCREEN_TEXT},
    {"Recorder", "recorder", SCREEN_TEXT},
    {"Occurred", "occurred_at", SCREEN_TIME},
    {"Received", "received_at", SCREEN_TIME},
    {"Handed over", "handed_over_at", SCREEN_TIME},
    {"Expected", "expected_at", SCREEN_TIME},
    {"Solved", "solved_at", SCREEN_TIME},
    {"Result", "result", SCREEN_TEXT},
    {"Closed", "closed_at", SCREEN_TIME},
    {"Fields", "fields", SCREEN_TEXT},
    {"Attachments", "attachments", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column decision_columns[] = {
    {"DECISION", "title", SCREEN_TEXT}, {"SAYS", "says", SCREEN_TEXT}, {"MISSING", "missing", SCREEN_TEXT},
    {"LINE", "line", SCREEN_TEXT},      {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column stage_columns[] = {
    {"STAGE", "stage", SCREEN_TEXT},
    {"ENTERED", "times", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column contact_columns[] = {
    {"CONTACT", "at", SCREEN_TIME},
    {"CHANNEL", "channel", SCREEN_TEXT},
    {"DIRECTION", "direction", SCREEN_TEXT},
    {"REACHED", "reached", SCREEN_TEXT},
    {"KIND", "kind", SCREEN_TEXT},
    {"BY", "actor", SCREEN_TEXT},
    {"CREDITED", "credited", SCREEN_TEXT},
    {"NOTE", "note", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column progress_columns[] = {
    {"PROGRESS", "at", SCREEN_TIME},   {"FROM", "from", SCREEN_TIME}, {"TO", "to", SCREEN_TIME},
    {"DEGREE", "degree", SCREEN_TEXT}, {"BY", "actor", SCREEN_TEXT},  {"NOTE", "note", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column pause_columns[] = {
    {"PAUSE", "from", SCREEN_TIME}, {"UNTIL", "to", SCREEN_TIME},  {"FOR", "reason", SCREEN_TEXT},
    {"BY", "actor", SCREEN_TEXT},   {"NOTE", "note", SCREEN_TEXT}, {NULL, NULL, SCREEN_TEXT},
};

static const struct screen_column plan_columns[] = {
    {"PLAN", "at", SCREEN_TIME},
    {"EXPECTED", "expected_at", SCREEN_TIME},
    {"MEASURES", "measures", SCREEN_TEXT},
    {"BY", "actor", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

/* Subjects come beside the page, by id: the daemon's memory does not keep them. */
static json_t *with_subjects(const json_t *result)
{
    const json_t *subjects = json_object_get(result, "subjects");
    json_t *tickets = json_deep_copy(json_object_get(result, "tickets")), *ticket;
    size_t index;

    json_array_foreach(tickets, index, ticket)
    {
        const char *id = json_string_value(json_object_get(ticket, "ticket"));
        json_t *subject = id ? json_object_get(subjects, id) : NULL;

        if (subject)
            json_object_set(ticket, "subject", subject);
    }
    return tickets;
}

static void show_list(const struct screen *screen, const json_t *result)
{
    char *next = screen_text(json_object_get(result, "next"));
    json_t *tickets = with_subjects(result);

    screen_table(screen, tickets, list_columns, "no tickets");
    json_decref(tickets);
    if (*next)
        screen_line(screen, "more: --after %s", next);
    free(next);
}

static void show_part(const struct screen *screen, const json_t *result, const char *member,
                      const struct screen_column *columns)
{
    const json_t *rows = json_object_get(result, member);

    if (json_array_size(rows) == 0)
        return;
    fputc('\n', screen->out);
    screen_table(screen, rows, columns, "");
}

static void show_record(const struct screen *screen, const json_t *result)
{
    screen_fields(screen, result, record_fields);
    screen_clocks(screen, result);
    show_part(screen, result, "decisions", decision_columns);
    show_part(screen, result, "stages", stage_columns);
    show_part(screen, result, "contacts", contact_columns);
    show_part(screen, result, "progress", progress_columns);
    show_part(screen, result, "plans", plan_columns);
    show_part(screen, result, "pauses", pause_columns);
}

static void show_new(const struct screen *screen, const json_t *result)
{
    const json_t *created = json_object_get(result, "created");
    char *number = screen_text(json_object_get(result, "number")),
         *ticket = screen_text(json_object_get(result, "ticket"));
    char *department = screen_text(json_object_get(result, "department"));

    screen_line(screen, "%s %s (id %s)%s%s", json_is_false(created) ? "already filed as" : "filed", number,
                ticket, *department ? " for " : "", department);
    screen_clocks(screen, result);
    free(number);
    free(ticket);
    free(department);
}

const struct command ticket_commands[] = {
    {.name = "ticket new",
     .summary = "File a customer's problem",
     .help =
         "Files a ticket and shows its number and the clocks that now run. The daemon checks everything and\n"
         "refuses with the field's name; nothing is filed then. \"Filed\" means that it is on disk.",
     .examples = "  dubanctl ticket new --class request --type technical_service --urgency urgent --channel "
                 "phone \\\n"
                 "      --customer \"Harbour Hospital\" --contact \"Li Lei\" --phone 0755-5550101 --subject "
                 "\"Server down\"\n"
                 "  dubanctl ticket new -c complaint -t service_quality -u general --channel email "
                 "--customer 海港医院 \\\n"
                 "      --contact 李雷 --email lilei@example.org --subject 无人回电 --received-at -2h --key "
                 "letter-2031",
     .method = "ticket.create",
     .roles = INTAKE,
     .options = new_options,
     .is_write = true,
     .show = show_new},
    {.name = "ticket show",
     .summary = "Show one ticket: record, clocks, decisions, stages, contacts, progress, plans",
     .help = "Shows the whole record of a ticket, named by its number or its id. Phone numbers and addresses "
             "are\n"
             "masked for roles that need not see them.",
     .examples = "  dubanctl ticket show NR510201A-0042\n"
                 "  dubanctl ticket show 42 --json | jq .clocks",
     .method = "ticket.get",
     .options = show_options,
     .show = show_record},
    {.name = "ticket list",
     .summary = "List tickets with the time they have left",
     .help = "Lists open tickets by id. LEFT is the time until the nearest deadline. When there are more, "
             "the last\n"
             "line says how to go on.",
     .examples = "  dubanctl ticket list --breached\n"
                 "  dubanctl ticket list --department service_planning --urgency very_urgent -n 20\n"
                 "  dubanctl ticket list --state all --json",
     .method = "ticket.list",
     .options = list_options,
     .show = show_list},
    {.name = "ticket search",
     .summary = "Search the archive of open and closed tickets",
     .help =
         "Finds tickets by any of these, the newest first. TEXT is looked for in subject, details, result, "
         "measures\nand notes, as it stands there and in whatever case. When there are more, the last line "
         "says how to go on.",
     .examples = "  dubanctl ticket search 退款\n"
                 "  dubanctl ticket search --customer 海港医院 --from 2026-01-01 --to 2026-04-01\n"
                 "  dubanctl ticket search --number CS20260302 --state closed --json",
     .method = "ticket.search",
     .options = search_options,
     .show = show_list},
    {.name = NULL},
};
