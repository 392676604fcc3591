#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "nn/infer.h"
#include "nn/pool.h"

/*
 * ResNet50 at 224, pictures to features:
 *     bench-resnet50 rate          images a second, all processors
 *     bench-resnet50 where         by kind of layer, and beside the FMA peak
 *     bench-resnet50 check FILE    against what tests/bench/resnet50-peer.py
 *                                  exported
 */

enum { SIDE = 224, PICTURES = 3 };
#define SECONDS 2.0

struct bench {
    struct encoder encoder;
    struct infer *infer;
    struct pool *pool;
    int group, threads;
    size_t picture, room;
    float *params, *stats;
    float *pictures, *rooms, *features; /* of each thread's group */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A thread's own time: who else uses the processor is no matter. */
static double own_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *get(size_t count)
{
    void *p = mem_large(count, sizeof(float));

    if (p == NULL) {
        fputs("bench-resnet50: no memory\n", stderr);
        exit(1);
    }
    return p;
}

/* A pixel of a bordered picture. */
static float *pixel(const struct bench *b, float *picture, int y, int x)
{
    int border = b->encoder.border, row = SIDE + 2 * border;

    return picture + ((y + border) * row + x + border) * 3;
}

static void start(struct bench *b)
{
    struct err err;

    if (encoder_init(&b->encoder, "resnet50", 0, 3, SIDE, SIDE, &err) != OK ||
        pool_new(&b->pool, 0, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    b->threads = pool_threads(b->pool);
    b->picture = encoder_picture(&b->encoder);
    b->params = get(b->encoder.params);
    b->stats = get(b->encoder.stats);
    encoder_start(&b->encoder, b->params, b->stats, 1);
}

/* With the parameters there are. */
static void make_ready(struct bench *b)
{
    struct err err;
    size_t all;

    if (infer_new(&b->infer, &b->encoder, b->params, b->stats, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    b->group = infer_group(b->infer);
    b->room = (infer_room(b->infer) + 15) / 16 * 16;
    all = (size_t)(b->threads * b->group);
    b->pictures = get(all * b->picture);
    b->features = get(all * (size_t)b->encoder.features);
    b->rooms = get((size_t)b->threads * b->room);
    for (size_t i = 0; i < all; i++)
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < 3 * SIDE; x++)
                pixel(b, b->pictures + i * b->picture, y, 0)[x] =
                    (float)(((size_t)y * 7919 + (size_t)x * 104729 + i) % 997) /
                        498 -
                    1;
}

static void run_group(const struct bench *b, int thread,
                      struct infer_watch *watch)
{
    size_t first = (size_t)(thread * b->group);

    infer_run_watched(b->infer, b->group, b->pictures + first * b->picture,
                      b->rooms + (size_t)thread * b->room,
                      b->features + first * (size_t)b->encoder.features, watch);
}

static void rate_task(void *ctx, int task, int thread)
{
    (void)thread;
    run_group(ctx, task, NULL);
}

static void print_rate(struct bench *b)
{
    double began;
    int runs = 0;

    pool_run(b->pool, b->threads, rate_task, b);
    began = now();
    do {
        pool_run(b->pool, b->threads, rate_task, b);
        runs++;
    } while (now() - began < SECONDS);
    printf("%.2f\n", runs * b->threads * b->group / (now() - began));
}

#if defined(__x86_64__)
#define WIDEST __attribute__((target("avx512f")))
#define LANES  16
static bool has_widest(void)
{
    return __builtin_cpu_supports("avx512f");
}
typedef float vec __attribute__((vector_size(64)));

/* Multiplications a second of sums that never leave the registers. */
WIDEST __attribute__((noinline)) static double peak(void)
{
    enum { SUMS = 24, TURNS = 200000 };
    vec sum[SUMS] = {{0}}, x = sum[0] + 0.5f, all = {0};
    double began;

    __asm__ volatile("" : "+v"(x));
    for (int j = 0; j < SUMS; j++)
        __asm__ volatile("" : "+v"(sum[j]));
    began = own_time();
    for (int i = 0; i < TURNS; i++) {
        _Pragma("GCC unroll 24") for (int j = 0; j < SUMS; j++) sum[j] =
            sum[j] * x + x;
    }
    for (int j = 0; j < SUMS; j++)
        all += sum[j];
    __asm__ volatile("" : "+v"(all));
    began = own_time() - began;
    return (double)SUMS * TURNS * LANES / began;
}
#else
static bool has_widest(void)
{
    return false;
}
static double peak(void)
{
    return 0;
}
#endif

/* One thread, in its own time; the peak is measured between the groups. */
static void print_where(struct bench *b)
{
    static const char *const names[INFER_PARTS] = {"1x1",
                                                   "3x3, direct",
                                                   "7x7 stem",
                                                   "3x3, Winograd: product",
                                                   "  transform in",
                                                   "  transform out",
                                                   "pools"};
    enum { GROUPS = 4 };
    struct infer_watch watch = {.now = own_time};
    double spent = 0, products = 0, top = 0, images = GROUPS * b->group;

    run_group(b, 0, NULL);
    for (int i = 0; i < GROUPS; i++) {
        run_group(b, 0, &watch);
        if (has_widest())
            top += peak() / GROUPS;
    }
    for (int i = 0; i < INFER_PARTS; i++) {
        spent += watch.spent[i];
        products += watch.product[i];
    }
    printf("# one thread: %.2f images/s, %.1f GMAC/s of products that a direct "
           "convolution would need\n",
           images / spent, products / spent / 1e9);
    if (has_widest())
        printf("# peak of FMA in registers: %.1f GMAC/s; share %.2f\n",
               top / 1e9, products / spent / top);
    for (int i = 0; i < INFER_PARTS; i++)
        printf("# %-24s %6.2f ms/image  %4.1f %%  %6.1f GMAC/s\n", names[i],
               1e3 * watch.spent[i] / images, 100 * watch.spent[i] / spent,
               watch.product[i] / watch.spent[i] / 1e9);
}

static void read_floats(FILE *file, float *to, size_t n)
{
    if (fread(to, sizeof(*to), n, file) != n) {
        fputs("bench-resnet50: the exported file is too short\n", stderr);
        exit(1);
    }
}

static void check(struct bench *b, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t d = (size_t)b->encoder.features;
    float *want = get(d);
    double largest = 0, off = 0;

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    read_floats(file, b->params, b->encoder.params);
    read_floats(file, b->stats, b->encoder.stats);
    make_ready(b);
    for (int i = 0; i < PICTURES; i++)
        for (int y = 0; y < SIDE; y++)
            read_floats(file,
                        pixel(b, b->pictures + (size_t)i * b->picture, y, 0),
                        3 * SIDE);
    run_group(b, 0, NULL);
    for (int i = 0; i < PICTURES; i++) {
        read_floats(file, want, d);
        for (size_t j = 0; j < d; j++) {
            largest = fmax(largest, fabs((double)want[j]));
            off = fmax(off, fabs((double)want[j] -
                                 (double)b->features[(size_t)i * d + j]));
        }
    }
    fclose(file);
    free(want);
    printf("# largest difference from PyTorch's features: %.2g of %.3g, a "
           "share of %.2g\n",
           off, largest, off / largest);
}

int main(int argc, char **argv)
{
    struct bench b = {.infer = NULL};

    start(&b);
    if (argc == 3 && strcmp(argv[1], "check") == 0) {
        check(&b, argv[2]);
    } else if (argc == 2 && strcmp(argv[1], "where") == 0) {
        make_ready(&b);
        print_where(&b);
    } else if (argc == 2 && strcmp(argv[1], "rate") == 0) {
        make_ready(&b);
        print_rate(&b);
    } else {
        fputs("usage: bench-resnet50 rate|where|check FILE\n", stderr);
        return 2;
    }
    infer_free(b.infer);
    pool_free(b.pool);
    free(b.params);
    free(b.stats);
    free(b.pictures);
    free(b.rooms);
    free(b.features);
    return 0;
}
