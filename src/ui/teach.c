#include <config.h>

#include "ui/teach.h"

#include "ui/chart.h"
#include "ui/fact.h"

enum teach_need teach_need_of(const struct world *world)
{
    if (!world->has_dataset)
        return TEACH_IMAGES;
    if (!world->model)
        return TEACH_MODEL;
    if (!model_has_codes(world->model))
        return TEACH_OTHER;
    if (!world->has_codes || world->codes.classes == 0)
        return TEACH_CODES;
    return world->has_tree ? TEACH_NOTHING : TEACH_TREE;
}

const char *teach_uncoded(const struct world *world)
{
    if (world_images_pending(world))
        return "The codes of the images are being read.";
    if (!world->model)
        return "There is no model yet: :learn bits=16 learns one.";
    if (!model_has_codes(world->model))
        return "An ordinary classifier has no codes: choose another model "
               "with m.";
    if (!world->has_images || !world->has_codes)
        return "Codes of images are computed when the learning is done: w "
               "shows the queue, m the curves, r computes them now.";
    return NULL;
}

static const char *heading_of(const struct world *world)
{
    switch (teach_need_of(world)) {
    case TEACH_IMAGES:
        return "This catalogue is empty.";
    case TEACH_MODEL:
        return "Nothing was learnt yet.";
    case TEACH_OTHER:
        return "This model has no codes.";
    case TEACH_TREE:
        return "The tree is being made.";
    default:
        return world->model->state == MODEL_LEARNING
                   ? "The first codes are on their way."
                   : "This model has no codes yet.";
    }
}

static const char *way_of(const struct world *world)
{
    switch (teach_need_of(world)) {
    case TEACH_IMAGES:
        return "Import images with labels from a shell; this screen follows:\n"
               "\n"
               "    bitgrove import CATALOGUE IMAGES LABELS\n"
               "\n"
               "or leave it and look at the demo: bitgrove demo";
    case TEACH_MODEL:
        return "To learn the codes of its classes, give the command\n"
               "\n"
               "    :learn bits=16\n"
               "\n"
               "This screen follows as soon as it begins. The images can be "
               "seen already: press i.";
    case TEACH_OTHER:
        return "It is an ordinary classifier, for comparison: m shows what "
               "it learnt, and lets you choose another model.";
    case TEACH_CODES:
        return world->model->state == MODEL_LEARNING
                   ? "They come with the first epoch that has class codes, and "
                     "change after each one.\nm shows how far the learning "
                     "is, w what the worker does, i the images."
                   : ":recompute model computes them; w shows what the worker "
                     "does.";
    default:
        return "No tree of this linkage was stored with the codes; it is "
               "clustered now, and the screen goes on meanwhile.";
    }
}

/* What the worker does, as it says so itself. */
static int draw_progress(const struct app *app, struct pane pane, int row)
{
    const struct world *world = &app->world;
    const struct job *job = world->running;

    if (teach_need_of(world) == TEACH_TREE) {
        if (world->treeload)
            chart_bar(pane, row, 0, 24, treeload_part(world->treeload));
        return row + 1;
    }
    if (!job) {
        if (world->queued > 0)
            pane_text(pane, row++, 0, ROLE_WARN,
                      "No worker is at it: press w, then Enter starts one.");
        return row;
    }
    chart_bar(pane, row, 0, 24,
              job->total > 0 ? (double)job->progress / (double)job->total : 0);
    pane_name(pane, row, 26, -1, ROLE_DIM, job->message);
    return row + 1;
}

/* An image of each class, as many as there is room for. */
static void draw_samples(struct app *app, struct pane pane)
{
    const struct world *world = &app->world;
    int rows, cols, across, room;

    if (!world->has_dataset || world->dataset.kind == DATASET_VECTORS ||
        pane.rows < 4)
        return;
    album_fit(world, pane, world->classes.count, 10, &rows, &cols);
    across = (pane.cols + 1) / (cols + 1);
    room = across * ((pane.rows + 1) / (rows + 1));
    for (int i = 0; i < room && i < world->classes.count; i++) {
        int64_t id;

        if (fact_images(app, world->classes.items[i].id, -1, &id, 1))
            album_draw(&app->album, world,
                       pane_sub(pane, i / across * (rows + 1),
                                i % across * (cols + 1), rows, cols),
                       id);
    }
}

void teach_draw(struct app *app, struct pane pane, const char *shows)
{
    int margin = pane.cols >= 72 ? 4 : 1, top = pane.rows >= 18 ? 2 : 1;
    int cols = pane.cols - 2 * margin;
    struct pane text =
        pane_sub(pane, top, margin, pane.rows - top, cols > 76 ? 76 : cols);
    int row = pane_wrap(text, 0, ROLE_HEADING, heading_of(&app->world));

    row = pane_wrap(text, row + 1, ROLE_TEXT, shows);
    row = pane_wrap(text, row + 1, ROLE_TEXT, way_of(&app->world));
    row = draw_progress(app, text, row + 1);
    draw_samples(app, pane_sub(pane, top + row + 1, margin,
                               pane.rows - top - row - 2, cols));
}
