#ifndef BITGROVE_LEARN_LEARNER_H
#define BITGROVE_LEARN_LEARNER_H

/*
 * Learning of codes: an encoder F, a projection P and a codebook W are learnt
 * from labelled images, in two phases after Kusupati et al., "LLC: Accurate,
 * Multi-purpose Learnt Low-dimensional Binary Codes", NeurIPS 2021 (arXiv
 * 2106.01487), with an ordinary classifier before them as a warm start unless
 * the recipe is the paper's.
 *
 *     learn_spec_default() -> learner_new() -> learner_run() -> learner_encode()
 *                                  |   ^ epoch_end: learner_save()
 *                             learner_load()
 *
 * A learner is the whole state between two epochs: weights, momentum, running
 * statistics of batch norm, P, W, phase and epoch. Every random number is a
 * function of (seed, phase, epoch, image), and sums are reduced in a fixed
 * order. Hence the invariant that the worker lives by: a run that is killed
 * and taken up again from what learner_save() wrote after any epoch ends with
 * the same bytes as one that was not, for any number of threads.
 *
 * One thread at a time may use a learner; it starts threads of its own inside
 * learner_run() and learner_encode() and calls the hooks from the thread that
 * called it. Sees neither database nor terminal.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "nn/unpack.h"

#define LEARN_BITS_MAX     64
#define LEARN_CHANNELS_MAX 3
#define LEARN_SIDE_MIN     8
#define LEARN_SIDE_MAX     256
#define LEARN_CLASSES_MAX  65536

enum learn_recipe {
    RECIPE_BEST, /* classifier, its rotated weights as codebook, both losses */
    RECIPE_PAPER /* both phases from random weights: docs/method.md as it is */
};

/* The phases in the order in which they run. */
enum learn_phase {
    PHASE_WARM,     /* an ordinary classifier: F and a linear layer */
    PHASE_CODEBOOK, /* phase 1 of LLC: F, P and W by cross-entropy */
    PHASE_INSTANCE, /* phase 2 of LLC: F and P towards the frozen codes */
    PHASE_COUNT
};

/* What LLC is measured against (docs/method.md, "Baselines"): the same encoder
 * and as many epochs, but another head. */
enum learn_baseline {
    BASELINE_NONE,     /* LLC itself */
    BASELINE_ORDINARY, /* a linear classifier on the features; no codes */
    BASELINE_REAL,     /* logits W P F(x), W not binarised: k real values */
    BASELINE_RANDOM,   /* W random signs, never learnt */
    BASELINE_SINGULAR, /* W the signs of the k largest left singular vectors of
                          the ordinary classifier's weights, never learnt */
    /* For retrieval; W is the mean margins of a class's training images. */
    BASELINE_LSH,    /* P random planes through the mean of the ordinary
                        classifier's features (Charikar 2002) */
    BASELINE_ITQ,    /* P and the shift by ITQ of these features */
    BASELINE_HASHNET /* F and P by the loss of nn/pairloss.h, after a warm
                        phase, if there is one, in which W and P begin */
};

/* Their names: "none", "ordinary", "real", "random", "singular", "lsh", "itq",
 * "hashnet". */
extern const char *const learn_baselines[];

/* "best"/"paper" and "warm"/"codebook"/"instance". Static. */
const char *learn_recipe_name(enum learn_recipe recipe);
const char *learn_phase_name(enum learn_phase phase);

/* Sets *out from a recipe's name; ERR_BAD_INPUT lists the names there are. */
enum status learn_recipe_parse(enum learn_recipe *out, const char *name,
                               struct err *err) MUST_USE;

/* What an encoder's weights are drawn from, see nn/encoder.h. */
enum learn_init { INIT_UNIFORM, INIT_HE };

/* How the rates of the phases fall. */
enum learn_schedule {
    SCHEDULE_PHASE, /* the paper's: a cosine each, a step an epoch */
    SCHEDULE_RUN    /* the warm phase keeps its rate; the others share one
                       cosine, which moves with every batch. A warm phase
                       that nothing follows has such a cosine to itself */
};

/* Their names: "phase", "run". */
extern const char *const learn_schedules[];

