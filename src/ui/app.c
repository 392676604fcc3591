#include <config.h>

#include "ui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/acts.h"
#include "ui/chrome.h"
#include "ui/command.h"
#include "ui/copy.h"
#include "ui/key.h"
#include "ui/recompute.h"

struct view *app_view(const struct app *app)
{
    return app->views[app->at];
}

void app_message(struct app *app, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(app->message, sizeof(app->message), fmt, args);
    va_end(args);
    app->is_error = false;
}

void app_error(struct app *app, const struct err *err)
{
    snprintf(app->message, sizeof(app->message), "%s", err->text);
    app->is_error = true;
}

void app_set_theme(struct app *app, const struct theme *theme)
{
    app->theme = *theme;
    app->look.theme = *theme;
    theme_reduce(&app->look.theme, app->look.colours);
}

/* ---- the views that are open ---- */

static void drop_view(struct app *app, int index)
{
    struct view *view = app->views[index];

    if (view->ops->close)
        view->ops->close(view);
    free(view);
    memmove(&app->views[index], &app->views[index + 1],
            (size_t)(app->count - index - 1) * sizeof(view));
    app->count--;
}

static enum status make_view(struct app *app, enum view_kind kind,
                             const struct target *target, struct view **out,
                             struct err *err)
{
    const struct view_ops *ops = view_ops_of(kind);
    struct view *view = mem_zalloc(1, ops->size);

    view->ops = ops;
    view->app = app;
    if ((!ops->open || ops->open(view, target, err) == OK) &&
        ops->load(view, err) == OK) {
        view->generation = app->world.generation;
        *out = view;
        return OK;
    }
    if (ops->close)
        ops->close(view);
    free(view);
    return err->status;
}

/* Makes room and puts the view after the one seen, which it becomes. */
static void push_view(struct app *app, struct view *view)
{
    while (app->count > app->at + 1)
        drop_view(app, app->count - 1);
    if (app->count == APP_VIEWS) {
        drop_view(app, 0);
        app->at--;
    }
    app->at = app->count;
    app->views[app->count++] = view;
}

/* The only view of its kind comes to the end. False if there is none. */
static bool raise_single(struct app *app, enum view_kind kind)
{
    for (int i = 0; i < app->count; i++) {
        struct view *view = app->views[i];

        if (view->ops->kind != kind || !view->ops->single)
            continue;
        memmove(&app->views[i], &app->views[i + 1],
                (size_t)(app->count - i - 1) * sizeof(view));
        app->views[app->count - 1] = view;
        app->at = app->count - 1;
        return true;
    }
    return false;
}

void app_open(struct app *app, enum view_kind kind, const struct target *target)
{
    static const struct target none = {.kind = TARGET_NONE};
    struct view *view;
    struct err err;

    if (raise_single(app, kind)) {
        view = app_view(app);
        if (target && target->kind != TARGET_NONE && view->ops->open) {
            if (view->ops->open(view, target, &err) != OK ||
                view->ops->load(view, &err) != OK)
                app_error(app, &err);
        }
        return;
    }
    if (make_view(app, kind, target ? target : &none, &view, &err) != OK)
        app_error(app, &err);
    else
        push_view(app, view);
}

void app_goto(struct app *app, const struct target *target)
{
    static const enum view_kind best[] = {
        [TARGET_NONE] = VIEW_TREE,   [TARGET_MODEL] = VIEW_MODELS,
        [TARGET_CLASS] = VIEW_CLASS, [TARGET_IMAGE] = VIEW_NEAR,
        [TARGET_BIT] = VIEW_BITS,    [TARGET_NODE] = VIEW_TREE,
        [TARGET_JOB] = VIEW_JOBS,    [TARGET_TOPIC] = VIEW_HELP,
        [TARGET_CODE] = VIEW_NEAR,
    };

    app_open(app, best[target->kind], target);
}

