#ifndef BITGROVE_NN_NORM_H
#define BITGROVE_NN_NORM_H

/*
 * Batch normalisation (Ioffe and Szegedy 2015) of the channels of a batch:
 *     y = gamma * (x - mean) / sqrt(variance + NORM_EPSILON) + beta.
 * The passes over the pixels are in nn/kernel.h; here are the formulas from
 * their sums to the coefficients. All arrays are (channels). Any thread.
 */

#define NORM_EPSILON  1e-5
#define NORM_MOMENTUM 0.1 /* of the running statistics */

/* What the backward pass needs to know of the forward pass. */
struct norm_saved {
    float *mean, *inverse; /* 1 / sqrt(variance + epsilon) */
};

/*
 * Training. From sum x and sum x^2 over count values of a channel: mean and
 * inverse, the map y = x * scale + shift, and the running statistics moved
 * by NORM_MOMENTUM (variance unbiased, as in PyTorch).
 */
void norm_forward(int channels, double count, const double *sum,
                  const double *squares, const float *gamma, const float *beta,
                  const struct norm_saved *saved, float *scale, float *shift,
                  float *running_mean, float *running_variance);

/* Inference: the map from the running statistics. */
void norm_fold(int channels, const float *gamma, const float *beta,
               const float *running_mean, const float *running_variance,
               float *scale, float *shift);

/*
 * From sum g and sum g (x - mean), g the gradient of y: the gradients of
 * gamma and beta (overwritten), and dx = a g + b (x - mean) + d.
 */
void norm_backward(int channels, double count, const double *sum,
                   const double *product, const float *gamma,
                   const struct norm_saved *saved, float *dgamma, float *dbeta,
                   float *a, float *b, float *d);

#endif
