#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/app.h"
#include "ui/epochs.h"
#include "ui/key.h"
#include "ui/nodepage.h"
#include "ui/scene.h"
#include "ui/teach.h"
#include "ui/treerow.h"
#include "ui/treewalk.h"
#include "ui/views/views.h"

#define SPLIT_COLS 72 /* below that, tree and page take turns */

struct tree_view {
    struct view view;
    struct treewalk walk;
    struct target wish;      /* a class to go to when there is a tree */
    struct target origin;    /* where the search began */
    struct finder filter;    /* what is shown alone; empty for everything */
    bool *wanted;            /* (classes) by the filter; owned */
    int bit;                 /* coloured by, or -1 */
    struct treegroup groups; /* coloured by; level 0: not */
    bool page;               /* the node's page has the screen, not the tree */
    bool begun;
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
    return treewalk_node(&tree->walk);
}

static void go_to(struct tree_view *tree, uint32_t node)
{
    treewalk_go(&tree->walk, &world_of(&tree->view)->tree, node);
}

static enum status open_tree(struct view *view, const struct target *target,
                             struct err *err)
{
    struct tree_view *tree = self(view);
    struct image_row image;

    if (!tree->begun) {
        tree->begun = true;
        tree->bit = -1;
        finder_init(&tree->filter);
    }
    if (target->kind == TARGET_BIT) {
        tree->bit = (int)target->id;
        treegroup_release(&tree->groups);
    } else if (target->kind == TARGET_NODE) {
        tree->walk.cursor = *target;
    } else if (target->kind == TARGET_CLASS) {
        tree->wish = *target;
    } else if (target->kind == TARGET_IMAGE) {
        if (image_get(world_of(view)->cat, target->id, 0, &image, err) != OK)
            return err->status;
        tree->wish =
            (struct target){.kind = image.class_id ? TARGET_CLASS : TARGET_NONE,
                            .id = image.class_id};
    }
    return OK;
}

static void close_tree(struct view *view)
{
    struct tree_view *tree = self(view);

    treewalk_release(&tree->walk);
    treegroup_release(&tree->groups);
    finder_release(&tree->filter);
    free(tree->wanted);
}

/* Finds place and rows again, with the filter there is. */
static void place(struct tree_view *tree)
{
    const struct world *world = world_of(&tree->view);
    uint32_t n = world->tree.leaves;
    bool filtered = finder_active(&tree->filter);

    tree->wanted = mem_realloc(tree->wanted, n + 1, sizeof(*tree->wanted));
    for (uint32_t i = 0; filtered && i < n; i++)
        tree->wanted[i] = finder_matches(&tree->filter, world->names[i]) ||
                          finder_matches(&tree->filter, world->paths[i]);
    treewalk_place(&tree->walk, &world->tree, filtered ? tree->wanted : NULL);
}

static uint32_t leaf_of(const struct world *world, int64_t class_id)
{
    int index = class_id ? class_index(&world->classes, class_id) : -1;

    return index >= 0 && (uint32_t)index < world->tree.leaves ? (uint32_t)index
                                                              : DENDRO_NONE;
}

static enum status load_tree(struct view *view, struct err *err)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);
    uint32_t leaf;

    (void)err;
    if (!world->has_tree) {
        tree->walk.fold.row_count = 0;
        return OK;
    }
    if (tree->bit >= world->model->bits)
        tree->bit = -1;
    if (tree->groups.level > 0)
        treegroup_build(&tree->groups, world->paths, world->tree.leaves,
                        tree->groups.level);
    place(tree);
    leaf = leaf_of(world, tree->wish.id);
    tree->wish = (struct target){.kind = TARGET_NONE};
    if (leaf != DENDRO_NONE)
        treewalk_reveal(&tree->walk, &world->tree, leaf);
    return OK;
}

/* ---- drawing ---- */

