#include <config.h>

#include "taxonomy/dendrosvg.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/markup.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "codes/code.h"
#include "taxonomy/nodebits.h"

/* Pixels. */
#define PITCH  16  /* from leaf to leaf */
#define LEFT   28  /* of the root */
#define WIDE   560 /* from the root's height to the leaves */
#define NARROW 400 /* the same within a page */
#define TOP    96  /* of the first leaf, below the title */
#define BARE   28  /* of the first leaf without one */
#define CELL   9   /* a bit of a code */
#define SLIM   5   /* the same within a page, of more than 32 bits */
#define GAP    12
#define WEDGE  14  /* a folded cluster, at least */
#define DOT    6.5 /* radius of a split with a number in it */
#define LETTER 6.6 /* a letter of a name, as wide as they get */

#define NAME_MOST  40 /* letters of a name that are shown */
#define LABEL_MOST 60 /* and of a cluster's label */

struct drawing {
    struct str *out;
    const struct dendro *d;
    const struct dendrosvg *what;
    struct nodebits nb;
    uint32_t open;  /* the lowest inner node that is drawn as a split */
    double *y;      /* (nodes) */
    int *bit;       /* (nodes) that divides it best, or -1 */
    bool *numbered; /* (nodes) there was room for its bit's number */
    double top;     /* the greatest height, or 1 */
    double low;     /* the height at the right end of the scale */
    double wide;    /* from the root's height to the leaves */
    double first;   /* above the first row */
    int cell;       /* the width of a bit of a code */
    double cells;   /* where the codes begin */
    double names;   /* and the names */
    double bottom;  /* below the last leaf */
};

static void number(struct str *out, double value)
{
    dendro_height_text(out, value, 1);
}

static double x_at(const struct drawing *g, double height)
{
    double part = (height - g->low) / (g->top - g->low);

    return LEFT + g->wide * (1 - (part > 0 ? part : 0));
}

static double x_of(const struct drawing *g, uint32_t node)
{
    return x_at(g, g->d->node[node].height);
}

/* Inner nodes stand in the order of their heights, so those from `open` on are
 * a tree, and what hangs below them are its tips: a row each. */
static bool is_drawn(const struct drawing *g, uint32_t node)
{
    uint32_t parent = g->d->node[node].parent;

    return parent == DENDRO_NONE || parent >= g->open;
}

static bool is_tip(const struct drawing *g, uint32_t node)
{
    return node < g->open && is_drawn(g, node);
}

/* ---- names ---- */

/* The name of a class; of a cluster, how many it holds, and its label. */
static void tip_name(struct str *out, const struct drawing *g, uint32_t tip)
{
    struct str name = STR_INIT;

    if (!dendro_is_leaf(g->d, tip))
        str_addf(out, "%u · ", g->d->node[tip].size);
    naming_label(&name, g->d, &g->what->naming, tip,
                 dendro_is_leaf(g->d, tip) ? 0 : 3);
    utf8_escape(out, name.text);
    str_release(&name);
}

/* The first letters, escaped; returns how wide they are. */
static double add_name(struct str *out, const struct drawing *g, uint32_t tip)
{
    int most = dendro_is_leaf(g->d, tip) ? NAME_MOST : LABEL_MOST;
    struct str safe = STR_INIT;
    double wide = 0;
    size_t at = 0;
    int letters = 0;

    tip_name(&safe, g, tip);
    while (at < safe.length && letters < most) {
        uint32_t c;

        at += utf8_decode(safe.text + at, safe.length - at, &c);
        letters++;
        wide += c >= 0x1100 ? 2 * LETTER : LETTER;
    }
    if (at < safe.length) {
        safe.text[at] = '\0';
        markup_escaped(out, safe.text);
        str_add(out, "…");
        wide += 2 * LETTER;
    } else {
        markup_escaped(out, safe.text);
    }
    str_release(&safe);
    return wide;
}

