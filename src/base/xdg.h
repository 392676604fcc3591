#ifndef BITGROVE_BASE_XDG_H
#define BITGROVE_BASE_XDG_H

/*
 * Where a user's files are, by the XDG base directories. Strings returned are
 * owned by the caller (free()), NULL when there is no home. Any thread, as
 * long as nobody changes the environment.
 */

#include "base/err.h"

enum xdg_kind {
    XDG_CONFIG, /* $XDG_CONFIG_HOME, else ~/.config */
    XDG_DATA,   /* $XDG_DATA_HOME, else ~/.local/share */
    XDG_STATE   /* $XDG_STATE_HOME, else ~/.local/state */
};

/* The path of bitgrove/NAME there. */
char *xdg_path(enum xdg_kind kind, const char *name);

/* Makes the folders above the last '/' of path. */
enum status xdg_make_parents(const char *path, struct err *err) MUST_USE;

#endif
