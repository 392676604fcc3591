#include <config.h>

#include "formats/pth.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "formats/input.h"
#include "formats/pth-parts.h"

static enum status bad_tensor(const struct pth *c, const struct safetensor *t,
                              const char *what)
{
    struct str name = STR_INIT;

    utf8_escape(&name, t->name);
    err_set(c->err, ERR_BAD_INPUT,
            "%s: tensor %.80s %s: the file is damaged; copy it again",
            c->file->name, name.text, what);
    str_release(&name);
    return c->err->status;
}

/* ---- tensors ---- */

/* The arguments of a call that makes a tensor, or NULL. */
static const struct pickle_value *tensor_args(const struct pickle_value *v)
{
    const struct pickle_value *args;

    for (int depth = 0; depth < 2 && v->kind == PICKLE_CALL; depth++) {
        args = v->items[1];
        if (v->items[0]->number == REBUILD ||
            v->items[0]->number == REBUILD_OLD)
            return args->count >= 4 ? args : NULL;
        if (v->items[0]->number != PARAMETER || args->count < 1)
            return NULL;
        v = args->items[0];
    }
    return NULL;
}

/* A tuple of sizes: itself, or what a torch.Size is made of. */
static const struct pickle_value *sizes_of(const struct pickle_value *v)
{
    if (v->kind == PICKLE_CALL && v->items[0]->number == SIZE &&
        v->items[1]->count == 1)
        v = v->items[1]->items[0];
    return v->kind == PICKLE_TUPLE ? v : NULL;
}

static bool read_size(const struct pickle_value *v, size_t *out)
{
    *out = (size_t)v->number;
    return v->kind == PICKLE_INT && v->number >= 0 &&
           (uint64_t)v->number <= SAFETENSORS_BYTES_MAX;
}

static bool read_sizes(struct safetensor *t, struct pth_view *view,
                       const struct pickle_value *shape,
                       const struct pickle_value *stride)
{
    if (shape == NULL || stride == NULL || shape->count != stride->count ||
        shape->count > SAFETENSORS_DIMS_MAX)
        return false;
    t->dims = shape->count;
    t->count = 1;
    for (int d = 0; d < t->dims; d++)
        if (!read_size(shape->items[d], &t->shape[d]) ||
            !read_size(stride->items[d], &view->stride[d]) ||
            __builtin_mul_overflow(t->count, t->shape[d], &t->count) ||
            t->count > SAFETENSORS_BYTES_MAX)
            return false;
    return true;
}

/* Elements of the storage up to the last that the tensor has; whether they
 * lie in C order. SIZE_MAX: more than there can be. */
static size_t extent(const struct safetensor *t, struct pth_view *view)
{
    size_t last = view->first, inner = 1;

    view->contiguous = true;
    if (t->count == 0) {
        view->first = 0;
        return 0;
    }
    for (int d = t->dims - 1; d >= 0; d--) {
        size_t span;

        if (t->shape[d] > 1 && view->stride[d] != inner)
            view->contiguous = false;
        inner *= t->shape[d];
        if (__builtin_mul_overflow(view->stride[d], t->shape[d] - 1, &span) ||
            __builtin_add_overflow(last, span, &last))
            return SIZE_MAX;
    }
    return last + 1;
}

/* In the older stream a storage may be a part of another: where it begins. */
static bool read_part(const struct pickle_value *id,
                      const struct pickle_value **key, size_t *first)
{
    const struct pickle_value *part = id->count > 5 ? id->items[5] : NULL;

    *key = id->items[2];
    *first = 0;
    if (part == NULL || part->kind == PICKLE_NONE)
        return true;
    return part->kind == PICKLE_TUPLE && part->count == 3 &&
           read_size(part->items[1], first);
}

static enum status read_tensor(struct pth *c, struct safetensor *t,
                               struct pth_view *view,
                               const struct pickle_value *args)
{
    const struct pickle_value *id = pth_storage_id(args->items[0]), *key;
    const struct pth_storage *storage;
    size_t part, end, there;

    if (id == NULL || !read_part(id, &key, &part) ||
        !read_size(args->items[1], &view->first) ||
        !read_sizes(t, view, sizes_of(args->items[2]),
                    sizes_of(args->items[3])))
        return bad_tensor(c, t, "is not described as PyTorch does it");
    t->type = pth_type(id->items[1])->type;
    t->kind = pth_type(id->items[1])->kind;
    t->width = pth_type(id->items[1])->width;
    view->first += part;
    storage = pth_find_storage(c, key);
    if (storage == NULL)
        return bad_tensor(c, t, "is in a storage that is missing");
    if (!storage->stored)
        return bad_tensor(c, t,
                          "is in a storage that is missing or compressed, as "
                          "PyTorch writes none");
    end = extent(t, view);
    there = storage->bytes / t->width;
    if (end > there || t->count > there)
        return bad_tensor(c, t, "reaches beyond its storage");
    t->begin = storage->offset;
    if (view->contiguous)
        t->begin += view->first * t->width;
    else
        c->copied += t->count * t->width;
    return c->copied <= c->n ? OK
                             : bad_tensor(c, t,
                                          "and others share elements "
                                          "many times over");
}

/* ---- the state_dict ---- */

static const struct pickle_value *dict_tensors(const struct pickle_value *v)
{
    for (int i = 0; v->kind == PICKLE_DICT && i + 1 < v->count; i += 2)
        if (v->items[i]->kind == PICKLE_TEXT &&
            tensor_args(v->items[i + 1]) != NULL)
            return v;
    return NULL;
}

#define NESTED_MOST 4

