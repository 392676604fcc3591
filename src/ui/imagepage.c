#include <config.h>

#include "ui/imagepage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalogue/notes.h"
#include "codes/margin.h"
#include "ui/fact.h"
#include "ui/imagepick.h"
#include "ui/marginbars.h"

static int name_fact(struct app *app, struct pane pane, int row,
                     const char *label, enum role role, int64_t class_id)
{
    pane_text(pane, row, 0, ROLE_DIM, label);
    pane_name(pane, row, FACT_LABEL, pane.cols - FACT_LABEL, role,
              world_class_name(&app->world, class_id));
    return row + 1;
}

const int8_t *imagepage_margins(const struct world *world, int64_t image)
{
    int64_t row = world->has_images && world->model
                      ? image_codes_find(&world->images, image)
                      : -1;

    return row < 0 || world->images.bits != world->model->bits
               ? NULL
               : world->images.margins + row * world->images.bits;
}

static int draw_margins(const struct world *world, struct pane pane, int row,
                        const int8_t *margins, const uint64_t *decoded)
{
    int bits = world->model->bits, least = margin_smallest(margins, bits);
    double scale = world->model->margin_scale;
    int bit = 0;

    while (abs(margins[bit]) != least)
        bit++;
    row = fact_text(pane, row, "margin", ROLE_NUMBER, "%.2f at bit %d",
                    least * scale, bit);
    if (decoded)
        row = fact_text(pane, row, "confident", ROLE_NUMBER, "%.2f",
                        imagepick_confidence(margins, *decoded, bits) * scale);
    return row;
}

/* What it was decoded to; *differ: the bits that its class's code has not. */
static int draw_decoding(struct app *app, struct pane pane, int row,
                         const struct image_row *image, uint64_t *differ)
{
    const struct world *world = &app->world;
    const int8_t *margins = imagepage_margins(world, image->id);
    struct codecell cells = {world->model->bits, image->code, 0, 0, -1};
    bool right = image->decoded == image->class_id, known;
    uint64_t own, decoded = 0;

    row = name_fact(app, pane, row, "decoded",
                    !image->class_id ? ROLE_TEXT
                    : right          ? ROLE_GOOD
                                     : ROLE_BAD,
                    image->decoded);
    known = world_class_code(world, image->decoded, &decoded);
    if (!right && world_class_code(world, image->class_id, &own))
        row = fact_text(pane, row, "distance", ROLE_NUMBER, "%d; own class %d",
                        image->distance, code_distance(image->code, own));
    else
        row = fact_text(
            pane, row, "distance", ROLE_NUMBER, "%d%s", image->distance,
            image->distance == 0 ? ", its very code" : ", unknown code");
    if (margins)
        row = draw_margins(world, pane, row, margins, known ? &decoded : NULL);
    *differ = known ? image->code ^ decoded : 0;
    cells.mark = *differ;
    return fact_code(pane, row, &cells);
}

/* Everything but the picture, the bars in what remains. */
static void draw_facts(struct app *app, struct pane pane,
                       const struct image_row *image)
{
    const struct world *world = &app->world;
    const int8_t *margins = imagepage_margins(world, image->id);
    uint64_t differ = 0;
    int row = name_fact(app, pane, 0, "class", ROLE_TEXT, image->class_id);

    if (image->has_code && world->model)
        row = draw_decoding(app, pane, row, image, &differ);
    else
        row = fact_text(pane, row, "code", ROLE_DIM, "not computed yet");
    row = fact_tags(app, pane, row, image->id);
    row = fact_notes(app, pane, row, NOTE_IMAGE, image->id, 0);
    if (margins && image->has_code)
        marginbars_draw(
            pane_sub(pane, row + 1, 0, pane.rows - row - 1, pane.cols), world,
            margins, differ);
}

static void draw_title(struct pane pane, const struct image_row *image)
{
    char title[48];

    snprintf(title, sizeof(title), "Image %" PRId64, image->id);
    pane_heading(pane, 0, title, split_name(image->split));
}

/* Rows and columns of its picture within a box. */
static void picture_box(const struct world *world, int most_rows, int most_cols,
                        int *rows, int *cols)
{
    album_box(world, most_cols, rows, cols);
    if (*rows > most_rows) {
        *cols = *rows > 0 ? *cols * most_rows / *rows : 0;
        *rows = most_rows;
    }
}

/* A picture is left out rather than drawn too small to tell anything. */
#define PICTURE_ROWS 3
#define PICTURE_GOOD 6  /* rows from which on the bars have their room first */
#define FACT_ROWS    8  /* that the facts take in any case */
#define ROOMY        20 /* rows of a pane that has some to spare */

/* Rows that a picture may take above facts and bars in two columns. */
static int picture_rows(const struct world *world, int rows)
{
    int bars =
        world->model && world->has_images ? world->model->bits / 2 + 1 : 0;
    int most = rows - FACT_ROWS;

    if (most - bars >= PICTURE_GOOD)
        return most - bars;
    return most > PICTURE_GOOD ? PICTURE_GOOD : most;
}

void imagepage_draw(struct app *app, struct pane pane,
                    const struct image_row *image)
{
    int rows, cols, row = pane.rows >= ROOMY ? 2 : 1;

    draw_title(pane, image);
    if (app->world.dataset.kind == DATASET_VECTORS) {
        row = fact_text(pane, row, "row", ROLE_NUMBER, "%" PRId64,
                        image->position);
    } else {
        picture_box(&app->world, picture_rows(&app->world, pane.rows - row), 28,
                    &rows, &cols);
        if (rows >= PICTURE_ROWS) {
            album_draw(&app->album, &app->world,
                       pane_sub(pane, row, 0, rows, cols), image->id);
            row += rows + 1;
        }
    }
    draw_facts(app, pane_sub(pane, row, 0, pane.rows - row, pane.cols), image);
}

void imagepage_large(struct app *app, struct pane pane,
                     const struct image_row *image)
{
    const struct world *world = &app->world;
    int top = pane.rows >= ROOMY ? 3 : 2;
    struct pane body = pane_sub(pane, top, 0, pane.rows - top, pane.cols);
    int rows = 0, cols = 0;

    draw_title(pane, image);
    if (world->dataset.kind == DATASET_VECTORS) {
        fact_text(body, 0, "row", ROLE_NUMBER, "%" PRId64, image->position);
        body = pane_sub(body, 1, 0, body.rows - 1, body.cols);
    } else {
        album_box_large(world, body.rows, body.cols * 11 / 20, &rows, &cols);
        album_draw_large(&app->album, world, pane_sub(body, 0, 0, rows, cols),
                         image->id);
        body = pane_sub(body, 0, cols + 3, body.rows, body.cols - cols - 3);
    }
    draw_facts(app, body, image);
}
