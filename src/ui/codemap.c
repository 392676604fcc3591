#include <config.h>

#include "ui/codemap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"

#define MAP_MARGIN 3 /* columns left of the cells */
#define MAP_HEAD   3 /* rows above them */
#define MAP_LEVELS 4
#define DOT_WORDS  15 /* columns of the words about dots */

/* The codes of images; of classes as long as images have none. */
const uint64_t *codemap_codes(const struct world *world, size_t *n)
{
    if (world->has_images) {
        *n = (size_t)world->images.n;
        return world->images.codes;
    }
    *n = (size_t)world->codes.classes;
    return world->codes.codes;
}

int codemap_bits(const struct world *world)
{
    return world->has_images  ? world->images.bits
           : world->has_codes ? world->codes.bits
                              : 0;
}

/* Chooses what a cell is, lays the map out for it and counts. */
static void lay_out(struct map_view *view, int cols, int rows)
{
    int bits = view->shown.bits - __builtin_popcountll(view->shown.fixed);
    int room = 0;
    const uint64_t *codes;
    size_t n;

    if (view->map.counts && view->cols == cols && view->rows == rows)
        return;
    view->cols = cols;
    view->rows = rows;
    while (2 << room <= cols && room < KARNAUGH_AXIS)
        room++;
    for (int i = 1; 2 << (i - 1) <= rows && i <= KARNAUGH_AXIS; i++)
        room++;
    if (!view->chosen)
        view->dots = bits > room && !view->view.app->look.glyphs->ascii;
    karnaugh_plan(&view->map, &view->shown, view->dots ? 2 * cols : cols,
                  view->dots ? 4 * rows : rows);
    view->block_cols = view->dots && view->map.cols > 1 ? 2 : 1;
    view->block_rows = !view->dots           ? 1
                       : view->map.rows >= 4 ? 4
                                             : view->map.rows;
    view->wide = view->high = 1;
    if (!view->dots) {
        view->high = rows / view->map.rows;
        view->wide = cols / view->map.cols;
        view->high = view->high > 3 ? 3 : view->high;
        view->wide = view->wide > 2 * view->high ? 2 * view->high : view->wide;
    }
    codes = codemap_codes(&view->view.app->world, &n);
    karnaugh_count(&view->map, codes, n);
}

/* The block of codes under the cursor. */
void codemap_block(const struct map_view *view, int *row, int *col)
{
    karnaugh_find(&view->map, view->at, row, col);
    *row -= *row % view->block_rows;
    *col -= *col % view->block_cols;
}

static void add_label(struct map_cell *cell, size_t *tallies, int class)
{
    size_t count = tallies[class];
    int i = cell->label_count;

    if (i == MAP_LABELS && count <= cell->labels[i - 1].count)
        return;
    if (i == MAP_LABELS)
        i--;
    else
        cell->label_count++;
    for (; i > 0 && cell->labels[i - 1].count < count; i--)
        cell->labels[i] = cell->labels[i - 1];
    cell->labels[i] = (struct map_label){class, count};
}

/* One pass over the codes: which images, of which classes. */
void codemap_read(struct map_view *view, const struct pattern *pattern)
{
    const struct world *world = &view->view.app->world;
    struct map_cell *cell = &view->cell;
    size_t n, *tallies;
    const uint64_t *codes = codemap_codes(world, &n);

    if (cell->version == world->version &&
        cell->pattern.fixed == pattern->fixed &&
        cell->pattern.value == pattern->value)
        return;
    memset(cell, 0, sizeof(*cell));
    cell->pattern = *pattern;
    cell->version = world->version;
    tallies = mem_zalloc((size_t)world->classes.count + 1, sizeof(*tallies));
    for (size_t i = 0; i < n; i++) {
        if (!pattern_match(pattern, codes[i]))
            continue;
        cell->count++;
        if (!world->has_images)
            continue;
        if (cell->id_count < MAP_IMAGES)
            cell->ids[cell->id_count++] = world->images.ids[i];
        if (world->labels[i] != NEAR_NO_CLASS)
            tallies[world->labels[i]]++;
    }
    for (int c = 0; c < world->classes.count; c++)
        if (tallies[c] > 0)
            add_label(cell, tallies, c);
    free(tallies);
}

