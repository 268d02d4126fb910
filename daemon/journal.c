/*
 * The hash chain of the journal.
 *
 * The writer's rows.c extends the chain as it builds a batch; whoever verifies walks it from the first row.
 * Invariant: hashing depends on the six columns of a row and on the row before, on nothing else, so anybody
 * with the table and the description in journal.h can recompute it with any SHA-256.
 *
 * A chain alone does not show that its tail was cut off: the head is therefore kept in the desk's row, in the
 * same transaction, and told outside the database once a day. One digest context is kept and reinitialised:
 * making one for each row costs more than hashing it.
 */
#include "daemon/journal.h"

#include "lib/base/memory.h"
#include <endian.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct journal_chain {
    uint32_t desk;
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

struct journal_chain *journal_chain_create(uint32_t desk)
{
    struct journal_chain *chain = memory_new(1, sizeof(*chain));

    chain->desk = desk;
    chain->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    chain->context = EVP_MD_CTX_new();
    if (!chain->algorithm || !chain->context)
        abort(); /* no memory, or an OpenSSL without SHA-256: a journal without its chain must not be written
                  */
    return chain;
}

void journal_chain_destroy(struct journal_chain *chain)
{
    if (!chain)
        return;
    EVP_MD_CTX_free(chain->context);
    EVP_MD_free(chain->algorithm);
    free(chain);
}

static void add(struct journal_chain *chain, const void *bytes, size_t length)
{
    if (EVP_DigestUpdate(chain->context, bytes, length) != 1)
        abort();
}

static void add_number32(struct journal_chain *chain, uint32_t number)
{
    uint32_t big = htobe32(number);

    add(chain, &big, sizeof(big));
}

static void add_number64(struct journal_chain *chain, uint64_t number)
{
    uint64_t big = htobe64(number);

    add(chain, &big, sizeof(big));
}

static void add_text(struct journal_chain *chain, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    add_number32(chain, (uint32_t)length);
    if (length)
        add(chain, text, length);
}

void journal_hash(struct journal_chain *chain, const unsigned char previous[JOURNAL_HASH],
                  const struct journal_row *row, unsigned char ret_hash[JOURNAL_HASH])
{
    if (EVP_DigestInit_ex2(chain->context, chain->algorithm, NULL) != 1)
        abort();
    add(chain, previous, JOURNAL_HASH);
    add_number32(chain, chain->desk);
    add_number64(chain, row->sequence);
    add_number64(chain, (uint64_t)row->at);
    add_number64(chain, row->ticket);
    add_text(chain, row->type);
    add_text(chain, row->body);
    if (EVP_DigestFinal_ex(chain->context, ret_hash, NULL) != 1)
        abort();
}

enum journal_verdict journal_verify(struct journal_chain *chain, struct journal_check *check,
                                    const struct journal_row *row, const unsigned char stored[JOURNAL_HASH])
{
    unsigned char expected[JOURNAL_HASH];

    if (row->sequence != check->sequence + 1)
        return JOURNAL_GAP;
    journal_hash(chain, check->hash, row, expected);
    if (memcmp(expected, stored, JOURNAL_HASH) != 0)
        return JOURNAL_ALTERED;
    check->sequence = row->sequence;
    memcpy(check->hash, stored, JOURNAL_HASH);
    return JOURNAL_GOOD;
}

enum journal_verdict journal_verify_head(const struct journal_check *check, uint64_t sequence,
                                         const unsigned char head[JOURNAL_HASH])
{
    if (check->sequence != sequence || memcmp(check->hash, head, JOURNAL_HASH) != 0)
        return JOURNAL_CUT;
    return JOURNAL_GOOD;
}
