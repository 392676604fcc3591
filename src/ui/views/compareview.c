#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "taxonomy/naming.h"
#include "ui/app.h"
#include "ui/fact.h"
#include "ui/scene.h"
#include "ui/teach.h"
#include "ui/treerow.h"
#include "ui/treewalk.h"
#include "ui/views/views.h"

enum { LEFT, RIGHT, MOVED, PANES };

struct compare_view {
    struct view view;
    int64_t model; /* of the right side */
    int step;      /* of the right side, 0: the newest */
    struct treewalk walks[2];
    const struct comparison *seen;     /* the walks are about it; or NULL */
    const char **names[2], **paths[2]; /* (leaves); arrays owned */
    uint32_t *moved;                   /* leaves of the left, most first */
    struct list moved_list;
    int focus, origin;
};

static struct compare_view *self(struct view *view)
{
    return (struct compare_view *)view;
}

static const struct model_row *model_of(const struct world *world, int64_t id)
{
    for (int i = 0; i < world->models.count; i++)
        if (world->models.items[i].id == id)
            return &world->models.items[i];
    return NULL;
}

static bool can_compare(const struct world *world, const struct model_row *row)
{
    return row != world->model && model_has_codes(row) && row->step > 0 &&
           row->dataset_id == world->model->dataset_id;
}

/* What is most worth a look: the marked model, else the newest other one,
 * else where the one at hand began. */
static void choose_right(struct compare_view *compare)
{
    const struct app *app = compare->view.app;
    const struct world *world = &app->world;

    compare->model = world->model->id;
    compare->step = 1;
    for (int i = 0; i < world->models.count; i++) {
        const struct model_row *row = &world->models.items[i];

        if (!can_compare(world, row))
            continue;
        if (compare->model == world->model->id || row->id > compare->model ||
            marks_has_id(&app->marks, TARGET_MODEL, row->id)) {
            compare->model = row->id;
            compare->step = 0;
        }
        if (marks_has_id(&app->marks, TARGET_MODEL, row->id))
            return;
    }
}

static enum status open_compare(struct view *view, const struct target *target,
                                struct err *err)
{
    struct compare_view *compare = self(view);
    const struct world *world = &view->app->world;

    (void)err;
    if (!world->model)
        return OK;
    if (target->kind == TARGET_MODEL &&
        (target->id != world->model->id || target->key != 0)) {
        compare->model = target->id;
        compare->step = (int)target->key;
    } else if (compare->model == 0 || compare->model == world->model->id) {
        choose_right(compare);
    }
    return OK;
}

static void forget(struct compare_view *compare)
{
    for (int i = 0; i < 2; i++) {
        free(compare->names[i]);
        free(compare->paths[i]);
        compare->names[i] = compare->paths[i] = NULL;
    }
    free(compare->moved);
    compare->moved = NULL;
    compare->seen = NULL;
}

static void close_compare(struct view *view)
{
    struct compare_view *compare = self(view);

    forget(compare);
    for (int i = 0; i < 2; i++)
        treewalk_release(&compare->walks[i]);
}

struct mover {
    double moved;
    uint32_t leaf;
};

static int by_moved(const void *x, const void *y)
{
    const struct mover *a = x, *b = y;

    if (a->moved != b->moved)
        return a->moved > b->moved ? -1 : 1;
    return a->leaf < b->leaf ? -1 : a->leaf > b->leaf;
}

static void sort_moved(struct compare_view *compare)
{
    const struct comparison *c = compare->seen;
    uint32_t n = c->tree[0].leaves, count = 0;
    struct mover *movers = mem_zalloc(n + 1, sizeof(*movers));

    for (uint32_t i = 0; i < n; i++)
        if (!isnan(c->moved[0][i]))
            movers[count++] = (struct mover){c->moved[0][i], i};
    if (count > 0)
        qsort(movers, count, sizeof(*movers), by_moved);
    compare->moved = mem_zalloc(n + 1, sizeof(*compare->moved));
    for (uint32_t i = 0; i < count; i++)
        compare->moved[i] = movers[i].leaf;
    list_fit(&compare->moved_list, (int)count, compare->moved_list.rows);
    free(movers);
}

