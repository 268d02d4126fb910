/*
 * optout.add, optout.remove, optout.list: who asked not to be written to beyond their own case.
 *
 * Handlers of the method table. The table is only ever added to: each row says who asked for what, when and
 * why, and the last one of an address counts. Asking for what holds already is no mistake and leaves no
 * second row.
 */
#include "lib/base/arena.h"
#include "lib/desk_parts.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <string.h>

static bool is_address(const char *address)
{
    size_t length = strlen(address);

    return length && length <= OPTOUT_ADDRESS_BYTES && !address[strcspn(address, " \t\r\n<>")];
}

static void change(struct desk *desk, const struct request *request, bool declines)
{
    const char *address = request_text(request, "address");
    struct arena *arena = &desk->out->arena;

    if (!is_address(address)) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "address",
                       "an e-mail address or a phone number, 1 to 254 bytes without blanks");
        return;
    }
    bool is_new =
        declines ? optouts_add(desk->optouts, address, desk->now) : optouts_remove(desk->optouts, address);
    struct optout_row *row = is_new ? effects_add(desk->out, EFFECT_OPTOUT) : NULL;

    if (row)
        *row = (struct optout_row){
            .at = desk->now,
            .address = arena_text(arena, address),
            .declines = declines,
            .role = access_role_name(request->peer.role),
            .actor = arena_text(arena, request->peer.actor),
            .why = arena_text(arena, request_text(request, "reason")),
        };
    request_done(
        desk, request, NULL,
        json_pack("{s:s,s:b,s:b}", "address", address, "declines", (int)declines, "changed", (int)is_new));
    if (row)
        row->entry = desk->journal_sequence;
}

void method_optout_add(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    change(desk, request, true);
}

void method_optout_remove(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    change(desk, request, false);
}

void method_optout_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *before = request_text(request, "before");
    const char *limit = arena_printf(&out->arena, "%d", (int)request_number(request, "limit", 100));
    const char *const parameters[] = {request_text(request, "address"), before, limit};

    if (before && strspn(before, "0123456789") != strlen(before)) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "before", "it is no entry's number");
        return;
    }
    request_read(desk, request, "optout_list",
                 json_pack("{s:I}", "declining", (json_int_t)optouts_count(desk->optouts)), parameters, 3);
}
