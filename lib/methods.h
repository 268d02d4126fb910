/*
 * The methods of the socket protocol: one row each, from which calls are dispatched, parameters checked,
 * roles judged, `rpc.discover` and the reference page generated.
 */
#ifndef DUBAN_LIB_METHODS_H
#define DUBAN_LIB_METHODS_H

#include "lib/access.h"
#include "lib/rpc.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct desk;
struct effects;
struct request;

enum parameter_type {
    PARAMETER_STRING,
    PARAMETER_BOOLEAN,
    PARAMETER_INTEGER,
    PARAMETER_INSTANT, /* RFC 3339 with offset */
    PARAMETER_STRINGS, /* array of strings */
    PARAMETER_OBJECT,  /* with `members`, or free when it has none */
    PARAMETER_ARRAY,   /* array of objects or strings, free */
};

struct parameter {
    const char *name;
    enum parameter_type type;
    bool required;
    const char *help;
    const struct parameter *members; /* of an object; ends with a row whose name is NULL */
};

enum method_kind {
    METHOD_READ,  /* changes nothing */
    METHOD_WRITE, /* journaled; takes idempotency_key, if_revision and on_behalf_of besides its own parameters
                   */
    METHOD_HAND,  /* about the connection or the process: answered by the daemon, not by the judge */
};

struct method {
    const char *name;
    enum method_kind kind;
    role_set roles;
    const struct parameter *parameters; /* ends with a row whose name is NULL */
    const char *help;
    const char *result; /* the result's shape in one line */
    void (*handle)(struct desk *desk, const struct request *request,
                   struct effects *out); /* NULL for METHOD_HAND */
};

const struct method *methods_find(const char *name); /* NULL: no such method */
size_t methods_count(void);
const struct method *methods_at(size_t index);

/* What every method takes besides its own parameters, and what a METHOD_WRITE takes; each ends with a row
   whose name is NULL. */
extern const struct parameter methods_read_parameters[];
extern const struct parameter methods_write_parameters[];

/* Checks `params` against the method's rows. Returns RPC_OK or RPC_INVALID_PARAMS; then `ret_field` (a path
   such as `contact.phone`, at most 96 bytes) and `ret_detail` say what is wrong. */
enum rpc_error methods_check(const struct method *method, const json_t *params, char ret_field[96],
                             const char **ret_detail);

/* The OpenRPC 1.2 document of the whole table; the caller owns it. */
json_t *methods_discover(void);

#endif