static struct treerow look_of(const struct tree_view *tree)
{
    return (struct treerow){
        .fold = &tree->walk.fold,
        .shift = tree->walk.shift,
        .bit = tree->bit,
        .groups = tree->groups.level > 0 ? &tree->groups : NULL,
        .filter = finder_active(&tree->filter) ? &tree->filter : NULL,
    };
}

static void draw_rows(struct view *view, struct pane pane)
{
    struct tree_view *tree = self(view);
    struct treewalk *walk = &tree->walk;
    struct treerow look;

    walk->shift = treerow_shift(&world_of(view)->tree, node_of(tree),
                                walk->shift, pane.cols);
    look = look_of(tree);
    for (int i = 0; i < pane.rows && walk->list.top + i < walk->list.count; i++)
        treerow_draw(view->app, pane, i, walk->fold.rows[walk->list.top + i],
                     &look);
    pane_over(pane, walk->list.cursor - walk->list.top, 0, pane.cols,
              ROLE_SELECTED);
    pane_cursor(pane, walk->list.cursor - walk->list.top, 0);
}

static void draw_left(struct view *view, struct pane pane)
{
    struct tree_view *tree = self(view);
    struct treerow look = look_of(tree);
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 3, pane.cols);

    treerow_heading(view->app, pane, 0, &look);
    treewalk_fit(&tree->walk, &world_of(view)->tree, body.rows);
    if (node_of(tree) != DENDRO_NONE)
        draw_rows(view, body);
    else
        pane_wrap(body, 1, ROLE_TEXT,
                  "No class matches. Esc shows all classes again.");
    epochs_draw(view->app, pane, pane.rows - 1);
}

static void draw_right(struct view *view, struct pane pane)
{
    const struct tree_view *tree = (const struct tree_view *)view;

    if (node_of(tree) != DENDRO_NONE)
        nodepage_draw(view->app, pane, node_of(tree), tree->bit);
}

static void draw_tree(struct view *view, struct pane pane)
{
    const struct tree_view *tree = (const struct tree_view *)view;
    struct pane left, right,
        inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
    int cols = pane.cols >= 160 ? pane.cols * 4 / 10 : pane.cols * 11 / 20;

    if (!world_of(view)->has_tree) {
        teach_draw(view->app, pane,
                   "Here the classes stand as a tree: those whose codes are "
                   "alike hang together. It folds, it is searched, and it is "
                   "coloured by what a bit divides.");
    } else if (tree->page && node_of(tree) != DENDRO_NONE) {
        draw_right(view, inner);
    } else if (pane.cols < SPLIT_COLS) {
        draw_left(view, inner);
    } else {
        left = pane_cut_left(pane, cols, &right);
        pane_rule(right, 0);
        draw_left(view, pane_sub(left, 0, 1, left.rows, left.cols - 2));
        draw_right(view, pane_sub(right, 0, 2, right.rows, right.cols - 3));
    }
}

/* ---- colours and filter ---- */