/* What to learn and how. A value: copy it freely. */
struct learn_spec {
    enum learn_recipe recipe;
    enum learn_baseline baseline; /* epochs and lr: learn_spec_baseline() */
    int bits;                     /* k, 1 to LEARN_BITS_MAX */
    char encoder[24];             /* a name of the table in nn/encoder.h */
    int width;               /* channels of its first stage: 16, 32, ... 256,
                                or 0 for what the name says */
    int epochs[PHASE_COUNT]; /* 0 skips a phase; the last must be >= 1
                                unless it is a baseline without it */
    double lr[PHASE_COUNT];  /* the rate with which each phase begins; what
                                of a shared cosine is over is off it */
    enum learn_schedule schedule;
    int batch;              /* images a step; at most all there are */
    double momentum;        /* 0.875 */
    double weight_decay;    /* 3.05e-5, on every parameter */
    bool decay_norm;        /* also on gamma and beta of batch norms and on
                                biases: the paper's way */
    double warmup;          /* epochs of each phase over which the rate
                                rises to its schedule */
    enum learn_init init;   /* the encoder's first weights */
    bool zero_init;         /* the last gamma of each residual block is 0 */
    int accumulate;         /* forward and backward passes of a step, each
                                over a part of the batch with a batch norm of
                                its own; 0: as few as `memory` allows */
    int memory;             /* MiB that a pass's maps may take */
    double label_smoothing; /* 0.1, of both cross-entropies */
    bool flip;              /* random horizontal flips; not for glyphs */
    int shift;              /* random shift of up to so many pixels */
    double rotate;          /* random turn, degrees either way */
    double stretch;     /* random scale of each axis, 0.1: up to 1.1 times */
    double shear;       /* random shear, pixels a pixel */
    double logit_scale; /* the classes' logits are this times B z: 1 is the
                           paper's, 0 stands for 1 / sqrt(k) */
    bool joint;         /* codebook phase: the losses of the instance phase,
                           whose gradients go straight through to W as well */
    double mix;         /* instance phase: mix / sqrt(L) is the weight of the
                           cross-entropy of B z beside the loss of the bits;
                           0 is the paper's */
    bool separate; /* before a phase that teaches bits, classes that share a
                       code are told apart, if 2^k >= L, by turning the
                       weakest bits of W */
    uint64_t seed;
    int threads; /* 1 to 256, or 0: one a processor; never alters the result */
};

/* The recipe's defaults: 16 bits, resnet8 of width 16. */
struct learn_spec learn_spec_default(enum learn_recipe recipe);

/*
 * Makes a recipe that of a baseline. All epochs stay, in other phases: for
 * ordinary, lsh, itq and real, all of them in the one phase that there is; for
 * random and hashnet, those of the codebook phase go to the instance phase; for singular as well,
 * and without a warm phase the codebook phase's become one. The phase that
 * begins takes the rate with which the recipe begins, but with hashnet each
 * keeps its own: give the instance phase LEARN_HASHNET_RATE.
 */
#define LEARN_HASHNET_RATE 0.003 /* as its authors'; 0.3 makes all codes one */
void learn_spec_baseline(struct learn_spec *spec, enum learn_baseline baseline);

/* ERR_BAD_INPUT names the first setting that is out of range. */
enum status learn_spec_check(const struct learn_spec *spec,
                             struct err *err) MUST_USE;

/* What an encoder is built for. */
struct learn_shape {
    int channels, height, width; /* 1 or 3; sides LEARN_SIDE_MIN to _MAX */
    uint32_t classes;            /* L, 1 to LEARN_CLASSES_MAX */
};

/*
 * Vectors where they lie: features in a mapped file, which are read in place.
 * rows: (n) pointers to d numbers of the type, at any alignment. Both hooks
 * are called from the thread that called the learner, and may be NULL:
 * seen(ctx, n) after n rows were read, so that their memory may be given
 * back; expect(ctx, row, bytes) for a row that will be read soon.
 */
struct learn_vectors {
    enum unpack_type type;
    int d;
    const void *const *rows;
    void *ctx;
    void (*seen)(void *ctx, uint32_t n);
    void (*expect)(void *ctx, const void *row, size_t bytes);
};

