#include <config.h>

#include "fuzz/fuzz.h"

#include "formats/idx.h"

int fuzz_idx(const uint8_t *bytes, size_t n)
{
    struct idx idx = {.data = NULL};
    struct err err = {OK, ""};
    size_t product = 1;

    if (idx_read(&idx, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(idx.data == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(idx.dims >= 1 && idx.dims <= IDX_DIMS_MAX);
    for (int d = 0; d < IDX_DIMS_MAX; d++)
        product *= idx.size[d];
    FUZZ_PROMISE(product == idx.count && product > 0);
    for (size_t i = 0; i < idx.count; i++)
        FUZZ_PROMISE(idx.type != IDX_U8 ||
                     (idx_at(&idx, i) >= 0 && idx_at(&idx, i) <= 255));
    idx_release(&idx);
    return 0;
}
