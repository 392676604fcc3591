#include <config.h>

#include "catalogue/pixelscan.h"

#include "store/stmt.h"

static enum status read_row(struct stmt *q, struct image_row *image,
                            size_t wanted, const uint8_t **bytes,
                            struct err *err)
{
    size_t size;

    *image =
        (struct image_row){.id = stmt_int(q, 0), .class_id = stmt_int(q, 1)};
    if (split_parse(&image->split, stmt_text(q, 2), err) != OK) {
        err_wrap(err, "image %lld", (long long)image->id);
        return err->status = ERR_CATALOGUE;
    }
    *bytes = stmt_blob(q, 3, &size);
    if (size != wanted)
        return err_set(err, ERR_CATALOGUE,
                       "image %lld has %zu bytes of pixels instead of %zu: "
                       "the catalogue is damaged",
                       (long long)image->id, size, wanted);
    return OK;
}

enum status
pixel_scan(struct catalogue *cat, const struct dataset *dataset,
           enum status (*row)(void *context, const struct image_row *image,
                              const uint8_t *bytes, struct err *err),
           void *context, struct err *err)
{
    size_t size = (size_t)dataset->channels * (size_t)dataset->height *
                  (size_t)dataset->width;
    struct stmt *q = stmt_use(catalogue_db(cat), Q_PIXELS_ALL);
    enum status status = OK, ended;
    struct image_row image;
    const uint8_t *bytes;
    struct err ignored;

    stmt_bind_int(q, ":dataset", dataset->id);
    while (status == OK && stmt_next(q)) {
        status = read_row(q, &image, size, &bytes, err);
        if (status == OK)
            status = row(context, &image, bytes, err);
    }
    ended = stmt_end(q, status == OK ? err : &ignored);
    return status != OK ? status : ended;
}
