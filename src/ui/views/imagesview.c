#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/fact.h"
#include "ui/gallerywalk.h"
#include "ui/imagepage.h"
#include "ui/key.h"
#include "ui/scene.h"
#include "ui/teach.h"
#include "ui/views/views.h"

#define RANGE_MOST \
    10000 /* images that a range marks: they are tagged at once */

struct images_view {
    struct view view;
    struct imagefilter filter;
    struct gallerywalk walk;
    bool large; /* one image has the screen */
};

static struct images_view *self(struct view *view)
{
    return (struct images_view *)view;
}

static struct world *world_of(const struct images_view *images)
{
    return &images->view.app->world;
}

static int64_t count_of(const struct images_view *images)
{
    return gallerywalk_count(&images->walk);
}

static void sync(struct images_view *images)
{
    gallerywalk_sync(&images->walk, world_of(images), &images->filter);
}

/* ---- opening ---- */

static void set_text(char **out, struct str *text)
{
    free(*out);
    *out = str_take(text);
}

static void open_on(struct images_view *images, const struct target *target)
{
    const struct world *world = world_of(images);
    int bits = world->model ? world->model->bits : 0;
    struct str text = STR_INIT;

    if (target->kind == TARGET_CLASS) {
        str_add(&text, world_class_name(world, target->id));
        set_text(&images->filter.classes, &text);
        images->filter.exact = true;
    } else if (target->kind == TARGET_NODE &&
               target->size < world->tree.leaves) {
        str_addf(&text, "%016" PRIx64, target->key);
        set_text(&images->filter.node, &text);
    } else if (target->kind == TARGET_CODE || target->kind == TARGET_BIT) {
        for (int bit = 0; bit < bits; bit++) {
            bool fixed = target->kind == TARGET_CODE
                             ? !code_bit(target->freed, bit)
                             : bit == target->id;

            str_add_char(&text, !fixed ? '*'
                                : target->kind == TARGET_BIT ||
                                        code_bit(target->key, bit)
                                    ? '1'
                                    : '0');
        }
        set_text(&images->filter.code, &text);
    } else if (target->kind == TARGET_IMAGE) {
        images->walk.anchor = target->id;
    }
}

static enum status open_images(struct view *view, const struct target *target,
                               struct err *err)
{
    struct images_view *images = self(view);

    (void)err;
    imagefilter_init(&images->filter);
    images->walk.across = images->walk.down = 1;
    open_on(images, target);
    return OK;
}

static void close_images(struct view *view)
{
    imagefilter_release(&self(view)->filter);
    gallerywalk_release(&self(view)->walk);
}

static enum status load_images(struct view *view, struct err *err)
{
    (void)err;
    sync(self(view));
    return OK;
}

/* ---- drawing ---- */

/* The terms, but for a group of the tree its name. */
static void add_terms(const struct images_view *images, struct str *out)
{
    const struct world *world = world_of(images);
    struct imagefilter filter = images->filter;
    struct str terms = STR_INIT;
    uint32_t node = DENDRO_NONE;

    if (filter.node && world->has_tree)
        node = dendro_find(&world->tree, strtoull(filter.node, NULL, 16));
    if (node != DENDRO_NONE) {
        filter.node = NULL;
        str_add(&terms,
                world_label(world, node, images->view.app->look.glyphs->ascii));
    }
    imagefilter_terms(&filter, &terms);
    utf8_escape(out, terms.text);
    str_release(&terms);
}

/* "only test class=ring, by -margin" */
static void describe(const struct images_view *images, struct str *out)
{
    const struct imagefilter *filter = &images->filter;
    const char *dot = images->view.app->look.glyphs->dot;
    size_t before;

    str_add(out, "only ");
    before = out->length;
    add_terms(images, out);
    if (out->length == before) {
        str_clear(out);
        str_add(out, "all");
    }
    str_addf(out, "%sby %s%s", dot, filter->falling ? "-" : "",
             image_measure_name(filter->order));
    if (images->walk.list && images->walk.list->uncoded > 0)
        str_addf(out, "%s%" PRId64 " without a code left out", dot,
                 images->walk.list->uncoded);
}

static bool filtered(const struct images_view *images)
{
    struct str terms = STR_INIT;
    bool any;

    imagefilter_terms(&images->filter, &terms);
    any = terms.length > 0;
    str_release(&terms);
    return any;
}

