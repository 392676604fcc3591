#ifndef BITGROVE_CATALOGUE_PIXELSCAN_H
#define BITGROVE_CATALOGUE_PIXELSCAN_H

/* All pixels of a data set, one image after the other, none kept. */

#include "catalogue/images.h"

/*
 * Calls row() for every image of the data set that has pixels, in the order
 * of id; bytes (size, as image_pixels()) are borrowed for the call. What row()
 * returns other than OK ends it and is passed on.
 */
enum status
pixel_scan(struct catalogue *cat, const struct dataset *dataset,
           enum status (*row)(void *context, const struct image_row *image,
                              const uint8_t *bytes, struct err *err),
           void *context, struct err *err) MUST_USE;

#endif
