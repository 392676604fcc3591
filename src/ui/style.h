#ifndef BITGROVE_UI_STYLE_H
#define BITGROVE_UI_STYLE_H

/*
 * How a cell looks: two colours and attributes, independent of ncurses so
 * that screens can be drawn and tested without a terminal. A value.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum style_attr {
    STYLE_BOLD = 1,
    STYLE_DIM = 2,
    STYLE_UNDERLINE = 4,
    STYLE_REVERSE = 8,
    STYLE_ITALIC = 16
};

struct style {
    int32_t fg, bg; /* see colour.h */
    uint8_t attrs;  /* of enum style_attr */
};

/*
 * Words in any order: attributes, one colour for the foreground, "on COLOUR"
 * for the background: "bold bright-blue on 236". "plain" adds nothing.
 */
MUST_USE enum status style_parse(struct style *out, const char *text,
                                 struct err *err);

/*
 * What a terminal of `colours` colours can show of it. With less than 256
 * there is no shade between the text's and the background's: such a
 * background becomes reverse video, as does any where there are no colours.
 */
struct style style_reduce(struct style style, int colours);

bool style_equal(struct style a, struct style b);

#endif
