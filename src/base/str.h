#ifndef BITGROVE_BASE_STR_H
#define BITGROVE_BASE_STR_H

/*
 * A growable string. Invariants: text is never NULL, text[length] is '\0',
 * and text points at static storage until something is added, so STR_INIT
 * costs nothing and str_release() is always safe. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct str {
    char *text;
    size_t length;
    size_t room; /* bytes allocated; 0 while text is static */
};

extern char str_empty[1];
#define STR_INIT        \
    {                   \
        str_empty, 0, 0 \
    }

void str_init(struct str *s);
void str_release(struct str *s); /* and makes it empty again */

/* Hands the text over; the caller frees it. *s is empty afterwards. */
char *str_take(struct str *s);

void str_clear(struct str *s);
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t n);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* True if text starts with prefix. */
bool str_starts(const char *text, const char *prefix);

#endif
