#include <config.h>

/*
 * Codes again: of all images, a split, a class, the classes under a node of
 * the tree, or one image; or of a picture in a file, which is stored nowhere
 * and answered in the job's result.
 */

#include "tasks/task.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue/codestore.h"
#include "formats/cifar.h"
#include "formats/idx.h"
#include "formats/input.h"
#include "image/picture.h"
#include "image/imagefile.h"
#include "image/prepare.h"
#include "tasks/coder.h"
#include "taxonomy/dendro.h"

/* What to encode: one query a class for a node, else a single one. */
struct scope {
    struct images_query *queries;
    int count, room;
    int64_t images;
};

static struct images_query *add_query(struct scope *scope,
                                      const struct coder *coder)
{
    struct images_query *q;

    ARRAY_GROW(scope->queries, scope->count, scope->room);
    q = &scope->queries[scope->count++];
    images_query_init(q);
    q->dataset = coder->dataset;
    return q;
}

static enum status scope_class(struct scope *scope, const struct coder *coder,
                               const char *name, struct err *err)
{
    int index;
    enum status status = class_find(&coder->classes, name, &index, err);

    if (status == OK)
        add_query(scope, coder)->class_id = coder->classes.items[index].id;
    return status;
}

static enum status scope_split(struct scope *scope, const struct coder *coder,
                               const char *name, struct err *err)
{
    enum split split;
    enum status status = split_parse(&split, name, err);

    if (status == OK)
        add_query(scope, coder)->split = (int)split;
    return status;
}

static enum status build_tree(struct dendro *out, const struct tree_rows *rows,
                              struct err *err)
{
    size_t merges = (size_t)(rows->count - rows->leaves);
    struct linkage_merge *m = mem_zalloc(merges, sizeof(*m));
    enum status status;

    for (size_t i = 0; i < merges; i++) {
        const struct tree_row *row = &rows->items[(size_t)rows->leaves + i];

        m[i] = (struct linkage_merge){.left = (uint32_t)row->left,
                                      .right = (uint32_t)row->right,
                                      .size = (uint32_t)row->leaves,
                                      .height = row->height};
    }
    status = dendro_from_merges(out, m, (uint32_t)rows->leaves, err);
    free(m);
    return status;
}

/* A node by its number (up to six digits) or its key in hexadecimal. */
static uint32_t find_node(const struct dendro *d, const char *text)
{
    size_t n = strlen(text);
    uint32_t number;

    if (n == 0 || strspn(text, "0123456789abcdef") != n || n > 16)
        return DENDRO_NONE;
    if (n > 6 || strspn(text, "0123456789") != n)
        return dendro_find(d, strtoull(text, NULL, 16));
    number = (uint32_t)strtoul(text, NULL, 10);
    return number < d->count ? number : DENDRO_NONE;
}

static enum status scope_node(struct scope *scope, const struct coder *coder,
                              struct task *task, struct err *err)
{
    const char *text = task_text(task, "node");
    struct dendro d = DENDRO_INIT;
    struct tree_rows rows;
    uint32_t node;
    enum status status = tree_rows_load(
        task->cat, coder->model, 0, linkage_name(LINKAGE_AVERAGE), &rows, err);

    if (status != OK)
        return status;
    status = build_tree(&d, &rows, err);
    node = status == OK ? find_node(&d, text) : DENDRO_NONE;
    if (status == OK && node == DENDRO_NONE)
        status = err_set(err, ERR_NOT_FOUND,
                         "there is no node %s: name one by its number, 0 to "
                         "%d, or its key",
                         text, rows.count - 1);
    for (uint32_t i = 0; status == OK && i < d.node[node].size; i++)
        add_query(scope, coder)->class_id =
            rows.class_ids[dendro_leaves(&d, node)[i]];
    dendro_release(&d);
    tree_rows_release(&rows);
    return status;
}

static enum status read_scope(struct scope *scope, const struct coder *coder,
                              struct task *task, struct err *err)
{
    enum status status = OK;

    if (task_text(task, "node") != NULL)
        status = scope_node(scope, coder, task, err);
    else if (task_text(task, "class") != NULL)
        status = scope_class(scope, coder, task_text(task, "class"), err);
    else if (task_text(task, "split") != NULL)
        status = scope_split(scope, coder, task_text(task, "split"), err);
    else
        add_query(scope, coder);
    for (int i = 0; i < scope->count && status == OK; i++) {
        int64_t n;

        status = images_count(task->cat, &scope->queries[i], &n, err);
        scope->images += n;
    }
    return status;
}