static void close_view(struct app *app)
{
    if (app->count == 1) {
        app->quit = true;
        return;
    }
    drop_view(app, app->at);
    if (app->at > 0)
        app->at--;
}

/* ---- life cycle ---- */

void app_init(struct app *app, struct catalogue *cat)
{
    memset(app, 0, sizeof(*app));
    world_init(&app->world, cat);
    prompt_init(&app->prompt);
    finder_init(&app->finder);
    canvas_init(&app->canvas, 24, 80);
    bindings_init(&app->bindings);
    app->pending_key = KEY_CODE_NONE;
    app->look.glyphs = glyphs_for(glyphs_locale_is_ascii());
    app->look.pictures = GRAPHIC_HALF;
    theme_default(&app->theme);
    app_set_theme(app, &app->theme);
}

enum status app_load(struct app *app, struct err *err)
{
    struct catalogue *cat = app->world.cat;
    struct view *first = NULL;

    if (catalogue_snapshot(cat, err) == OK &&
        world_load(&app->world, err) == OK &&
        make_view(app, VIEW_TREE, &(struct target){0}, &first, err) == OK)
        app->views[app->count++] = first;
    catalogue_rollback(cat);
    return first ? OK : err->status;
}

void app_release(struct app *app)
{
    while (app->count > 0)
        drop_view(app, app->count - 1);
    album_release(&app->album);
    canvas_release(&app->canvas);
    finder_release(&app->finder);
    prompt_release(&app->prompt);
    bindings_release(&app->bindings);
    marks_release(&app->marks);
    edits_release(&app->edits);
    free(app->author);
    world_release(&app->world);
}

/* Lets the view seen find its place, if the world was loaded since. */
static void freshen(struct app *app)
{
    struct view *view = app_view(app);
    struct err err;

    if (view->generation == app->world.generation)
        return;
    view->generation = app->world.generation;
    if (view->ops->load(view, &err) != OK)
        app_error(app, &err);
}

void app_reload(struct app *app)
{
    struct err err;

    if (catalogue_snapshot(app->world.cat, &err) != OK ||
        world_load(&app->world, &err) != OK)
        app_error(app, &err);
    else
        freshen(app);
    catalogue_rollback(app->world.cat);
}

/* ---- prompt ---- */

static void find_change(void *context, const char *text)
{
    struct app *app = context;
    struct view *view = app_view(app);

    finder_set(&app->finder, text ? text : "");
    freshen(app);
    if (view->ops->find)
        view->ops->find(view, text ? FIND_CHANGE : FIND_CANCEL);
}

static void find_done(void *context, const char *text)
{
    struct app *app = context;
    struct view *view = app_view(app);

    finder_set(&app->finder, text);
    if (app->finder.broken)
        app_message(app, "not a regular expression: %s", text + 1);
    else if (text[0] && view->ops->find && !view->ops->find(view, FIND_CHANGE))
        app_message(app, "nothing matches %s", text);
}

static void start_find(struct app *app)
{
    struct view *view = app_view(app);

    if (!view->ops->find) {
        app_message(app, "there is nothing to search here");
        return;
    }
    view->ops->find(view, FIND_START);
    app->prompt.change = find_change;
    app->prompt.done = find_done;
    app->prompt.complete = NULL;
    app->prompt.context = app;
    prompt_open(&app->prompt, "/", "");
}

static void find_again(struct app *app, enum find_step step)
{
    struct view *view = app_view(app);

    if (!finder_active(&app->finder))
        app_message(app, "nothing to look for yet; / searches");
    else if (!view->ops->find || !view->ops->find(view, step))
        app_message(app, "nothing matches %s", app->finder.pattern);
}

static void answer_done(void *context, const char *text)
{
    struct app *app = context;

    app->answer(app_view(app), text);
}

