#include <config.h>

#include "tasks/coder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/answers.h"
#include "catalogue/codestore.h"
#include "codes/decode.h"
#include "codes/margin.h"

enum { LOT = 2048, LOT_VECTORS = 16384 }; /* images a transaction */

static enum status open_vectors(struct coder *c, struct task *task,
                                struct err *err)
{
    struct dataset dataset;
    enum status status = dataset_get(task->cat, c->dataset, &dataset, err);

    if (status != OK)
        return status;
    if (dataset.kind == DATASET_VECTORS)
        status = vectors_init(&c->vectors, task->cat, &dataset, err);
    dataset_release(&dataset);
    return status;
}

enum status coder_init(struct coder *out, struct task *task, int64_t model,
                       int64_t dataset, struct learner *learner,
                       struct err *err)
{
    struct coder c = {.model = model, .dataset = dataset, .learner = learner};
    const struct learn_shape *shape = learner_shape(learner);
    enum status status = class_all(task->cat, dataset, &c.classes, err);

    c.scale = learner_margin_scale(learner);
    c.image_bytes =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    if (status == OK && (uint32_t)c.classes.count != shape->classes)
        status = err_set(err, ERR_CATALOGUE,
                         "the model knows %u classes and its data set has %d: "
                         "see bitgrove check",
                         shape->classes, c.classes.count);
    if (status == OK)
        status = open_vectors(&c, task, err);
    if (status == OK && learner_has_codes(learner))
        status = codebook_from_weights(&c.book, learner_codebook(learner),
                                       shape->classes,
                                       learner_spec(learner)->bits, err);
    if (status == OK)
        *out = c;
    else
        coder_release(&c);
    return status;
}

enum status coder_learner(struct learner **out, struct task *task,
                          const struct model_row *model, struct err *err)
{
    struct learner *learner;
    uint8_t *bytes;
    size_t size;
    int step;
    enum status status =
        checkpoint_load(task->cat, model->id, &step, &bytes, &size, err);

    if (status == ERR_NOT_FOUND)
        return err_set(err, ERR_BAD_INPUT,
                       "model %s has finished no epoch yet: wait for it, or "
                       "resume it with bitgrove learn",
                       model->name);
    if (status != OK)
        return status;
    status = learner_load(&learner, bytes, size, err);
    free(bytes);
    if (status != OK)
        return err_wrap(err, "the checkpoint of model %s", model->name);
    learner_set_threads(learner, task_threads(task));
    *out = learner;
    return OK;
}

enum status coder_load(struct coder *out, struct task *task,
                       const struct model_row *model, struct err *err)
{
    struct learner *learner;
    enum status status = model_need_codes(model, err);

    if (status == OK)
        status = coder_learner(&learner, task, model, err);
    return status == OK ? coder_init(out, task, model->id, model->dataset_id,
                                     learner, err)
                        : status;
}

void coder_release(struct coder *coder)
{
    learner_free(coder->learner);
    codebook_release(&coder->book);
    vectors_release(&coder->vectors);
    class_list_release(&coder->classes);
    memset(coder, 0, sizeof(*coder));
}

struct coded coder_decode(const struct coder *coder, const float *z)
{
    int bits = coder->book.bits;
    struct coded c;
    struct decode d;

    memset(&c, 0, sizeof(c));
    margin_quantise(c.margins, z, (size_t)bits, coder->scale);
    d = decode_quantised(&coder->book, c.margins);
    c.code = margin_code(c.margins, bits);
    c.nearest = d.nearest;
    c.distance = d.distance;
    return c;
}

static bool hook_stopped(void *ctx)
{
    return task_stopped(ctx);
}

/* Writes the codes of a lot; z: (rows, bits). */
static enum status save_lot(const struct coder *coder, struct task *task,
                            const struct image_list *lot, const float *z,
                            struct err *err)
{
    size_t n = (size_t)lot->count, bits = (size_t)coder->book.bits;
    struct image_code *rows = mem_zalloc(n, sizeof(*rows));
    int8_t *margins = mem_zalloc(n, bits);
    enum status status;

    for (size_t i = 0; i < n; i++) {
        struct coded c = coder_decode(coder, z + i * bits);

        memcpy(margins + i * bits, c.margins, bits);
        rows[i].image_id = lot->items[i].id;
        rows[i].code = c.code;
        rows[i].decoded = coder->classes.items[c.nearest].id;
        rows[i].distance = c.distance;
    }
    status = task_begin(task, err);
    if (status == OK)
        status = task_end(task,
                          image_codes_save(task->cat, coder->model, (int)bits,
                                           rows, margins, (int64_t)n, err),
                          err);
    free(rows);
    free(margins);
    return status;
}

static enum status save_answers(const struct coder *coder, struct task *task,
                                const struct image_list *lot,
                                const struct learn_answer *answers,
                                struct err *err)
{
    size_t n = (size_t)lot->count;
    struct image_answer *rows = mem_zalloc(n, sizeof(*rows));
    enum status status = task_begin(task, err);

    for (size_t i = 0; i < n; i++) {
        rows[i].image_id = lot->items[i].id;
        rows[i].decoded = coder->classes.items[answers[i].label].id;
        rows[i].confidence = (double)answers[i].confidence;
    }
    if (status == OK)
        status = task_end(
            task, answers_save(task->cat, coder->model, rows, (int64_t)n, err),
            err);
    free(rows);
    return status;
}

