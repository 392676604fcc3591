#include <config.h>

#include "nn/softmax.h"

#include <stdlib.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "nn/gemm.h"

/* A task takes some images, or, for db, some classes of all images. */
#define TASK_IMAGES  16
#define TASK_CLASSES 128

static const struct {
    unsigned needs;
    softmax_row *run;
    softmax_bits *bits;
} rows[] = {
#if CPU_X86
    {CPU_AVX512, softmax_avx512, softmax_bits_avx512},
    {CPU_AVX2, softmax_avx2, softmax_bits_avx2},
#endif
    {0, softmax_portable, softmax_bits_portable},
};

softmax_row *softmax_at(int i)
{
    int row = CPU_ROW(rows, i);

    return row < 0 ? NULL : rows[row].run;
}

softmax_bits *softmax_bits_at(int i)
{
    int row = CPU_ROW(rows, i);

    return row < 0 ? NULL : rows[row].bits;
}

struct classloss {
    struct pool *pool;
    const struct micro *micro;
    softmax_row *row;
    int k, classes;
    float *logits;       /* (n, classes) */
    float *scaled;       /* (n, k) scale * z */
    float *turned;       /* (k, classes) the transpose of db */
    float *ahead, *back; /* B packed for z B^T and for its gradient */
    double *losses;      /* (n) */
    /* of the call under way */
    int n;
    float scale;
    double smoothing;
    const uint32_t *labels;
    float *x, *dz, *db;
};

enum status classloss_new(struct classloss **out, int n, int k, int classes,
                          struct pool *pool, struct err *err)
{
    struct classloss *l = mem_zalloc(1, sizeof(*l));
    size_t images = (size_t)n;

    l->pool = pool;
    l->micro = micro_best();
    l->row = softmax_at(0);
    l->k = k;
    l->classes = classes;
    l->logits = mem_large(images, (size_t)classes * sizeof(float));
    l->scaled = mem_large(images, (size_t)k * sizeof(float));
    l->turned = mem_large((size_t)k, (size_t)classes * sizeof(float));
    l->ahead = mem_large(gemm_packed(l->micro, classes, k), sizeof(float));
    l->back = mem_large(gemm_packed(l->micro, k, classes), sizeof(float));
    l->losses = mem_large(images, sizeof(double));
    if (l->logits == NULL || l->scaled == NULL || l->turned == NULL ||
        l->ahead == NULL || l->back == NULL || l->losses == NULL) {
        classloss_free(l);
        return err_set(err, ERR_NOMEM,
                       "no memory for the logits of %d images and %d classes: "
                       "try a smaller batch",
                       n, classes);
    }
    *out = l;
    return OK;
}

void classloss_free(struct classloss *loss)
{
    if (loss == NULL)
        return;
    free(loss->logits);
    free(loss->scaled);
    free(loss->turned);
    free(loss->ahead);
    free(loss->back);
    free(loss->losses);
    free(loss);
}

static void image_task(void *ctx, int task, int thread)
{
    struct classloss *l = ctx;
    int first = task * TASK_IMAGES, n = l->n - first;
    size_t k = (size_t)l->k, classes = (size_t)l->classes;
    float *x = l->x + (size_t)first * classes;

    (void)thread;
    n = n < TASK_IMAGES ? n : TASK_IMAGES;
    if (l->dz != NULL)
        gemm(l->micro, n, l->classes, l->k, l->scaled + (size_t)first * k, k,
             l->ahead, x, classes, false);
    for (int i = 0; i < n; i++)
        l->losses[first + i] =
            l->row(l->classes, x + (size_t)i * classes, l->labels[first + i],
                   l->smoothing, 1.0f / (float)l->n);
    if (l->dz == NULL)
        return;
    gemm(l->micro, n, l->k, l->classes, x, classes, l->back,
         l->dz + (size_t)first * k, k, false);
    for (size_t i = 0; i < (size_t)n * k; i++)
        l->dz[(size_t)first * k + i] *= l->scale;
}

/* The transpose of db is summed, so that the wide matrix, the gradients of the
 * logits, is read as it lies. */
static void class_task(void *ctx, int task, int thread)
{
    struct classloss *l = ctx;
    int first = task * TASK_CLASSES, n = l->classes - first;
    size_t k = (size_t)l->k, classes = (size_t)l->classes;

    (void)thread;
    n = n < TASK_CLASSES ? n : TASK_CLASSES;
    gemm_outer(l->micro, l->k, n, l->n, l->scaled, k, l->x + first, classes,
               l->turned + first, classes, false);
    for (size_t c = (size_t)first; c < (size_t)(first + n); c++)
        for (size_t i = 0; i < k; i++)
            l->db[c * k + i] = l->turned[i * classes + c];
}

static double mean_loss(const struct classloss *l)
{
    double sum = 0;

    for (int i = 0; i < l->n; i++)
        sum += l->losses[i];
    return sum / l->n;
}

double classloss_run(struct classloss *loss, int n, float scale, const float *z,
                     const float *b, const uint32_t *labels, double smoothing,
                     float *dz, float *db)
{
    size_t k = (size_t)loss->k;

    loss->n = n;
    loss->scale = scale;
    loss->smoothing = smoothing;
    loss->labels = labels;
    loss->x = loss->logits;
    loss->dz = dz;
    loss->db = db;
    for (size_t i = 0; i < (size_t)n * k; i++)
        loss->scaled[i] = scale * z[i];
    gemm_pack(loss->micro, loss->classes, loss->k, b, 1, k, loss->ahead);
    gemm_pack(loss->micro, loss->k, loss->classes, b, k, 1, loss->back);
    pool_run(loss->pool, (n + TASK_IMAGES - 1) / TASK_IMAGES, image_task, loss);
    if (db != NULL)
        pool_run(loss->pool, (loss->classes + TASK_CLASSES - 1) / TASK_CLASSES,
                 class_task, loss);
    return mean_loss(loss);
}

double classloss_logits(struct classloss *loss, int n, float *logits,
                        const uint32_t *labels, double smoothing)
{
    loss->n = n;
    loss->smoothing = smoothing;
    loss->labels = labels;
    loss->x = logits;
    loss->dz = NULL;
    pool_run(loss->pool, (n + TASK_IMAGES - 1) / TASK_IMAGES, image_task, loss);
    return mean_loss(loss);
}
