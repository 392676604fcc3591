#include <config.h>

#include "learn/modelfile.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/input.h"
#include "formats/pth.h"
#include "learn/modelfile-parts.h"
#include "learn/setting.h"
#include "nn/encoder-names.h"

/* ---- the heads: arrays of the learner behind the encoder ---- */

struct head {
    const char *name;
    int dims;
    size_t rows, columns;
    float *data;   /* the learner's */
    bool features; /* the columns are the values of F(x) */
    bool spare;    /* serves only further learning */
};

enum { HEADS_MAX = 7 };

/* Those that the learner has. */
static int list_heads(const struct learner *l, struct head heads[HEADS_MAX])
{
    size_t d = (size_t)l->encoder.features, k = (size_t)l->spec.bits;
    size_t classes = l->shape.classes;
    int count = 0;

    if (learner_has_codes(l)) {
        heads[count++] = (struct head){
            "fc_lr.weight", 4, k, d, l->params + l->projection, true, false};
        heads[count++] = (struct head){
            "fc.weight", 4, classes, k, l->params + l->codebook, false, false};
    }
    if (l->shift != NULL)
        heads[count++] =
            (struct head){"fc_lr.bias", 1, k, 1, l->shift, false, false};
    if (l->spec.epochs[PHASE_WARM] > 0) {
        bool spare = learner_has_codes(l);

        heads[count++] =
            (struct head){"classifier.weight",       2,    classes, d,
                          l->params + l->classifier, true, spare};
        heads[count++] = (struct head){"classifier.bias",   1,     classes, 1,
                                       l->params + l->bias, false, spare};
    }
    if (l->centre != NULL) {
        size_t n = (size_t)l->shape.channels;

        heads[count++] =
            (struct head){"input.mean", 1, n, 1, l->centre, false, false};
        heads[count++] =
            (struct head){"input.scale", 1, n, 1, l->inverse, false, false};
    }
    return count;
}

/* Where value i of a file's array is in the learner's. */
static size_t head_place(const struct learner *l, const struct head *head,
                         size_t i)
{
    if (!head->features)
        return i;
    return i / head->columns * head->columns +
           encoder_feature(&l->encoder, i % head->columns);
}

static void head_shape(const struct head *head, size_t shape[4])
{
    shape[0] = head->rows;
    shape[1] = head->columns;
    shape[2] = shape[3] = 1;
}

/* ---- __metadata__ ---- */

struct about {
    struct safetensors_pair *items;
    int count, room;
};

static void about_add(struct about *about, const char *key, const char *value)
{
    ARRAY_GROW(about->items, about->count, about->room);
    about->items[about->count++] =
        (struct safetensors_pair){mem_strdup(key), mem_strdup(value)};
}

static void about_release(struct about *about)
{
    for (int i = 0; i < about->count; i++) {
        free(about->items[i].key);
        free(about->items[i].value);
    }
    free(about->items);
}

