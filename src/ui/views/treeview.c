#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/app.h"
#include "ui/chart.h"
#include "ui/fact.h"
#include "ui/nodepage.h"
#include "ui/treefold.h"
#include "ui/treerow.h"
#include "ui/views/views.h"

struct tree_view {
    struct view view;
    struct treefold fold;
    struct list list;
    struct target cursor; /* where it stands, by address */
    struct target origin; /* where the search began */
    int bit;              /* coloured by, or -1 */
    int shift, body_rows;
    bool page_focus;
    bool placed;
};

static const struct world *world_of(const struct view *view)
{
    return &view->app->world;
}

static struct tree_view *self(struct view *view)
{
    return (struct tree_view *)view;
}

static uint32_t node_of(const struct tree_view *tree)
{
    return tree->fold.row_count > 0 ? tree->fold.rows[tree->list.cursor]
                                    : DENDRO_NONE;
}

static struct target address(const struct dendro *d, uint32_t node)
{
    return (struct target){.kind = TARGET_NODE,
                           .key = d->node[node].key,
                           .lowest = d->node[node].lowest,
                           .size = d->node[node].size};
}

static void remember_cursor(struct tree_view *tree)
{
    const struct world *world = world_of(&tree->view);

    if (world->has_tree && tree->fold.row_count > 0)
        tree->cursor = address(&world->tree, node_of(tree));
}

/* Puts the cursor on a node, or on the folded one that hides it. */
static void go_to(struct tree_view *tree, uint32_t node)
{
    int row = treefold_row(&tree->fold, &world_of(&tree->view)->tree, node);

    tree->list.cursor = row < 0 ? 0 : row;
    list_fit(&tree->list, tree->fold.row_count, tree->list.rows);
    remember_cursor(tree);
}

static uint32_t node_of_target(const struct world *world,
                               const struct target *target)
{
    int index;

    if (target->kind == TARGET_NODE)
        return dendro_place(&world->tree, target->key, target->lowest,
                            target->size);
    index = target->kind == TARGET_CLASS
                ? class_index(&world->classes, target->id)
                : -1;
    return index < 0 ? DENDRO_NONE : (uint32_t)index;
}

static enum status open_tree(struct view *view, const struct target *target,
                             struct err *err)
{
    struct tree_view *tree = self(view);
    struct image_row image;

    if (!tree->placed)
        tree->bit = -1;
    if (target->kind == TARGET_BIT)
        tree->bit = (int)target->id;
    if (target->kind == TARGET_NODE || target->kind == TARGET_CLASS)
        tree->cursor = *target;
    if (target->kind != TARGET_IMAGE)
        return OK;
    if (image_get(world_of(view)->cat, target->id, 0, &image, err) != OK)
        return err->status;
    if (image.class_id)
        tree->cursor =
            (struct target){.kind = TARGET_CLASS, .id = image.class_id};
    return OK;
}

static void close_tree(struct view *view)
{
    treefold_release(&self(view)->fold);
}

static enum status load_tree(struct view *view, struct err *err)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);
    uint32_t node = DENDRO_NONE;

    (void)err;
    if (!world->has_tree) {
        tree->fold.row_count = 0;
        return OK;
    }
    if (tree->bit >= world->model->bits)
        tree->bit = -1;
    treefold_place(&tree->fold, &world->tree,
                   tree->body_rows > 0 ? tree->body_rows : 20);
    if (tree->cursor.kind != TARGET_NONE)
        node = node_of_target(world, &tree->cursor);
    if (node == DENDRO_NONE)
        node = dendro_root(&world->tree);
    if (tree->cursor.kind == TARGET_CLASS || !tree->placed)
        treefold_reveal(&tree->fold, &world->tree, node);
    tree->placed = true;
    go_to(tree, node);
    return OK;
}

static void draw_slider(const struct view *view, struct pane pane, int row)
{
    const struct world *world = world_of(view);
    const struct glyphs *g = view->app->look.glyphs;
    int steps = world->model->steps, step = world->codes.step;
    int col, width;

    col = pane_textf(pane, row, 0, ROLE_DIM, "epoch ");
    col = pane_textf(pane, row, col, ROLE_NUMBER, "%d", step);
    col = pane_textf(pane, row, col, ROLE_DIM, " of %d ", steps);
    width = pane.cols - col - 12;
    for (int i = 0; i < width; i++) {
        bool here = steps > 1 && i == (step - 1) * (width - 1) / (steps - 1);
        bool done = i <= (world->model->step - 1) * (width - 1) /
                             (steps > 1 ? steps - 1 : 1);

        pane_put(pane, row, col + i,
                 here   ? ROLE_HEADING
                 : done ? ROLE_BAR
                        : ROLE_BAR_REST,
                 here ? (g->ascii ? 'O' : 0x25cf) : g->horizontal);
    }
    pane_field(pane, row, pane.cols - 11, 11, true, ROLE_DIM,
               world->wanted_step                      ? "< > stepped"
               : world->model->state == MODEL_LEARNING ? "following"
                                                       : "the newest");
}

