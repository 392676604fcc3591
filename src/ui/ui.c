#include <config.h>

#include "ui/ui.h"

#include <stdlib.h>

#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/scene.h"
#include "ui/screen.h"
#include "ui/script.h"

/* How often the catalogue is asked whether it changed. */
#define POLL_MS 250

/* The same for the codes of images while a thread reads them. */
#define LOAD_MS 20

/* Keys taken before a frame is drawn: held keys never fall behind. */
#define KEYS_A_FRAME 64

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
        screen_show(app);
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
        screen_show(app);
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

static enum status run(struct app *app, const struct ui_options *options,
                       struct script *script, struct err *err)
{
    struct target place;

    if (screen_open(app, options, script != NULL, err) != OK)
        return err->status;
    screen_greet(app);
    if (app_load(app, err) != OK)
        return err->status;
    if (options->place && scene_is_link(options->place)) {
        if (scene_open(app, options->place, err) != OK)
            return err->status;
    } else if (options->place) {
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
    if (status == OK) {
        app_init(&app, cat);
        app.read_only = options->read_only;
        status = run(&app, options, script, err);
        tty_close(app.tty);
        app_release(&app);
    }
    script_close(script);
    catalogue_close(cat);
    return status;
}
