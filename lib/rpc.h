/*
 * JSON-RPC 2.0 as text: one line in, calls out; results and errors in, one line out. Knows no ticket.
 * Source: the JSON-RPC 2.0 specification; codes above 1000 are this protocol's own and stable.
 */
#ifndef DUBAN_LIB_RPC_H
#define DUBAN_LIB_RPC_H

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum rpc_error {
    RPC_OK,
    RPC_PARSE_ERROR,
    RPC_INVALID_REQUEST,
    RPC_METHOD_NOT_FOUND,
    RPC_INVALID_PARAMS,
    RPC_INTERNAL_ERROR,
    RPC_LINE_TOO_LONG, /* code -32600, name line_too_long; the connection is closed after it */
    RPC_NOT_FOUND,
    RPC_REVISION_CONFLICT,
    RPC_ALREADY_EXISTS,
    RPC_INVALID_STATE,
    RPC_PERMISSION_DENIED,
    RPC_STORAGE_UNAVAILABLE,
    RPC_OVERLOADED,
    RPC_TIMEOUT,
    RPC_GONE,
    RPC_READ_ONLY,
    RPC_GATE_CLOSED,
    RPC_ERROR_COUNT,
};

#define RPC_NESTING_MAX 32
#define RPC_ID_MAX      128
#define RPC_BATCH_MAX   50
#define RPC_VALUES_MAX  16384 /* commas and opening brackets of one line: what it costs to hold it parsed */

/* One call of a line. `id` is the id as JSON text ("7", "\"a\"", "null"), NULL for a notification.
   `error` is RPC_OK or why this call can't be dispatched (then `detail` says what is wrong and `field`
   where). */
struct rpc_call {
    char *id;
    char *method;
    json_t *params; /* an object; owned */
    enum rpc_error error;
    const char *field;  /* static or in `storage`; may be NULL */
    const char *detail; /* static or in `storage`; may be NULL */
};

struct rpc_line {
    struct arena storage;
    struct rpc_call *calls;
    size_t count;
    bool is_batch; /* answers go back as one JSON array */
    size_t weight; /* about as many bytes as its calls take in memory, for budgets */
};

/* Parses one line without its LF. Always gives at least one call: a line that can't be read gives one call
   with an error and the id "null". Duplicate members, depth over RPC_NESTING_MAX, more than RPC_VALUES_MAX
   values, string ids over RPC_ID_MAX bytes and batches over RPC_BATCH_MAX (or empty) are errors. Params must
   be an object when present. The input is not kept. */
void rpc_read(const char *bytes, size_t length, struct rpc_line *ret_line);
void rpc_line_finish(struct rpc_line *line);

/* {"jsonrpc":"2.0","id":ID,"result":RESULT} where `result` is JSON text. */
void rpc_write_result(struct text *out, const char *id, const char *result);

/* {"jsonrpc":"2.0","id":ID,"error":{"code","message","data":{"name","field"?,"detail"?,"retryable"}}} */
void rpc_write_error(struct text *out, const char *id, enum rpc_error error, const char *field,
                     const char *detail);

int rpc_error_code(enum rpc_error error);
const char *rpc_error_name(enum rpc_error error); /* "not_found", … */
bool rpc_error_retryable(enum rpc_error error);

/* Appends `string` as a JSON string literal with its quotes; invalid UTF-8 bytes become U+FFFD. */
void rpc_write_string(struct text *out, const char *string);

/* Appends a value as compact JSON, members in the order they were set, or sorted by key (the journal's form).
 */
void rpc_write_value(struct text *out, const json_t *value);
void rpc_write_canonical(struct text *out, const json_t *value);

#endif
