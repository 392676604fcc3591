#include <config.h>

#include "ui/album.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/codecell.h"
#include "ui/thumb.h"
#include "ui/world.h"

void album_release(struct album *album)
{
    for (int i = 0; i < ALBUM_ROOM; i++)
        free(album->slots[i].pixels);
    memset(album, 0, sizeof(*album));
}

/* The pixels, or NULL if they can't be read; borrowed until the next call. */
static const uint8_t *pixels_of(struct album *album, const struct world *world,
                                int64_t image)
{
    const struct dataset *dataset = &world->dataset;
    size_t size = (size_t)dataset->channels * (size_t)dataset->height *
                  (size_t)dataset->width;
    uint64_t slot = (uint64_t)image * 0x9e3779b97f4a7c15u >> 55;
    struct err err;

    if (album->dataset != dataset->id)
        album_release(album);
    album->dataset = dataset->id;
    if (album->slots[slot].id == image && album->slots[slot].pixels)
        return album->slots[slot].pixels;
    if (!album->slots[slot].pixels)
        album->slots[slot].pixels = mem_large(size, 1);
    album->slots[slot].id = 0;
    if (!album->slots[slot].pixels ||
        image_pixels(world->cat, image, album->slots[slot].pixels, size,
                     &err) != OK)
        return NULL;
    album->slots[slot].id = image;
    return album->slots[slot].pixels;
}

/* ---- vectors, which have no picture: id, class and code instead ---- */

static bool of_vectors(const struct world *world)
{
    return world->has_dataset && world->dataset.kind == DATASET_VECTORS;
}

#define CHIP_COLS      14 /* three groups of four bits */
#define CHIP_CODE_ROWS 3  /* longer codes are left out */

static int code_rows(const struct world *world, int cols)
{
    int groups = (cols + 1) / 5, rows;

    if (!world->model || !model_has_codes(world->model) || groups == 0)
        return 0;
    rows = (world->model->bits + groups * 4 - 1) / (groups * 4);
    return rows <= CHIP_CODE_ROWS ? rows : 0;
}

static void draw_chip(const struct world *world, struct pane pane,
                      int64_t image)
{
    struct codecell cells = {.cursor = -1};
    struct image_row row;
    struct err err;
    enum role role = ROLE_TEXT;

    if (image_get(world->cat, image, world->model ? world->model->id : 0, &row,
                  &err) != OK) {
        pane_put(pane, 0, 0, ROLE_BAD, pane.look->glyphs->wrong);
        return;
    }
    pane_textf(pane, 0, 0, ROLE_NUMBER, "%" PRId64, image);
    if (row.has_code && row.class_id != 0)
        role = row.decoded == row.class_id ? ROLE_GOOD : ROLE_BAD;
    pane_name(pane, 1, 0, pane.cols, role,
              world_class_name(world, row.class_id));
    if (!row.has_code || code_rows(world, pane.cols) == 0)
        return;
    cells.bits = world->model->bits;
    cells.code = row.code;
    codecell_block(pane, 2, 0, pane.cols, &cells);
}

/* Whole cells a pixel, so that it stays as sharp as it is. */
static int zoom_within(const struct world *world, int rows, int cols)
{
    int zoom = cols / world->dataset.width;

    if (zoom > 2 * rows / world->dataset.height)
        zoom = 2 * rows / world->dataset.height;
    return zoom > 1 ? zoom : 1;
}

static void draw(struct album *album, const struct world *world,
                 struct pane pane, int64_t image, int zoom)
{
    const struct dataset *dataset = &world->dataset;
    struct thumb thumb = {dataset->channels, dataset->height, dataset->width,
                          NULL, zoom};

    if (!world->has_dataset || pane.rows <= 0 || pane.cols <= 0)
        return;
    if (of_vectors(world)) {
        draw_chip(world, pane, image);
        return;
    }
    thumb.pixels = pixels_of(album, world, image);
    if (thumb.pixels)
        thumb_draw(pane, &thumb);
    else
        pane_put(pane, pane.rows / 2, pane.cols / 2, ROLE_BAD,
                 pane.look->glyphs->wrong);
}

void album_draw(struct album *album, const struct world *world,
                struct pane pane, int64_t image)
{
    draw(album, world, pane, image, 1);
}

void album_draw_large(struct album *album, const struct world *world,
                      struct pane pane, int64_t image)
{
    draw(album, world, pane, image,
         of_vectors(world) ? 1 : zoom_within(world, pane.rows, pane.cols));
}

int album_grid(struct album *album, const struct world *world, struct pane pane,
               const int64_t *images, int count, int rows, int cols)
{
    int across = (pane.cols + 1) / (cols + 1);
    int down = (pane.rows + 1) / (rows + 1);
    int room = across * down;

    for (int i = 0; i < count && i < room; i++)
        album_draw(album, world,
                   pane_sub(pane, i / across * (rows + 1),
                            i % across * (cols + 1), rows, cols),
                   images[i]);
    return count < room ? count : room;
}

void album_box(const struct world *world, int cols, int *box_rows,
               int *box_cols)
{
    struct thumb thumb = {1, 28, 28, NULL, 1};

    if (of_vectors(world)) {
        *box_cols = cols < CHIP_COLS ? 9 : CHIP_COLS;
        *box_rows = 2 + code_rows(world, *box_cols);
        return;
    }
    if (world->has_dataset) {
        thumb.height = world->dataset.height;
        thumb.width = world->dataset.width;
    }
    thumb_size(&thumb, 1000, cols, box_rows, box_cols);
}

void album_fit(const struct world *world, struct pane pane, int count,
               int enough, int *box_rows, int *box_cols)
{
    static const int widths[] = {28, 24, 20, 16, 14, 12, 10, 8};

    if (count < enough)
        enough = count;
    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        int across, down;

        album_box(world, widths[i], box_rows, box_cols);
        across = (pane.cols + 1) / (*box_cols + 1);
        down = (pane.rows + 1) / (*box_rows + 1);
        if (across * down >= enough)
            return;
    }
}

void album_box_large(const struct world *world, int rows, int cols,
                     int *box_rows, int *box_cols)
{
    struct thumb thumb = {1, world->dataset.height, world->dataset.width, NULL,
                          1};

    if (!of_vectors(world))
        thumb.zoom = zoom_within(world, rows, cols);
    thumb_size(&thumb, rows, cols, box_rows, box_cols);
}
