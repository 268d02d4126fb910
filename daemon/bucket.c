/*
 * A token bucket on the monotonic clock.
 *
 * Used by the courier for web services that shut out whoever sends too much in a minute. Counted in units of
 * which a millisecond earns exactly `rate`, so that nothing is rounded however often somebody looks.
 */
#include "daemon/bucket.h"

#define TOKEN INT64_C(60000)

void bucket_init(struct bucket *bucket, int rate, int64_t now_ms)
{
    *bucket = (struct bucket){.rate = rate, .level = rate * TOKEN, .filled_at_ms = now_ms};
}

static void fill(struct bucket *bucket, int64_t now_ms)
{
    int64_t passed_ms = now_ms - bucket->filled_at_ms, most = bucket->rate * TOKEN;

    if (passed_ms <= 0)
        return;
    bucket->level += (passed_ms < TOKEN ? passed_ms : TOKEN) * bucket->rate;
    bucket->level = bucket->level < most ? bucket->level : most;
    bucket->filled_at_ms = now_ms;
}

bool bucket_take(struct bucket *bucket, int64_t now_ms)
{
    fill(bucket, now_ms);
    if (bucket->level < TOKEN)
        return false;
    bucket->level -= TOKEN;
    return true;
}
