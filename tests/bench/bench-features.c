#include <config.h>

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"

/*
 * Features to measure with, and what the machine can do:
 *     bench-features make DIR N D L    train-features.npy, float16, of N rows
 *                                      of D numbers in L classes, and labels;
 *                                      test-features.npy of N / 25 rows
 *     bench-features read FILE         bytes a second of a plain loop over
 *                                      the mapped file, all processors
 *     bench-features peak              multiply-adds a second of one processor
 *                                      on registers alone
 */

#define NOISE (1u << 20) /* normal numbers to choose from */

/* To the nearest half, ties to even; no subnormal ones come up but as 0. */
static uint16_t half_of(float value)
{
    uint32_t bits, sign, rest;

    memcpy(&bits, &value, sizeof(bits));
    sign = bits >> 16 & 0x8000;
    rest = bits & 0x7fffffff;
    if (rest < 0x38800000)
        return (uint16_t)sign;
    rest += 0xfff + (rest >> 13 & 1);
    return (uint16_t)(sign | ((rest - 0x38000000) >> 13));
}

/*
 * A world that features of a network might be of. A class has ATTRIBUTES, each
 * there or not: some it shares with its family of about 100 classes, some with
 * its group of 20 there, and the rest are its own, so classes of a group are
 * confused. An image shows each attribute as +1 or -1 and noise, whose width is
 * the image's own, log-normal: most images are clear, some are not. Features
 * are max(0, FLOOR + SLOPE A shown + SPECK noise) for a random A: none is
 * negative and many are 0.
 */
#define ATTRIBUTES 24
#define OF_FAMILY  6
#define OF_GROUP   13 /* the family's and the group's */
#define HAZE       0.65
#define HAZE_OF    0.6
#define FLOOR      0.2f
#define SLOPE      0.1f
#define SPECK      0.1f

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

struct world {
    size_t d, classes;
    float *means; /* (classes, ATTRIBUTES), +1 or -1 */
    float *turn;  /* A: (ATTRIBUTES, d + 4) */
    float *noise; /* (NOISE + d) */
};

/* The first class of a group or family decides what all of it share. */
static float *make_means(struct rng *rng, size_t classes)
{
    float *means = mem_large(classes, ATTRIBUTES * sizeof(float));
    size_t families = classes / 100 + 1, groups = classes / 20 + 1;

    for (size_t c = 0; c < classes; c++) {
        size_t group = c % groups, family = group % families;

        for (size_t i = 0; i < ATTRIBUTES; i++) {
            size_t of = i < OF_FAMILY ? family : i < OF_GROUP ? group : c;

            means[c * ATTRIBUTES + i] = of < c ? means[of * ATTRIBUTES + i]
                                        : rng_below(rng, 2) ? 1.0f
                                                            : -1.0f;
        }
    }
    return means;
}

static struct world make_world(size_t d, size_t classes)
{
    struct world w = {.d = d,
                      .classes = classes,
                      .turn = mem_large(ATTRIBUTES, (d + 4) * sizeof(float)),
                      .noise = mem_large(NOISE + d, sizeof(float))};
    struct rng rng;

    rng_init(&rng, 1, 0);
    w.means = make_means(&rng, classes);
    for (size_t i = 0; i < ATTRIBUTES * (d + 4); i++)
        w.turn[i] = SLOPE * (float)rng_normal(&rng);
    for (size_t i = 0; i < NOISE + d; i++)
        w.noise[i] = (float)rng_normal(&rng);
    return w;
}

/* One image of a class, as features: x (d + 4). */
static void make_row(const struct world *w, struct rng *rng, size_t label,
                     float *x)
{
    const float *noise = w->noise + rng_below(rng, NOISE);
    float haze = (float)(HAZE * exp(HAZE_OF * rng_normal(rng)));

    for (size_t j = 0; j < w->d; j++)
        x[j] = FLOOR + SPECK * noise[j];
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        float at =
            w->means[label * ATTRIBUTES + i] + haze * (float)rng_normal(rng);
        const float *turn = w->turn + i * (w->d + 4);

        for (size_t j = 0; j < w->d; j += 4)
            *(four *)(x + j) += at * *(const four *)(turn + j);
    }
    for (size_t j = 0; j < w->d; j++)
        x[j] = x[j] > 0 ? x[j] : 0;
}

static FILE *begin(const char *dir, const char *name, unsigned dims,
                   const size_t *shape, const char *descr)
{
    char path[4096], dict[160];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    if (dims == 2)
        snprintf(dict, sizeof(dict),
                 "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu), "
                 "}",
                 descr, shape[0], shape[1]);
    else
        snprintf(dict, sizeof(dict),
                 "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }",
                 descr, shape[0]);
    fprintf(f, "\x93NUMPY%c%c%c%c%-117s\n", 1, 0, 118, 0, dict);
    return f;
}

