#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/gemm.h"

#include "tap.h"

/* Every set of loops against a naive product in double. */

enum { SPARE = 5 }; /* floats between the rows, which must stay as they are */

struct shape {
    int m, n, depth;
};

static const struct shape shapes[] = {
    {1, 1, 1},     {1, 20, 64},  {7, 3, 5},     {6, 64, 128},
    {97, 17, 33},  {13, 65, 40}, {5, 200, 16},  {100, 100, 20},
    {23, 80, 300}, {193, 16, 9}, {50, 36, 257}, {49, 70, 600}};

static float *noise(size_t count, uint64_t seed)
{
    float *p = mem_large(count, sizeof(*p));
    struct rng rng;

    rng_init(&rng, seed, 3);
    for (size_t i = 0; p != NULL && i < count; i++)
        p[i] = (float)(2 * rng_uniform(&rng) - 1);
    return p;
}

/* |c - want| at the most, where want is by rows and columns of a and b. */
static double largest_error(const struct shape *s, const float *a, size_t ar,
                            size_t ak, const float *b, size_t bk, size_t bc,
                            const float *before, const float *c)
{
    size_t row = (size_t)s->n + SPARE;
    double off = 0;

    for (size_t i = 0; i < (size_t)s->m; i++) {
        for (size_t j = 0; j < (size_t)s->n; j++) {
            double sum = before == NULL ? 0 : (double)before[i * row + j];

            for (size_t k = 0; k < (size_t)s->depth; k++)
                sum += (double)a[i * ar + k * ak] * (double)b[k * bk + j * bc];
            off = fmax(off, fabs(sum - (double)c[i * row + j]));
        }
        for (size_t j = (size_t)s->n; before != NULL && j < row; j++)
            off += c[i * row + j] != before[i * row + j];
    }
    return off;
}

static void test_gemm(const struct micro *micro, const struct shape *s)
{
    size_t m = (size_t)s->m, n = (size_t)s->n, depth = (size_t)s->depth;
    size_t row = n + SPARE, a_row = depth + SPARE;
    float *a = noise(m * a_row, 1), *b = noise(n * depth, 2);
    float *c = noise(m * row, 3), *one = noise(m * row, 3);
    float *was = noise(m * row, 3);
    float *packed =
        mem_large(gemm_packed(micro, s->n, s->depth), sizeof(float));
    double off;

    gemm_pack(micro, s->n, s->depth, b, n, 1, packed);
    gemm(micro, s->m, s->n, s->depth, a, a_row, packed, c, row, true);
    off = largest_error(s, a, a_row, 1, b, n, 1, was, c);
    gemm_pack(micro, s->n, s->depth, b, 1, depth, packed);
    gemm(micro, s->m, s->n, s->depth, a, a_row, packed, c, row, false);
    off = fmax(off, largest_error(s, a, a_row, 1, b, 1, depth, NULL, c));
    tap_ok(off < 1e-4, "%s: %dx%d of depth %d: off by %g", micro->name, s->m,
           s->n, s->depth, off);
    for (size_t i = 0; i < m; i++)
        gemm(micro, 1, s->n, s->depth, a + i * a_row, a_row, packed,
             one + i * row, row, false);
    tap_ok(memcmp(c, one, m * row * sizeof(*c)) == 0, "the same row by row");
    free(a), free(b), free(c), free(one), free(was), free(packed);
}

static void test_outer(const struct micro *micro, const struct shape *s)
{
    size_t m = (size_t)s->m, n = (size_t)s->n, depth = (size_t)s->depth;
    size_t row = n + SPARE;
    float *a = noise(m * depth, 1), *b = noise(n * depth, 2);
    float *c = noise(m * row, 3), *was = noise(m * row, 3);
    double off;

    gemm_outer(micro, s->m, s->n, s->depth, a, m, b, n, c, row, true);
    off = largest_error(s, a, 1, m, b, n, 1, was, c);
    gemm_outer(micro, s->m, s->n, s->depth, a, m, b, n, c, row, false);
    off = fmax(off, largest_error(s, a, 1, m, b, n, 1, NULL, c));
    tap_ok(off < 1e-4, "%s: outer %dx%d of depth %d: off by %g", micro->name,
           s->m, s->n, s->depth, off);
    free(a), free(b), free(c), free(was);
}

/* Rows times rows, and each row of A alone. */
static void test_dots(const struct micro *micro, const struct shape *s)
{
    size_t m = (size_t)s->m, n = (size_t)s->n, depth = (size_t)s->depth;
    size_t row = n + SPARE, a_row = depth + SPARE;
    float *a = noise(m * a_row, 1), *b = noise(n * depth, 2);
    float *c = noise(m * row, 3), *one = noise(m * row, 3);
    struct micro_dots dots = {a, b, c, a_row, depth, row, s->m, s->n, s->depth};
    double off;

    micro->dots(&dots);
    off = largest_error(s, a, a_row, 1, b, 1, depth, NULL, c);
    tap_ok(off < 1e-4, "%s: dots %dx%d of depth %d: off by %g", micro->name,
           s->m, s->n, s->depth, off);
    dots.rows = 1;
    for (size_t i = 0; i < m; i++) {
        dots.a = a + i * a_row;
        dots.c = one + i * row;
        micro->dots(&dots);
    }
    tap_ok(memcmp(c, one, m * row * sizeof(*c)) == 0, "the same row by row");
    free(a), free(b), free(c), free(one);
}

int main(void)
{
    const struct micro *micro;

    for (int i = 0; (micro = micro_at(i)) != NULL; i++)
        for (size_t j = 0; j < ARRAY_SIZE(shapes); j++) {
            test_gemm(micro, &shapes[j]);
            test_outer(micro, &shapes[j]);
            test_dots(micro, &shapes[j]);
        }
    return tap_done();
}
