/* A token bucket: so many a minute, in bursts of no more than that. */
#ifndef DUBAN_DAEMON_BUCKET_H
#define DUBAN_DAEMON_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
    int64_t rate;         /* tokens a minute, and the most it holds */
    int64_t level;        /* a token is as many as a minute has milliseconds, so a millisecond earns `rate` */
    int64_t filled_at_ms; /* monotonic */
};

void bucket_init(struct bucket *bucket, int rate, int64_t now_ms); /* full */
bool bucket_take(struct bucket *bucket, int64_t now_ms);           /* false: it is empty */

#endif
