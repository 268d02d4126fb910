/*
 * Random histories, and the world that lives them.
 *
 * A history is made before anybody lives it and never looks at a desk: tickets are named by ids that may or
 * may not exist, requests may be refused. So the same acts can be given to several desks. The world is the
 * daemon without its sockets: it batches, settles, keeps the latest row of each key, sends (and fails to
 * send) notices, and recalls closed tickets from its rows the way daemon/outward.c does.
 */
#include "tests/property/history.h"

#include "lib/base/hash.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BEGINS_AT    INT64_C(1770339600000) /* 2026-02-06T09:00+08:00: the Spring Festival is near */

uint64_t chance_below(struct chance *chance, uint64_t limit)
{
    return hash_number(chance->state++) % limit;
}

bool chance_one_in(struct chance *chance, uint64_t many)
{
    return chance_below(chance, many) == 0;
}

/* ---- making histories ---- */

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

#define PICK(chance, list) ((list)[chance_below(chance, COUNT(list))])

/* A history in the making. */
struct making {
    struct chance *chance;
    msec now;
    uint64_t created; /* at most so many tickets exist */
};

static void set_instant(json_t *params, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 8 * 3600, text);
    json_object_set_new(params, name, json_string(text));
}

static msec some_time(struct chance *chance)
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
        set_instant(params, name, making->now - some_time(making->chance));
}

static json_t *make_create(struct making *making, enum role role)
{
    struct chance *chance = making->chance;
    bool is_complaint = chance_one_in(chance, 3);
    const char *hours = PICK(chance, staffed);
    json_t *params = json_pack(
        "{s:s,s:s,s:s,s:s,s:{s:s,s:s},s:{s:s,s:s},s:s}", "class", is_complaint ? "complaint" : "request",
        "type", is_complaint ? PICK(chance, complaint_types) : PICK(chance, request_types), "urgency",
        PICK(chance, urgencies), "channel", "phone", "customer", "name",
        chance_one_in(chance, 2) ? "Huaxin" : "Lantian", hours[0] > '9' ? "calendar" : "staffed", hours,
        "contact", "name", "Ms Li", chance_one_in(chance, 12) ? "name2" : "phone", "1", "subject",
        "it does not start");

    if (chance_one_in(chance, 4))
        json_object_set_new(json_object_get(params, "customer"), "key_account", json_true());
    if (chance_one_in(chance, 3))
        json_object_set_new(params, "handler", json_string(PICK(chance, handlers)));
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
    json_object_set_new(params, "kind", json_string(PICK(chance, kinds)));
    return params;
}

static json_t *make_classify(struct making *making)
{
    struct chance *chance = making->chance;
    json_t *params = of_ticket(making);

    if (!chance_one_in(chance, 4))
        json_object_set_new(params, "urgency", json_string(PICK(chance, urgencies)));
    if (chance_one_in(chance, 3)) {
        bool is_complaint = chance_one_in(chance, 2);

        json_object_set_new(params, "class", json_string(is_complaint ? "complaint" : "request"));
        json_object_set_new(
            params, "type",
            json_string(is_complaint ? PICK(chance, complaint_types) : PICK(chance, request_types)));
    }
    return params;
}

static json_t *make_assign(struct making *making)
{
    json_t *params = of_ticket(making);

    if (chance_one_in(making->chance, 2))
        json_object_set_new(params, "department", json_string(PICK(making->chance, departments)));
    if (chance_one_in(making->chance, 2))
        json_object_set_new(params, "handler", json_string(PICK(making->chance, handlers)));
    return params;
}

static json_t *make_plan(struct making *making)
{
    json_t *params = of_ticket(making);

    json_object_set_new(params, "measures", json_string("replace it"));
    set_instant(params, "expected_at", making->now + MSEC_HOUR + some_time(making->chance));
    return params;
}

static json_t *make_params(struct making *making, const char *method, enum role role)
{
    json_t *params;

    if (strcmp(method, "ticket.create") == 0)
        return make_create(making, role);
    params = strcmp(method, "contact.record") == 0    ? make_contact(making)
             : strcmp(method, "ticket.classify") == 0 ? make_classify(making)
             : strcmp(method, "ticket.assign") == 0   ? make_assign(making)
             : strcmp(method, "ticket.plan") == 0     ? make_plan(making)
                                                      : of_ticket(making);
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
    };

    return PICK(chance, methods);
}

