#include <config.h>

#include "ui/imagepage.h"

#include <inttypes.h>
#include <stdio.h>

#include "catalogue/notes.h"
#include "ui/fact.h"

static int name_fact(struct app *app, struct pane pane, int row,
                     const char *label, enum role role, int64_t class_id)
{
    pane_text(pane, row, 0, ROLE_DIM, label);
    pane_name(pane, row, FACT_LABEL, pane.cols - FACT_LABEL, role,
              world_class_name(&app->world, class_id));
    return row + 1;
}

static int draw_decoding(struct app *app, struct pane pane, int row,
                         const struct image_row *image)
{
    const struct world *world = &app->world;
    struct codecell cells = {world->model->bits, image->code, 0, 0, -1};
    int decoded = class_index(&world->classes, image->decoded);
    bool right = image->decoded == image->class_id;

    row = name_fact(app, pane, row, "decoded",
                    !image->class_id ? ROLE_TEXT
                    : right          ? ROLE_GOOD
                                     : ROLE_BAD,
                    image->decoded);
    row = fact_text(pane, row, "distance", ROLE_NUMBER, "%d%s", image->distance,
                    image->distance == 0 ? ", its very code" : "");
    if (decoded >= 0 && world->has_codes && decoded < world->codes.classes)
        cells.mark = image->code ^ world->codes.codes[decoded];
    row = fact_code(pane, row, &cells);
    if (cells.mark)
        row = fact_text(pane, row, "", ROLE_DIM, "%d bit%s off",
                        __builtin_popcountll(cells.mark),
                        __builtin_popcountll(cells.mark) == 1 ? "" : "s");
    return row;
}

void imagepage_draw(struct app *app, struct pane pane,
                    const struct image_row *image)
{
    char title[48];
    int rows, cols, row;

    snprintf(title, sizeof(title), "Image %" PRId64, image->id);
    pane_heading(pane, 0, title, split_name(image->split));
    if (app->world.dataset.kind == DATASET_VECTORS) {
        row =
            fact_text(pane, 2, "row", ROLE_NUMBER, "%" PRId64, image->position);
    } else {
        album_box(&app->world, 28, &rows, &cols);
        if (rows > pane.rows - 10) {
            cols = cols * (pane.rows - 10) / rows;
            rows = pane.rows - 10;
        }
        album_draw(&app->album, &app->world, pane_sub(pane, 2, 0, rows, cols),
                   image->id);
        row = rows + 3;
    }
    row = name_fact(app, pane, row, "class", ROLE_TEXT, image->class_id);
    if (image->has_code && app->world.model)
        row = draw_decoding(app, pane, row, image);
    else
        row = fact_text(pane, row, "code", ROLE_DIM, "not computed yet");
    row = fact_tags(app, pane, row, image->id);
    fact_notes(app, pane, row + 1, NOTE_IMAGE, image->id, 0);
}
