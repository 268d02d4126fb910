/*
 * The progress bar of long imports.
 *
 * Used by import_send.c. Draws at most ten times a second, because a terminal is slower than a daemon. Where
 * stderr is a file or a pipe (a log, a CI run) a carriage return would be noise, so there it writes a line
 * every ten percent.
 */
#include "client/progress_bar.h"

#include "client/when.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH     30
#define PERIOD_MS 100

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_bar_begin(struct progress_bar *bar, const char *what, size_t total)
{
    *bar = (struct progress_bar){.what = what, .total = total, .begin_ms = now_ms()};
    bar->is_terminal = isatty(STDERR_FILENO) == 1;
}

double progress_bar_seconds(const struct progress_bar *bar)
{
    return (double)(now_ms() - bar->begin_ms) / 1e3;
}

static void draw(const struct progress_bar *bar, size_t done, const char *end)
{
    static const char full[] = "##############################", empty[] = "..............................";
    double seconds = progress_bar_seconds(bar), rate = seconds > 0 ? (double)done / seconds : 0;
    int filled = bar->total ? (int)(done * WIDTH / bar->total) : WIDTH;
    char left[WHEN_TEXT] = "-";

    if (rate > 0)
        when_span((msec)((double)(bar->total - done) / rate * 1000), left);
    if (bar->is_terminal)
        fprintf(stderr, "\r[%.*s%.*s] ", filled, full, WIDTH - filled, empty);
    fprintf(stderr, "%3zu %%  %zu of %zu %s  %.0f/s  %.20s left%s",
            bar->total ? done * 100 / bar->total : 100, done, bar->total, bar->what, rate, left, end);
}

void progress_bar_update(struct progress_bar *bar, size_t done)
{
    size_t tenths = bar->total ? done * 10 / bar->total : 10;
    int64_t now = now_ms();

    if (bar->is_terminal) {
        if (now - bar->drawn_ms < PERIOD_MS)
            return;
        bar->drawn_ms = now;
        draw(bar, done, "\x1b[K");
        bar->is_drawn = true;
    } else if (tenths > bar->drawn_tenths) {
        bar->drawn_tenths = tenths;
        draw(bar, done, "\n");
    }
}

void progress_bar_end(struct progress_bar *bar)
{
    if (bar->is_drawn)
        fputs("\r\x1b[K", stderr);
    bar->is_drawn = false;
}
