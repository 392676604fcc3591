#ifndef BITGROVE_TASKS_PART_H
#define BITGROVE_TASKS_PART_H

/*
 * One source of an import, read and checked: images and labels of IDX files,
 * or features that stay in the .npy or .npz they are in. One thread.
 */

#include <stdint.h>

#include "formats/idx.h"
#include "formats/matrix.h"
#include "tasks/pairs.h"

struct part {
    const struct pair *pair;          /* borrowed */
    uint32_t n;                       /* images */
    uint32_t channels, height, width; /* of one; vectors: d, 1, 1 */
    uint32_t *labels;       /* (n), owned; NULL: they are of no class */
    char digest[17];        /* hexadecimal, of the images */
    struct idx images;      /* data NULL: vectors */
    struct matrix features; /* data NULL: images */
};

/*
 * Reads what the pair names. Features are not looked at beyond their header
 * and the rows that their digest takes. ERR_BAD_INPUT names the file and the
 * place.
 */
enum status part_read(struct part *out, const struct pair *pair,
                      struct err *err) MUST_USE;
void part_release(struct part *part); /* zeroed is fine */

#endif