static void make_request(struct making *making, struct act *act)
{
    struct chance *chance = making->chance;
    size_t person = chance_below(chance, COUNT(people));
    const char *method = making->created ? pick_method(chance) : "ticket.create";
    char key[24];

    if (strcmp(method, "ticket.create") == 0 || strcmp(method, "ticket.close") == 0)
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

void history_make(struct history *history, struct chance *chance, size_t acts)
{
    struct making making = {.chance = chance, .now = BEGINS_AT};

    *history = (struct history){.begins_at = BEGINS_AT};
    history->acts = memory_new(acts, sizeof(*history->acts));
    history->count = acts;
    for (size_t i = 0; i < acts; i++) {
        struct act *act = &history->acts[i];
        uint64_t what = chance_below(chance, 20);

        making.now += some_time(chance);
        act->kind = what < 3 ? ACT_TIME : what == 3 ? ACT_ABSENCE : what == 4 ? ACT_SENDER : ACT_REQUEST;
        act->at = making.now;
        act->settles = !chance_one_in(chance, 3);
        if (act->kind == ACT_REQUEST)
            make_request(&making, act);
    }
}

void history_finish(struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        json_decref(history->acts[i].params);
    free(history->acts);
}

/* ---- rows ---- */

struct kept_ticket *rows_ticket(const struct rows *rows, uint64_t ticket)
{
    for (size_t i = rows->ticket_count; i-- > 0;)
        if (rows->tickets[i].row.ticket == ticket)
            return &rows->tickets[i];
    return NULL;
}

/* The same where the judge has promised that it is there: anything else is a broken test or a broken judge.
 */
static struct kept_ticket *known_ticket(const struct rows *rows, uint64_t ticket)
{
    struct kept_ticket *kept = rows_ticket(rows, ticket);

    if (!kept)
        abort();
    return kept;
}

static struct clock_row *find_clock(const struct rows *rows, uint64_t ticket, const char *clock)
{
    for (size_t i = 0; i < rows->clock_count; i++)
        if (rows->clocks[i].ticket == ticket && strcmp(rows->clocks[i].clock, clock) == 0)
            return &rows->clocks[i];
    return NULL;
}

const struct clock_row *rows_clock(const struct rows *rows, uint64_t ticket, const char *clock)
{
    return find_clock(rows, ticket, clock);
}

#define OWN(member) (member) = arena_text(&rows->arena, (member))

static void keep_ticket(struct rows *rows, const struct ticket_row *row)
{
    struct kept_ticket *kept = rows_ticket(rows, row->ticket);

    if (!kept) {
        rows->tickets =
            memory_reserve(rows->tickets, &rows->ticket_room, rows->ticket_count + 1, sizeof(*rows->tickets));
        kept = &rows->tickets[rows->ticket_count++];
        *kept = (struct kept_ticket){0};
    }
    kept->row = *row;
    kept->row.cold = NULL;
    kept->row.result = NULL;
    OWN(kept->row.number), OWN(kept->row.class_name), OWN(kept->row.urgency), OWN(kept->row.channel);
    OWN(kept->row.stage), OWN(kept->row.types), OWN(kept->row.customer), OWN(kept->row.staffed);
    OWN(kept->row.department), OWN(kept->row.handler), OWN(kept->row.recorder), OWN(kept->row.facts);
}

static void keep_clock(struct rows *rows, const struct clock_row *row)
{
    struct clock_row *kept = find_clock(rows, row->ticket, row->clock);

    if (!kept) {
        rows->clocks =
            memory_reserve(rows->clocks, &rows->clock_room, rows->clock_count + 1, sizeof(*rows->clocks));
        kept = &rows->clocks[rows->clock_count++];
    }
    *kept = *row;
    OWN(kept->clock), OWN(kept->state), OWN(kept->reminders);
}

static void keep_window(struct rows *rows, const struct window_row *row)
{
    size_t i = 0;

    while (i < rows->window_count &&
           (rows->windows[i].ticket != row->ticket || rows->windows[i].start_at != row->start_at ||
            strcmp(rows->windows[i].clock, row->clock) != 0))
        i++;
    if (i == rows->window_count)
        rows->windows =
            memory_reserve(rows->windows, &rows->window_room, ++rows->window_count, sizeof(*rows->windows));
    rows->windows[i] = *row;
    OWN(rows->windows[i].clock);
}

static void keep_notice(struct rows *rows, const struct notice_row *row)
{
    rows->notices =
        memory_reserve(rows->notices, &rows->notice_room, rows->notice_count + 1, sizeof(*rows->notices));
    struct kept_notice *kept = &rows->notices[rows->notice_count++];

    *kept = (struct kept_notice){
        .row = *row, .state = arena_text(&rows->arena, row->state), .ready_at = row->ready_at};
    OWN(kept->row.clock), OWN(kept->row.recipient), OWN(kept->row.role), OWN(kept->row.channel);
    OWN(kept->row.template_name), OWN(kept->row.hold);
    kept->row.subject = kept->row.body = kept->row.reason = kept->row.detail = "";
}

static void keep_notice_state(struct rows *rows, const struct notice_state_row *row)
{
    struct kept_notice *kept = NULL;

    for (size_t i = rows->notice_count; i-- > 0 && !kept;)
        kept = rows->notices[i].row.notice == row->notice ? &rows->notices[i] : NULL;
    if (!kept) /* a state of a notice that was never written */
        abort();
    kept->state = arena_text(&rows->arena, row->state);
    kept->attempts = row->attempts;
    kept->ready_at = row->ready_at;
    kept->row.hold = row->hold ? arena_text(&rows->arena, row->hold) : NULL;
    kept->into = row->into ? row->into : kept->into;
    if (row->let_go_at != NEVER)
        kept->row.let_go_at = row->let_go_at;
}

static void keep_sequence(struct rows *rows, const struct sequence_row *row)
{
    size_t i = 0;

    while (i < rows->sequence_count && strcmp(rows->sequences[i].name, row->name) != 0)
        i++;
    if (i == rows->sequence_count) {
        rows->sequences = memory_reserve(rows->sequences, &rows->sequence_room, ++rows->sequence_count,
                                         sizeof(*rows->sequences));
        rows->sequences[i].name = arena_text(&rows->arena, row->name);
    }
    rows->sequences[i].last = row->last;
}

static void keep_ladder(struct rows *rows, const struct ladder_row *row)
{
    rows->ladders =
        memory_reserve(rows->ladders, &rows->ladder_room, rows->ladder_count + 1, sizeof(*rows->ladders));
    struct ladder_row *kept = &rows->ladders[rows->ladder_count++];

    *kept = *row;
    OWN(kept->digest), OWN(kept->body);
}

static void keep_key(struct rows *rows, const char *key)
{
    rows->keys = memory_reserve(rows->keys, &rows->key_room, rows->key_count + 1, sizeof(*rows->keys));
    rows->keys[rows->key_count++] = arena_text(&rows->arena, key);
}

static void keep(struct rows *rows, const struct effect *effect)
{
    switch ((int)effect->kind) {
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
        keep_ticket(rows, effect->ticket);
        break;
    case EFFECT_CLOCK:
        keep_clock(rows, effect->clock);
        break;
    case EFFECT_WINDOW:
        keep_window(rows, effect->window);
        break;
    case EFFECT_NOTICE:
        keep_notice(rows, effect->notice);
        break;
    case EFFECT_NOTICE_STATE:
        keep_notice_state(rows, effect->notice_state);
        break;
    case EFFECT_SEQUENCE:
        keep_sequence(rows, effect->sequence);
        break;
    case EFFECT_LADDER:
        keep_ladder(rows, effect->ladder);
        break;
    case EFFECT_KEY:
        keep_key(rows, effect->key->key);
        break;
    case EFFECT_JOURNAL:
        rows->journal_sequence = effect->journal->sequence;
        break;
    }
}

/* Rows that count others come before the row they are counted in (a new ticket's own row is settled last). */
static void count_records(struct rows *rows, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];

        if (effect->kind == EFFECT_CONTACT)
            known_ticket(rows, effect->contact->ticket)->contacts++;
        else if (effect->kind == EFFECT_PROGRESS)
            known_ticket(rows, effect->progress->ticket)->progress++;
        else if (effect->kind == EFFECT_PLAN)
            known_ticket(rows, effect->plan->ticket)->plans++;
    }
}