void app_ask(struct app *app, const char *label, const char *text,
             void (*answer)(struct view *view, const char *text))
{
    app->answer = answer;
    app->prompt.change = NULL;
    app->prompt.done = answer_done;
    app->prompt.complete = NULL;
    app->prompt.context = app;
    prompt_open(&app->prompt, label, text);
}

static void command_done(void *context, const char *text)
{
    command_run(context, text);
}

static void command_completions(void *context, const char *text,
                                struct str *out)
{
    command_complete(context, text, out);
}

static void start_command(struct app *app)
{
    app->prompt.change = NULL;
    app->prompt.done = command_done;
    app->prompt.complete = command_completions;
    app->prompt.context = app;
    prompt_open(&app->prompt, ":", "");
}

/* ---- actions ---- */

void app_subject(const struct app *app, struct target *out)
{
    const struct view *view = app_view(app);

    memset(out, 0, sizeof(*out));
    if (view->ops->subject)
        view->ops->subject(view, out);
}

static void step_in_history(struct app *app, int by)
{
    int at = app->at + by;

    if (at < 0 || at >= app->count)
        app_message(app, by < 0 ? "this is where it began"
                                : "there is nothing after this");
    else
        app->at = at;
}

static bool open_by_action(struct app *app, enum action action)
{
    static const struct {
        enum action action;
        enum view_kind kind;
    } table[] = {
        {ACTION_VIEW_TREE, VIEW_TREE},
        {ACTION_VIEW_CLASS, VIEW_CLASS},
        {ACTION_VIEW_BITS, VIEW_BITS},
        {ACTION_VIEW_NEAR, VIEW_NEAR},
        {ACTION_VIEW_IMAGES, VIEW_IMAGES},
        {ACTION_VIEW_OUTLIERS, VIEW_OUTLIERS},
        {ACTION_VIEW_MODELS, VIEW_MODELS},
        {ACTION_VIEW_COMPARE, VIEW_COMPARE},
        {ACTION_VIEW_JOBS, VIEW_JOBS},
        {ACTION_VIEW_MAP, VIEW_MAP},
        {ACTION_HELP, VIEW_HELP},
    };
    struct target target;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].action != action)
            continue;
        app_subject(app, &target);
        if (action == ACTION_HELP)
            target = (struct target){.kind = TARGET_TOPIC,
                                     .topic = app_view(app)->ops->name};
        app_open(app, table[i].kind, &target);
        return true;
    }
    return false;
}

bool app_may_write(struct app *app, const char *what)
{
    if (app->read_only)
        app_message(app,
                    "read-only: %s would write to the catalogue; open it "
                    "without --readonly, and as one who may write",
                    what);
    return !app->read_only;
}

void app_act(struct app *app, enum action action, int key)
{
    struct view *view = app_view(app);

    if (action == ACTION_NONE ||
        (action_row(action)->writes &&
         !app_may_write(app, action_row(action)->name)))
        return;
    freshen(app);
    if ((action == ACTION_DIGIT || action == ACTION_SECTION) &&
        (key < '0' || key > '9')) {
        app_message(app, "give the digit: :%s 3", action_row(action)->name);
        return;
    }
    if (view->ops->act && view->ops->act(view, action, key))
        return;
    if (open_by_action(app, action) || acts_run(app, action) ||
        copy_run(app, action))
        return;
    switch (action) {
    case ACTION_CLOSE:
        if (key == KEY_CODE_ESC && acts_leave_range(app))
            app_message(app, "no range");
        else if (key == KEY_CODE_ESC && finder_active(&app->finder))
            finder_set(&app->finder, "");
        else if (key == KEY_CODE_ESC && app->count == 1)
            app_message(app, "q or Q quits");
        else
            close_view(app);
        break;
    case ACTION_QUIT:
    case ACTION_INTERRUPT:
        app->quit = true;
        break;
    case ACTION_FIND:
        start_find(app);
        break;
    case ACTION_FIND_NEXT:
        find_again(app, FIND_NEXT);
        break;
    case ACTION_FIND_PREVIOUS:
        find_again(app, FIND_PREVIOUS);
        break;
    case ACTION_COMMAND:
        start_command(app);
        break;
    case ACTION_BACK:
        step_in_history(app, -1);
        break;
    case ACTION_FORWARD:
        step_in_history(app, 1);
        break;
    case ACTION_RECOMPUTE:
        recompute_subject(app);
        break;
    case ACTION_REDRAW:
        if (app->tty)
            tty_redraw(app->tty);
        break;
    default:
        break;
    }
}

