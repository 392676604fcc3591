#include <config.h>

#include "fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>

#include "formats/pth.h"

int fuzz_pth(const uint8_t *bytes, size_t n)
{
    struct safetensors file = {.count = 0};
    struct err err = {OK, ""};

    if (pth_read(&file, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(file.items == NULL && file.data == NULL);
        return 0;
    }
    fuzz_taken++;
    for (int i = 0; i < file.count; i++) {
        const struct safetensor *t = &file.items[i];
        size_t product = 1;
        float *values;

        for (int d = 0; d < t->dims; d++)
            product *= t->shape[d];
        FUZZ_PROMISE(product == t->count);
        values = malloc(t->count * sizeof(*values) + 1);
        if (safetensors_floats(&file, t, values, &err) == OK)
            for (size_t v = 0; v < t->count; v++)
                FUZZ_PROMISE(isfinite(values[v]));
        free(values);
    }
    safetensors_release(&file);
    return 0;
}
