#include <config.h>

#include "fuzz/fuzz.h"

#include <math.h>

#include "formats/npy.h"

int fuzz_npy(const uint8_t *bytes, size_t n)
{
    struct npy npy = {.data = NULL};
    struct err err = {OK, ""};
    size_t product = 1;

    if (npy_read(&npy, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(npy.data == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(npy.dims >= 1 && npy.dims <= NPY_DIMS_MAX);
    for (int d = 0; d < NPY_DIMS_MAX; d++)
        product *= npy.shape[d];
    FUZZ_PROMISE(product == npy.count && product > 0);
    for (size_t i = 0; i < npy.count; i++)
        FUZZ_PROMISE(isfinite(npy.data[i]));
    npy_release(&npy);
    return 0;
}