static bool too_small(const struct app *app)
{
    return app->canvas.rows < CHROME_ROWS_MIN ||
           app->canvas.cols < CHROME_COLS_MIN;
}

enum { WHEEL_ROWS = 3 };

/* To the row that was clicked on; on the one under the cursor, into it. */
static void click(struct app *app)
{
    int row, by;

    if (!app->tty)
        return;
    row = tty_click(app->tty);
    by = row - app->canvas.cursor_row;
    if (row < 1 || row >= app->canvas.rows - 1)
        return;
    if (by == 0)
        app_act(app, ACTION_OPEN, KEY_CODE_CLICK);
    for (; by < 0; by++)
        app_act(app, ACTION_UP, KEY_CODE_CLICK);
    for (; by > 0; by--)
        app_act(app, ACTION_DOWN, KEY_CODE_CLICK);
}

static void use_mouse(struct app *app, int key)
{
    if (key == KEY_CODE_CLICK)
        click(app);
    for (int i = 0; key != KEY_CODE_CLICK && i < WHEEL_ROWS; i++)
        app_act(app, key == KEY_CODE_WHEEL_UP ? ACTION_UP : ACTION_DOWN, key);
}

void app_key(struct app *app, int key)
{
    const struct bound *bound;

    if (key == KEY_CODE_RESIZE || key == KEY_CODE_NONE)
        return;
    app->message[0] = '\0';
    freshen(app);
    if (too_small(app)) {
        app->quit = key == 'Q' || key == 'q' || key == 3;
        return;
    }
    if (app->prompt.open) {
        prompt_key(&app->prompt, key);
        return;
    }
    if (key == KEY_CODE_CLICK || key == KEY_CODE_WHEEL_UP ||
        key == KEY_CODE_WHEEL_DOWN) {
        use_mouse(app, key);
        return;
    }
    bound = bindings_find(&app->bindings, app_view(app)->ops->kind, key,
                          &app->pending_key);
    if (bound && bound->action != ACTION_NONE) {
        app_act(app, bound->action, key);
    } else if (bound) {
        char *line = mem_strdup(bound->command); /* it may bind anew */

        command_run(app, line);
        free(line);
    }
}

static void draw_view(struct app *app)
{
    struct pane all, body;

    freshen(app);
    canvas_clear(&app->canvas);
    all = pane_of(&app->canvas, &app->look);
    for (int row = 0; row < all.rows; row++)
        pane_fill(all, row, 0, all.cols, ROLE_SCREEN, ' ');
    if (too_small(app)) {
        chrome_too_small(all);
        return;
    }
    body = pane_sub(all, 1, 0, all.rows - 2, all.cols);
    chrome_title(app, all);
    app_view(app)->ops->draw(app_view(app), body);
    if (app->prompt.open)
        prompt_draw(&app->prompt, all, all.rows - 1);
    else
        chrome_hints(app, pane_sub(all, all.rows - 1, 0, 1, all.cols));
}

void app_draw(struct app *app)
{
    struct err err;

    if (catalogue_snapshot(app->world.cat, &err) != OK)
        app_error(app, &err);
    draw_view(app);
    catalogue_rollback(app->world.cat);
}

bool app_idle(struct app *app)
{
    bool changed;
    struct err err;

    if (world_poll(&app->world, &changed, &err) != OK) {
        app_error(app, &err);
        return true;
    }
    return changed;
}
