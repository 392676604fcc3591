#include <config.h>

#include "fuzz/fuzz.h"

#include "formats/matrix.h"

static void look(struct matrix *m)
{
    const unsigned char *last = m->data + (m->rows - 1) * m->stride;
    volatile uint64_t sum = matrix_digest(m);

    FUZZ_PROMISE(m->rows > 0 && m->columns > 0 && m->data != NULL);
    FUZZ_PROMISE(m->rows * m->stride <= m->size || m->inflated != NULL);
    for (size_t i = 0; i < m->stride; i++)
        sum += last[i];
    (void)sum;
}

/* An .npy or .npz as features and as labels. */
int fuzz_matrix(const uint8_t *bytes, size_t n)
{
    struct matrix m = {.file = NULL};
    struct err err = {OK, ""};
    const char *path = fuzz_file(bytes, n);
    int taken = 0;

    if (matrix_features(&m, path, &err) == OK) {
        look(&m);
        taken = 1;
        matrix_release(&m);
    } else {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
    }
    if (matrix_labels(&m, path, &err) == OK) {
        look(&m);
        taken = 1;
        for (size_t i = 0; i < m.rows; i++)
            FUZZ_PROMISE(matrix_label(&m, i) <= MATRIX_LABEL_MAX);
        matrix_release(&m);
    } else {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
    }
    fuzz_taken += (unsigned long)taken;
    return 0;
}
