#ifndef BITGROVE_UI_GALLERYTERMS_H
#define BITGROVE_UI_GALLERYTERMS_H

/* What the terms of a filter stand for in the world as it is: names of classes,
 * groups of the tree, places that have a code. The user interface's thread. */

#include "ui/imagepick.h"

struct world;

/*
 * Fills everything of a zeroed pick but tags and the codes of classes; the
 * caller releases it, after a failure as well. ERR_NOT_FOUND when a place is
 * not there or has no code, ERR_BAD_INPUT when a text is none.
 */
MUST_USE enum status galleryterms_resolve(struct imagepick *pick,
                                          const struct world *world,
                                          const struct imagefilter *filter,
                                          struct err *err);

#endif
