#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/app.h"
#include "ui/fact.h"
#include "ui/filequery.h"
#include "ui/nearpage.h"
#include "ui/query.h"
#include "ui/scene.h"
#include "ui/views/views.h"

/* Columns from which there are two panes, and three. */
#define NEAR_TWO   72
#define NEAR_THREE 150

struct near_view {
    struct view view;
    struct query query;
    struct filequery file; /* when the query is a file's code */
    uint64_t version;      /* of the world it was answered in */
    struct list list;      /* over the answers */
    int bit;               /* under the cursor of the switchboard */
    bool on_board;         /* which pane has the focus */
    int origin;
};

static struct near_view *self(struct view *view)
{
    return (struct near_view *)view;
}

/* Until images have codes the answers are classes. */
static bool of_classes(const struct near_view *near)
{
    return !near->view.app->world.has_images;
}

static const struct near_item *chosen(const struct near_view *near)
{
    return !of_classes(near) &&
                   near->list.cursor < (int)near->query.answer.count
               ? &near->query.answer.items[near->list.cursor]
               : NULL;
}

/* The class number under the cursor where answers are classes, or -1. */
static int chosen_class(const struct near_view *near)
{
    return of_classes(near) && near->list.cursor < near->query.class_count
               ? (int)near->query.classes[near->list.cursor].row
               : -1;
}

static enum status answer(struct near_view *near, struct err *err)
{
    const struct world *world = &near->view.app->world;

    if (query_run(&near->query, world, err) != OK)
        return err->status;
    list_fit(&near->list,
             of_classes(near) ? near->query.class_count
                              : (int)near->query.answer.count,
             near->list.rows);
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
    if (target->kind == TARGET_CODE)
        near->query.freed = target->freed;
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
    filequery_release(&self(view)->file);
}

/* The file's code has come: it is asked for as it is. */
static void take_file(struct near_view *near)
{
    struct target target = {.kind = TARGET_CODE, .key = near->file.code};
    const struct world *world = &near->view.app->world;

    query_start(&near->query, world, &target);
    if (!near->query.known || world->model->id != near->file.model) {
        near->query.known = false;
        return;
    }
    near->query.has_margins = true;
    memcpy(near->query.margins, near->file.margins,
           sizeof(near->query.margins));
}

static enum status load_near(struct view *view, struct err *err)
{
    struct near_view *near = self(view);
    struct world *world = &view->app->world;
    struct target target = near->query.target;
    bool waited = near->file.job != 0;

    if (filequery_poll(&near->file, view->app, err) != OK) {
        app_error(view->app, err);
        filequery_release(&near->file);
    }
    if (waited && near->file.known) {
        query_reset(&near->query);
        near->list.cursor = near->list.top = 0;
    } else if (near->version == world->version) {
        return OK;
    }
    near->version = world->version;
    if (near->file.known)
        take_file(near);
    else
        query_start(&near->query, world, &target);
    if (world->model && near->bit >= world->model->bits)
        near->bit = 0;
    if (world->model)
        near->query.flipped &= code_mask(world->model->bits);
    if (world->model)
        near->query.freed &= code_mask(world->model->bits);
    return answer(near, err);
}

/* ---- drawing ---- */

