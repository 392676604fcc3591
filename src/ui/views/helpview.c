#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/imagefilter.h"
#include "ui/preference.h"
#include "ui/views/views.h"

/* What help knows, and the rows that it takes at the present width. */
struct help_entry {
    char *left, *right; /* left NULL: a heading in right; both "": blank */
};

struct help_row {
    int entry;
    char *right; /* a row of the entry's right side; owned */
    bool first;
};

struct help_view {
    struct view view;
    char topic[64];
    struct help_entry *entries;
    int count, room;
    struct help_row *rows;
    int row_count, row_room;
    int cols; /* that the rows were made for */
    int origin;
    struct list list;
};

static struct help_view *self(struct view *view)
{
    return (struct help_view *)view;
}

static void add(struct help_view *help, const char *left, const char *right)
{
    ARRAY_GROW(help->entries, help->count, help->room);
    help->entries[help->count++] =
        (struct help_entry){left ? mem_strdup(left) : NULL, mem_strdup(right)};
}

static void clear_rows(struct help_view *help)
{
    for (int i = 0; i < help->row_count; i++)
        free(help->rows[i].right);
    help->row_count = 0;
    help->cols = 0;
}

static void clear(struct help_view *help)
{
    clear_rows(help);
    for (int i = 0; i < help->count; i++) {
        free(help->entries[i].left);
        free(help->entries[i].right);
    }
    help->count = 0;
}

static void heading(struct help_view *help, const char *text)
{
    if (help->count > 0)
        add(help, "", "");
    add(help, NULL, text);
}

/* ---- what there is to know ---- */

/* A key of the view; without one the action is still a command. */
static void add_action(struct help_view *help, const struct action_row *row,
                       enum view_kind kind)
{
    struct str left = STR_INIT;

    bindings_keys(&help->view.app->bindings, kind, row->action, &left);
    if (left.length == 0)
        str_addf(&left, ":%s", row->name);
    add(help, left.text, row->help);
    str_release(&left);
}

/* The commands that bitgroverc or :bind gave a key. */
static void add_bound(struct help_view *help, enum view_kind kind,
                      bool everywhere)
{
    const struct bindings *bindings = &help->view.app->bindings;
    struct str left = STR_INIT, right = STR_INIT;

    for (int i = 0; i < bindings->count; i++) {
        const struct bound *bound = &bindings->items[i];
        bool most = (bound->views & (1u << VIEW_HELP)) != 0;

        if (!bound->command || !(bound->views & (1u << kind)) ||
            most != everywhere)
            continue;
        str_clear(&left);
        str_clear(&right);
        bindings_label(bound, &left);
        str_add(&right, ":");
        utf8_escape(&right, bound->command);
        add(help, left.text, right.text);
    }
    str_release(&left);
    str_release(&right);
}

/* The actions that hold in a view; those of every view, or only the others. */
static void add_keys(struct help_view *help, enum view_kind kind,
                     bool everywhere)
{
    int count;
    const struct action_row *rows = action_rows(&count);

    for (int i = 0; i < count; i++) {
        bool most = (rows[i].views & (1u << VIEW_HELP)) != 0;

        if ((rows[i].views & (1u << kind)) && most == everywhere)
            add_action(help, &rows[i], kind);
    }
    add_bound(help, kind, everywhere);
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
    add(help, ":ACTION",
        "Every action that has a key, by its name: Tab lists them");
}

static void add_settings(struct help_view *help)
{
    int count;
    const struct preference *rows = preference_table(&count);
    struct str left = STR_INIT, right = STR_INIT;

    heading(help, "Settings, for :set and bitgroverc");
    for (int i = 0; i < count; i++) {
        struct str value = STR_INIT;

        str_clear(&left);
        str_clear(&right);
        rows[i].get(help->view.app, &value);
        str_addf(&left, "%s %s", rows[i].name, rows[i].values);
        str_addf(&right, "%s (now ", rows[i].help);
        utf8_escape(&right, value.text);
        str_addf(&right, "; without :set %s)", rows[i].fallback);
        add(help, left.text, right.text);
        str_release(&value);
    }
    str_release(&left);
    str_release(&right);
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

static void add_filters(struct help_view *help)
{
    int count;
    const struct imagefilter_term *rows = imagefilter_table(&count);

    heading(help, "Filters of images, for f and :filter");
    for (int i = 0; i < count; i++)
        add(help, rows[i].term, rows[i].help);
}

static void add_places(struct help_view *help)
{
    heading(help, "Places, for :goto and --goto; links begin with bitgrove:");
    add(help, "class/NAME", "the page of a class");
    add(help, "image/ID", "an image and its neighbours");
    add(help, "bit/7", "the page of a bit");
    add(help, "code/01**",
        "the neighbours of bits, * and what is left out free");
    add(help, "node/KEY", "a group of the tree");
    add(help, "model/NAME", "a model's learning curves");
    add(help, "job/ID", "a job and its log");
}

static const struct {
    const char *topic;
    void (*add)(struct help_view *help);
} topics[] = {{"commands", add_commands}, {"settings", add_settings},
              {"search", add_search},     {"filters", add_filters},
              {"places", add_places},     {"theme", add_theme}};

/* ---- the view ---- */

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
    free(self(view)->entries);
    free(self(view)->rows);
}

