/* Instants and spans. Instants end in `_at`: UTC milliseconds since 1970. Spans end in `_ms`. */
#ifndef DUBAN_LIB_BASE_MSEC_H
#define DUBAN_LIB_BASE_MSEC_H

#include <stdint.h>

typedef int64_t msec;

#define NEVER INT64_MAX /* an instant that does not come */

#define MSEC_SECOND INT64_C(1000)
#define MSEC_MINUTE (60 * MSEC_SECOND)
#define MSEC_HOUR   (60 * MSEC_MINUTE)
#define MSEC_DAY    (24 * MSEC_HOUR) /* twenty-four real hours; never a civil day */

#endif