static double widest_name(const struct drawing *g)
{
    struct str ignored = STR_INIT;
    double most = 0;

    for (uint32_t i = 0; i < g->open; i++) {
        double wide = is_tip(g, i) ? add_name(&ignored, g, i) : 0;

        most = wide > most ? wide : most;
        str_clear(&ignored);
    }
    str_release(&ignored);
    return most;
}

static void draw_names(const struct drawing *g)
{
    str_add(g->out, "<g class=\"dg-name\">\n");
    for (uint32_t i = 0; i < g->open; i++) {
        if (!is_tip(g, i))
            continue;
        str_add(g->out, "<text x=\"");
        number(g->out, g->names);
        str_add(g->out, "\" y=\"");
        number(g->out, g->y[i] + 4);
        str_add(g->out, "\">");
        add_name(g->out, g, i);
        str_add(g->out, "</text>\n");
    }
    str_add(g->out, "</g>\n");
}

/* ---- the tree ---- */

/* The height at which the scale ends when so many rows are drawn: what lies
 * below the lowest split needs no room. */
static double low_of(const struct dendro *d, uint32_t rows)
{
    double top, split;

    if (rows < 2 || rows >= d->leaves)
        return 0;
    top = d->node[d->count - 1].height;
    split = d->node[d->count - (rows - 1)].height;
    split -= 0.15 * (top - split);
    return split > 0 && split < top ? split : 0;
}

/* Rows in layout order; an inner node stands between its children. */
static void lay_out(struct drawing *g)
{
    const struct dendro *d = g->d;
    uint32_t rows = 0, most = g->what->rows;

    g->open = d->leaves;
    if (most > 0 && most < d->leaves)
        g->open = d->count - (most - 1);
    g->first = g->what->bare ? BARE : TOP;
    g->wide = g->what->bare ? NARROW : WIDE;
    for (uint32_t i = 0; i < d->leaves; i++) {
        uint32_t tip = d->order[i];

        while (!is_drawn(g, tip))
            tip = d->node[tip].parent;
        if (d->node[tip].first == i)
            g->y[tip] = g->first + PITCH * (rows++ + 0.5);
    }
    for (uint32_t i = g->open; i < d->count; i++)
        g->y[i] = (g->y[d->node[i].left] + g->y[d->node[i].right]) / 2;
    for (uint32_t i = 0; i < d->count; i++)
        g->bit[i] = g->what->codes ? nodebits_splitter(&g->nb, d, i) : -1;
    g->top = d->count ? d->node[d->count - 1].height : 0;
    g->top = g->top > 0 ? g->top : 1;
    if (g->open > d->leaves)
        g->low = low_of(d, g->what->rows);
    g->cell = g->what->bare && g->what->bits > 32 ? SLIM : CELL;
    g->cells = LEFT + g->wide + GAP;
    g->names = g->cells + (g->what->codes ? g->what->bits * g->cell + GAP : 0);
    g->bottom = g->first + PITCH * (double)rows;
}

/* Whether all classes of one side have the bit and none of the other. */
static bool is_clean(const struct drawing *g, uint32_t node, int bit)
{
    uint32_t left = g->d->node[node].left, right = g->d->node[node].right;
    uint32_t a = nodebits_set(&g->nb, left, bit);
    uint32_t b = nodebits_set(&g->nb, right, bit);

    return (a == 0 && b == g->d->node[right].size) ||
           (b == 0 && a == g->d->node[left].size);
}

