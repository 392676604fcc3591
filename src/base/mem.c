#include <config.h>

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *checked(void *p, size_t size)
{
    if (p == NULL) {
        fprintf(stderr, "bitgrove: out of memory (%zu bytes)\n", size);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size ? size : 1), size);
}

void *mem_zalloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return checked(calloc(count, size), size);
}

void *mem_realloc(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = SIZE_MAX;
    return checked(realloc(old, bytes ? bytes : 1), bytes);
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

char *mem_strndup(const char *s, size_t n)
{
    size_t length = strnlen(s, n);
    char *copy = mem_alloc(length + 1);

    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

/*
 * What is as large as this gets huge pages where the system has them: reading
 * it in no order then misses one cache less, that of addresses.
 */
#define HUGE_PAGE ((size_t)1 << 21)

static void *large(size_t count, size_t size, bool zeroed)
{
    void *p;
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    if (bytes == 0)
        bytes = 64;
    if (posix_memalign(&p, bytes < HUGE_PAGE ? 64 : HUGE_PAGE, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE)
        (void)madvise(p, bytes, MADV_HUGEPAGE);
#endif
    if (zeroed)
        memset(p, 0, bytes);
    return p;
}

void *mem_large(size_t count, size_t size)
{
    return large(count, size, true);
}

void *mem_large_raw(size_t count, size_t size)
{
    return large(count, size, false);
}
