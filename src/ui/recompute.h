#ifndef BITGROVE_UI_RECOMPUTE_H
#define BITGROVE_UI_RECOMPUTE_H

/* `r`: queues jobs that compute codes anew, and starts a worker for them. */

struct app;

/* For what is under the cursor: an image, a class, a node's classes, or the
 * whole model. Says what it did in the message. */
void recompute_subject(struct app *app);
void recompute_model(struct app *app);

#endif