static void *copy_of(const void *list, size_t count, size_t size)
{
    void *copy = memory_new(count + 1, size);

    if (count)
        memcpy(copy, list, count * size);
    return copy;
}

/* Texts stay in the original's arena, which must live as long as the copy. */
static void copy_rows(const struct rows *from, struct rows *to)
{
    *to = *from;
    arena_init(&to->arena);
    to->tickets = copy_of(from->tickets, from->ticket_count, sizeof(*to->tickets));
    to->clocks = copy_of(from->clocks, from->clock_count, sizeof(*to->clocks));
    to->notices = copy_of(from->notices, from->notice_count, sizeof(*to->notices));
    to->sequences = copy_of(from->sequences, from->sequence_count, sizeof(*to->sequences));
    to->ladders = copy_of(from->ladders, from->ladder_count, sizeof(*to->ladders));
    to->windows = copy_of(from->windows, from->window_count, sizeof(*to->windows));
    to->window_room = to->window_count + 1;
    to->keys = copy_of(from->keys, from->key_count, sizeof(*to->keys));
    to->ticket_room = to->ticket_count + 1;
    to->clock_room = to->clock_count + 1;
    to->notice_room = to->notice_count + 1;
    to->sequence_room = to->sequence_count + 1;
    to->ladder_room = to->ladder_count + 1;
    to->key_room = to->key_count + 1;
}

