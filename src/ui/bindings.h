#ifndef BITGROVE_UI_BINDINGS_H
#define BITGROVE_UI_BINDINGS_H

/*
 * Which key does what: the keys of ui/actions.def, and over them what
 * bitgroverc and :bind say. Invariant: in a view a key does one thing, or
 * opens sequences of two keys; what is bound takes away what it hides. The
 * user interface's thread.
 */

#include "base/err.h"
#include "base/str.h"
#include "ui/action.h"

struct bound {
    uint32_t views;     /* as in struct action_row */
    int first, second;  /* second KEY_CODE_NONE: a single key */
    enum action action; /* ACTION_NONE: the command */
    char *command;      /* a line as typed after ':', or NULL; owned */
    char *origin;       /* "FILE:LINE" of bitgroverc; NULL: built in; owned */
};

struct bindings {
    struct bound *items;
    int count, room;
};

/* Starts with the keys of the table. */
void bindings_init(struct bindings *bindings);
void bindings_release(struct bindings *bindings);

/*
 * Binds a key or a sequence of two in some views to an action or a command
 * line; command "none" leaves it without any. Appends to *clashes a line for
 * each of origin's kind that it hides: one bound by bitgroverc before, or a
 * sequence that can no longer be begun. ERR_BAD_INPUT when there is no such
 * key.
 */
MUST_USE enum status bindings_add(struct bindings *bindings, uint32_t views,
                                  const char *keys, const char *command,
                                  const char *origin, struct str *clashes,
                                  struct err *err);

/*
 * What a key does in a view, or NULL. *pending holds the first key of a
 * sequence between calls and starts as KEY_CODE_NONE; NULL is returned both
 * for an unbound key and while a sequence is open.
 */
const struct bound *bindings_find(const struct bindings *bindings,
                                  enum view_kind view, int key, int *pending);

/* Appends the keys of an action in a view, with blanks between. */
void bindings_keys(const struct bindings *bindings, enum view_kind view,
                   enum action action, struct str *out);

/* Appends a key or a sequence as help writes it. */
void bindings_label(const struct bound *bound, struct str *out);

/*
 * Appends a line for every key that two rows of the built-in table claim in
 * one view, that opens a sequence and acts alone as well, or that has no such
 * name. Returns how many.
 */
int bindings_clashes(const struct action_row *rows, int count,
                     struct str *report);

#endif
