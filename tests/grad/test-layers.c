#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/encoder.h"
#include "nn/infer.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/pool.h"
#include "nn/softmax.h"
#include "nn/norm.h"
#include "nn/sgd.h"

#include "tap.h"

/*
 * Each layer against a naive one in double, and its gradient against central
 * differences of the naive one.
 */

enum { N = 5, IN = 7, OUT = 4 };
#define STEP 1e-5

static void noise(float *x, size_t n, uint64_t seed, double spread)
{
    struct rng rng;

    rng_init(&rng, seed, 3);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(spread * rng_normal(&rng));
}

/* A function of a point in double: what is differentiated. */
typedef double function(const double *x, const void *ctx);

/* The largest difference of grad from the central differences at x. */
static double grad_error(function *f, const void *ctx, const float *x, int n,
                         const float *grad)
{
    double *point = mem_zalloc((size_t)n, sizeof(*point)), most = 0;

    for (int i = 0; i < n; i++)
        point[i] = x[i];
    for (int i = 0; i < n; i++) {
        double up, down;

        point[i] = x[i] + STEP;
        up = f(point, ctx);
        point[i] = x[i] - STEP;
        down = f(point, ctx);
        point[i] = x[i];
        most = fmax(most, fabs((up - down) / (2 * STEP) - grad[i]));
    }
    free(point);
    return most;
}

static double value_at(function *f, const void *ctx, const float *x, int n)
{
    double *point = mem_zalloc((size_t)n, sizeof(*point)), value;

    for (int i = 0; i < n; i++)
        point[i] = x[i];
    value = f(point, ctx);
    free(point);
    return value;
}

static const uint32_t labels[N] = {2, 0, 3, 3, 1};

static double naive_cross_entropy(const double *x, const void *ctx)
{
    double smoothing = *(const double *)ctx, total = 0;

    for (int i = 0; i < N; i++) {
        double sum = 0;

        for (int c = 0; c < OUT; c++)
            sum += exp(x[i * OUT + c]);
        for (int c = 0; c < OUT; c++) {
            double target = smoothing / OUT +
                            ((uint32_t)c == labels[i] ? 1 - smoothing : 0);

            total -= target * (x[i * OUT + c] - log(sum));
        }
    }
    return total / N;
}

static void test_cross_entropy(void)
{
    static const double smoothings[] = {0, 0.1, 0.9};
    float x[N * OUT], d[N * OUT];
    struct pool *pool;
    struct classloss *cl;
    struct err err;

    if (pool_new(&pool, 1, &err) != OK ||
        classloss_new(&cl, N, 1, OUT, pool, &err) != OK)
        abort();
    for (size_t s = 0; s < ARRAY_SIZE(smoothings); s++) {
        double loss;

        noise(x, N * OUT, s, 4);
        memcpy(d, x, sizeof(d));
        loss = classloss_logits(cl, N, d, labels, smoothings[s]);
        tap_near(loss,
                 value_at(naive_cross_entropy, &smoothings[s], x, N * OUT),
                 1e-6, "cross-entropy, smoothing %g", smoothings[s]);
        tap_ok(grad_error(naive_cross_entropy, &smoothings[s], x, N * OUT, d) <
                   1e-7,
               "its gradient");
    }
    x[0] = 300;
    x[1] = -300;
    tap_ok(isfinite(classloss_logits(cl, N, x, labels, 0.1)),
           "large logits don't overflow");
    classloss_free(cl);
    pool_free(pool);
}

/* By the signs; the point is B, of any real values. */
static double naive_code_by_signs(const double *b, const void *ctx)
{
    const float *z = ctx;
    double total = 0;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < IN; j++)
            total +=
                log(1 + exp(-z[i * IN + j] * b[labels[i] * IN + (uint32_t)j]));
    return total / (N * IN);
}

static double naive_code(const double *z, const void *ctx)
{
    const float *signs = ctx;
    double total = 0;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < IN; j++) {
            double target = (signs[labels[i] * IN + (uint32_t)j] + 1) / 2;
            double p = 1 / (1 + exp(-z[i * IN + j]));

            total -= target * log(p) + (1 - target) * log(1 - p);
        }
    return total / (N * IN);
}

static void test_code(void)
{
    float z[N * IN], d[N * IN], w[OUT * IN], signs[OUT * IN];
    float dsigns[OUT * IN] = {0};

    noise(z, N * IN, 5, 3);
    noise(w, OUT * IN, 6, 1);
    w[3] = 0;
    w[4] = -0.0f;
    sign_forward(OUT * IN, w, signs);
    tap_ok(signs[3] == 1 && signs[4] == 1, "sign(0) = sign(-0) = +1");
    tap_near(loss_code(N, IN, z, labels, signs, d, dsigns),
             value_at(naive_code, signs, z, N * IN), 1e-6,
             "binary cross-entropy of the bits");
    tap_ok(grad_error(naive_code, signs, z, N * IN, d) < 1e-7, "its gradient");
    tap_ok(grad_error(naive_code_by_signs, z, signs, OUT * IN, dsigns) < 1e-7,
           "its gradient by the codes");
    z[0] = 1000;
    z[1] = -1000;
    tap_ok(isfinite(loss_code(N, IN, z, labels, signs, z, NULL)) &&
               isfinite(z[0]),
           "large margins don't overflow");
}

