#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codes/decode.h"
#include "ui/app.h"
#include "ui/codecell.h"
#include "ui/codemap.h"
#include "ui/fact.h"
#include "ui/scene.h"
#include "ui/views/views.h"

#define MAP_SPLIT 72 /* columns from which the page stands beside the map */

static struct map_view *self(struct view *view)
{
    return (struct map_view *)view;
}

static bool has_map(const struct map_view *view)
{
    return codemap_bits(&view->view.app->world) > 0;
}

/* ---- zoom ---- */

static void fix_bit(struct map_view *view, int bit)
{
    uint64_t mask = UINT64_C(1) << bit;

    view->shown.fixed |= mask;
    view->shown.value |= view->at & mask;
    view->zooms[view->zoom_count++] = bit;
}

static void show_all(struct map_view *view, int bits)
{
    view->shown = (struct pattern){.bits = bits};
    view->zoom_count = 0;
    view->rows = 0;
}

static void zoom_in(struct map_view *view)
{
    int across = view->map.across_count ? view->map.across[0] : -1;
    int down = view->map.down_count ? view->map.down[0] : -1;

    if (across < 0 && down < 0) {
        app_message(view->view.app, "this is a single code; Enter shows it");
        return;
    }
    if (across >= 0)
        fix_bit(view, across);
    if (down >= 0)
        fix_bit(view, down);
    view->rows = 0;
}

static void zoom_out(struct map_view *view)
{
    if (view->zoom_count == 0)
        app_message(view->view.app, "these are all codes");
    for (int i = 0; i < 2 && view->zoom_count > 0; i++) {
        uint64_t mask = UINT64_C(1) << view->zooms[--view->zoom_count];

        view->shown.fixed &= ~mask;
        view->shown.value &= ~mask;
    }
    view->rows = 0;
}

/* ---- life ---- */

static void go_to_code(struct map_view *view, uint64_t code)
{
    view->at = code;
    if (!pattern_match(&view->shown, code))
        show_all(view, view->shown.bits);
}

static void go_to_pattern(struct map_view *view, uint64_t value, uint64_t freed)
{
    int bits = codemap_bits(&view->view.app->world);

    show_all(view, bits);
    view->at = value & code_mask(bits);
    if ((code_mask(bits) & ~freed) != code_mask(bits))
        for (int bit = 0; bit < bits; bit++)
            if (!code_bit(freed, bit))
                fix_bit(view, bit);
}

static enum status open_map(struct view *base, const struct target *target,
                            struct err *err)
{
    struct map_view *view = self(base);
    const struct world *world = &base->app->world;
    int bits = codemap_bits(world);
    int64_t row;
    int index;

    (void)err;
    if (bits == 0)
        return OK;
    if (view->shown.bits != bits)
        show_all(view, bits);
    if (target->kind == TARGET_CODE)
        go_to_pattern(view, target->key, target->freed);
    if (target->kind == TARGET_CLASS && world->has_codes) {
        index = class_index(&world->classes, target->id);
        if (index >= 0 && index < world->codes.classes)
            go_to_code(view, world->codes.codes[index]);
    }
    if (target->kind == TARGET_IMAGE && world->has_images) {
        row = image_codes_find(&world->images, target->id);
        if (row >= 0)
            go_to_code(view, world->images.codes[row]);
    }
    return OK;
}

static void close_map(struct view *base)
{
    karnaugh_release(&self(base)->map);
}

static enum status load_map(struct view *base, struct err *err)
{
    struct map_view *view = self(base);
    const struct world *world = &base->app->world;
    int bits = codemap_bits(world);

    (void)err;
    if (view->version == world->version)
        return OK;
    view->version = world->version;
    if (bits == 0)
        return OK;
    if (view->shown.bits != bits)
        show_all(view, bits);
    view->at &= code_mask(bits);
    view->rows = 0;
    return OK;
}

/* ---- the cell under the cursor ---- */

static int draw_classes(const struct map_view *view, struct pane pane, int row,
                        int most)
{
    const struct world *world = &view->view.app->world;
    const struct pattern *pattern = &view->cell.pattern;
    int here = 0;
    struct decode found;

    if (!world->has_codes || world->codes.bits != pattern->bits ||
        world->codes.classes == 0)
        return row;
    for (int c = 0; c < world->codes.classes; c++) {
        if (!pattern_match(pattern, world->codes.codes[c]) || here++ >= most)
            continue;
        pane_text(pane, row, 0, ROLE_DIM, here == 1 ? "classes" : "");
        pane_name(pane, row++, FACT_LABEL, pane.cols - FACT_LABEL, ROLE_TEXT,
                  world->names[c]);
    }
    if (here > most)
        pane_textf(pane, row++, FACT_LABEL, ROLE_DIM, "and %d more",
                   here - most);
    if (here > 0)
        return row;
    found = decode_masked(&world->book, pattern->value, NULL, pattern->fixed);
    pane_text(pane, row, 0, ROLE_DIM, "nearest");
    pane_textf(pane, row,
               pane_name(pane, row, FACT_LABEL, -1, ROLE_TEXT,
                         world->names[found.nearest]) +
                   1,
               ROLE_NUMBER, "at %d", found.distance);
    return row + 1;
}

