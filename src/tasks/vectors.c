#include <config.h>

#include "tasks/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/mapping.h"

enum unpack_type vectors_unpack(enum matrix_type type)
{
    return type == MATRIX_F16   ? UNPACK_F16
           : type == MATRIX_F32 ? UNPACK_F32
                                : UNPACK_F64;
}

enum status vectors_init(struct vectors *out, struct catalogue *cat,
                         const struct dataset *dataset, struct err *err)
{
    if (dataset->kind != DATASET_VECTORS)
        return err_set(err, ERR_BAD_INPUT,
                       "data set %s holds images, no features", dataset->name);
    *out = (struct vectors){.cat = cat,
                            .dataset = mem_strdup(dataset->name),
                            .dataset_id = dataset->id,
                            .d = dataset->channels};
    return OK;
}

void vectors_release(struct vectors *vectors)
{
    for (int i = 0; i < vectors->count; i++) {
        matrix_release(&vectors->files[i].matrix);
        free(vectors->files[i].path);
    }
    free(vectors->files);
    free(vectors->dataset);
    memset(vectors, 0, sizeof(*vectors));
}

void vectors_place(struct source_row *row, const struct matrix *matrix)
{
    snprintf(row->element, sizeof(row->element), "%s",
             matrix_type_name(matrix->type));
    row->start = (int64_t)matrix->offset;
    row->stride = (int64_t)matrix->stride;
    row->bytes = (int64_t)matrix->size;
    row->mtime = matrix->mtime;
}

enum status vectors_again(struct matrix *out, const struct source_row *row,
                          int d, struct err *err)
{
    struct matrix want = {.rows = (size_t)row->images,
                          .columns = (size_t)d,
                          .offset = (uint64_t)row->start,
                          .stride = (size_t)row->stride,
                          .size = (uint64_t)row->bytes,
                          .mtime = row->mtime};

    if (!matrix_type_parse(&want.type, row->element) ||
        want.type > MATRIX_F64 || row->images < 1 || row->start < 0 ||
        row->stride < 1 || row->bytes < 1)
        return err_set(err, ERR_CATALOGUE,
                       "the catalogue's row of %s makes no sense: see "
                       "bitgrove check",
                       row->path);
    return matrix_again(out, row->path, &want, strtoull(row->digest, NULL, 16),
                        err);
}

static enum status open_file(struct vectors *v, const struct source_row *row,
                             struct err *err)
{
    struct matrix matrix;
    enum status status = vectors_again(&matrix, row, v->d, err);

    if (status == ERR_NOT_FOUND || status == ERR_BAD_INPUT) {
        struct err why = *err;

        return err_set(err, ERR_BAD_INPUT,
                       "%s; if the file is elsewhere now, import it once more "
                       "from there (--split %s --dataset %s): nothing is "
                       "added, the catalogue looks for it there",
                       why.text, split_name(row->split), v->dataset);
    }
    if (status != OK)
        return status;
    ARRAY_GROW(v->files, v->count, v->room);
    v->files[v->count++] =
        (struct vectors_file){row->id, matrix, mem_strdup(row->path)};
    return OK;
}

static enum status find_file(struct vectors *v, int64_t source, int *index,
                             struct err *err)
{
    struct source_list list;
    enum status status;

    for (int i = 0; i < v->count; i++)
        if (v->files[i].source == source) {
            *index = i;
            return OK;
        }
    status = source_all(v->cat, &list, err);
    if (status != OK)
        return status;
    *index = v->count;
    for (int i = 0; i < list.count && status == OK; i++)
        if (list.items[i].id == source)
            status = open_file(v, &list.items[i], err);
    source_list_release(&list);
    if (status == OK && *index == v->count)
        status = err_set(err, ERR_CATALOGUE,
                         "source %lld is not there: see bitgrove check",
                         (long long)source);
    return status;
}

enum status vectors_whole(const struct vectors *v, struct err *err)
{
    enum status status = OK;

    for (int i = 0; i < v->count && status == OK; i++)
        status = matrix_whole(&v->files[i].matrix, v->files[i].path, err);
    return status;
}

/*
 * Linux drops the pages of a mapping, not what the page cache has of it. Once a
 * window was seen there will be others; with the neighbours that Linux maps
 * besides, up to one and a half windows are in memory until then.
 */
static void give_back(void *ctx, uint32_t rows)
{
    struct vectors *v = ctx;

    v->seen += rows * v->row;
    if (v->seen < LEARN_WINDOW)
        return;
    v->seen = 0;
    for (int i = 0; i < v->count; i++)
        mapping_forget(v->files[i].matrix.file);
}

/* For a file that does not stay in memory: what is wanted next. */
static void expect(void *ctx, const void *row, size_t bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = (uintptr_t)row & ~(page - 1);

    (void)ctx;
    madvise((void *)from, (uintptr_t)row + bytes - from, MADV_WILLNEED);
}

/* Whether the files are larger than half of the memory there is. */
static bool too_large(const struct vectors *v)
{
    uint64_t bytes = 0;
    uint64_t memory =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

    for (int i = 0; i < v->count; i++)
        bytes += v->files[i].matrix.size;
    return bytes > memory / 2;
}

enum status vectors_rows(struct learn_vectors *out, struct vectors *v,
                         const int64_t *sources, const int64_t *positions,
                         int64_t n, const void **rows, struct err *err)
{
    int at = -1;
    enum matrix_type type = MATRIX_F32;

    for (int64_t i = 0; i < n; i++) {
        const struct matrix *m;

        if (at < 0 || v->files[at].source != sources[i]) {
            enum status status = find_file(v, sources[i], &at, err);

            if (status != OK)
                return status;
        }
        m = &v->files[at].matrix;
        if (positions[i] < 0 || (uint64_t)positions[i] >= m->rows ||
            (i > 0 && m->type != type))
            return err_set(err, ERR_CATALOGUE,
                           "row %lld of source %lld is none: see bitgrove "
                           "check",
                           (long long)positions[i], (long long)sources[i]);
        type = m->type;
        rows[i] = m->data + (size_t)positions[i] * m->stride;
    }
    v->row = (uint64_t)v->d * unpack_size(vectors_unpack(type));
    *out = (struct learn_vectors){.type = vectors_unpack(type),
                                  .d = v->d,
                                  .rows = rows,
                                  .ctx = v,
                                  .seen = give_back,
                                  .expect = too_large(v) ? expect : NULL};
    return OK;
}
