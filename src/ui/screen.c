#include <config.h>

#include "ui/screen.h"

#include <stdlib.h>
#include <string.h>

#include "ui/app.h"
#include "ui/chrome.h"
#include "ui/rc.h"
#include "ui/script.h"
#include "ui/ui.h"

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

/* What is shown now of what was asked for. */
static void settle_pictures(struct app *app)
{
    enum graphic_mode mode = app->pictures;

    if (app->tty)
        mode = tty_pictures(app->tty);
    else if (mode == GRAPHIC_AUTO || graphic_mode_is_pixels(mode))
        mode = GRAPHIC_HALF;
    app->look.pictures = mode;
}

enum status screen_set_pictures(struct app *app, const char *word,
                                struct err *err)
{
    enum graphic_mode mode;

    if (!graphic_mode_parse(word, &mode))
        return err_set(err, ERR_BAD_INPUT,
                       "pictures are auto, kitty, iterm, sixel, half, ascii "
                       "or none, not '%s'",
                       word);
    if (!graphic_mode_is_built(mode))
        return err_set(err, ERR_BAD_INPUT,
                       "this bitgrove was built without libchafa, which makes "
                       "'%s'; half and ascii need none",
                       word);
    app->pictures = mode;
    if (app->tty)
        tty_set_pictures(app->tty, mode);
    settle_pictures(app);
    return OK;
}

enum status screen_open(struct app *app, const struct ui_options *options,
                        bool scripted, struct err *err)
{
    const char *size = getenv("BITGROVE_SIZE");
    int cols, rows, colours;

    if (!scripted || !size) {
        if (tty_open(&app->tty, err) != OK)
            return err->status;
        colours = tty_colours(app->tty);
    } else {
        if (script_size(&cols, &rows, size, err) != OK)
            return err_wrap(err, "BITGROVE_SIZE");
        canvas_resize(&app->canvas, rows, cols);
        colours = tty_colours_of_name(getenv("TERM"));
    }
    if (set_look(app, options, colours, err) != OK)
        return err->status;
    settle_pictures(app);
    return options->pictures ? screen_set_pictures(app, options->pictures, err)
                             : OK;
}

static void fit(struct app *app)
{
    int rows, cols;

    if (!app->tty)
        return;
    tty_size(app->tty, &rows, &cols);
    if (rows != app->canvas.rows || cols != app->canvas.cols)
        canvas_resize(&app->canvas, rows, cols);
}

void screen_greet(struct app *app)
{
    if (!app->tty)
        return;
    fit(app);
    chrome_opening(app, pane_of(&app->canvas, &app->look));
    tty_show(app->tty, &app->canvas, false);
}

void screen_show(struct app *app)
{
    fit(app);
    settle_pictures(app);
    app_draw(app);
    if (app->tty)
        tty_show(app->tty, &app->canvas, app->prompt.open);
}
