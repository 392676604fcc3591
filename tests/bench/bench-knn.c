/*
 * The index beside another one, which drives this program (knn-peer.py):
 *     bench-knn serve CODES BITS QUERIES K
 * reads codes and queries, words of 64 bits, builds an index and says
 * "built SECONDS BYTES"; then for each line it reads:
 *     one COUNT            median of one query's time, microseconds
 *     batch COUNT THREADS  time of a query within a batch, microseconds
 *     distances COUNT      K distances a query, in one line
 *     way COUNT WAY        as `one`, by one way alone (enum near_way)
 *     histogram COUNT      as `one`, all distances counted
 * By itself:
 *     bench-knn model COUNT        the index beside its own scan, codes of many
 *                                  widths and kinds: a check of the cost model
 *     bench-knn large COUNT BITS   build and answer a set made in memory
 * What one thread does is timed by the processor time it took, so that a busy
 * machine tells nearly what a quiet one does; batches by the clock on the wall.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "index/nearindex-parts.h"

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
    fprintf(stderr, "bench-knn: %s\n", what);
    exit(1);
}

static uint64_t *read_words(const char *path, size_t *count)
{
    FILE *f = fopen(path, "rb");
    uint64_t *words;
    long bytes;

    if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (bytes = ftell(f)) < 0)
        die(path);
    rewind(f);
    *count = (size_t)bytes / sizeof(*words);
    words = mem_large(*count, sizeof(*words));
    if (words == NULL || fread(words, sizeof(*words), *count, f) != *count)
        die(path);
    fclose(f);
    return words;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double one(const struct nearindex *index, const struct near_query *q,
                  size_t count, enum near_way way)
{
    double *times = malloc((count + 1) * sizeof(*times)), median;
    struct near_answer a = NEAR_ANSWER_INIT;
    struct err err;

    if (times == NULL)
        die("no memory");
    for (size_t i = 0; i < count; i++) {
        double begin = now(CLOCK_THREAD_CPUTIME_ID);

        if (nearindex_ask(&a, index, &q[i], way, &err) != OK)
            die(err.text);
        near_answer_release(&a);
        times[i] = now(CLOCK_THREAD_CPUTIME_ID) - begin;
    }
    qsort(times, count, sizeof(*times), compare);
    median = times[count / 2];
    free(times);
    return median * 1e6;
}

static double batch(const struct nearindex *index, const struct near_query *q,
                    size_t count, int threads)
{
    static struct near_answers a = NEAR_ANSWERS_INIT; /* of the last as well */
    struct err err;
    double begin = now(CLOCK_MONOTONIC);

    if (nearindex_batch(&a, index, q, count, threads, &err) != OK)
        die(err.text);
    begin = now(CLOCK_MONOTONIC) - begin;
    return begin * 1e6 / (double)count;
}

static void distances(const struct nearindex *index, const struct near_query *q,
                      size_t count)
{
    struct near_answer a = NEAR_ANSWER_INIT;
    struct err err;

    for (size_t i = 0; i < count; i++) {
        if (nearindex_search(&a, index, &q[i], &err) != OK)
            die(err.text);
        for (size_t j = 0; j < a.count; j++)
            printf("%d ", a.items[j].distance);
        near_answer_release(&a);
    }
    printf("\n");
}

static void serve(const struct nearindex *index, struct near_query *q,
                  size_t most)
{
    char line[100], word[20];
    size_t count;
    int more;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        more = 0;
        if (sscanf(line, "%19s %zu %d", word, &count, &more) < 2)
            die("what?");
        count = count < most ? count : most;
        for (size_t i = 0; i < count; i++)
            q[i].brief = strcmp(word, "histogram") != 0;
        if (strcmp(word, "batch") == 0)
            printf("%.9g\n", batch(index, q, count, more));
        else if (strcmp(word, "distances") == 0)
            distances(index, q, count);
        else
            printf("%.9g\n", one(index, q, count, (enum near_way)more));
        fflush(stdout);
    }
}

/* `centres` 0: uniform; otherwise codes about so many, 6 % of bits flipped. */
static void make_codes(uint64_t *codes, size_t n, int bits, size_t centres,
                       uint64_t stream)
{
    struct rng rng;

    for (size_t i = 0; i < n; i++) {
        if (centres == 0 || i % 4096 == 0)
            rng_init(&rng, 1 + stream, i);
        codes[i] = rng_next(&rng);
        if (centres > 0) {
            struct rng centre;
            uint64_t flips = rng_next(&rng) & rng_next(&rng);

            rng_init(&centre, 7, rng_below(&rng, centres));
            codes[i] = rng_next(&centre);
            codes[i] ^= flips & rng_next(&rng) & rng_next(&rng);
        }
        codes[i] &= code_mask(bits);
    }
}

static void make_set(struct near_set *set, size_t n, int bits, size_t centres)
{
    memset(set, 0, sizeof(*set));
    set->count = n;
    set->bits = bits;
    set->codes = mem_large(n, sizeof(*set->codes));
    set->ids = mem_large(n, sizeof(*set->ids));
    if (set->codes == NULL || set->ids == NULL)
        die("no memory");
    for (size_t i = 0; i < n; i++)
        set->ids[i] = (int64_t)i;
    make_codes(set->codes, n, bits, centres, 0);
}

