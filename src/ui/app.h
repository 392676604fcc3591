#ifndef BITGROVE_UI_APP_H
#define BITGROVE_UI_APP_H

/*
 * The running explorer: the world it shows, the views that are open, the
 * prompt, the message. Views are kept in the order they were visited; `at` is
 * the one seen, those after it are what "forward" leads to. Invariant: there
 * is always one. One thread.
 */

#include <stdbool.h>

#include "ui/album.h"
#include "ui/bindings.h"
#include "ui/canvas.h"
#include "ui/finder.h"
#include "ui/marks.h"
#include "ui/prompt.h"
#include "ui/remark.h"
#include "ui/target.h"
#include "ui/tty.h"
#include "ui/view.h"
#include "ui/world.h"

#define APP_VIEWS 64

struct app {
    struct world world;
    struct look look;
    struct theme theme; /* as loaded, before it was reduced to the terminal */
    enum graphic_mode pictures; /* as asked for; look has what there is */
    struct canvas canvas;
    struct tty *tty; /* NULL without a terminal */
    struct prompt prompt;
    struct finder finder;
    struct album album;
    struct bindings bindings;
    struct marks marks;
    struct edits edits;
    char *author;   /* who writes, if it was set; owned */
    bool mouse;     /* wheel and clicks are asked for */
    bool read_only; /* the catalogue can't be written to */

    struct view *views[APP_VIEWS];
    int count, at;

    char message[ERR_TEXT_MAX]; /* "" for none; escaped when drawn */
    bool is_error;
    int pending_key; /* the first key of a sequence */
    bool quit;

    /* What is done with the text of an app_ask(), and for which view. */
    void (*answer)(struct view *view, const char *text);
};

/* Asks the catalogue nothing; app_load() reads it and opens the first view,
 * before which nothing but chrome_opening() can be drawn. */
void app_init(struct app *app, struct catalogue *cat);
MUST_USE enum status app_load(struct app *app, struct err *err);
void app_release(struct app *app);

/* Sets the theme for a terminal of `colours` colours. */
void app_set_theme(struct app *app, const struct theme *theme);

struct view *app_view(const struct app *app); /* the one seen */

/* Opens a view, or goes back to it if there is only ever one; a failure
 * becomes the message. target may be NULL. */
void app_open(struct app *app, enum view_kind kind,
              const struct target *target);

/* Opens the view that a target is best seen in. */
void app_goto(struct app *app, const struct target *target);

void app_message(struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3);
void app_error(struct app *app, const struct err *err);

/* True if the catalogue can be written to; says why `what` does nothing
 * otherwise. */
bool app_may_write(struct app *app, const char *what);

/* Asks for a line of text; answer() is called with it on Enter. */
void app_ask(struct app *app, const char *label, const char *text,
             void (*answer)(struct view *view, const char *text));

/* What is under the cursor of the view seen. */
void app_subject(const struct app *app, struct target *out);

/* A key was pressed. */
void app_key(struct app *app, int key);
void app_act(struct app *app, enum action action, int key);

/* Reads the world anew; the view seen finds its place in it at once, the
 * others when they are seen again. */
void app_reload(struct app *app);

void app_draw(struct app *app);

/* Between frames: see world_poll(). True if the screen changes. */
bool app_idle(struct app *app);

#endif
