#include <config.h>

#include "learn/itq.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "base/rng.h"

/* LAPACK, which OpenBLAS brings; column-major, every argument by address. */
void dsyevr_(const char *jobs, const char *range, const char *half,
             const int *n, double *a, const int *lda, const double *least,
             const double *most, const int *first, const int *last,
             const double *tolerance, int *found, double *values,
             double *vectors, const int *ldz, int *support, double *work,
             const int *room, int *iwork, const int *iroom, int *info);
void dgesvd_(const char *jobu, const char *jobv, const int *m, const int *n,
             double *a, const int *lda, double *values, double *u,
             const int *ldu, double *v, const int *ldv, double *work,
             const int *room, int *info);

struct itq {
    int n, d, k;
    double *centred;  /* (n, d) */
    double *gram;     /* (side, side), side the smaller of n and d */
    double *vectors;  /* (k, side) its eigenvectors */
    double *values;   /* (max(d, k)) */
    double *axes;     /* (k, d) principal directions, the largest first */
    double *parts;    /* (n, k) components */
    double *turned;   /* (n, k) components after the rotation */
    double *signs;    /* (n, k) */
    double *rotation; /* (k, k) */
    double *cross, *left, *right; /* (k, k) */
    double *work;
    int room;
    int *support, *iwork; /* (2 k), (10 side) */
};

static void itq_release(struct itq *itq)
{
    double *all[] = {itq->centred, itq->gram,   itq->values, itq->axes,
                     itq->parts,   itq->turned, itq->signs,  itq->rotation,
                     itq->cross,   itq->left,   itq->right,  itq->work,
                     itq->vectors};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        free(all[i]);
    free(itq->support);
    free(itq->iwork);
}

static bool itq_init(struct itq *itq, int n, int d, int k)
{
    size_t most = (size_t)(d > k ? d : k), rows = (size_t)n;
    size_t dims = (size_t)d, bits = (size_t)k, side = n < d ? rows : dims;
    struct {
        double **to;
        size_t count, size;
    } wanted[] = {
        {&itq->centred, rows, dims}, {&itq->gram, side, side},
        {&itq->values, 1, most},     {&itq->axes, bits, dims},
        {&itq->parts, rows, bits},   {&itq->turned, rows, bits},
        {&itq->signs, rows, bits},   {&itq->rotation, bits, bits},
        {&itq->cross, bits, bits},   {&itq->left, bits, bits},
        {&itq->right, bits, bits},   {&itq->work, 64, most},
        {&itq->vectors, bits, side},
    };

    *itq = (struct itq){.n = n, .d = d, .k = k, .room = (int)(64 * most)};
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        *wanted[i].to =
            mem_large(wanted[i].count, wanted[i].size * sizeof(double));
        if (*wanted[i].to == NULL)
            return false;
    }
    itq->support = mem_large(2 * bits, sizeof(int));
    itq->iwork = mem_large(10 * side, sizeof(int));
    return itq->support != NULL && itq->iwork != NULL;
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

/* The k largest eigenvalues of gram (side, side), ascending, and their
 * vectors. Returns how many there are, 0 on failure. */
static int find_vectors(struct itq *itq, int side)
{
    int last = side, first = side > itq->k ? side - itq->k + 1 : 1;
    int found = 0, info, iroom = 10 * side;
    double zero = 0;

    dsyevr_("V", "I", "U", &side, itq->gram, &side, &zero, &zero, &first, &last,
            &zero, &found, itq->values, itq->vectors, &side, itq->support,
            itq->work, &itq->room, itq->iwork, &iroom, &info);
    return info == 0 ? found : 0;
}

/*
 * Axes: eigenvectors of centred^T centred, each with its largest entry
 * positive, so that their sign is no accident. With fewer vectors than
 * dimensions they come from those of centred centred^T, which is smaller.
 */
static bool find_axes(struct itq *itq)
{
    int n = itq->n, d = itq->d, k = itq->k, found;
    bool few = n < d;

    cblas_dgemm(CblasRowMajor, few ? CblasNoTrans : CblasTrans,
                few ? CblasTrans : CblasNoTrans, few ? n : d, few ? n : d,
                few ? d : n, 1, itq->centred, d, itq->centred, d, 0, itq->gram,
                few ? n : d);
    found = find_vectors(itq, few ? n : d);
    if (found == 0)
        return false;
    for (int a = 0; a < found; a++) {
        int from = found - 1 - a, most = 0;
        const double *vector =
            itq->vectors + (size_t)from * (size_t)(few ? n : d);
        double *axis = itq->axes + (size_t)a * (size_t)d, scale = 1;

        if (itq->values[from] <= 1e-12 * itq->values[found - 1])
            break;
        if (few) {
            cblas_dgemv(CblasRowMajor, CblasTrans, n, d, 1, itq->centred, d,
                        vector, 1, 0, axis, 1);
            scale = 1 / sqrt(itq->values[from]);
        } else {
            memcpy(axis, vector, (size_t)d * sizeof(*axis));
        }
        for (int j = 1; j < d; j++)
            if (fabs(axis[j]) > fabs(axis[most]))
                most = j;
        cblas_dscal(d, axis[most] < 0 ? -scale : scale, axis, 1);
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, k, d, 1,
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
