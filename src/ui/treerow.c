#include <config.h>

#include "ui/treerow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Columns at the right. */
#define COUNT_COLS 6
#define RATE_COLS  8
#define GROUP_COLS 16

int treerow_indent(const struct dendro *d, uint32_t node)
{
    return (int)d->node[node].depth * 2 + 2;
}

int treerow_lines(struct pane pane, int row, const struct dendro *d,
                  const struct treefold *fold, uint32_t node, int shift)
{
    const struct glyphs *g = pane.look->glyphs;
    int label = treerow_indent(d, node) - shift;
    uint32_t at = node;

    for (int col = (int)d->node[node].depth * 2 - 2; col >= 0; col -= 2) {
        bool more = treefold_more(fold, d, at);

        if (at == node) {
            pane_put(pane, row, col - shift, ROLE_TREE,
                     more ? g->branch : g->last);
            pane_put(pane, row, col + 1 - shift, ROLE_TREE, g->dash);
        } else if (more) {
            pane_put(pane, row, col - shift, ROLE_TREE, g->stem);
        }
        at = d->node[at].parent;
    }
    if (!dendro_is_leaf(d, node))
        pane_put(pane, row, label - 2, ROLE_DIM,
                 fold->open[node] ? g->open : g->closed);
    return label;
}

int treerow_shift(const struct dendro *d, uint32_t node, int shift, int cols)
{
    int indent = treerow_indent(d, node);

    if (indent <= cols / 3)
        return 0;
    if (shift > indent - 2)
        return indent - 2;
    return indent - shift > cols / 3 ? indent - cols / 3 : shift;
}

enum role treerow_group_role(int group)
{
    return group < 0 ? ROLE_DIM
                     : (enum role)(ROLE_GROUP_1 + group % GROUP_ROLES);
}

/* Colour says where most of the classes are, the mark whether all are. */
static enum role side_role(double share)
{
    return share <= 0.25   ? ROLE_SIDE_OFF
           : share >= 0.75 ? ROLE_SIDE_ON
                           : ROLE_SIDE_MIXED;
}

/* Accuracy of all classes under a node, NAN when none is known. */
static double accuracy(const struct world *world, uint32_t node)
{
    const uint32_t *leaves = dendro_leaves(&world->tree, node);
    int64_t right = 0, total = 0;

    if (!world->tallies)
        return NAN;
    for (uint32_t i = 0; i < world->tree.node[node].size; i++) {
        right += world->tallies[leaves[i]].right;
        total += world->tallies[leaves[i]].total;
    }
    return total ? (double)right / (double)total : NAN;
}

/* Where room is scarce, what a node is coloured by takes the place of the
 * accuracy. */
static bool shows_rate(const struct world *world, struct pane pane,
                       const struct treerow *how)
{
    return world->tallies &&
           ((how->bit < 0 && !how->groups) || pane.cols >= 50);
}

static int columns(const struct world *world, struct pane pane,
                   const struct treerow *how)
{
    return COUNT_COLS + (shows_rate(world, pane, how) ? RATE_COLS : 0) +
           (how->bit >= 0 ? RATE_COLS : 0) + (how->groups ? GROUP_COLS : 0);
}

/* "241 classes", and what sets this tree apart from the usual. */
static void about(const struct world *world, const struct treerow *how,
                  const struct glyphs *g, struct str *out)
{
    if (how->filter) {
        str_add(out, "only ");
        utf8_escape(out, how->filter->pattern);
    } else {
        str_addf(out, "%u classes", world->tree.leaves);
    }
    if (world->tree_linkage != LINKAGE_AVERAGE)
        str_addf(out, "%s%s", g->dot, linkage_name(world->tree_linkage));
}

void treerow_heading(const struct app *app, struct pane pane, int row,
                     const struct treerow *how)
{
    int col = pane.cols - columns(&app->world, pane, how);
    struct pane label = pane_sub(pane, row, 0, 1, col);
    struct str text = STR_INIT;

    pane_text(label, 0, 0, ROLE_HEADING, "Tree");
    about(&app->world, how, app->look.glyphs, &text);
    if (col >= 20)
        pane_text(label, 0, 6, how->filter ? ROLE_WARN : ROLE_DIM, text.text);
    pane_field(pane, row, col, COUNT_COLS, true, ROLE_DIM, "size");
    col += COUNT_COLS;
    if (shows_rate(&app->world, pane, how)) {
        pane_field(pane, row, col, RATE_COLS, true, ROLE_DIM, "right");
        col += RATE_COLS;
    }
    if (how->bit >= 0) {
        str_clear(&text);
        str_addf(&text, "bit %d", how->bit);
        pane_field(pane, row, col, RATE_COLS, true, ROLE_SIDE_ON, text.text);
    } else if (how->groups) {
        pane_field(pane, row, col + 2, GROUP_COLS - 7, false, ROLE_DIM,
                   "group");
    }
    str_release(&text);
}

