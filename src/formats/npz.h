#ifndef BITGROVE_FORMATS_NPZ_H
#define BITGROVE_FORMATS_NPZ_H

/*
 * NumPy's .npz: a zip archive of .npy files (formats/zip.h). A member that was
 * stored (numpy.savez) can be mapped in place; one that was deflated
 * (numpy.savez_compressed) is inflated.
 *
 * Works on the bytes of the archive, any bytes: nothing is believed beyond
 * them, and an inflated member takes no more memory than really arrives, up
 * to a bound. Pure functions: any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "formats/zip.h"

/*
 * The first of names (each without .npy, the list ends with NULL) that is a
 * member. If alone, an archive's only member will do whatever its name.
 * ERR_NOT_FOUND names the members there are; ERR_BAD_INPUT.
 */
enum status npz_find(struct zip_member *out, const unsigned char *bytes,
                     size_t n, const char *const *names, bool alone,
                     const char *name, struct err *err) MUST_USE;

/* A deflated member's bytes, at most `most`, in *data, which the caller
 * frees. ERR_BAD_INPUT, ERR_NOMEM. */
enum status npz_inflate(unsigned char **data, const unsigned char *bytes,
                        const struct zip_member *member, uint64_t most,
                        const char *name, struct err *err) MUST_USE;

#endif