/* What is seen of a lot: margins (n, bits), or else answers (n). */
struct seen {
    float *z;
    struct learn_answer *answers;
};

static enum status see_images(struct coder *coder, struct task *task,
                              const struct image_list *lot,
                              const struct seen *seen, struct err *err)
{
    struct learn_hooks hooks = {.ctx = task, .cancelled = hook_stopped};
    struct learn_data data = {.n = (uint32_t)lot->count};
    size_t n = (size_t)lot->count;
    uint8_t *pixels = mem_large(n, coder->image_bytes);
    enum status status = OK;

    if (pixels == NULL)
        status = err_set(err, ERR_NOMEM, "no memory for %zu images", n);
    for (size_t i = 0; i < n && status == OK; i++)
        status = image_pixels(task->cat, lot->items[i].id,
                              pixels + i * coder->image_bytes,
                              coder->image_bytes, err);
    data.pixels = pixels;
    if (status == OK && seen->z == NULL)
        status =
            learner_classify(coder->learner, &data, seen->answers, &hooks, err);
    else if (status == OK)
        status = learner_encode(coder->learner, pixels, data.n, seen->z, &hooks,
                                err);
    free(pixels);
    return status;
}

/* The same of vectors, in their files. */
static enum status see_vectors(struct coder *coder, struct task *task,
                               const struct image_list *lot,
                               const struct seen *seen, struct err *err)
{
    struct learn_hooks hooks = {.ctx = task, .cancelled = hook_stopped};
    size_t n = (size_t)lot->count;
    int64_t *sources = mem_zalloc(n, sizeof(*sources));
    int64_t *positions = mem_zalloc(n, sizeof(*positions));
    const void **rows = mem_zalloc(n, sizeof(*rows));
    struct learn_vectors vectors;
    struct learn_data data = {.n = (uint32_t)n, .vectors = &vectors};
    enum status status;

    for (size_t i = 0; i < n; i++) {
        sources[i] = lot->items[i].source_id;
        positions[i] = lot->items[i].position;
    }
    status = vectors_rows(&vectors, &coder->vectors, sources, positions,
                          lot->count, rows, err);
    if (status == OK && seen->z == NULL)
        status =
            learner_classify(coder->learner, &data, seen->answers, &hooks, err);
    else if (status == OK)
        status = learner_encode_vectors(coder->learner, &vectors, (uint32_t)n,
                                        seen->z, &hooks, err);
    if (vectors_whole(&coder->vectors, err) != OK)
        status = err->status;
    free(sources);
    free(positions);
    free(rows);
    return status;
}

static enum status encode_lot(struct coder *coder, struct task *task,
                              const struct image_list *lot, struct err *err)
{
    size_t n = (size_t)lot->count;
    bool codes = learner_has_codes(coder->learner);
    struct seen seen = {NULL, NULL};
    enum status status;

    if (codes)
        seen.z = mem_large(n, (size_t)coder->book.bits * sizeof(*seen.z));
    else
        seen.answers = mem_large(n, sizeof(*seen.answers));
    if (seen.z == NULL && seen.answers == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to encode %zu images", n);
    else if (coder->vectors.dataset != NULL)
        status = see_vectors(coder, task, lot, &seen, err);
    else
        status = see_images(coder, task, lot, &seen, err);
    if (status == OK)
        status = codes ? save_lot(coder, task, lot, seen.z, err)
                       : save_answers(coder, task, lot, seen.answers, err);
    free(seen.z);
    free(seen.answers);
    return status;
}

enum status coder_images(struct coder *coder, struct task *task,
                         const struct images_query *query, int64_t *done,
                         int64_t total, struct err *err)
{
    struct images_query q = *query;
    bool more = true;

    q.dataset = coder->dataset;
    q.model = 0;
    q.limit = coder->vectors.dataset != NULL ? LOT_VECTORS : LOT;
    while (more) {
        struct image_list lot;
        enum status status = task_check(task, err);

        if (status == OK)
            status = images_page(task->cat, &q, &lot, err);
        if (status != OK)
            return status;
        more = lot.count == q.limit;
        if (lot.count > 0) {
            q.after = lot.items[lot.count - 1].id;
            status = encode_lot(coder, task, &lot, err);
        }
        *done += lot.count;
        image_list_release(&lot);
        if (status == OK)
            status = task_progress(task, *done, total, "encoding", err);
        if (status != OK)
            return status;
    }
    return OK;
}

enum status coder_image(struct coder *coder, struct task *task, int64_t id,
                        struct err *err)
{
    struct images_query q;
    struct image_list lot;
    enum status status;

    images_query_init(&q);
    q.dataset = coder->dataset;
    q.after = id - 1;
    q.limit = 1;
    status = images_page(task->cat, &q, &lot, err);
    if (status != OK)
        return status;
    if (lot.count == 1 && lot.items[0].id == id)
        status = encode_lot(coder, task, &lot, err);
    else
        status = err_set(err, ERR_NOT_FOUND,
                         "image %lld is not in the data set of the model",
                         (long long)id);
    image_list_release(&lot);
    return status;
}
