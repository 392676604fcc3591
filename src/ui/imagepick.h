#ifndef BITGROVE_UI_IMAGEPICK_H
#define BITGROVE_UI_IMAGEPICK_H

/*
 * Picks images out of columns and puts them in order: what an imagefilter
 * asks, with names, places and tags looked up already. Knows neither the
 * catalogue nor the screen; any thread, one at a time for each struct.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "catalogue/codestore.h"
#include "codes/pattern.h"
#include "ui/imagefilter.h"

/* A class as far as images are picked by it. */
struct imagepick_class {
    int64_t id;
    int32_t index;  /* its place in the list of classes */
    uint32_t order; /* by name */
    bool wanted, has_code;
    uint64_t code;
};

struct imagepick {
    uint32_t splits;                 /* bit s: split s; 0: any */
    struct imagepick_class *classes; /* (class_count) by id; owned */
    int class_count;
    bool classless;  /* images of no class are wanted */
    int64_t *tagged; /* (tagged_count) ids, ascending; owned */
    int64_t tagged_count;
    bool by_tag; /* only those */
    int verdict; /* as in struct imagefilter */
    bool unknown, by_code, by_from;
    struct pattern code, from;
    double scale; /* of margins */
    struct image_bounds bounds[MEASURES];
    enum image_measure order;
    bool falling;
    bool (*stop)(void *context); /* NULL or true ends it: ERR_CANCELLED */
    void *context;
};

void imagepick_release(struct imagepick *pick);

/* The class of an id, or NULL. */
struct imagepick_class *imagepick_find(const struct imagepick *pick,
                                       int64_t id);

/* The images picked, in order. */
struct imagepick_list {
    int64_t *ids;    /* (n) owned */
    int32_t *labels; /* (n) owned: imagepick_class.index, -1: of no class */
    int64_t n;
};
void imagepick_list_release(struct imagepick_list *list);

/*
 * images: by id; without codes (its codes NULL) nothing may be asked of them.
 * Images that lack what they are ordered by come last, equal ones stand in the
 * order of id. O(n), about 10 ns an image. ERR_NOMEM, ERR_CANCELLED.
 */
MUST_USE enum status imagepick_run(struct imagepick_list *out,
                                   const struct imagepick *pick,
                                   const struct image_codes *images,
                                   struct err *err);

/*
 * How surely an image is decoded to a class: the mean over the bits of its
 * margins, each with the sign of that bit in the class's code, so that bits
 * that contradict it count against it; MHD ranks classes equally near by the
 * same sum (codes/decode.h). margins: (bits) quantised, as is the result.
 */
double imagepick_confidence(const int8_t *margins, uint64_t code, int bits);

#endif
