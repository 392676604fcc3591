#ifndef BITGROVE_NN_WINOGRAD_H
#define BITGROVE_NN_WINOGRAD_H

/*
 * 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016):
 * 4x4 outputs of a tile from 36 products instead of 144. The tiles of several
 * images are taken together: of each of the 36 frequencies, a matrix (tiles,
 * ci) is multiplied by one (ci, co). Pure functions: any thread.
 *
 * Images are (h, w, channels) without borders.
 */

#include <stddef.h>

#include "nn/conv.h"
#include "nn/micro.h"

#define WINOGRAD_FREQUENCIES 36

/* Floats of the packed weights, of the room for `images` images, and of
 * what it keeps in it: 64-byte aligned, both. */
size_t winograd_packed(const struct micro *micro, const struct conv *conv);
size_t winograd_room(const struct conv *conv, int images);

/* w: (3, 3, ci, co), each co times scale[co]. */
void winograd_pack(const struct micro *micro, const struct conv *conv,
                   const float *w, const float *scale, float *packed);

/* Seconds a caller wants to know of; now: NULL if it doesn't. */
struct winograd_watch {
    double (*now)(void);
    double in, product, out;
};

/* y = x * w + bias + rest, and its positive part if relu. */
struct winograd {
    const float *packed, *bias; /* (co) */
    const float *zeros;         /* (ci) */
    const float *x;             /* (images, h, w, ci) */
    const float *rest;          /* as y, or NULL; may be y */
    float *y;                   /* (images, h, w, co) */
    float *room;
    int images;
    bool relu;
};
void winograd_run(const struct micro *micro, const struct conv *conv,
                  const struct winograd *run, struct winograd_watch *watch);

#endif
