#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ui/app.h"
#include "ui/command.h"
#include "ui/gallerypage.h"
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

static struct gallerypage page_of(struct images_view *images)
{
    return (struct gallerypage){images->view.app, &images->walk,
                                &images->filter, images->large};
}

static bool filtered(struct images_view *images)
{
    struct gallerypage page = page_of(images);

    return gallerypage_filtered(&page);
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
        uint64_t all = code_mask(bits);
        uint64_t one = target->kind == TARGET_BIT ? UINT64_C(1) << target->id
                                                  : all & ~target->freed;
        struct pattern pattern = {
            one, target->kind == TARGET_BIT ? one : target->key, bits};

        pattern_text(&text, &pattern, CODE_PLAIN);
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
    struct gallerypage page = page_of(images);
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
        gallerypage_heading(&page, inner);
        gallerypage_empty(&page,
                          pane_sub(inner, 2, 0, inner.rows - 2, inner.cols));
        return;
    }
    if (images->large) {
        if (images->walk.list)
            gallerywalk_read(&images->walk, view->app);
        image = gallerywalk_image(&images->walk);
        if (image)
            imagepage_large(view->app, inner, image);
        gallerypage_line(&page, pane_sub(inner, 1, 0, 1, inner.cols));
        pane_cursor(inner, 0, 0);
        return;
    }
    left = pane_cut_left(pane, pane.cols - side, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    gallerypage_heading(&page, left);
    gallerypage_grid(&page, pane_sub(left, 2, 0, left.rows - 2, left.cols));
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
    if (!world_of(images)->has_images)
        app_message(images->view.app, "%s", teach_uncoded(world_of(images)));
    return world_of(images)->has_images;
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