/* The dict of tensors: where a usual name leads, or this one. */
static const struct pickle_value *find_state(const struct pickle_value *v,
                                             int depth)
{
    static const char *const usual[] = {
        "state_dict", "model_state_dict", "model",    "net",
        "network",    "encoder",          "backbone", "module"};

    for (size_t i = 0; depth < NESTED_MOST && i < ARRAY_SIZE(usual); i++) {
        const struct pickle_value *child = pickle_find(v, usual[i]);
        const struct pickle_value *found =
            child != NULL ? find_state(child, depth + 1) : NULL;

        if (found != NULL)
            return found;
    }
    return dict_tensors(v);
}

/* Keys of the outermost dict, for a message. */
static void list_keys(struct str *out, const struct pickle_value *v)
{
    struct str key = STR_INIT;

    for (int i = 0; v->kind == PICKLE_DICT && i + 1 < v->count; i += 2)
        if (v->items[i]->kind == PICKLE_TEXT && out->length < 200) {
            str_clear(&key);
            str_add_bytes(&key, v->items[i]->text,
                          v->items[i]->length < 40 ? v->items[i]->length : 40);
            str_add(out, out->length > 0 ? ", " : "");
            utf8_escape(out, key.text);
        }
    str_release(&key);
}

static enum status no_state(struct pth *c)
{
    struct str keys = STR_INIT;

    list_keys(&keys, c->pickle.root);
    err_set(c->err, ERR_BAD_INPUT,
            "%s holds no tensors by name, neither alone nor as state_dict or "
            "model (it has: %s): %s",
            c->file->name, keys.length > 0 ? keys.text : "no dict", PTH_REMEDY);
    str_release(&keys);
    return c->err->status;
}

static enum status read_state(struct pth *c)
{
    const struct pickle_value *state = find_state(c->pickle.root, 0);
    struct safetensors *file = c->file;
    size_t most;

    if (state == NULL)
        return no_state(c);
    most = (size_t)state->count / 2;
    if (most > SAFETENSORS_COUNT_MAX)
        return pth_damaged(c, "has more than 65536 tensors");
    file->items = mem_zalloc(most, sizeof(*file->items));
    c->views = mem_zalloc(most, sizeof(*c->views));
    for (int i = 0; i + 1 < state->count; i += 2) {
        const struct pickle_value *key = state->items[i];
        const struct pickle_value *args = tensor_args(state->items[i + 1]);
        struct safetensor *t = &file->items[file->count];

        if (key->kind != PICKLE_TEXT || args == NULL)
            continue;
        t->name = mem_strndup(key->text, key->length);
        if (read_tensor(c, t, &c->views[file->count++], args) != OK)
            return c->err->status;
    }
    return OK;
}

static void drop_prefix(struct safetensors *file)
{
    static const char prefix[] = "module.";
    size_t n = sizeof(prefix) - 1;

    for (int i = 0; i < file->count; i++)
        if (!str_starts(file->items[i].name, prefix))
            return;
    for (int i = 0; i < file->count; i++)
        memmove(file->items[i].name, file->items[i].name + n,
                strlen(file->items[i].name + n) + 1);
}

/* ---- elements ---- */

/* Element by element into C order. */
static void gather(const unsigned char *bytes, const struct safetensor *t,
                   const struct pth_view *view, unsigned char *out)
{
    size_t place[SAFETENSORS_DIMS_MAX] = {0};

    for (size_t i = 0; i < t->count; i++, out += t->width) {
        size_t from = view->first;
        int d = t->dims - 1;

        for (int e = 0; e < t->dims; e++)
            from += place[e] * view->stride[e];
        memcpy(out, bytes + t->begin + from * t->width, t->width);
        while (d >= 0 && ++place[d] == t->shape[d])
            place[d--] = 0;
    }
}

/* The elements of tensors that are not contiguous go behind the file. */
static enum status place_tensors(struct pth *c)
{
    struct safetensors *file = c->file;
    size_t at = c->n;

    if (c->copied > 0) {
        unsigned char *grown = realloc(file->data, c->n + c->copied);

        if (grown == NULL)
            return err_set(c->err, ERR_NOMEM, "no memory for the tensors of %s",
                           file->name);
        file->data = grown;
    }
    for (int i = 0; i < file->count; i++) {
        struct safetensor *t = &file->items[i];

        if (!c->views[i].contiguous) {
            gather(file->data, t, &c->views[i], file->data + at);
            t->begin = at;
            at += t->count * t->width;
        }
        t->bytes = file->data + t->begin;
    }
    return OK;
}

/* ---- the file ---- */

static enum status parse(struct pth *c)
{
    enum status status = pth_open(c);

    if (status == OK)
        status = read_state(c);
    if (status == OK) {
        drop_prefix(c->file);
        status = place_tensors(c);
    }
    return status;
}

/* A compressed file of a few bytes must not become gigabytes. */
#define RATIO 64

static enum status read_input(struct safetensors *out, struct input *in,
                              struct err *err)
{
    struct safetensors file = {.name = mem_strdup(in->name)};
    struct pth c = {.file = &file, .err = err};
    uint64_t most = in->size > SAFETENSORS_BYTES_MAX / RATIO
                        ? SAFETENSORS_BYTES_MAX
                        : RATIO * in->size;
    enum status status = input_take(in, most + 1, &file.data, &c.n, err);

    input_close(in);
    if (status == OK && c.n > most)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s holds, or unpacks to, more than %llu bytes: "
                         "unpack it yourself if you trust it",
                         file.name, (unsigned long long)most);
    if (status == OK) {
        c.bytes = file.data;
        status = parse(&c);
    }
    pickle_release(&c.pickle);
    free(c.storages);
    free(c.views);
    if (status == OK)
        *out = file;
    else
        safetensors_release(&file);
    return status;
}

enum status pth_read(struct safetensors *out, const char *path, struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}
