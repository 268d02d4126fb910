/*
 * Single calls on a connection, and a daemon's error in words.
 *
 * The half of the client library that needs nothing but connection.h: connection.c keeps the wire. One call
 * is a pipelined call that is waited for, so that there is one way of sending.
 */
#include "client/connection.h"

#include "lib/base/text.h"
#include <string.h>

static void keep_answer(void *context, uint64_t tag, const struct connection_answer *answer)
{
    json_t **ret_answer = context;
    bool is_error = answer->error != NULL;

    (void)tag;
    *ret_answer =
        json_pack("{s:O}", is_error ? "error" : "result", is_error ? answer->error : answer->result);
}

enum connection_outcome connection_call(struct connection *connection, const char *method, json_t *params,
                                        json_t **ret_answer)
{
    *ret_answer = NULL;
    enum connection_outcome outcome = connection_send(connection, method, params, keep_answer, ret_answer, 0);

    while (outcome == CONNECTION_OK && !*ret_answer)
        outcome = connection_wait(connection);
    /* The answer has come; that the daemon hung up right after it is the next call's concern. */
    return *ret_answer ? CONNECTION_OK : outcome;
}

char *connection_explain(const json_t *error)
{
    const json_t *data = json_object_get(error, "data");
    const char *name = json_string_value(json_object_get(data, "name"));
    const char *field = json_string_value(json_object_get(data, "field"));
    const char *detail = json_string_value(json_object_get(data, "detail"));
    const char *message = json_string_value(json_object_get(error, "message"));
    struct text sentence = {0};

    if (name && strcmp(name, "gate_closed") == 0) {
        /* The field says no more than "ticket"; what is missing is what the reader must know. */
        bool says_so = detail && strncmp(detail, "missing", strlen("missing")) == 0;

        text_printf(&sentence, "not yet possible, %s", says_so ? "" : "missing: ");
        field = detail ? NULL : field;
    }
    if (field)
        text_printf(&sentence, "%s%s", field, detail ? ": " : "");
    if (detail)
        text_add(&sentence, detail);
    if (!field && !detail)
        text_add(&sentence, message ? message : "the daemon gave no reason");
    if (name)
        text_printf(&sentence, " (%s)", name);
    return text_take(&sentence);
}
