#ifndef BITGROVE_UI_COPY_H
#define BITGROVE_UI_COPY_H

/*
 * What is under the cursor, sent to the terminal's clipboard (ui/osc52.h): its
 * id, name, code or link. The user interface's thread.
 */

#include "ui/action.h"

struct app;

/* True if the action copies something; the message says what was sent. */
bool copy_run(struct app *app, enum action action);

#endif