/* What was asked for comes first, and everything else after it. */
static enum status load_help(struct view *view, struct err *err)
{
    struct help_view *help = self(view);
    char title[80];

    (void)err;
    clear(help);
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        if (strcmp(help->topic, topics[i].topic) == 0)
            topics[i].add(help);
    for (int i = 0; i < VIEW_KINDS && help->count == 0; i++) {
        enum view_kind kind = (enum view_kind)i;

        if (strcmp(help->topic, action_view_name(kind)) != 0 ||
            kind == VIEW_HELP)
            continue;
        snprintf(title, sizeof(title), "Keys of %s", help->topic);
        heading(help, title);
        add_keys(help, kind, false);
    }
    heading(help, "Keys of every view");
    add_keys(help, VIEW_HELP, true);
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        if (strcmp(help->topic, topics[i].topic) != 0)
            topics[i].add(help);
    return OK;
}

#define LEFT 22 /* columns of the left side */

static void add_row(struct help_view *help, int entry, const char *text,
                    size_t n, bool first)
{
    ARRAY_GROW(help->rows, help->row_count, help->row_room);
    help->rows[help->row_count++] =
        (struct help_row){entry, mem_strndup(text, n), first};
}

/* Bytes of the words of text that fit in `cols`; at least one word. */
static size_t words_that_fit(const char *text, int cols)
{
    struct str piece = STR_INIT;
    size_t fit = 0, n = 0;

    while (text[n]) {
        n += strspn(text + n, " ");
        n += strcspn(text + n, " ");
        str_clear(&piece);
        str_add_bytes(&piece, text, n);
        if (fit > 0 && utf8_width(piece.text) > cols)
            break;
        fit = n;
    }
    str_release(&piece);
    return fit;
}

/* Long lines go on below; the cursor stays on its entry. */
static void wrap(struct help_view *help, int cols)
{
    int at = help->list.cursor < help->row_count
                 ? help->rows[help->list.cursor].entry
                 : 0;

    if (help->cols == cols)
        return;
    clear_rows(help);
    help->cols = cols;
    for (int i = 0; i < help->count; i++) {
        const char *text = help->entries[i].right;
        bool first = true;

        if (i == at)
            help->list.cursor = help->row_count;
        do {
            size_t n = words_that_fit(text, cols);

            add_row(help, i, text, n, first);
            first = false;
            text += n + strspn(text + n, " ");
        } while (*text);
    }
}

static bool entry_matches(const struct help_view *help, int entry)
{
    const struct finder *finder = &help->view.app->finder;
    const struct help_entry *what = &help->entries[entry];

    return (what->left && finder_matches(finder, what->left)) ||
           finder_matches(finder, what->right);
}

static void draw_row(const struct help_view *help, struct pane text, int y,
                     const struct help_row *row)
{
    const struct help_entry *entry = &help->entries[row->entry];
    int left_cols = text.cols < 50 ? 12 : LEFT;

    if (!entry->left) {
        pane_heading(text, y, row->right, NULL);
        return;
    }
    if (row->first)
        pane_field(text, y, 0, left_cols, false, ROLE_HINT_KEY, entry->left);
    pane_text(text, y, left_cols + 2,
              entry_matches(help, row->entry) ? ROLE_MATCH : ROLE_TEXT,
              row->right);
}

static void draw_help(struct view *view, struct pane pane)
{
    struct help_view *help = self(view);
    struct pane text = pane_sub(pane, 0, 2, pane.rows, pane.cols - 4);

    wrap(help, text.cols - (text.cols < 50 ? 14 : LEFT + 2));
    list_fit(&help->list, help->row_count, text.rows);
    for (int i = 0; i < text.rows; i++)
        if (help->list.top + i < help->row_count)
            draw_row(help, text, i, &help->rows[help->list.top + i]);
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
    const struct help_view *help = context;

    return help->rows[row].first && entry_matches(help, help->rows[row].entry);
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
