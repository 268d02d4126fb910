/*
 * JSON-RPC 2.0 between text and calls.
 *
 * Called by the socket server for every line that came in, by the desk for every answer that goes out, and by
 * the fuzzer. It owns the table of error codes, which is the protocol's promise to clients.
 *
 * Invariant: rpc_read() gives at least one call whatever the bytes are; a call whose error is RPC_OK has a
 * method and an object of params; a call whose id is NULL is a notification and gets no answer.
 *
 * The bytes are looked over once before jansson sees them. jansson recurses up to 2048 deep and spends 240
 * bytes on each `{}`, so a line within its limit of bytes could still cost the daemon eighty times as much;
 * counting brackets and commas is cheap and tells beforehand. An id keeps its value and not its spelling:
 * "\u0041" goes back as "A", which every JSON reader takes for the same.
 */
#include "lib/rpc.h"

#include <stdlib.h>
#include <string.h>

struct error_row {
    int code;
    const char *name, *message;
    bool retryable;
};

static const struct error_row error_rows[RPC_ERROR_COUNT] = {
    [RPC_OK] = {0, "ok", "ok", false},
    [RPC_PARSE_ERROR] = {-32700, "parse_error", "Parse error", false},
    [RPC_INVALID_REQUEST] = {-32600, "invalid_request", "Invalid Request", false},
    [RPC_METHOD_NOT_FOUND] = {-32601, "method_not_found", "Method not found", false},
    [RPC_INVALID_PARAMS] = {-32602, "invalid_params", "Invalid params", false},
    [RPC_INTERNAL_ERROR] = {-32603, "internal_error", "Internal error", false},
    [RPC_LINE_TOO_LONG] = {-32600, "line_too_long", "Line too long", false},
    [RPC_NOT_FOUND] = {1001, "not_found", "Not found", false},
    [RPC_REVISION_CONFLICT] = {1002, "revision_conflict", "Revision conflict", false},
    [RPC_ALREADY_EXISTS] = {1003, "already_exists", "Already exists", false},
    [RPC_INVALID_STATE] = {1004, "invalid_state", "Invalid state", false},
    [RPC_PERMISSION_DENIED] = {1005, "permission_denied", "Permission denied", false},
    [RPC_STORAGE_UNAVAILABLE] = {1006, "storage_unavailable", "Storage unavailable", true},
    [RPC_OVERLOADED] = {1007, "overloaded", "Overloaded", true},
    [RPC_TIMEOUT] = {1008, "timeout", "Timeout", true},
    [RPC_GONE] = {1009, "gone", "Gone", false},
    [RPC_READ_ONLY] = {1010, "read_only", "Read only", false},
    [RPC_GATE_CLOSED] = {1011, "gate_closed", "Gate closed", false},
};

/* What an object costs jansson (measured on 2.14, 64 bits), and a member of one with its key and value. */
#define WEIGHT_BRACKET 240
#define WEIGHT_COMMA   160

struct survey {
    size_t depth, deepest, brackets, commas;
};

static const char *skip_string(const char *at, const char *end)
{
    while (at < end && *at != '"')
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at;
}

static void survey_byte(struct survey *survey, char byte)
{
    switch (byte) {
    case '{':
    case '[':
        survey->brackets++;
        survey->depth++;
        if (survey->depth > survey->deepest)
            survey->deepest = survey->depth;
        break;
    case '}':
    case ']':
        if (survey->depth > 0)
            survey->depth--;
        break;
    case ',':
        survey->commas++;
        break;
    default:
        break;
    }
}

static struct survey survey_line(const char *bytes, size_t length)
{
    struct survey survey = {0};
    const char *end = bytes + length;

    for (const char *at = bytes; at < end; at++) {
        if (*at == '"')
            at = skip_string(at + 1, end);
        else
            survey_byte(&survey, *at);
    }
    return survey;
}

static void refuse(struct rpc_call *call, enum rpc_error error, const char *field, const char *detail)
{
    call->error = error;
    call->field = field;
    call->detail = detail;
}

static struct rpc_call *add_calls(struct rpc_line *line, size_t count)
{
    line->calls = arena_new(&line->storage, count * sizeof(*line->calls));
    line->count = count;
    return line->calls;
}

