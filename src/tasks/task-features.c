#include <config.h>

/*
 * What a network of an ONNX file makes of the images of a data set, as .npy.
 * The file is there already, as that of an export (task-export.c). Every run
 * of the network takes as many images as its file demands, one if it does not
 * say; so features don't depend on the threads, each of which runs one.
 */

#include "tasks/task.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue/images.h"
#include "formats/npy.h"
#include "learn/inputnorm.h"
#include "learn/network.h"
#include "nn/graph.h"
#include "nn/pool.h"

enum { BATCH_MAX = 256 };

struct features {
    struct task *task;
    const char *file; /* the network's, for messages */
    struct network *network;
    int wanted; /* the value that is asked for */
    struct dataset dataset;
    struct augment_norm norm;
    struct images_query query;
    int64_t total, done; /* images */
    size_t batch;        /* images a run */
    size_t width;        /* numbers an image; 0: not known yet */
    struct pool *pool;
    size_t runs; /* of a lot: one a thread */

    /* A lot. */
    int64_t *ids;
    size_t images;
    uint8_t *pixels; /* (runs x batch, image_bytes) */
    size_t image_bytes;
    struct graph_value *results; /* (runs) */
    struct err *errs;            /* (runs) */
    FILE *out;
    const char *path;
};

static enum status check_network(struct features *f, struct err *err)
{
    const struct dataset *d = &f->dataset;
    const int64_t have[4] = {0, d->channels, d->height, d->width};
    int64_t shape[GRAPH_DIMS_MAX];
    bool fits;
    int dims;

    if (network_inputs(f->network) != 1)
        return err_set(err, ERR_BAD_INPUT,
                       "%s takes %d inputs: pictures alone are meant", f->file,
                       network_inputs(f->network));
    network_shape(f->network, 0, &dims, shape);
    f->batch = 1;
    if (dims < 0)
        return OK;
    if (dims != 4)
        return err_set(err, ERR_BAD_INPUT,
                       "%s takes a tensor of %d dimensions: pictures are of 4",
                       f->file, dims);
    fits = true;
    for (int i = 1; i < 4; i++)
        fits = fits && (shape[i] <= 0 || shape[i] == have[i]);
    if (!fits)
        return err_set(err, ERR_BAD_INPUT,
                       "%s takes pictures of %lldx%lld with %lld channels, "
                       "data set %s is %dx%d with %d (-1: any)",
                       f->file, (long long)shape[3], (long long)shape[2],
                       (long long)shape[1], d->name, d->width, d->height,
                       d->channels);
    if (shape[0] > BATCH_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s takes %lld pictures at once: %d is the most",
                       f->file, (long long)shape[0], BATCH_MAX);
    if (shape[0] > 0)
        f->batch = (size_t)shape[0];
    return OK;
}

static enum status choose_layer(struct features *f, struct err *err)
{
    const char *layer = task_text(f->task, "layer");

    if (layer == NULL) {
        if (network_outputs(f->network) < 1)
            return err_set(err, ERR_BAD_INPUT, "%s has no output: give --layer",
                           f->file);
        f->wanted = network_output(f->network, 0);
        return OK;
    }
    f->wanted = network_find(f->network, layer);
    if (f->wanted < 0)
        return err_set(err, ERR_BAD_INPUT,
                       "--layer: %s has no tensor or operator called %.200s",
                       f->file, layer);
    return OK;
}

static enum status find_images(struct features *f, struct err *err)
{
    struct task *task = f->task;
    const char *name = task_text(task, "split");
    enum split split;
    enum status status =
        dataset_find(task->cat, task_text(task, "dataset"), &f->dataset, err);

    if (status == OK && f->dataset.kind != DATASET_IMAGES)
        status = err_set(err, ERR_BAD_INPUT, "data set %s has no pictures",
                         f->dataset.name);
    if (status != OK)
        return status;
    images_query_init(&f->query);
    f->query.dataset = f->dataset.id;
    if (name != NULL) {
        status = split_parse(&split, name, err);
        f->query.split = status == OK ? (int)split : -1;
    }
    if (status == OK)
        status = images_count(task->cat, &f->query, &f->total, err);
    if (status == OK && f->total == 0)
        status = err_set(err, ERR_BAD_INPUT, "data set %s has no such images",
                         f->dataset.name);
    f->image_bytes = (size_t)f->dataset.channels * (size_t)f->dataset.height *
                     (size_t)f->dataset.width;
    return status;
}

