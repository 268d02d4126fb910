/* policy.lint: what lint finds in the files that are configured, or in another text for the regime. */
#ifndef DUBAN_DAEMON_LINT_ANSWER_H
#define DUBAN_DAEMON_LINT_ANSWER_H

#include "daemon/config.h"
#include <jansson.h>

/* {regime, digest, findings:[{check, file, line?, text}]}. NULL: it can't even be compiled; then `*ret_why`
   is "file:line: what is wrong" (malloc'd). `text` NULL: the configured regime as its file is now. */
json_t *lint_answer(struct config *config, const char *text, enum language language, msec now,
                    char **ret_why);

#endif
