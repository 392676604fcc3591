#include <config.h>

#include "tasks/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/picture.h"

void part_release(struct part *part)
{
    idx_release(&part->images);
    cifar_release(&part->cifar);
    matrix_release(&part->features);
    free(part->labels);
    memset(part, 0, sizeof(*part));
}

static enum status check_count(const struct part *part, size_t labels,
                               struct err *err)
{
    if (labels == part->n)
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "%s has %zu labels and %s has %u %s: are they of one set?",
                   part->pair->labels, labels, part->pair->images, part->n,
                   part->pair->vectors ? "rows" : "images");
}

static enum status take_idx_labels(struct part *part, struct err *err)
{
    struct idx idx;
    enum status status = idx_read_labels(&idx, part->pair->labels, err);

    if (status != OK)
        return status;
    status = check_count(part, idx.size[0], err);
    part->labels = mem_zalloc(part->n, sizeof(*part->labels));
    for (uint32_t i = 0; i < part->n && status == OK; i++)
        part->labels[i] = (uint32_t)idx_at(&idx, i);
    idx_release(&idx);
    return status;
}

static enum status take_matrix_labels(struct part *part, struct err *err)
{
    const char *path = part->pair->labels;
    struct matrix m;
    enum status status = matrix_labels(&m, path, err);

    if (status != OK)
        return status;
    status = check_count(part, m.rows, err);
    part->labels = mem_zalloc(part->n, sizeof(*part->labels));
    for (uint32_t i = 0; i < part->n && status == OK; i++) {
        int32_t label = matrix_label(&m, i);

        if (label < 0)
            status = err_set(err, ERR_BAD_INPUT,
                             "%s, row %u: a label is a number from 0 to %d",
                             path, i, MATRIX_LABEL_MAX);
        part->labels[i] = (uint32_t)label;
    }
    if (matrix_whole(&m, path, err) != OK)
        status = err->status;
    matrix_release(&m);
    return status;
}

static enum status take_labels(struct part *part, struct err *err)
{
    if (part->pair->labels == NULL)
        return OK;
    if (part->pair->cifar) {
        part->labels = mem_zalloc(part->n, sizeof(*part->labels));
        for (uint32_t i = 0; i < part->n; i++)
            part->labels[i] = cifar_class(&part->cifar, i);
        return OK;
    }
    return matrix_look(part->pair->labels) != MATRIX_NONE
               ? take_matrix_labels(part, err)
               : take_idx_labels(part, err);
}

static enum status take_cifar(struct part *part, struct err *err)
{
    enum status status = cifar_read(&part->cifar, part->pair->images, err);

    if (status != OK)
        return status;
    part->n = part->cifar.n;
    part->height = part->width = CIFAR_SIDE;
    part->channels = 3;
    return OK;
}

static enum status take_images(struct part *part, struct err *err)
{
    uint64_t digest;
    enum status status;

    if (part->pair->cifar) {
        status = take_cifar(part, err);
        digest = part->cifar.digest;
        if (status != OK)
            return status;
    } else if (part->pair->vectors) {
        status = matrix_features(&part->features, part->pair->images, err);
        if (status != OK)
            return status;
        part->n = (uint32_t)part->features.rows;
        part->channels = (uint32_t)part->features.columns;
        part->height = part->width = 1;
        digest = matrix_digest(&part->features);
        status = matrix_whole(&part->features, part->pair->images, err);
        if (status != OK)
            return status;
    } else {
        status = idx_read_images(&part->images, part->pair->images, err);
        if (status != OK)
            return status;
        part->n = part->images.size[0];
        part->height = part->images.size[1];
        part->width = part->images.size[2];
        part->channels = part->images.size[3];
        digest = part->images.digest;
    }
    snprintf(part->digest, sizeof(part->digest), "%016llx",
             (unsigned long long)digest);
    return OK;
}

void part_planes(const struct part *part, uint32_t i, uint8_t *out)
{
    size_t pixels = (size_t)part->height * part->width;

    if (part->pair->cifar)
        memcpy(out, cifar_pixels(&part->cifar, i), CIFAR_BYTES);
    else
        picture_planes(out, part->images.data + i * pixels * part->channels,
                       pixels, part->channels);
}

enum status part_classes(struct tsv *out, char **path, const struct part *parts,
                         int count, struct err *err)
{
    const struct cifar **files = mem_zalloc((size_t)count, sizeof(*files));
    const char **paths = mem_zalloc((size_t)count, sizeof(*paths));
    enum status status = OK;
    int n = 0;

    *path = NULL;
    *out = (struct tsv){NULL, 0};
    for (int i = 0; i < count && status == OK; i++) {
        if (!parts[i].pair->cifar || parts[i].labels == NULL)
            continue;
        files[n] = &parts[i].cifar;
        paths[n++] = parts[i].pair->images;
        if (files[n - 1]->labels != files[0]->labels)
            status = err_set(err, ERR_BAD_INPUT,
                             "%s and %s are of two editions of CIFAR: import "
                             "one after the other (--name)",
                             paths[0], paths[n - 1]);
    }
    if (n > 0 && status == OK) {
        const char *slash = strrchr(paths[0], '/');

        *path = slash != NULL
                    ? mem_strndup(paths[0], (size_t)(slash - paths[0]))
                    : mem_strdup(".");
        status = cifar_classes(out, files, paths, n, *path, err);
    }
    free(files);
    free(paths);
    return status;
}

enum status part_read(struct part *out, const struct pair *pair,
                      struct err *err)
{
    struct part part = {.pair = pair};
    enum status status = take_images(&part, err);

    if (status == OK)
        status = take_labels(&part, err);
    if (status == OK)
        *out = part;
    else
        part_release(&part);
    return status;
}