static void refuse_line(struct rpc_line *line, enum rpc_error error, const char *detail)
{
    struct rpc_call *call = add_calls(line, 1);

    call->id = arena_text(&line->storage, "null");
    refuse(call, error, NULL, detail);
}

/* The id as JSON text, or NULL when a value of this type can't be one. */
static char *id_text(struct arena *storage, const json_t *id)
{
    if (!json_is_string(id) && !json_is_number(id) && !json_is_null(id))
        return NULL;
    if (json_is_string(id) && json_string_length(id) > RPC_ID_MAX)
        return NULL;
    struct text text = {0};

    rpc_write_value(&text, id);
    char *copy = arena_bytes(storage, text_get(&text), text.length);

    text_finish(&text);
    return copy;
}

static void read_id(struct arena *storage, const json_t *object, struct rpc_call *call)
{
    const json_t *id = json_object_get(object, "id");

    if (!id)
        return;
    call->id = id_text(storage, id);
    if (!call->id)
        refuse(call, RPC_INVALID_REQUEST, "id", "a string of at most 128 bytes, a number or null");
}

static void read_method(struct arena *storage, const json_t *object, struct rpc_call *call)
{
    const char *version = json_string_value(json_object_get(object, "jsonrpc"));
    const char *method = json_string_value(json_object_get(object, "method"));

    if (!version || strcmp(version, "2.0") != 0)
        refuse(call, RPC_INVALID_REQUEST, "jsonrpc", "must be \"2.0\"");
    else if (!method)
        refuse(call, RPC_INVALID_REQUEST, "method", "must be a string");
    else
        call->method = arena_text(storage, method);
}

static void read_params(json_t *object, struct rpc_call *call)
{
    json_t *params = json_object_get(object, "params");

    if (params && !json_is_object(params))
        refuse(call, RPC_INVALID_PARAMS, "params", "must be an object: parameters go by name");
    else
        call->params = params ? json_incref(params) : json_object();
}

static void read_call(struct arena *storage, json_t *object, struct rpc_call *call)
{
    if (json_is_object(object)) {
        read_id(storage, object, call);
        if (call->error == RPC_OK)
            read_method(storage, object, call);
        if (call->error == RPC_OK)
            read_params(object, call);
    } else {
        refuse(call, RPC_INVALID_REQUEST, NULL, "a call is an object");
    }
    /* Without an id a broken call can't be told from a broken notification; the specification answers null.
     */
    if (call->error == RPC_INVALID_REQUEST && !call->id)
        call->id = arena_text(storage, "null");
}

static void read_batch(struct rpc_line *line, const json_t *array)
{
    size_t count = json_array_size(array);

    if (count == 0 || count > RPC_BATCH_MAX) {
        refuse_line(line, RPC_INVALID_REQUEST, "a batch holds 1 to 50 calls");
        return;
    }
    struct rpc_call *calls = add_calls(line, count);

    line->is_batch = true;
    for (size_t index = 0; index < count; index++)
        read_call(&line->storage, json_array_get(array, index), &calls[index]);
}

/* jansson quotes the input in its message; the position says enough and repeats nobody's data. */
static char *describe(struct arena *storage, const json_error_t *error)
{
    const char *quote = strstr(error->text, " near ");
    int length = quote ? (int)(quote - error->text) : (int)strlen(error->text);

    return arena_printf(storage, "%.*s at byte %d", length, error->text, error->position);
}

void rpc_read(const char *bytes, size_t length, struct rpc_line *ret_line)
{
    struct survey survey = survey_line(bytes, length);
    json_error_t error = {0};

    *ret_line = (struct rpc_line){0};
    arena_init(&ret_line->storage);
    ret_line->weight = length + survey.brackets * WEIGHT_BRACKET + survey.commas * WEIGHT_COMMA;
    if (survey.deepest > RPC_NESTING_MAX) {
        refuse_line(ret_line, RPC_PARSE_ERROR, "nested deeper than 32");
        return;
    }
    if (survey.brackets + survey.commas > RPC_VALUES_MAX) {
        refuse_line(ret_line, RPC_PARSE_ERROR, "more than 16384 values");
        return;
    }
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (!root && json_error_code(&error) == json_error_out_of_memory)
        abort();
    if (!root)
        refuse_line(ret_line, RPC_PARSE_ERROR, describe(&ret_line->storage, &error));
    else if (json_is_array(root))
        read_batch(ret_line, root);
    else
        read_call(&ret_line->storage, root, add_calls(ret_line, 1));
    json_decref(root);
}

