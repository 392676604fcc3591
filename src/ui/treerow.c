#include <config.h>

#include "ui/treerow.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"

/* Columns at the right: classes 6, accuracy 7, bit 7. */
#define COUNT_COLS 6
#define RATE_COLS  8

int treerow_indent(const struct dendro *d, uint32_t node)
{
    return (int)d->node[node].depth * 2 + 2;
}

/* The lines that join a node to what is above it. */
static void draw_lines(struct pane pane, int row, const struct dendro *d,
                       uint32_t node, int shift)
{
    const struct glyphs *g = pane.look->glyphs;
    uint32_t at = node;

    for (int col = (int)d->node[node].depth * 2 - 2; col >= 0; col -= 2) {
        uint32_t parent = d->node[at].parent;
        bool more = d->node[parent].left == at;

        if (at == node) {
            pane_put(pane, row, col - shift, ROLE_TREE,
                     more ? g->branch : g->last);
            pane_put(pane, row, col + 1 - shift, ROLE_TREE, g->dash);
        } else if (more) {
            pane_put(pane, row, col - shift, ROLE_TREE, g->stem);
        }
        at = parent;
    }
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

/* Where room is scarce, a bit's share takes the place of the accuracy. */
static bool shows_rate(const struct world *world, struct pane pane, int bit)
{
    return world->tallies && (bit < 0 || pane.cols >= 50);
}

static int columns(const struct world *world, struct pane pane, int bit)
{
    return COUNT_COLS + (shows_rate(world, pane, bit) ? RATE_COLS : 0) +
           (bit >= 0 ? RATE_COLS : 0);
}

void treerow_heading(const struct app *app, struct pane pane, int row, int bit)
{
    int col = pane.cols - columns(&app->world, pane, bit);
    struct pane label = pane_sub(pane, row, 0, 1, col);
    char text[24];

    pane_text(label, 0, 0, ROLE_HEADING, "Tree");
    if (col >= 20)
        pane_textf(label, 0, 6, ROLE_DIM, "%u classes", app->world.tree.leaves);
    pane_field(pane, row, col, COUNT_COLS, true, ROLE_DIM, "size");
    col += COUNT_COLS;
    if (shows_rate(&app->world, pane, bit)) {
        pane_field(pane, row, col, RATE_COLS, true, ROLE_DIM, "right");
        col += RATE_COLS;
    }
    if (bit >= 0) {
        snprintf(text, sizeof(text), "bit %d", bit);
        pane_field(pane, row, col, RATE_COLS, true, ROLE_SIDE_ON, text);
    }
}

static void draw_columns(const struct app *app, struct pane pane, int row,
                         uint32_t node, int bit)
{
    const struct world *world = &app->world;
    int col = pane.cols - columns(world, pane, bit);
    char text[24];

    snprintf(text, sizeof(text), "%u", world->tree.node[node].size);
    if (!dendro_is_leaf(&world->tree, node))
        pane_field(pane, row, col, COUNT_COLS, true, ROLE_NUMBER, text);
    col += COUNT_COLS;
    if (shows_rate(world, pane, bit)) {
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
    if (bit >= 0) {
        double share =
            nodebits_share(&world->nodebits, &world->tree, node, bit);

        snprintf(text, sizeof(text), "%.0f %%", share * 100);
        pane_field(pane, row, col, RATE_COLS, true, side_role(share), text);
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
                  const struct treerow *what)
{
    const struct world *world = &app->world;
    const struct dendro *d = &world->tree;
    const struct glyphs *g = app->look.glyphs;
    struct pane label = pane;
    struct str text = STR_INIT;
    enum role role = ROLE_TEXT;
    int col = treerow_indent(d, what->node) - what->shift;
    bool leaf = dendro_is_leaf(d, what->node);

    label.cols -= columns(world, pane, what->bit) + 1;
    draw_lines(label, row, d, what->node, what->shift);
    if (!leaf)
        pane_put(label, row, col - 2, ROLE_DIM,
                 what->open ? g->open : g->closed);
    if (what->bit >= 0) {
        double share =
            nodebits_share(&world->nodebits, d, what->node, what->bit);

        role = side_role(share);
        pane_put(label, row, col, role,
                 share == 0   ? g->off
                 : share == 1 ? g->on
                              : g->mixed);
        col += 2;
    }
    if (leaf)
        str_add(&text, world->names[what->node]);
    else if (what->node == dendro_root(d))
        str_add(&text, "all classes");
    else
        str_add(&text, world_label(world, what->node, g->ascii));
    if (matches(app, what->node))
        role = ROLE_MATCH;
    pane_name(label, row, col, -1, role, text.text);
    if (is_marked(app, what->node))
        pane_put(pane, row, label.cols, ROLE_MATCH, MARK_GLYPH);
    draw_columns(app, pane, row, what->node, what->bit);
    str_release(&text);
}
