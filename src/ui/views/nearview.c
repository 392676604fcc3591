#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/app.h"
#include "ui/chart.h"
#include "ui/fact.h"
#include "ui/query.h"
#include "ui/views/views.h"

struct near_view {
    struct view view;
    struct query query;
    uint64_t version; /* of the world it was answered in */
    struct list list; /* over the answers */
    int bit;          /* under the cursor of the switchboard */
    bool on_board;    /* which pane has the focus */
    int origin;
};

static struct near_view *self(struct view *view)
{
    return (struct near_view *)view;
}

static enum status answer(struct near_view *near, struct err *err)
{
    const struct world *world = &near->view.app->world;

    if (query_run(&near->query, world, err) != OK)
        return err->status;
    list_fit(&near->list, (int)near->query.answer.count, near->list.rows);
    return OK;
}

/* Without a target: the first image there is. */
static enum status open_near(struct view *view, const struct target *target,
                             struct err *err)
{
    struct app *app = view->app;
    struct near_view *near = self(view);
    int64_t first;

    near->query.target = *target;
    if (target->kind == TARGET_CLASS || target->kind == TARGET_IMAGE ||
        target->kind == TARGET_CODE)
        return OK;
    if (fact_images(app, -1, -1, &first, 1) == 0)
        return err_set(err, ERR_NOT_FOUND, "there are no images yet");
    near->query.target = (struct target){.kind = TARGET_IMAGE, .id = first};
    return OK;
}

static void close_near(struct view *view)
{
    query_release(&self(view)->query);
}

static enum status load_near(struct view *view, struct err *err)
{
    struct near_view *near = self(view);
    struct target target = near->query.target;

    if (near->version == view->app->world.version)
        return OK;
    near->version = view->app->world.version;
    query_start(&near->query, &view->app->world, &target);
    if (view->app->world.model && near->bit >= view->app->world.model->bits)
        near->bit = 0;
    return answer(near, err);
}

/* ---- drawing ---- */

static const struct near_item *chosen(const struct near_view *near)
{
    return near->list.cursor < (int)near->query.answer.count
               ? &near->query.answer.items[near->list.cursor]
               : NULL;
}

/* "k=200, 214 at distance ≤ 3": where a tie was cut is said. */
static void describe_ties(const struct near_view *near, struct str *out)
{
    const struct near_answer *answer = &near->query.answer;

    if (answer->ties.distance < 0)
        return;
    str_addf(out, "k=%zu, %zu at distance %s %d", answer->ties.given,
             answer->ties.in_all,
             near->view.app->look.glyphs->ascii ? "<=" : "≤",
             answer->ties.distance);
}

static void draw_answer_row(const struct near_view *near, struct pane pane,
                            int row, const struct near_item *item)
{
    const struct world *world = &near->view.app->world;
    struct codecell cells = {
        world->model->bits, item->code, 0,
        (item->code ^ query_code(&near->query)) & ~near->query.freed, -1};
    int wide = codecell_width(cells.bits), names = pane.cols - 11;
    bool same =
        item->class_id >= 0 && near->query.target.kind == TARGET_CLASS &&
        world->classes.items[item->class_id].id == near->query.target.id;
    char text[16];

    snprintf(text, sizeof(text), "%d", item->distance);
    pane_field(pane, row, 0, 2, true, ROLE_NUMBER, text);
    if (marks_has_id(&near->view.app->marks, TARGET_IMAGE, item->id))
        pane_put(pane, row, 2, ROLE_MATCH, MARK_GLYPH);
    if (names - wide - 1 >= 7) {
        names -= wide + 1;
        codecell_draw(pane, row, pane.cols - 6 - wide, &cells);
    }
    pane_name(pane, row, 4, names, same ? ROLE_GOOD : ROLE_TEXT,
              item->class_id >= 0 ? world->names[item->class_id] : "none");
    if (item->split >= 0)
        pane_field(pane, row, pane.cols - 5, 5, true, ROLE_DIM,
                   split_name((enum split)item->split));
}

