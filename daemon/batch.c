/*
 * A batch of effects and the requests that wait for it.
 *
 * Made and owned by the loop, lent to the writer between submission and COMMIT. The effects alone would do,
 * but requests must not wait for ever: who waits, and since when, stands beside them in the order of their
 * effects, so that time-outs are found at the front and releasing walks both lists together.
 */
#include "daemon/batch.h"

#include "lib/base/memory.h"
#include <stdlib.h>

struct batch *batch_create(void)
{
    struct batch *batch = memory_new(1, sizeof(*batch));

    effects_init(&batch->effects);
    return batch;
}

static void free_cold(struct batch *batch)
{
    for (size_t i = 0; i < batch->waiting_count; i++)
        free(batch->waiting[i].cold);
}

void batch_destroy(struct batch *batch)
{
    if (!batch)
        return;
    free_cold(batch);
    effects_finish(&batch->effects);
    free(batch->waiting);
    free(batch);
}

void batch_reset(struct batch *batch)
{
    free_cold(batch);
    effects_reset(&batch->effects);
    batch->scanned = batch->waiting_count = batch->expired = 0;
    batch->submitted_at_ms = 0;
}

void batch_wait(struct batch *batch, const struct waiting *waiting)
{
    batch->waiting = memory_reserve(batch->waiting, &batch->waiting_capacity, batch->waiting_count + 1,
                                    sizeof(*batch->waiting));
    batch->waiting[batch->waiting_count++] = *waiting;
}
