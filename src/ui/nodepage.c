#include <config.h>

#include "ui/nodepage.h"

#include <stdio.h>

#include "base/utf8.h"
#include "ui/fact.h"

#define PICTURES 60

/* A heading with outside text. */
static void name_heading(struct pane pane, const char *name)
{
    struct str safe = STR_INIT;

    utf8_escape(&safe, name);
    pane_heading(pane, 0, safe.text, NULL);
    str_release(&safe);
}

/* Pictures in what is left of the pane below `row`, or in a pane of their own
 * beside it. */
static void draw_pictures(struct app *app, struct pane pane, struct pane beside,
                          int row, const int64_t *ids, int count)
{
    int rows, cols;
    struct pane rest =
        beside.cols > 0
            ? beside
            : pane_sub(pane, row + 1, 0, pane.rows - row - 1, pane.cols);

    if (rest.rows < 3)
        return;
    album_fit(&app->world, rest, count, pane.rows >= 30 ? 12 : 6, &rows, &cols);
    if (cols > 0)
        album_grid(&app->album, &app->world, rest, ids, count, rows, cols);
}

static int draw_near_classes(struct app *app, struct pane pane, int row,
                             int class_number)
{
    const struct world *world = &app->world;
    int near[4], count = fact_nearest(world, class_number, near, 4);

    for (int i = 0; i < count; i++) {
        uint64_t own = world->codes.codes[class_number];
        uint64_t other = world->codes.codes[near[i]];
        char text[16];

        pane_text(pane, row, 0, ROLE_DIM, i ? "" : "nearest");
        snprintf(text, sizeof(text), "%d", code_distance(own, other));
        pane_field(pane, row, FACT_LABEL, 2, true, ROLE_NUMBER, text);
        pane_name(pane, row++, FACT_LABEL + 3, -1, ROLE_TEXT,
                  world->names[near[i]]);
    }
    return row;
}

/* Of every marked class: how far it is, in which bits, and where both meet. */
static int draw_marked(const struct app *app, struct pane pane, int row,
                       uint32_t own)
{
    const struct world *world = &app->world;
    const struct dendro *d = &world->tree;
    struct str bits = STR_INIT;

    for (int i = 0; i < app->marks.count && row + 3 < pane.rows; i++) {
        const struct target *mark = &app->marks.items[i];
        int other = mark->kind == TARGET_CLASS
                        ? class_index(&world->classes, mark->id)
                        : -1;
        uint64_t differ;
        uint32_t meet;

        if (other < 0 || (uint32_t)other >= d->leaves || (uint32_t)other == own)
            continue;
        differ = world->codes.codes[own] ^ world->codes.codes[other];
        meet = dendro_meet(d, own, (uint32_t)other);
        str_clear(&bits);
        fact_bits(world, differ, &bits);
        pane_text(pane, row, 0, ROLE_DIM, "marked");
        pane_name(pane, row++, FACT_LABEL, -1, ROLE_MATCH, world->names[other]);
        row = fact_text(pane, row, "  differ", ROLE_NUMBER, "%d%s%s",
                        code_distance(differ, 0), differ ? ": " : "",
                        bits.text ? bits.text : "");
        row = fact_text(pane, row, "  meet", ROLE_NUMBER, "at %.1f, %u classes",
                        d->node[meet].height, d->node[meet].size);
    }
    str_release(&bits);
    return row;
}

static void draw_class(struct app *app, struct pane pane, struct pane beside,
                       int index)
{
    const struct world *world = &app->world;
    const struct class_row *class = &world->classes.items[index];
    struct codecell cells = {world->codes.bits, world->codes.codes[index], 0, 0,
                             -1};
    int64_t ids[PICTURES];
    int row = 2, count;

    name_heading(pane, class->name);
    if (class->path[0]) {
        struct str safe = STR_INIT;

        utf8_escape(&safe, class->path);
        row = fact_text(pane, row, "group", ROLE_TEXT, "%s", safe.text);
        str_release(&safe);
    }
    row = fact_text(pane, row, "images", ROLE_NUMBER, "%lld%strain%s%lld%stest",
                    (long long)class->images[SPLIT_TRAIN], " ",
                    app->look.glyphs->dot, (long long)class->images[SPLIT_TEST],
                    " ");
    row = fact_accuracy(app, pane, row, index);
    row = fact_code(pane, row, &cells);
    row = draw_near_classes(app, pane, row, index);
    row = draw_marked(app, pane, row, (uint32_t)index);
    if (pane.rows - row > 12)
        row = fact_notes(app, pane, row, NOTE_CLASS, class->id, 0);
    count = fact_images(app, class->id, -1, ids, PICTURES);
    if (count == 0)
        pane_text(pane, row + 1, 0, ROLE_DIM, "This class has no images.");
    draw_pictures(app, pane, beside, row, ids, count);
}