static void finish_rows(struct rows *rows)
{
    arena_finish(&rows->arena);
    free(rows->tickets);
    free(rows->clocks);
    free(rows->notices);
    free(rows->sequences);
    free(rows->ladders);
    free(rows->keys);
    free(rows->windows);
}

/* ---- log ---- */

static void log_ticket(struct text *log, const struct ticket_row *row)
{
    text_printf(log, "ticket %" PRIu64 " %s %s %s %s %s %s %s %s %s [%s] r%u open%d key%d", row->ticket,
                row->number, row->class_name, row->urgency, row->stage, row->types, row->staffed,
                row->department, row->handler, row->recorder, row->facts, row->revision, row->open,
                row->key_account);
    text_printf(log, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
                row->received_at, row->handed_over_at, row->expected_at, row->solved_at, row->closed_at,
                row->history_until_at, row->contacted_at);
}

static void log_clock(struct text *log, const struct clock_row *row)
{
    text_printf(log, "clock %" PRIu64 " %s %s c%u [%s] %u %u %u %u %x %d%d%d%d", row->ticket, row->clock,
                row->state, row->cycle, row->reminders, row->rungs, row->credited, row->ladder, row->repeats,
                row->untold, row->ladder_running, row->was_late, row->withdrawn, row->acknowledged);
    text_printf(log, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " told %u again %u\n",
                row->anchor_at, row->due_at, row->breached_at, row->fired_at, row->ended_at, row->told_since,
                row->rearmed);
}

static void log_notice(struct text *log, const struct notice_row *row)
{
    text_printf(log, "notice %" PRIu64 " ticket %" PRIu64 " %s c%u rung %d %s %s %s %s %" PRId64 " %s | %s",
                row->notice, row->ticket, row->clock, row->cycle, row->rung, row->recipient, row->role,
                row->template_name, row->state, row->at, row->message_id, row->subject);
    text_printf(log, " | %s %" PRId64 " %" PRId64 " %" PRId64 "\n", row->hold ? row->hold : "", row->due_at,
                row->ready_at, row->let_go_at);
}

