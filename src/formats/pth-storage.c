#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/pth-parts.h"
#include "formats/pth.h"
#include "formats/zip.h"

#define PICKLE_MOST (64u << 20) /* bytes of the object's pickle */

static const char *const names[] = {
    [ORDERED_DICT] = "collections OrderedDict",
    [REBUILD] = "torch._utils _rebuild_tensor_v2",
    [REBUILD_OLD] = "torch._utils _rebuild_tensor",
    [PARAMETER] = "torch._utils _rebuild_parameter",
    [SIZE] = "torch Size",
    [STORAGE] = "torch FloatStorage",
    "torch DoubleStorage",
    "torch HalfStorage",
    "torch BFloat16Storage",
    "torch LongStorage",
    "torch IntStorage",
    "torch ShortStorage",
    "torch CharStorage",
    "torch ByteStorage",
    "torch BoolStorage",
    NULL,
};
static const bool makes[ARRAY_SIZE(names)] = {[ORDERED_DICT] = true};
static const struct pth_type types[] = {
    {"F32", SAFETENSORS_FLOAT, 4},   {"F64", SAFETENSORS_FLOAT, 8},
    {"F16", SAFETENSORS_FLOAT, 2},   {"BF16", SAFETENSORS_BRAIN, 2},
    {"I64", SAFETENSORS_SIGNED, 8},  {"I32", SAFETENSORS_SIGNED, 4},
    {"I16", SAFETENSORS_SIGNED, 2},  {"I8", SAFETENSORS_SIGNED, 1},
    {"U8", SAFETENSORS_UNSIGNED, 1}, {"BOOL", SAFETENSORS_OTHER, 1},
};

const struct pth_type *pth_type(const struct pickle_value *name)
{
    return &types[name->number - STORAGE];
}

enum status pth_damaged(const struct pth *c, const char *what)
{
    return err_set(c->err, ERR_BAD_INPUT,
                   "%s %s: the file is damaged or no checkpoint of PyTorch; "
                   "copy it again",
                   c->file->name, what);
}

/* ---- storages ---- */

static void add_storage(struct pth *c, const char *key, size_t length,
                        size_t offset, size_t bytes, bool stored)
{
    ARRAY_GROW(c->storages, c->count, c->room);
    c->storages[c->count++] =
        (struct pth_storage){key, length, offset, bytes, stored};
}

static int by_key(const void *a, const void *b)
{
    const struct pth_storage *s = a, *t = b;
    size_t n = s->length < t->length ? s->length : t->length;
    int order = memcmp(s->key, t->key, n);

    return order != 0 ? order
                      : (s->length > t->length) - (s->length < t->length);
}

const struct pth_storage *pth_find_storage(const struct pth *c,
                                           const struct pickle_value *key)
{
    struct pth_storage want = {.key = key->text, .length = key->length};

    return c->count == 0 ? NULL
                         : bsearch(&want, c->storages, (size_t)c->count,
                                   sizeof(want), by_key);
}

/* ---- the archive ---- */

/* The part of a member's name behind its first slash, or NULL. */
static const char *member_path(const struct zip_member *m, size_t *length)
{
    const char *slash = memchr(m->text, '/', m->length);

    if (slash == NULL)
        return NULL;
    *length = m->length - (size_t)(slash + 1 - m->text);
    return slash + 1;
}

static bool is_path(const char *path, size_t length, const char *want)
{
    return length == strlen(want) && memcmp(path, want, length) == 0;
}

static enum status take_member(struct pth *c, struct zip_member *m,
                               const struct zip *zip, struct zip_member *pickle)
{
    static const char folder[] = "data/";
    size_t length = 0, n = sizeof(folder) - 1;
    const char *path = member_path(m, &length);

    if (path == NULL)
        return OK;
    if (is_path(path, length, "constants.pkl"))
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s is a TorchScript program, not a checkpoint: %s",
                       c->file->name, PTH_REMEDY);
    if (is_path(path, length, "data.pkl") ||
        is_path(path, length, "byteorder") ||
        (length > n && memcmp(path, folder, n) == 0))
        if (zip_locate(m, zip, c->err) != OK)
            return c->err->status;
    if (is_path(path, length, "byteorder") && m->stored && m->size == 3)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s was saved on a big-endian machine: %s there with a "
                       "newer PyTorch",
                       c->file->name, PTH_REMEDY);
    if (is_path(path, length, "data.pkl"))
        *pickle = *m;
    else if (length > n && memcmp(path, folder, n) == 0)
        add_storage(c, path + n, length - n, (size_t)m->offset, (size_t)m->size,
                    m->stored);
    return OK;
}

static enum status read_archive(struct pth *c)
{
    struct zip zip;
    struct zip_member m, pickle = {.text = NULL};

    if (zip_begin(&zip, c->bytes, c->n, c->file->name, PTH_REMEDY, c->err) !=
        OK)
        return c->err->status;
    while (zip.entries > 0)
        if (zip_next(&m, &zip, c->err) != OK ||
            take_member(c, &m, &zip, &pickle) != OK)
            return c->err->status;
    if (pickle.text == NULL)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s is an archive without data.pkl, so no checkpoint "
                       "of PyTorch",
                       c->file->name);
    if (!pickle.stored || pickle.size > PICKLE_MOST)
        return err_set(
            c->err, ERR_BAD_INPUT,
            "%s: its data.pkl is %s, as PyTorch writes none: %s", c->file->name,
            pickle.stored ? "larger than 64 MiB" : "compressed", PTH_REMEDY);
    if (c->count > 0)
        qsort(c->storages, (size_t)c->count, sizeof(*c->storages), by_key);
    return pickle_read(&c->pickle, c->bytes + pickle.offset,
                       (size_t)pickle.size, (size_t)pickle.offset, names, makes,
                       c->file->name, c->err);
}

