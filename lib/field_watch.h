/* Which tickets name a record in a field: they are judged again when the record changes. */
#ifndef DUBAN_LIB_FIELD_WATCH_H
#define DUBAN_LIB_FIELD_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct desk;
struct ticket;

struct field_watch;

struct field_watch *field_watch_create(void);
void field_watch_destroy(struct field_watch *watch);
size_t field_watch_bytes(const struct field_watch *watch);

/* The ticket names in one of its fields the record whose id is this text of the desk's. */
void field_watch_add(struct desk *desk, const struct ticket *ticket, uint32_t text);

/* A ticket that names the record, and the clocks that apply to it while the record is as it was. */
struct field_watcher {
    uint64_t ticket;
    uint32_t applicable;
};

/* The tickets in memory that name a record of register `of`, rising by their ids. What was due before now is
   judged by the record as it still is. The list is good until the next call. */
size_t field_watch_before(struct desk *desk, uint8_t of, const char *id,
                          const struct field_watcher **ret_list);

/* And after it has changed: their clocks follow. */
void field_watch_after(struct desk *desk, const struct field_watcher *list, size_t count);

#endif
