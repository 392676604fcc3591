#ifndef BITGROVE_BASE_MEM_H
#define BITGROVE_BASE_MEM_H

/*
 * Allocation. Small things (structs, names, rows of a screen) come from
 * mem_*(), which abort with a message when memory is out, so that no caller
 * carries a branch that can't be tested. Large things (tensors, code arrays,
 * images) come from mem_large(), which may return NULL: the caller answers
 * ERR_NOMEM. Everything is freed with free(). Any thread.
 */

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mem_zalloc(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
void *mem_realloc(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
char *mem_strndup(const char *s, size_t n)
    __attribute__((malloc, returns_nonnull));

/*
 * count * size zeroed bytes aligned to 64 (a cache line and an AVX-512
 * register), or NULL when the product overflows or memory is out.
 */
void *mem_large(size_t count, size_t size) __attribute__((malloc));

/* The same, not zeroed: pages come to the thread that writes them first. */
void *mem_large_raw(size_t count, size_t size) __attribute__((malloc));

/*
 * Grows a dynamic array (pointer, used, room) so that one more element fits;
 * doubling, so that appending is amortised O(1):
 *     ARRAY_GROW(list->items, list->count, list->room);
 *     list->items[list->count++] = item;
 */
#define ARRAY_GROW(ptr, used, room)                                     \
    do {                                                                \
        if ((used) >= (room)) {                                         \
            (room) = (room) ? (room)*2 : 16;                            \
            (ptr) = mem_realloc((ptr), (size_t)(room), sizeof(*(ptr))); \
        }                                                               \
    } while (0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