static enum status make_room(struct features *f, struct err *err)
{
    enum status status = pool_new(&f->pool, task_threads(f->task), err);

    if (status != OK)
        return status;
    f->runs = (size_t)pool_threads(f->pool);
    f->query.limit = (int)(f->runs * f->batch);
    f->ids = mem_zalloc(f->runs * f->batch, sizeof(*f->ids));
    f->results = mem_zalloc(f->runs, sizeof(*f->results));
    f->errs = mem_zalloc(f->runs, sizeof(*f->errs));
    f->pixels = mem_large(f->runs * f->batch, f->image_bytes);
    if (f->pixels == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu images",
                       f->runs * f->batch);
    return OK;
}

/* ---- a lot ---- */

static enum status read_lot(struct features *f, struct err *err)
{
    struct image_list page = {NULL, 0, 0};
    enum status status = images_page(f->task->cat, &f->query, &page, err);

    f->images = 0;
    for (int i = 0; i < page.count && status == OK; i++) {
        f->ids[i] = f->query.after = page.items[i].id;
        status = image_pixels(f->task->cat, page.items[i].id,
                              f->pixels + f->images++ * f->image_bytes,
                              f->image_bytes, err);
    }
    if (status == OK && f->images == 0)
        status = err_set(err, ERR_CATALOGUE,
                         "data set %s has fewer images than it counts: see "
                         "bitgrove check",
                         f->dataset.name);
    image_list_release(&page);
    return status;
}

/* Images a run has; the rest of its batch is zeros. */
static size_t run_images(const struct features *f, size_t run)
{
    size_t left = f->images - run * f->batch;

    return left < f->batch ? left : f->batch;
}

static void fill_input(const struct features *f, size_t run, float *out)
{
    size_t plane = f->image_bytes / (size_t)f->dataset.channels;

    for (size_t i = 0; i < run_images(f, run); i++) {
        size_t from = (run * f->batch + i) * f->image_bytes;

        for (size_t p = 0; p < f->image_bytes; p++)
            out[i * f->image_bytes + p] =
                ((float)f->pixels[from + p] - f->norm.mean[p / plane]) *
                f->norm.inverse[p / plane];
    }
}

static void run_task(void *ctx, int run, int thread)
{
    struct features *f = ctx;
    struct err *err = &f->errs[run];
    struct graph_value x = {.dims = 4,
                            .shape = {f->batch, (size_t)f->dataset.channels,
                                      (size_t)f->dataset.height,
                                      (size_t)f->dataset.width},
                            .count = f->batch * f->image_bytes};

    (void)thread;
    *err = (struct err){OK, ""};
    x.reals = mem_large(x.count, sizeof(*x.reals));
    if (x.reals == NULL) {
        err->status =
            err_set(err, ERR_NOMEM, "no memory for %zu images", f->batch);
        return;
    }
    memset(x.reals, 0, x.count * sizeof(*x.reals));
    fill_input(f, (size_t)run, x.reals);
    err->status = network_run(f->network, &x, f->wanted, &f->results[run], err);
    graph_value_release(&x);
}

/* What a run gave is features: a row of real numbers an image. */
static enum status check_result(struct features *f, size_t run, struct err *err)
{
    const struct graph_value *y = &f->results[run];
    size_t n = run_images(f, run);

    if (y->whole || y->dims < 1 || y->shape[0] != f->batch || y->count == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the layer has no row of real numbers an image",
                       f->file);
    if (f->width == 0)
        f->width = y->count / f->batch;
    if (f->width != y->count / f->batch)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the layer has %zu numbers of some images and %zu "
                       "of others",
                       f->file, f->width, y->count / f->batch);
    for (size_t i = 0; i < n * f->width; i++)
        if (!isfinite(y->reals[i]))
            return err_set(err, ERR_BAD_INPUT,
                           "%s: image %lld has features that are not finite",
                           f->file,
                           (long long)f->ids[run * f->batch + i / f->width]);
    return OK;
}