static void draw_answers(struct near_view *near, struct pane pane)
{
    const struct query *query = &near->query;
    const struct world *world = &near->view.app->world;
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    struct str note = STR_INIT;
    int at;

    if (of_classes(near))
        str_add(&note, "classes");
    else
        nearpage_ties(near->view.app, &near->query, &note);
    pane_heading(pane, 0, "Nearest", note.text);
    str_release(&note);
    list_fit(&near->list, near->list.count, body.rows);
    for (int i = 0; i < body.rows && near->list.top + i < near->list.count;
         i++) {
        at = near->list.top + i;
        if (of_classes(near)) {
            nearpage_row(near->view.app, query, body, i,
                         query->classes[at].distance,
                         (int)query->classes[at].row,
                         world->codes.codes[query->classes[at].row], NULL);
        } else {
            const struct near_item *item = &query->answer.items[at];

            nearpage_row(near->view.app, query, body, i, item->distance,
                         item->class_id, item->code,
                         item->split >= 0 ? split_name((enum split)item->split)
                                          : "");
            if (marks_has_id(&near->view.app->marks, TARGET_IMAGE, item->id))
                pane_put(body, i, 2, ROLE_MATCH, MARK_GLYPH);
        }
    }
    if (near->list.count == 0)
        return;
    at = near->list.cursor - near->list.top;
    pane_over(body, at, 0, body.cols,
              near->on_board ? ROLE_SELECTED_IDLE : ROLE_SELECTED);
    if (!near->on_board)
        pane_cursor(body, at, 0);
}

static int draw_why(const struct near_view *near, struct pane pane, int row,
                    int rows)
{
    const struct world *world = &near->view.app->world;
    int class = chosen_class(near);

    if (chosen(near))
        return nearpage_why(near->view.app, &near->query, chosen(near)->code,
                            pane, row, rows);
    if (class >= 0)
        return nearpage_why(near->view.app, &near->query,
                            world->codes.codes[class], pane, row, rows);
    return row;
}

/* The pictures of query and answer abreast, with the names of both. */
static void draw_pair(struct near_view *near, struct pane pane, int row,
                      int rows, int cols)
{
    struct app *app = near->view.app;
    const struct near_item *item = chosen(near);
    struct image_row image;
    struct err err;
    int64_t id = near->query.target.id;
    int second = cols + 3;

    if (near->query.target.kind == TARGET_CLASS) {
        pane_name(pane, row, 0, cols + 2, ROLE_HEADING,
                  world_class_name(&app->world, id));
        if (fact_images(app, id, -1, &id, 1) == 0)
            id = 0;
    } else if (near->query.target.kind == TARGET_IMAGE &&
               image_get(app->world.cat, id, 0, &image, &err) == OK) {
        pane_name(pane, row, 0, cols + 2, ROLE_HEADING,
                  world_class_name(&app->world, image.class_id));
    } else {
        id = 0;
    }
    if (id)
        album_draw(&app->album, &app->world,
                   pane_sub(pane, row + 1, 0, rows, cols), id);
    if (!id)
        second = 0;
    if (!item)
        return;
    pane_name(pane, row, second, -1, ROLE_TEXT,
              item->class_id >= 0 ? app->world.names[item->class_id] : "none");
    album_draw(&app->album, &app->world,
               pane_sub(pane, row + 1, second, rows, cols), item->id);
}

static void draw_one(struct near_view *near, struct pane pane)
{
    struct app *app = near->view.app;
    int row = nearpage_board(app, &near->query, pane, 0,
                             near->on_board ? near->bit : -1);

    if (!near->on_board)
        draw_why(near, pane_sub(pane, row - 1, 0, 1, pane.cols), 0, 1);
    nearpage_spark(app, &near->query, pane, row++);
    draw_answers(near, pane_sub(pane, row, 0, pane.rows - row, pane.cols));
}

/* Query and answer, why, board and shells below each other. True if the
 * histogram had room. */
