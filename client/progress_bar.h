/* How far a long task is: a bar on a terminal, a line every tenth elsewhere. Always on stderr. */
#ifndef DUBAN_CLIENT_PROGRESS_BAR_H
#define DUBAN_CLIENT_PROGRESS_BAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_bar {
    const char *what; /* "updates" */
    size_t total, drawn_tenths;
    int64_t begin_ms, drawn_ms;
    bool is_terminal, is_drawn;
};

void progress_bar_begin(struct progress_bar *bar, const char *what, size_t total);
void progress_bar_update(struct progress_bar *bar, size_t done);
void progress_bar_end(struct progress_bar *bar);             /* takes the bar off the terminal */
double progress_bar_seconds(const struct progress_bar *bar); /* since the beginning */

#endif
