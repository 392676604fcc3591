#ifndef BITGROVE_NN_ENCODER_NAMES_H
#define BITGROVE_NN_ENCODER_NAMES_H

/*
 * The arrays of an encoder as PyTorch knows them, for files of models: names
 * and layouts of a state_dict. Residual networks are named as torchvision
 * names its own, however few stages they have:
 *
 *     conv1, bn1, layer1.0.conv1, layer1.0.bn1, ...,
 *     layer2.0.downsample.0, layer2.0.downsample.1
 *
 * and the dense layers of an mlp fc1, bn1, fc2, bn2. Every conv has one array
 * of weights, (co, ci, height, width) or (co, ci) for a dense layer, and its
 * batch norm weight, bias, running_mean and running_var, (co) each. Values of
 * a picture that is taken as a vector are in the order (channels, height,
 * width) there. Pure functions: any thread.
 */

#include <stddef.h>

#include "nn/encoder.h"

#define ENCODER_NAME_MAX 64

enum encoder_part {
    ENCODER_WEIGHT,
    ENCODER_GAMMA,
    ENCODER_BETA,
    ENCODER_MEAN,
    ENCODER_VARIANCE,
    ENCODER_PARTS
};

struct encoder_tensor {
    char name[ENCODER_NAME_MAX];
    int conv;
    enum encoder_part part;
    int dims;
    size_t shape[4], count;
};

/* How many there are, and the i-th of them in the order of computation. */
int encoder_tensors(const struct encoder *encoder);
struct encoder_tensor encoder_tensor(const struct encoder *encoder, int i);

/* The tensor's values, out or in: (count), from or into params and stats. */
void encoder_tensor_get(const struct encoder *encoder,
                        const struct encoder_tensor *tensor,
                        const float *params, const float *stats, float *out);
void encoder_tensor_set(const struct encoder *encoder,
                        const struct encoder_tensor *tensor, const float *in,
                        float *params, float *stats);

/*
 * Where a file's value i of the feature vector is in F(x): elsewhere when
 * F(x) is a picture as it is, else at i.
 */
size_t encoder_feature(const struct encoder *encoder, size_t i);

#endif
