#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/fact.h"
#include "ui/imagepage.h"
#include "ui/scene.h"
#include "ui/views/views.h"

struct images_view {
    struct view view;
    struct images_query query; /* the filters; after is where the page is */
    struct image_list page;
    int64_t total;    /* images that pass the filters */
    uint64_t version; /* of the world that page and total are about */
    int cursor;
    int across, down, room; /* of the grid, and room = across * down */
};

static struct images_view *self(struct view *view)
{
    return (struct images_view *)view;
}

static const struct image_row *under_cursor(const struct images_view *images)
{
    return images->cursor < images->page.count
               ? &images->page.items[images->cursor]
               : NULL;
}

/* Reads a page; before 0: the one after query.after. */
static enum status read_page(struct images_view *images, int64_t before,
                             struct err *err)
{
    struct images_query query = images->query;
    struct image_list page = {NULL, 0, 0};

    query.before = before;
    query.limit = images->room > 0 ? images->room : 1;
    if (images_page(images->view.app->world.cat, &query, &page, err) != OK)
        return err->status;
    if (before && page.count < query.limit) {
        image_list_release(&page);
        images->query.after = 0;
        return read_page(images, 0, err);
    }
    if (page.count == 0 && images->query.after > 0) {
        image_list_release(&page);
        return OK;
    }
    image_list_release(&images->page);
    images->page = page;
    if (before)
        images->query.after = page.items[0].id - 1;
    if (images->cursor >= page.count)
        images->cursor = page.count > 0 ? page.count - 1 : 0;
    return OK;
}

static enum status apply_filters(struct images_view *images, struct err *err)
{
    const struct world *world = &images->view.app->world;

    images->version = world->version;
    if (!world->has_dataset)
        return OK;
    images->query.dataset = world->dataset.id;
    images->query.model = world->model ? world->model->id : 0;
    if (!world->model)
        images->query.verdict = 0;
    if (images_count(world->cat, &images->query, &images->total, err) != OK)
        return err->status;
    return read_page(images, 0, err);
}

static enum status load_images(struct view *view, struct err *err)
{
    if (self(view)->version == view->app->world.version)
        return OK;
    return apply_filters(self(view), err);
}

static enum status open_images(struct view *view, const struct target *target,
                               struct err *err)
{
    struct images_view *images = self(view);

    (void)err;
    images_query_init(&images->query);
    images->query.split = -1;
    images->query.class_id = -1;
    images->query.distance = -1;
    images->room = 1;
    if (target->kind == TARGET_CLASS)
        images->query.class_id = target->id;
    if (target->kind == TARGET_IMAGE)
        images->query.after = target->id - 1;
    return OK;
}

static void close_images(struct view *view)
{
    image_list_release(&self(view)->page);
}

static void describe(const struct images_view *images, struct str *out)
{
    static const char *const verdicts[] = {"", "decoded right",
                                           "decoded wrong"};
    const struct images_query *query = &images->query;
    const struct app *app = images->view.app;
    const char *dot = app->look.glyphs->dot;

    str_addf(out, "%" PRId64 " images", images->total);
    if (query->class_id >= 0) {
        str_addf(out, "%s", dot);
        utf8_escape(out, world_class_name(&app->world, query->class_id));
    }
    if (query->split >= 0)
        str_addf(out, "%s%s", dot, split_name((enum split)query->split));
    if (query->verdict)
        str_addf(out, "%s%s", dot, verdicts[query->verdict]);
}

static void draw_caption(const struct app *app, struct pane box, int row,
                         const struct image_row *image)
{
    const struct glyphs *g = app->look.glyphs;
    bool right = image->decoded == image->class_id;
    int col = 0;

    if (image->has_code && image->class_id) {
        pane_put(box, row, 0, right ? ROLE_GOOD : ROLE_BAD,
                 right ? g->right : g->wrong);
        col = 2;
    }
    pane_name(box, row, col, box.cols - col, ROLE_TEXT,
              world_class_name(&app->world, image->class_id));
}

static void draw_grid(struct images_view *images, struct pane pane)
{
    struct app *app = images->view.app;
    struct err err;
    int rows, cols;

    album_box(&app->world, pane.cols >= 70 ? 16 : 14, &rows, &cols);
    images->across = (pane.cols + 1) / (cols + 1);
    images->down = pane.rows / (rows + 2);
    if (images->across < 1)
        images->across = 1;
    if (images->down < 1)
        images->down = 1;
    if (images->room != images->across * images->down) {
        images->room = images->across * images->down;
        if (read_page(images, 0, &err) != OK)
            app_error(app, &err);
    }
    for (int i = 0; i < images->page.count; i++) {
        struct pane box =
            pane_sub(pane, i / images->across * (rows + 2),
                     i % images->across * (cols + 1), rows + 1, cols);

        album_draw(&app->album, &app->world, pane_sub(box, 0, 0, rows, cols),
                   images->page.items[i].id);
        draw_caption(app, box, rows, &images->page.items[i]);
        if (marks_has_id(&app->marks, TARGET_IMAGE, images->page.items[i].id))
            pane_put(box, rows, cols - 1, ROLE_MATCH, MARK_GLYPH);
        if (i == images->cursor) {
            pane_over(box, rows, 0, cols, ROLE_SELECTED);
            pane_cursor(box, rows, 0);
        }
    }
}