static bool draw_middle(struct near_view *near, struct pane pane, bool why)
{
    struct app *app = near->view.app;
    struct str title = STR_INIT;
    int board =
        nearpage_board_rows(&near->query, app->world.model->bits, pane.cols);
    int reasons = !why ? 0 : pane.rows >= 32 ? 7 : 3, rows, cols, row = 1;
    int most = pane.rows - board - reasons - 9;
    bool shown;

    nearpage_title(near->view.app, &near->query, &near->file, &title);
    pane_heading(pane, 0, "Query", title.text);
    str_release(&title);
    album_box(&app->world, (pane.cols - 3) / 2 > 28 ? 28 : (pane.cols - 3) / 2,
              &rows, &cols);
    if (rows > most && most > 0) {
        cols = cols * most / rows;
        rows = most;
    }
    if (most >= 3 && rows >= 3 && cols >= 3) {
        draw_pair(near, pane, row, rows, cols);
        row += rows + 2;
    }
    if (why)
        draw_why(near, pane, row, reasons);
    row += reasons + (reasons > 0 && pane.rows >= 20);
    row = nearpage_board(app, &near->query, pane, row,
                         near->on_board ? near->bit : -1);
    if (!near->on_board)
        pane_text(pane, row - 1, 0, ROLE_DIM, "Tab, then Space flips a bit");
    row += pane.rows >= 20;
    shown = nearpage_shells(
        app, &near->query,
        pane_sub(pane, row, 0, pane.rows - row < 12 ? pane.rows - row : 12,
                 pane.cols),
        chosen(near) ? chosen(near)->distance : -1);
    if (!shown)
        nearpage_spark(app, &near->query, pane, row);
    return shown || row < pane.rows;
}

static bool draw_panes(struct near_view *near, struct pane pane)
{
    struct pane left, right;
    bool three = pane.cols >= NEAR_THREE, shown;

    if (pane.cols < NEAR_TWO) {
        draw_one(near, pane_sub(pane, 0, 1, pane.rows, pane.cols - 2));
        return true;
    }
    left =
        pane_cut_left(pane, three ? pane.cols / 3 : pane.cols / 2 + 2, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    draw_answers(near, left);
    if (!three)
        return draw_middle(near, right, true);
    left = pane_cut_left(right, right.cols / 2, &right);
    shown = draw_middle(near, pane_sub(left, 0, 0, left.rows, left.cols - 1),
                        false);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 2);
    pane_heading(right, 0, "Why", NULL);
    draw_why(near, right, 1, right.rows / 2 - 2);
    nearpage_classes(near->view.app, &near->query,
                     pane_sub(right, right.rows / 2, 0,
                              right.rows - right.rows / 2, right.cols));
    return shown;
}

static void draw_near(struct view *view, struct pane pane)
{
    struct near_view *near = self(view);
    struct err err;
    bool shown;

    if (!near->query.known) {
        nearpage_empty(view->app, &near->query, &near->file, pane);
        return;
    }
    shown = draw_panes(near, pane);
    if (shown && near->query.brief) {
        near->query.brief = false;
        if (answer(near, &err) != OK)
            app_error(view->app, &err);
        draw_panes(near, pane);
    }
    near->query.brief = !shown;
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
        query_reset(&near->query);
        break;
    default:
        return false;
    }
    switched(near);
    return true;
}

/* Typed bits are a view of their own, so that the one before is not lost. */
static void answer_bits(struct view *view, const char *text)
{
    struct target target = {.kind = TARGET_CODE};
    struct pattern pattern;
    struct err err;

    if (text[0] == '\0')
        return;
    if (target_pattern(&pattern, text, view->app->world.model->bits, &err) !=
        OK) {
        app_error(view->app, &err);
        return;
    }
    target.key = pattern.value;
    target.freed = code_mask(pattern.bits) & ~pattern.fixed;
    app_open(view->app, VIEW_NEAR, &target);
}

static void answer_file(struct view *view, const char *text)
{
    struct near_view *near = self(view);
    struct err err;

    if (text[0] == '\0')
        return;
    if (filequery_start(&near->file, view->app, text, &err) != OK)
        app_error(view->app, &err);
    else
        app_message(view->app, "%s is being coded; w shows the queue", text);
}

static void ask_bits(struct near_view *near)
{
    struct app *app = near->view.app;
    struct str text = STR_INIT;
    struct pattern pattern =
        query_pattern(&near->query, app->world.model->bits);

    if (near->query.known)
        pattern_text(&text, &pattern, CODE_GROUPED);
    app_ask(app, "bits, * is free: ", text.text, answer_bits);
    str_release(&text);
}