/* What is filtered, and where in it the cursor is. */
static void draw_line(const struct images_view *images, struct pane pane)
{
    char place[64] = "";
    struct str what = STR_INIT;
    int width;

    if (count_of(images) > 0)
        snprintf(place, sizeof(place), "no. %" PRId64, images->walk.at + 1);
    width = (int)strlen(place);
    describe(images, &what);
    pane_text(pane_sub(pane, 0, 0, 1, pane.cols - width - 1), 0, 0,
              filtered(images) ? ROLE_TEXT : ROLE_DIM, what.text);
    pane_text(pane, 0, pane.cols - width, ROLE_DIM, place);
    str_release(&what);
}

/* How many are shown of how many. */
static void draw_heading(const struct images_view *images, struct pane pane)
{
    const struct gallery_list *list = images->walk.list;
    char note[64] = "";

    if (list && filtered(images))
        snprintf(note, sizeof(note), "%" PRId64 " of %" PRId64 " images",
                 list->found.n, list->of);
    else if (list)
        snprintf(note, sizeof(note), "%" PRId64 " images", list->found.n);
    pane_heading(pane, 0, "Images", note);
    draw_line(images, pane_sub(pane, 1, 0, 1, pane.cols));
}

static void draw_caption(const struct app *app, struct pane box, int row,
                         const struct gallerywalk_image *shown)
{
    const struct image_row *image = &shown->row;
    const struct glyphs *g = app->look.glyphs;
    bool right = image->decoded == image->class_id;
    int col = 0, width = box.cols;

    if (marks_has_id(&app->marks, TARGET_IMAGE, image->id))
        pane_put(box, row, --width, ROLE_MATCH, MARK_GLYPH);
    if (shown->tagged)
        pane_put(box, row, --width, ROLE_WARN, '+');
    if (image->has_code && image->class_id) {
        pane_put(box, row, 0, right ? ROLE_GOOD : ROLE_BAD,
                 right ? g->right : g->wrong);
        col = 2;
    }
    pane_name(box, row, col, width - col, ROLE_TEXT,
              world_class_name(&app->world, image->class_id));
}

static void draw_grid(struct images_view *images, struct pane pane)
{
    struct app *app = images->view.app;
    struct gallerywalk *walk = &images->walk;
    int rows, cols;

    album_box(&app->world, pane.cols >= 70 ? 16 : 13, &rows, &cols);
    walk->across = (pane.cols + 1) / (cols + 1);
    walk->down = (pane.rows + 1) / (rows + 2);
    if (walk->across < 1)
        walk->across = 1;
    if (walk->down < 1)
        walk->down = 1;
    if (rows > pane.rows - 1)
        rows = pane.rows - 1;
    if (walk->list) {
        gallerywalk_go(walk, walk->at);
        gallerywalk_read(walk, app);
    }
    for (int i = 0; i < walk->shown_count; i++) {
        struct pane box =
            pane_sub(pane, i / walk->across * (rows + 2),
                     i % walk->across * (cols + 1), rows + 1, cols);

        album_draw(&app->album, &app->world, pane_sub(box, 0, 0, rows, cols),
                   walk->shown[i].row.id);
        draw_caption(app, box, rows, &walk->shown[i]);
        if (walk->shown_top + i == walk->at) {
            pane_over(box, rows, 0, cols, ROLE_SELECTED);
            pane_cursor(box, rows, 0);
        }
    }
}

/* Why there is no list, or nothing in it. */
static void draw_empty(const struct images_view *images, struct pane pane)
{
    const struct world *world = world_of(images);
    const char *what = "No image passes this filter.", *how = NULL;
    bool failed = world->gallery.why[0] && !images->walk.list;
    bool uncoded =
        failed && imagefilter_of_codes(&images->filter) && !world->has_images;

    if (uncoded)
        what = "The images have no codes yet.";
    else if (failed)
        what = world->gallery.why;
    else if (!images->walk.list)
        what = world_images_pending(world)
                   ? "The codes of the images are being read."
                   : "The images are being looked through.";
    else if (!filtered(images))
        what = "This data set has no images.";
    else if (images->filter.exact && images->walk.list->of > 0)
        what = "This class has no such images.";
    if (uncoded)
        how = world->model
                  ? "They are computed when the learning is done: w shows the "
                    "queue. Until then a shows all images."
                  : "There is no model: :learn bits=16 learns one. Until then "
                    "a shows all images.";
    else if (images->walk.list || failed)
        how = "f changes the filter, a shows all images.";
    fact_empty(pane, what, how ? how : "");
}