static int draw_labels(const struct map_view *view, struct pane pane, int row)
{
    const struct map_cell *cell = &view->cell;

    for (int i = 0; i < cell->label_count; i++) {
        char count[24];

        pane_text(pane, row, 0, ROLE_DIM, i ? "" : "labelled");
        pane_name(pane, row, FACT_LABEL, pane.cols - FACT_LABEL - 8, ROLE_TEXT,
                  view->view.app->world.names[cell->labels[i].class]);
        snprintf(count, sizeof(count), "%zu", cell->labels[i].count);
        pane_field(pane, row++, pane.cols - 7, 7, true, ROLE_NUMBER, count);
    }
    return row;
}

static void draw_page(struct map_view *view, struct pane pane)
{
    struct app *app = view->view.app;
    const struct map_cell *cell = &view->cell;
    const struct pattern *p = &cell->pattern;
    struct codecell cells = {p->bits, p->value, code_mask(p->bits) & ~p->fixed,
                             0, -1};
    int row, rows, cols, free_bits = pattern_free(p);
    char note[48] = "";

    if (free_bits > 0)
        snprintf(note, sizeof(note), "%d bit%s free", free_bits,
                 free_bits == 1 ? "" : "s");
    pane_heading(pane, 0, free_bits ? "Codes" : "Code", note);
    row = 1 + codecell_block(pane, 1, 0, pane.cols, &cells);
    row = fact_text(pane, row, app->world.has_images ? "images" : "classes",
                    ROLE_NUMBER, "%zu of %zu", cell->count, view->map.inside);
    row = draw_classes(view, pane, row, pane.rows >= 24 ? 6 : 2);
    row = draw_labels(view, pane, row) + 1;
    album_fit(&app->world, pane_sub(pane, row, 0, pane.rows - row, pane.cols),
              cell->id_count, 4, &rows, &cols);
    if (row + rows <= pane.rows)
        album_grid(&app->album, &app->world,
                   pane_sub(pane, row, 0, pane.rows - row, pane.cols),
                   cell->ids, cell->id_count, rows, cols);
}

/* Two lines below the map, where there is no room beside it. */
static void draw_foot(struct map_view *view, struct pane pane)
{
    const struct pattern *p = &view->cell.pattern;
    struct str text = STR_INIT;

    pattern_text(&text, p, CODE_GROUPED);
    pane_textf(pane, 0, pane_text(pane, 0, 0, ROLE_TEXT, text.text) + 2,
               ROLE_NUMBER, "%zu", view->cell.count);
    str_release(&text);
    draw_classes(view, pane, 1, 1);
}

static void draw_nothing(const struct map_view *view, struct pane pane)
{
    const struct world *world = &view->view.app->world;

    fact_empty(pane,
               "All codes as one picture: neighbours on it differ in one bit, "
               "the more images have a code the denser its cell. Zooming fixes "
               "bits.",
               world->model && !model_has_codes(world->model)
                   ? "An ordinary classifier has no codes: choose another "
                     "model with m."
               : world_images_pending(world)
                   ? "The codes of the images are being read."
               : world->model
                   ? "There are no codes yet; those of the classes come with "
                     "the first epoch that learns them. m shows how far it is."
               : world->has_dataset
                   ? "Codes come with a model. In a shell: bitgrove learn "
                     "CATALOGUE"
                   : "There are no images yet. In a shell: bitgrove import "
                     "CATALOGUE IMAGES LABELS");
}

static void draw_view(struct view *base, struct pane pane)
{
    struct map_view *view = self(base);
    int side = pane.cols >= 150 ? 60 : pane.cols >= 100 ? 42 : 32, row, col;
    struct pane left = pane, right = pane;
    bool narrow = pane.cols < MAP_SPLIT;
    struct pattern pattern;

    if (!has_map(view)) {
        draw_nothing(view, pane);
        return;
    }
    if (narrow) {
        left = pane_sub(pane, 0, 1, pane.rows - 2, pane.cols - 2);
        right = pane_sub(pane, pane.rows - 2, 1, 2, pane.cols - 2);
    } else {
        left = pane_cut_left(pane, pane.cols - side, &right);
        left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
        pane_rule(right, 0);
        right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    }
    codemap_draw(view, left);
    codemap_block(view, &row, &col);
    karnaugh_pattern(&view->map, row, col, view->block_rows, view->block_cols,
                     &pattern);
    codemap_read(view, &pattern);
    if (narrow)
        draw_foot(view, right);
    else
        draw_page(view, right);
}