static void log_effect(struct text *log, const struct effect *effect)
{
    switch ((int)effect->kind) {
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
        log_ticket(log, effect->ticket);
        break;
    case EFFECT_CLOCK:
        log_clock(log, effect->clock);
        break;
    case EFFECT_CONTACT:
        text_printf(log, "contact %" PRIu64 " %u %" PRId64 " %s\n", effect->contact->ticket,
                    effect->contact->contact, effect->contact->at, effect->contact->credited);
        break;
    case EFFECT_PROGRESS:
        text_printf(log, "progress %" PRIu64 " %u\n", effect->progress->ticket, effect->progress->progress);
        break;
    case EFFECT_PLAN:
        text_printf(log, "plan %" PRIu64 " %u\n", effect->plan->ticket, effect->plan->plan);
        break;
    case EFFECT_NOTICE:
        log_notice(log, effect->notice);
        break;
    case EFFECT_NOTICE_STATE:
        text_printf(
            log, "notice %" PRIu64 " %s a%u %" PRId64 " %s into %" PRIu64 "\n", effect->notice_state->notice,
            effect->notice_state->state, effect->notice_state->attempts, effect->notice_state->ready_at,
            effect->notice_state->detail ? effect->notice_state->detail : "", effect->notice_state->into);
        break;
    case EFFECT_SEQUENCE:
        text_printf(log, "sequence %s %" PRIu64 "\n", effect->sequence->name, effect->sequence->last);
        break;
    case EFFECT_LADDER:
        text_printf(log, "ladder %u %s %s\n", effect->ladder->ladder, effect->ladder->digest,
                    effect->ladder->body);
        break;
    case EFFECT_JOURNAL:
        text_printf(log, "journal %" PRIu64 " %" PRId64 " %" PRIu64 " %s %s\n", effect->journal->sequence,
                    effect->journal->at, effect->journal->ticket, effect->journal->type,
                    effect->journal->body);
        break;
    case EFFECT_REPLY:
        text_printf(log, "reply %s\n", effect->reply->text);
        break;
    case EFFECT_READ:
        text_printf(log, "read %s\n", effect->read->statement);
        break;
    }
}

/* ---- the world ---- */

/* Of $DUBAN_ETC, of the source tree when we stand in it, else of the tree this file was compiled from. */
static const char *etc_path(const char *name)
{
    static char path[4096];
    const char *given = getenv("DUBAN_ETC");
    char here[] = __FILE__;

    if (given || access("etc/regimes", R_OK) == 0)
        snprintf(path, sizeof(path), "%s/%s", given ? given : "etc", name);
    else
        snprintf(path, sizeof(path), "%s/../../etc/%s", dirname(here), name);
    return path;
}

static struct zone_files *zones; /* one for all worlds, until the program ends */

static void finish_zones(void)
{
    zone_files_destroy(zones);
}

static char *read_whole(const char *path)
{
    char *text = memory_new(1, 1 << 17);
    FILE *file = fopen(path, "r");

    if (!file || !fread(text, 1, (1 << 17) - 1, file))
        fail_msg("%s can't be read", path);
    fclose(file);
    return text;
}

/* Every other world keeps people from being told at once: quiet hours, small budgets, a low threshold. */
static char *patient; /* its file, one for all such worlds: verdicts name the digest of file and text */

static void remove_patient(void)
{
    unlink(patient);
    free(patient);
}

static const char *patient_regime(void)
{
    if (patient)
        return patient;
    static const char *const changes[][2] = {
        {"[role leadership]\n", "[role leadership]\nquiet = 20:00-08:00\n"},
        {"[role department_head]\n", "[role department_head]\nquiet = 12:00-13:30\n"},
        {"after downtime = release above 20000",
         "budget = 2 per hour, 7 per day\ndigest every = 45m\nred line = very_urgent\n"
         "after downtime = release above 6"},
    };
    char *text = read_whole(etc_path("regimes/nq510201.ini")),
         *path = memory_text("/tmp/duban-patient-XXXXXX");

    for (size_t i = 0; i < COUNT(changes); i++) {
        const char *at = strstr(text, changes[i][0]);
        char *bent;

        if (!at || asprintf(&bent, "%.*s%s%s", (int)(at - text), text, changes[i][1],
                            at + strlen(changes[i][0])) < 0)
            abort();
        free(text);
        text = bent;
    }
    int file = mkstemp(path);

    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text) || close(file) != 0)
        fail_msg("%s can't be written", path);
    free(text);
    patient = path;
    atexit(remove_patient);
    return patient;
}