/* What the worker does, as it says so itself. */
static void draw_progress(const struct view *view, struct pane pane, int row)
{
    const struct job *job = world_of(view)->running;

    if (!job) {
        if (world_of(view)->queued > 0)
            pane_text(pane, row, 0, ROLE_WARN,
                      "No worker is at it: press w, then Enter starts one.");
        return;
    }
    chart_bar(pane, row, 0, 24,
              job->total > 0 ? (double)job->progress / (double)job->total : 0);
    pane_name(pane, row, 26, -1, ROLE_DIM, job->message);
}

/* An image of each class, as many as there is room for. */
static void draw_samples(struct view *view, struct pane pane)
{
    const struct world *world = world_of(view);
    int rows, cols, across, room;

    album_fit(world, pane, world->classes.count, 10, &rows, &cols);
    across = (pane.cols + 1) / (cols + 1);
    room = across * ((pane.rows + 1) / (rows + 1));
    for (int i = 0; i < room && i < world->classes.count; i++) {
        int64_t id;

        if (fact_images(view->app, world->classes.items[i].id, -1, &id, 1))
            album_draw(&view->app->album, world,
                       pane_sub(pane, i / across * (rows + 1),
                                i % across * (cols + 1), rows, cols),
                       id);
    }
}

/* What to do next while there is no tree. */
static void draw_nothing(struct view *view, struct pane pane)
{
    const struct world *world = world_of(view);
    struct pane text = pane_sub(pane, 2, 4, pane.rows - 2, pane.cols - 8);
    int row;

    if (!world->has_dataset) {
        row = pane_wrap(text, 0, ROLE_HEADING, "This catalogue is empty.");
        pane_wrap(text, row + 1, ROLE_TEXT,
                  "Import images with labels from a shell, and come back:\n"
                  "\n"
                  "    bitgrove import CATALOGUE IMAGES LABELS\n"
                  "\n"
                  "or leave it and look at the demo: bitgrove demo");
    } else if (!world->model) {
        row = pane_wrap(text, 0, ROLE_HEADING, "Nothing was learnt yet.");
        pane_wrap(text, row + 1, ROLE_TEXT,
                  "Learn the codes of its classes from a shell; this screen "
                  "follows as soon as it begins:\n"
                  "\n"
                  "    bitgrove learn CATALOGUE\n"
                  "\n"
                  "The images can be seen already: press i.");
    } else if (!model_has_codes(world->model)) {
        row = pane_wrap(text, 0, ROLE_HEADING, "This model has no codes.");
        pane_wrap(text, row + 1, ROLE_TEXT,
                  "It is an ordinary classifier, for comparison: m shows what "
                  "it learnt, and lets you choose another model.");
    } else {
        row = pane_wrap(text, 0, ROLE_HEADING,
                        world->model->state == MODEL_LEARNING
                            ? "The first codes are on their way."
                            : "This model has no codes.");
        row = pane_wrap(text, row + 1, ROLE_TEXT,
                        "The tree grows here after the first epoch that has "
                        "class codes, and again after each one.");
        row = pane_wrap(text, row + 1, ROLE_TEXT,
                        "m shows how far the learning is, w what the worker "
                        "does, i the images.");
        draw_progress(view, text, row + 1);
        draw_samples(
            view, pane_sub(text, row + 3, 0, text.rows - row - 4, text.cols));
    }
}

static void draw_rows(struct view *view, struct pane pane)
{
    struct tree_view *tree = self(view);
    const struct dendro *d = &world_of(view)->tree;
    int indent;

    list_fit(&tree->list, tree->fold.row_count, pane.rows);
    indent = treerow_indent(d, node_of(tree));
    if (tree->shift > indent - 2)
        tree->shift = indent - 2;
    if (indent - tree->shift > pane.cols / 3)
        tree->shift = indent - pane.cols / 3;
    if (indent <= pane.cols / 3)
        tree->shift = 0;
    for (int i = 0; i < pane.rows; i++) {
        int row = tree->list.top + i;
        struct treerow what;

        if (row >= tree->fold.row_count)
            break;
        what = (struct treerow){tree->fold.rows[row],
                                tree->fold.open[tree->fold.rows[row]],
                                tree->shift, tree->bit};
        treerow_draw(view->app, pane, i, &what);
    }
    pane_over(pane, tree->list.cursor - tree->list.top, 0, pane.cols,
              tree->page_focus ? ROLE_SELECTED_IDLE : ROLE_SELECTED);
    pane_cursor(pane, tree->list.cursor - tree->list.top, 0);
}

