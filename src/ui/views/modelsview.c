#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/chart.h"
#include "ui/fact.h"
#include "ui/views/views.h"

enum chart_kind { CHART_ACCURACY, CHART_LOSS, CHART_RATE, CHART_KINDS };

struct models_view {
    struct view view;
    struct list list;
    enum chart_kind chart;
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

static enum status load_models(struct view *view, struct err *err)
{
    struct models_view *models = self(view);
    const struct world *world = &view->app->world;

    (void)err;
    for (int i = 0; i < world->models.count; i++)
        if (&world->models.items[i] == world->model)
            models->list.cursor = i;
    list_fit(&models->list, world->models.count, models->list.rows);
    return OK;
}

static void draw_model_row(struct pane pane, int row,
                           const struct model_row *model, bool chosen)
{
    char text[48];
    int col = 0;

    col = pane_field(pane, row, col, 2, false, ROLE_HEADING,
                     chosen ? (pane.look->glyphs->ascii ? "*" : "•") : "");
    col = pane_name(pane, row, col, pane.cols >= 100 ? 30 : 16, ROLE_TEXT,
                    model->name) +
          1;
    snprintf(text, sizeof(text), "%d bits", model->bits);
    if (!model_has_codes(model))
        snprintf(text, sizeof(text), "no codes");
    col = pane_field(pane, row, col, 8, true, ROLE_NUMBER, text) + 2;
    col = pane_name(pane, row, col, 12, ROLE_TEXT, model->encoder);
    if (model->baseline[0])
        col = pane_field(pane, row, col, 10, false, ROLE_WARN, model->baseline);
    else
        col = pane_name(pane, row, col, 10, ROLE_TEXT, model->recipe);
    snprintf(text, sizeof(text), "epoch %d of %d", model->step, model->steps);
    col = pane_field(pane, row, col, 17, false,
                     model->state == MODEL_READY ? ROLE_GOOD : ROLE_WARN, text);
    pane_text(pane, row, col, ROLE_DIM,
              model->state == MODEL_READY ? "ready" : "learning");
}

static double value_of(const struct history_row *row, enum chart_kind chart,
                       int curve)
{
    if (chart == CHART_LOSS)
        return curve == 0 ? row->loss : NAN;
    if (chart == CHART_RATE)
        return curve == 0 ? row->rate : NAN;
    return curve == 0 ? row->top1 : curve == 1 ? row->mhd : row->ed;
}

static void draw_legend(struct pane pane, enum chart_kind chart)
{
    static const char *const names[CHART_KINDS][3] = {
        {"class codes", "MHD", "ED"},
        {"loss", "", ""},
        {"learning rate", "", ""}};
    static const enum role roles[3] = {ROLE_CURVE_1, ROLE_CURVE_2,
                                       ROLE_CURVE_3};
    int col = 8;

    for (int i = 0; i < 3 && names[chart][i][0]; i++) {
        pane_fill(pane, 0, col, 2, roles[i],
                  pane.look->glyphs->ascii ? '*' : 0x2501);
        col = pane_text(pane, 0, col + 3, ROLE_TEXT, names[chart][i]) + 3;
    }
}

static void draw_chart(const struct models_view *models, struct pane pane)
{
    const struct world *world = &models->view.app->world;
    const struct history_list *history = &world->history;
    struct chart_axes axes = {0, 0, world->model->steps, 0,
                              models->chart == CHART_ACCURACY};
    struct curve curves[3];
    double *values =
        mem_zalloc((size_t)history->count * 3 + 1, sizeof(*values));

    for (int c = 0; c < 3; c++) {
        curves[c] =
            (struct curve){values + (long)c * history->count, history->count,
                           (enum role)(ROLE_CURVE_1 + c)};
        for (int i = 0; i < history->count; i++) {
            double y = value_of(&history->items[i], models->chart, c);

            values[c * history->count + i] = y;
            if (y > axes.high)
                axes.high = y;
        }
    }
    if (models->chart == CHART_ACCURACY || axes.high <= 0)
        axes.high = 1;
    if (world->wanted_step)
        axes.marker = world->wanted_step;
    draw_legend(pane, models->chart);
    chart_curves(pane_sub(pane, 1, 0, pane.rows - 1, pane.cols), curves, 3,
                 &axes);
    free(values);
}

static void add_percent(struct pane pane, int row, int col, double rate)
{
    char text[16];

    snprintf(text, sizeof(text), "%.1f %%", rate * 100);
    pane_field(pane, row, col, 8, true, isnan(rate) ? ROLE_DIM : ROLE_NUMBER,
               isnan(rate) ? pane.look->glyphs->dash_text : text);
}

/* The last epochs as figures, newest below. */
static void draw_table(const struct world *world, struct pane pane)
{
    static const char *const phases[] = {"warm", "codes", "images"};
    const struct history_list *history = &world->history;
    int first = history->count - (pane.rows - 1);
    char text[32];

    if (first < 0)
        first = 0;
    pane_text(pane, 0, 0, ROLE_DIM,
              " epoch  phase      loss   class     MHD      ED     time");
    for (int i = first; i < history->count; i++) {
        const struct history_row *row = &history->items[i];
        int y = i - first + 1;

        snprintf(text, sizeof(text), "%d", row->step);
        pane_field(pane, y, 0, 6, true, ROLE_NUMBER, text);
        pane_field(pane, y, 8, 7, false, ROLE_TEXT,
                   row->phase >= 0 && row->phase < 3 ? phases[row->phase] : "");
        snprintf(text, sizeof(text), "%.4f", row->loss);
        pane_field(pane, y, 15, 8, true, ROLE_NUMBER, text);
        add_percent(pane, y, 23, row->top1);
        add_percent(pane, y, 31, row->mhd);
        add_percent(pane, y, 39, row->ed);
        clock_duration(row->duration, text, sizeof(text));
        pane_field(pane, y, 47, 9, true, ROLE_DIM, text);
    }
}

static void draw_body(const struct models_view *models, struct pane pane)
{
    const struct world *world = &models->view.app->world;
    int rows = pane.rows >= 24 ? pane.rows / 3 : 6;
    struct str name = STR_INIT;

    utf8_escape(&name, world->model->name);
    pane_heading(pane, 0, name.text, world->wanted_step ? "< > stepped" : NULL);
    str_release(&name);
    pane = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    if (world->history.count == 0) {
        pane_text(pane, 1, 0, ROLE_TEXT,
                  world->model->state == MODEL_READY
                      ? "This model was imported, without its history."
                      : "The first epoch is under way; the curves begin with "
                        "it.");
        return;
    }
    draw_chart(models, pane_sub(pane, 0, 0, pane.rows - rows - 1, pane.cols));
    draw_table(world, pane_sub(pane, pane.rows - rows, 0, rows, pane.cols));
}

static void draw_models(struct view *view, struct pane pane)
{
    struct models_view *models = self(view);
    const struct world *world = &view->app->world;
    struct pane inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2), top;
    int rows = world->models.count < 5 ? world->models.count : 5;

