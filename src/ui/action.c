#include <config.h>

#include "ui/action.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

#define IN(view)    (1u << (view))
#define IN_TREE     IN(VIEW_TREE)
#define IN_CLASS    IN(VIEW_CLASS)
#define IN_BITS     IN(VIEW_BITS)
#define IN_NEAR     IN(VIEW_NEAR)
#define IN_IMAGES   IN(VIEW_IMAGES)
#define IN_OUTLIERS IN(VIEW_OUTLIERS)
#define IN_MODELS   IN(VIEW_MODELS)
#define IN_JOBS     IN(VIEW_JOBS)
#define IN_COMPARE  IN(VIEW_COMPARE)
#define IN_TREES    (IN_TREE | IN_COMPARE)
#define WITH_PANES \
    (IN_TREES | IN_CLASS | IN_BITS | IN_NEAR | IN_OUTLIERS | IN_JOBS)
#define IN_MAP IN(VIEW_MAP)
#define IN_CODED \
    (IN_TREE | IN_CLASS | IN_BITS | IN_NEAR | IN_IMAGES | IN_OUTLIERS)
#define NOT_IN_TREES (ALL_VIEWS & ~IN_TREES)
#define WRITES       1

#define ACTION(id, name, views, flags, keys, hint, help) \
    {ACTION_##id, name, views, flags, keys, hint, help},

static const struct action_row table[] = {
#include "ui/actions.def"
};

static const char *const view_names[VIEW_KINDS] = {
    [VIEW_TREE] = "tree",       [VIEW_CLASS] = "class",
    [VIEW_BITS] = "bits",       [VIEW_NEAR] = "neighbours",
    [VIEW_IMAGES] = "images",   [VIEW_OUTLIERS] = "outliers",
    [VIEW_MODELS] = "models",   [VIEW_JOBS] = "jobs",
    [VIEW_COMPARE] = "compare", [VIEW_HELP] = "help",
    [VIEW_MAP] = "map",
};

const struct action_row *action_rows(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

const struct action_row *action_row(enum action action)
{
    assert(action > ACTION_NONE && action < ACTIONS);
    return &table[action - 1];
}

enum action action_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].action;
    return ACTION_NONE;
}

const char *action_view_name(enum view_kind view)
{
    return view_names[view];
}

uint32_t action_views_named(const char *name)
{
    if (strcmp(name, "all") == 0)
        return ALL_VIEWS;
    for (int i = 0; i < VIEW_KINDS; i++)
        if (strcmp(view_names[i], name) == 0)
            return IN(i);
    return 0;
}
