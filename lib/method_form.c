/*
 * form.list, form.get: the printed forms of a ticket, and what one of them shows.
 *
 * Handlers of the method table. The daemon gives the record and makes no page: laying it out is done where it
 * is read (dubanctl form print, a reports' page), so that the daemon needs no XML and no fonts. The record is
 * made of texts that only the database has, so the request is stepped twice, and a ticket that is closed
 * comes back into memory first. The customer's contact data is masked as in ticket.get, and on
 * forms that say so for everybody.
 */
#include "lib/form.h"

#include "lib/method_handlers.h"
#include "lib/request.h"
#include <string.h>

static const char *list_forms(const struct desk *desk, struct arena *arena)
{
    const char *known = "";

    for (size_t i = 0; i < desk->policy->form_count; i++)
        known = arena_printf(arena, "%s%s%s", known, i ? ", " : "", desk->policy->forms[i].name);
    return *known ? known : "none";
}

static const struct form_policy *find_form(struct desk *desk, const struct request *request)
{
    const char *name = request_text(request, "form");
    size_t i = policy_find_form(desk->policy, name);

    if (i < desk->policy->form_count)
        return &desk->policy->forms[i];
    request_refuse(desk, request, RPC_INVALID_PARAMS, "form",
                   arena_printf(&desk->out->arena, "the regime has no form '%s' (it has: %s)", name,
                                list_forms(desk, &desk->out->arena)));
    return NULL;
}

void method_form_list(struct desk *desk, const struct request *request, struct effects *out)
{
    bool is_of_one = request_text(request, "ticket") != NULL;
    const struct ticket *ticket = is_of_one ? request_ticket(desk, request) : NULL;
    json_t *forms;

    (void)out;
    if (is_of_one && !ticket)
        return;
    forms = json_array();
    for (size_t i = 0; i < desk->policy->form_count; i++) {
        const struct form_policy *form = &desk->policy->forms[i];

        if (!ticket || form_is_for(form, ticket->class_index))
            json_array_append_new(forms, form_describe(desk, form, ticket));
    }
    request_answer(desk, request, json_pack("{s:o}", "forms", forms));
}

void method_form_get(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "ticket");
    const struct form_policy *form = find_form(desk, request);
    bool is_seen = form && !form->is_masked && access_sees_contact_data(request->peer.role);
    const char *masked = is_seen ? "no" : "yes";
    json_t *cold;

    if (!form || !request_cold(desk, request, "ticket_closed", (const char *const[]){name, masked}, 2, &cold))
        return;
    const struct ticket *ticket = request_ticket(desk, request);

    if (ticket && form_is_for(form, ticket->class_index))
        request_answer(desk, request, form_record(desk, form, ticket, cold));
    else if (ticket)
        request_refuse(desk, request, RPC_INVALID_STATE, "form",
                       arena_printf(&out->arena, "the form %s is not for tickets of the class %s", form->name,
                                    desk->policy->classes.terms[ticket->class_index].name));
    json_decref(cold);
}