static struct world *create_with(msec now, uint64_t outcomes)
{
    struct world *world = memory_new(1, sizeof(*world));
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    bool is_patient = outcomes % 2 == 1;
    char *regime = memory_text(is_patient ? patient_regime() : etc_path("regimes/nq510201.ini")),
         *roster_file = memory_text(etc_path("people.ini"));
    char *calendars = memory_text(etc_path("calendars")), *templates = memory_text(etc_path("templates"));
    struct policy_paths paths = {
        .regime = regime, .people = roster_file, .calendars = calendars, .templates = templates};
    struct policy *policy = NULL;
    struct roster *roster = NULL;

    if (!zones) {
        zones = zone_files_create(NULL);
        atexit(finish_zones);
    }
    char *wrong = policy_files_load(zones, &paths, &world->files, &policy, &roster);

    if (wrong)
        fail_msg("%s", wrong);
    world->desk = desk_create(&options, policy, roster, now);
    world->now = now;
    world->outcomes = outcomes;
    effects_init(&world->effects);
    free(regime);
    free(roster_file);
    free(calendars);
    free(templates);
    return world;
}

static void step(struct world *world, const struct event *event)
{
    desk_step(world->desk, world->now, event, &world->effects);
}

struct world *world_create(msec now, uint64_t outcomes)
{
    struct world *world = create_with(now, outcomes);

    arena_init(&world->rows.arena);
    world->has_sender = true;
    step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
    return world;
}

static void restore_tickets(struct world *world, bool only_open, uint64_t only)
{
    for (size_t i = 0; i < world->rows.ticket_count; i++) {
        const struct kept_ticket *kept = &world->rows.tickets[i];

        if ((only_open && !kept->row.open) || (only && kept->row.ticket != only))
            continue;
        const char *wrong =
            desk_restore_ticket(world->desk, &kept->row, kept->contacts, kept->progress, kept->plans);

        if (wrong && !only)
            fail_msg("ticket %" PRIu64 ": %s", kept->row.ticket, wrong);
        if (wrong)
            return; /* another recall of the batch has brought it back */
    }
    for (size_t i = 0; i < world->rows.clock_count; i++) {
        const struct clock_row *row = &world->rows.clocks[i];

        if ((only_open && !known_ticket(&world->rows, row->ticket)->row.open) ||
            (only && row->ticket != only))
            continue;
        const char *wrong = desk_restore_clock(world->desk, row);

        if (wrong)
            fail_msg("ticket %" PRIu64 " clock %s: %s", row->ticket, row->clock, wrong);
    }
}

/* sql/statements/load_told.sql */
static bool is_told(const struct rows *rows, const struct kept_notice *notice)
{
    const struct clock_row *clock = find_clock(rows, notice->row.ticket, notice->row.clock);
    uint16_t cycle = notice->row.cycle;
    bool is_remembered = clock && clock->told_since && cycle >= clock->told_since && cycle <= clock->cycle;

    for (size_t i = 0; i < rows->window_count; i++)
        is_remembered |= rows->windows[i].is_remembered && rows->windows[i].ticket == notice->row.ticket &&
                         rows->windows[i].cycle == cycle &&
                         strcmp(rows->windows[i].clock, notice->row.clock) == 0;
    return is_remembered && notice->row.rung > 0 && strcmp(notice->state, "suppressed") != 0 &&
           strcmp(notice->state, "failed") != 0;
}

/* sql/statements/load_windows.sql */
static int by_time(const void *a, const void *b)
{
    const struct window_row *one = a, *other = b;

    if (one->ticket != other->ticket)
        return one->ticket < other->ticket ? -1 : 1;
    int by_clock = strcmp(one->clock, other->clock);

    return by_clock ? by_clock : (one->start_at > other->start_at) - (one->start_at < other->start_at);
}

static void restore_windows(struct world *world)
{
    struct rows *rows = &world->rows;

    qsort(rows->windows, rows->window_count, sizeof(*rows->windows), by_time);
    for (size_t i = 0; i < rows->window_count; i++)
        if (rows->windows[i].is_remembered)
            desk_restore_window(world->desk, &rows->windows[i]);
}

/* sql/statements/load_notices.sql */
static bool is_unsent(const struct kept_notice *notice)
{
    return strcmp(notice->state, "queued") == 0 || strcmp(notice->state, "attempting") == 0 ||
           strcmp(notice->state, "deferred") == 0 || strcmp(notice->state, "held") == 0;
}

