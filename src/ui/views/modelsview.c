#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/epochs.h"
#include "ui/modelpage.h"
#include "ui/scene.h"
#include "ui/teach.h"
#include "ui/views/views.h"

struct models_view {
    struct view view;
    struct list list;
    enum modelpage_chart chart;
    struct modelpage *pages; /* (models of the world), in their order; owned */
    int pages_count;
    int origin;
};

static struct models_view *self(struct view *view)
{
    return (struct models_view *)view;
}

static enum status open_models(struct view *view, const struct target *target,
                               struct err *err)
{
    struct world *world = &view->app->world;

    if (target->kind == TARGET_MODEL)
        return world_set_model(world, target->id, err);
    return OK;
}

static void release_pages(struct models_view *models)
{
    for (int i = 0; i < models->pages_count; i++)
        modelpage_release(&models->pages[i]);
    free(models->pages);
    models->pages = NULL;
    models->pages_count = 0;
}

static void close_models(struct view *view)
{
    release_pages(self(view));
}

static enum status load_models(struct view *view, struct err *err)
{
    struct models_view *models = self(view);
    const struct world *world = &view->app->world;

    if (models->pages_count != world->models.count) {
        release_pages(models);
        models->pages_count = world->models.count;
        models->pages =
            mem_zalloc((size_t)models->pages_count + 1, sizeof(*models->pages));
    }
    for (int i = 0; i < world->models.count; i++) {
        if (&world->models.items[i] == world->model)
            models->list.cursor = i;
        if (modelpage_load(&models->pages[i], world->cat,
                           &world->models.items[i], err) != OK)
            return err->status;
    }
    list_fit(&models->list, world->models.count, models->list.rows);
    return OK;
}

/* The one at hand, or -1. */
static int index_of(const struct world *world)
{
    return world->model ? (int)(world->model - world->models.items) : -1;
}

/* Another one that is marked, to stand beside the one at hand; or -1. */
static int beside_of(const struct models_view *models)
{
    const struct app *app = models->view.app;
    const struct world *world = &app->world;

    for (int i = 0; i < world->models.count; i++)
        if (i != index_of(world) &&
            marks_has_id(&app->marks, TARGET_MODEL, world->models.items[i].id))
            return i;
    return -1;
}

/* ---- the list ---- */

static int draw_rate(struct pane pane, int row, int col, double rate)
{
    char text[16];

    snprintf(text, sizeof(text), "%.1f %%", rate * 100);
    return pane_field(pane, row, col, 9, true,
                      isnan(rate) ? ROLE_DIM : ROLE_NUMBER,
                      isnan(rate) ? pane.look->glyphs->dash_text : text);
}

static int name_cols(struct pane pane)
{
    return pane.cols >= 110 ? 28 : pane.cols >= 76 ? 18 : pane.cols - 40;
}

static void draw_heading(struct pane pane)
{
    int col = 2 + name_cols(pane);

    pane_text(pane, 0, 0, ROLE_HEADING, "Models");
    pane_field(pane, 0, col, 9, true, ROLE_DIM, "bits");
    pane_field(pane, 0, col + 9, 9, true, ROLE_DIM, "class");
    pane_field(pane, 0, col + 18, 9, true, ROLE_DIM, "MHD");
    pane_field(pane, 0, col + 27, 9, true, ROLE_DIM, "ED");
    if (pane.cols >= col + 36 + 18)
        pane_text(pane, 0, col + 38, ROLE_DIM, "epoch");
    if (pane.cols >= col + 50 + 24)
        pane_text(pane, 0, col + 58, ROLE_DIM, "encoder, recipe");
}

