#ifndef BITGROVE_UI_VIEW_H
#define BITGROVE_UI_VIEW_H

/*
 * A view: one screenful with a cursor of its own, behind a table of
 * functions. Each is a file in ui/views/ that exports nothing but its table.
 * A view draws from app->world, keeps only what is its own (cursor, folding,
 * filters), and finds its place again after every world_load().
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/action.h"
#include "ui/list.h"
#include "ui/pane.h"
#include "ui/target.h"

struct app;
struct marks;
struct scene;
struct view;

enum find_step {
    FIND_START,  /* the prompt opens: remember where the cursor is */
    FIND_CHANGE, /* the words changed: first match from there on */
    FIND_CANCEL, /* given up: back to there */
    FIND_NEXT,
    FIND_PREVIOUS
};

struct view_ops {
    enum view_kind kind;
    const char *name; /* as in the title line and in `:name` */
    size_t size;      /* of the view's own struct, which starts with view */
    bool single;      /* opening it again goes back to the one there is */

    /* NULL or called once; target is what to show, TARGET_NONE for all. */
    enum status (*open)(struct view *view, const struct target *target,
                        struct err *err);
    void (*close)(struct view *view); /* NULL or frees what it owns */
    /* After open(), and before it is seen or acts again when the world was
     * loaded anew. */
    enum status (*load)(struct view *view, struct err *err);
    void (*draw)(struct view *view, struct pane pane);
    /* True if it did something with it. key is what was pressed. */
    bool (*act)(struct view *view, enum action action, int key);
    /* What is under the cursor; NULL: never anything. */
    void (*subject)(const struct view *view, struct target *out);
    /* Moves to a match of app->finder; NULL: nothing to search. */
    bool (*find)(struct view *view, enum find_step step);
    /* NULL or adds what the view is about and its settings; recall() takes
     * the settings over again, after open(). */
    void (*scene)(const struct view *view, struct scene *out);
    enum status (*recall)(struct view *view, const struct scene *scene,
                          struct err *err);
    /* NULL or marks every row from the one where `from` is to the cursor's:
     * view_range_in_list() does it for a list. */
    void (*range)(struct view *view, const struct target *from,
                  struct marks *marks);
};

struct view {
    const struct view_ops *ops;
    struct app *app;
    uint64_t generation; /* of the world it last loaded */
};

/* The table of views, by enum view_kind. */
const struct view_ops *view_ops_of(enum view_kind kind);

/*
 * The find() of a view that is a list of rows: matches() says whether a row
 * does; *origin is where FIND_START was.
 */
bool view_find_in_list(struct list *list, int *origin, enum find_step step,
                       bool (*matches)(void *context, int row), void *context);

/* The range() of a view that is a list of rows: row_target() says what stands
 * in one. */
void view_range_in_list(struct view *view, const struct list *list,
                        const struct target *from, struct marks *marks,
                        void (*row_target)(const struct view *view, int row,
                                           struct target *out));

#endif