/*
 * Vectors are learnt from window by window, in random order within it. A
 * window holds so many bytes of rows, in blocks of neighbours: Linux maps 16
 * pages at once. Of 1.28 million rows sorted by class, 1280 each and of 4 KiB, a
 * window still holds nearly all the thousand classes.
 */
#define LEARN_WINDOW (512u << 20)
#define LEARN_BLOCK  32u

/* Rows of a window: a multiple of LEARN_BLOCK. */
uint32_t learn_window(const struct learn_vectors *vectors);

/*
 * Labelled images, borrowed for the length of a call.
 * pixels: (n, channels, height, width) bytes, row-major, no gaps; NULL for
 * vectors, of which shape.channels is the length and the sides are 1.
 * labels: (n) class indices below shape.classes.
 */
struct learn_data {
    uint32_t n;
    struct learn_shape shape;
    const uint8_t *pixels;
    const struct learn_vectors *vectors;
    const uint32_t *labels;
};

/*
 * The end of an epoch. Rates are fractions of 1 on the test images, 0 without
 * any. Pointers are borrowed and valid until the hook returns.
 */
struct learn_report {
    enum learn_phase phase;
    int epoch;          /* in the phase, from 1 */
    int epochs;         /* of the phase */
    int total_epoch;    /* in the run, from 1 */
    int total_epochs;   /* of the run */
    uint64_t step;      /* batches since the start of the run */
    double loss;        /* mean over the epoch's batches, as trained */
    double lr;          /* at the beginning of this epoch */
    double seconds;     /* training and evaluation of this epoch */
    double rate;        /* training images a second, evaluation left out */
    uint32_t tested;    /* test images */
    double top1, top5;  /* of the phase's logits: B z, in the warm phase the
                          ordinary classifier's */
    double mhd, ed;     /* decoding sign(z) against the codebook below;
                          0 in the warm phase, which has no codes yet */
    double ties;        /* fraction of test images whose nearest class code
                          was not unique, decided by margins, then id */
    uint32_t distinct;  /* distinct class codes of the L */
    uint32_t separated; /* classes that shared a code with another before this
                           epoch and were told apart */
    int bits;
    uint32_t classes;
    const float *codebook; /* (classes, bits) W now; code bit i of class c is
                              1 where codebook[c * bits + i] >= 0. In the
                              warm phase: the rotated class weights (ITQ) as
                              they stand, so a tree exists from epoch 1 on.
                              NULL: an ordinary classifier has none */
};

struct learn_progress {
    enum learn_phase phase;
    int epoch;            /* in the phase, from 1 */
    uint64_t done, total; /* training images of the whole run */
    double loss;          /* of the last batch */
};

/*
 * Called by learner_run(); any may be NULL. cancelled() is asked before every
 * batch: true makes the run return ERR_CANCELLED. epoch_end() may call
 * learner_save(), and ends the run when it fails.
 */
struct learner;
struct learn_hooks {
    void *ctx;
    bool (*cancelled)(void *ctx);
    void (*progress)(void *ctx, const struct learn_progress *progress);
    enum status (*epoch_end)(void *ctx, const struct learner *learner,
                             const struct learn_report *report,
                             struct err *err);
};

/*
 * A learner before its first epoch. codebook: NULL, or (classes, bits) real
 * values to start W from, borrowed for the call: the warm phase, if there is
 * one, then warms up the encoder alone.
 * ERR_BAD_INPUT, ERR_NOMEM.
 */
enum status learner_new(struct learner **out, const struct learn_spec *spec,
                        const struct learn_shape *shape, const float *codebook,
                        struct err *err) MUST_USE;
void learner_free(struct learner *learner); /* NULL is fine */

/*
 * A learner before its first epoch takes the encoder's weights and what
 * pictures are normalised with from another of the same encoder, which may be
 * for pictures of another size. ERR_BAD_INPUT when it is not the same, or has
 * no weights.
 */
enum status learner_adopt(struct learner *learner, const struct learner *from,
                          struct err *err) MUST_USE;