void rpc_line_finish(struct rpc_line *line)
{
    if (!line)
        return;
    for (size_t index = 0; index < line->count; index++)
        json_decref(line->calls[index].params);
    arena_finish(&line->storage);
    *line = (struct rpc_line){0};
}

static const struct error_row *row_of(enum rpc_error error)
{
    return &error_rows[error < RPC_ERROR_COUNT ? error : RPC_INTERNAL_ERROR];
}

int rpc_error_code(enum rpc_error error)
{
    return row_of(error)->code;
}

const char *rpc_error_name(enum rpc_error error)
{
    return row_of(error)->name;
}

bool rpc_error_retryable(enum rpc_error error)
{
    return row_of(error)->retryable;
}

void rpc_write_result(struct text *out, const char *id, const char *result)
{
    text_add(out, "{\"jsonrpc\":\"2.0\",\"id\":");
    text_add(out, id ? id : "null");
    text_add(out, ",\"result\":");
    text_add(out, result);
    text_add(out, "}");
}

static void write_member(struct text *out, const char *name, const char *string)
{
    if (!string)
        return;
    text_printf(out, ",\"%s\":", name);
    rpc_write_string(out, string);
}

void rpc_write_error(struct text *out, const char *id, enum rpc_error error, const char *field,
                     const char *detail)
{
    const struct error_row *row = row_of(error);

    text_add(out, "{\"jsonrpc\":\"2.0\",\"id\":");
    text_add(out, id ? id : "null");
    text_printf(out, ",\"error\":{\"code\":%d,\"message\":\"%s\",\"data\":{\"name\":\"%s\"", row->code,
                row->message, row->name);
    write_member(out, "field", field);
    write_member(out, "detail", detail);
    text_printf(out, ",\"retryable\":%s}}}", row->retryable ? "true" : "false");
}

/* How many bytes the UTF-8 sequence at `at` has (RFC 3629: shortest form, no surrogates), 0 when it is none.
 */
static size_t sequence_length(const unsigned char *at)
{
    static const struct {
        unsigned char first, last, low, high; /* range of the lead byte, range of the byte after it */
        size_t length;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    size_t form = 0;

    while (form < sizeof(forms) / sizeof(*forms) && (at[0] < forms[form].first || at[0] > forms[form].last))
        form++;
    if (form == sizeof(forms) / sizeof(*forms))
        return 0;
    if (forms[form].length > 1 && (at[1] < forms[form].low || at[1] > forms[form].high))
        return 0;
    for (size_t index = 2; index < forms[form].length; index++)
        if ((at[index] & 0xc0) != 0x80)
            return 0;
    return forms[form].length;
}

static void write_escape(struct text *out, unsigned char byte)
{
    static const char shorthand[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *pair = shorthand; *pair; pair += 2)
        if ((unsigned char)*pair == byte) {
            text_append(out, "\\", 1);
            text_append(out, pair + 1, 1);
            return;
        }
    text_printf(out, "\\u%04x", byte);
}

void rpc_write_string(struct text *out, const char *string)
{
    const unsigned char *at = (const unsigned char *)string;

    text_append(out, "\"", 1);
    while (*at) {
        const unsigned char *plain = at;
        size_t length;

        while (*at >= 0x20 && *at != '"' && *at != '\\' &&
               (length = *at < 0x80 ? 1 : sequence_length(at)) > 0)
            at += length;
        text_append(out, (const char *)plain, (size_t)(at - plain));
        if (*at == 0)
            break;
        if (*at < 0x20 || *at == '"' || *at == '\\')
            write_escape(out, *at);
        else
            text_add(out, "\xef\xbf\xbd");
        at++;
    }
    text_append(out, "\"", 1);
}
