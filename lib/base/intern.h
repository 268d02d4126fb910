/* Strings kept once and named by a dense 32-bit number; 0 is the empty string. */
#ifndef DUBAN_LIB_BASE_INTERN_H
#define DUBAN_LIB_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern *intern_create(void);
void intern_destroy(struct intern *intern);
uint32_t intern_id(struct intern *intern, const char *string);         /* adds when new; NULL and "" give 0 */
uint32_t intern_find(const struct intern *intern, const char *string); /* 0: not in it; adds nothing */
const char *intern_text(const struct intern *intern, uint32_t id);
size_t intern_count(const struct intern *intern);

#endif
