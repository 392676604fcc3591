#include <config.h>

#include <stdio.h>
#include <string.h>

#include <cblas.h>

#include "base/clock.h"
#include "base/mem.h"
#include "nn/conv.h"

/*
 * The 3x3 convolutions of resnet8 on 28x28 pictures, forward and both
 * gradients, image by image:
 *     bench-conv direct|sgemm
 * sgemm is the usual way, im2col and one product a gradient. Prints GFLOP/s.
 */

#define SECONDS 1.0

struct buffers {
    float *x, *y, *w, *packed, *cols;
};

/* cols: (oh * ow, 9 * ci), the taps of each output; back: the transpose. */
static void im2col(const struct conv *c, float *x, float *cols, bool back)
{
    size_t taps = 3 * (size_t)c->ci, row = (size_t)(c->w + 2) * (size_t)c->ci;

    for (int oy = 0; oy < c->oh; oy++)
        for (int ox = 0; ox < c->ow; ox++)
            for (int ky = 0; ky < 3; ky++, cols += taps) {
                float *from = x + (size_t)(oy * c->stride + ky) * row +
                              (size_t)(ox * c->stride) * (size_t)c->ci;

                if (!back)
                    memcpy(cols, from, taps * sizeof(*cols));
                else
                    for (size_t i = 0; i < taps; i++)
                        from[i] += cols[i];
            }
}

static void run_sgemm(const struct conv *c, struct buffers *b)
{
    int pixels = c->oh * c->ow, taps = 9 * c->ci;

    im2col(c, b->x, b->cols, false);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, pixels, c->co, taps,
                1, b->cols, taps, b->w, c->co, 0, b->y, c->co);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, taps, c->co, pixels, 1,
                b->cols, taps, b->y, c->co, 1, b->packed, c->co);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, pixels, taps, c->co, 1,
                b->y, c->co, b->w, c->co, 0, b->cols, taps);
    im2col(c, b->x, b->cols, true);
}

static void run_direct(const struct conv *c, struct buffers *b)
{
    const struct kernel *kernel = kernel_best();

    conv_forward(c, kernel, b->w, b->x, b->y);
    conv_backward_weights(c, kernel, b->x, b->y, b->packed, true);
    conv_backward_data(c, kernel, b->packed, b->y, b->x, false);
}

int main(int argc, char **argv)
{
    static const int shapes[][4] = {{16, 16, 28, 1}, /* ci, co, side, stride */
                                    {16, 16, 28, 1}, {16, 32, 28, 2},
                                    {32, 32, 14, 1}, {32, 64, 14, 2},
                                    {64, 64, 7, 1}};
    enum { ROOM = 64 * 30 * 30 * 9 };
    struct buffers b;
    double work = 0;
    int64_t began, spent;

    if (argc != 2) {
        fputs("usage: bench-conv direct|sgemm\n", stderr);
        return 2;
    }
    openblas_set_num_threads(1);
    b.x = mem_large(ROOM, sizeof(float));
    b.y = mem_large(ROOM, sizeof(float));
    b.w = mem_large(ROOM, sizeof(float));
    b.packed = mem_large(ROOM, sizeof(float));
    b.cols = mem_large(ROOM, sizeof(float));
    if (!b.x || !b.y || !b.w || !b.packed || !b.cols)
        return 1;
    began = clock_monotonic();
    do {
        for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
            struct conv c = conv_make(shapes[i][0], shapes[i][1], shapes[i][2],
                                      shapes[i][2], 3, shapes[i][3]);

            if (strcmp(argv[1], "direct") == 0)
                run_direct(&c, &b);
            else
                run_sgemm(&c, &b);
            work += 3 * 2.0 * 9 * c.ci * c.co * c.oh * c.ow;
        }
        spent = clock_monotonic() - began;
    } while ((double)spent < 1000 * SECONDS);
    printf("%.2f\n", work / (double)spent / 1e6);
    return 0;
}