/* ---- the map ---- */

/* The least counts of levels 1 to MAP_LEVELS, evenly spread by logarithm. */
static void find_levels(const struct karnaugh *map, uint64_t most,
                        uint64_t *least)
{
    (void)map;
    least[0] = 1;
    for (int i = 1; i < MAP_LEVELS; i++) {
        double at = pow((double)most + 1, (double)i / MAP_LEVELS);

        least[i] = (uint64_t)ceil(at);
        if (least[i] <= least[i - 1])
            least[i] = least[i - 1] + 1;
    }
}

static int level_of(uint64_t count, const uint64_t *least)
{
    int level = 0;

    while (level < MAP_LEVELS && count >= least[level])
        level++;
    return level;
}

static uint32_t shade_of(const struct glyphs *g, int level)
{
    static const uint32_t shades[] = {0xb7, 0x2591, 0x2592, 0x2593, 0x2588};
    static const char plain[] = {' ', '.', ':', 'o', '#'};

    return g->ascii ? (uint32_t)plain[level] : shades[level];
}

static enum role role_of(int level)
{
    static const enum role roles[] = {ROLE_RULE, ROLE_CURVE_1, ROLE_CURVE_1,
                                      ROLE_CURVE_2, ROLE_CURVE_3};

    return roles[level];
}

/* Which of the block's codes there are, as dots of braille. */
static uint32_t dots_of(const struct map_view *view, int row, int col)
{
    static const uint8_t bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    uint32_t dots = 0x2800;

    for (int y = 0; y < view->block_rows; y++)
        for (int x = 0; x < view->block_cols; x++)
            if (view->map.counts[(row + y) * view->map.cols + col + x])
                dots |= bits[y][x];
    return dots;
}

static void draw_cell(const struct map_view *view, struct pane pane, int row,
                      int col, const uint64_t *least)
{
    uint64_t count =
        karnaugh_sum(&view->map, row, col, view->block_rows, view->block_cols);
    int level = level_of(count, least);
    int y = row / view->block_rows * view->high;
    int x = col / view->block_cols * view->wide;
    uint32_t glyph = view->dots && level > 0
                         ? dots_of(view, row, col)
                         : shade_of(pane.look->glyphs, level);

    for (int i = 0; i < view->high; i++)
        for (int k = 0; k < view->wide; k++)
            pane_put(pane, y + i, x + k, role_of(level),
                     level > 0 || (i == view->high / 2 && k == view->wide / 2)
                         ? glyph
                         : ' ');
}

static uint64_t largest_block(const struct map_view *view)
{
    uint64_t most = 0;

    for (int row = 0; row < view->map.rows; row += view->block_rows)
        for (int col = 0; col < view->map.cols; col += view->block_cols) {
            uint64_t sum = karnaugh_sum(&view->map, row, col, view->block_rows,
                                        view->block_cols);

            most = sum > most ? sum : most;
        }
    return most;
}

/* "0 2 4 6", or "0-19" when they follow each other. */
static void list_bits(struct str *out, uint64_t bits)
{
    bool first = true;

    for (int bit = 0; bit < CODE_BITS_MAX; bit++) {
        int end = bit;

        if (!code_bit(bits, bit))
            continue;
        while (end + 1 < CODE_BITS_MAX && code_bit(bits, end + 1))
            end++;
        str_addf(out, end > bit + 1 ? "%s%d-%d" : "%s%d", first ? "" : " ", bit,
                 end);
        first = false;
        if (end > bit + 1)
            bit = end;
    }
}

static uint64_t bits_on(const int *axis, int count)
{
    uint64_t bits = 0;

    for (int i = 0; i < count; i++)
        bits |= UINT64_C(1) << axis[i];
    return bits;
}

