/*
 * The hash chain of the journal: SHA-256 over canonical bytes, so that a changed, removed or inserted row
 * shows.
 *
 * The bytes hashed for a row, in this order, integers big-endian:
 *
 *     32  hash of the row before (zeros before the first)
 *      4  desk_id
 *      8  sequence
 *      8  at, milliseconds since 1970 UTC, two's complement
 *      8  ticket, 0 for none
 *      4  length of type in bytes, then type in UTF-8
 *      4  length of body in bytes, then body as stored (canonical JSON)
 *
 * The lengths make the bytes unambiguous: no text can be moved from type to body without showing.
 */
#ifndef DUBAN_DAEMON_JOURNAL_H
#define DUBAN_DAEMON_JOURNAL_H

#include "lib/effect.h"
#include <stdbool.h>
#include <stdint.h>

#define JOURNAL_HASH 32

struct journal_chain; /* holds a digest context, so that hashing a row allocates nothing */

struct journal_chain *journal_chain_create(uint32_t desk);
void journal_chain_destroy(struct journal_chain *chain);

/* The hash of `row` after a row whose hash was `previous`. `ret_hash` may be the same storage as `previous`.
 */
void journal_hash(struct journal_chain *chain, const unsigned char previous[JOURNAL_HASH],
                  const struct journal_row *row, unsigned char ret_hash[JOURNAL_HASH]);

enum journal_verdict {
    JOURNAL_GOOD,
    JOURNAL_ALTERED, /* the row's hash does not follow from the row before and its own bytes */
    JOURNAL_GAP,     /* a row is missing or out of order before this one */
    JOURNAL_CUT,     /* the rows end before, or past, what the desk's row names as the newest */
};

/* Goes over rows in order. Zero it, then feed each row; `sequence` and `hash` are those of the last good row.
 */
struct journal_check {
    uint64_t sequence;
    unsigned char hash[JOURNAL_HASH];
};

enum journal_verdict journal_verify(struct journal_chain *chain, struct journal_check *check,
                                    const struct journal_row *row, const unsigned char stored[JOURNAL_HASH])
    __attribute__((warn_unused_result));

/* After the last row: does the chain end where the desk says that it ends? */
enum journal_verdict journal_verify_head(const struct journal_check *check, uint64_t sequence,
                                         const unsigned char head[JOURNAL_HASH])
    __attribute__((warn_unused_result));

#endif
