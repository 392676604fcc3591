#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/bitsheet.h"
#include "ui/codecell.h"
#include "ui/acts.h"
#include "ui/fact.h"
#include "ui/scene.h"
#include "ui/views/views.h"

#define BITS_SPLIT 72 /* columns from which matrix and page stand abreast */

/* What the rows are sorted by. */
enum row_order { BY_TREE, BY_BIT, BY_NAME, ROW_ORDERS };

static const char *const order_names[ROW_ORDERS] = {
    [BY_TREE] = "tree", [BY_BIT] = "bit", [BY_NAME] = "name"};

struct bits_view {
    struct view view;
    struct bitsheet page;
    struct list list; /* over the classes, in the order of the tree */
    int bit;          /* the column under the cursor */
    int shift;        /* first group of four that is seen */
    int64_t class_id; /* under the cursor, kept when the order changes */
    int *rows;        /* class numbers from top to bottom; owned */
    enum row_order by;
    bool on_page; /* which pane is seen where there is room for one */
    bool narrow;  /* there is room for one pane alone */
    int origin;
    bool opened;
};

static struct bits_view *self(struct view *view)
{
    return (struct bits_view *)view;
}

static int class_at(const struct bits_view *bits, int row)
{
    return bits->rows[row];
}

struct named {
    const char *name;
    int class;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcasecmp(x->name, y->name);

    return order ? order : (x->class > y->class) - (x->class < y->class);
}

static void sort_by_name(const struct world *world, int *rows, int count)
{
    struct named *all = mem_zalloc((size_t)count + 1, sizeof(*all));

    for (int i = 0; i < count; i++)
        all[i] = (struct named){world->names[i], i};
    qsort(all, (size_t)count, sizeof(*all), by_name);
    for (int i = 0; i < count; i++)
        rows[i] = all[i].class;
    free(all);
}

/* Those with the bit come first, either side as the tree has it. */
static void sort_by_bit(const struct world *world, int *rows, int count,
                        int bit)
{
    int n = 0;

    for (int side = 1; side >= 0; side--) {
        for (int i = 0; i < count; i++) {
            int class = world->has_tree ? (int)world->tree.order[i] : i;

            if (code_bit(world->codes.codes[class], bit) == side)
                rows[n++] = class;
        }
    }
}

static void make_order(struct bits_view *bits)
{
    const struct world *world = &bits->view.app->world;
    int count = world->codes.classes;

    bits->rows =
        mem_realloc(bits->rows, (size_t)count + 1, sizeof(*bits->rows));
    if (bits->by == BY_NAME)
        sort_by_name(world, bits->rows, count);
    else if (bits->by == BY_BIT)
        sort_by_bit(world, bits->rows, count, bits->bit);
    else
        for (int i = 0; i < count; i++)
            bits->rows[i] = world->has_tree ? (int)world->tree.order[i] : i;
    list_fit(&bits->list, count, bits->list.rows);
    for (int i = 0; i < count && bits->class_id; i++)
        if (world->classes.items[bits->rows[i]].id == bits->class_id)
            bits->list.cursor = i;
    list_fit(&bits->list, count, bits->list.rows);
}

static enum status open_bits(struct view *view, const struct target *target,
                             struct err *err)
{
    struct bits_view *bits = self(view);

    (void)err;
    if (!bits->opened)
        bits->page.picked_bit = -1;
    bits->opened = true;
    if (target->kind == TARGET_BIT)
        bits->bit = (int)target->id;
    else if (target->kind == TARGET_CLASS)
        bits->class_id = target->id;
    return OK;
}

static void close_bits(struct view *view)
{
    bitsheet_release(&self(view)->page);
    free(self(view)->rows);
}

static enum status load_bits(struct view *view, struct err *err)
{
    struct bits_view *bits = self(view);
    struct world *world = &view->app->world;

    if (!world->has_codes) {
        bits->list.count = 0;
        return OK;
    }
    if (bits->bit >= world->codes.bits)
        bits->bit = 0;
    make_order(bits);
    return bitsheet_load(&bits->page, world, err);
}

/* ---- the matrix ---- */

/* The column of a bit in the matrix, or -1 when scrolled out of sight. */
static int column_of(const struct bits_view *bits, int bit)
{
    return bit < bits->shift * 4
               ? -1
               : codecell_column(bit) - codecell_column(bits->shift * 4);
}

static void scroll(struct bits_view *bits, int cols)
{
    int groups = (cols + 1) / 5;

    if (groups < 1)
        groups = 1;
    if (bits->bit / 4 < bits->shift)
        bits->shift = bits->bit / 4;
    if (bits->bit / 4 >= bits->shift + groups)
        bits->shift = bits->bit / 4 - groups + 1;
}