/* ---- actions ---- */

/* To the next cell, round the edges: those differ in one bit as well. */
static void move(struct map_view *view, int down, int across)
{
    struct pattern pattern;
    int row, col;

    if (!view->map.counts)
        return;
    codemap_block(view, &row, &col);
    row = (row + down * view->block_rows + view->map.rows) % view->map.rows;
    col = (col + across * view->block_cols + view->map.cols) % view->map.cols;
    karnaugh_pattern(&view->map, row, col, 1, 1, &pattern);
    view->at = pattern.value | (view->at & ~pattern.fixed);
}

/* To the next cell that holds anything, row by row. */
static void seek(struct map_view *view, int by)
{
    int row, col, across = view->map.cols / view->block_cols, all, at;
    struct pattern pattern;

    if (!view->map.counts || view->map.inside == 0)
        return;
    all = across * (view->map.rows / view->block_rows);
    codemap_block(view, &row, &col);
    at = row / view->block_rows * across + col / view->block_cols;
    do {
        at = (at + by + all) % all;
        row = at / across * view->block_rows;
        col = at % across * view->block_cols;
    } while (karnaugh_sum(&view->map, row, col, view->block_rows,
                          view->block_cols) == 0);
    karnaugh_pattern(&view->map, row, col, 1, 1, &pattern);
    view->at = pattern.value | (view->at & ~pattern.fixed);
}

static void subject_map(const struct view *base, struct target *out)
{
    const struct map_view *view = (const struct map_view *)base;
    struct pattern pattern;
    int row, col;

    if (!has_map(view) || !view->map.counts)
        return;
    codemap_block(view, &row, &col);
    karnaugh_pattern(&view->map, row, col, view->block_rows, view->block_cols,
                     &pattern);
    *out = (struct target){.kind = TARGET_CODE,
                           .key = pattern.value,
                           .freed = code_mask(pattern.bits) & ~pattern.fixed};
}

static bool act_map(struct view *base, enum action action, int key)
{
    struct map_view *view = self(base);
    struct target target;

    (void)key;
    if (!has_map(view))
        return false;
    switch (action) {
    case ACTION_UP:
        move(view, -1, 0);
        return true;
    case ACTION_DOWN:
        move(view, 1, 0);
        return true;
    case ACTION_LEFT:
        move(view, 0, -1);
        return true;
    case ACTION_RIGHT:
        move(view, 0, 1);
        return true;
    case ACTION_PAGE_UP:
        seek(view, -1);
        return true;
    case ACTION_PAGE_DOWN:
        seek(view, 1);
        return true;
    case ACTION_ZOOM_IN:
        zoom_in(view);
        return true;
    case ACTION_ZOOM_OUT:
        zoom_out(view);
        return true;
    case ACTION_FIRST:
        show_all(view, view->shown.bits);
        return true;
    case ACTION_DOTS:
        view->chosen = true;
        view->dots = !view->dots && !base->app->look.glyphs->ascii;
        view->rows = 0;
        return true;
    case ACTION_OPEN:
        subject_map(base, &target);
        app_open(base->app, VIEW_NEAR, &target);
        return true;
    default:
        return false;
    }
}

static bool matches(void *context, int row)
{
    const struct map_view *view = context;

    return finder_matches(&view->view.app->finder,
                          view->view.app->world.names[row]);
}

/* To the code of a class by name. */
static bool find_map(struct view *base, enum find_step step)
{
    struct map_view *view = self(base);
    const struct world *world = &base->app->world;
    struct list list = {world->has_codes ? world->codes.classes : 0, 0, 0, 1};
    bool found;

    if (list.count == 0)
        return false;
    if (step == FIND_START)
        view->at_origin = view->at;
    if (step == FIND_CANCEL)
        go_to_code(view, view->at_origin);
    list.cursor = view->origin;
    found = view_find_in_list(&list, &view->origin, step, matches, view);
    if (step == FIND_NEXT || step == FIND_PREVIOUS)
        view->origin = list.cursor;
    if (found && step != FIND_START && step != FIND_CANCEL)
        go_to_code(view, world->codes.codes[list.cursor]);
    return found;
}

static void scene_map(const struct view *view, struct scene *out)
{
    subject_map(view, &out->about);
}

const struct view_ops view_map = {.kind = VIEW_MAP,
                                  .name = "map",
                                  .size = sizeof(struct map_view),
                                  .single = true,
                                  .open = open_map,
                                  .close = close_map,
                                  .load = load_map,
                                  .draw = draw_view,
                                  .act = act_map,
                                  .subject = subject_map,
                                  .scene = scene_map,
                                  .find = find_map};
