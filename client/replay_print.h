/* Replay's output: what the judge decides, one JSON object a line (the format is in dubanctl(1)). */
#ifndef DUBAN_CLIENT_REPLAY_PRINT_H
#define DUBAN_CLIENT_REPLAY_PRINT_H

#include "client/replay_engine.h"
#include "lib/base/text.h"
#include <stdio.h>

/* Set `replay` and `out` before the first event; zero the rest. */
struct replay_printer {
    const struct replay *replay;
    FILE *out;
    struct text line;
};

/* The watcher that prints; it borrows `printer`. */
struct replay_watcher replay_print_watcher(struct replay_printer *printer);
void replay_print_finish(struct replay_printer *printer);

#endif
