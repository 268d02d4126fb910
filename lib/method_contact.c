/*
 * contact.record and progress.add: what was said to the customer, and what was done.
 *
 * Handlers of the method table. Every contact goes on record; whether it *counts* is the regime's [contact]
 * section and the class's "contact counts" gate (domain rule 3, INT-28). The answer says which slots of which
 * clocks it filled, and when it filled none, why.
 */
#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/promise.h"
#include "lib/request.h"
#include <stdlib.h>
#include <string.h>

struct contact {
    uint8_t channel, kind;
    bool is_out, reached, automatic;
    msec at;
    msec next_at; /* when the next one was promised, NEVER */
};

static bool read_contact(struct desk *desk, const struct request *request, const struct ticket *ticket,
                         struct contact *contact)
{
    const char *direction = request_text(request, "direction");

    if (!request_term(desk, request, "channel", &desk->policy->channels, &contact->channel) ||
        !request_term(desk, request, "kind", &desk->policy->kinds, &contact->kind) ||
        !request_at(desk, request, ticket, &contact->at))
        return false;
    contact->is_out = strcmp(direction, "out") == 0;
    contact->reached = request_flag(request, "reached", false);
    contact->automatic = request_flag(request, "automatic", false);
    contact->next_at = request_instant(request, "next_at");
    if (contact->kind == POLICY_NONE)
        contact->kind = vocabulary_find(&desk->policy->kinds, "other");
    const char *field = !contact->is_out && strcmp(direction, "in") != 0       ? "direction"
                        : request_number(request, "minutes", 0) < 0            ? "minutes"
                        : request_number(request, "minutes", 0) > 60 * 24 * 31 ? "minutes"
                        : contact->next_at <= contact->at                      ? "next_at"
                                                                               : NULL;

    if (field)
        request_refuse(desk, request, RPC_INVALID_PARAMS, field,
                       field[0] == 'd'   ? "direction is out or in"
                       : field[0] == 'm' ? "minutes are 0 to 44640"
                                         : "the next contact comes after this one");
    return !field;
}

/* Why the contact does not count; NULL when it does. */
static const char *why_uncounted(const struct desk *desk, const struct ticket *ticket,
                                 const struct contact *contact, uint32_t roles)
{
    const struct contact_policy *rule = &desk->policy->contact;

    if (rule->channels && !(rule->channels >> contact->channel & 1))
        return "contacts by this channel do not count";
    if (rule->out_only && !contact->is_out)
        return "only contacts that we make count";
    if (rule->reached_only && !contact->reached)
        return "nobody was reached";
    if (contact->automatic && !rule->automatic_counts)
        return "automatic messages do not count";
    if (rule->kinds && (contact->kind == POLICY_NONE || !(rule->kinds >> contact->kind & 1)))
        return "contacts of this kind do not count";
    if (rule->roles && !(rule->roles & roles))
        return "contacts made in this role do not count";
    if (rule->spacing_ms && ticket->contacted_at != NEVER && contact->at >= ticket->contacted_at &&
        contact->at - ticket->contacted_at < rule->spacing_ms)
        return "too soon after the last one";
    return NULL;
}

static void add_contact_row(struct desk *desk, const struct request *request, struct ticket *ticket,
                            const struct contact *contact, const json_t *credited)
{
    struct arena *arena = &desk->out->arena;
    struct contact_row *row = effects_add(desk->out, EFFECT_CONTACT);
    struct text slots = {0};

    row->ticket = ticket->id;
    row->contact = ++ticket->contacts;
    row->at = contact->at;
    row->recorded_at = desk->now;
    row->channel = arena_text(arena, desk->policy->channels.terms[contact->channel].name);
    row->direction = contact->is_out ? "out" : "in";
    row->kind = contact->kind == POLICY_NONE
                    ? "other"
                    : arena_text(arena, desk->policy->kinds.terms[contact->kind].name);
    row->role = access_role_name(request->peer.role);
    row->actor = arena_text(arena, request->peer.actor);
    row->note = arena_text(arena, request_text(request, "note"));
    rpc_write_canonical(&slots, credited);
    row->credited = arena_bytes(arena, text_get(&slots), slots.length);
    row->reached = contact->reached;
    row->automatic = contact->automatic;
    row->next_at = contact->next_at;
    row->minutes = (int32_t)request_number(request, "minutes", -1);
    text_finish(&slots);
}

void method_contact_record(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    struct contact contact;

    (void)out;
    if (!ticket || !read_contact(desk, request, ticket, &contact))
        return;
    const char *uncounted = why_uncounted(desk, ticket, &contact, request_roles(desk, request));
    struct occurrence occurrence = {
        .what = HAPPENING_CONTACT,
        .at = contact.at,
        .kind = contact.kind,
        .roles = request_roles(desk, request),
        .channel = contact.channel,
        .counts = !uncounted,
        .has_promise = contact.next_at != NEVER,
        .promised_at = contact.next_at,
    };

    if (!promise_is_allowed(desk, request, ticket, &occurrence, "next_at"))
        return;
    json_t *credited = json_array();

    request_begin(desk, request, ticket, contact.at);
    gate_learn(desk, ticket, &occurrence);
    const struct requirement *missing = gate_missing(desk, ticket, GATE_CONTACT_COUNTS);

    if (missing && !uncounted) {
        occurrence.counts = false;
        uncounted = arena_printf(&desk->out->arena, "contacts count only after %s", missing->text);
    }
    judge_happen(desk, ticket, &occurrence, credited);
    if (occurrence.counts && (ticket->contacted_at == NEVER || contact.at > ticket->contacted_at))
        ticket->contacted_at = contact.at;
    add_contact_row(desk, request, ticket, &contact, credited);
    json_t *result = answer_changed(desk, ticket);

    json_object_set_new(result, "credited", credited);
    if (uncounted)
        json_object_set_new(result, "uncounted", json_string(uncounted));
    request_done(desk, request, ticket, result);
}

void method_progress_add(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    msec at, from_at = request_instant(request, "from"), to_at = request_instant(request, "to");

    if (!ticket || !request_at(desk, request, ticket, &at))
        return;
    if (from_at != NEVER && to_at != NEVER && to_at < from_at) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "to", "the period ends before it begins");
        return;
    }
    request_begin(desk, request, ticket, at);
    struct progress_row *row = effects_add(out, EFFECT_PROGRESS);

    row->ticket = ticket->id;
    row->progress = ++ticket->progress;
    row->at = at;
    row->recorded_at = desk->now;
    row->from_at = from_at;
    row->to_at = to_at;
    row->degree = arena_text(&out->arena, request_text(request, "degree"));
    row->note = arena_text(&out->arena, request_text(request, "note"));
    row->role = access_role_name(request->peer.role);
    row->actor = arena_text(&out->arena, request->peer.actor);
    struct occurrence occurrence = {
        .what = HAPPENING_PROGRESS,
        .at = at,
        .kind = POLICY_NONE,
        .roles = request_roles(desk, request),
    };

    gate_learn(desk, ticket, &occurrence);
    judge_happen(desk, ticket, &occurrence, NULL);
    json_t *result = json_object();

    json_object_set_new(result, "ticket", answer_ticket_id(ticket));
    json_object_set_new(result, "revision", json_integer(ticket->revision));
    json_object_set_new(result, "progress", json_integer(ticket->progress));
    request_done(desk, request, ticket, result);
}