static void draw_answers(struct near_view *near, struct pane pane)
{
    const struct near_answer *found = &near->query.answer;
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    struct str note = STR_INIT;
    int at;

    describe_ties(near, &note);
    pane_heading(pane, 0, "Nearest", note.text);
    str_release(&note);
    list_fit(&near->list, (int)found->count, body.rows);
    for (int i = 0; i < body.rows; i++)
        if (near->list.top + i < (int)found->count)
            draw_answer_row(near, body, i, &found->items[near->list.top + i]);
    at = near->list.cursor - near->list.top;
    pane_over(body, at, 0, body.cols,
              near->on_board ? ROLE_SELECTED_IDLE : ROLE_SELECTED);
    if (!near->on_board)
        pane_cursor(body, at, 0);
}

static const char *caption(const struct world *world, int bit)
{
    return world->captions.text && bit < world->captions.bits
               ? world->captions.text[bit]
               : NULL;
}

/* The bits that differ, with their captions, as many as fit. */
static void draw_differing(const struct near_view *near, struct pane pane,
                           int row, int rows)
{
    const struct world *world = &near->view.app->world;
    const struct near_item *item = chosen(near);
    uint64_t differ;
    struct str text = STR_INIT;

    if (!item)
        return;
    differ = (item->code ^ query_code(&near->query)) & ~near->query.freed;
    if (!differ)
        str_add(&text, "The same code.");
    else
        str_add(&text, "Differs in bit ");
    fact_bits(world, differ, &text);
    pane_wrap(pane_sub(pane, row, 0, rows, pane.cols), 0, ROLE_TEXT, text.text);
    str_release(&text);
}

static void draw_board(struct near_view *near, struct pane pane, int *row)
{
    const struct world *world = &near->view.app->world;
    struct codecell cells = {world->model->bits, query_code(&near->query),
                             near->query.freed, near->query.flipped,
                             near->on_board ? near->bit : -1};
    const char *words = caption(world, near->bit);
    int column, index;

    pane_heading(pane, (*row)++, "Switchboard", near->on_board ? NULL : "Tab");
    *row += codecell_block(pane, *row, 0, pane.cols, &cells);
    if (world->has_codes && near->query.decoded.distance >= 0) {
        index = (int)near->query.decoded.nearest;
        column = pane_text(pane, *row, 0, ROLE_DIM, "nearest class ");
        column =
            pane_name(pane, *row, column, -1, ROLE_TEXT, world->names[index]);
        pane_textf(pane, *row, column + 1, ROLE_NUMBER, "at %d",
                   near->query.decoded.distance);
    }
    (*row)++;
    if (near->on_board) {
        column = pane_textf(pane, *row, 0, ROLE_DIM, "bit %d", near->bit);
        if (words && words[0])
            pane_name(pane, *row, column + 2, -1, ROLE_TEXT, words);
    }
    (*row)++;
}

/* As many distances a column as it takes to show them all. */
static void draw_histogram(const struct near_view *near, struct pane pane)
{
    const struct near_answer *found = &near->query.answer;
    int bits = near->view.app->world.model->bits, each = 1, bins, width, gap;
    int64_t counts[CODE_BITS_MAX + 1] = {0};
    struct pane bars = pane_sub(pane, 1, 0, pane.rows - 2, pane.cols);

    if (bars.rows < 1 || bars.cols < 8 || found->considered == 0)
        return;
    while (bits / each + 1 > bars.cols)
        each++;
    bins = bits / each + 1;
    for (int i = 0; i <= bits; i++)
        counts[i / each] += (int64_t)found->histogram[i];
    gap = 2 * bins - 1 <= bars.cols;
    width = 3 * bins - 1 <= bars.cols ? 2 : 1;
    pane_heading(pane, 0, "Distances", NULL);
    chart_histogram(bars, counts, bins, width, gap);
    for (int i = 0, end = -1; i < bins; i++)
        if (i * (width + gap) > end && i % (width + gap < 3 ? 5 : 1) == 0)
            end = pane_textf(pane, pane.rows - 1, i * (width + gap), ROLE_DIM,
                             "%d", i * each);
}