/* sum of g y for y = alpha x w^T + bias; the point is x, w or bias. */
struct linear_case {
    const float *x, *w, *bias, *g;
    float alpha;
    int which;
};

static double naive_linear(const double *point, const void *ctx)
{
    const struct linear_case *l = ctx;
    double total = 0;

    for (int i = 0; i < N; i++)
        for (int o = 0; o < OUT; o++) {
            double y = l->which == 2 ? point[o] : l->bias[o];

            for (int j = 0; j < IN; j++)
                y += l->alpha *
                     (l->which == 0 ? point[i * IN + j] : l->x[i * IN + j]) *
                     (l->which == 1 ? point[o * IN + j] : l->w[o * IN + j]);
            total += y * l->g[i * OUT + o];
        }
    return total;
}

static void test_linear(void)
{
    float x[N * IN], w[OUT * IN], bias[OUT], g[N * OUT], y[N * OUT];
    float dx[N * IN], dw[OUT * IN], dbias[OUT];
    struct linear_case l = {x, w, bias, g, 0.25f, 0};
    double total = 0;

    noise(x, N * IN, 1, 1);
    noise(w, OUT * IN, 2, 1);
    noise(bias, OUT, 3, 1);
    noise(g, N * OUT, 4, 1);
    linear_forward(N, IN, OUT, 0.25f, x, w, bias, y);
    linear_backward(N, IN, OUT, 0.25f, x, w, g, dx, dw, dbias);
    for (int i = 0; i < N * OUT; i++)
        total += (double)y[i] * g[i];
    tap_near(total, value_at(naive_linear, &l, x, N * IN), 1e-5, "linear");
    tap_ok(grad_error(naive_linear, &l, x, N * IN, dx) < 1e-6,
           "its gradient of the input");
    l.which = 1;
    tap_ok(grad_error(naive_linear, &l, w, OUT * IN, dw) < 1e-6,
           "of the weights");
    l.which = 2;
    tap_ok(grad_error(naive_linear, &l, bias, OUT, dbias) < 1e-6,
           "of the bias");
}

/* sum of g y for y = batch norm of x, (N, OUT); the point is x, gamma or
 * beta. */
struct norm_case {
    const float *x, *gamma, *beta, *g;
    int which;
};

static double naive_norm(const double *point, const void *ctx)
{
    const struct norm_case *n = ctx;
    double total = 0;

    for (int c = 0; c < OUT; c++) {
        double mean = 0, variance = 0, x[N];

        for (int i = 0; i < N; i++) {
            x[i] = n->which == 0 ? point[i * OUT + c] : n->x[i * OUT + c];
            mean += x[i] / N;
        }
        for (int i = 0; i < N; i++)
            variance += (x[i] - mean) * (x[i] - mean) / N;
        for (int i = 0; i < N; i++)
            total += n->g[i * OUT + c] *
                     ((x[i] - mean) / sqrt(variance + NORM_EPSILON) *
                          (n->which == 1 ? point[c] : n->gamma[c]) +
                      (n->which == 2 ? point[c] : n->beta[c]));
    }
    return total;
}

static void norm_sums(const float *x, const float *g, const float *mean,
                      double *first, double *second)
{
    for (int c = 0; c < OUT; c++) {
        first[c] = second[c] = 0;
        for (int i = 0; i < N; i++) {
            double v = x[i * OUT + c];

            first[c] += g != NULL ? g[i * OUT + c] : v;
            second[c] += g != NULL ? g[i * OUT + c] * (v - mean[c]) : v * v;
        }
    }
}