/* The bits in which all classes under a node agree, the others free. */
static int agreement(const struct world *world, uint32_t node,
                     struct codecell *cells)
{
    int agreed = 0;

    *cells = (struct codecell){world->codes.bits, 0, 0, 0, -1};
    for (int bit = 0; bit < world->codes.bits; bit++) {
        uint32_t set = nodebits_set(&world->nodebits, node, bit);
        uint64_t mask = UINT64_C(1) << bit;

        if (set == world->tree.node[node].size)
            cells->code |= mask;
        else if (set > 0)
            cells->free |= mask;
        agreed += !(cells->free & mask);
    }
    return agreed;
}

static int draw_division(struct app *app, struct pane pane, int row,
                         uint32_t node)
{
    const struct world *world = &app->world;
    const struct dendro *d = &world->tree;
    int bit = nodebits_splitter(&world->nodebits, d, node);
    const char *caption =
        bit >= 0 && world->captions.text ? world->captions.text[bit] : NULL;
    uint32_t sides[2] = {d->node[node].left, d->node[node].right};

    if (bit >= 0) {
        struct str safe = STR_INIT;

        utf8_escape(&safe, caption ? caption : "");
        row = fact_text(pane, row, "divided", ROLE_TEXT, "by bit %d%s%s", bit,
                        caption ? ", " : "", safe.text);
        str_release(&safe);
    }
    for (int i = 0; i < 2; i++) {
        struct str label = STR_INIT;
        bool on = bit >= 0 &&
                  nodebits_share(&world->nodebits, d, sides[i], bit) >= 0.5;

        if (bit >= 0)
            pane_put(pane, row, FACT_LABEL, on ? ROLE_SIDE_ON : ROLE_SIDE_OFF,
                     on ? pane.look->glyphs->on : pane.look->glyphs->off);
        str_add(&label, world_label(world, sides[i], app->look.glyphs->ascii));
        pane_name(pane, row++, FACT_LABEL + 2, -1, ROLE_TEXT, label.text);
        str_release(&label);
    }
    return row;
}

static void draw_group(struct app *app, struct pane pane, struct pane beside,
                       uint32_t node, int bit)
{
    const struct world *world = &app->world;
    const struct dendro *d = &world->tree;
    const struct naming naming = {world->names, world->paths,
                                  app->look.glyphs->ascii};
    const uint32_t *leaves = dendro_leaves(d, node);
    uint32_t size = d->node[node].size;
    struct str label = STR_INIT;
    struct codecell cells;
    int64_t ids[PICTURES];
    int row = 2, count = 0, agreed = agreement(world, node, &cells);
    int wanted = size < PICTURES ? (int)size : PICTURES;

    if (node == dendro_root(d))
        str_add(&label, "all classes");
    else
        naming_label(&label, d, &naming, node, 0);
    name_heading(pane, label.length ? label.text : "group");
    str_release(&label);
    row = fact_text(pane, row, "classes", ROLE_NUMBER, "%u", size);
    row = fact_text(pane, row, "height", ROLE_NUMBER, "%.1f%s",
                    d->node[node].height,
                    world->tree_linkage == LINKAGE_WARD ? "" : " bits");
    row = fact_text(pane, row, "agree in", ROLE_NUMBER, "%d of %d bits", agreed,
                    world->codes.bits);
    row = fact_code(pane, row, &cells);
    row = draw_division(app, pane, row, node);
    if (bit >= 0)
        row = fact_text(pane, row, "with bit", ROLE_NUMBER, "%d: %u of %u", bit,
                        nodebits_set(&world->nodebits, node, bit), size);
    if (pane.rows - row > 12)
        row = fact_notes(app, pane, row, NOTE_NODE, 0, d->node[node].key);
    for (int i = 0; i < wanted; i++) {
        uint32_t leaf = leaves[(uint64_t)i * size / (uint64_t)wanted];

        count +=
            fact_images(app, world->classes.items[leaf].id, -1, &ids[count], 1);
    }
    draw_pictures(app, pane, beside, row, ids, count);
}

void nodepage_draw(struct app *app, struct pane pane, uint32_t node, int bit)
{
    struct pane beside = {0};

    if (pane.cols >= 84) {
        pane = pane_cut_left(pane, pane.cols * 45 / 100, &beside);
        pane_rule(beside, 0);
        beside = pane_sub(beside, 0, 2, beside.rows, beside.cols - 2);
        pane.cols -= 2;
    }
    if (dendro_is_leaf(&app->world.tree, node))
        draw_class(app, pane, beside, (int)node);
    else
        draw_group(app, pane, beside, node, bit);
}
