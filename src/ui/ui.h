#ifndef BITGROVE_UI_UI_H
#define BITGROVE_UI_UI_H

/*
 * The explorer's door. It takes over the terminal until the user quits and
 * gives it back as it was. Call it from the main thread, after
 * setlocale(LC_ALL, "").
 *
 * Environment: BITGROVE_THEME (name or path of a theme), NO_COLOR (not empty:
 * the mono theme and no colours), BITGROVE_THEMES (where installed themes
 * are), and for tests BITGROVE_SCRIPT=FILE (plays keys, see ui/script.h) and
 * BITGROVE_SIZE=COLSxROWS; with both, nothing is drawn on a terminal and none
 * is needed. BITGROVE_CLOCK is base/clock.h's.
 */

#include <stdbool.h>

#include "base/err.h"

struct ui_options {
    const char *theme;    /* name or path; NULL: BITGROVE_THEME's */
    const char *pictures; /* as `:set pictures` takes it; NULL: auto */
    const char *place;    /* where to begin, as `:goto` takes it; or NULL */
    bool ascii;           /* plain ASCII whatever the locale */
    bool read_only;       /* never write to the catalogue */
};

MUST_USE enum status ui_run(const char *catalogue_path,
                            const struct ui_options *options, struct err *err);

#endif
