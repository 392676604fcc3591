#ifndef BITGROVE_CLI_PATHS_H
#define BITGROVE_CLI_PATHS_H

/*
 * Where things are; a user's files are by base/xdg.h. Strings returned are owned
 * by the caller (free()), NULL when there is no such thing. Main thread.
 */

#include "base/err.h"

/* The running program, absolute. */
char *paths_self(void);

/*
 * NAME of the files shipped with bitgrove: in $BITGROVE_DATA, in the source
 * tree's db/ when the program runs from its build tree, or where `make
 * install` put it. NULL when it is nowhere.
 */
char *paths_data(const char *name);

/* The source tree's themes/ when the program runs from its build tree; NULL
 * when it does not: the explorer knows where they are installed. */
char *paths_themes(void);

/* $XDG_DATA_HOME/bitgrove/demo.bitgrove (else ~/.local/share, else here). */
char *paths_demo_default(void);

/* The catalogue last opened, absolute; NULL when none or it is gone. */
char *paths_last_get(void);
/* Remembers it; failing to is no error. */
void paths_last_set(const char *path);

#endif
