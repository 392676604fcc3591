#include <config.h>

#include "ui/album.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

void album_draw(struct album *album, const struct world *world,
                struct pane pane, int64_t image)
{
    const struct dataset *dataset = &world->dataset;
    struct thumb thumb = {dataset->channels, dataset->height, dataset->width,
                          NULL};

    if (!world->has_dataset || pane.rows <= 0 || pane.cols <= 0)
        return;
    thumb.pixels = pixels_of(album, world, image);
    if (thumb.pixels)
        thumb_draw(pane, &thumb);
    else
        pane_put(pane, pane.rows / 2, pane.cols / 2, ROLE_BAD,
                 pane.look->glyphs->wrong);
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
    struct thumb thumb = {1, 28, 28, NULL};

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