/* Names last as long as the class list, so they are taken anew each time. */
static void take_names(struct compare_view *compare)
{
    const struct world *world = &compare->view.app->world;
    const struct comparison *c = compare->seen;

    for (int i = 0; i < 2; i++) {
        uint32_t n = c->tree[i].leaves;

        compare->names[i] = mem_zalloc(n + 1, sizeof(char *));
        compare->paths[i] = mem_zalloc(n + 1, sizeof(char *));
        for (uint32_t leaf = 0; leaf < n; leaf++) {
            int at = class_index(&world->classes, c->codes[i].class_ids[leaf]);

            compare->names[i][leaf] =
                at < 0 ? "?" : world->classes.items[at].name;
            compare->paths[i][leaf] =
                at < 0 ? "" : world->classes.items[at].path;
        }
    }
}

static enum status load_compare(struct view *view, struct err *err)
{
    struct compare_view *compare = self(view);
    struct world *world = &view->app->world;
    const struct model_row *other = model_of(world, compare->model);
    struct comparer_side left, right;

    (void)err;
    forget(compare);
    if (!world->model || !world->has_codes || !other)
        return OK;
    left = (struct comparer_side){world->model->id, world->codes.step,
                                  world->linkage};
    right = (struct comparer_side){
        other->id, compare->step ? compare->step : other->step, world->linkage};
    comparer_want(&world->compare, &left, &right);
    compare->seen = comparer_ready(&world->compare);
    if (!compare->seen)
        return OK;
    take_names(compare);
    sort_moved(compare);
    for (int i = 0; i < 2; i++)
        treewalk_place(&compare->walks[i], &compare->seen->tree[i], NULL);
    return OK;
}

/* ---- drawing ---- */

static void describe(const struct compare_view *compare, int side,
                     struct str *out)
{
    const struct world *world = &compare->view.app->world;
    const struct comparer_side *asked = &compare->seen->asked[side];
    const struct model_row *row = model_of(world, asked->model);

    utf8_escape(out, row ? row->name : "?");
    str_addf(out, ", epoch %d", asked->step);
}

/* How alike the trees are as wholes; returns the rows it took. */
static int draw_summary(const struct compare_view *compare, struct pane pane)
{
    const struct glyphs *g = pane.look->glyphs;
    const struct comparison *c = compare->seen;
    const struct treecompare *found = &c->found;
    struct str left = STR_INIT, right = STR_INIT;
    bool wide = pane.cols >= 76;
    int col;

    describe(compare, 0, &left);
    describe(compare, 1, &right);
    col = pane_text(pane, 0, 0, ROLE_HEADING, left.text);
    col = pane_text(pane, 0, col, ROLE_DIM, "  beside  ");
    col = pane_text(pane, 0, col, ROLE_HEADING, right.text);
    pane_textf(pane, 0, col, ROLE_DIM, "%s%s linkage", g->dot,
               linkage_name(c->asked[0].linkage));
    col = pane_textf(pane, 1, 0, ROLE_NUMBER, "%u", found->shared);
    col = pane_textf(pane, 1, col, ROLE_DIM,
                     " of %u and %u groups in both%s%s ", found->groups_a,
                     found->groups_b, g->dot, wide ? "Robinson-Foulds" : "RF");
    col = pane_textf(pane, 1, col, ROLE_NUMBER, "%.2f", found->robinson_foulds);
    col = pane_textf(pane, 1, col, ROLE_DIM, "%striples%s ", g->dot,
                     wide ? " moved" : "");
    pane_textf(pane, 1, col, ROLE_NUMBER, "%.1f %%", found->moved * 100);
    str_release(&left);
    str_release(&right);
    return 2;
}

static enum role moved_role(double moved)
{
    return isnan(moved)   ? ROLE_DIM
           : moved >= 0.4 ? ROLE_BAD
           : moved >= 0.1 ? ROLE_WARN
                          : ROLE_GOOD;
}

