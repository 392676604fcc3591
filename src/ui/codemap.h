#ifndef BITGROVE_UI_CODEMAP_H
#define BITGROVE_UI_CODEMAP_H

/*
 * The picture of the Map view: what a cell of the screen is, how dense it is,
 * and what lies in the one under the cursor. The user interface's thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codes/code.h"
#include "codes/pattern.h"
#include "ui/karnaugh.h"
#include "ui/pane.h"
#include "ui/view.h"
#include "ui/world.h"

#define MAP_LABELS 5 /* classes that are named of a cell's images */
#define MAP_IMAGES 12

struct map_label {
    int class;
    size_t count;
};

/* What is told of the cell under the cursor, found out in one pass. */
struct map_cell {
    struct pattern pattern;
    uint64_t version;
    size_t count;
    struct map_label labels[MAP_LABELS];
    int label_count;
    int64_t ids[MAP_IMAGES];
    int id_count;
};

struct map_view {
    struct view view;
    struct karnaugh map;
    struct map_cell cell;
    struct pattern shown;       /* what is zoomed into */
    int zooms[CODE_BITS_MAX];   /* its fixed bits, in the order they were */
    int zoom_count;             /* fixed */
    uint64_t at;                /* a code under the cursor */
    bool dots;                  /* 2 x 4 codes a cell, in braille */
    bool chosen;                /* the user chose, else the size does */
    int cols, rows;             /* of the room the map was laid out for */
    int wide, high;             /* of a cell, on the screen */
    int block_rows, block_cols; /* of a cell, in codes */
    uint64_t version;
    int origin;         /* the class that a search began at */
    uint64_t at_origin; /* and the cursor then */
};

/* The codes of images (n), of classes as long as images have none; borrowed
 * from the world. */
const uint64_t *codemap_codes(const struct world *world, size_t *n);

/* Bits of these codes, 0 when there are none. */
int codemap_bits(const struct world *world);

/* Where the block of codes under the cursor begins. The map was drawn. */
void codemap_block(const struct map_view *view, int *row, int *col);

/* Fills view->cell for a pattern, in one pass over the codes when it is
 * another one than before. */
void codemap_read(struct map_view *view, const struct pattern *pattern);

/* Lays the map out for the pane and draws it with its axes and legend. */
void codemap_draw(struct map_view *view, struct pane pane);

#endif
