#ifndef BITGROVE_TASKS_PAIRS_H
#define BITGROVE_TASKS_PAIRS_H

/*
 * Which files a source means: pairs of images and labels, each with its
 * split. A source is a file of images, or a directory that holds files named
 * as those of MNIST are:
 *
 *     train-images-idx3-ubyte  train-labels-idx1-ubyte   train
 *     t10k-...  or  test-...                             test
 *     ood-images-idx3-ubyte                              ood, no labels
 *
 * each with or without .gz, with "." or "-" before idx, and idx4 for images
 * in colour. A plain file is taken before a .gz beside it.
 *
 * Or the binary edition of CIFAR, labels inside: data_batch_1.bin and so on
 * train, test_batch.bin test; train.bin and test.bin if they are of a size that
 * CIFAR's have or fine_label_names.txt is beside them.
 *
 * Or a file of features, .npy or .npz. Its labels are those of the .npz
 * itself, or the file beside it whose name has labels for features:
 * train-features.npy, train-labels.npy. One thread.
 */

#include <stdbool.h>

#include "base/err.h"
#include "catalogue/dataset.h"

struct pair {
    enum split split;
    char *images; /* owned */
    char *labels; /* owned; NULL in the split ood alone; may be `images` */
    bool vectors; /* features: .npy or .npz */
    bool cifar;   /* formats/cifar.h; labels are in `images` */
};

struct pairs {
    struct pair *items; /* in the order train, test, ood for a directory */
    int count, room;
    char *folder;  /* owned: the last part of the directory's name */
    char *classes; /* owned: classes.tsv in a directory, or NULL */
};

/*
 * Adds what the source means to *out, which starts zeroed. labels and split
 * may be NULL: the labels of a file of images are then looked for beside it,
 * and the split is read from its name. Both are refused for a directory.
 * *out must be released even after an error.
 */
enum status pairs_find(struct pairs *out, const char *source,
                       const char *labels, const char *split,
                       struct err *err) MUST_USE;
/* True if the folder holds files of arrays that pairs_find() takes. */
bool pairs_folder(const char *folder);
void pairs_release(struct pairs *pairs);

#endif
