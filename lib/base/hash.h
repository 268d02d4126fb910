/* Hashes for tables in memory. None of them is for secrets or for proofs. */
#ifndef DUBAN_LIB_BASE_HASH_H
#define DUBAN_LIB_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a over a NUL-terminated string, over bytes, and a finaliser for integers (splitmix64). */
uint64_t hash_text(const char *string);
uint64_t hash_bytes(const void *bytes, size_t length);
uint64_t hash_number(uint64_t number);

/* A 128-bit FNV-1a fingerprint of a stream: equal streams, equal fingerprints. Not against an attacker. */
struct fingerprint {
    unsigned __int128 state;
};

void fingerprint_init(struct fingerprint *print);
void fingerprint_add(struct fingerprint *print, const void *bytes, size_t length);
void fingerprint_hex(const struct fingerprint *print, char ret_hex[33]);

#endif
