/*
 * ticket.merge and ticket.link: tickets that have to do with each other.
 *
 * Handlers of the method table. A merger is judged clock by clock in merger.c and journaled with both
 * tickets; the record of the merged ticket stays where it is and is shown with the other one. A link is only
 * a remark for people.
 */
#include "lib/answer.h"
#include "lib/judge.h"
#include "lib/merger.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <inttypes.h>
#include <string.h>

static bool refuse_state(struct desk *desk, const struct request *request, const char *field,
                         const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_STATE, field, detail);
    return false;
}

static bool can_merge(struct desk *desk, const struct request *request, const struct ticket *from,
                      const struct ticket *into)
{
    if (from == into)
        return refuse_state(desk, request, "into", "a ticket can't be merged into itself");
    if (!into->is_open)
        return refuse_state(desk, request, "into", "the ticket is closed: reopen it first");
    if (from->is_solved != into->is_solved)
        return refuse_state(desk, request, "into", "one of them is solved and the other is not");
    return true;
}

/* So that the journal of the ticket that goes on tells of it, too. */
static void journal_other(struct desk *desk, const struct ticket *from, const struct ticket *into)
{
    struct arena *arena = &desk->out->arena;

    desk_journal(desk, into, "ticket.merged",
                 arena_printf(arena, "{\"number\":\"%s\",\"ticket\":\"%" PRIu64 "\"}",
                              desk_number(desk, from, arena), from->id));
}

static void set_other(struct desk *desk, json_t *result, const char *name, const struct ticket *other)
{
    json_object_set_new(result, name,
                        json_pack("{s:o,s:s,s:i}", "ticket", answer_ticket_id(other), "number",
                                  desk_number(desk, other, &desk->out->arena), "revision",
                                  (int)other->revision));
}

void method_ticket_merge(struct desk *desk, const struct request *request, struct effects *out)
{
    /* Open, before the other one is looked for: of two that have left memory, one would always be gone. */
    struct ticket *from = request_open_ticket(desk, request);
    struct ticket *into = from ? request_other(desk, request, "into") : NULL;
    msec at;

    (void)out;
    if (!into || !can_merge(desk, request, from, into) || !request_at(desk, request, from, &at))
        return;
    request_begin(desk, request, from, at);
    request_begin(desk, request, into, at);
    const char *brought = merger_unite(desk, from, into, at);

    journal_other(desk, from, into);
    struct record_row *row = request_record(desk, request, from, "merge", at);
    json_t *result = answer_changed(desk, from);

    row->other = into->id;
    row->value = brought;
    set_other(desk, result, "into", into);
    json_object_set_new(result, "clocks", answer_clocks(desk, into));
    request_done(desk, request, from, result);
    row->record = desk->journal_sequence;
}

/* ---- links ---- */

static const char *read_relation(struct desk *desk, const struct request *request)
{
    static const char *const relations[] = {"related", "duplicate_of", "caused_by", "part_of"};
    const char *relation = request_text(request, "relation");

    for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++)
        if (!relation || strcmp(relations[i], relation) == 0)
            return relations[i];
    request_refuse(desk, request, RPC_INVALID_PARAMS, "relation",
                   "relation is related, duplicate_of, caused_by or part_of");
    return NULL;
}

void method_ticket_link(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_open_ticket(desk, request);
    const struct ticket *other = ticket ? request_other(desk, request, "to") : NULL;
    const char *relation = other ? read_relation(desk, request) : NULL;

    (void)out;
    if (!relation)
        return;
    if (ticket == other) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "to", "a ticket can't be linked to itself");
        return;
    }
    request_begin(desk, request, ticket, desk->now);
    struct record_row *row = request_record(
        desk, request, ticket, request_flag(request, "remove", false) ? "unlink" : "link", desk->now);
    json_t *result = json_object();

    row->other = other->id;
    row->subject = relation;
    desk_arm(desk, ticket);
    json_object_set_new(result, "ticket", answer_ticket_id(ticket));
    json_object_set_new(result, "revision", json_integer(ticket->revision));
    set_other(desk, result, "to", other);
    request_done(desk, request, ticket, result);
    row->record = desk->journal_sequence;
}