/* As many digits as it takes to read the same number. */
static void add_number(struct str *out, double value)
{
    char text[32];

    snprintf(text, sizeof(text), "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof(text), "%.17g", value);
    str_add(out, text);
}

/* Values with commas between them; of a choice its name. */
static void add_settings(struct about *about, const struct learn_spec *spec)
{
    int count;
    const struct setting *table = settings(&count);
    struct str s = STR_INIT;

    for (int i = 0; i < count; i++) {
        str_clear(&s);
        for (int j = 0; j < table[i].items; j++) {
            double value = setting_get(spec, &table[i], j);

            if (j > 0)
                str_add_char(&s, ',');
            if (table[i].type == SETTING_CHOICE)
                str_add(&s, table[i].choices[(int)value]);
            else
                add_number(&s, value);
        }
        about_add(about, table[i].name, s.text);
    }
    str_release(&s);
}

/* Channels whose bytes are normalised: none of a vector. */
static int norm_channels(const struct learn_shape *shape)
{
    return shape->height * shape->width > 1 ? shape->channels : 0;
}

static void add_norm(struct about *about, const struct learner *l)
{
    int channels = norm_channels(&l->shape);
    struct str mean = STR_INIT, deviation = STR_INIT;

    if (channels == 0)
        return;
    for (int c = 0; c < channels; c++) {
        if (c > 0) {
            str_add_char(&mean, ',');
            str_add_char(&deviation, ',');
        }
        add_number(&mean, (double)l->norm.mean[c] / 255);
        add_number(&deviation, 1 / (double)l->norm.inverse[c] / 255);
    }
    about_add(about, "mean", mean.text);
    about_add(about, "deviation", deviation.text);
    str_release(&mean);
    str_release(&deviation);
}

static void add_classes(struct about *about, const char *const *names,
                        uint32_t classes)
{
    json_t *list = json_array();
    char *text;

    for (uint32_t c = 0; c < classes; c++)
        json_array_append_new(list, json_string(names[c]));
    text = json_dumps(list, JSON_COMPACT);
    about_add(about, "classes", text);
    free(text);
    json_decref(list);
}

static void add_all(struct about *about, const struct learner *l,
                    const char *model, const char *const *names)
{
    char text[64];

    about_add(about, "format", "pt");
    about_add(about, "writer", "bitgrove " PACKAGE_VERSION);
    about_add(about, "model", model);
    about_add(about, "encoder", l->spec.encoder);
    snprintf(text, sizeof(text), "%dx%dx%d", l->shape.channels, l->shape.height,
             l->shape.width);
    about_add(about, "image", text);
    snprintf(text, sizeof(text), "%.9g", (double)l->scale);
    about_add(about, "margin_scale", text);
    add_norm(about, l);
    add_settings(about, &l->spec);
    add_classes(about, names, l->shape.classes);
}

/* ---- writing ---- */

/* Copies every array into the file's layout; tensors[] borrow from it. */
static float *lay_out(const struct learner *l, struct safetensors_out *tensors,
                      char (*names)[ENCODER_NAME_MAX], int *count)
{
    struct head heads[HEADS_MAX];
    int arrays = encoder_tensors(&l->encoder), more = list_heads(l, heads);
    size_t more_floats =
        (l->centre != NULL ? 2 * (size_t)l->shape.channels : 0) +
        (l->shift != NULL ? (size_t)l->spec.bits : 0);
    float *room =
        mem_large(l->count + l->encoder.stats + more_floats, sizeof(*room));
    float *at = room;

    *count = arrays + more;
    if (room == NULL)
        return NULL;
    for (int i = 0; i < arrays; i++) {
        struct encoder_tensor t = encoder_tensor(&l->encoder, i);

        memcpy(names[i], t.name, sizeof(names[i]));
        tensors[i] = (struct safetensors_out){names[i], t.dims, {0}, at};
        memcpy(tensors[i].shape, t.shape, sizeof(t.shape));
        encoder_tensor_get(&l->encoder, &t, l->params, l->stats, at);
        at += t.count;
    }
    for (int i = 0; i < more; i++) {
        const struct head *head = &heads[i];
        struct safetensors_out *out = &tensors[arrays + i];

        *out = (struct safetensors_out){head->name, head->dims, {0}, at};
        head_shape(head, out->shape);
        for (size_t j = 0; j < head->rows * head->columns; j++)
            *at++ = head->data[head_place(l, head, j)];
    }
    return room;
}

enum status modelfile_write(FILE *out, const char *path,
                            const struct learner *learner, const char *model,
                            const char *const *names, struct err *err)
{
    size_t most = (size_t)encoder_tensors(&learner->encoder) + HEADS_MAX;
    struct safetensors_out *tensors = mem_zalloc(most, sizeof(*tensors));
    char(*labels)[ENCODER_NAME_MAX] = mem_zalloc(most, sizeof(*labels));
    struct about about = {NULL, 0, 0};
    int count;
    float *room = lay_out(learner, tensors, labels, &count);
    enum status status;

    add_all(&about, learner, model, names);
    if (room == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to write %s", path);
    else
        status = safetensors_write(out, path, tensors, count, about.items,
                                   about.count, err);
    about_release(&about);
    free(room);
    free(labels);
    free(tensors);
    return status;
}

/* ---- reading ---- */

void modelfile_release(struct modelfile *file)
{
    learner_free(file->learner);
    free(file->model);
    for (uint32_t c = 0; c < file->classes; c++)
        free(file->names[c]);
    free(file->names);
    memset(file, 0, sizeof(*file));
}

static enum status unknown(const struct safetensors *f, const char *key,
                           struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: its __metadata__ has no %s that is understood: only "
                   "what `bitgrove export CATALOGUE model' wrote can be read",
                   f->name, key);
}

/* The numbers of a key with commas between them: exactly n. */
static bool read_numbers(const struct safetensors *f, const char *key,
                         double *out, int n)
{
    const char *at = safetensors_value(f, key);

    for (int i = 0; at != NULL && i < n; i++) {
        char *end;

        out[i] = strtod(at, &end);
        if (end == at || *end != (i + 1 < n ? ',' : '\0') || !isfinite(out[i]))
            return false;
        at = end + 1;
    }
    return at != NULL;
}

static enum status read_spec(const struct safetensors *f,
                             struct learn_spec *spec, struct err *err)
{
    const char *encoder = safetensors_value(f, "encoder");
    int count;
    const struct setting *table = settings(&count);
    struct str lines = STR_INIT;
    enum status status;

    *spec = learn_spec_default(RECIPE_PAPER);
    if (encoder == NULL || strlen(encoder) >= sizeof(spec->encoder))
        return unknown(f, "encoder", err);
    strcpy(spec->encoder, encoder);
    for (int i = 0; i < count; i++) {
        const char *value = safetensors_value(f, table[i].name);

        if (value == NULL)
            continue;
        str_addf(&lines, "%s ", table[i].name);
        for (; *value != '\0'; value++)
            str_add_char(&lines, *value == ',' ? ' ' : *value);
        str_add_char(&lines, '\n');
    }
    status = settings_read(spec, lines.text, lines.length, err);
    str_release(&lines);
    if (status == OK)
        status = learn_spec_check(spec, err);
    return status == OK ? OK : err_wrap(err, "%s", f->name);
}

static enum status read_shape(const struct safetensors *f,
                              struct learn_shape *shape, struct err *err)
{
    const char *image = safetensors_value(f, "image");
    int used = 0;

    if (image == NULL ||
        sscanf(image, "%7dx%7dx%7d%n", &shape->channels, &shape->height,
               &shape->width, &used) != 3 ||
        image[used] != '\0')
        return unknown(f, "image", err);
    return learner_check_shape(shape, err) == OK ? OK
                                                 : err_wrap(err, "%s", f->name);
}

static enum status read_classes(const struct safetensors *f,
                                struct modelfile *out, struct err *err)
{
    const char *text = safetensors_value(f, "classes");
    json_t *list = text != NULL ? json_loads(text, 0, NULL) : NULL;
    size_t n = json_array_size(list);
    bool good = n > 0 && n <= LEARN_CLASSES_MAX;

    for (size_t c = 0; good && c < n; c++)
        good = json_is_string(json_array_get(list, c));
    if (good) {
        out->names = mem_zalloc(n, sizeof(*out->names));
        for (; out->classes < n; out->classes++)
            out->names[out->classes] = mem_strdup(
                json_string_value(json_array_get(list, out->classes)));
    }
    json_decref(list);
    return good ? OK : unknown(f, "classes", err);
}

static enum status read_norm(const struct safetensors *f, struct learner *l,
                             struct err *err)
{
    double mean[LEARN_CHANNELS_MAX], deviation[LEARN_CHANNELS_MAX], scale;
    int channels = norm_channels(&l->shape);

    if (channels > 0 && !read_numbers(f, "mean", mean, channels))
        return unknown(f, "mean", err);
    if (channels > 0 && !read_numbers(f, "deviation", deviation, channels))
        return unknown(f, "deviation", err);
    for (int c = 0; c < channels; c++) {
        l->norm.mean[c] = (float)(mean[c] * 255);
        l->norm.inverse[c] = (float)(1 / (deviation[c] * 255));
        if (!(deviation[c] > 0) || !isfinite(l->norm.mean[c]) ||
            !isfinite(l->norm.inverse[c]))
            return unknown(f, "deviation", err);
    }
    if (!read_numbers(f, "margin_scale", &scale, 1) || !(scale > 0) ||
        !((float)scale > 0) || !isfinite((float)scale))
        return unknown(f, "margin_scale", err);
    l->scale = (float)scale;
    return OK;
}

/* The tensor of this name and shape, or ERR_BAD_INPUT. */
static enum status find_tensor(const struct safetensor **out,
                               const struct safetensors *f, const char *name,
                               int dims, const size_t *shape, struct err *err)
{
    const struct safetensor *t = safetensors_find(f, name);
    struct str text = STR_INIT;
    bool fits = t != NULL && t->dims == dims;

    for (int d = 0; fits && d < dims; d++)
        fits = t->shape[d] == shape[d];
    if (fits) {
        *out = t;
        return OK;
    }
    for (int d = 0; d < dims; d++)
        str_addf(&text, "%s%zu", d ? ", " : "", shape[d]);
    err_set(err, ERR_BAD_INPUT,
            "%s: its encoder, bits and classes need a tensor %s of shape (%s), "
            "and it has %s",
            f->name, name, text.text,
            t == NULL ? "none of this name" : "one of another shape");
    str_release(&text);
    return err->status;
}

enum status modelfile_encoder(const struct safetensors *f, struct learner *l,
                              float *room, struct err *err)
{
    for (int i = 0; i < encoder_tensors(&l->encoder); i++) {
        struct encoder_tensor t = encoder_tensor(&l->encoder, i);
        const struct safetensor *from = NULL;

        if (find_tensor(&from, f, t.name, t.dims, t.shape, err) != OK ||
            safetensors_floats(f, from, room, err) != OK)
            return err->status;
        for (size_t j = 0; t.part == ENCODER_VARIANCE && j < t.count; j++)
            if (room[j] < 0)
                return err_set(err, ERR_BAD_INPUT,
                               "%s: tensor %s holds a negative variance at "
                               "element %zu",
                               f->name, t.name, j);
        encoder_tensor_set(&l->encoder, &t, room, l->params, l->stats);
    }
    return OK;
}

static enum status read_heads(const struct safetensors *f, struct learner *l,
                              float *room, struct err *err)
{
    struct head heads[HEADS_MAX];
    int count = list_heads(l, heads);

    for (int i = 0; i < count; i++) {
        const struct safetensor *from = NULL;
        size_t shape[4];

        /* the classifier serves only further learning */
        if (heads[i].spare && safetensors_find(f, heads[i].name) == NULL)
            continue;
        head_shape(&heads[i], shape);
        if (find_tensor(&from, f, heads[i].name, heads[i].dims, shape, err) !=
                OK ||
            safetensors_floats(f, from, room, err) != OK)
            return err->status;
        for (size_t j = 0; j < from->count; j++)
            heads[i].data[head_place(l, &heads[i], j)] = room[j];
    }
    return OK;
}

#define CLASSIFIER_MAX (1u << 28) /* its weights, where the file has none */

/* Nothing large is allocated unless the file's tensors are as large. */
static enum status check_size(const struct safetensors *f,
                              const struct learn_spec *spec,
                              const struct learn_shape *shape, struct err *err)
{
    const struct safetensor *t = safetensors_find(f, "classifier.weight");
    size_t k = (size_t)spec->bits, there = t != NULL ? t->count : 0;
    size_t want[4] = {shape->classes, k, 1, 1}, weights;
    struct encoder encoder;

    if (encoder_init(&encoder, spec->encoder, spec->width, shape->channels,
                     shape->height, shape->width, err) != OK)
        return err_wrap(err, "%s", f->name);
    for (int i = 0; i < encoder_tensors(&encoder); i++) {
        struct encoder_tensor part = encoder_tensor(&encoder, i);

        if (find_tensor(&t, f, part.name, part.dims, part.shape, err) != OK)
            return err->status;
    }
    weights = want[0] * (size_t)encoder.features;
    if (there != weights && weights > CLASSIFIER_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: %zu classes and %d features are more than can be "
                       "learnt from",
                       f->name, want[0], encoder.features);
    return spec->baseline == BASELINE_ORDINARY
               ? OK
               : find_tensor(&t, f, "fc.weight", 4, want, err);
}

static enum status read_learner(const struct safetensors *f,
                                struct modelfile *out, struct err *err)
{
    struct learn_spec spec;
    struct learn_shape shape = {0};
    float *room;
    enum status status;

    if (read_classes(f, out, err) != OK)
        return err->status;
    shape.classes = out->classes;
    if (read_spec(f, &spec, err) != OK || read_shape(f, &shape, err) != OK ||
        check_size(f, &spec, &shape, err) != OK ||
        learner_alloc(&out->learner, &spec, &shape, err) != OK)
        return err->status;
    room = mem_large(out->learner->count, sizeof(*room));
    if (room == NULL)
        return err_set(err, ERR_NOMEM, "no memory to read %s", f->name);
    status = read_norm(f, out->learner, err);
    if (status == OK)
        status = modelfile_encoder(f, out->learner, room, err);
    if (status == OK)
        status = read_heads(f, out->learner, room, err);
    free(room);
    out->scaled = true;
    out->learner->phase = PHASE_COUNT;
    return status;
}

/* A checkpoint of PyTorch, else safetensors. */
static enum status read_tensors(struct safetensors *out, const char *path,
                                struct err *err)
{
    unsigned char start[PTH_START];
    struct input in;
    size_t got = 0;
    enum status status = input_open(&in, path, err);

    if (status != OK)
        return status;
    status = input_read(&in, start, sizeof(start), &got, err);
    input_close(&in);
    if (status != OK)
        return status;
    return pth_is(start, got) ? pth_read(out, path, err)
                              : safetensors_read(out, path, err);
}

enum status modelfile_read(struct modelfile *out, const char *path,
                           const struct modelfile_ask *ask, struct err *err)
{
    struct safetensors f = {.count = 0};
    struct modelfile file = {.classes = 0};
    const char *model;
    enum status status = read_tensors(&f, path, err);

    if (status != OK)
        return status;
    if (ask != NULL && safetensors_value(&f, "encoder") == NULL)
        status = checkpoint_learner(&file, &f, ask, err);
    else
        status = read_learner(&f, &file, err);
    model = safetensors_value(&f, "model");
    file.model = mem_strdup(model != NULL && model[0] ? model : "imported");
    safetensors_release(&f);
    if (status == OK)
        *out = file;
    else
        modelfile_release(&file);
    return status;
}