static void write_result(const struct coder *coder, struct task *task,
                         int64_t images)
{
    str_addf(&task->result, "{\"model_id\":%lld,\"images\":%lld}",
             (long long)coder->model, (long long)images);
}

static enum status encode_scope(struct coder *coder, struct task *task,
                                struct err *err)
{
    struct scope scope = {NULL, 0, 0, 0};
    enum status status = read_scope(&scope, coder, task, err);
    int64_t done = 0;

    for (int i = 0; i < scope.count && status == OK; i++)
        status = coder_images(coder, task, &scope.queries[i], &done,
                              scope.images, err);
    if (status == OK)
        write_result(coder, task, scope.images);
    free(scope.queries);
    return status;
}

/* "PATH:ROW" where no file has that whole name: the row of an IDX file, or of
 * CIFAR's, from 0. Sets *file (owned by the caller) and *row. */
static bool names_row(const char *path, char **file, uint32_t *row)
{
    const char *colon = strrchr(path, ':');
    char *end;
    unsigned long number;

    if (colon == NULL || colon[1] < '0' || colon[1] > '9' ||
        access(path, F_OK) == 0)
        return false;
    errno = 0;
    number = strtoul(colon + 1, &end, 10);
    if (errno || *end || number > UINT32_MAX)
        return false;
    *file = mem_strndup(path, (size_t)(colon - path));
    *row = (uint32_t)number;
    return true;
}

static enum status no_row(const char *path, uint32_t rows, uint32_t row,
                          struct err *err)
{
    return err_set(err, ERR_BAD_INPUT, "%s has rows 0 to %u, and no row %u",
                   path, rows - 1, row);
}

static enum status read_cifar_row(struct picture *out, const char *path,
                                  uint32_t row, struct err *err)
{
    struct cifar cifar;
    enum status status = cifar_read(&cifar, path, err);

    if (status != OK)
        return status;
    if (row >= cifar.n) {
        status = no_row(path, cifar.n, row, err);
    } else {
        *out =
            (struct picture){CIFAR_SIDE, CIFAR_SIDE, 3, mem_alloc(CIFAR_BYTES)};
        for (size_t i = 0; i < CIFAR_BYTES; i++)
            out->pixels[i % CIFAR_PIXELS * 3 + i / CIFAR_PIXELS] =
                cifar_pixels(&cifar, row)[i];
    }
    cifar_release(&cifar);
    return status;
}

static enum status read_row(struct picture *out, const char *path, uint32_t row,
                            struct err *err)
{
    struct idx idx;
    size_t bytes;
    enum status status;

    if (cifar_look(path))
        return read_cifar_row(out, path, row, err);
    status = idx_read_images(&idx, path, err);
    if (status != OK)
        return status;
    if (row >= idx.size[0]) {
        status = no_row(path, idx.size[0], row, err);
        idx_release(&idx);
        return status;
    }
    bytes = idx.count / idx.size[0];
    out->height = idx.size[1];
    out->width = idx.size[2];
    out->channels = idx.size[3];
    out->pixels = mem_alloc(bytes);
    memcpy(out->pixels, idx.data + row * bytes, bytes);
    idx_release(&idx);
    return OK;
}

static enum status read_whole(struct picture *out, const char *path,
                              struct err *err)
{
    unsigned char *bytes;
    size_t n;
    enum status status =
        input_whole(path, IMAGEFILE_BYTES_MAX, &bytes, &n, err);

    if (status != OK)
        return status;
    status = imagefile_decode(out, bytes, n, 0, path, err);
    free(bytes);
    return status;
}

static enum status read_picture(struct picture *out, const char *path,
                                struct err *err)
{
    char *file;
    uint32_t row;
    enum status status;

    if (!names_row(path, &file, &row))
        return read_whole(out, path, err);
    status = read_row(out, file, row, err);
    free(file);
    return status;
}

/* As pictures of the data set were prepared: resize is its own. */
static enum status cut_square(uint8_t **out, const struct picture *picture,
                              const struct learn_shape *shape, int resize,
                              struct err *err)
{
    struct prepare how = {.resize = (uint32_t)resize,
                          .size = (uint32_t)shape->height,
                          .channels = (uint32_t)shape->channels};
    uint8_t *pixels =
        mem_alloc((size_t)how.size * how.size * (size_t)shape->channels);
    enum status status = prepare_picture(pixels, picture, &how, err);

    if (status == OK)
        *out = pixels;
    else
        free(pixels);
    return status;
}

/* The picture as the model sees images: (C,H,W) bytes, owned by the caller.
 * Arrays are images whole, and so a picture is stretched to their shape. */