static void draw_query(struct near_view *near, struct pane pane, int row,
                       int rows, int cols)
{
    struct app *app = near->view.app;
    const struct near_item *item = chosen(near);
    struct image_row image;
    struct err err;
    int64_t id = near->query.target.id;
    int second = cols + 3;

    if (near->query.target.kind == TARGET_CODE) {
        pane_text(pane, row, 0, ROLE_HEADING, "typed bits");
        id = 0;
    } else if (near->query.target.kind == TARGET_CLASS) {
        pane_name(pane, row, 0, cols + 2, ROLE_HEADING,
                  world_class_name(&app->world, id));
        if (fact_images(app, id, -1, &id, 1) == 0)
            id = 0;
    } else if (image_get(app->world.cat, id, 0, &image, &err) == OK) {
        pane_name(pane, row, 0, cols + 2, ROLE_HEADING,
                  world_class_name(&app->world, image.class_id));
    }
    if (id)
        album_draw(&app->album, &app->world,
                   pane_sub(pane, row + 1, 0, rows, cols), id);
    if (!item)
        return;
    pane_name(pane, row, second, -1, ROLE_TEXT,
              item->class_id >= 0 ? app->world.names[item->class_id] : "none");
    album_draw(&app->album, &app->world,
               pane_sub(pane, row + 1, second, rows, cols), item->id);
}

static void draw_nothing(struct near_view *near, struct pane pane)
{
    const struct world *world = &near->view.app->world;

    pane_wrap(pane_sub(pane, 2, 4, pane.rows - 2, pane.cols - 8), 0, ROLE_TEXT,
              !world->model ? "Neighbours need codes, and there is no model "
                              "yet. In a shell: bitgrove learn CATALOGUE"
              : !model_has_codes(world->model)
                  ? "Neighbours need codes, and an ordinary classifier has "
                    "none: choose another model with m."
              : world_images_pending(world)
                  ? "The codes of the images are being read."
              : near->query.target.kind == TARGET_CLASS
                  ? "This class has no code yet; it comes with the first "
                    "epoch that has class codes."
                  : "This image has no code yet. Codes of images are computed "
                    "when the learning is done; r computes this one now.");
}

