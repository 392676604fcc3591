#ifndef BITGROVE_LEARN_LEARNER_PARTS_H
#define BITGROVE_LEARN_LEARNER_PARTS_H

/*
 * What the files of the learner share. All parameters are one array,
 *
 *     encoder | P (k, d) | W (L, k) | classifier (L, d) | its bias (L)
 *
 * and momentum is another of the same layout. Invariant between epochs: phase
 * and epoch name the next epoch to run, phase = PHASE_COUNT when all are
 * done, and W is the codebook to show (in the warm phase: what ITQ makes of
 * the classifier as it stands).
 */

#include "image/augment.h"
#include "learn/learner.h"
#include "nn/encoder.h"
#include "nn/infer.h"

struct learner {
    struct learn_spec spec;
    struct learn_shape shape;
    struct encoder encoder;
    size_t projection, codebook, classifier, bias; /* places in params */
    size_t count;                                  /* of params */
    float *params, *momentum;                      /* (count) */
    float *stats;                                  /* (encoder.stats) */
    struct augment_norm norm;                      /* of images */
    float *centre, *inverse; /* (d) of vectors, which are taken as
                                 (x - centre) * inverse; NULL for images */
    float *shift;            /* (k) added to P F(x): lsh and itq; or NULL */
    float scale;             /* of the margins */
    int phase, epoch;
    uint64_t step;
    bool given;        /* W was given, not learnt from the classifier */
    bool adopted;      /* before the first epoch: the encoder's weights are
                          another model's, and so is norm */
    struct pool *pool; /* NULL until needed */
};

/* Storage for the spec and shape, which have been checked; zeros. */
enum status learner_alloc(struct learner **out, const struct learn_spec *spec,
                          const struct learn_shape *shape,
                          struct err *err) MUST_USE;

enum status learner_check_shape(const struct learn_shape *shape,
                                struct err *err) MUST_USE;

/* Whether it learns from vectors and not from images. */
bool learner_takes_vectors(const struct learn_shape *shape);

/* Whether vectors are features as they come, so that heads read the file. */
bool learner_is_flat(const struct learner *learner);

/*
 * Before the first epoch on vectors, in one pass over the file: centre and
 * inverse (mean and deviation of every number; 0 and 1 for the encoder
 * "features"), and the classifier that takes the class whose mean is nearest,
 * from which W and P begin if there is no warm phase and the recipe is not
 * the paper's. ERR_BAD_INPUT names the row and column of a number that is not
 * finite; ERR_CANCELLED.
 */
enum status learner_measure_vectors(struct learner *learner,
                                    const struct learn_data *train,
                                    const struct learn_hooks *hooks,
                                    struct err *err) MUST_USE;

/* Rows that a covariance is measured on, and numbers of a row at most: more
 * would take minutes and gigabytes. */
#define WHITEN_ROWS 32768u
#define WHITEN_MOST 4096

/*
 * out (d, d), d <= WHITEN_MOST: lower triangular, with zeros above, so that
 * out times (F(x) - mean of its class) has nearly the identity as covariance.
 * From up to WHITEN_ROWS rows, evenly spaced; means: (classes, d) of F(x).
 * done: false, and out undefined, where vectors don't differ from the means.
 * Uses the pool. ERR_NOMEM, ERR_CANCELLED.
 */
enum status learner_whiten(const struct learner *learner,
                           const struct learn_data *train, const float *means,
                           const struct learn_hooks *hooks, float *out,
                           bool *done, struct err *err) MUST_USE;

/* ERR_BAD_INPUT names the row and column of a number that is not finite. */
enum status learner_check_vectors(const struct learn_vectors *vectors,
                                  uint32_t n, const char *what,
                                  struct err *err) MUST_USE;

/* w' and bias' of x w'^T + bias' = F(x) w^T + bias for flat vectors: w, out:
 * (rows, d), shift: (rows), bias may be NULL. */
void learner_fold_vectors(const struct learner *learner, int rows,
                          const float *w, const float *bias, float *out,
                          float *shift);

/* Makes the pool unless it is there. */
enum status learner_ready(struct learner *learner, struct err *err) MUST_USE;

/* phase and epoch to the next epoch there is, past phases that have none. */
void learner_settle(struct learner *learner);

/* W and P from the classifier, for the end of a warm epoch. */
enum status learner_rotate(struct learner *learner, struct err *err) MUST_USE;

/* The last beta of HashNet; it grows from 1, a stage an epoch. */
#define HASH_BETA 10.0

/* Whether margins have a shift: P F(x) - P mean. */
bool learner_is_shifted(const struct learn_spec *spec);

/* The beta of the epoch that comes next. */
double learner_beta(const struct learner *learner);

/*
 * At the end of an epoch of a hashing baseline, for others nothing: P and the
 * shift, in the last epoch of lsh and itq, and W. Looks at up to 32768
 * training images, or 32 a class, evenly spaced. ERR_NOMEM, ERR_CANCELLED.
 */
enum status learner_hash(struct learner *learner,
                         const struct learn_data *train,
                         const struct learn_hooks *hooks,
                         struct err *err) MUST_USE;

/* W before the first epoch, for a baseline whose codebook is given. */
void learner_baseline_start(struct learner *learner);

/* W and P from the classifier's singular vectors. */
enum status learner_singular(struct learner *learner, struct err *err) MUST_USE;

/* What the margins are multiplied with for the logits, (L, k): sign(W), or W
 * itself where it is not binarised. */
void learner_signs(const struct learner *learner, float *out);

/* Different codes for all classes, if 2^bits >= classes. Returns how many
 * classes had to move. */
uint32_t learner_separate(float *w, uint32_t classes, int bits);

/*
 * Features and margins for evaluation and encoding, of up to `group` images
 * at once; an image's are the same bytes whatever the others. Read-only but
 * for the threads' rooms.
 */
struct learner_eye {
    const struct learner *learner;
    struct infer *infer;
    float *projection;      /* P, packed for nn/gemm.h */
    float *rooms;           /* (threads, room) */
    size_t inner, features; /* where a thread's room goes on, behind the
                               pictures, with infer's and the features */
    size_t room;            /* floats of all */
    int threads, group;
};
enum status learner_eye_init(struct learner_eye *eye,
                             const struct learner *learner,
                             struct err *err) MUST_USE;
void learner_eye_release(struct learner_eye *eye);

/* Where a thread puts the pictures (group, encoder_picture()), borders zero,
 * that learner_eye_features() takes the first n of. */
float *learner_eye_pictures(const struct learner_eye *eye, int thread);

/* Features (n, d), valid until the thread's next; thread: of the pool's
 * task. */
const float *learner_eye_features(const struct learner_eye *eye, int thread,
                                  int n);

/* The same of the bytes of n images, one after the other. */
const float *learner_eye_look(const struct learner_eye *eye, int thread,
                              const uint8_t *pixels, int n);

/* And of vectors i to i + n. */
const float *learner_eye_read(const struct learner_eye *eye, int thread,
                              const struct learn_vectors *vectors, size_t i,
                              int n);

/* z = P features + shift: (n, k). */
void learner_eye_margins(const struct learner_eye *eye, int n,
                         const float *features, float *z);

/* Fills the report's rates from the test images. */
enum status learner_test(struct learner *learner, const struct learn_data *test,
                         const struct learn_data *train,
                         struct learn_report *report, struct err *err) MUST_USE;

#endif