static void make_split(const struct world *w, const char *dir,
                       const char *split, size_t n, uint64_t seed)
{
    char features[64], labels[64];
    size_t shape[] = {n, w->d};
    uint16_t *row = mem_large(w->d, sizeof(*row));
    float *x = mem_large(w->d + 4, sizeof(*x));
    FILE *f, *g;
    struct rng rng;

    snprintf(features, sizeof(features), "%s-features.npy", split);
    snprintf(labels, sizeof(labels), "%s-labels.npy", split);
    f = begin(dir, features, 2, shape, "<f2");
    g = begin(dir, labels, 1, shape, "<i4");
    rng_init(&rng, seed, 1);
    for (size_t i = 0; i < n; i++) {
        int32_t label = (int32_t)rng_below(&rng, w->classes);

        make_row(w, &rng, (size_t)label, x);
        for (size_t j = 0; j < w->d; j++)
            row[j] = half_of(x[j]);
        if (fwrite(row, sizeof(*row), w->d, f) != w->d ||
            fwrite(&label, sizeof(label), 1, g) != 1)
            break;
    }
    if (fclose(f) != 0 || fclose(g) != 0) {
        perror(dir);
        exit(1);
    }
    free(row);
    free(x);
}

/* ---- reading ---- */

struct reader {
    const uint64_t *from;
    size_t words;
    uint64_t sum;
};

static void *read_part(void *ctx)
{
    struct reader *r = ctx;
    uint64_t sum[8] = {0};

    for (size_t i = 0; i + 8 <= r->words; i += 8)
        for (int j = 0; j < 8; j++)
            sum[j] += r->from[i + (size_t)j];
    for (int j = 0; j < 8; j++)
        r->sum += sum[j];
    return NULL;
}

static int read_file(const char *path)
{
    enum { MOST = 64, STEP = 1 << 28 };
    long threads = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t thread[MOST];
    struct reader reader[MOST];
    struct stat st;
    int fd = open(path, O_RDONLY);
    char *map;
    int64_t began;
    uint64_t sum = 0;

    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(path);
        return 1;
    }
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        perror(path);
        return 1;
    }
    threads = threads > MOST ? MOST : threads;
    began = clock_monotonic();
    for (size_t at = 0; at < (size_t)st.st_size; at += STEP) {
        size_t left = (size_t)st.st_size - at;
        size_t part = (left < STEP ? left : STEP) / (size_t)threads & ~63ul;

        for (long i = 0; i < threads; i++) {
            reader[i] = (struct reader){
                (const uint64_t *)(const void *)(map + at + (size_t)i * part),
                part / 8, 0};
            pthread_create(&thread[i], NULL, read_part, &reader[i]);
        }
        for (long i = 0; i < threads; i++) {
            pthread_join(thread[i], NULL);
            sum += reader[i].sum;
        }
        madvise(map + at, left < STEP ? left : STEP, MADV_DONTNEED);
    }
    printf("%.4g\n", (double)st.st_size * 1000 /
                         (double)(clock_monotonic() - began + (sum == 1)));
    return 0;
}

/* ---- the peak ---- */

#if defined(__x86_64__) && defined(__GNUC__)
#define LANES 16
#define WIDE  __attribute__((target("avx512f")))
#else
#define LANES 4
#define WIDE
#endif
typedef float lanes __attribute__((vector_size(LANES * 4)));

WIDE __attribute__((noinline)) static float spin(long rounds)
{
    lanes sum[24], x = {0}, y = {0};
    float total = 0;

    for (int i = 0; i < LANES; i++) {
        x[i] = 0.999f;
        y[i] = 0.001f;
    }
    for (int i = 0; i < 24; i++)
        sum[i] = y;
    for (long r = 0; r < rounds; r++) {
#pragma GCC unroll 24
        for (int i = 0; i < 24; i++)
            sum[i] = sum[i] * x + y;
        __asm__ volatile("" : "+v"(x));
    }
    for (int i = 0; i < 24; i++)
        for (int j = 0; j < LANES; j++)
            total += sum[i][j];
    return total;
}

static int print_peak(void)
{
    const long rounds = 20000000;
    int64_t began;
    float total;

#if defined(__x86_64__) && defined(__GNUC__)
    if (!__builtin_cpu_supports("avx512f")) {
        printf("0\n");
        return 0;
    }
#endif
    began = clock_monotonic();
    total = spin(rounds);
    printf("%.4g\n", (double)rounds * 24 * LANES * 1000 /
                         (double)(clock_monotonic() - began + (total == 0)));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "make") == 0) {
        size_t n = strtoull(argv[3], NULL, 10), d = strtoull(argv[4], NULL, 10);
        struct world w = make_world(d, strtoull(argv[5], NULL, 10));

        make_split(&w, argv[2], "train", n, 1);
        make_split(&w, argv[2], "test", n / 25 + 1, 2);
        free(w.means);
        free(w.turn);
        free(w.noise);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_file(argv[2]);
    if (argc == 2 && strcmp(argv[1], "peak") == 0)
        return print_peak();
    fprintf(stderr,
            "usage: bench-features make DIR N D L | read FILE | peak\n");
    return 2;
}
