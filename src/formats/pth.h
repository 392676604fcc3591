#ifndef BITGROVE_FORMATS_PTH_H
#define BITGROVE_FORMATS_PTH_H

/*
 * Checkpoints of PyTorch, what torch.save() writes, without Python: a pickle
 * that describes tensors, and their elements beside it. Both layouts:
 *
 *     since 1.6   a zip archive, nothing in it compressed: NAME/data.pkl,
 *                 and NAME/data/KEY for every storage
 *     before      pickles of a magic number, of the version, of the machine,
 *                 of the object, and of the keys of its storages in order;
 *                 then for each its number of elements (u64) and these
 *
 * Of the object the state_dict is taken: a dict of tensors by name, alone or
 * within other dicts under a usual name ("state_dict", "model", ...). A prefix
 * "module." that all names have is left out. All else (epochs, accuracies, an
 * optimizer) is passed over.
 *
 * Files may come from anywhere: a pickle that would call anything but what
 * makes tensors is refused by that name and nothing is run (see
 * formats/pickle.h); what sizes, offsets and strides claim is checked. Memory
 * is at most the file's bytes twice, and what its pickle describes. Pure
 * functions of the file, any thread.
 */

#include <stdbool.h>

#include "base/err.h"
#include "formats/safetensors.h"

/* Whether the first n bytes, PTH_START or more, are those of a checkpoint. */
#define PTH_START 16
bool pth_is(const unsigned char *bytes, size_t n);

/*
 * The tensors in the order of the state_dict, made contiguous, as
 * formats/safetensors.h has them, whose functions serve them; there are no
 * pairs of metadata. Bytes of several may be the same. ERR_BAD_INPUT, ERR_IO,
 * ERR_NOMEM.
 */
enum status pth_read(struct safetensors *out, const char *path,
                     struct err *err) MUST_USE;

#endif
