#ifndef BITGROVE_FORMATS_CIFAR_H
#define BITGROVE_FORMATS_CIFAR_H

/*
 * The binary edition of CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning Multiple
 * Layers of Features from Tiny Images", 2009), gzip or not. A file is records
 * without a header, one an image of 32 x 32 pixels in colour:
 *
 *     CIFAR-10    class        | red 1024 | green 1024 | blue 1024   3073 bytes
 *     CIFAR-100   group, class | red 1024 | green 1024 | blue 1024   3074 bytes
 *
 * Which of both it is follows from the file's size, and where both divide it,
 * from the labels. The whole file is checked: every label is a class there
 * is, and the last image is whole. Names are in text files beside it, one a
 * line. Any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/tsv.h"

#define CIFAR_SIDE   32
#define CIFAR_PIXELS (CIFAR_SIDE * CIFAR_SIDE)
#define CIFAR_BYTES  (3 * CIFAR_PIXELS) /* of an image: (3,32,32) */

struct cifar {
    unsigned labels;        /* bytes before an image: 1 or 2 */
    uint32_t n;             /* images, > 0 */
    unsigned char *records; /* (n, labels + CIFAR_BYTES), owned */
    uint64_t digest;        /* of all bytes */
};

/* True of a file of a size that is a multiple of a record's, unless it begins as
 * an IDX file does; cifar_look(): and of any name that ends in .bin or .bin.gz. */
bool cifar_fits(const char *path);
bool cifar_look(const char *path);

/* ERR_BAD_INPUT names the file and the byte; ERR_NOMEM. */
enum status MUST_USE cifar_read(struct cifar *out, const char *path,
                                struct err *err);

void cifar_release(struct cifar *cifar); /* zeroed is fine */

/* Of image i, i < n: its class, its group (0 in CIFAR-10), its bytes, borrowed,
 * (3,32,32). */
uint32_t cifar_class(const struct cifar *cifar, uint32_t i);
uint32_t cifar_group(const struct cifar *cifar, uint32_t i);
const unsigned char *cifar_pixels(const struct cifar *cifar, uint32_t i);

/*
 * Files with one list of classes.
 *
 * The names of CIFAR-10 are in batches.meta.txt, those of CIFAR-100 in
 * fine_label_names.txt, of its groups in coarse_label_names.txt; a file that
 * is not there leaves numbers for names. Which group a class is of is read
 * from the images: cifar_classes() gives the classes that have some, or all
 * if they have names. tsv->count is 0 when there is nothing to say, for a
 * CIFAR-10 without names.
 *
 * files: (count) of one edition; paths: (count), theirs. folder: where names
 * are looked for, without a slash at its end. ERR_BAD_INPUT names the file of
 * names and the line, or the image whose class is of another group elsewhere.
 */
enum status MUST_USE cifar_classes(struct tsv *out,
                                   const struct cifar *const *files,
                                   const char *const *paths, int count,
                                   const char *folder, struct err *err);

#endif