static void set_bit(struct tree_view *tree, int bit)
{
    int bits = world_of(&tree->view)->model->bits;

    treegroup_release(&tree->groups);
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

/* No groups, those of the first component of the paths, of two, ... */
static void next_grouping(struct tree_view *tree)
{
    const struct world *world = world_of(&tree->view);
    int most = treegroup_levels(world->paths, world->tree.leaves);
    int level = tree->groups.level < most ? tree->groups.level + 1 : 0;

    tree->bit = -1;
    treegroup_build(&tree->groups, world->paths, world->tree.leaves, level);
    if (most == 0)
        app_message(tree->view.app,
                    "no reference hierarchy is known; import with --classes "
                    "names one");
    else if (level > 0)
        app_message(tree->view.app, "coloured by the reference: %d groups%s",
                    tree->groups.count,
                    level < most ? "; p goes a level down" : "");
}

static void set_filter(struct view *view, const char *text)
{
    struct tree_view *tree = self(view);
    uint32_t n = world_of(view)->tree.leaves, found = 0;

    finder_set(&tree->filter, text);
    if (tree->filter.broken) {
        app_message(view->app, "not a regular expression: %s", text + 1);
        finder_set(&tree->filter, "");
    }
    place(tree);
    if (!finder_active(&tree->filter))
        return;
    for (uint32_t i = 0; i < n; i++)
        found += tree->wanted[i];
    app_message(view->app, "%u of %u classes; Esc shows all again", found, n);
}

static void next_linkage(struct app *app)
{
    struct world *world = &app->world;
    enum linkage next = (enum linkage)((world->linkage + 1) % LINKAGE_COUNT);
    struct err err;

    if (world_set_linkage(world, next, &err) != OK)
        app_error(app, &err);
    else
        app_message(app, "%s linkage", linkage_name(next));
}

/* Where the marked classes meet; of one, where it meets the cursor's. */
static void go_to_meeting(struct tree_view *tree)
{
    const struct app *app = tree->view.app;
    const struct world *world = &app->world;
    const struct dendro *d = &world->tree;
    uint32_t node = DENDRO_NONE;
    int met = 0;

    for (int i = 0; i < app->marks.count; i++) {
        const struct target *mark = &app->marks.items[i];
        uint32_t leaf =
            mark->kind == TARGET_CLASS ? leaf_of(world, mark->id) : DENDRO_NONE;

        if (leaf == DENDRO_NONE)
            continue;
        node = met++ ? dendro_meet(d, node, leaf) : leaf;
    }
    if (met == 0) {
        app_message(tree->view.app, "mark a class or two first: Space");
        return;
    }
    if (met == 1)
        node = dendro_meet(d, node, node_of(tree));
    treewalk_reveal(&tree->walk, d, node);
}

/* ---- actions ---- */

static void open_node(struct tree_view *tree)
{
    const struct world *world = world_of(&tree->view);
    uint32_t node = node_of(tree);
    struct target target = {.kind = TARGET_CLASS};

    if (!dendro_is_leaf(&world->tree, node)) {
        treewalk_toggle(&tree->walk, &world->tree);
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

/* What acts on the whole tree, whatever is shown of it. */
static bool act_on_all(struct tree_view *tree, enum action action, int key)
{
    struct app *app = tree->view.app;
    int bits = app->world.model->bits;

    switch (action) {
    case ACTION_EARLIER:
    case ACTION_LATER:
        epochs_step(app, action == ACTION_LATER ? 1 : -1);
        return true;
    case ACTION_FILTER:
        app_ask(app, "show only: ",
                finder_active(&tree->filter) ? tree->filter.pattern : "",
                set_filter);
        return true;
    case ACTION_CLOSE:
        if (key != KEY_CODE_ESC || !finder_active(&tree->filter))
            return false;
        set_filter(&tree->view, "");
        return true;
    case ACTION_LINKAGE:
        next_linkage(app);
        return true;
    case ACTION_GROUPS:
        next_grouping(tree);
        return true;
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE:
        tree->page = !tree->page;
        return true;
    case ACTION_DIGIT:
        set_bit(tree, key - '0' == tree->bit ? -1 : key - '0');
        return true;
    case ACTION_BIT_NEXT:
        set_bit(tree, tree->bit + 1 < bits ? tree->bit + 1 : -1);
        return true;
    case ACTION_BIT_PREVIOUS:
        set_bit(tree, tree->bit - 1);
        return true;
    case ACTION_BIT:
        app_ask(app, "colour by bit: ", "", answer_bit);
        return true;
    case ACTION_VIEW_BITS:
        return open_bit(tree);
    default:
        return false;
    }
}

static bool act_tree(struct view *view, enum action action, int key)
{
    struct tree_view *tree = self(view);
    const struct world *world = world_of(view);

    if (!world->has_tree)
        return false;
    if (act_on_all(tree, action, key) ||
        treewalk_act(&tree->walk, &world->tree, action, key))
        return true;
    if (node_of(tree) == DENDRO_NONE)
        return false;
    switch (action) {
    case ACTION_OPEN:
        open_node(tree);
        return true;
    case ACTION_MEET:
        go_to_meeting(tree);
        return true;
    default:
        return false;
    }
}

static void row_target(const struct view *view, int row, struct target *out)
{
    const struct tree_view *tree = (const struct tree_view *)view;
    const struct world *world = world_of(view);
    uint32_t node = tree->walk.fold.rows[row];

    *out = treewalk_address(&world->tree, node);
    if (dendro_is_leaf(&world->tree, node)) {
        out->kind = TARGET_CLASS;
        out->id = world->classes.items[node].id;
    }
}

static void subject_tree(const struct view *view, struct target *out)
{
    const struct tree_view *tree = (const struct tree_view *)view;

    if (world_of(view)->has_tree && tree->walk.fold.row_count > 0)
        row_target(view, tree->walk.list.cursor, out);
}

static void range_tree(struct view *view, const struct target *from,
                       struct marks *marks)
{
    view_range_in_list(view, &self(view)->walk.list, from, marks, row_target);
}

/* ---- search: the classes in the order of the tree ---- */

static bool is_match(const struct tree_view *tree, uint32_t leaf)
{
    const struct world *world = world_of(&tree->view);
    const struct finder *finder = &tree->view.app->finder;

    if (finder_active(&tree->filter) && !tree->wanted[leaf])
        return false;
    return finder_matches(finder, world->names[leaf]) ||
           finder_matches(finder, world->paths[leaf]);
}

static uint32_t start_of_search(const struct tree_view *tree,
                                enum find_step step)
{
    const struct dendro *d = &world_of(&tree->view)->tree;
    uint32_t node = node_of(tree);

    if (tree->origin.kind != TARGET_NONE &&
        (step == FIND_CHANGE || step == FIND_CANCEL))
        node = dendro_place(d, tree->origin.key, tree->origin.lowest,
                            tree->origin.size);
    return node == DENDRO_NONE ? dendro_root(d) : node;
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
        tree->origin = tree->walk.cursor;
    node = start_of_search(tree, step);
    from = d->node[node].first;
    if (step == FIND_PREVIOUS || (step == FIND_NEXT && dendro_is_leaf(d, node)))
        from = (from + by) % n;
    for (uint32_t i = 0; step != FIND_CANCEL && step != FIND_START && i < n;
         i++) {
        uint32_t leaf = d->order[(from + (uint64_t)by * i) % n];

        if (is_match(tree, leaf)) {
            treewalk_reveal(&tree->walk, d, leaf);
            return true;
        }
    }
    go_to(tree, node);
    return step == FIND_CANCEL || step == FIND_START;
}

static void scene_tree(const struct view *view, struct scene *out)
{
    const struct tree_view *tree = (const struct tree_view *)view;

    out->about = tree->walk.cursor;
    if (tree->bit >= 0)
        scene_set_number(out, "bit", tree->bit);
    if (tree->groups.level > 0)
        scene_set_number(out, "groups", tree->groups.level);
    if (finder_active(&tree->filter))
        scene_set(out, "filter", tree->filter.pattern);
}

static void recall_groups(struct tree_view *tree, int level)
{
    const struct world *world = world_of(&tree->view);
    int most = treegroup_levels(world->paths, world->tree.leaves);

    treegroup_build(&tree->groups, world->paths, world->tree.leaves,
                    level < 0      ? 0
                    : level > most ? most
                                   : level);
}

static enum status recall_tree(struct view *view, const struct scene *scene,
                               struct err *err)
{
    struct tree_view *tree = self(view);
    struct str filter = STR_INIT;

    tree->bit = (int)scene_number(scene, "bit", -1);
    if (world_of(view)->has_tree) {
        recall_groups(tree, (int)scene_number(scene, "groups", 0));
        scene_get(scene, "filter", &filter);
        set_filter(view, filter.text);
        str_release(&filter);
    }
    return load_tree(view, err);
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
                                   .scene = scene_tree,
                                   .recall = recall_tree,
                                   .range = range_tree,
                                   .find = find_tree};