static void draw_images(struct view *view, struct pane pane)
{
    struct images_view *images = self(view);
    struct pane left, right;
    struct str note = STR_INIT;
    int side = pane.cols >= 100 ? 40 : 30;

    describe(images, &note);
    left = pane_cut_left(pane, pane.cols - side, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    pane_heading(left, 0, "Images", note.text);
    str_release(&note);
    draw_grid(images, pane_sub(left, 2, 0, left.rows - 2, left.cols));
    if (images->page.count == 0)
        pane_wrap(pane_sub(left, 2, 0, left.rows - 2, left.cols), 0, ROLE_TEXT,
                  images->total == 0 && images->query.class_id < 0 &&
                          images->query.split < 0 && !images->query.verdict
                      ? "There are no images yet. In a shell: bitgrove import "
                        "CATALOGUE IMAGES LABELS"
                      : "No image passes these filters: f changes the split, "
                        "d right or wrong, a leaves the class.");
    if (under_cursor(images))
        imagepage_draw(view->app, right, under_cursor(images));
}

/* ---- actions ---- */

static void turn_page(struct images_view *images, int by)
{
    const struct image_list *page = &images->page;
    int64_t after = images->query.after;
    struct err err;
    enum status status;

    if (page->count == 0)
        return;
    if (by > 0) {
        if (page->count < images->room)
            return;
        images->query.after = page->items[page->count - 1].id;
        status = read_page(images, 0, &err);
        if (status == OK && images->page.count > 0 &&
            images->page.items[0].id <= images->query.after)
            images->query.after = after;
    } else {
        status = read_page(images, page->items[0].id, &err);
    }
    if (status != OK)
        app_error(images->view.app, &err);
}

static void move(struct images_view *images, int by)
{
    int64_t first;
    int to = images->cursor + by;

    if (images->page.count == 0)
        return;
    first = images->page.items[0].id;
    if (to >= 0 && to < images->page.count) {
        images->cursor = to;
        return;
    }
    turn_page(images, by);
    if (images->page.items[0].id != first)
        to += by > 0 ? -images->room : images->room;
    if (to < 0)
        to = 0;
    images->cursor = to < images->page.count ? to : images->page.count - 1;
}

static void refilter(struct images_view *images)
{
    struct err err;

    images->query.after = 0;
    images->cursor = 0;
    if (apply_filters(images, &err) != OK)
        app_error(images->view.app, &err);
}

static bool filter(struct images_view *images, enum action action)
{
    struct images_query *query = &images->query;

    switch (action) {
    case ACTION_FILTER_SPLIT:
        query->split = query->split + 1 < SPLIT_COUNT ? query->split + 1 : -1;
        break;
    case ACTION_FILTER_VERDICT:
        if (!images->view.app->world.model) {
            app_message(images->view.app, "there is no model yet");
            return true;
        }
        query->verdict = (query->verdict + 1) % 3;
        break;
    case ACTION_FILTER_CLASS:
        query->class_id = -1;
        break;
    default:
        return false;
    }
    refilter(images);
    return true;
}

static bool act_images(struct view *view, enum action action, int key)
{
    struct images_view *images = self(view);
    struct target target = {.kind = TARGET_IMAGE};
    struct err err;

    (void)key;
    switch (action) {
    case ACTION_LEFT:
        move(images, -1);
        return true;
    case ACTION_RIGHT:
        move(images, 1);
        return true;
    case ACTION_UP:
        move(images, -images->across);
        return true;
    case ACTION_DOWN:
        move(images, images->across);
        return true;
    case ACTION_PAGE_UP:
        turn_page(images, -1);
        return true;
    case ACTION_PAGE_DOWN:
        turn_page(images, 1);
        return true;
    case ACTION_FIRST:
        refilter(images);
        return true;
    case ACTION_LAST:
        images->cursor = images->room - 1;
        if (read_page(images, INT64_MAX, &err) != OK)
            app_error(view->app, &err);
        return true;
    case ACTION_OPEN:
        if (under_cursor(images)) {
            target.id = under_cursor(images)->id;
            app_open(view->app, VIEW_NEAR, &target);
        }
        return true;
    default:
        return filter(images, action);
    }
}

static void subject_images(const struct view *view, struct target *out)
{
    const struct image_row *row =
        under_cursor((const struct images_view *)view);

    if (row)
        *out = (struct target){.kind = TARGET_IMAGE, .id = row->id};
}

static const char *const verdict_names[] = {"any", "right", "wrong"};

static void scene_images(const struct view *view, struct scene *out)
{
    const struct images_query *query =
        &((const struct images_view *)view)->query;

    if (query->class_id >= 0)
        out->about =
            (struct target){.kind = TARGET_CLASS, .id = query->class_id};
    if (query->split >= 0)
        scene_set(out, "split", split_name((enum split)query->split));
    if (query->verdict)
        scene_set(out, "verdict", verdict_names[query->verdict]);
}

static enum status recall_images(struct view *view, const struct scene *scene,
                                 struct err *err)
{
    struct images_view *images = self(view);
    struct str text = STR_INIT;

    (void)err;
    if (scene_get(scene, "split", &text))
        for (int i = 0; i < SPLIT_COUNT; i++)
            if (strcmp(split_name((enum split)i), text.text) == 0)
                images->query.split = i;
    str_clear(&text);
    if (scene_get(scene, "verdict", &text))
        for (int i = 0; i < (int)ARRAY_SIZE(verdict_names); i++)
            if (strcmp(verdict_names[i], text.text) == 0)
                images->query.verdict = i;
    str_release(&text);
    refilter(images);
    return OK;
}

const struct view_ops view_images = {.kind = VIEW_IMAGES,
                                     .name = "images",
                                     .size = sizeof(struct images_view),
                                     .open = open_images,
                                     .close = close_images,
                                     .load = load_images,
                                     .draw = draw_images,
                                     .act = act_images,
                                     .subject = subject_images,
                                     .scene = scene_images,
                                     .recall = recall_images};
