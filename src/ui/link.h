#ifndef BITGROVE_UI_LINK_H
#define BITGROVE_UI_LINK_H

/*
 * The letters of links: what is neither a letter nor a digit nor one of
 * "-._~*" and the slash stands as %XX. Any thread.
 */

#include "base/err.h"
#include "base/str.h"

#define LINK_SCHEME "bitgrove:"

void link_encode(struct str *out, const char *text);

/* ERR_BAD_INPUT where a % has not two hexadecimal digits of a character. */
MUST_USE enum status link_decode(struct str *out, const char *text,
                                 struct err *err);

#endif