static enum status write_run(struct features *f, size_t run, struct err *err)
{
    size_t shape[2] = {(size_t)f->total, 0}, n;
    bool first = f->width == 0;
    enum status status = check_result(f, run, err);

    if (status != OK)
        return status;
    shape[1] = f->width;
    if (first)
        status = npy_write_header(f->out, f->path, NPY_F32, 2, shape, err);
    n = run_images(f, run) * f->width;
    if (status == OK &&
        fwrite(f->results[run].reals, sizeof(float), n, f->out) != n)
        status = err_sys(err, errno, "cannot write %s", f->path);
    return status;
}

static enum status do_lot(struct features *f, struct err *err)
{
    size_t runs;
    enum status status = read_lot(f, err);

    if (status != OK)
        return status;
    if ((int64_t)f->images > f->total - f->done) /* imported since */
        f->images = (size_t)(f->total - f->done);
    runs = (f->images + f->batch - 1) / f->batch;
    pool_run(f->pool, (int)runs, run_task, f);
    for (size_t r = 0; r < runs && status == OK; r++) {
        if (f->errs[r].status != OK) {
            *err = f->errs[r];
            status = err->status;
        } else {
            status = write_run(f, r, err);
        }
    }
    for (size_t r = 0; r < runs; r++)
        graph_value_release(&f->results[r]);
    f->done += (int64_t)f->images;
    return status;
}

static enum status do_all(struct features *f, struct err *err)
{
    enum status status = OK;

    while (status == OK && f->done < f->total) {
        status = task_check(f->task, err);
        if (status == OK)
            status = do_lot(f, err);
        if (status == OK)
            status =
                task_progress(f->task, f->done, f->total, "computing", err);
    }
    return status;
}

static enum status write_file(struct features *f, struct err *err)
{
    enum status status;

    f->out = fopen(f->path, "r+b");
    if (f->out == NULL && errno == ENOENT)
        return err_set(err, ERR_BAD_INPUT, "%s is gone: ask again", f->path);
    if (f->out == NULL)
        return err_sys(err, errno, "cannot write %s", f->path);
    if (ftruncate(fileno(f->out), 0) != 0)
        status = err_sys(err, errno, "cannot write %s", f->path);
    else
        status = do_all(f, err);
    if (fclose(f->out) != 0 && status == OK)
        status = err_sys(err, errno, "cannot write %s", f->path);
    return status;
}

static enum status prepare(struct features *f, struct err *err)
{
    struct task *task = f->task;
    enum status status = find_images(f, err);

    if (status == OK)
        status = inputnorm_read(&f->norm, task_text(task, "mean"),
                                task_text(task, "deviation"),
                                f->dataset.channels, err);
    if (status == OK)
        status = task_progress(task, 0, f->total, "reading the network", err);
    if (status == OK)
        status = network_open(&f->network, f->file, err);
    if (status == OK)
        status = check_network(f, err);
    if (status == OK)
        status = choose_layer(f, err);
    return status == OK ? make_room(f, err) : status;
}

enum status task_features(struct task *task, struct err *err)
{
    struct features f = {.task = task,
                         .file = task_text(task, "file"),
                         .path = task_text(task, "output")};
    enum status status =
        f.file != NULL && f.path != NULL
            ? prepare(&f, err)
            : err_set(err, ERR_BAD_INPUT,
                      "the job has no file: use bitgrove features");

    if (status == OK)
        status = write_file(&f, err);
    if (status == OK)
        str_addf(&task->result, "{\"images\":%lld,\"numbers\":%zu}",
                 (long long)f.total, f.width);
    pool_free(f.pool);
    network_close(f.network);
    dataset_release(&f.dataset);
    free(f.ids);
    free(f.pixels);
    free(f.results);
    free(f.errs);
    return status;
}
