#ifndef BITGROVE_BASE_HASH_H
#define BITGROVE_BASE_HASH_H

/*
 * XXH64 (Yann Collet; the specification is public): 64 bits of any bytes, at
 * the speed of memory. It tells contents apart by chance, and is no proof
 * against somebody who wants two files to look the same. Pure: any thread.
 */

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed);

#endif
