#ifndef BITGROVE_BASE_MARKUP_H
#define BITGROVE_BASE_MARKUP_H

/*
 * Text from outside within XML and HTML. Any thread.
 */

#include "base/str.h"

/*
 * Appends text as it may stand between tags and within quotes of either kind:
 * utf8_escape() first, so that no control character is left, then &, <, >, "
 * and ' as entities. Characters that XML does not know, U+FFFE and U+FFFF,
 * stand as U+FFFD.
 */
void markup_text(struct str *out, const char *text);

/* The same for text that utf8_escape() has seen already. */
void markup_escaped(struct str *out, const char *escaped);

#endif