static void draw_node(const struct compare_view *compare, struct pane pane,
                      int row, int side, uint32_t node)
{
    const struct comparison *c = compare->seen;
    const struct dendro *d = &c->tree[side];
    const struct treewalk *walk = &compare->walks[side];
    struct pane label = pane_sub(pane, row, 0, 1, pane.cols - 7);
    struct naming naming = {compare->names[side], compare->paths[side],
                            pane.look->glyphs->ascii};
    struct str text = STR_INIT;
    int col = treerow_lines(label, 0, d, &walk->fold, node, walk->shift);

    naming_label(&text, d, &naming, node, 3);
    pane_name(label, 0, col, -1, ROLE_TEXT,
              node == dendro_root(d) ? "all classes" : text.text);
    str_release(&text);
    if (dendro_is_leaf(d, node)) {
        double moved = c->moved[side][node];
        char rate[16];

        snprintf(rate, sizeof(rate), "%.0f %%", moved * 100);
        pane_field(pane, row, pane.cols - 6, 6, true, moved_role(moved),
                   isnan(moved) ? pane.look->glyphs->dash_text : rate);
    } else if (c->same[side][node]) {
        pane_field(pane, row, pane.cols - 6, 6, true, ROLE_GOOD, "same");
    }
}

static void draw_side(struct compare_view *compare, struct pane pane, int side)
{
    const struct dendro *d = &compare->seen->tree[side];
    struct treewalk *walk = &compare->walks[side];
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    struct str title = STR_INIT;

    describe(compare, side, &title);
    pane_heading(pane, 0, title.text, "moved");
    str_release(&title);
    treewalk_fit(walk, d, body.rows);
    if (walk->fold.row_count == 0)
        return;
    walk->shift = treerow_shift(d, treewalk_node(walk), walk->shift, body.cols);
    for (int i = 0; i < body.rows && walk->list.top + i < walk->list.count; i++)
        draw_node(compare, body, i, side, walk->fold.rows[walk->list.top + i]);
    pane_over(body, walk->list.cursor - walk->list.top, 0, body.cols,
              compare->focus == side ? ROLE_SELECTED : ROLE_SELECTED_IDLE);
    if (compare->focus == side)
        pane_cursor(body, walk->list.cursor - walk->list.top, 0);
}

/* A class of those that join a class first; DENDRO_NONE when it is alone. */
static uint32_t companion(const struct dendro *d, uint32_t leaf)
{
    uint32_t parent = leaf == DENDRO_NONE ? DENDRO_NONE : d->node[leaf].parent;

    if (parent == DENDRO_NONE)
        return DENDRO_NONE;
    return *dendro_leaves(d, d->node[parent].left == leaf
                                 ? d->node[parent].right
                                 : d->node[parent].left);
}

static void draw_mover(const struct compare_view *compare, struct pane pane,
                       int row, uint32_t leaf)
{
    const struct comparison *c = compare->seen;
    int third = (pane.cols - 7) / 3;
    uint32_t there = c->to[LEFT][leaf];
    double moved = c->moved[LEFT][leaf];

    pane_name(pane, row, 0, third - 1, ROLE_TEXT, compare->names[LEFT][leaf]);
    for (int side = LEFT; side <= RIGHT; side++) {
        uint32_t beside =
            companion(&c->tree[side], side == LEFT ? leaf : there);

        pane_name(pane, row, third * (side + 1), third - 1, ROLE_DIM,
                  beside == DENDRO_NONE ? pane.look->glyphs->dash_text
                                        : compare->names[side][beside]);
    }
    pane_textf(pane, row, pane.cols - 6, moved_role(moved), "%4.0f %%",
               moved * 100);
}

static void draw_moved(struct compare_view *compare, struct pane pane)
{
    struct list *list = &compare->moved_list;
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    int third = (pane.cols - 7) / 3;

    pane_heading(pane, 0, "Moved most", "moved");
    pane_text(pane, 0, third < 11 ? 11 : third - 1, ROLE_DIM, " beside ");
    pane_text(pane, 0, third < 11 ? 20 : 2 * third - 1, ROLE_DIM, " there ");
    list_fit(list, list->count, body.rows);
    for (int i = 0; i < body.rows && list->top + i < list->count; i++)
        draw_mover(compare, body, i, compare->moved[list->top + i]);
    if (list->count == 0)
        return;
    pane_over(body, list->cursor - list->top, 0, body.cols,
              compare->focus == MOVED ? ROLE_SELECTED : ROLE_SELECTED_IDLE);
    if (compare->focus == MOVED)
        pane_cursor(body, list->cursor - list->top, 0);
}

