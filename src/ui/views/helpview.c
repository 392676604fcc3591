#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/views/views.h"

struct help_line {
    char *left, *right; /* left NULL: a heading in right; both "": blank */
};

struct help_view {
    struct view view;
    char topic[32];
    struct help_line *lines;
    int count, room, origin;
    struct list list;
};

static struct help_view *self(struct view *view)
{
    return (struct help_view *)view;
}

static void add(struct help_view *help, const char *left, const char *right)
{
    ARRAY_GROW(help->lines, help->count, help->room);
    help->lines[help->count++] =
        (struct help_line){left ? mem_strdup(left) : NULL, mem_strdup(right)};
}

static void clear(struct help_view *help)
{
    for (int i = 0; i < help->count; i++) {
        free(help->lines[i].left);
        free(help->lines[i].right);
    }
    help->count = 0;
}

static void heading(struct help_view *help, const char *text)
{
    if (help->count > 0)
        add(help, "", "");
    add(help, NULL, text);
}

/* The rows of the table that hold in the views of `want` and not of `shun`. */
static void add_keys(struct help_view *help, uint32_t want, bool everywhere)
{
    int count;
    const struct binding *rows = action_bindings(&count);

    for (int i = 0; i < count; i++) {
        bool most = (rows[i].views & (1u << VIEW_HELP)) != 0;

        if ((rows[i].views & want) && most == everywhere)
            add(help, rows[i].keys, rows[i].help);
    }
}

static void add_commands(struct help_view *help)
{
    int count;
    const struct command *rows = command_table(&count);
    char left[64];

    heading(help, "Commands");
    for (int i = 0; i < count; i++) {
        snprintf(left, sizeof(left), ":%s %s", rows[i].name,
                 rows[i].argument ? rows[i].argument : "");
        add(help, left, rows[i].help);
    }
}

static void add_theme(struct help_view *help)
{
    char right[160];

    heading(help, "Keys of a theme file, and the default of each");
    for (int i = 0; i < ROLES; i++) {
        snprintf(right, sizeof(right), "%-24s %s", theme_value(i),
                 theme_help(i));
        add(help, theme_key(i), right);
    }
}

static void add_search(struct help_view *help)
{
    heading(help, "Search");
    add(help, "/words",
        "rows that hold the words, small letters finding "
        "capitals as well");
    add(help, "//REGEX", "rows that match an extended regular expression");
    add(help, "n N", "the next match, the one before");
    add(help, "Esc", "forget the search");
}

static void add_places(struct help_view *help)
{
    heading(help, "Places, for :goto");
    add(help, "class/NAME", "the page of a class");
    add(help, "image/ID", "an image and its neighbours");
    add(help, "bit/7", "the page of a bit");
    add(help, "node/KEY", "a group of the tree");
    add(help, "model/NAME", "a model's learning curves");
    add(help, "job/ID", "a job and its log");
}

static enum status open_help(struct view *view, const struct target *target,
                             struct err *err)
{
    struct help_view *help = self(view);

    (void)err;
    snprintf(help->topic, sizeof(help->topic), "%s",
             target->topic ? target->topic : "");
    help->list.cursor = help->list.top = 0;
    return OK;
}

static void close_help(struct view *view)
{
    clear(self(view));
    free(self(view)->lines);
}

static enum status load_help(struct view *view, struct err *err)
{
    struct help_view *help = self(view);
    char title[64];

    (void)err;
    clear(help);
    if (strcmp(help->topic, "commands") == 0)
        add_commands(help);
    else if (strcmp(help->topic, "theme") == 0)
        add_theme(help);
    else if (strcmp(help->topic, "places") == 0)
        add_places(help);
    else if (strcmp(help->topic, "search") == 0)
        add_search(help);
    for (int i = 0; i < VIEW_KINDS && help->count == 0; i++) {
        if (strcmp(help->topic, view_ops_of(i)->name) != 0)
            continue;
        snprintf(title, sizeof(title), "Keys of %s", help->topic);
        heading(help, title);
        add_keys(help, 1u << i, false);
        if (help->count == 1)
            clear(help);
    }
    heading(help, "Keys of every view");
    add_keys(help, 1u << VIEW_HELP, true);
    if (strcmp(help->topic, "commands") != 0)
        add_commands(help);
    if (strcmp(help->topic, "search") != 0)
        add_search(help);
    if (strcmp(help->topic, "places") != 0)
        add_places(help);
    if (strcmp(help->topic, "theme") != 0)
        add_theme(help);
    return OK;
}

static void draw_help(struct view *view, struct pane pane)
{
    struct help_view *help = self(view);
    struct pane text = pane_sub(pane, 0, 2, pane.rows, pane.cols - 4);

    list_fit(&help->list, help->count, text.rows);
    for (int i = 0; i < text.rows; i++) {
        int row = help->list.top + i;
        const struct help_line *line;
        enum role role;

        if (row >= help->count)
            break;
        line = &help->lines[row];
        if (!line->left) {
            pane_heading(text, i, line->right, NULL);
            continue;
        }
        role = finder_matches(&view->app->finder, line->left) ||
                       finder_matches(&view->app->finder, line->right)
                   ? ROLE_MATCH
                   : ROLE_TEXT;
        pane_field(text, i, 0, 20, false, ROLE_HINT_KEY, line->left);
        pane_text(text, i, 22, role, line->right);
    }
    pane_over(pane, help->list.cursor - help->list.top, 1, pane.cols - 2,
              ROLE_SELECTED);
    pane_cursor(pane, help->list.cursor - help->list.top, 1);
}

static bool act_help(struct view *view, enum action action, int key)
{
    (void)key;
    if (action == ACTION_HELP) {
        app_act(view->app, ACTION_CLOSE, 'q');
        return true;
    }
    return list_act(&self(view)->list, action);
}

static bool matches(void *context, int row)
{
    struct help_view *help = context;
    const struct help_line *line = &help->lines[row];

    return (line->left &&
            finder_matches(&help->view.app->finder, line->left)) ||
           finder_matches(&help->view.app->finder, line->right);
}

static bool find_help(struct view *view, enum find_step step)
{
    struct help_view *help = self(view);

    return view_find_in_list(&help->list, &help->origin, step, matches, help);
}

const struct view_ops view_help = {.kind = VIEW_HELP,
                                   .name = "help",
                                   .size = sizeof(struct help_view),
                                   .single = true,
                                   .open = open_help,
                                   .close = close_help,
                                   .load = load_help,
                                   .draw = draw_help,
                                   .act = act_help,
                                   .find = find_help};
