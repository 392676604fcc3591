#ifndef BITGROVE_CLI_HTML_H
#define BITGROVE_CLI_HTML_H

/*
 * A writer of HTML that is XML as well: what is opened is closed in its order,
 * attributes are quoted, and text from outside passes markup_text(). Names of
 * tags and attributes are static; attributes are written by the caller, with
 * html_attribute() where their values are from outside. Main thread.
 */

#include "base/str.h"

#define HTML_DEPTH 24

struct html {
    struct str *out; /* borrowed */
    const char *open[HTML_DEPTH];
    int depth;
};

/* attributes: as they stand in the tag, or NULL. */
void html_open(struct html *h, const char *tag, const char *attributes);
/* Closes what was opened last. */
void html_close(struct html *h);
/* A tag that holds nothing, such as <br/>. */
void html_void(struct html *h, const char *tag, const char *attributes);

/* Text from outside. */
void html_text(struct html *h, const char *text);
/* Words of ours; they may hold markup, and nothing from outside. */
void html_say(struct html *h, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A whole element around text from outside, or around words of ours. */
void html_line(struct html *h, const char *tag, const char *attributes,
               const char *text);
void html_words(struct html *h, const char *tag, const char *attributes,
                const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Appends ` name="value"`, the value from outside. */
void html_attribute(struct str *out, const char *name, const char *value);

#endif