static bool act_ask(struct near_view *near, enum action action)
{
    struct app *app = near->view.app;

    if (action != ACTION_PATTERN && action != ACTION_FILE)
        return false;
    if (!app->world.model || !model_has_codes(app->world.model)) {
        app_message(app, "there is no model with codes yet");
    } else if (action == ACTION_PATTERN) {
        ask_bits(near);
    } else {
        app_ask(app, "image file: ", near->file.path ? near->file.path : "",
                answer_file);
        app->prompt.complete = filequery_complete;
    }
    return true;
}

static bool open_answer(struct near_view *near)
{
    struct app *app = near->view.app;
    struct target target = {.kind = TARGET_IMAGE};
    int class = chosen_class(near);

    if (near->on_board) {
        target = (struct target){.kind = TARGET_BIT, .id = near->bit};
        app_open(app, VIEW_BITS, &target);
    } else if (chosen(near)) {
        target.id = chosen(near)->id;
        app_open(app, VIEW_NEAR, &target);
    } else if (class >= 0) {
        target.kind = TARGET_CLASS;
        target.id = app->world.classes.items[class].id;
        app_open(app, VIEW_CLASS, &target);
    } else {
        return false;
    }
    return true;
}

static bool act_near(struct view *view, enum action action, int key)
{
    struct near_view *near = self(view);

    (void)key;
    if (act_ask(near, action))
        return true;
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
    return action == ACTION_OPEN && open_answer(near);
}

static void subject_near(const struct view *view, struct target *out)
{
    const struct near_view *near = (const struct near_view *)view;
    int class = chosen_class(near);

    if (near->on_board)
        *out = (struct target){.kind = TARGET_BIT, .id = near->bit};
    else if (near->query.known && chosen(near))
        *out = (struct target){.kind = TARGET_IMAGE, .id = chosen(near)->id};
    else if (near->query.known && class >= 0)
        *out = (struct target){.kind = TARGET_CLASS,
                               .id = view->app->world.classes.items[class].id};
    else
        *out = near->query.target;
}

static void row_target(const struct view *view, int row, struct target *out)
{
    const struct near_view *near = (const struct near_view *)view;
    const struct query *query = &near->query;

    if (of_classes(near))
        *out = (struct target){
            .kind = TARGET_CLASS,
            .id = view->app->world.classes.items[query->classes[row].row].id};
    else
        *out = (struct target){.kind = TARGET_IMAGE,
                               .id = query->answer.items[row].id};
}

static void range_near(struct view *view, const struct target *from,
                       struct marks *marks)
{
    view_range_in_list(view, &self(view)->list, from, marks, row_target);
}

static bool matches(void *context, int row)
{
    const struct near_view *near = context;
    int class = of_classes(near) ? (int)near->query.classes[row].row
                                 : near->query.answer.items[row].class_id;

    return class >= 0 && finder_matches(&near->view.app->finder,
                                        near->view.app->world.names[class]);
}

static bool find_near(struct view *view, enum find_step step)
{
    struct near_view *near = self(view);

    return view_find_in_list(&near->list, &near->origin, step, matches, near);
}

static void scene_near(const struct view *view, struct scene *out)
{
    const struct near_view *near = (const struct near_view *)view;

    out->about = near->query.target;
    if (near->query.known && (near->query.flipped || near->query.freed))
        nearpage_switches(view->app, &near->query, out);
}

static enum status recall_near(struct view *view, const struct scene *scene,
                               struct err *err)
{
    struct near_view *near = self(view);

    if (nearpage_recall(view->app, &near->query, scene, err) != OK)
        return err->status;
    return answer(near, err);
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
                                   .scene = scene_near,
                                   .recall = recall_near,
                                   .range = range_near,
                                   .find = find_near};