static void draw_panes(struct compare_view *compare, struct pane pane)
{
    bool three = pane.cols >= 116;
    int panes = pane.cols < 72 ? 1 : three ? 3 : 2;
    int first = panes == 1                              ? compare->focus
                : panes == 2 && compare->focus == MOVED ? RIGHT
                                                        : LEFT;
    struct pane rest = pane;

    for (int i = 0; i < panes; i++) {
        int what = first + i;
        int cols = i + 1 == panes ? rest.cols : pane.cols / panes;
        struct pane here = pane_cut_left(rest, cols, &rest);

        if (i > 0) {
            pane_rule(here, 0);
            here = pane_sub(here, 0, 2, here.rows, here.cols - 2);
        }
        if (i + 1 < panes)
            here.cols--;
        if (what == MOVED)
            draw_moved(compare, here);
        else
            draw_side(compare, here, what);
    }
}

/* Nothing is there to be compared: why, and what would be. */
static void draw_why(const struct compare_view *compare, struct pane pane)
{
    const struct world *world = &compare->view.app->world;

    if (comparer_pending(&world->compare))
        pane_wrap(pane, 1, ROLE_TEXT, "The two trees are being compared.");
    else
        pane_wrap(pane, 1, ROLE_TEXT,
                  "These trees can't be compared. :compare MODEL or "
                  ":compare EPOCH chooses what to compare with; Tab "
                  "completes.");
}

static void draw_compare(struct view *view, struct pane pane)
{
    struct compare_view *compare = self(view);
    struct pane inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
    enum teach_need need = teach_need_of(&view->app->world);
    int used;

    if (need != TEACH_NOTHING && need != TEACH_TREE) {
        teach_draw(view->app, pane,
                   "Here the trees of two models, or of two epochs of one, "
                   "stand side by side, with the classes that moved most.");
        return;
    }
    if (!compare->seen) {
        draw_why(compare, inner);
        return;
    }
    used = draw_summary(compare, inner) + (pane.rows >= 20);
    draw_panes(compare,
               pane_sub(inner, used, 0, inner.rows - used, inner.cols));
}

/* ---- actions ---- */

/* Shows in the other tree what is under the cursor in this one: the same
 * group or class, else the group with most classes in common. */
static void follow(struct compare_view *compare)
{
    const struct comparison *c = compare->seen;
    int side = compare->focus == MOVED ? LEFT : compare->focus;
    uint32_t node, match;
    double overlap;

    if (compare->focus == MOVED && compare->moved_list.count > 0)
        treewalk_reveal(&compare->walks[LEFT], &c->tree[LEFT],
                        compare->moved[compare->moved_list.cursor]);
    node = treewalk_node(&compare->walks[side]);
    if (node == DENDRO_NONE)
        return;
    match = treecompare_match(&c->tree[side], &c->tree[!side], c->to[side],
                              node, &overlap);
    if (match == DENDRO_NONE)
        return;
    treewalk_reveal(&compare->walks[!side], &c->tree[!side], match);
    if (!dendro_is_leaf(&c->tree[side], node) && !c->same[side][node])
        app_message(compare->view.app,
                    "the nearest group there has %.0f %% of the classes of "
                    "both in common",
                    overlap * 100);
}

static void step_right(struct compare_view *compare, int by)
{
    struct app *app = compare->view.app;
    const struct model_row *row = model_of(&app->world, compare->model);
    struct err err;
    int step;

    if (!row)
        return;
    step = (compare->step ? compare->step : row->step) + by;
    if (step < 1 || step > row->step) {
        app_message(app, by < 0 ? "this is its first epoch"
                                : "this is its newest epoch");
        return;
    }
    compare->step = step;
    if (load_compare(&compare->view, &err) != OK)
        app_error(app, &err);
}

