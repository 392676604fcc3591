#ifndef BITGROVE_UI_FINDER_H
#define BITGROVE_UI_FINDER_H

/*
 * What a search looks for: words that occur somewhere in a text, without
 * regard to case unless a capital was typed; or, after a leading '/', an
 * extended regular expression.
 */

#include <regex.h>
#include <stdbool.h>

struct finder {
    char *pattern; /* as typed; NULL: nothing is looked for */
    bool regex, broken;
    bool ignore_case;
    regex_t compiled; /* valid when regex and not broken */
};

void finder_init(struct finder *finder);
void finder_release(struct finder *finder); /* and empties it */

/* "" empties it. A broken expression matches nothing. */
void finder_set(struct finder *finder, const char *pattern);

bool finder_active(const struct finder *finder);

/* True if text matches; false when nothing is looked for. */
bool finder_matches(const struct finder *finder, const char *text);

#endif