static enum status fit_picture(uint8_t **out, const char *path,
                               const struct learn_shape *shape, int resize,
                               struct err *err)
{
    struct picture picture, fitted;
    uint32_t channels = (uint32_t)shape->channels;
    size_t pixels = (size_t)shape->width * (size_t)shape->height;
    enum status status = read_picture(&picture, path, err);

    if (status != OK)
        return status;
    if (resize >= shape->height && shape->height == shape->width) {
        status = cut_square(out, &picture, shape, resize, err);
        picture_release(&picture);
        return status;
    }
    status = picture_fit(&fitted, &picture, (uint32_t)shape->width,
                         (uint32_t)shape->height, channels, err);
    picture_release(&picture);
    if (status != OK)
        return status;
    *out = mem_alloc(pixels * channels);
    picture_planes(*out, fitted.pixels, pixels, channels);
    picture_release(&fitted);
    return OK;
}

static void write_coded(const struct coder *coder, const struct coded *c,
                        struct str *out)
{
    const struct class_row *nearest = &coder->classes.items[c->nearest];
    struct str digits = STR_INIT;
    json_t *margins = json_array(), *o;
    char *text;

    code_text(&digits, c->code, coder->book.bits, CODE_PLAIN);
    for (int i = 0; i < coder->book.bits; i++)
        json_array_append_new(margins, json_integer(c->margins[i]));
    o = json_pack("{s:I, s:s, s:I, s:i, s:o}", "model_id",
                  (json_int_t)coder->model, "code", digits.text, "decoded",
                  (json_int_t)nearest->id, "distance", c->distance, "margins",
                  margins);
    text = json_dumps(o, JSON_COMPACT);
    str_add(out, text);
    free(text);
    json_decref(o);
    str_release(&digits);
}

/* Margins of a row of a file of features: PATH:ROW, or a file of one row. */
static enum status see_row(struct coder *coder, const char *path, float *z,
                           struct err *err)
{
    struct matrix m;
    uint32_t row = 0;
    char *file = NULL;
    bool named = names_row(path, &file, &row);
    enum status status = matrix_features(&m, named ? file : path, err);

    if (status == OK) {
        const void *rows[] = {NULL};
        struct learn_vectors vectors = {.d = (int)m.columns, .rows = rows};

        vectors.type = vectors_unpack(m.type);
        if (row >= m.rows || (!named && m.rows > 1)) {
            status = err_set(err, ERR_BAD_INPUT,
                             "%s has rows 0 to %zu: name one of them "
                             "(FILE:ROW)",
                             named ? file : path, m.rows - 1);
        } else {
            rows[0] = m.data + row * m.stride;
            status = learner_encode_vectors(coder->learner, &vectors, 1, z,
                                            NULL, err);
        }
        if (matrix_whole(&m, named ? file : path, err) != OK)
            status = err->status;
        matrix_release(&m);
    }
    free(file);
    return status;
}

static enum status see_picture(struct coder *coder, struct task *task,
                               const char *path, float *z, struct err *err)
{
    struct dataset dataset;
    uint8_t *pixels;
    enum status status = dataset_get(task->cat, coder->dataset, &dataset, err);

    if (status != OK)
        return status;
    status = fit_picture(&pixels, path, learner_shape(coder->learner),
                         dataset.resize, err);
    dataset_release(&dataset);
    if (status != OK)
        return status;
    status = learner_encode(coder->learner, pixels, 1, z, NULL, err);
    free(pixels);
    return status;
}

static enum status encode_file(struct coder *coder, struct task *task,
                               const char *path, struct err *err)
{
    float z[LEARN_BITS_MAX];
    struct coded c;
    enum status status = coder->vectors.dataset != NULL
                             ? see_row(coder, path, z, err)
                             : see_picture(coder, task, path, z, err);

    if (status != OK)
        return status;
    c = coder_decode(coder, z);
    write_coded(coder, &c, &task->result);
    return OK;
}

enum status task_encode(struct task *task, struct err *err)
{
    const char *file = task_text(task, "file");
    struct model_row model = {0};
    struct coder coder;
    enum status status = task_model(&model, task, err);

    if (status == OK)
        status = coder_load(&coder, task, &model, err);
    model_release(&model);
    if (status != OK)
        return status;
    if (file != NULL) {
        status = encode_file(&coder, task, file, err);
    } else if (task_text(task, "image") != NULL) {
        status = coder_image(&coder, task, task_int(task, "image"), err);
        if (status == OK)
            write_result(&coder, task, 1);
    } else {
        status = encode_scope(&coder, task, err);
    }
    coder_release(&coder);
    return status;
}
