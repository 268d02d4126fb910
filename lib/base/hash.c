/*
 * Hashes for tables in memory and for comparing two states.
 *
 * FNV-1a because it is short, has no alignment or endian traps, and its quality is enough for names; integers
 * go through splitmix64's finaliser so that dense ids spread. What must resist tampering (the journal) is
 * chained with SHA-256 by the daemon, not here: lib/ depends on no cryptography.
 */
#include "lib/base/hash.h"

#include <stdio.h>
#include <string.h>

uint64_t hash_bytes(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t hash_text(const char *string)
{
    return hash_bytes(string, strlen(string));
}

uint64_t hash_number(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

void fingerprint_init(struct fingerprint *print)
{
    print->state = ((unsigned __int128)UINT64_C(0x6c62272e07bb0142) << 64) | UINT64_C(0x62b821756295c58d);
}

void fingerprint_add(struct fingerprint *print, const void *bytes, size_t length)
{
    const unsigned __int128 prime = ((unsigned __int128)1 << 88) | 0x13b;
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++)
        print->state = (print->state ^ at[i]) * prime;
}

void fingerprint_hex(const struct fingerprint *print, char ret_hex[33])
{
    snprintf(ret_hex, 33, "%016llx%016llx", (unsigned long long)(print->state >> 64),
             (unsigned long long)print->state);
}
