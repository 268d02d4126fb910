/*
 * register.put, get, list, remove, and the same under the names of the trade: customer.*, contract.*, …
 *
 * Handlers of the method table. A regime declares its registers; customer.put is register.put for the
 * register `customers` (or `customer`), and so on for the nouns below, which is all that the protocol's own
 * names mean. A put says the whole record: what it leaves out is no longer there. The same put again changes
 * nothing, is not journaled and keeps the revision, so that an import can be repeated. Everything is checked
 * before anything changes; a refusal names the field.
 */
#include "lib/method_handlers.h"
#include "lib/method_records.h"
#include "lib/register_value.h"
#include "lib/request.h"
#include "lib/schedule_book.h"
#include <inttypes.h>
#include <string.h>

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, detail);
    return false;
}

static bool check_id(struct desk *desk, const struct request *request)
{
    const char *id = request_text(request, "id");
    size_t length = strlen(id);

    for (const char *at = id; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return refuse(desk, request, "id", "must not contain control characters");
    if (length < 1 || length > REGISTER_ID_BYTES || id[0] == ' ' || id[length - 1] == ' ')
        return refuse(desk, request, "id",
                      "an id is 1 to 64 bytes long and neither begins nor ends with a blank");
    return true;
}

/* `revision` 0: there is no record yet. */
static bool check_revision(struct desk *desk, const struct request *request, uint32_t revision)
{
    json_int_t wanted = request_number(request, "if_revision", -1);

    if (wanted < 0 || wanted == revision)
        return true;
    request_refuse(desk, request, RPC_REVISION_CONFLICT, "if_revision",
                   revision ? arena_printf(&desk->out->arena, "the record is at revision %" PRIu32, revision)
                            : "there is no record of that id yet");
    return false;
}

/* ---- put ---- */

/* What a put asks for. */
struct put {
    uint8_t of;
    uint32_t index; /* REGISTER_NONE: an id that was never seen */
    const char *values[REGISTER_FIELDS_MAX];
    bool creates, changes;
};

static bool read_field(struct desk *desk, const struct request *request, struct put *put, const char *name,
                       const json_t *value)
{
    const struct register_scope scope = {
        .policy = desk->policy, .roster = desk->roster, .registers = desk->registers};
    const struct register_policy *of = &desk->policy->registers[put->of];
    struct arena *arena = &desk->out->arena;
    uint8_t field = register_policy_field(of, name);
    const char *path = arena_printf(arena, "fields.%s", name), *wrong, *known = of->fields[0].name;

    for (size_t i = 1; field == POLICY_NONE && i < of->field_count; i++)
        known = arena_printf(arena, "%s, %s", known, of->fields[i].name);
    if (field == POLICY_NONE)
        return refuse(desk, request, path,
                      arena_printf(arena, "the register %s has no such field (it has: %s)", of->name, known));
    if (json_is_null(value))
        return true;
    put->values[field] = register_value_read(&scope, &of->fields[field], value, arena, &wrong);
    return !wrong || refuse(desk, request, path, wrong);
}

static bool check_complete(struct desk *desk, const struct request *request, const struct put *put)
{
    const struct register_policy *of = &desk->policy->registers[put->of];
    size_t bytes = 0;

    for (size_t i = 0; i < of->field_count; i++) {
        if (!put->values[i] && !of->fields[i].is_optional)
            return refuse(desk, request, arena_printf(&desk->out->arena, "fields.%s", of->fields[i].name),
                          "is required");
        bytes += put->values[i] ? strlen(put->values[i]) : 0;
    }
    return bytes <= REGISTER_BODY_BYTES || refuse(desk, request, "fields", "a record has at most 8 KiB");
}

static bool is_same(const struct register_policy *of, const struct register_record *record,
                    const char *const *values)
{
    for (size_t i = 0; i < of->field_count; i++)
        if ((record->values[i] == NULL) != (values[i] == NULL) ||
            (values[i] && strcmp(record->values[i], values[i]) != 0))
            return false;
    return true;
}

static bool read_put(struct desk *desk, const struct request *request, struct put *put)
{
    const json_t *fields = json_object_get(request->params, "fields");
    const char *name;
    json_t *value;

    *put = (struct put){.index = REGISTER_NONE, .creates = true, .changes = true};
    if (!register_request_of(desk, request, &put->of) || !check_id(desk, request))
        return false;
    json_object_foreach((json_t *)(uintptr_t)fields, name, value)
    {
        if (!read_field(desk, request, put, name, value))
            return false;
    }
    if (!check_complete(desk, request, put))
        return false;
    put->index = register_find(desk->registers, put->of, request_text(request, "id"));
    const struct register_record *record =
        put->index == REGISTER_NONE ? NULL : register_at(desk->registers, put->of, put->index);

    if (record && record->is_unreadable) {
        request_refuse(desk, request, RPC_INVALID_STATE, "id",
                       "the database has a record of that id that does not fit the regime");
        return false;
    }
    if (record && register_is_live(record)) {
        put->creates = false;
        put->changes = !is_same(&desk->policy->registers[put->of], record, put->values);
    }
    return check_revision(desk, request, put->creates ? 0 : record->revision);
}

static json_t *answer_put(const struct desk *desk, const struct put *put, const char *id, uint32_t revision)
{
    return json_pack("{s:s,s:s,s:i,s:b,s:b}", "register", desk->policy->registers[put->of].name, "id", id,
                     "revision", (int)revision, "created", put->creates, "changed", put->changes);
}

void method_register_put(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *id = request_text(request, "id");
    struct put put;

    (void)out;
    if (!read_put(desk, request, &put))
        return;
    uint32_t revision =
        put.index == REGISTER_NONE ? 0 : register_at(desk->registers, put.of, put.index)->revision;

    if (!put.changes || request_flag(request, "check", false)) {
        request_answer(desk, request, answer_put(desk, &put, id, revision));
        return;
    }
    struct register_place place = {.of = put.of, .index = register_find_or_add(desk->registers, put.of, id)};
    struct register_record *record = register_at(desk->registers, place.of, place.index);

    const struct field_watcher *watchers;

    schedule_catch_up(desk, place);
    size_t watching = field_watch_before(desk, place.of, id, &watchers);

    record = register_at(desk->registers, place.of, place.index);
    register_set(desk->registers, place, put.values, desk->policy->registers[put.of].field_count);
    record->revision++;
    record->changed_at = desk->now;
    register_touch(desk->registers, place);
    schedule_plan(desk, place);
    field_watch_after(desk, watchers, watching);
    request_done(desk, request, NULL, answer_put(desk, &put, id, record->revision));
}

/* ---- remove ---- */

/* What names the record: "contracts 'C-17'"; NULL when nothing does. */
static const char *user_of(struct desk *desk, uint8_t of, const char *id)
{
    for (uint8_t other = 0; other < desk->policy->register_count; other++) {
        const struct register_policy *policy = &desk->policy->registers[other];

        for (size_t f = 0; f < policy->field_count; f++) {
            if (policy->fields[f].kind != FIELD_REGISTER || policy->fields[f].other != of)
                continue;
            for (uint32_t i = 0; i < register_count(desk->registers, other); i++) {
                const struct register_record *record = register_at(desk->registers, other, i);

                if (register_is_live(record) && record->values[f] && strcmp(record->values[f], id) == 0)
                    return arena_printf(&desk->out->arena, "%s '%s' names it", policy->name, record->id);
            }
        }
    }
    return NULL;
}

void method_register_remove(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *id = request_text(request, "id");
    struct register_record *record;
    uint8_t of;

    (void)out;
    if (!register_request_of(desk, request, &of) || !(record = register_request_record(desk, request, of)) ||
        !check_revision(desk, request, record->revision))
        return;
    const char *user = user_of(desk, of, id);

    if (user) {
        request_refuse(desk, request, RPC_INVALID_STATE, "id", user);
        return;
    }
    struct register_place place = {.of = of, .index = register_find(desk->registers, of, id)};

    const struct field_watcher *watchers;

    schedule_catch_up(desk, place);
    size_t watching = field_watch_before(desk, of, id, &watchers);

    register_set(desk->registers, place, NULL, desk->policy->registers[of].field_count);
    record->revision++;
    record->changed_at = desk->now;
    register_touch(desk->registers, place);
    schedule_plan(desk, place);
    field_watch_after(desk, watchers, watching);
    request_done(desk, request, NULL,
                 json_pack("{s:s,s:s,s:i,s:b}", "register", desk->policy->registers[of].name, "id", id,
                           "revision", (int)record->revision, "removed", 1));
}