static void draw_group(const struct app *app, struct pane pane, int row,
                       int col, uint32_t node, const struct treegroup *groups)
{
    const struct dendro *d = &app->world.tree;
    double share;
    int group = treegroup_of(groups, d, node, &share);
    const char *name =
        group < 0 ? app->look.glyphs->dash_text : groups->names[group];
    const char *slash = strrchr(name, '/');
    char text[24];

    pane_name(pane, row, col + 2, GROUP_COLS - 7, treerow_group_role(group),
              slash ? slash + 1 : name);
    snprintf(text, sizeof(text), "%.0f %%", share * 100);
    if (group >= 0 && !dendro_is_leaf(d, node))
        pane_field(pane, row, col + GROUP_COLS - 5, 5, true,
                   treerow_group_role(group), text);
}

static void draw_columns(const struct app *app, struct pane pane, int row,
                         uint32_t node, const struct treerow *how)
{
    const struct world *world = &app->world;
    int col = pane.cols - columns(world, pane, how);
    char text[24];

    snprintf(text, sizeof(text), "%u", world->tree.node[node].size);
    if (!dendro_is_leaf(&world->tree, node))
        pane_field(pane, row, col, COUNT_COLS, true, ROLE_NUMBER, text);
    col += COUNT_COLS;
    if (shows_rate(world, pane, how)) {
        double rate = accuracy(world, node);

        snprintf(text, sizeof(text), "%.0f %%", rate * 100);
        pane_field(pane, row, col, RATE_COLS, true,
                   isnan(rate)   ? ROLE_DIM
                   : rate >= 0.9 ? ROLE_GOOD
                   : rate >= 0.6 ? ROLE_WARN
                                 : ROLE_BAD,
                   isnan(rate) ? app->look.glyphs->dash_text : text);
        col += RATE_COLS;
    }
    if (how->bit >= 0) {
        double share =
            nodebits_share(&world->nodebits, &world->tree, node, how->bit);

        snprintf(text, sizeof(text), "%.0f %%", share * 100);
        pane_field(pane, row, col, RATE_COLS, true, side_role(share), text);
    } else if (how->groups) {
        draw_group(app, pane, row, col, node, how->groups);
    }
}

/* True if the search matches the class, by name or path. */
static bool matches(const struct app *app, uint32_t node)
{
    const struct world *world = &app->world;

    return dendro_is_leaf(&world->tree, node) &&
           (finder_matches(&app->finder, world->names[node]) ||
            finder_matches(&app->finder, world->paths[node]));
}

/* The colour of a node's label. */
static enum role label_role(const struct app *app, uint32_t node,
                            const struct treerow *how)
{
    const struct world *world = &app->world;
    double share;

    if (matches(app, node))
        return ROLE_MATCH;
    if (how->bit >= 0)
        return side_role(
            nodebits_share(&world->nodebits, &world->tree, node, how->bit));
    if (how->groups)
        return treerow_group_role(
            treegroup_of(how->groups, &world->tree, node, &share));
    return ROLE_TEXT;
}

static const char *label_of(const struct app *app, uint32_t node)
{
    const struct world *world = &app->world;

    if (dendro_is_leaf(&world->tree, node))
        return world->names[node];
    if (node == dendro_root(&world->tree))
        return "all classes";
    return world_label(world, node, app->look.glyphs->ascii);
}

static bool is_marked(const struct app *app, uint32_t node)
{
    const struct dendro *d = &app->world.tree;
    struct target target = {.kind = TARGET_NODE, .key = d->node[node].key};

    if (dendro_is_leaf(d, node))
        target = (struct target){.kind = TARGET_CLASS,
                                 .id = app->world.classes.items[node].id};
    return app->marks.count > 0 && marks_has(&app->marks, &target);
}

void treerow_draw(const struct app *app, struct pane pane, int row,
                  uint32_t node, const struct treerow *how)
{
    const struct world *world = &app->world;
    const struct glyphs *g = app->look.glyphs;
    enum role role = label_role(app, node, how);
    struct pane label = pane;
    int col;

    label.cols -= columns(world, pane, how) + 1;
    col = treerow_lines(label, row, &world->tree, how->fold, node, how->shift);
    if (how->bit >= 0) {
        double share =
            nodebits_share(&world->nodebits, &world->tree, node, how->bit);

        pane_put(label, row, col, side_role(share),
                 share == 0   ? g->off
                 : share == 1 ? g->on
                              : g->mixed);
        col += 2;
    }
    pane_name(label, row, col, -1, role, label_of(app, node));
    if (is_marked(app, node))
        pane_put(pane, row, label.cols, ROLE_MATCH, MARK_GLYPH);
    draw_columns(app, pane, row, node, how);
}