    pane_heading(inner, 0, "Models", NULL);
    if (world->models.count == 0) {
        pane_text(inner, 2, 0, ROLE_TEXT, "There is no model yet. In a shell:");
        pane_text(inner, 4, 4, ROLE_TEXT, "bitgrove learn CATALOGUE");
        return;
    }
    top = pane_sub(inner, 1, 0, rows, inner.cols);
    list_fit(&models->list, world->models.count, rows);
    for (int i = 0; i < rows; i++) {
        const struct model_row *row =
            &world->models.items[models->list.top + i];

        draw_model_row(top, i, row, row == world->model);
    }
    pane_over(top, models->list.cursor - models->list.top, 0, top.cols,
              ROLE_SELECTED);
    pane_cursor(top, models->list.cursor - models->list.top, 0);
    if (world->model)
        draw_body(models, pane_sub(inner, rows + 2, 0, inner.rows - rows - 2,
                                   inner.cols));
}

static void choose(struct models_view *models, int64_t id)
{
    struct err err;

    if (world_set_model(&models->view.app->world, id, &err) != OK)
        app_error(models->view.app, &err);
    else
        app_reload(models->view.app);
}

static void step_epoch(struct app *app, int by)
{
    struct world *world = &app->world;
    int step =
        (world->wanted_step ? world->wanted_step : world->model->step) + by;
    struct err err;

    if (step < 1 || (by > 0 && !world->wanted_step))
        return;
    if (step >= world->model->step)
        step = 0;
    if (world_set_step(world, step, &err) != OK)
        app_error(app, &err);
    else
        app_reload(app);
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
        models->chart = (models->chart + 1) % CHART_KINDS;
        return true;
    case ACTION_EARLIER:
        step_epoch(view->app, -1);
        return true;
    case ACTION_LATER:
        step_epoch(view->app, 1);
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

const struct view_ops view_models = {.kind = VIEW_MODELS,
                                     .name = "models",
                                     .size = sizeof(struct models_view),
                                     .single = true,
                                     .open = open_models,
                                     .load = load_models,
                                     .draw = draw_models,
                                     .act = act_models,
                                     .subject = subject_models,
                                     .find = find_models};
