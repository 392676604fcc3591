#ifndef BITGROVE_UI_GALLERYWALK_H
#define BITGROVE_UI_GALLERYWALK_H

/*
 * A cursor over the list of a gallery, of which a window of rows is seen, each
 * of `across` images. The cursor stays on its image when the list is another.
 * Invariants after gallerywalk_sync() and gallerywalk_go(): 0 <= at < count (0
 * when empty), top a multiple of across. The user interface's thread.
 */

#include "ui/app.h"

/* An image on the screen, read once for many frames. */
struct gallerywalk_image {
    struct image_row row;
    bool tagged;
};

struct gallerywalk {
    const struct gallery_list *list; /* NULL while it is sought; borrowed */
    uint64_t serial;                 /* of the list that `at` is about */
    bool by_number;                  /* the list is in the order of id */
    int64_t anchor; /* the image under the cursor, wherever it goes; 0: none */
    int64_t at,
        top;        /* its place in the list, and that of the first on screen */
    bool restart;   /* the next list is walked from its first image */
    int64_t origin; /* where a search began */
    int across, down;                /* of the window */
    struct gallerywalk_image *shown; /* (shown_count) from top on; owned */
    int shown_count;
    int64_t shown_top;
    uint64_t shown_serial, shown_generation;
};

void gallerywalk_release(struct gallerywalk *walk);

int64_t gallerywalk_count(const struct gallerywalk *walk);

/* Wants the list of a filter, and finds its place in a new one. */
void gallerywalk_sync(struct gallerywalk *walk, struct world *world,
                      const struct imagefilter *filter);

/* Puts the cursor on the image at a place, the nearest there is. */
void gallerywalk_go(struct gallerywalk *walk, int64_t at);

/* Moves by an action; false if it is none that moves. `single`: one image is
 * seen, not a grid. */
bool gallerywalk_act(struct gallerywalk *walk, enum action action, bool single);

/* Reads the images in the window, as far as they were not. A failure becomes
 * the message. */
void gallerywalk_read(struct gallerywalk *walk, struct app *app);

/* The image under the cursor once it was read, else NULL; that of the list
 * before while another is sought. */
const struct image_row *gallerywalk_image(const struct gallerywalk *walk);

/* As the find() of a view: by name and path of the class, and by the number of
 * the image where only digits were typed. */
bool gallerywalk_find(struct gallerywalk *walk, const struct app *app,
                      enum find_step step);

/* The places from that of an image to the cursor's; `from` and the cursor's
 * own when it is not in the list. False when the list is empty. */
bool gallerywalk_range(const struct gallerywalk *walk, int64_t image,
                       int64_t *first, int64_t *last);

#endif