static void restore_notice(struct world *world, const struct kept_notice *kept)
{
    const struct kept_ticket *ticket = rows_ticket(&world->rows, kept->row.ticket);
    struct notice_row row = kept->row;

    row.state = kept->state;
    if (ticket && strcmp(kept->state, "held") == 0) {
        row.number = ticket->row.number;
        row.department = ticket->row.department;
    }
    desk_restore_notice(world->desk, &row, kept->attempts, kept->ready_at);
}

/* sql/statements/load_let_go.sql */
static int by_let_go(const void *a, const void *b)
{
    const struct notice_row *one = *(const struct notice_row *const *)a,
                            *other = *(const struct notice_row *const *)b;

    if (one->let_go_at != other->let_go_at)
        return one->let_go_at < other->let_go_at ? -1 : 1;
    return (one->notice > other->notice) - (one->notice < other->notice);
}

static void restore_let_go(struct world *world)
{
    const struct rows *rows = &world->rows;
    const struct notice_row **list = memory_new(rows->notice_count + 1, sizeof(*list));
    size_t count = 0;

    for (size_t i = 0; i < rows->notice_count; i++)
        if (rows->notices[i].row.let_go_at != NEVER && rows->notices[i].row.let_go_at > world->now - MSEC_DAY)
            list[count++] = &rows->notices[i].row;
    qsort(list, count, sizeof(*list), by_let_go);
    for (size_t i = 0; i < count; i++)
        desk_restore_let_go(world->desk, list[i]->recipient, list[i]->let_go_at);
    free(list);
}

struct world *world_restart(const struct world *original)
{
    struct world *world = create_with(original->now, original->outcomes);
    const struct rows *rows = &world->rows;

    copy_rows(&original->rows, &world->rows);
    for (size_t i = 0; i < rows->sequence_count; i++)
        desk_restore_sequence(world->desk, rows->sequences[i].name, rows->sequences[i].last);
    desk_restore_sequence(world->desk, "journal", rows->journal_sequence);
    for (size_t i = 0; i < rows->key_count; i++)
        desk_restore_key(world->desk, rows->keys[i]);
    for (size_t i = 0; i < rows->ladder_count; i++)
        desk_restore_ladder(world->desk, rows->ladders[i].ladder, rows->ladders[i].body);
    restore_tickets(world, true, 0);
    restore_windows(world);
    for (size_t i = 0; i < rows->notice_count; i++)
        if (is_told(rows, &rows->notices[i]))
            desk_restore_told(world->desk, rows->notices[i].row.ticket, rows->notices[i].row.clock,
                              rows->notices[i].row.cycle, rows->notices[i].row.recipient,
                              rows->notices[i].row.role);
    for (size_t i = 0; i < rows->notice_count; i++)
        if (is_unsent(&rows->notices[i]))
            restore_notice(world, &rows->notices[i]);
    restore_let_go(world);
    desk_restore_done(world->desk, world->now);
    world->has_sender = original->has_sender;
    if (world->has_sender)
        step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
    return world;
}

void world_destroy(struct world *world)
{
    desk_destroy(world->desk);
    policy_files_destroy(world->files);
    effects_finish(&world->effects);
    finish_rows(&world->rows);
    text_finish(&world->log);
    free(world->slow);
    free(world);
}

static void tick(struct world *world, msec at)
{
    world->now = at > world->now ? at : world->now;
    step(world, &(struct event){.kind = EVENT_TICK});
}

static void tick_until(struct world *world, const struct history *history, msec until_at, bool inclusive)
{
    for (msec due; (due = desk_wakes_at(world->desk)) < until_at || (inclusive && due == until_at);) {
        tick(world, due);
        if (world->on_commit) /* whoever looks at batches wants to see every step */
            world_settle(world, history);
    }
}

static void ask(struct world *world, const struct act *act, size_t index)
{
    struct request request = {
        .token = index,
        .peer = {.role = act->role, .actor = act->actor},
        .method = act->method,
        .params = act->params,
        .id = "0",
    };

    step(world, &(struct event){.kind = EVENT_REQUEST, .request = &request});
}