static void draw_head(const struct bits_view *bits, struct pane pane)
{
    const struct world *world = &bits->view.app->world;

    for (int bit = bits->shift * 4; bit < world->codes.bits; bit++) {
        int col = column_of(bits, bit);

        if (bit % 4 == 0)
            pane_textf(pane, 0, col, ROLE_DIM, "%d", bit);
        if (bit == bits->bit)
            pane_put(pane, 1, col, ROLE_HEADING, pane.look->glyphs->down);
    }
}

static void draw_cells(const struct bits_view *bits, struct pane pane, int row,
                       uint64_t code)
{
    const struct world *world = &bits->view.app->world;
    const struct glyphs *g = pane.look->glyphs;

    for (int bit = bits->shift * 4; bit < world->codes.bits; bit++) {
        bool on = code_bit(code, bit);

        pane_put(pane, row, column_of(bits, bit),
                 on ? ROLE_BIT_ON : ROLE_BIT_OFF, on ? g->on : g->off);
    }
}

static void draw_matrix(struct bits_view *bits, struct pane pane)
{
    const struct world *world = &bits->view.app->world;
    int names = pane.cols >= 60 ? 24 : pane.cols >= 30 ? 16 : 10;
    struct pane cells =
        pane_sub(pane, 2, names + 1, pane.rows - 2, pane.cols - names - 1);
    struct pane body = pane_sub(pane, 2, 0, pane.rows - 2, pane.cols);
    int at, col;

    scroll(bits, cells.cols);
    list_fit(&bits->list, world->codes.classes, body.rows);
    draw_head(bits, pane_sub(pane, 0, names + 1, 2, cells.cols));
    for (int i = 0; i < body.rows; i++) {
        int row = bits->list.top + i, index;

        if (row >= bits->list.count)
            break;
        index = class_at(bits, row);
        pane_name(body, i, 0, names,
                  finder_matches(&bits->view.app->finder, world->names[index])
                      ? ROLE_MATCH
                      : ROLE_TEXT,
                  world->names[index]);
        draw_cells(bits, cells, i, world->codes.codes[index]);
    }
    col = column_of(bits, bits->bit);
    for (int i = 0; i < body.rows && bits->list.top + i < bits->list.count; i++)
        pane_over(cells, i, col, 1, ROLE_SELECTED_IDLE);
    at = bits->list.cursor - bits->list.top;
    pane_over(body, at, 0, body.cols, ROLE_SELECTED);
    pane_cursor(cells, at, col);
}

static void draw_nothing(struct bits_view *bits, struct pane pane)
{
    const struct world *world = &bits->view.app->world;

    fact_empty(pane,
               "What each bit of the codes tells apart: the classes that have "
               "it and those that lack it, the images that show it, what it "
               "may mean, and what it costs to lose it.",
               world->model && !model_has_codes(world->model)
                   ? "An ordinary classifier has no codes: choose another "
                     "model with m."
               : world->model
                   ? "The classes have no codes yet; they come with the first "
                     "epoch that learns them. m shows how far it is."
               : world->has_dataset
                   ? "Bits come with a model. In a shell: bitgrove learn "
                     "CATALOGUE"
                   : "There are no images yet. In a shell: bitgrove import "
                     "CATALOGUE IMAGES LABELS");
}

static void draw_left(struct bits_view *bits, struct pane pane)
{
    static const char *const titles[ROW_ORDERS] = {
        [BY_TREE] = "By tree", [BY_BIT] = "By bit", [BY_NAME] = "By name"};

    pane_text(pane, 0, 0, ROLE_HEADING, titles[bits->by]);
    draw_matrix(bits, pane);
}

static void draw_bits(struct view *view, struct pane pane)
{
    struct bits_view *bits = self(view);
    const struct world *world = &view->app->world;
    struct pane left, right;
    int width, most;

    if (!world->has_codes || world->codes.classes == 0) {
        draw_nothing(bits, pane);
        return;
    }
    bits->narrow = pane.cols < BITS_SPLIT;
    if (bits->narrow) {
        pane = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
        if (bits->on_page)
            bitsheet_draw(&bits->page, view->app, pane, bits->bit);
        else
            draw_left(bits, pane);
        return;
    }
    most = pane.cols - (pane.cols >= 80 ? 44 : 36);
    width = (pane.cols >= 100 ? 27 : 19) + codecell_width(world->codes.bits);
    if (width > most)
        width = most;
    left = pane_cut_left(pane, width + 2, &right);
    pane_rule(right, 0);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    draw_left(bits, left);
    bitsheet_draw(&bits->page, view->app, right, bits->bit);
}