/* Until somebody folds, as much is unfolded as there is room for. */
static void fill_rows(struct tree_view *tree, int rows)
{
    const struct dendro *d = &world_of(&tree->view)->tree;
    uint32_t node = node_of(tree);

    if (tree->body_rows == rows)
        return;
    tree->body_rows = rows;
    if (tree->fold.touched)
        return;
    treefold_place(&tree->fold, d, rows);
    go_to(tree, node);
}

static void draw_tree(struct view *view, struct pane pane)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);
    struct pane left, right, body;

    if (!world->has_tree || tree->fold.row_count == 0) {
        draw_nothing(view, pane);
        return;
    }
    left = pane_cut_left(pane, pane.cols * 11 / 20, &right);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    treerow_heading(view->app, left, 0, tree->bit);
    body = pane_sub(left, 1, 0, left.rows - 3, left.cols);
    fill_rows(tree, body.rows);
    draw_rows(view, body);
    draw_slider(view, left, left.rows - 1);
    nodepage_draw(view->app, right, node_of(tree), tree->bit);
}

/* ---- actions ---- */

static void fold_or_parent(struct tree_view *tree, const struct dendro *d)
{
    uint32_t node = node_of(tree);

    if (!dendro_is_leaf(d, node) && tree->fold.open[node])
        treefold_set(&tree->fold, d, node, false);
    else if (d->node[node].parent != DENDRO_NONE)
        node = d->node[node].parent;
    go_to(tree, node);
}

static void unfold_or_child(struct tree_view *tree, const struct dendro *d)
{
    uint32_t node = node_of(tree);

    if (dendro_is_leaf(d, node))
        return;
    if (tree->fold.open[node])
        node = d->node[node].left;
    else
        treefold_set(&tree->fold, d, node, true);
    go_to(tree, node);
}

static void fold_action(struct tree_view *tree, const struct dendro *d,
                        enum action action)
{
    uint32_t node = node_of(tree), root = dendro_root(d);
    bool leaf = dendro_is_leaf(d, node);

    if (action == ACTION_FOLD_ONE && !leaf)
        treefold_set(&tree->fold, d, node, false);
    else if (action == ACTION_UNFOLD_ONE && !leaf)
        treefold_set(&tree->fold, d, node, true);
    else if (action == ACTION_UNFOLD_BELOW && !leaf)
        treefold_set_below(&tree->fold, d, node, true);
    else if (action == ACTION_FOLD_ALL)
        treefold_set_below(&tree->fold, d, root, false);
    else if (action == ACTION_UNFOLD_ALL)
        treefold_set_below(&tree->fold, d, root, true);
    else if (action == ACTION_PARENT && d->node[node].parent != DENDRO_NONE)
        node = d->node[node].parent;
    go_to(tree, node);
}

static void set_bit(struct tree_view *tree, int bit)
{
    int bits = world_of(&tree->view)->model->bits;

    if (bit >= bits)
        app_message(tree->view.app, "the model has bits 0 to %d", bits - 1);
    else
        tree->bit = bit < -1 ? bits - 1 : bit;
}

static void answer_bit(struct view *view, const char *text)
{
    struct tree_view *tree = self(view);
    char *end;
    long bit = strtol(text, &end, 10);

    if (text[0] == '\0')
        tree->bit = -1;
    else if (*end != '\0' || bit < 0)
        app_message(view->app, "'%s' is not the number of a bit", text);
    else
        set_bit(tree, bit > 64 ? 64 : (int)bit);
}

static void step_epoch(struct tree_view *tree, int by)
{
    struct world *world = &tree->view.app->world;
    int step = world->codes.step + by;
    struct err err;

    if (step < 1 || (by > 0 && world->wanted_step == 0)) {
        app_message(tree->view.app, by < 0 ? "this is the first epoch"
                                           : "this is the newest epoch");
        return;
    }
    if (step >= world->model->step)
        step = 0;
    if (world_set_step(world, step, &err) != OK) {
        app_error(tree->view.app, &err);
        return;
    }
    if (!world->has_codes && by < 0) {
        app_message(tree->view.app, "no class codes were kept before this");
        if (world_set_step(world, step + 1, &err) != OK)
            app_error(tree->view.app, &err);
    }
    app_reload(tree->view.app);
}

static void open_node(struct tree_view *tree)
{
    const struct world *world = world_of(&tree->view);
    uint32_t node = node_of(tree);
    struct target target = {.kind = TARGET_CLASS};

    if (!dendro_is_leaf(&world->tree, node)) {
        treefold_set(&tree->fold, &world->tree, node, !tree->fold.open[node]);
        go_to(tree, node);
        return;
    }
    target.id = world->classes.items[node].id;
    app_open(tree->view.app, VIEW_CLASS, &target);
}