void world_tick(struct world *world)
{
    while (desk_wakes_at(world->desk) <= world->now)
        tick(world, world->now);
}

void world_live(struct world *world, const struct history *history, size_t index)
{
    const struct act *act = &history->acts[index];

    if (act->kind == ACT_TIME || (act->kind == ACT_REQUEST && !act->comes_first))
        tick_until(world, history, act->at, act->kind == ACT_TIME);
    world->now = act->at;
    switch (act->kind) {
    case ACT_REQUEST:
        ask(world, act, index);
        break;
    case ACT_TIME:
        break;
    case ACT_ABSENCE:
        tick(world, act->at);
        break;
    case ACT_SENDER:
        world_settle(world, history); /* nothing is on its way any more */
        world->has_sender = !world->has_sender;
        step(world, &(struct event){.kind = world->has_sender ? EVENT_SENDER_IDLE : EVENT_SENDER_GONE});
        break;
    }
}

/* ---- after the commit ---- */

struct outward {
    uint64_t notice, token;
    uint16_t attempt;
    uint64_t ticket; /* of a recall */
};

static void send(struct world *world, const struct outward *job)
{
    uint64_t luck = hash_number(world->outcomes + job->notice * 64 + job->attempt) % 12;
    struct event sent = {.kind = EVENT_NOTICE_SENT, .sent = {.notice = job->notice, .detail = "250"}};

    sent.sent.outcome = luck == 0 ? SEND_REFUSED : luck < 4 ? SEND_DEFERRED : SEND_ACCEPTED;
    step(world, &sent);
    if (world->has_sender)
        step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
}

static void recall(struct world *world, const struct outward *job, const struct history *history)
{
    if (!rows_ticket(&world->rows, job->ticket))
        return; /* the hands answer not_found */
    restore_tickets(world, false, job->ticket);
    desk_recalled(world->desk, job->ticket, world->now);
    ask(world, &history->acts[job->token], job->token);
}

static size_t collect(const struct effects *effects, struct outward *jobs, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];

        if (effect->kind != EFFECT_SEND && effect->kind != EFFECT_RECALL)
            continue;
        assert_true(count < room);
        if (effect->kind == EFFECT_SEND)
            jobs[count++] =
                (struct outward){.notice = effect->send->notice, .attempt = effect->send->attempt};
        else
            jobs[count++] = (struct outward){.token = effect->recall->token,
                                             .ticket = strtoull(effect->recall->ticket, NULL, 10)};
    }
    return count;
}

static size_t commit(struct world *world, struct outward *jobs, size_t room)
{
    desk_settle(world->desk, &world->effects);
    for (size_t i = 0; i < world->effects.count; i++) {
        log_effect(&world->log, &world->effects.list[i]);
        if (world->on_row && effect_is_row(world->effects.list[i].kind))
            world->on_row(world, &world->effects.list[i]);
        keep(&world->rows, &world->effects.list[i]);
    }
    count_records(&world->rows, &world->effects);
    if (world->on_commit)
        world->on_commit(world);
    size_t count = collect(&world->effects, jobs, room);

    effects_reset(&world->effects);
    return count;
}

static bool is_slow(const struct world *world, const struct outward *job)
{
    return world->is_slow && job->notice && hash_number(job->notice + world->outcomes) % 3 == 0;
}

static void leave_on_its_way(struct world *world, const struct outward *job)
{
    world->slow = memory_reserve(world->slow, &world->slow_room, world->slow_count + 1, sizeof(*world->slow));
    world->slow[world->slow_count++] = *job;
}

/* What was on its way before this act has arrived, or has not. */
static void arrive(struct world *world)
{
    for (size_t i = 0; i < world->slow_count; i++)
        send(world, &world->slow[i]);
    world->slow_count = 0;
}

void world_settle(struct world *world, const struct history *history)
{
    struct outward jobs[4096];

    arrive(world);
    for (size_t count; (count = commit(world, jobs, COUNT(jobs)));)
        for (size_t i = 0; i < count; i++) {
            if (is_slow(world, &jobs[i]))
                leave_on_its_way(world, &jobs[i]);
            else if (jobs[i].notice)
                send(world, &jobs[i]);
            else
                recall(world, &jobs[i], history);
        }
}
