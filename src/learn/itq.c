#include <config.h>

#include "learn/itq.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cblas.h>

#include "base/mem.h"
#include "base/rng.h"

/* LAPACK, which OpenBLAS brings; column-major, every argument by address. */
void dsyev_(const char *jobs, const char *half, const int *n, double *a,
            const int *lda, double *values, double *work, const int *room,
            int *info);
void dgesvd_(const char *jobu, const char *jobv, const int *m, const int *n,
             double *a, const int *lda, double *values, double *u,
             const int *ldu, double *v, const int *ldv, double *work,
             const int *room, int *info);

struct itq {
    int n, d, k;
    double *centred;  /* (n, d) */
    double *gram;     /* (d, d), then its eigenvectors */
    double *values;   /* (max(d, k)) */
    double *axes;     /* (k, d) principal directions, the largest first */
    double *parts;    /* (n, k) components */
    double *turned;   /* (n, k) components after the rotation */
    double *signs;    /* (n, k) */
    double *rotation; /* (k, k) */
    double *cross, *left, *right; /* (k, k) */
    double *work;
    int room;
};

static void itq_release(struct itq *itq)
{
    double *all[] = {itq->centred, itq->gram,   itq->values, itq->axes,
                     itq->parts,   itq->turned, itq->signs,  itq->rotation,
                     itq->cross,   itq->left,   itq->right,  itq->work};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        free(all[i]);
}

static bool itq_init(struct itq *itq, int n, int d, int k)
{
    size_t most = (size_t)(d > k ? d : k), rows = (size_t)n;
    size_t dims = (size_t)d, bits = (size_t)k;
    struct {
        double **to;
        size_t count, size;
    } wanted[] = {
        {&itq->centred, rows, dims}, {&itq->gram, dims, dims},
        {&itq->values, 1, most},     {&itq->axes, bits, dims},
        {&itq->parts, rows, bits},   {&itq->turned, rows, bits},
        {&itq->signs, rows, bits},   {&itq->rotation, bits, bits},
        {&itq->cross, bits, bits},   {&itq->left, bits, bits},
        {&itq->right, bits, bits},   {&itq->work, 64, most},
    };

    *itq = (struct itq){.n = n, .d = d, .k = k, .room = (int)(64 * most)};
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        *wanted[i].to =
            mem_large(wanted[i].count, wanted[i].size * sizeof(double));
        if (*wanted[i].to == NULL)
            return false;
    }
    return true;
}

/* keep: takes no mean off. */
static bool centre(struct itq *itq, const float *v, bool keep)
{
    size_t d = (size_t)itq->d;
    bool finite = true;

    for (size_t j = 0; j < d; j++) {
        double mean = 0;

        for (size_t i = 0; i < (size_t)itq->n; i++)
            mean += v[i * d + j];
        mean /= itq->n;
        for (size_t i = 0; i < (size_t)itq->n; i++)
            itq->centred[i * d + j] = v[i * d + j] - (keep ? 0 : mean);
        finite = finite && isfinite(mean);
    }
    return finite;
}

/* Axes: eigenvectors of centred^T centred, each with its largest entry
 * positive, so that their sign is no accident. */
static bool find_axes(struct itq *itq)
{
    int d = itq->d, k = itq->k, info;

    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, d, d, itq->n, 1,
                itq->centred, d, itq->centred, d, 0, itq->gram, d);
    dsyev_("V", "U", &d, itq->gram, &d, itq->values, itq->work, &itq->room,
           &info);
    if (info != 0)
        return false;
    for (int a = 0; a < k && a < d; a++) {
        const double *from = itq->gram + (size_t)(d - 1 - a) * (size_t)d;
        double *axis = itq->axes + (size_t)a * (size_t)d;
        int most = 0;

        if (itq->values[d - 1 - a] <= 1e-12 * itq->values[d - 1])
            break;
        for (int j = 1; j < d; j++)
            if (fabs(from[j]) > fabs(from[most]))
                most = j;
        for (int j = 0; j < d; j++)
            axis[j] = from[most] < 0 ? -from[j] : from[j];
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, itq->n, k, d, 1,
                itq->centred, d, itq->axes, d, 0, itq->parts, k);
    return true;
}

/* rotation = the orthogonal matrix nearest to cross: U V^T of its singular
 * value decomposition. LAPACK reads the rows of cross as columns. */
static bool nearest_rotation(struct itq *itq)
{
    int k = itq->k, info;

    dgesvd_("A", "A", &k, &k, itq->cross, &k, itq->values, itq->left, &k,
            itq->right, &k, itq->work, &itq->room, &info);
    if (info != 0)
        return false;
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, k, k, k, 1,
                itq->left, k, itq->right, k, 0, itq->rotation, k);
    return true;
}

static void turn(struct itq *itq)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, itq->n, itq->k,
                itq->k, 1, itq->parts, itq->k, itq->rotation, itq->k, 0,
                itq->turned, itq->k);
}

static bool rotate(struct itq *itq, uint64_t seed)
{
    size_t k = (size_t)itq->k, all = (size_t)itq->n * k;
    struct rng rng;

    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < k * k; i++)
        itq->cross[i] = rng_normal(&rng);
    if (!nearest_rotation(itq))
        return false;
    for (int round = 0; round < ITQ_ROUNDS; round++) {
        turn(itq);
        for (size_t i = 0; i < all; i++)
            itq->signs[i] = itq->turned[i] >= 0 ? 1 : -1;
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, itq->k, itq->k,
                    itq->n, 1, itq->parts, itq->k, itq->signs, itq->k, 0,
                    itq->cross, itq->k);
        if (!nearest_rotation(itq))
            return false;
    }
    turn(itq);
    return true;
}

enum status itq_fit(int n, int d, int k, const float *v, uint64_t seed,
                    float *project, float *z, struct err *err)
{
    struct itq itq;
    enum status status = OK;

    if (!itq_init(&itq, n, d, k))
        status = err_set(err, ERR_NOMEM, "no memory to rotate %d vectors", n);
    else if (!centre(&itq, v, false) || !find_axes(&itq) || !rotate(&itq, seed))
        status = err_set(err, ERR_BAD_INPUT,
                         "the %d vectors to rotate are not finite", n);
    if (status == OK) {
        for (int a = 0; a < k; a++)
            for (int j = 0; j < d; j++) {
                double sum = 0;

                for (int b = 0; b < k; b++)
                    sum += itq.rotation[(size_t)b * (size_t)k + (size_t)a] *
                           itq.axes[(size_t)b * (size_t)d + (size_t)j];
                project[(size_t)a * (size_t)d + (size_t)j] = (float)sum;
            }
        for (size_t i = 0; i < (size_t)n * (size_t)k; i++)
            z[i] = (float)itq.turned[i];
    }
    itq_release(&itq);
    return status;
}

enum status itq_singular(int n, int d, int k, const float *v, float *project,
                         float *z, struct err *err)
{
    struct itq itq;
    enum status status = OK;

    if (!itq_init(&itq, n, d, k))
        status =
            err_set(err, ERR_NOMEM, "no memory to decompose %d vectors", n);
    else if (!centre(&itq, v, true) || !find_axes(&itq))
        status = err_set(err, ERR_BAD_INPUT,
                         "the %d vectors to decompose are not finite", n);
    if (status == OK) {
        for (size_t i = 0; i < (size_t)k * (size_t)d; i++)
            project[i] = (float)itq.axes[i];
        for (size_t i = 0; i < (size_t)n * (size_t)k; i++)
            z[i] = (float)itq.parts[i];
    }
    itq_release(&itq);
    return status;
}
