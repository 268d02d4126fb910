/*
 * Records as rows.
 *
 * Called by settle.c at the end of a batch, by the loader at the start, and by adopt.c on a reload. A row
 * holds the record's values as one JSON object, whose members are named; so a regime may put its fields into
 * another order, and a kind may change when every value fits. A row that does not fit at a start stays in the
 * database as it is: its id is kept as unreadable, so that nothing is written over it. On a reload the same
 * misfit refuses the reload, with the record's name.
 */
#include "lib/register_rows.h"

#include "lib/base/memory.h"
#include "lib/register_value.h"
#include "lib/rpc.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- to rows ---- */

static const char *body_of(const struct register_policy *of, const struct register_record *record,
                           struct arena *arena)
{
    json_t *fields = register_is_live(record) ? register_fields_json(of, record, false) : json_object();
    struct text text = {0};

    rpc_write_canonical(&text, fields);
    const char *copy = arena_bytes(arena, text_get(&text), text.length);

    text_finish(&text);
    json_decref(fields);
    return copy;
}

void register_settle(struct desk *desk, struct effects *out)
{
    struct register_place place;

    while (register_take_dirty(desk->registers, &place)) {
        const struct register_policy *of = &desk->policy->registers[place.of];
        const struct register_record *record = register_at(desk->registers, place.of, place.index);
        struct register_row *row = effects_add(out, EFFECT_REGISTER);

        row->of = arena_text(&out->arena, of->name);
        row->record = arena_text(&out->arena, record->id);
        row->body = body_of(of, record, &out->arena);
        row->revision = record->revision;
        row->changed_at = record->changed_at;
        row->removed = !register_is_live(record);
    }
}

/* ---- and back ---- */

/* The values of a row by field; NULL: taken, else what is wrong. */
static const char *read_body(const struct register_scope *scope, const struct register_policy *of,
                             const json_t *body, struct arena *arena, const char **values)
{
    const char *name, *wrong = NULL;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)body, name, value)
    {
        uint8_t field = register_policy_field(of, name);

        if (field == POLICY_NONE)
            return "body: the regime's register has no such field";
        values[field] = register_value_read(scope, &of->fields[field], value, arena, &wrong);
        if (wrong)
            return "body: a value does not fit its field";
    }
    return json_is_object(body) ? NULL : "body: not a JSON object";
}

const char *desk_restore_register(struct desk *desk, const struct register_row *row)
{
    const char *values[REGISTER_FIELDS_MAX] = {NULL};
    const struct register_scope scope = {.policy = desk->policy, .roster = desk->roster};
    uint8_t of = policy_find_register(desk->policy, row->of);
    struct arena arena;

    if (of == POLICY_NONE)
        return row->removed ? NULL : "register: the regime has no such register";
    const struct register_policy *policy = &desk->policy->registers[of];
    struct register_place place = {.of = of, .index = register_find_or_add(desk->registers, of, row->record)};
    struct register_record *record = register_at(desk->registers, of, place.index);

    arena_init(&arena);
    json_t *body = json_loads(row->body, 0, NULL);
    const char *wrong = row->removed ? NULL : read_body(&scope, policy, body, &arena, values);

    record->revision = row->revision;
    record->changed_at = row->changed_at;
    record->is_unreadable = wrong != NULL;
    if (!row->removed && !wrong)
        register_set(desk->registers, place, values, policy->field_count);
    json_decref(body);
    arena_finish(&arena);
    return wrong;
}

/* ---- another regime ---- */

