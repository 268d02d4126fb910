/* Which register and which record a call means: for the handlers that read registers and those that write. */
#ifndef DUBAN_LIB_METHOD_RECORDS_H
#define DUBAN_LIB_METHOD_RECORDS_H

#include "lib/request.h"

/* By the parameter `register`, else by the method's own noun. False: it was refused. */
bool register_request_of(struct desk *desk, const struct request *request, uint8_t *ret_of);

/* The live record of the parameter `id`; NULL after a refusal. */
struct register_record *register_request_record(struct desk *desk, const struct request *request, uint8_t of);

#endif