/*
 * Runs the epochs that are left, evaluating on test after each (test may have
 * n = 0). Both sets must have the learner's shape. An epoch visits the images
 * in random order in batches of spec.batch; the images of a last, incomplete
 * batch are left out of that epoch (others each time). If there are fewer
 * images than a batch, all of them are the batch. After anything but OK the
 * learner stands inside an epoch: free it, load what was last saved.
 * ERR_BAD_INPUT (data of another shape, labels out of range, a loss that is
 * no longer finite), ERR_CANCELLED, ERR_NOMEM, or what epoch_end() returned.
 */
enum status learner_run(struct learner *learner, const struct learn_data *train,
                        const struct learn_data *test,
                        const struct learn_hooks *hooks,
                        struct err *err) MUST_USE;

/* Images of each forward and backward pass when n images are learnt from: of a
 * batch, or of a part of it if spec.accumulate or spec.memory asks for parts. */
int learner_pass(const struct learner *learner, uint32_t n);

/* Epochs done and left of the whole run; left is 0 when it is complete. */
void learner_epochs(const struct learner *learner, int *done, int *left);

const struct learn_spec *learner_spec(const struct learner *learner);
const struct learn_shape *learner_shape(const struct learner *learner);

/* Threads from now on, 0: one a processor. */
void learner_set_threads(struct learner *learner, int threads);

/* True if there are codes: false for an ordinary classifier alone, whose P
 * and W mean nothing. */
bool learner_has_codes(const struct learner *learner);

/* W, (classes, bits), borrowed until the next call that changes it. Before
 * the end of the warm phase: what the warm start would give now. */
const float *learner_codebook(const struct learner *learner);

/*
 * Appends the whole state to *out: little-endian, versioned, with a checksum.
 * Between epochs only, i.e. inside epoch_end() or after learner_run().
 */
void learner_save(const struct learner *learner, struct str *out);

/* The bytes that learner_save() would append, at any time. */
size_t learner_size(const struct learner *learner);

/*
 * The learner that learner_save() wrote into bytes[0..n): to go on learning
 * or to encode. Any bytes may be given: ERR_BAD_INPUT says what is wrong with
 * them (the place, the remedy); ERR_NOMEM.
 */
enum status learner_load(struct learner **out, const void *bytes, size_t n,
                         struct err *err) MUST_USE;

/*
 * Margins z = P F(x) (plus a shift with lsh and itq), batch norm with its running statistics folded in.
 * pixels: (n, channels, height, width) bytes; margins: (n, bits), overwritten.
 * The margins of an image don't depend on the others in the call, on how many
 * there are or on the threads. cancelled() is asked and progress() told (done
 * and total are images of this call) now and then; hooks may be NULL.
 * ERR_CANCELLED, ERR_NOMEM.
 */
enum status learner_encode(struct learner *learner, const uint8_t *pixels,
                           uint32_t n, float *margins,
                           const struct learn_hooks *hooks,
                           struct err *err) MUST_USE;

/*
 * The same for n vectors that lie in a file: vectors->rows[0..n).
 * ERR_BAD_INPUT when margins are not finite since a vector isn't.
 */
enum status learner_encode_vectors(struct learner *learner,
                                   const struct learn_vectors *vectors,
                                   uint32_t n, float *margins,
                                   const struct learn_hooks *hooks,
                                   struct err *err) MUST_USE;

/* What the ordinary classifier says of an image. */
struct learn_answer {
    uint32_t label;   /* the class of the largest softmax probability */
    float confidence; /* that probability */
};

/*
 * Of a learner whose warm phase was its last. data: labels are not read; out:
 * (n). Of the hooks only cancelled() is asked; they may be NULL.
 * ERR_CANCELLED, ERR_NOMEM.
 */
enum status learner_classify(struct learner *learner,
                             const struct learn_data *data,
                             struct learn_answer *out,
                             const struct learn_hooks *hooks,
                             struct err *err) MUST_USE;

/*
 * The scale for codes/margin.h to keep this model's margins at: the largest
 * margin of its last evaluation becomes 127. 1 before the first.
 */
float learner_margin_scale(const struct learner *learner);

#endif
