#ifndef BITGROVE_UI_ACTS_H
#define BITGROVE_UI_ACTS_H

/*
 * The actions that are the same in every view: marks, remarks, and the like.
 * A view that has its own idea of one answers it first. The user interface's
 * thread.
 */

#include <stdbool.h>

#include "ui/action.h"

struct app;

/* True if the action is one of these; the message says what came of it. */
bool acts_run(struct app *app, enum action action);

/* Asks for the caption of the bit under the cursor; the prompt begins with the
 * one it has, else with the one proposed. */
void acts_ask_caption(struct app *app, const char *proposal);

/* Leaves a range that was begun. False if none was. */
bool acts_leave_range(struct app *app);

/* Marks what a range that was begun holds up to the cursor, if one was. */
void acts_end_range(struct app *app);

#endif