/* Branches are quiet; what divides has the colour of its bit. */
static void draw_branches(const struct drawing *g)
{
    const struct dendro *d = g->d;

    str_add(g->out, "<path class=\"dg-branch\" d=\"");
    for (uint32_t i = 0; i + 1 < d->count; i++) {
        if (!is_drawn(g, i))
            continue;
        str_add_char(g->out, 'M');
        number(g->out, x_of(g, i));
        str_add_char(g->out, ' ');
        number(g->out, g->y[i]);
        str_add_char(g->out, 'H');
        number(g->out, x_of(g, d->node[i].parent));
    }
    str_add(g->out, "\"/>\n");
    for (int bit = -1; bit < g->what->bits; bit++) {
        bool any = false;

        for (uint32_t i = g->open; i < d->count; i++) {
            if (g->bit[i] != bit)
                continue;
            if (!any && bit < 0)
                str_add(g->out, "<path class=\"dg-branch\" d=\"");
            else if (!any)
                str_addf(g->out, "<path class=\"dg-split dg-%d\" d=\"", bit);
            any = true;
            str_add_char(g->out, 'M');
            number(g->out, x_of(g, i));
            str_add_char(g->out, ' ');
            number(g->out, g->y[d->node[i].left]);
            str_add_char(g->out, 'V');
            number(g->out, g->y[d->node[i].right]);
        }
        str_add(g->out, any ? "\"/>\n" : "");
    }
}

/* What a cluster hides, as a wedge from where it begins to the leaves. */
static void draw_clusters(const struct drawing *g)
{
    bool any = false;

    for (uint32_t i = g->d->leaves; i < g->open; i++) {
        if (!is_tip(g, i))
            continue;
        str_add(g->out, any ? "M" : "<path class=\"dg-fold\" d=\"M");
        any = true;
        number(g->out, fmin(x_of(g, i), LEFT + g->wide - WEDGE));
        str_add_char(g->out, ' ');
        number(g->out, g->y[i]);
        str_add_char(g->out, 'L');
        number(g->out, LEFT + g->wide);
        str_add_char(g->out, ' ');
        number(g->out, g->y[i] - 5);
        str_add(g->out, "v10z");
    }
    str_add(g->out, any ? "\"/>\n" : "");
}

/* "bit 7 (round or not): 12 of 12 and 0 of 9; height 5.3; latin/upper ..." */
static void add_split_title(const struct drawing *g, uint32_t node, int bit)
{
    const struct dendro_node *n = &g->d->node[node];
    struct str label = STR_INIT;

    str_add(g->out, "<title>");
    if (bit >= 0) {
        str_addf(g->out, "bit %d", bit);
        if (g->what->captions != NULL && g->what->captions[bit] != NULL) {
            str_add(g->out, " (");
            markup_text(g->out, g->what->captions[bit]);
            str_add_char(g->out, ')');
        }
        str_addf(g->out, ": set in %u of %u above, %u of %u below; ",
                 nodebits_set(&g->nb, n->left, bit), g->d->node[n->left].size,
                 nodebits_set(&g->nb, n->right, bit),
                 g->d->node[n->right].size);
    }
    str_addf(g->out, "%u classes at height ", n->size);
    dendro_height_text(g->out, n->height, 2);
    naming_label(&label, g->d, &g->what->naming, node, 3);
    if (label.length) {
        str_add(g->out, ": ");
        markup_text(g->out, label.text);
    }
    str_add(g->out, "</title>");
    str_release(&label);
}

/* A number needs room beside that of the parent. */
static bool has_room(const struct drawing *g, uint32_t node)
{
    uint32_t parent = g->d->node[node].parent;

    while (parent != DENDRO_NONE &&
           x_of(g, node) - x_of(g, parent) < 2 * DOT + 1) {
        if (g->numbered[parent] &&
            fabs(g->y[node] - g->y[parent]) < 2 * DOT + 1)
            return false;
        parent = g->d->node[parent].parent;
    }
    return true;
}

static void draw_split(struct drawing *g, uint32_t node)
{
    int bit = g->bit[node];

    str_add(g->out, "<g class=\"");
    if (bit >= 0)
        str_addf(g->out, "dg-%d%s", bit,
                 is_clean(g, node, bit) ? " dg-full" : " dg-ring");
    else
        str_add(g->out, "dg-none");
    str_add(g->out, "\">");
    add_split_title(g, node, bit);
    g->numbered[node] = bit >= 0 && has_room(g, node);
    str_add(g->out, "<circle cx=\"");
    number(g->out, x_of(g, node));
    str_add(g->out, "\" cy=\"");
    number(g->out, g->y[node]);
    str_add(g->out, "\" r=\"");
    number(g->out, g->numbered[node] ? DOT : 2.5);
    str_add(g->out, "\"/>");
    if (g->numbered[node]) {
        str_add(g->out, "<text x=\"");
        number(g->out, x_of(g, node));
        str_add(g->out, "\" y=\"");
        number(g->out, g->y[node] + 2.8);
        str_addf(g->out, "\">%d</text>", bit);
    }
    str_add(g->out, "</g>\n");
}

