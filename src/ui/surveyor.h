#ifndef BITGROVE_UI_SURVEYOR_H
#define BITGROVE_UI_SURVEYOR_H

/*
 * Keeps what survey.h finds, and has it found in a thread, so that neither a
 * million codes nor their pixels hold up a key. There are two parts, the one
 * that reads codes alone and the one that reads pixels; each is looked for
 * when a view wants it, once, until codes or images change. The thread has a
 * connection of its own, and borrows the codes of images: surveyor_stop() is
 * due before those are released. The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "ui/survey.h"

struct world;
struct surveyload;

#define SURVEYOR_ROWS 10000 /* kept of a list */

enum surveyor_part { SURVEYOR_CODES, SURVEYOR_TWINS, SURVEYOR_PARTS };

struct surveyor {
    struct survey_list lists[SURVEY_KINDS];
    bool wanted[SURVEYOR_PARTS]; /* by a view */
    bool known[SURVEYOR_PARTS];  /* the lists are there, of late or before */
    bool fresh[SURVEYOR_PARTS];  /* or failed, and nothing changed since */
    struct surveyload *load;     /* the part on its way, or NULL */
    enum surveyor_part part;
};

enum surveyor_part surveyor_part_of(enum survey_kind kind);

/* A view wants the part; it is begun between frames. */
void surveyor_want(struct surveyor *s, enum surveyor_part part);

/* True while a part is wanted that is neither there nor given up. */
bool surveyor_pending(const struct surveyor *s, const struct world *world);

/*
 * Between frames: begins what is wanted, takes over what has come; *changed
 * then. The lists before stay until others replace them. A failure is said
 * once.
 */
MUST_USE enum status surveyor_poll(struct surveyor *s,
                                   const struct world *world, bool *changed,
                                   struct err *err);

/* Codes, or with images the images and their codes as well, are others now:
 * what was found is out of date. A thread that is at work is stopped. */
void surveyor_stop(struct surveyor *s, bool images);

/* The same, and forgets what was found: another model, or the end. */
void surveyor_forget(struct surveyor *s);

#endif