static void draw_model_row(const struct models_view *models, struct pane pane,
                           int row, int i)
{
    const struct app *app = models->view.app;
    const struct model_row *model = &app->world.models.items[i];
    const struct modelpage *page = &models->pages[i];
    bool ready = model->state == MODEL_READY;
    char text[48];
    int col = 2;

    if (model == app->world.model)
        pane_put(pane, row, 0, ROLE_HEADING,
                 pane.look->glyphs->ascii ? '>' : 0x2022);
    if (marks_has_id(&app->marks, TARGET_MODEL, model->id))
        pane_put(pane, row, 1, ROLE_MATCH, MARK_GLYPH);
    col = pane_name(pane, row, col, name_cols(pane), ROLE_TEXT, model->name);
    snprintf(text, sizeof(text), "%d", model->bits);
    col = pane_field(pane, row, col, 9, true, ROLE_NUMBER,
                     model_has_codes(model) ? text
                                            : pane.look->glyphs->dash_text);
    col = draw_rate(pane, row, col, page->top1);
    col = draw_rate(pane, row, col, page->mhd);
    col = draw_rate(pane, row, col, page->ed);
    if (pane.cols < col + 18)
        return;
    snprintf(text, sizeof(text), "%d of %d%s", model->step, model->steps,
             ready ? "" : ", learning");
    pane_field(pane, row, col + 2, 18, false, ready ? ROLE_TEXT : ROLE_WARN,
               text);
    if (pane.cols < col + 14 + 24)
        return;
    col = pane_name(pane, row, col + 22, -1, ROLE_DIM, model->encoder);
    pane_name(pane, row, col + 1, -1, model->baseline[0] ? ROLE_WARN : ROLE_DIM,
              model->baseline[0] ? model->baseline : model->recipe);
}

/* ---- the model at hand, and another beside it ---- */

static void draw_name(struct pane pane, const struct model_row *model,
                      const char *note)
{
    struct str name = STR_INIT;

    utf8_escape(&name, model->name);
    pane_heading(pane, 0, name.text, note);
    str_release(&name);
}

static const char *no_history(const struct model_row *model)
{
    return model->state == MODEL_READY
               ? "This model was imported, without its history."
               : "The first epoch is under way; the curves begin with it.";
}

static void draw_one(const struct models_view *models, struct pane pane)
{
    const struct app *app = models->view.app;
    const struct world *world = &app->world;
    const struct modelpage *page = &models->pages[index_of(world)];
    int slider = model_has_codes(world->model) && world->model->step > 0;
    int rows = pane.rows >= 30   ? pane.rows / 3
               : pane.rows >= 18 ? 7
                                 : pane.rows / 3;

    draw_name(pane, world->model,
              models->chart == MODELPAGE_ACCURACY ? "accuracy" : NULL);
    if (slider)
        epochs_draw(app, pane, pane.rows - 1);
    pane = pane_sub(pane, 1, 0, pane.rows - 1 - slider, pane.cols);
    if (page->history.count == 0) {
        pane_wrap(pane, 1, ROLE_TEXT, no_history(world->model));
        return;
    }
    if (rows > page->history.count + 1)
        rows = page->history.count + 1;
    modelpage_chart(pane_sub(pane, 0, 0, pane.rows - rows - 1, pane.cols), page,
                    world->model, models->chart,
                    modelpage_most(page, models->chart), world->wanted_step);
    pane = pane_sub(pane, pane.rows - rows, 0, rows, pane.cols);
    modelpage_table(pane, page);
    if (pane.cols >= 100)
        modelpage_facts(pane_sub(pane, 0, 64, pane.rows, pane.cols - 64), page,
                        world->model, NULL);
}

static void draw_two(const struct models_view *models, struct pane pane,
                     int other)
{
    const struct world *world = &models->view.app->world;
    int which[2] = {index_of(world), other};
    int facts = pane.rows >= 24 ? 10 : pane.rows >= 14 ? 6 : 4;
    double most = 0;

    for (int i = 0; i < 2; i++)
        most =
            fmax(most, modelpage_most(&models->pages[which[i]], models->chart));
    for (int i = 0; i < 2; i++) {
        const struct model_row *model = &world->models.items[which[i]];
        const struct modelpage *page = &models->pages[which[i]];
        int cols = (pane.cols - 3) / 2, rows = pane.rows - facts - 2;
        struct pane half = pane_sub(pane, 0, i * (cols + 3), pane.rows, cols);

        draw_name(half, model, NULL);
        modelpage_chart(pane_sub(half, 1, 0, rows, cols), page, model,
                        models->chart, most, 0);
        modelpage_facts(pane_sub(half, rows + 2, 0, facts, cols), page, model,
                        &world->models.items[which[!i]]);
    }
    pane_rule(pane, (pane.cols - 3) / 2 + 1);
}

