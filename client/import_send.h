/* Filing an import through the socket. */
#ifndef DUBAN_CLIENT_IMPORT_SEND_H
#define DUBAN_CLIENT_IMPORT_SEND_H

#include "client/connection.h"
#include "client/import_map.h"
#include "client/import_report.h"

/* Sends every step of the map. `map_name` begins the idempotency keys. What was answered is counted in
   `report`, also when the connection is lost on the way. `ret_stopped` is a sentence (malloc'd) when the
   daemon asked for patience and the rest was not sent, NULL otherwise. */
enum connection_outcome import_send(struct connection *connection, const struct import_map *map,
                                    const char *map_name, struct import_report *report, char **ret_stopped)
    __attribute__((warn_unused_result));

#endif
