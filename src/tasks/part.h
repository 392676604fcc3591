#ifndef BITGROVE_TASKS_PART_H
#define BITGROVE_TASKS_PART_H

/*
 * One source of an import, read and checked: images and labels of IDX files or
 * of CIFAR's, or features that stay in the .npy or .npz they are in. One thread.
 */

#include <stdint.h>

#include "formats/cifar.h"
#include "formats/idx.h"
#include "formats/matrix.h"
#include "tasks/pairs.h"

struct part {
    const struct pair *pair;          /* borrowed */
    uint32_t n;                       /* images */
    uint32_t channels, height, width; /* of one; vectors: d, 1, 1 */
    uint32_t *labels;       /* (n), owned; NULL: they are of no class */
    char digest[17];        /* hexadecimal, of the images */
    struct idx images;      /* data NULL: it is another */
    struct cifar cifar;     /* records NULL: it is another */
    struct matrix features; /* data NULL: images */
};

/*
 * Reads what the pair names. Features are not looked at beyond their header
 * and the rows that their digest takes. ERR_BAD_INPUT names the file and the
 * place.
 */
enum status part_read(struct part *out, const struct pair *pair,
                      struct err *err) MUST_USE;
/* The bytes of image i as the catalogue keeps them: (channels, height, width),
 * overwritten. */
void part_planes(const struct part *part, uint32_t i, uint8_t *out);

/*
 * The classes that the parts of CIFAR tell of, to be released, and in *path,
 * owned by the caller, the folder with their names; none and NULL without such
 * parts. ERR_BAD_INPUT when they are of two editions, or of cifar_classes().
 */
enum status part_classes(struct tsv *out, char **path, const struct part *parts,
                         int count, struct err *err) MUST_USE;
void part_release(struct part *part); /* zeroed is fine */

#endif
