#include <config.h>

#include "ui/chrome.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/chart.h"
#include "ui/key.h"
#include "ui/scene.h"

/* "81.2 %" or a dash. */
static void add_rate(struct str *out, const char *name, double rate,
                     const struct glyphs *g)
{
    if (!isnan(rate))
        str_addf(out, "%s%s %.1f %%", g->dot, name, rate * 100);
}

/* What is known of the model, from what matters most on: `parts` of it. False
 * if there are not so many. */
static bool describe_model(const struct app *app, int parts, struct str *out)
{
    const struct world *world = &app->world;
    const struct glyphs *g = app->look.glyphs;
    bool baseline = world->model && world->model->baseline[0];

    str_clear(out);
    if (parts <= 0)
        return true;
    if (!world->model) {
        str_add(out, world->has_dataset ? "no model yet" : "empty");
        return parts == 1;
    }
    utf8_escape(out, world->model->name);
    if (parts > 1)
        add_rate(out, "class", world_class_accuracy(world), g);
    if (parts > 2)
        add_rate(out, "MHD", world_mhd(world), g);
    if (parts > 3 && model_has_codes(world->model))
        str_addf(out, "%s%d bits", g->dot, world->model->bits);
    if (parts > 3 && baseline)
        str_addf(out, "%sbaseline", g->dot);
    return parts <= 4;
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

/* The catalogue's name at the left, at most so wide; returns the column after
 * it. */
static int draw_name(const struct app *app, struct pane pane, int width)
{
    const char *path = catalogue_path(app->world.cat);
    const char *slash = strrchr(path, '/');
    struct str safe = STR_INIT, clipped = STR_INIT;
    int col;

    utf8_escape(&safe, slash ? slash + 1 : path);
    utf8_clip(&clipped, safe.text, width, app->look.glyphs->ascii);
    col = pane_text(pane, 0, 1, ROLE_TITLE_NAME, clipped.text);
    str_release(&safe);
    str_release(&clipped);
    return col;
}

/* ---- the path: from where one came to the view that is seen ---- */

#define CRUMBS_MAX 8
#define CRUMB_COLS 20

struct crumbs {
    struct str text[CRUMBS_MAX]; /* the newest first; the first is whole */
    int count;
    bool more; /* there were others before */
};

static void crumbs_of(const struct app *app, struct crumbs *out)
{
    out->count = 0;
    out->more = app->at + 1 > CRUMBS_MAX;
    for (int i = app->at; i >= 0 && out->count < CRUMBS_MAX; i--) {
        struct str *text = &out->text[out->count++];
        struct str whole = STR_INIT;
        struct scene scene;

        scene_init(&scene);
        str_init(text);
        scene_of(app->views[i], &scene);
        scene_crumb(app, &scene, &whole);
        utf8_clip(text, whole.text, i == app->at ? INT_MAX : CRUMB_COLS,
                  app->look.glyphs->ascii);
        str_release(&whole);
        scene_release(&scene);
    }
}

static void crumbs_release(struct crumbs *crumbs)
{
    for (int i = 0; i < crumbs->count; i++)
        str_release(&crumbs->text[i]);
}

/* " > " and the crumb; one that stands for those cut off. */
enum { JOINT = 3, CUT = 1 };

/* How many fit in so many columns, from the newest on; *width is what they
 * take. The first always counts. */
static int crumbs_that_fit(const struct crumbs *crumbs, int cols, int *width)
{
    int used = utf8_width(crumbs->text[0].text), n = 1;

    for (; n < crumbs->count; n++) {
        bool last = n + 1 == crumbs->count && !crumbs->more;
        int more = JOINT + utf8_width(crumbs->text[n].text);

        if (used + more + (last ? 0 : JOINT + CUT) > cols)
            break;
        used += more;
    }
    if ((n < crumbs->count || crumbs->more) && used + JOINT + CUT <= cols)
        used += JOINT + CUT;
    *width = used;
    return n;
}

static int draw_joint(struct pane pane, int col)
{
    pane_put(pane, 0, col + 1, ROLE_TITLE_DIM,
             pane.look->glyphs->ascii ? '>' : 0x203a);
    return col + JOINT;
}

static void draw_crumbs(const struct crumbs *crumbs, struct pane pane, int col,
                        int cols)
{
    int width, n = crumbs_that_fit(crumbs, cols, &width), own = 0;

    for (int i = 0; i < n; i++)
        own += utf8_width(crumbs->text[i].text) + (i ? JOINT : 0);
    if (width > own) {
        pane_put(pane, 0, col, ROLE_TITLE_DIM,
                 pane.look->glyphs->ascii ? '~' : 0x2026);
        col = draw_joint(pane, col + CUT);
    }
    for (int i = n - 1; i > 0; i--)
        col = draw_joint(pane, pane_text(pane, 0, col, ROLE_TITLE_DIM,
                                         crumbs->text[i].text));
    pane_field(pane, 0, col, cols < width ? cols : width, false, ROLE_TITLE,
               crumbs->text[0].text);
}

enum { GAP = 2, NAME_LEAST = 8 };

/*
 * From what must be there on: the view's name, the catalogue's, the model's,
 * where one came from as far as half the line, accuracy, MHD, bits, and then
 * the rest of the way.
 */
void chrome_title(const struct app *app, struct pane pane)
{
    struct str facts = STR_INIT, longer = STR_INIT;
    struct crumbs crumbs;
    struct pane rest = pane;
    int col, room, width, least;

    pane_fill(pane, 0, 0, pane.cols, ROLE_TITLE, ' ');
    rest.cols -= worker_state(app, pane) + 1;
    crumbs_of(app, &crumbs);
    least = utf8_width(crumbs.text[0].text);
    room = rest.cols - 1 - GAP - least;
    if (room > rest.cols / 3)
        room = rest.cols / 3;
    col = draw_name(app, rest, room > NAME_LEAST ? room : NAME_LEAST) + GAP;
    room = rest.cols - col;
    crumbs_that_fit(&crumbs, rest.cols / 2, &width);
    for (int parts = 1; describe_model(app, parts, &longer); parts++) {
        int wanted = parts == 1 ? least : width;

        if (utf8_width(longer.text) + GAP + wanted > room)
            break;
        str_clear(&facts);
        str_add(&facts, longer.text);
    }
    if (facts.length > 0)
        col = pane_text(rest, 0, col, ROLE_TITLE, facts.text) + GAP;
    draw_crumbs(&crumbs, rest, col, rest.cols - col);
    crumbs_release(&crumbs);
    str_release(&facts);
    str_release(&longer);
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
    pane_text(pane, 0, draw_name(app, pane, pane.cols - 12) + GAP,
              ROLE_TITLE_DIM, "opening");
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
