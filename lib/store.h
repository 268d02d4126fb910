/* Owns the tickets in memory. Others hold ids or indexes across turns, pointers only within one. */
#ifndef DUBAN_LIB_STORE_H
#define DUBAN_LIB_STORE_H

#include "lib/ticket.h"
#include <stddef.h>

struct store;

struct store *store_create(void);
void store_destroy(struct store *store);

/* A zeroed ticket with this identity, in the list by id; its index is dense and may have been another's. */
uint32_t store_add(struct store *store, uint64_t id, uint16_t series, uint32_t number);
void store_remove(struct store *store, uint32_t index);

struct ticket *store_ticket(const struct store *store, uint32_t index); /* valid until removed */
uint32_t store_find(const struct store *store, uint64_t id);            /* TICKET_NO_INDEX: not here */
uint32_t store_find_number(const struct store *store, uint16_t series, uint32_t number);

/* The list by id: the smallest, and each one's next. */
uint32_t store_oldest(struct store *store);
uint32_t store_after(struct store *store, uint64_t id); /* the first with a greater id */

size_t store_count(const struct store *store);
size_t store_bytes(const struct store *store);

/* A new clock for the ticket, zeroed, in its place by rule. */
struct clock *store_add_clock(struct store *store, struct ticket *ticket, uint8_t rule);
struct clock *ticket_clock(const struct ticket *ticket, uint8_t rule); /* NULL: has none */

#endif
