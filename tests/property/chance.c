/* Chance that can be had again. A counter through a hash, so that seeds side by side share nothing. */
#include "tests/property/chance.h"

#include "lib/base/hash.h"

uint64_t chance_below(struct chance *chance, uint64_t limit)
{
    return hash_number(chance->state++) % limit;
}

bool chance_one_in(struct chance *chance, uint64_t many)
{
    return chance_below(chance, many) == 0;
}
