#include <config.h>

#include "fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>

#include "formats/safetensors.h"

int fuzz_safetensors(const uint8_t *bytes, size_t n)
{
    struct safetensors file = {.count = 0};
    struct err err = {OK, ""};
    size_t at = 0;

    if (safetensors_read(&file, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(file.items == NULL && file.data == NULL);
        return 0;
    }
    fuzz_taken++;
    for (int i = 0; i < file.count; i++) {
        const struct safetensor *t = &file.items[i];
        float *values = malloc(t->count * sizeof(*values) + 1);
        size_t product = 1;

        FUZZ_PROMISE(t->dims >= 0 && t->dims <= SAFETENSORS_DIMS_MAX);
        for (int d = 0; d < t->dims; d++)
            product *= t->shape[d];
        FUZZ_PROMISE(product == t->count && t->begin == at);
        at += t->count * t->width;
        FUZZ_PROMISE(safetensors_find(&file, t->name) == t);
        if (safetensors_floats(&file, t, values, &err) == OK)
            for (size_t v = 0; v < t->count; v++)
                FUZZ_PROMISE(isfinite(values[v]));
        free(values);
    }
    FUZZ_PROMISE(at <= n);
    safetensors_release(&file);
    return 0;
}
