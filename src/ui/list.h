#ifndef BITGROVE_UI_LIST_H
#define BITGROVE_UI_LIST_H

/*
 * A cursor over rows of which a window is seen. It knows numbers only; the
 * view draws the rows. Invariants after list_fit(): 0 <= cursor < count (0
 * when empty), top <= cursor < top + rows, top >= 0. A value.
 */

#include <stdbool.h>

#include "ui/action.h"

struct list {
    int count, cursor, top;
    int rows; /* seen at once, from the last list_fit() */
};

/* Brings cursor and window into range for `count` rows, `rows` seen. */
void list_fit(struct list *list, int count, int rows);

/* Moves by an action; false if the action is none of the list's. */
bool list_act(struct list *list, enum action action);

#endif
