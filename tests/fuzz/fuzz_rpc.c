/*
 * Any bytes for rpc_read(): it must come back with at least one call, with what rpc.h promises about it, and
 * what is answered must be a line of JSON again.
 *
 * With -DDUBAN_LIBFUZZER it is a libFuzzer target. Else it is a plain program: it reads the files named as
 * arguments, or without any it damages the seeds below a number of times (DUBAN_FUZZ_RUNS, default 200000)
 * with a fixed sequence of random numbers, so that the default test run goes this way on every machine and a
 * failure comes again.
 */
#include "lib/rpc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "broken promise: %s\n", what);
    abort();
}

static void check_answer(const struct text *answer, const char *id)
{
    json_t *parsed = json_loadb(answer->bytes, answer->length, JSON_REJECT_DUPLICATES, NULL);

    require(parsed != NULL, "an answer is JSON");
    require(!memchr(answer->bytes, '\n', answer->length), "an answer is one line");
    json_t *own_id = json_loads(id, JSON_DECODE_ANY, NULL);

    require(own_id && json_equal(own_id, json_object_get(parsed, "id")), "an answer has the call's id");
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
    require(call->error < RPC_ERROR_COUNT, "an error is one of the list");
    if (call->error == RPC_OK) {
        require(call->method != NULL, "a call has a method");
        require(json_is_object(call->params), "a call has an object of params");
    } else {
        require(call->detail != NULL, "a refusal says why");
        require(call->id || call->error == RPC_INVALID_PARAMS, "only a notification has no id");
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

    require(json_is_string(parsed), "any string can be written");
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
    require(line.count >= 1 && line.count <= RPC_BATCH_MAX, "a line gives 1 to 50 calls");
    require(line.is_batch || line.count == 1, "only a batch gives several");
    for (size_t index = 0; index < line.count; index++)
        check_call(&line.calls[index]);
    rpc_line_finish(&line);
    check_string(bytes, length);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

#define INPUT_MAX 4096

static const char *const seeds[] = {
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

static uint64_t random_state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return limit ? (size_t)(random_state >> 11) % limit : 0;
}

static size_t insert(uint8_t *bytes, size_t length, size_t at, const void *what, size_t count)
{
    if (length + count > INPUT_MAX)
        return length;
    memmove(bytes + at + count, bytes + at, length - at);
    memcpy(bytes + at, what, count);
    return length + count;
}

static size_t damage(uint8_t *bytes, size_t length)
{
    size_t at = random_below(length + 1), rest = length - at;
    const char *word = words[random_below(sizeof(words) / sizeof(*words))];
    uint8_t piece[256];
    size_t count = random_below(rest < sizeof(piece) ? rest : sizeof(piece));

    switch (random_below(5)) {
    case 0: /* another byte */
        if (rest)
            bytes[at] = (uint8_t)random_below(256);
        return length;
    case 1: /* a bit of it */
        if (rest)
            bytes[at] ^= (uint8_t)(1 << random_below(8));
        return length;
    case 2: /* a piece less */
        memmove(bytes + at, bytes + at + count, rest - count);
        return length - count;
    case 3: /* a piece twice */
        memcpy(piece, bytes + at, count);
        return insert(bytes, length, at, piece, count);
    default:
        return insert(bytes, length, at, word, strlen(word));
    }
}

static void run_seeds(long runs)
{
    uint8_t bytes[INPUT_MAX];

    for (long run = 0; run < runs; run++) {
        const char *seed = seeds[random_below(sizeof(seeds) / sizeof(*seeds))];
        size_t length = strlen(seed);

        memcpy(bytes, seed, length);
        for (size_t times = random_below(6); times > 0; times--)
            length = damage(bytes, length);
        LLVMFuzzerTestOneInput(bytes, length);
    }
    printf("%ld damaged lines, every promise kept\n", runs);
}

static int run_file(const char *path)
{
    static uint8_t bytes[2 * 1024 * 1024];
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return EXIT_FAILURE;
    }
    LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof(bytes), file));
    fclose(file);
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    const char *runs = getenv("DUBAN_FUZZ_RUNS");
    int outcome = EXIT_SUCCESS;

    if (count == 1)
        run_seeds(runs ? atol(runs) : 200000);
    for (int index = 1; index < count; index++)
        if (run_file(arguments[index]) != EXIT_SUCCESS)
            outcome = EXIT_FAILURE;
    return outcome;
}

#endif
