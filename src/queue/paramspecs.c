#include <config.h>

#include "queue/params.h"

#include "base/mem.h"

#define THREADS_MAX 256
#define SWITCH      "on|off"
#define LINKAGES    "average|single|complete|ward"

static const struct param_spec import_specs[] = {
    {"source", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "images to import; with several, one a line"},
    {"split", PARAM_CHOICE, "auto", 0, 0, "auto|train|test|ood", "SPLIT", false,
     "what they are for; auto reads it from the name of file or folder"},
    {"labels", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "their labels, when the name of the file does not tell"},
    {"classes", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "names of the classes: lines of number or folder, name and group"},
    {"dataset", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the data set to add to, when there are several"},
    {"name", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the name of a new data set"},
    {"size", PARAM_INT, NULL, 8, 256, NULL, "N", false,
     "pictures are kept as squares of N x N pixels, 64 unless given"},
    {"resize", PARAM_INT, NULL, 8, 1024, NULL, "N", false,
     "the shorter side before the square is cut from the middle, as --size"},
    {"grey", PARAM_FLAG, NULL, 0, 0, NULL, NULL, false,
     "keep pictures without their colours"},
    {"exact", PARAM_FLAG, NULL, 0, 0, NULL, NULL, false,
     "decode every pixel of a JPEG, where a part of them would do"},
    {"holdout", PARAM_INT, "10", 0, 90, NULL, "PERCENT", false,
     "of the pictures become test images, where no folder test/ says"},
    {"val", PARAM_CHOICE, "auto", 0, 0, "auto|train|test|skip", "USE", false,
     "what val/ is for; auto: for tests, and skipped beside a test/"},
    {"strict", PARAM_FLAG, NULL, 0, 0, NULL, NULL, false,
     "take nothing in when a file or a link can't be read"},
    {"threads", PARAM_INT, "0", 0, THREADS_MAX, NULL, "N", false,
     "0 for one a core; never alters the result"},
};

static const struct param_spec learn_specs[] = {
    {"bits", PARAM_INT, "16", 1, 64, NULL, "K", false, "length of the codes"},
    {"encoder", PARAM_TEXT, "resnet8", 0, 0, NULL, "NAME", false,
     "the network, such as resnet20x2; the manual lists them"},
    {"width", PARAM_INT, NULL, 16, 256, NULL, "N", false,
     "channels of the first stage, a multiple of 16; or resnet8xN: 16 N"},
    {"recipe", PARAM_CHOICE, "best", 0, 0, "best|paper", "NAME", false,
     "best starts from a classifier, paper from random codes"},
    {"epochs", PARAM_PAIR, NULL, 0, 100000, NULL, "[W,]A,B", true,
     "epochs of the phases; the recipe knows what is usual"},
    {"lr", PARAM_PAIR, NULL, 0, 100, NULL, "[W,]A,B", false,
     "learning rates of the phases"},
    {"schedule", PARAM_CHOICE, NULL, 0, 0, "phase|run", "NAME", false,
     "the rate falls with each phase, or once over the phases of codes"},
    {"batch", PARAM_INT, NULL, 1, 65536, NULL, "N", false,
     "images a step; the recipe knows what is usual"},
    {"seed", PARAM_INT, "1", 0, 9007199254740992.0, NULL, "N", false,
     "of all random numbers: the same seed gives the same codes"},
    {"threads", PARAM_INT, "0", 0, THREADS_MAX, NULL, "N", false,
     "0 for one a core; never alters the result"},
    {"flip", PARAM_FLAG, NULL, 0, 0, NULL, NULL, false,
     "mirror images at random"},
    {"shift", PARAM_INT, NULL, 0, 128, NULL, "N", false,
     "move images at random by up to N pixels"},
    {"rotate", PARAM_REAL, NULL, 0, 180, NULL, "DEGREES", false,
     "turn images at random by up to so much either way"},
    {"stretch", PARAM_REAL, NULL, 0, 4, NULL, "R", false,
     "scale each axis at random, up to 1 + R times"},
    {"shear", PARAM_REAL, NULL, 0, 2, NULL, "R", false,
     "shear images at random, up to R pixels a pixel"},
    {"logit-scale", PARAM_REAL, NULL, 0, 1000, NULL, "R", false,
     "factor of the classes' logits, 0 for 1 / sqrt(bits)"},
    {"joint", PARAM_CHOICE, NULL, 0, 0, SWITCH, "WHEN", false,
     "learn codebook and bits at once, then bits alone"},
    {"mix", PARAM_REAL, NULL, 0, 1000, NULL, "R", false,
     "weight of the cross-entropy beside the loss of the bits, times "
     "sqrt(classes)"},
    {"separate", PARAM_CHOICE, NULL, 0, 0, SWITCH, "WHEN", false,
     "tell classes apart that share a code"},
    {"momentum", PARAM_REAL, NULL, 0, 0.9999, NULL, "R", false,
     "of stochastic gradient descent"},
    {"weight-decay", PARAM_REAL, NULL, 0, 1, NULL, "R", false,
     "of every parameter, a step"},
    {"decay-norm", PARAM_CHOICE, NULL, 0, 0, SWITCH, "WHEN", false,
     "weight decay of batch norms and biases, too"},
    {"warmup", PARAM_REAL, NULL, 0, 100000, NULL, "EPOCHS", false,
     "let the rate rise over the first epochs of each phase"},
    {"init", PARAM_CHOICE, NULL, 0, 0, "uniform|he", "NAME", false,
     "what the network's first weights are drawn from"},
    {"zero-init", PARAM_CHOICE, NULL, 0, 0, SWITCH, "WHEN", false,
     "residual blocks begin as their shortcuts"},
    {"accumulate", PARAM_INT, NULL, 0, 65536, NULL, "N", false,
     "passes a step, each over a part of the batch; 0: as memory allows"},
    {"memory", PARAM_INT, NULL, 1, 1 << 30, NULL, "MIB", false,
     "what a pass may take"},
    {"label-smoothing", PARAM_REAL, NULL, 0, 0.999, NULL, "R", false,
     "of the cross-entropies"},
    {"name", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the name of the model"},
    {"dataset", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "what to learn from, when there are several"},
    {"baseline", PARAM_CHOICE, "none", 0, 0,
     "none|ordinary|real|random|singular|lsh|itq|hashnet", "NAME", false,
     "learn what codes are compared with instead"},
    {"load-codebook", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "start from this codebook (.npy)"},
    {"from", PARAM_TEXT, NULL, 0, 0, NULL, "MODEL", false,
     "start from this model's network, such as an imported one's"},
    {"resume", PARAM_TEXT, NULL, 0, 0, NULL, "MODEL", false,
     "go on with a model that was interrupted"},
    {"linkage", PARAM_CHOICE, "average", 0, 0, LINKAGES, "NAME", false,
     "of the tree that is made after every epoch"},
};

static const struct param_spec encode_specs[] = {
    {"model", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the model, the newest unless given"},
    {"split", PARAM_CHOICE, NULL, 0, 0, "train|test|ood", "SPLIT", false,
     "only images of this split"},
    {"class", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "only images of this class"},
    {"node", PARAM_TEXT, NULL, 0, 0, NULL, "NODE", false,
     "only images of the classes below this node of the tree"},
    {"image", PARAM_INT, NULL, 1, 9007199254740992.0, NULL, "ID", false,
     "only this image"},
    {"file", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "a picture, PATH:ROW of IDX or CIFAR, or a row of .npy; not kept"},
    {"threads", PARAM_INT, "0", 0, THREADS_MAX, NULL, "N", false,
     "0 for one a core; never alters the result"},
};

static const struct param_spec tree_specs[] = {
    {"model", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the model, the newest unless given"},
    {"linkage", PARAM_CHOICE, "average", 0, 0, LINKAGES, "NAME", false,
     "how the distance of two groups is measured"},
    {"step", PARAM_INT, "0", 0, 1000000, NULL, "N", false,
     "the epoch, 0 for the last"},
};

static const struct param_spec export_specs[] = {
    {"model", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the model, the newest unless given"},
    {"output", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "what is there already and gets the model"},
};

static const struct param_spec import_model_specs[] = {
    {"file", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "the model (.safetensors, or a checkpoint of PyTorch)"},
    {"codebook", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "the codebook (.npy) of a checkpoint, if it has none or another"},
    {"arch", PARAM_CHOICE, NULL, 0, 0,
     "resnet18|resnet34|resnet50|resnet8|resnet14|resnet20", "NAME", false,
     "the network of a checkpoint, found out unless given"},
    {"mean", PARAM_TEXT, NULL, 0, 0, NULL, "A,B,C", false,
     "of a checkpoint's pictures, from 0 to 1, a number a channel"},
    {"deviation", PARAM_TEXT, NULL, 0, 0, NULL, "A,B,C", false,
     "of a checkpoint's pictures; both are ImageNet's unless given"},
    {"name", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the name of the model, the one it had unless given"},
    {"dataset", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "what it is a model of, when there are several"},
};

static const struct param_spec features_specs[] = {
    {"file", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "the network (.onnx)"},
    {"output", PARAM_PATH, NULL, 0, 0, NULL, "FILE", false,
     "what is there already and gets the features"},
    {"layer", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "the tensor or operator that is wanted, the output unless given"},
    {"split", PARAM_CHOICE, NULL, 0, 0, "train|test|ood", "SPLIT", false,
     "only images of this split"},
    {"mean", PARAM_TEXT, NULL, 0, 0, NULL, "A,B,C", false,
     "of the pictures, from 0 to 1, a number a channel"},
    {"deviation", PARAM_TEXT, NULL, 0, 0, NULL, "A,B,C", false,
     "of the pictures; both are ImageNet's unless given"},
    {"dataset", PARAM_TEXT, NULL, 0, 0, NULL, "NAME", false,
     "whose images, when there are several data sets"},
    {"threads", PARAM_INT, "0", 0, THREADS_MAX, NULL, "N", false,
     "0 for one a core; never alters the result"},
};

static const struct {
    const struct param_spec *specs;
    int count;
} tables[JOB_KIND_COUNT] = {
    [JOB_IMPORT] = {import_specs, ARRAY_SIZE(import_specs)},
    [JOB_LEARN] = {learn_specs, ARRAY_SIZE(learn_specs)},
    [JOB_ENCODE] = {encode_specs, ARRAY_SIZE(encode_specs)},
    [JOB_TREE] = {tree_specs, ARRAY_SIZE(tree_specs)},
    [JOB_EXPORT] = {export_specs, ARRAY_SIZE(export_specs)},
    [JOB_IMPORT_MODEL] = {import_model_specs, ARRAY_SIZE(import_model_specs)},
    [JOB_FEATURES] = {features_specs, ARRAY_SIZE(features_specs)},
};

const struct param_spec *param_specs(enum job_kind kind, int *count)
{
    *count = tables[kind].count;
    return tables[kind].specs;
}
