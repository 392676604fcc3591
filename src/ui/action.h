#ifndef BITGROVE_UI_ACTION_H
#define BITGROVE_UI_ACTION_H

/*
 * What keys do. Every key is bound to a named action by one table, from which
 * the `?` view, the hints line and the clash test are made. A row says in
 * which views it holds; a sequence of two keys is written together ("zo").
 * The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum view_kind {
    VIEW_TREE,
    VIEW_CLASS,
    VIEW_BITS,
    VIEW_NEAR,
    VIEW_IMAGES,
    VIEW_OUTLIERS,
    VIEW_MODELS,
    VIEW_JOBS,
    VIEW_HELP,
    VIEW_KINDS
};

enum action {
    ACTION_NONE,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_OPEN,
    ACTION_CLOSE,
    ACTION_QUIT,
    ACTION_INTERRUPT,
    ACTION_NEXT_PANE,
    ACTION_FIND,
    ACTION_FIND_NEXT,
    ACTION_FIND_PREVIOUS,
    ACTION_COMMAND,
    ACTION_HELP,
    ACTION_BACK,
    ACTION_FORWARD,
    ACTION_REDRAW,
    ACTION_RECOMPUTE,
    ACTION_NOTE,
    ACTION_CAPTION,
    ACTION_EARLIER,
    ACTION_LATER,
    ACTION_VIEW_TREE,
    ACTION_VIEW_CLASS,
    ACTION_VIEW_BITS,
    ACTION_VIEW_NEAR,
    ACTION_VIEW_IMAGES,
    ACTION_VIEW_OUTLIERS,
    ACTION_VIEW_MODELS,
    ACTION_VIEW_JOBS,
    ACTION_FOLD,
    ACTION_UNFOLD,
    ACTION_FOLD_ONE,
    ACTION_UNFOLD_ONE,
    ACTION_FOLD_ALL,
    ACTION_UNFOLD_ALL,
    ACTION_UNFOLD_BELOW,
    ACTION_PARENT,
    ACTION_BIT,
    ACTION_BIT_NEXT,
    ACTION_BIT_PREVIOUS,
    ACTION_DIGIT,
    ACTION_FLIP,
    ACTION_FREE,
    ACTION_RESET,
    ACTION_FILTER_SPLIT,
    ACTION_FILTER_VERDICT,
    ACTION_FILTER_CLASS,
    ACTION_OTHER,
    ACTION_TAG,
    ACTION_CANCEL,
    ACTION_RETRY,
    ACTION_MODE
};

/* A row of the table. */
struct binding {
    uint32_t views; /* bit 1 << VIEW_...; ALL_VIEWS for every view */
    enum action action;
    const char *name; /* of the action, as scripts and people call it */
    const char *keys; /* names separated by blanks */
    const char *hint; /* its word in the hints line, or NULL */
    const char *help;
};

#define ALL_VIEWS 0xffffffffu

/* The rows; *count of them. Static. */
const struct binding *action_bindings(int *count);

/*
 * The action of a key in a view. *pending holds the first key of a sequence
 * between calls and starts as KEY_CODE_NONE; ACTION_NONE is returned both for
 * an unbound key and while a sequence is open.
 */
enum action action_for_key(enum view_kind view, int key, int *pending);

/*
 * Appends a line for every key that two rows of one view claim, or that opens
 * a sequence and acts alone as well, or that has no such name. Returns how
 * many.
 */
int action_clashes(struct str *report);

/* The same over any table: what the test of the test needs. */
int action_clashes_in(const struct binding *table, int count,
                      struct str *report);

#endif