/* ---- the older stream ---- */

/* 0x1950a86a20f9469cfc6c as a long of protocol 2. */
static const char magic[] =
    "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
#define STREAM_VERSION 1001

static enum status next_pickle(struct pth *c, size_t *at, struct pickle *out)
{
    size_t left = c->n - *at;

    if (pickle_read(out, c->bytes + *at,
                    left < PICKLE_MOST ? left : PICKLE_MOST, *at, names, makes,
                    c->file->name, c->err) != OK)
        return c->err->status;
    *at += out->used;
    return OK;
}

static enum status check_machine(struct pth *c, size_t *at)
{
    struct pickle p = {.root = NULL};
    const struct pickle_value *little;
    bool good;

    if (next_pickle(c, at, &p) != OK)
        return c->err->status;
    good = p.root->kind == PICKLE_INT && p.root->number == STREAM_VERSION;
    pickle_release(&p);
    if (!good)
        return pth_damaged(c, "is of a version that no PyTorch writes");
    if (next_pickle(c, at, &p) != OK)
        return c->err->status;
    little = pickle_find(p.root, "little_endian");
    good = little != NULL && little->kind == PICKLE_BOOL && little->number;
    pickle_release(&p);
    return good ? OK
                : err_set(c->err, ERR_BAD_INPUT,
                          "%s was saved on a big-endian machine: %s there "
                          "with a newer PyTorch",
                          c->file->name, PTH_REMEDY);
}

const struct pickle_value *pth_storage_id(const struct pickle_value *v)
{
    const struct pickle_value *id =
        v->kind == PICKLE_PERSISTENT ? v->items[0] : NULL;

    if (id == NULL || id->kind != PICKLE_TUPLE || id->count < 5 ||
        !pickle_is(id->items[0], "storage") ||
        id->items[1]->kind != PICKLE_NAME || id->items[1]->number < STORAGE ||
        id->items[2]->kind != PICKLE_TEXT || id->items[4]->kind != PICKLE_INT)
        return NULL;
    return id;
}

/* Every storage that is spoken of; bytes: of one of its elements. */
static void list_storages(struct pth *c)
{
    int kept = 0;

    for (int i = 0; i < c->pickle.kept_count; i++) {
        const struct pickle_value *id = pth_storage_id(c->pickle.kept[i]);

        if (id != NULL)
            add_storage(c, id->items[2]->text, id->items[2]->length, 0,
                        pth_type(id->items[1])->width, false);
    }
    if (c->count > 0)
        qsort(c->storages, (size_t)c->count, sizeof(*c->storages), by_key);
    for (int i = 0; i < c->count; i++)
        if (kept == 0 || by_key(&c->storages[kept - 1], &c->storages[i]) != 0)
            c->storages[kept++] = c->storages[i];
    c->count = kept;
}

static enum status place_storage(struct pth *c, const struct pickle_value *key,
                                 size_t *at)
{
    const struct pth_storage *found =
        key->kind == PICKLE_TEXT ? pth_find_storage(c, key) : NULL;
    struct pth_storage *s;
    uint64_t elements = 0;

    if (found == NULL || found->stored)
        return pth_damaged(c, "has a storage that no tensor is in");
    s = &c->storages[found - c->storages];
    if (c->n - *at < 8)
        return pth_damaged(c, "ends before its last storage");
    for (int i = 7; i >= 0; i--)
        elements = elements << 8 | c->bytes[*at + (size_t)i];
    *at += 8;
    if (elements > (c->n - *at) / s->bytes)
        return pth_damaged(c, "ends within a storage");
    s->offset = *at;
    s->bytes *= (size_t)elements;
    s->stored = true;
    *at += s->bytes;
    return OK;
}

static enum status read_stream(struct pth *c)
{
    struct pickle keys = {.root = NULL};
    size_t at = sizeof(magic) - 1;
    enum status status = OK;

    if (check_machine(c, &at) != OK || next_pickle(c, &at, &c->pickle) != OK ||
        next_pickle(c, &at, &keys) != OK)
        return c->err->status;
    list_storages(c);
    if (keys.root->kind != PICKLE_LIST)
        status = pth_damaged(c, "has no list of storages");
    for (int i = 0; status == OK && i < keys.root->count; i++)
        status = place_storage(c, keys.root->items[i], &at);
    pickle_release(&keys);
    return status;
}

bool pth_is(const unsigned char *bytes, size_t n)
{
    return zip_is(bytes, n) || (n >= sizeof(magic) - 1 &&
                                memcmp(bytes, magic, sizeof(magic) - 1) == 0);
}

enum status pth_open(struct pth *c)
{
    if (!pth_is(c->bytes, c->n))
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s is no checkpoint of PyTorch: it begins neither as "
                       "an archive nor with the older magic number",
                       c->file->name);
    return zip_is(c->bytes, c->n) ? read_archive(c) : read_stream(c);
}