/* From a tree that is coloured by a bit to that bit's page. */
static bool open_bit(struct tree_view *tree)
{
    struct target target = {.kind = TARGET_BIT, .id = tree->bit};

    if (tree->bit < 0)
        return false;
    app_open(tree->view.app, VIEW_BITS, &target);
    return true;
}

static bool act_tree(struct view *view, enum action action, int key)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);

    if (!world->has_tree || tree->fold.row_count == 0)
        return false;
    if (list_act(&tree->list, action)) {
        remember_cursor(tree);
        return true;
    }
    switch (action) {
    case ACTION_FOLD:
        fold_or_parent(tree, &world->tree);
        return true;
    case ACTION_UNFOLD:
        unfold_or_child(tree, &world->tree);
        return true;
    case ACTION_FOLD_ONE:
    case ACTION_UNFOLD_ONE:
    case ACTION_UNFOLD_BELOW:
    case ACTION_FOLD_ALL:
    case ACTION_UNFOLD_ALL:
    case ACTION_PARENT:
        fold_action(tree, &world->tree, action);
        return true;
    case ACTION_OPEN:
        open_node(tree);
        return true;
    case ACTION_DIGIT:
        set_bit(tree, key - '0' == tree->bit ? -1 : key - '0');
        return true;
    case ACTION_BIT_NEXT:
        set_bit(tree, tree->bit + 1 < world->model->bits ? tree->bit + 1 : -1);
        return true;
    case ACTION_BIT_PREVIOUS:
        set_bit(tree, tree->bit - 1);
        return true;
    case ACTION_VIEW_BITS:
        return open_bit(tree);
    case ACTION_BIT:
        app_ask(view->app, "colour by bit: ", "", answer_bit);
        return true;
    case ACTION_EARLIER:
        step_epoch(tree, -1);
        return true;
    case ACTION_LATER:
        step_epoch(tree, 1);
        return true;
    default:
        return false;
    }
}

static void row_target(const struct view *view, int row, struct target *out)
{
    const struct tree_view *tree = (const struct tree_view *)view;
    const struct world *world = world_of(view);
    uint32_t node = tree->fold.rows[row];

    *out = address(&world->tree, node);
    if (dendro_is_leaf(&world->tree, node)) {
        out->kind = TARGET_CLASS;
        out->id = world->classes.items[node].id;
    }
}

static void subject_tree(const struct view *view, struct target *out)
{
    const struct tree_view *tree = (const struct tree_view *)view;
    const struct world *world = world_of(view);

    if (world->has_tree && tree->fold.row_count > 0)
        row_target(view, tree->list.cursor, out);
}

static void range_tree(struct view *view, const struct target *from,
                       struct marks *marks)
{
    view_range_in_list(view, &self(view)->list, from, marks, row_target);
}

/* ---- search: the classes in the order of the tree ---- */

/* Where a class or the first class under a node comes in that order. */
static uint32_t place_of(const struct dendro *d, uint32_t node)
{
    return d->node[node].first;
}

static bool find_tree(struct view *view, enum find_step step)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);
    const struct dendro *d = &world->tree;
    uint32_t n = d->leaves, from, node;
    uint32_t by = step == FIND_PREVIOUS ? n - 1 : 1;

    if (!world->has_tree || n == 0)
        return false;
    if (step == FIND_START)
        tree->origin = tree->cursor;
    node = tree->origin.kind != TARGET_NONE &&
                   (step == FIND_CHANGE || step == FIND_CANCEL)
               ? node_of_target(world, &tree->origin)
               : node_of(tree);
    if (node == DENDRO_NONE)
        node = dendro_root(d);
    from = place_of(d, node);
    if (step == FIND_PREVIOUS || (step == FIND_NEXT && dendro_is_leaf(d, node)))
        from = (from + by) % n;
    for (uint32_t i = 0; step != FIND_CANCEL && step != FIND_START && i < n;
         i++) {
        uint32_t leaf = d->order[(from + (uint64_t)by * i) % n];

        if (finder_matches(&view->app->finder, world->names[leaf]) ||
            finder_matches(&view->app->finder, world->paths[leaf])) {
            treefold_reveal(&tree->fold, d, leaf);
            go_to(tree, leaf);
            return true;
        }
    }
    go_to(tree, node);
    return step == FIND_CANCEL || step == FIND_START;
}

const struct view_ops view_tree = {.kind = VIEW_TREE,
                                   .name = "tree",
                                   .size = sizeof(struct tree_view),
                                   .single = true,
                                   .open = open_tree,
                                   .close = close_tree,
                                   .load = load_tree,
                                   .draw = draw_tree,
                                   .act = act_tree,
                                   .subject = subject_tree,
                                   .range = range_tree,
                                   .find = find_tree};
