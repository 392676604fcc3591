#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "nn/infer-parts.h"
#include "nn/winograd.h"

/*
 * Both algorithms for 3x3 convolutions of stride 1, over the shapes of the
 * encoders, in microseconds an image of a thread's own time; the least of
 * some runs, taken in turns. For the cost in nn/infer-plan.c.
 */

enum { IMAGES = 8, RUNS = 9 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *get(size_t count)
{
    float *p = mem_large(count, sizeof(float));

    if (p == NULL) {
        fputs("bench-winograd: no memory\n", stderr);
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        p[i] = (float)(i * 7919 % 1009) / 500 - 1;
    return p;
}

static void measure(const struct micro *micro, const struct conv *c)
{
    size_t pixels = (size_t)IMAGES * (size_t)c->h * (size_t)c->w;
    float *x = get(pixels * (size_t)c->ci), *y = get(pixels * (size_t)c->co);
    float *bias = get((size_t)c->co), *zeros = get((size_t)c->ci);
    float *direct = get(infer_direct_packed(micro, c));
    float *packed = get(winograd_packed(micro, c));
    float *room = get(winograd_room(c, IMAGES));
    struct infer_direct a = {direct, bias,   zeros, x,   NULL,
                             y,      IMAGES, false, true};
    struct winograd b = {packed, bias, zeros, x, NULL, y, room, IMAGES, true};
    double best[2] = {1e9, 1e9};

    for (int i = 0; i < RUNS; i++) {
        struct winograd_watch watch = {.now = NULL};
        double began = now(), between, end;

        infer_direct_run(micro, c, &a);
        between = now();
        winograd_run(micro, c, &b, &watch);
        end = now();
        if (between - began < best[0])
            best[0] = between - began;
        if (end - between < best[1])
            best[1] = end - between;
    }
    printf("# %s %4dx%-4d %4d to %4d channels: direct %9.2f us, Winograd %9.2f "
           "us, %s is chosen\n",
           micro->name, c->h, c->w, c->ci, c->co, 1e6 * best[0] / IMAGES,
           1e6 * best[1] / IMAGES,
           infer_prefers_winograd(c) ? "Winograd" : "direct");
    free(x), free(y), free(bias), free(zeros);
    free(direct), free(packed), free(room);
}

int main(void)
{
    static const int shapes[][2] = {
        /* channels, side */
        {16, 28},  {16, 32},  {32, 14}, {32, 16}, {64, 7}, {64, 8}, {64, 56},
        {128, 28}, {256, 14}, {512, 7}, {16, 4},  {64, 3}, {64, 2}, {64, 1}};
    const struct micro *micro;

    for (int i = 0; (micro = micro_at(i)) != NULL; i++)
        for (size_t j = 0; j < ARRAY_SIZE(shapes); j++) {
            const int *s = shapes[j];
            struct conv conv = conv_make(s[0], s[0], s[1], s[1], 3, 1);

            measure(micro, &conv);
        }
    return 0;
}