static const char *misfit_of(const struct register_scope *scope, const struct register_policy *from,
                             const struct register_record *record, struct arena *arena)
{
    uint8_t of = policy_find_register(scope->policy, from->name);

    if (of == POLICY_NONE)
        return "the new regime has no such register";
    for (size_t i = 0; i < from->field_count; i++) {
        const struct register_policy *to = &scope->policy->registers[of];
        uint8_t field = register_policy_field(to, from->fields[i].name);
        const char *wrong = NULL;

        if (!record->values[i])
            continue;
        if (field == POLICY_NONE)
            return arena_printf(arena, "the new regime's has no field '%s'", from->fields[i].name);
        json_t *value = register_value_json(&from->fields[i], record->values[i], false);
        json_t *plain = json_is_string(value) ? json_incref(value) : json_string(record->values[i]);

        register_value_read(scope, &to->fields[field], plain, arena, &wrong);
        json_decref(plain);
        json_decref(value);
        if (wrong)
            return arena_printf(arena, "%s: %s", to->fields[field].name, wrong);
    }
    return NULL;
}

char *register_misfit(const struct desk *desk, const struct policy *policy, struct roster *roster)
{
    const struct register_scope scope = {.policy = policy, .roster = roster};
    struct arena arena;
    char *why = NULL;

    arena_init(&arena);
    for (uint8_t of = 0; of < desk->policy->register_count; of++)
        for (uint32_t i = 0; i < register_count(desk->registers, of) && !why; i++) {
            const struct register_record *record = register_at(desk->registers, of, i);
            const char *wrong = register_is_live(record)
                                    ? misfit_of(&scope, &desk->policy->registers[of], record, &arena)
                                    : NULL;

            if (wrong && asprintf(&why, "register %s has '%s': %s", desk->policy->registers[of].name,
                                  record->id, wrong) < 0)
                abort();
        }
    arena_finish(&arena);
    return why;
}

static void rename_record(const struct register_policy *from, const struct register_policy *to,
                          const struct register_record *record, struct registers *registers,
                          struct register_place place)
{
    const char *values[REGISTER_FIELDS_MAX] = {NULL};
    struct register_record *renamed = register_at(registers, place.of, place.index);

    renamed->revision = record->revision;
    renamed->changed_at = record->changed_at;
    renamed->is_unreadable = record->is_unreadable;
    if (!register_is_live(record))
        return;
    for (size_t i = 0; i < from->field_count; i++)
        if (record->values[i])
            values[register_policy_field(to, from->fields[i].name)] = record->values[i];
    register_set(registers, place, values, to->field_count);
}

void register_rename(struct desk *desk, const struct policy *policy)
{
    struct registers *renamed = registers_create(policy->register_count);

    for (uint8_t of = 0; of < desk->policy->register_count; of++) {
        const struct register_policy *from = &desk->policy->registers[of];
        struct register_place place = {.of = policy_find_register(policy, from->name)};

        for (uint32_t i = 0; place.of != POLICY_NONE && i < register_count(desk->registers, of); i++) {
            const struct register_record *record = register_at(desk->registers, of, i);

            place.index = register_find_or_add(renamed, place.of, record->id);
            rename_record(from, &policy->registers[place.of], record, renamed, place);
            if (record->is_dirty)
                register_touch(renamed, place);
        }
    }
    registers_destroy(desk->registers);
    desk->registers = renamed;
}

/* ---- the fingerprint ---- */

void register_fingerprint(const struct desk *desk, struct fingerprint *print)
{
    struct text line = {0};

    for (uint8_t of = 0; of < desk->policy->register_count; of++) {
        const struct register_policy *policy = &desk->policy->registers[of];
        size_t count;
        const uint32_t *places = register_sorted(desk->registers, of, &count);

        for (size_t i = 0; i < count; i++) {
            const struct register_record *record = register_at(desk->registers, of, places[i]);

            text_clear(&line);
            text_printf(&line, "%s %s %" PRIu32 " %" PRId64, policy->name, record->id, record->revision,
                        record->changed_at);
            for (size_t f = 0; register_is_live(record) && f < policy->field_count; f++)
                text_printf(&line, "\n %s", record->values[f] ? record->values[f] : "-");
            fingerprint_add(print, line.bytes, line.length);
        }
    }
    text_finish(&line);
}