static void draw_axes(const struct map_view *view, struct pane pane)
{
    const struct karnaugh *map = &view->map;
    struct str text = STR_INIT;
    int width = map->cols / view->block_cols * view->wide;
    int height = map->rows / view->block_rows * view->high;

    str_add(&text, "across ");
    list_bits(&text, bits_on(map->across, map->across_count));
    if (map->down_count) {
        str_addf(&text, "%sdown ", pane.look->glyphs->dot);
        list_bits(&text, bits_on(map->down, map->down_count));
    }
    if (map->summed) {
        str_addf(&text, "%ssummed ", pane.look->glyphs->dot);
        list_bits(&text, map->summed);
    }
    pane_text(pane, 1, 0, ROLE_DIM, text.text);
    str_release(&text);
    if (map->across_count > 0 && width >= 2) {
        pane_put(pane, 2, MAP_MARGIN + width / 4, ROLE_BIT_OFF, '0');
        pane_put(pane, 2, MAP_MARGIN + width / 2 + width / 4, ROLE_BIT_ON, '1');
    }
    if (map->down_count > 0 && height >= 2) {
        pane_put(pane, MAP_HEAD + height / 4, 0, ROLE_BIT_OFF, '0');
        pane_put(pane, MAP_HEAD + height / 2 + height / 4, 0, ROLE_BIT_ON, '1');
    }
}

static void draw_cursor(const struct map_view *view, struct pane pane)
{
    const struct glyphs *g = pane.look->glyphs;
    int row, col, y, x;

    codemap_block(view, &row, &col);
    y = row / view->block_rows * view->high + view->high / 2;
    x = col / view->block_cols * view->wide;
    pane_put(pane, 2, MAP_MARGIN + x + view->wide / 2, ROLE_HEADING, g->down);
    pane_put(pane, MAP_HEAD + y, MAP_MARGIN - 2, ROLE_HEADING, '>');
    for (int i = 0; i < view->wide; i++)
        pane_put(pane, MAP_HEAD + y, MAP_MARGIN + x + i, ROLE_SELECTED, '+');
    pane_cursor(pane, MAP_HEAD + y, MAP_MARGIN + x);
}

static void draw_legend(const struct map_view *view, struct pane pane, int row,
                        const uint64_t *least, uint64_t most)
{
    int col = MAP_MARGIN, levels = MAP_LEVELS;

    if (view->dots && pane.look->colours == 0)
        levels = 0; /* they differ in nothing but colour */
    for (int level = 1; level <= levels && least[level - 1] <= most; level++) {
        uint64_t last = level < MAP_LEVELS ? least[level] - 1 : most;

        if (last > most)
            last = most;
        pane_put(pane, row, col, role_of(level),
                 view->dots ? 0x283f : shade_of(pane.look->glyphs, level));
        col = pane_textf(pane, row, col + 2, ROLE_DIM,
                         last > least[level - 1] ? "%llu-%llu" : "%llu",
                         (unsigned long long)least[level - 1],
                         (unsigned long long)last) +
              2;
    }
    if (view->dots && col + DOT_WORDS <= pane.cols)
        pane_text(pane, row, col, ROLE_DIM, "a dot is a code");
}

void codemap_draw(struct map_view *view, struct pane pane)
{
    const struct world *world = &view->view.app->world;
    struct str note = STR_INIT;
    uint64_t least[MAP_LEVELS], most;
    struct pane cells;

    lay_out(view, pane.cols - MAP_MARGIN, pane.rows - MAP_HEAD - 1);
    most = largest_block(view);
    find_levels(&view->map, most, least);
    str_addf(&note, "%zu %s in %zu of ", view->map.inside,
             world->has_images ? "images" : "classes", view->map.taken);
    if (view->map.summed)
        str_add(&note, "the cells");
    else
        str_addf(&note, "%d codes", view->map.cols * view->map.rows);
    pane_heading(pane, 0, "Code map", note.text);
    str_release(&note);
    draw_axes(view, pane);
    cells = pane_sub(pane, MAP_HEAD, MAP_MARGIN, pane.rows - MAP_HEAD - 1,
                     pane.cols - MAP_MARGIN);
    for (int row = 0; row < view->map.rows; row += view->block_rows)
        for (int col = 0; col < view->map.cols; col += view->block_cols)
            draw_cell(view, cells, row, col, least);
    draw_cursor(view, pane);
    draw_legend(view, pane,
                MAP_HEAD + view->map.rows / view->block_rows * view->high,
                least, most);
}
