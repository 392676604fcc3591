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
 * Classes are clusters: a mean each, near that of one of L / 20 groups.
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

struct world {
    size_t d, classes;
    float *means; /* (classes, d) */
    float *noise; /* (NOISE + d) */
};

static struct world make_world(size_t d, size_t classes)
{
    struct world w = {d, classes, mem_large(classes, d * sizeof(float)),
                      mem_large(NOISE + d, sizeof(float))};
    size_t groups = classes / 20 + 1;
    float *group = mem_large(groups, d * sizeof(float));
    struct rng rng;

    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < groups * d; i++)
        group[i] = (float)(0.1 * rng_normal(&rng));
    for (size_t c = 0; c < classes; c++)
        for (size_t j = 0; j < d; j++)
            w.means[c * d + j] = (float)(0.4 + group[c % groups * d + j] +
                                         0.08 * rng_normal(&rng));
    for (size_t i = 0; i < NOISE + d; i++)
        w.noise[i] = (float)rng_normal(&rng);
    free(group);
    return w;
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
    FILE *f, *g;
    struct rng rng;

    snprintf(features, sizeof(features), "%s-features.npy", split);
    snprintf(labels, sizeof(labels), "%s-labels.npy", split);
    f = begin(dir, features, 2, shape, "<f2");
    g = begin(dir, labels, 1, shape, "<i4");
    rng_init(&rng, seed, 1);
    for (size_t i = 0; i < n; i++) {
        int32_t label = (int32_t)rng_below(&rng, w->classes);
        const float *mean = w->means + (size_t)label * w->d;
        const float *noise = w->noise + rng_below(&rng, NOISE);

        for (size_t j = 0; j < w->d; j++)
            row[j] = half_of(mean[j] + noise[j]);
        if (fwrite(row, sizeof(*row), w->d, f) != w->d ||
            fwrite(&label, sizeof(label), 1, g) != 1)
            break;
    }
    if (fclose(f) != 0 || fclose(g) != 0) {
        perror(dir);
        exit(1);
    }
    free(row);
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
