#ifndef BITGROVE_UI_SCRIPT_H
#define BITGROVE_UI_SCRIPT_H

/*
 * Scripts that play keys for tests: one step a line, '#' starts a comment.
 *     key NAME [TIMES]     press a key (ui/key.h names them)
 *     type TEXT            press the keys of a text
 *     wait TEXT            go on once the text is on the screen
 *     gone TEXT            go on once it no longer is
 *     size COLSxROWS       resize
 *     :COMMAND             as typed at the prompt
 * After the last step the explorer ends. A message names file and line.
 */

#include <stdbool.h>

#include "base/err.h"

struct app;
struct script;

MUST_USE enum status script_open(struct script **out, const char *path,
                                 struct err *err);
void script_close(struct script *script); /* NULL is fine */

/*
 * Does the next step, if its time has come. *waiting is set while it waits,
 * app->quit after the last. ERR_NOT_FOUND when a wait ran out.
 */
MUST_USE enum status script_step(struct script *script, struct app *app,
                                 bool *waiting, struct err *err);

/* "80x30": columns and rows. */
MUST_USE enum status script_size(int *cols, int *rows, const char *text,
                                 struct err *err);

#endif