static void draw_models(struct view *view, struct pane pane)
{
    struct models_view *models = self(view);
    const struct world *world = &view->app->world;
    struct pane inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2), top;
    int most = pane.rows >= 30 ? 8 : pane.rows >= 20 ? 5 : 3;
    int rows = world->models.count < most ? world->models.count : most;

    if (world->models.count == 0) {
        teach_draw(view->app, pane,
                   "Here are the models of this catalogue with their figures "
                   "and learning curves, live while one learns; < and > go "
                   "through the epochs, and Space marks one to stand beside "
                   "another.");
        return;
    }
    draw_heading(inner);
    top = pane_sub(inner, 1, 0, rows, inner.cols);
    list_fit(&models->list, world->models.count, rows);
    for (int i = 0; i < rows; i++)
        draw_model_row(models, top, i, models->list.top + i);
    pane_over(top, models->list.cursor - models->list.top, 0, top.cols,
              ROLE_SELECTED);
    pane_cursor(top, models->list.cursor - models->list.top, 0);
    rows += pane.rows >= 20 ? 2 : 1;
    inner = pane_sub(inner, rows, 0, inner.rows - rows, inner.cols);
    if (world->model && beside_of(models) >= 0)
        draw_two(models, inner, beside_of(models));
    else if (world->model)
        draw_one(models, inner);
}

/* ---- actions ---- */

static void choose(struct models_view *models, int64_t id)
{
    struct err err;

    if (world_set_model(&models->view.app->world, id, &err) != OK)
        app_error(models->view.app, &err);
    else
        app_reload(models->view.app);
}

static bool act_models(struct view *view, enum action action, int key)
{
    struct models_view *models = self(view);
    const struct world *world = &view->app->world;

    (void)key;
    if (world->models.count == 0)
        return false;
    if (list_act(&models->list, action)) {
        choose(models, world->models.items[models->list.cursor].id);
        return true;
    }
    if (!world->model)
        return false;
    switch (action) {
    case ACTION_CURVE:
        models->chart = (models->chart + 1) % MODELPAGE_CHARTS;
        return true;
    case ACTION_EARLIER:
    case ACTION_LATER:
        epochs_step(view->app, action == ACTION_LATER ? 1 : -1);
        return true;
    case ACTION_OPEN:
        app_open(view->app, VIEW_TREE, NULL);
        return true;
    default:
        return false;
    }
}

static void subject_models(const struct view *view, struct target *out)
{
    const struct world *world = &view->app->world;

    if (world->model)
        *out = (struct target){.kind = TARGET_MODEL, .id = world->model->id};
}

static bool matches(void *context, int row)
{
    const struct models_view *models = context;

    return finder_matches(&models->view.app->finder,
                          models->view.app->world.models.items[row].name);
}

static bool find_models(struct view *view, enum find_step step)
{
    struct models_view *models = self(view);
    int before = models->list.cursor;
    bool found = view_find_in_list(&models->list, &models->origin, step,
                                   matches, models);

    if (models->list.cursor != before)
        choose(models, view->app->world.models.items[models->list.cursor].id);
    return found;
}

static void scene_models(const struct view *view, struct scene *out)
{
    subject_models(view, &out->about);
}

const struct view_ops view_models = {.kind = VIEW_MODELS,
                                     .name = "models",
                                     .size = sizeof(struct models_view),
                                     .single = true,
                                     .open = open_models,
                                     .close = close_models,
                                     .load = load_models,
                                     .draw = draw_models,
                                     .act = act_models,
                                     .subject = subject_models,
                                     .scene = scene_models,
                                     .find = find_models};