static void draw_splits(struct drawing *g)
{
    str_add(g->out, "<g class=\"dg-dots\">\n");
    for (uint32_t i = g->d->count; i-- > g->open;)
        draw_split(g, i);
    str_add(g->out, "</g>\n");
}

/* ---- codes, scales ---- */

/* The cell of a bit as full as classes have it, or a speck when none has: of a
 * class, all or nothing. */
static void add_cell(const struct drawing *g, uint32_t tip, int bit)
{
    double x = g->cells + g->cell * bit;
    double share = nodebits_share(&g->nb, g->d, tip, bit);
    double high = share > 0 && share < 1.0 / 12 ? 1 : 12 * share;

    str_add_char(g->out, 'M');
    number(g->out, share > 0 ? x : x + g->cell / 2 - 1);
    str_add_char(g->out, ' ');
    number(g->out, g->y[tip] + (share > 0 ? 6 - high : -0.5));
    if (share > 0) {
        str_addf(g->out, "h%dv", g->cell - 1);
        number(g->out, high);
        str_addf(g->out, "h-%dz", g->cell - 1);
    } else {
        str_add(g->out, "h2v1h-2z");
    }
}

/* A path for each bit and what it is. */
static void draw_codes(const struct drawing *g)
{
    for (int bit = 0; g->what->codes && bit < g->what->bits; bit++) {
        for (int set = 1; set >= 0; set--) {
            bool any = false;

            for (uint32_t i = 0; i < g->open; i++) {
                if (!is_tip(g, i) ||
                    (nodebits_set(&g->nb, i, bit) > 0) != (set == 1))
                    continue;
                if (!any)
                    str_addf(g->out, "<path class=\"dg-%s dg-%d\" d=\"",
                             set ? "on" : "off", bit);
                any = true;
                add_cell(g, i, bit);
            }
            str_add(g->out, any ? "\"/>\n" : "");
        }
    }
}

/* Round steps, at most eight of them. */
static double scale_step(double top)
{
    static const double steps[] = {0.1, 0.2, 0.5, 1,   2,   5,
                                   10,  20,  50,  100, 200, 500};

    for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
        if (top / steps[i] <= 8)
            return steps[i];
    return top;
}

static void draw_scale(const struct drawing *g, double y)
{
    double step = scale_step(g->top - g->low);

    str_add(g->out, "<g class=\"dg-scale\">\n");
    for (double h = ceil(g->low / step) * step;
         h <= g->top * 1.0001 && g->d->count; h += step) {
        str_add(g->out, "<text x=\"");
        number(g->out, x_at(g, h));
        str_add(g->out, "\" y=\"");
        number(g->out, y);
        str_add(g->out, "\">");
        dendro_height_text(g->out, h, 1);
        str_add(g->out, "</text>\n");
    }
    for (int bit = 0; g->what->codes && bit < g->what->bits; bit++) {
        if (g->cell < CELL && bit % 4 != 0)
            continue;
        str_addf(g->out, "<text class=\"dg-bit dg-%d\" x=\"", bit);
        number(g->out, g->cells + g->cell * bit + 4);
        str_add(g->out, "\" y=\"");
        number(g->out, y);
        str_addf(g->out, "\">%d</text>\n", bit);
    }
    str_add(g->out, "</g>\n");
}

static void draw_rules(const struct drawing *g)
{
    double step = scale_step(g->top - g->low);

    str_add(g->out, "<path class=\"dg-rule\" d=\"");
    for (double h = ceil(g->low / step) * step;
         h <= g->top * 1.0001 && g->d->count; h += step) {
        str_add_char(g->out, 'M');
        number(g->out, x_at(g, h));
        str_add_char(g->out, ' ');
        number(g->out, g->first - 8);
        str_add_char(g->out, 'V');
        number(g->out, g->bottom + 6);
    }
    str_add(g->out, "\"/>\n");
}