static void draw_near(struct view *view, struct pane pane)
{
    struct near_view *near = self(view);
    struct pane left, right;
    int rows, cols, row = 1;
    char title[48] = "class";

    if (!near->query.known) {
        draw_nothing(near, pane);
        return;
    }
    left = pane_cut_left(pane, pane.cols / 2 + 2, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    draw_answers(near, left);
    if (near->query.target.kind == TARGET_CODE)
        snprintf(title, sizeof(title), "code");
    else if (near->query.target.kind != TARGET_CLASS)
        snprintf(title, sizeof(title), "image %" PRId64, near->query.target.id);
    pane_heading(right, 0, "Query", title);
    album_box(&view->app->world,
              (right.cols - 3) / 2 > 24 ? 24 : (right.cols - 3) / 2, &rows,
              &cols);
    if (rows > right.rows - 14) {
        cols = cols * (right.rows - 14) / rows;
        rows = right.rows - 14;
    }
    if (rows >= 3 && cols >= 3)
        draw_query(near, right, row, rows, cols);
    row += rows >= 3 ? rows + 1 : 0;
    draw_differing(near, right, row, 2);
    row += 3;
    draw_board(near, right, &row);
    draw_histogram(
        near, pane_sub(right, row + 1, 0, right.rows - row - 1, right.cols));
}

/* ---- actions ---- */

static void switched(struct near_view *near)
{
    struct err err;

    if (answer(near, &err) != OK)
        app_error(near->view.app, &err);
}

static bool act_board(struct near_view *near, enum action action)
{
    int bits = near->view.app->world.model->bits;

    switch (action) {
    case ACTION_LEFT:
        near->bit = (near->bit + bits - 1) % bits;
        return true;
    case ACTION_RIGHT:
        near->bit = (near->bit + 1) % bits;
        return true;
    case ACTION_FIRST:
        near->bit = 0;
        return true;
    case ACTION_LAST:
        near->bit = bits - 1;
        return true;
    default:
        return false;
    }
}

static bool act_switch(struct near_view *near, enum action action)
{
    uint64_t mask = UINT64_C(1) << near->bit;

    switch (action) {
    case ACTION_FLIP:
        near->on_board = true;
        near->query.freed &= ~mask;
        near->query.flipped ^= mask;
        break;
    case ACTION_FREE:
        near->on_board = true;
        near->query.freed ^= mask;
        break;
    case ACTION_RESET:
        near->query.freed = near->query.flipped = 0;
        break;
    default:
        return false;
    }
    switched(near);
    return true;
}

static bool act_near(struct view *view, enum action action, int key)
{
    struct near_view *near = self(view);
    struct target target = {.kind = TARGET_IMAGE};

    (void)key;
    if (!near->query.known)
        return false;
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE) {
        near->on_board = !near->on_board;
        return true;
    }
    if (action == ACTION_MARK && near->on_board)
        action = ACTION_FLIP;
    if (act_switch(near, action) || (near->on_board && act_board(near, action)))
        return true;
    if (list_act(&near->list, action)) {
        near->on_board = false;
        return true;
    }
    if (action == ACTION_RIGHT || action == ACTION_LEFT) {
        near->on_board = true;
        return true;
    }
    if (action == ACTION_OPEN && near->on_board) {
        target = (struct target){.kind = TARGET_BIT, .id = near->bit};
        app_open(view->app, VIEW_BITS, &target);
        return true;
    }
    if (action == ACTION_OPEN && chosen(near)) {
        target.id = chosen(near)->id;
        app_open(view->app, VIEW_NEAR, &target);
        return true;
    }
    return false;
}

static void subject_near(const struct view *view, struct target *out)
{
    const struct near_view *near = (const struct near_view *)view;

    if (near->on_board)
        *out = (struct target){.kind = TARGET_BIT, .id = near->bit};
    else if (near->query.known && chosen(near))
        *out = (struct target){.kind = TARGET_IMAGE, .id = chosen(near)->id};
    else
        *out = near->query.target;
}

static void row_target(const struct view *view, int row, struct target *out)
{
    const struct near_view *near = (const struct near_view *)view;

    *out = (struct target){.kind = TARGET_IMAGE,
                           .id = near->query.answer.items[row].id};
}

static void range_near(struct view *view, const struct target *from,
                       struct marks *marks)
{
    view_range_in_list(view, &self(view)->list, from, marks, row_target);
}

static bool matches(void *context, int row)
{
    const struct near_view *near = context;
    const struct near_item *item = &near->query.answer.items[row];

    return item->class_id >= 0 &&
           finder_matches(&near->view.app->finder,
                          near->view.app->world.names[item->class_id]);
}

static bool find_near(struct view *view, enum find_step step)
{
    struct near_view *near = self(view);

    return view_find_in_list(&near->list, &near->origin, step, matches, near);
}

const struct view_ops view_near = {.kind = VIEW_NEAR,
                                   .name = "neighbours",
                                   .size = sizeof(struct near_view),
                                   .open = open_near,
                                   .close = close_near,
                                   .load = load_near,
                                   .draw = draw_near,
                                   .act = act_near,
                                   .subject = subject_near,
                                   .range = range_near,
                                   .find = find_near};