static void test_norm(void)
{
    float x[N * OUT], g[N * OUT], gamma[OUT], beta[OUT], mean[OUT];
    float inverse[OUT], scale[OUT], shift[OUT], dgamma[OUT], dbeta[OUT];
    float a[OUT], b[OUT], d[OUT], dx[N * OUT], running[2 * OUT], folded[OUT];
    double first[OUT], second[OUT], total = 0, off = 0;
    struct norm_saved saved = {mean, inverse};
    struct norm_case n = {x, gamma, beta, g, 0};

    noise(x, N * OUT, 8, 2);
    noise(g, N * OUT, 9, 1);
    noise(gamma, OUT, 10, 1);
    noise(beta, OUT, 11, 1);
    for (int c = 0; c < OUT; c++) {
        running[c] = 5;
        running[OUT + c] = 3;
    }
    norm_sums(x, NULL, NULL, first, second);
    norm_forward(OUT, N, first, second, gamma, beta, &saved, scale, shift,
                 running, running + OUT);
    for (int i = 0; i < N * OUT; i++)
        total += g[i] * ((double)x[i] * scale[i % OUT] + shift[i % OUT]);
    tap_near(total, value_at(naive_norm, &n, x, N * OUT), 1e-5, "batch norm");
    for (int c = 0; c < OUT; c++) {
        double m = first[c] / N, v = (second[c] - N * m * m) / (N - 1);

        off = fmax(off, fabs(running[c] - (0.9 * 5 + 0.1 * m)));
        off = fmax(off, fabs(running[OUT + c] - (0.9 * 3 + 0.1 * v)));
    }
    tap_ok(off < 1e-5, "its running statistics");
    norm_sums(x, g, mean, first, second);
    norm_backward(OUT, N, first, second, gamma, &saved, dgamma, dbeta, a, b, d);
    for (int i = 0; i < N * OUT; i++) {
        int c = i % OUT;

        dx[i] = a[c] * g[i] + b[c] * (x[i] - mean[c]) + d[c];
    }
    tap_ok(grad_error(naive_norm, &n, x, N * OUT, dx) < 1e-5,
           "its gradient of the input");
    n.which = 1;
    tap_ok(grad_error(naive_norm, &n, gamma, OUT, dgamma) < 1e-5, "of gamma");
    n.which = 2;
    tap_ok(grad_error(naive_norm, &n, beta, OUT, dbeta) < 1e-5, "of beta");
    for (int c = 0; c < OUT; c++) /* the batch's own, to fold the same map */
        running[OUT + c] =
            (float)(1.0 / ((double)inverse[c] * inverse[c]) - NORM_EPSILON);
    norm_fold(OUT, gamma, beta, mean, running + OUT, folded, b);
    off = 0;
    for (int c = 0; c < OUT; c++)
        off = fmax(off, fabs(folded[c] - scale[c]) + fabs(b[c] - shift[c]));
    tap_ok(off < 1e-4, "folded for inference it is the same map");
}

static void test_sgd(void)
{
    struct sgd sgd = {0.5, 0.9, 0.01};
    float p = 2, v = 0, g = 1;

    sgd_step(&sgd, 1, &p, &v, &g);
    tap_near(p, 2 - 0.5 * 1.02, 1e-6, "first step of SGD");
    sgd_step(&sgd, 1, &p, &v, &g);
    tap_near(p, 1.49 - 0.5 * (0.9 * 1.02 + 1 + 0.0149), 1e-6,
             "second step, with momentum");
    tap_near(sgd_cosine(0.1, 0), 0.1, 1e-12, "the cosine begins");
    tap_near(sgd_cosine(0.1, 0.5), 0.05, 1e-12, "at half");
    tap_near(sgd_cosine(0.1, 1), 0, 1e-12, "at the end");
}

/* Seen often enough, a batch's own statistics are the running ones, and then
 * inference, image by image, must give what training gave. */
static void test_infer(void)
{
    enum { BATCH = 24, SIDE = 17 };
    static float features[BATCH * 64], one[64];
    struct encoder encoder;
    struct encoder_work *work;
    struct pool *pool;
    struct err err;
    float *params, *stats, *room, *pictures;
    struct infer *infer;
    size_t picture;
    double off = 0, largest = 0;

    if (encoder_init(&encoder, "resnet8", 16, 1, SIDE, SIDE, &err) != OK ||
        pool_new(&pool, 2, &err) != OK)
        return;
    if (encoder_work_new(&work, &encoder, BATCH, pool, &err) != OK)
        return;
    picture = encoder_picture(&encoder);
    pictures = encoder_pictures(work);
    params = mem_large(encoder.params, sizeof(float));
    stats = mem_large(encoder.stats, sizeof(float));
    encoder_start(&encoder, params, stats, 4);
    for (int i = 0; i < BATCH; i++)
        for (int y = 1; y <= SIDE; y++)
            noise(pictures + (size_t)i * picture + y * (SIDE + 2) + 1, SIDE,
                  (uint64_t)(i * 100 + y), 1);
    for (int i = 0; i < 150; i++)
        encoder_forward(work, BATCH, params, stats, features);
    if (infer_new(&infer, &encoder, params, stats, &err) != OK)
        return;
    room = mem_large(infer_room(infer), sizeof(float));
    for (int i = 0; i < BATCH; i++) {
        infer_run(infer, 1, pictures + (size_t)i * picture, room, one);
        for (int j = 0; j < 64; j++) {
            off = fmax(off, fabs(one[j] - features[i * 64 + j]));
            largest = fmax(largest, fabs(one[j]));
        }
    }
    tap_ok(off < 0.01 * largest && largest > 0,
           "inference is training with its statistics at rest: %g of %g", off,
           largest);
    infer_free(infer);
    free(params), free(stats), free(room);
    encoder_work_free(work);
    pool_free(pool);
}

int main(void)
{
    test_cross_entropy();
    test_code();
    test_linear();
    test_norm();
    test_sgd();
    test_infer();
    return tap_done();
}
