#ifndef BITGROVE_FORMATS_PTH_PARTS_H
#define BITGROVE_FORMATS_PTH_PARTS_H

/*
 * What the files that read checkpoints share: formats/pth-storage.c finds the
 * pickle and where the elements of every storage lie, formats/pth.c makes
 * tensors of them.
 */

#include "formats/pickle.h"
#include "formats/safetensors.h"

#define PTH_REMEDY \
    "save it again with PyTorch: torch.save(model.state_dict(), FILE)"

/* What may stand in the pickle of a checkpoint. */
enum pth_name {
    ORDERED_DICT,
    REBUILD,
    REBUILD_OLD,
    PARAMETER,
    SIZE,
    STORAGE /* and those behind it */
};

/* The element type of each storage class, from STORAGE on. */
struct pth_type {
    const char *type;
    enum safetensors_kind kind;
    unsigned width;
};
const struct pth_type *pth_type(const struct pickle_value *name);

/* Where the elements of a storage are among the file's bytes. */
struct pth_storage {
    const char *key; /* not ended */
    size_t length;
    size_t offset, bytes;
    bool stored;
};

/* How a tensor lies in its storage, elements. */
struct pth_view {
    size_t first;
    size_t stride[SAFETENSORS_DIMS_MAX];
    bool contiguous;
};

struct pth {
    struct safetensors *file;
    const unsigned char *bytes; /* the file's */
    size_t n;
    struct pickle pickle;
    struct pth_storage *storages;
    int count, room;
    struct pth_view *views; /* of file->items */
    size_t copied;          /* bytes of those that are not contiguous */
    struct err *err;
};

enum status pth_damaged(const struct pth *c, const char *what);

/* Fills pickle and storages. */
enum status pth_open(struct pth *c) MUST_USE;

/* The tuple ("storage", type, key, where, elements[, view]), or NULL. */
const struct pickle_value *pth_storage_id(const struct pickle_value *v);

/* NULL: there is none of that key. */
const struct pth_storage *pth_find_storage(const struct pth *c,
                                           const struct pickle_value *key);

#endif
