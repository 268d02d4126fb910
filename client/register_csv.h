/* Registers as comma-separated values: a head of field names, a line for each record. */
#ifndef DUBAN_CLIENT_REGISTER_CSV_H
#define DUBAN_CLIENT_REGISTER_CSV_H

#include "client/command.h"

enum exit_code register_csv_import(const struct invocation *invocation);
enum exit_code register_csv_export(const struct invocation *invocation);

/* Reads a whole file; `take` is called with the params of each record's put (which it takes over) and its
   line. EXIT_BAD_INPUT: a message with the line was printed. */
typedef void register_csv_take(void *context, json_t *params, size_t line);
enum exit_code register_csv_read(const char *file, const char *of, register_csv_take *take, void *context)
    __attribute__((warn_unused_result));

#endif