/* While a list is sought, the one before stays in sight: most take less time
 * than an eye needs. */
static bool lingers(const struct images_view *images)
{
    return !images->walk.list && images->walk.shown_count > 0 &&
           !world_of(images)->gallery.why[0];
}

static void draw_images(struct view *view, struct pane pane)
{
    struct images_view *images = self(view);
    struct pane left, right,
        inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
    const struct image_row *image;
    int side = pane.cols >= 160 ? 56 : pane.cols >= 100 ? 44 : 30;

    if (!view->app->world.has_dataset) {
        teach_draw(view->app, pane,
                   "Here the images stand side by side: all, or those that "
                   "pass a filter, in the order you choose.");
        return;
    }
    sync(images);
    if (count_of(images) == 0 && !lingers(images)) {
        draw_heading(images, inner);
        draw_empty(images, pane_sub(inner, 2, 0, inner.rows - 2, inner.cols));
        return;
    }
    if (images->large) {
        if (images->walk.list)
            gallerywalk_read(&images->walk, view->app);
        image = gallerywalk_image(&images->walk);
        if (image)
            imagepage_large(view->app, inner, image);
        draw_line(images, pane_sub(inner, 1, 0, 1, inner.cols));
        pane_cursor(inner, 0, 0);
        return;
    }
    left = pane_cut_left(pane, pane.cols - side, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    draw_heading(images, left);
    draw_grid(images, pane_sub(left, 2, 0, left.rows - 2, left.cols));
    image = gallerywalk_image(&images->walk);
    if (image)
        imagepage_draw(view->app, right, image);
}

/* ---- filters ---- */

/* From the first on; `stay`: where the cursor is. */
static void refilter(struct images_view *images, bool stay)
{
    images->walk.restart = !stay;
    images->walk.serial = 0;
    sync(images);
}

static void set_filter(struct view *view, const char *text)
{
    struct images_view *images = self(view);
    struct imagefilter filter;
    struct str place = STR_INIT;
    struct err err;

    if (imagefilter_parse(&filter, text, &err) != OK) {
        app_error(view->app, &err);
        return;
    }
    if (filter.from && strcmp(filter.from, "this") == 0) {
        if (images->walk.anchor == 0) {
            app_message(view->app, "there is no image under the cursor");
            imagefilter_release(&filter);
            return;
        }
        str_addf(&place, "image/%" PRId64, images->walk.anchor);
        set_text(&filter.from, &place);
    }
    imagefilter_release(&images->filter);
    images->filter = filter;
    refilter(images, false);
}

static void complete_filter(void *context, const char *text, struct str *out)
{
    command_complete_filter(context, text, out);
}

static void ask_filter(struct images_view *images)
{
    struct app *app = images->view.app;
    struct str text = STR_INIT;

    imagefilter_text(&images->filter, &text);
    app_ask(app, "show only: ", text.text, set_filter);
    app->prompt.complete = complete_filter;
    str_release(&text);
}

static void show_all(struct images_view *images)
{
    imagefilter_release(&images->filter);
    refilter(images, true);
}

/* any, train, test, ood, any */
static void next_split(struct imagefilter *filter)
{
    uint32_t last = 1u << (SPLIT_COUNT - 1);

    filter->splits = filter->splits == 0      ? 1
                     : filter->splits >= last ? 0
                                              : filter->splits << 1;
}

static void next_order(struct images_view *images)
{
    struct imagefilter *filter = &images->filter;
    int order = (int)filter->order;

    do
        order = (order + 1) % MEASURES;
    while ((order == MEASURE_AWAY && !filter->from) ||
           (order > MEASURE_CLASS && !world_of(images)->has_images));
    filter->order = (enum image_measure)order;
    filter->falling = false;
}

/* True if there are codes to filter by; says what is missing otherwise. */
static bool have_codes(struct images_view *images)
{
    const struct world *world = world_of(images);

    if (!world->model)
        app_message(images->view.app,
                    "there is no model yet; :learn bits=16 learns one");
    else if (!world->has_images)
        app_message(images->view.app, "the images have no codes yet; w shows "
                                      "what the worker does");
    return world->has_images;
}

static bool act_on_filter(struct images_view *images, enum action action,
                          int key)
{
    struct imagefilter *filter = &images->filter;

    switch (action) {
    case ACTION_FILTER:
        ask_filter(images);
        return true;
    case ACTION_CLOSE:
        if (key != KEY_CODE_ESC || !filtered(images) ||
            images->view.app->marks.anchor.kind != TARGET_NONE)
            return false;
        show_all(images);
        return true;
    case ACTION_FILTER_NONE:
        show_all(images);
        return true;
    case ACTION_FILTER_SPLIT:
        next_split(filter);
        break;
    case ACTION_FILTER_VERDICT:
        if (!have_codes(images))
            return true;
        filter->verdict = (filter->verdict + 1) % 3;
        break;
    case ACTION_FILTER_UNKNOWN:
        if (!have_codes(images))
            return true;
        filter->unknown = !filter->unknown;
        break;
    case ACTION_SORT:
        next_order(images);
        break;
    case ACTION_REVERSE:
        filter->falling = !filter->falling;
        break;
    default:
        return false;
    }
    refilter(images, false);
    return true;
}

static bool act_images(struct view *view, enum action action, int key)
{
    struct images_view *images = self(view);
    struct target target = {.kind = TARGET_IMAGE, .id = images->walk.anchor};

    if (!view->app->world.has_dataset)
        return false;
    sync(images);
    switch (action) {
    case ACTION_LARGE:
        images->large = !images->large && count_of(images) > 0;
        return true;
    case ACTION_OPEN:
        if (count_of(images) > 0)
            app_open(view->app, VIEW_NEAR, &target);
        return true;
    case ACTION_CLOSE:
        if (images->large && count_of(images) > 0) {
            images->large = false;
            return true;
        }
        return act_on_filter(images, action, key);
    default:
        return gallerywalk_act(&images->walk, action, images->large) ||
               act_on_filter(images, action, key);
    }
}

static bool find_images(struct view *view, enum find_step step)
{
    sync(self(view));
    return gallerywalk_find(&self(view)->walk, view->app, step);
}

static void subject_images(const struct view *view, struct target *out)
{
    const struct images_view *images = (const struct images_view *)view;

    if (images->walk.anchor && images->walk.list &&
        images->walk.list->found.n > 0)
        *out = (struct target){.kind = TARGET_IMAGE, .id = images->walk.anchor};
}

static void range_images(struct view *view, const struct target *from,
                         struct marks *marks)
{
    struct images_view *images = self(view);
    int64_t first, last;

    sync(images);
    if (from->kind != TARGET_IMAGE ||
        !gallerywalk_range(&images->walk, from->id, &first, &last))
        return;
    if (last - first >= RANGE_MOST)
        app_message(view->app, "a range is of at most %d images", RANGE_MOST);
    else
        marks_add_images(marks, images->walk.list->found.ids + first,
                         (size_t)(last - first + 1));
}

static void scene_images(const struct view *view, struct scene *out)
{
    const struct images_view *images = (const struct images_view *)view;
    const struct world *world = &view->app->world;
    struct str text = STR_INIT;

    for (int i = 0; images->filter.exact && i < world->classes.count; i++)
        if (strcmp(world->names[i], images->filter.classes) == 0)
            out->about = (struct target){.kind = TARGET_CLASS,
                                         .id = world->classes.items[i].id};
    imagefilter_text(&images->filter, &text);
    if (text.length > 0)
        scene_set(out, "filter", text.text);
    str_release(&text);
}

static enum status recall_images(struct view *view, const struct scene *scene,
                                 struct err *err)
{
    struct images_view *images = self(view);
    struct imagefilter filter;
    struct str text = STR_INIT;
    enum status status = OK;

    if (scene_get(scene, "filter", &text)) {
        status = imagefilter_parse(&filter, text.text, err);
        if (status == OK) {
            imagefilter_release(&images->filter);
            images->filter = filter;
            refilter(images, true);
        }
    }
    str_release(&text);
    return status;
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
                                     .find = find_images,
                                     .range = range_images,
                                     .scene = scene_images,
                                     .recall = recall_images};
