#include <config.h>

#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/rc.h"
#include "ui/script.h"

/* How often the catalogue is asked whether it changed. */
#define POLL_MS 250

/* The same for the codes of images while a thread reads them. */
#define LOAD_MS 20

/* Keys taken before a frame is drawn: held keys never fall behind. */
#define KEYS_A_FRAME 64

static bool no_colour(void)
{
    const char *value = getenv("NO_COLOR");

    return value && value[0];
}

/* Keys and settings; the first line that is wrong becomes the message. */
static void load_rc(struct app *app)
{
    struct rc_report report;
    struct err err;

    rc_report_init(&report);
    rc_load(app, &report);
    if (report.count > 0) {
        err_set(&err, ERR_BAD_INPUT, "%.*s%s",
                (int)strcspn(report.findings.text, "\n"), report.findings.text,
                report.count > 1 ? " (bitgrove --check-keys tells the others)"
                                 : "");
        app_error(app, &err);
    }
    rc_report_release(&report);
}

static enum status set_look(struct app *app, const struct ui_options *options,
                            int colours, struct err *err)
{
    const char *asked =
        options->theme ? options->theme : getenv("BITGROVE_THEME");
    const char *name = asked && asked[0] ? asked : NULL;
    struct theme theme;

    if (no_colour() || colours < 8) {
        colours = 0;
        name = "mono";
    }
    app->look.colours = colours;
    app_set_theme(app, &app->theme);
    load_rc(app);
    if (options->ascii)
        app->look.glyphs = glyphs_for(true);
    if (!name)
        return OK;
    if (theme_find(&theme, name, err) != OK) {
        /* Without colours the built-in theme does as well. */
        if (err->status != ERR_NOT_FOUND || colours > 0)
            return err->status;
        theme_default(&theme);
    }
    app_set_theme(app, &theme);
    return OK;
}

static void show(struct app *app)
{
    int rows, cols;

    if (app->tty) {
        tty_size(app->tty, &rows, &cols);
        if (rows != app->canvas.rows || cols != app->canvas.cols)
            canvas_resize(&app->canvas, rows, cols);
    }
    app_draw(app);
    if (app->tty)
        tty_show(app->tty, &app->canvas, app->prompt.open);
}

static void poll_catalogue(struct app *app, int64_t *next)
{
    int64_t now = clock_monotonic();

    if (now < *next)
        return;
    *next = now + POLL_MS;
    if (catalogue_changed(app->world.cat))
        app_reload(app);
}

static enum status play(struct app *app, struct script *script, struct err *err)
{
    int64_t next = 0;

    while (!app->quit) {
        bool waiting;

        poll_catalogue(app, &next);
        show(app);
        if (app_idle(app) || world_busy(&app->world)) {
            clock_sleep(1);
            continue;
        }
        if (script_step(script, app, &waiting, err) != OK)
            return err->status;
        if (waiting)
            clock_sleep(20);
    }
    return OK;
}

static void converse(struct app *app)
{
    int64_t next = 0;

    while (!app->quit && !tty_stopped()) {
        int64_t left;
        int key;

        poll_catalogue(app, &next);
        show(app);
        if (app_idle(app))
            continue;
        left = next - clock_monotonic();
        if (world_busy(&app->world) && left > LOAD_MS)
            left = LOAD_MS;
        key = tty_key(app->tty, left > 0 ? (int)left : 0);
        for (int i = 0; key != KEY_CODE_NONE && !app->quit; i++) {
            app_key(app, key);
            key = i < KEYS_A_FRAME ? tty_key(app->tty, 0) : KEY_CODE_NONE;
        }
    }
}

/* Opens the terminal unless a script runs without one. */
static enum status open_screen(struct app *app, bool scripted, int *colours,
                               struct err *err)
{
    const char *size = getenv("BITGROVE_SIZE");
    int cols, rows;

    if (!scripted || !size) {
        if (tty_open(&app->tty, err) != OK)
            return err->status;
        *colours = tty_colours(app->tty);
        return OK;
    }
    if (script_size(&cols, &rows, size, err) != OK)
        return err_wrap(err, "BITGROVE_SIZE");
    canvas_resize(&app->canvas, rows, cols);
    *colours = tty_colours_of_name(getenv("TERM"));
    return OK;
}

static enum status run(struct app *app, const struct ui_options *options,
                       struct script *script, struct err *err)
{
    struct target place;
    int colours = 0;

    if (open_screen(app, script != NULL, &colours, err) != OK ||
        set_look(app, options, colours, err) != OK)
        return err->status;
    if (options->place) {
        if (target_parse(&place, options->place, &app->world, err) != OK)
            return err->status;
        app_goto(app, &place);
    }
    if (script)
        return play(app, script, err);
    converse(app);
    return OK;
}

enum status ui_run(const char *catalogue_path, const struct ui_options *options,
                   struct err *err)
{
    const char *script_path = getenv("BITGROVE_SCRIPT");
    struct catalogue *cat;
    struct script *script = NULL;
    struct app app;
    enum status status = catalogue_open(
        &cat, catalogue_path, options->read_only ? DB_READ : DB_WRITE, err);

    if (status != OK)
        return status;
    if (script_path && script_path[0])
        status = script_open(&script, script_path, err);
    if (status == OK)
        status = app_init(&app, cat, err);
    if (status == OK) {
        app.read_only = options->read_only;
        status = run(&app, options, script, err);
        tty_close(app.tty);
        app_release(&app);
    }
    script_close(script);
    catalogue_close(cat);
    return status;
}