/* ---- actions ---- */

/* The prompt begins with the caption there is, or the one proposed. */
static void ask_caption(struct bits_view *bits)
{
    struct str proposal = STR_INIT;

    bitsheet_propose(&bits->page, &bits->view.app->world, bits->bit, &proposal);
    acts_ask_caption(bits->view.app, proposal.text);
    str_release(&proposal);
}

static void set_bit(struct bits_view *bits, int bit)
{
    int count = bits->view.app->world.codes.bits;

    if (bit >= count)
        app_message(bits->view.app, "the model has bits 0 to %d", count - 1);
    else
        bits->bit = bit;
    make_order(bits);
}

static void answer_bit(struct view *view, const char *text)
{
    char *end;
    long bit = strtol(text, &end, 10);

    if (text[0] == '\0')
        return;
    if (*end != '\0' || bit < 0)
        app_message(view->app, "'%s' is not the number of a bit", text);
    else
        set_bit(self(view), bit > 64 ? 64 : (int)bit);
}

static void remember(struct bits_view *bits)
{
    bits->class_id =
        bits->view.app->world.classes.items[class_at(bits, bits->list.cursor)]
            .id;
}

static bool act_bits(struct view *view, enum action action, int key)
{
    struct bits_view *bits = self(view);
    struct target target = {.kind = TARGET_BIT, .id = bits->bit};
    int count = view->app->world.codes.bits;

    if (bits->list.count == 0)
        return false;
    if (list_act(&bits->list, action)) {
        remember(bits);
        return true;
    }
    switch (action) {
    case ACTION_LEFT:
        set_bit(bits, (bits->bit + count - 1) % count);
        return true;
    case ACTION_RIGHT:
        set_bit(bits, (bits->bit + 1) % count);
        return true;
    case ACTION_DIGIT:
        set_bit(bits, key - '0');
        return true;
    case ACTION_BIT:
        app_ask(view->app, "bit: ", "", answer_bit);
        return true;
    case ACTION_ORDER:
        bits->by = (enum row_order)((bits->by + 1) % ROW_ORDERS);
        make_order(bits);
        return true;
    case ACTION_CAPTION:
        ask_caption(bits);
        return true;
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE:
        bits->on_page = !bits->on_page;
        if (!bits->narrow)
            app_message(view->app, "both panes are on the screen");
        return true;
    case ACTION_OPEN:
        app_open(view->app, VIEW_TREE, &target);
        return true;
    case ACTION_VIEW_CLASS:
        remember(bits);
        target = (struct target){.kind = TARGET_CLASS, .id = bits->class_id};
        app_open(view->app, VIEW_CLASS, &target);
        return true;
    default:
        return false;
    }
}

static void subject_bits(const struct view *view, struct target *out)
{
    const struct bits_view *bits = (const struct bits_view *)view;

    if (bits->list.count > 0)
        *out = (struct target){.kind = TARGET_BIT, .id = bits->bit};
}

static bool matches(void *context, int row)
{
    const struct bits_view *bits = context;

    return finder_matches(&bits->view.app->finder,
                          bits->view.app->world.names[class_at(bits, row)]);
}

static bool find_bits(struct view *view, enum find_step step)
{
    struct bits_view *bits = self(view);
    bool found;

    if (bits->list.count == 0)
        return false;
    found = view_find_in_list(&bits->list, &bits->origin, step, matches, bits);
    remember(bits);
    return found;
}

static void scene_bits(const struct view *view, struct scene *out)
{
    const struct bits_view *bits = (const struct bits_view *)view;

    subject_bits(view, &out->about);
    if (bits->by != BY_TREE)
        scene_set(out, "order", order_names[bits->by]);
}

static enum status recall_bits(struct view *view, const struct scene *scene,
                               struct err *err)
{
    struct bits_view *bits = self(view);
    struct str order = STR_INIT;

    (void)err;
    bits->by = BY_TREE;
    if (scene_get(scene, "order", &order))
        for (int i = 0; i < ROW_ORDERS; i++)
            if (strcmp(order.text, order_names[i]) == 0)
                bits->by = (enum row_order)i;
    if (bits->list.count > 0)
        make_order(bits);
    str_release(&order);
    return OK;
}

const struct view_ops view_bits = {.kind = VIEW_BITS,
                                   .name = "bits",
                                   .size = sizeof(struct bits_view),
                                   .single = true,
                                   .open = open_bits,
                                   .close = close_bits,
                                   .load = load_bits,
                                   .draw = draw_bits,
                                   .act = act_bits,
                                   .subject = subject_bits,
                                   .scene = scene_bits,
                                   .recall = recall_bits,
                                   .find = find_bits};