static void subject_compare(const struct view *view, struct target *out)
{
    const struct compare_view *compare = (const struct compare_view *)view;
    const struct comparison *c = compare->seen;
    int side = compare->focus == MOVED ? LEFT : compare->focus;
    uint32_t node;

    if (!c)
        return;
    node = compare->focus != MOVED ? treewalk_node(&compare->walks[side])
           : compare->moved_list.count > 0
               ? compare->moved[compare->moved_list.cursor]
               : DENDRO_NONE;
    if (node == DENDRO_NONE)
        return;
    if (dendro_is_leaf(&c->tree[side], node))
        *out = (struct target){.kind = TARGET_CLASS,
                               .id = c->codes[side].class_ids[node]};
    else if (side == LEFT)
        *out = treewalk_address(&c->tree[LEFT], node);
}

static bool act_in_pane(struct compare_view *compare, enum action action,
                        int key)
{
    if (compare->focus == MOVED) {
        if (!list_act(&compare->moved_list, action))
            return false;
    } else if (!treewalk_act(&compare->walks[compare->focus],
                             &compare->seen->tree[compare->focus], action,
                             key)) {
        return false;
    }
    follow(compare);
    return true;
}

static bool act_compare(struct view *view, enum action action, int key)
{
    struct compare_view *compare = self(view);
    struct target target = {.kind = TARGET_NONE};

    if (action == ACTION_EARLIER || action == ACTION_LATER) {
        step_right(compare, action == ACTION_LATER ? 1 : -1);
        return true;
    }
    if (!compare->seen)
        return false;
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE) {
        compare->focus =
            (compare->focus + (action == ACTION_NEXT_PANE ? 1 : PANES - 1)) %
            PANES;
        return true;
    }
    if (action == ACTION_OPEN) {
        subject_compare(view, &target);
        if (target.kind == TARGET_CLASS)
            app_open(view->app, VIEW_CLASS, &target);
        else if (compare->focus != MOVED)
            treewalk_toggle(&compare->walks[compare->focus],
                            &compare->seen->tree[compare->focus]);
        return true;
    }
    return act_in_pane(compare, action, key);
}

static bool matches(void *context, int row)
{
    const struct compare_view *compare = context;

    return finder_matches(&compare->view.app->finder,
                          compare->names[LEFT][compare->moved[row]]);
}

/* Searches the classes, those that moved most first, and shows both places. */
static bool find_compare(struct view *view, enum find_step step)
{
    struct compare_view *compare = self(view);
    bool found;

    if (!compare->seen)
        return false;
    found = view_find_in_list(&compare->moved_list, &compare->origin, step,
                              matches, compare);
    if (found && step != FIND_START && step != FIND_CANCEL) {
        compare->focus = MOVED;
        follow(compare);
    }
    return found;
}

static void scene_compare(const struct view *view, struct scene *out)
{
    const struct compare_view *compare = (const struct compare_view *)view;

    out->about = (struct target){.kind = TARGET_MODEL, .id = compare->model};
    if (compare->step > 0)
        scene_set_number(out, "with", compare->step);
}

static enum status recall_compare(struct view *view, const struct scene *scene,
                                  struct err *err)
{
    struct compare_view *compare = self(view);
    const struct model_row *other = model_of(&view->app->world, compare->model);
    int64_t step = scene_number(scene, "with", 0);

    if (other && (step < 0 || step > other->step))
        return err_set(err, ERR_NOT_FOUND, "the model has epochs 1 to %d",
                       other->step);
    compare->step = (int)step;
    return load_compare(view, err);
}

const struct view_ops view_compare = {.kind = VIEW_COMPARE,
                                      .name = "compare",
                                      .size = sizeof(struct compare_view),
                                      .single = true,
                                      .open = open_compare,
                                      .close = close_compare,
                                      .load = load_compare,
                                      .draw = draw_compare,
                                      .act = act_compare,
                                      .subject = subject_compare,
                                      .scene = scene_compare,
                                      .recall = recall_compare,
                                      .find = find_compare};
