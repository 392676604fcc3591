#ifndef BITGROVE_UI_SCENE_H
#define BITGROVE_UI_SCENE_H

/*
 * What a view shows, said so that it can be shown again: which view, what it
 * is about, and its settings (filter, order, switches) as names with values.
 * From it come the path in the title line and the link that `y v` sends:
 *
 *     bitgrove:near/image/9?code=01*1&model=first
 *
 * The view, the address of what it is about (ui/target.h), settings. The user
 * interface's thread.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "ui/action.h"
#include "ui/target.h"

struct app;
struct view;

struct scene {
    enum view_kind kind;
    struct target about; /* its topic is borrowed from the view */
    struct str
        settings; /* "name=value" joined by '&', in the letters of links */
};

void scene_init(struct scene *scene);
void scene_release(struct scene *scene);

/* Adds a setting; names are small letters. */
void scene_set(struct scene *scene, const char *name, const char *value);
void scene_set_number(struct scene *scene, const char *name, int64_t value);

/* Appends the value to *out, unless it is NULL; false if it is not set. */
bool scene_get(const struct scene *scene, const char *name, struct str *out);
/* The number, or `fallback`. */
int64_t scene_number(const struct scene *scene, const char *name,
                     int64_t fallback);

/* What the view shows; *out is initialised. */
void scene_of(const struct view *view, struct scene *out);

/* Appends "bit 7", "ring", "images of ring": its name in the path of the title
 * line; escaped. */
void scene_crumb(const struct app *app, const struct scene *scene,
                 struct str *out);

/* Appends the link, with the model, the epoch and the linkage looked at. */
void scene_link(const struct app *app, const struct scene *scene,
                struct str *out);

/* True if the text is the link of a view, not of a place alone. */
bool scene_is_link(const char *text);

/* Shows what the link says. */
MUST_USE enum status scene_open(struct app *app, const char *link,
                                struct err *err);

#endif