/* ---- the whole ---- */

static void draw_captions(const struct drawing *g, double y)
{
    for (int bit = 0; g->what->captions && bit < g->what->bits; bit++) {
        if (g->what->captions[bit] == NULL)
            continue;
        str_addf(g->out, "<text class=\"dg-sub\" x=\"%d\" y=\"", LEFT);
        number(g->out, y);
        str_addf(g->out, "\">bit %d: ", bit);
        markup_text(g->out, g->what->captions[bit]);
        str_add(g->out, "</text>\n");
        y += PITCH;
    }
}

static void draw_head(const struct drawing *g)
{
    str_add(g->out, "<style>\n");
    dendrosvg_style(g->out, g->what->codes ? g->what->bits : 0);
    str_add(g->out, "</style>\n<rect class=\"dg-paper\" width=\"100%\" "
                    "height=\"100%\"/>\n");
    str_addf(g->out, "<text class=\"dg-title\" x=\"%d\" y=\"36\">", LEFT);
    markup_text(g->out, g->what->title);
    str_addf(g->out, "</text>\n<text class=\"dg-sub\" x=\"%d\" y=\"56\">",
             LEFT);
    markup_text(g->out, g->what->description);
    str_add(g->out, "</text>\n");
}

static int captioned(const struct dendrosvg *what)
{
    int count = 0;

    for (int bit = 0; what->captions && bit < what->bits && !what->bare; bit++)
        count += what->captions[bit] != NULL;
    return count;
}

static void draw(struct drawing *g)
{
    const char *id = g->what->id ? g->what->id : "dg";
    double wide = g->names + widest_name(g) + LEFT;
    double high =
        g->bottom + (g->what->bare ? 32 : 56) + PITCH * captioned(g->what);

    str_addf(g->out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dg\" "
             "role=\"img\" aria-labelledby=\"%s-title %s-desc\" "
             "width=\"",
             id, id);
    number(g->out, wide);
    str_add(g->out, "\" height=\"");
    number(g->out, high);
    str_add(g->out, "\" viewBox=\"0 0 ");
    number(g->out, wide);
    str_add_char(g->out, ' ');
    number(g->out, high);
    str_addf(g->out, "\">\n<title id=\"%s-title\">", id);
    markup_text(g->out, g->what->title);
    str_addf(g->out, "</title>\n<desc id=\"%s-desc\">", id);
    markup_text(g->out, g->what->description);
    str_add(g->out, "</desc>\n");
    if (!g->what->bare)
        draw_head(g);
    draw_rules(g);
    draw_scale(g, g->first - 14);
    draw_branches(g);
    draw_clusters(g);
    draw_splits(g);
    draw_codes(g);
    draw_names(g);
    draw_scale(g, g->bottom + 20);
    if (!g->what->bare)
        draw_captions(g, g->bottom + 44);
    str_add(g->out, "</svg>\n");
}

enum status dendrosvg_write(struct str *out, const struct dendro *d,
                            const struct dendrosvg *what, struct err *err)
{
    struct drawing g = {.out = out, .d = d, .what = what};
    enum status status = OK;

    g.nb = (struct nodebits)NODEBITS_INIT;
    if (what->codes != NULL && d->count > 0)
        status = nodebits_build(&g.nb, d, what->codes, what->bits, err);
    if (status != OK)
        return status;
    g.y = mem_zalloc((size_t)d->count + 1, sizeof(*g.y));
    g.bit = mem_zalloc((size_t)d->count + 1, sizeof(*g.bit));
    g.numbered = mem_zalloc((size_t)d->count + 1, sizeof(*g.numbered));
    lay_out(&g);
    draw(&g);
    free(g.y);
    free(g.bit);
    free(g.numbered);
    nodebits_release(&g.nb);
    return OK;
}
