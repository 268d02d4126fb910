/*
 * Any bytes for rpc_read(): it must come back with at least one call, with what rpc.h promises about it, and
 * what is answered must be a line of JSON again.
 *
 * Driven by damage.c, or by libFuzzer with -DDUBAN_LIBFUZZER.
 */
#include "lib/rpc.h"

#include "tests/fuzz/damage.h"
#include <stdlib.h>
#include <string.h>

static void check_answer(const struct text *answer, const char *id)
{
    json_t *parsed = json_loadb(answer->bytes, answer->length, JSON_REJECT_DUPLICATES, NULL);

    damage_require(parsed != NULL, "an answer is JSON");
    damage_require(!memchr(answer->bytes, '\n', answer->length), "an answer is one line");
    json_t *own_id = json_loads(id, JSON_DECODE_ANY, NULL);

    damage_require(own_id && json_equal(own_id, json_object_get(parsed, "id")),
                   "an answer has the call's id");
    json_decref(own_id);
    json_decref(parsed);
}

static void check_answers(const struct rpc_call *call)
{
    struct text answer;

    if (!call->id)
        return;
    text_init(&answer);
    rpc_write_result(&answer, call->id, "{}");
    check_answer(&answer, call->id);
    text_clear(&answer);
    rpc_write_error(&answer, call->id, call->error ? call->error : RPC_INTERNAL_ERROR, call->field,
                    call->error ? call->detail : call->method);
    check_answer(&answer, call->id);
    text_finish(&answer);
}

static void check_call(const struct rpc_call *call)
{
    damage_require(call->error < RPC_ERROR_COUNT, "an error is one of the list");
    if (call->error == RPC_OK) {
        damage_require(call->method != NULL, "a call has a method");
        damage_require(json_is_object(call->params), "a call has an object of params");
    } else {
        damage_require(call->detail != NULL, "a refusal says why");
        damage_require(call->id || call->error == RPC_INVALID_PARAMS, "only a notification has no id");
    }
    check_answers(call);
}

static void check_string(const uint8_t *bytes, size_t length)
{
    char *string = strndup((const char *)bytes, length);
    struct text literal;

    text_init(&literal);
    rpc_write_string(&literal, string);
    json_t *parsed = json_loadb(literal.bytes, literal.length, JSON_DECODE_ANY, NULL);

    damage_require(json_is_string(parsed), "any string can be written");
    json_decref(parsed);
    text_finish(&literal);
    free(string);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct rpc_line line;
    char *copy = malloc(length ? length : 1); /* of exactly this size, so that reading beyond it is found */

    if (length)
        memcpy(copy, bytes, length);
    rpc_read(copy, length, &line);
    free(copy);
    damage_require(line.count >= 1 && line.count <= RPC_BATCH_MAX, "a line gives 1 to 50 calls");
    damage_require(line.is_batch || line.count == 1, "only a batch gives several");
    for (size_t index = 0; index < line.count; index++)
        check_call(&line.calls[index]);
    rpc_line_finish(&line);
    check_string(bytes, length);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

static const char *const lines[] = {
    "{\"jsonrpc\":\"2.0\",\"method\":\"system.ping\",\"id\":1}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"ticket.get\",\"params\":{\"ticket\":\"KF-2026-0001\"},\"id\":"
    "\"a\\u0041\\n\"}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"system.ping\"}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"contact.record\",\"id\":null,\"params\":{\"reached\":true,\"minutes\":"
    "12,"
    "\"note\":\"督办 \xf0\x9f\x93\x9e\",\"at\":\"2026-03-02T09:00:00+08:00\"}}",
    "[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"b\"},1,[],{}]",
    "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":9007199254740993,\"params\":{\"a\":[[[[{\"b\":-1.5e3}]]]],"
    "\"c\":{}}}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1.25,\"id\":2,\"params\":[1]}",
};

/* What a blind change of bytes would rarely make. */
static const char *const words[] = {
    "\"id\":",
    "\"params\":",
    "\"method\":",
    "\"jsonrpc\":\"2.0\"",
    "null",
    "true",
    "1e999",
    "-0",
    "\\u0000",
    "\\ud800",
    "\\",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "[[[[[[[[",
    "{\"a\":",
    "\xed\xa0\x80",
    "\xff",
    ",",
    ":",
    "[]",
    "{},{},{},",
};

#define LINES (sizeof(lines) / sizeof(*lines))

int main(int count, char **arguments)
{
    struct damage_seed seeds[LINES];
    const struct damage damage = {seeds, LINES, words, sizeof(words) / sizeof(*words), 200000};

    for (size_t i = 0; i < LINES; i++)
        seeds[i] = (struct damage_seed){lines[i], strlen(lines[i])};
    return damage_run(count, arguments, &damage);
}

#endif
