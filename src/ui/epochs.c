#include <config.h>

#include "ui/epochs.h"

#include <string.h>

#include "base/utf8.h"

static const char *state_of(const struct world *world)
{
    if (world->wanted_step)
        return "< > steps";
    return world->model->state == MODEL_LEARNING ? "following" : "the newest";
}

void epochs_draw(const struct app *app, struct pane pane, int row)
{
    const struct world *world = &app->world;
    const struct glyphs *g = app->look.glyphs;
    int steps = world->model->steps > 0 ? world->model->steps : 1;
    int step = world->has_codes ? world->codes.step : world->model->step;
    const char *state = state_of(world);
    int col, width;

    col = pane_textf(pane, row, 0, ROLE_DIM, "epoch ");
    col = pane_textf(pane, row, col, ROLE_NUMBER, "%d", step);
    col = pane_textf(pane, row, col, ROLE_DIM, " of %d ", steps);
    width = pane.cols - col - utf8_width(state) - 1;
    for (int i = 0; i < width; i++) {
        int here = steps > 1 ? (step - 1) * (width - 1) / (steps - 1) : 0;
        int done = steps > 1
                       ? (world->model->step - 1) * (width - 1) / (steps - 1)
                       : width;

        pane_put(pane, row, col + i,
                 i == here   ? ROLE_HEADING
                 : i <= done ? ROLE_BAR
                             : ROLE_BAR_REST,
                 i == here ? (g->ascii ? 'O' : 0x25cf) : g->horizontal);
    }
    pane_text(pane, row, pane.cols - utf8_width(state), ROLE_DIM, state);
}

void epochs_step(struct app *app, int by)
{
    struct world *world = &app->world;
    int before = world->wanted_step, newest = world->model->step;
    int step = (before ? before : newest) + by;
    struct err err;

    if (step < 1 || (by > 0 && before == 0)) {
        app_message(app, by < 0 ? "this is the first epoch"
                                : "this is the newest epoch");
        return;
    }
    for (;; step += by) {
        if (step < 1) {
            app_message(app, "no class codes were kept before this epoch");
            step = before;
        }
        if (world_set_step(world, step >= newest ? 0 : step, &err) != OK) {
            app_error(app, &err);
            return;
        }
        if (world->has_codes || step >= newest || step == before)
            break;
    }
    app_reload(app);
}