static void weigh(const struct nearindex *index, const char *kind, size_t k,
                  const uint64_t *asked, size_t count)
{
    double times[2][64], begin;
    struct near_answer a = NEAR_ANSWER_INIT;
    struct near_query q;
    struct err err;

    for (size_t i = 0; i < count; i++) {
        near_query_init(&q, asked[i], k);
        q.brief = true;
        for (int way = NEAR_AUTO; way <= NEAR_SCAN; way++) {
            begin = now(CLOCK_THREAD_CPUTIME_ID);
            if (nearindex_ask(&a, index, &q, (enum near_way)way, &err) != OK)
                die(err.text);
            times[way][i] = 1e6 * (now(CLOCK_THREAD_CPUTIME_ID) - begin);
            near_answer_release(&a);
        }
    }
    for (int way = 0; way < 2; way++)
        qsort(times[way], count, sizeof(double), compare);
    printf("bench near-model-%d-%s-top%zu ours=%.4g peer=%.4g ratio=%.2f "
           "unit=us\n",
           nearindex_set(index)->bits, kind, k, times[0][count / 2],
           times[1][count / 2], times[1][count / 2] / times[0][count / 2]);
}

static void model(size_t n)
{
    static const int widths[] = {12, 16, 20, 24, 32, 48, 64};
    static const size_t tops[] = {1, 100, 1000};
    uint64_t near[41], far[41];

    for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
        for (size_t centres = 0; centres <= 1000; centres += 1000) {
            struct near_set set;
            struct nearindex *index;
            struct err err;

            make_set(&set, n, widths[w], centres);
            if (nearindex_build(&index, &set, &err) != OK)
                die(err.text);
            make_codes(far, ARRAY_SIZE(far), widths[w], 0, 99);
            for (size_t i = 0; i < ARRAY_SIZE(near); i++)
                near[i] = set.codes[i * 7919 % n];
            for (size_t t = 0; t < ARRAY_SIZE(tops); t++) {
                weigh(index, centres ? "clustered" : "uniform", tops[t], near,
                      ARRAY_SIZE(near));
                weigh(index, centres ? "clustered-far" : "uniform-far", tops[t],
                      far, ARRAY_SIZE(far));
            }
            nearindex_free(index);
            near_set_release(&set);
        }
    }
}

static void large(size_t n, int bits)
{
    double begin, times[2];
    uint64_t far[11], near[11];
    struct near_set set;
    struct nearindex *index;
    struct err err;

    make_set(&set, n, bits, 1000);
    begin = now(CLOCK_MONOTONIC);
    if (nearindex_build(&index, &set, &err) != OK)
        die(err.text);
    times[0] = now(CLOCK_MONOTONIC) - begin;
    printf("# %zu codes of %d bits: built in %.2f s, %.1f bytes a code beside "
           "the snapshot's 16\n",
           n, bits, times[0], (double)nearindex_bytes(index) / (double)n);
    make_codes(far, ARRAY_SIZE(far), bits, 0, 99);
    for (size_t i = 0; i < ARRAY_SIZE(near); i++)
        near[i] = set.codes[i * 7919 % n];
    weigh(index, "large", 100, near, ARRAY_SIZE(near));
    weigh(index, "large-far", 100, far, ARRAY_SIZE(far));
    nearindex_free(index);
    near_set_release(&set);
}

int main(int argc, char **argv)
{
    struct near_set set = NEAR_SET_INIT;
    size_t n, most;
    uint64_t *asked;
    struct near_query *q;
    struct nearindex *index;
    struct err err;
    double begin;

    if (argc == 3 && strcmp(argv[1], "model") == 0) {
        model((size_t)atol(argv[2]));
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "large") == 0) {
        large((size_t)atol(argv[2]), atoi(argv[3]));
        return 0;
    }
    if (argc != 6 || strcmp(argv[1], "serve") != 0)
        die("serve CODES BITS QUERIES K");
    set.codes = read_words(argv[2], &n);
    asked = read_words(argv[4], &most);
    set.count = n;
    set.bits = atoi(argv[3]);
    set.ids = mem_large(n, sizeof(*set.ids));
    q = malloc((most + 1) * sizeof(*q));
    if (set.ids == NULL || q == NULL)
        die("no memory");
    for (size_t i = 0; i < n; i++)
        set.ids[i] = (int64_t)i + 1;
    for (size_t i = 0; i < most; i++)
        near_query_init(&q[i], asked[i], (size_t)atol(argv[5]));
    begin = now(CLOCK_THREAD_CPUTIME_ID);
    if (nearindex_build(&index, &set, &err) != OK)
        die(err.text);
    printf("built %.9g %zu\n", now(CLOCK_THREAD_CPUTIME_ID) - begin,
           nearindex_bytes(index));
    fflush(stdout);
    serve(index, q, most);
    nearindex_free(index);
    near_set_release(&set);
    free(q);
    free(asked);
    return 0;
}
