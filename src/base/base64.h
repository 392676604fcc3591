#ifndef BITGROVE_BASE_BASE64_H
#define BITGROVE_BASE_BASE64_H

/*
 * Bytes as base64 (RFC 4648, section 4), padded, on one line. Any thread.
 */

#include <stddef.h>

#include "base/str.h"

void base64_add(struct str *out, const void *bytes, size_t n);

#endif
