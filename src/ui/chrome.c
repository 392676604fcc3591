#include <config.h>

#include "ui/chrome.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/chart.h"
#include "ui/key.h"

/* "81.2 %" or a dash. */
static void add_rate(struct str *out, const char *name, double rate,
                     const struct glyphs *g)
{
    if (!isnan(rate))
        str_addf(out, "%s%s %.1f %%", g->dot, name, rate * 100);
}

static void describe_model(const struct app *app, struct str *out)
{
    const struct world *world = &app->world;
    const struct glyphs *g = app->look.glyphs;

    if (!world->model) {
        str_add(out, world->has_dataset ? "no model yet" : "empty");
        return;
    }
    utf8_escape(out, world->model->name);
    add_rate(out, "class", world_class_accuracy(world), g);
    add_rate(out, "MHD", world_mhd(world), g);
    if (model_has_codes(world->model))
        str_addf(out, "%s%d bits", g->dot, world->model->bits);
    if (world->model->baseline[0])
        str_addf(out, "%sbaseline", g->dot);
}

/* The state of the worker at the right end; returns the columns it took. */
static int worker_state(const struct app *app, struct pane pane)
{
    const struct world *world = &app->world;
    const struct job *job = world->running;
    char left[32] = "", text[96];
    double part;
    int width, bar = pane.cols >= 100 ? 12 : 6;

    if (!job) {
        if (world->queued > 0)
            snprintf(text, sizeof(text), "%d waiting ", world->queued);
        else
            snprintf(text, sizeof(text), "idle ");
        width = utf8_width(text);
        pane_text(pane, 0, pane.cols - width, ROLE_TITLE_DIM, text);
        return width;
    }
    part = job->total > 0 ? (double)job->progress / (double)job->total : 0;
    if (job_time_left(job) >= 0)
        clock_duration(job_time_left(job), left, sizeof(left));
    snprintf(text, sizeof(text), " %3.0f %% %s%s", part * 100, left,
             left[0] ? " left " : "");
    width = utf8_width(text) + bar + (int)strlen(job_kind_name(job->kind)) + 1;
    pane_text(pane, 0, pane.cols - width, ROLE_TITLE_DIM,
              job_kind_name(job->kind));
    chart_bar(pane, 0, pane.cols - utf8_width(text) - bar, bar, part);
    pane_text(pane, 0, pane.cols - utf8_width(text), ROLE_TITLE, text);
    return width;
}

/* The catalogue's name at the left; returns the column after it. */
static int draw_name(const struct app *app, struct pane pane)
{
    const char *path = catalogue_path(app->world.cat);
    const char *slash = strrchr(path, '/');

    return pane_name(pane, 0, 1, -1, ROLE_TITLE_NAME, slash ? slash + 1 : path);
}

void chrome_title(const struct app *app, struct pane pane)
{
    const struct view *view = app_view(app);
    struct str text = STR_INIT, about = STR_INIT;
    struct pane rest = pane;
    int col, used;

    pane_fill(pane, 0, 0, pane.cols, ROLE_TITLE, ' ');
    used = worker_state(app, pane);
    rest.cols -= used + 1;
    col = draw_name(app, rest);
    describe_model(app, &text);
    col = pane_text(rest, 0, col + 2, ROLE_TITLE, text.text);
    str_addf(&about, "%s", view->ops->name);
    if (col + 2 + utf8_width(about.text) <= rest.cols)
        pane_text(rest, 0, col + 2, ROLE_TITLE_DIM, about.text);
    str_release(&text);
    str_release(&about);
}

/* The first key of an action: arrows and F keys come second. */
static void first_key(const struct app *app, enum action action,
                      struct str *out)
{
    str_clear(out);
    bindings_keys(&app->bindings, app_view(app)->ops->kind, action, out);
    if (out->length > 0)
        out->text[strcspn(out->text, " ")] = '\0';
}

/* What the second key of a sequence can be, once the first was pressed. */
static void sequence_hints(const struct app *app, struct pane pane)
{
    const struct bindings *bindings = &app->bindings;
    char name[KEY_NAME_MAX];
    int col = 1;

    for (int i = 0; i < bindings->count; i++) {
        const struct bound *bound = &bindings->items[i];
        const char *does;

        if (bound->first != app->pending_key ||
            !(bound->views & (1u << app_view(app)->ops->kind)))
            continue;
        does = bound->action != ACTION_NONE ? action_row(bound->action)->name
                                            : bound->command;
        col = pane_text(pane, 0, col, ROLE_HINT_KEY,
                        key_label(bound->second, name, sizeof(name)));
        col = pane_name(pane, 0, col + 1, utf8_width(does), ROLE_HINT, does);
        col += 2;
    }
}

void chrome_hints(const struct app *app, struct pane pane)
{
    const struct view *view = app_view(app);
    int count, col = 1, stop = pane.cols - 9;
    const struct action_row *rows = action_rows(&count);
    struct str key = STR_INIT;

    if (app->message[0]) {
        pane_name(pane, 0, 1, pane.cols - 2,
                  app->is_error ? ROLE_ERROR : ROLE_MESSAGE, app->message);
        return;
    }
    if (app->pending_key != KEY_CODE_NONE) {
        sequence_hints(app, pane);
        return;
    }
    for (int i = 0; i < count; i++) {
        int width;

        if (!rows[i].hint || rows[i].action == ACTION_HELP ||
            !(rows[i].views & (1u << view->ops->kind)))
            continue;
        first_key(app, rows[i].action, &key);
        if (key.text[0] == '\0')
            continue;
        width = utf8_width(key.text) + 1 + utf8_width(rows[i].hint);
        if (col + width > stop)
            break;
        pane_text(pane, 0, col, ROLE_HINT_KEY, key.text);
        pane_text(pane, 0, col + utf8_width(key.text) + 1, ROLE_HINT,
                  rows[i].hint);
        col += width + 2;
    }
    first_key(app, ACTION_HELP, &key);
    if (key.text[0]) {
        col = pane.cols - 6 - utf8_width(key.text);
        pane_text(pane, 0, col, ROLE_HINT_KEY, key.text);
        pane_text(pane, 0, pane.cols - 5, ROLE_HINT, "help");
    }
    str_release(&key);
}

void chrome_opening(const struct app *app, struct pane pane)
{
    canvas_clear(pane.canvas);
    for (int row = 0; row < pane.rows; row++)
        pane_fill(pane, row, 0, pane.cols, ROLE_SCREEN, ' ');
    pane_fill(pane, 0, 0, pane.cols, ROLE_TITLE, ' ');
    pane_text(pane, 0, draw_name(app, pane) + 2, ROLE_TITLE_DIM, "opening");
}

void chrome_too_small(struct pane pane)
{
    char text[128];
    int row = (pane.rows - 3) / 2;

    snprintf(text, sizeof(text),
             "bitgrove needs %d columns and %d rows.\nThis terminal has %d "
             "and %d.\nEnlarge it, or press Q to quit.",
             CHROME_COLS_MIN, CHROME_ROWS_MIN, pane.cols, pane.rows);
    pane_wrap(pane, row > 0 ? row : 0, ROLE_TEXT, text);
}
