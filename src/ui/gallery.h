#ifndef BITGROVE_UI_GALLERY_H
#define BITGROVE_UI_GALLERY_H

/*
 * The images that the view seen shows, found in a thread with a connection of
 * its own, so that a million of them never hold up a key. One list is kept,
 * that of the filter wanted last. The thread borrows the codes of images:
 * gallery_stop() is due before those are released. The user interface's
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "ui/imagefilter.h"
#include "ui/imagepick.h"

struct galleryload;
struct world;

struct gallery_list {
    struct imagepick_list found;
    int64_t of;      /* the images of the data set */
    int64_t uncoded; /* of these, left out because they have no code */
    uint64_t serial; /* no two lists have the same; 0: none */
};

/* What a list depends on beside the filter. */
struct gallery_stamp {
    uint64_t version, generation;
};

struct gallery {
    char *wanted;              /* by a view, as text; NULL: nothing */
    struct imagefilter filter; /* the same */
    struct gallery_stamp stamp;
    bool tried;             /* what is wanted was looked for */
    char why[ERR_TEXT_MAX]; /* "", or why it can't be */
    struct gallery_list list;
    char *listed;             /* the filter of list; NULL: there is none */
    struct galleryload *load; /* what is wanted, on its way; or NULL */
    struct image_codes all;   /* images without their codes, where not all of
                                 them have one; kept between two loads */
    uint64_t all_version;
    uint64_t serial;
};

/* A view wants the images of a filter; begun between frames. */
void gallery_want(struct gallery *gallery, const struct world *world,
                  const struct imagefilter *filter);

/* The list of that filter, or NULL while it is on its way; while another of
 * the same filter is, the one before. Borrowed until the next frame. */
const struct gallery_list *gallery_ready(const struct gallery *gallery,
                                         const struct imagefilter *filter);

/* True while what is wanted is on its way. */
bool gallery_pending(const struct gallery *gallery, const struct world *world);

/* Between frames: begins what is wanted, takes over what has come. True if
 * that changes what gallery_ready() gives, or `why`. */
bool gallery_poll(struct gallery *gallery, const struct world *world);

/* The codes of images are about to go: a thread that reads them is stopped,
 * and nothing is wanted until a view asks again. */
void gallery_stop(struct gallery *gallery);

void gallery_forget(struct gallery *gallery);

#endif
