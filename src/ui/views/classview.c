#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "metrics/confusion.h"
#include "ui/app.h"
#include "ui/classbit.h"
#include "ui/fact.h"
#include "ui/scene.h"
#include "ui/views/views.h"

#define NEAREST  12
#define CONFUSED 12

enum focus { ON_CLASSES, ON_IMAGES, ON_BITS, FOCUSES };

struct class_view {
    struct view view;
    int64_t class_id;
    uint64_t version; /* of the world that all below is about */
    int index;        /* in world->classes, or -1 */

    int near[NEAREST], near_count, near_shown;
    struct confusion_pair confused[CONFUSED];
    int confused_count;
    struct list classes; /* over nearest, then confused */
    int origin;          /* of a search in it */

    int64_t *images; /* ids, from typical to doubtful; owned */
    int image_count;
    bool sorted; /* by margin; else by id, for want of codes */
    int image, top, across, down;

    struct classbit bits[CODE_BITS_MAX]; /* as far as bits_known */
    bool bits_known, show_bits;          /* in place of the images */
    struct list bit_list;
    enum focus focus;
};

static struct class_view *self(struct view *view)
{
    return (struct class_view *)view;
}

static enum status open_class(struct view *view, const struct target *target,
                              struct err *err)
{
    const struct world *world = &view->app->world;
    struct image_row image;

    if (target->kind == TARGET_CLASS) {
        self(view)->class_id = target->id;
    } else if (target->kind == TARGET_IMAGE) {
        if (image_get(world->cat, target->id, 0, &image, err) != OK)
            return err->status;
        if (!image.class_id)
            return err_set(err, ERR_NOT_FOUND, "this image is of no class");
        self(view)->class_id = image.class_id;
    } else if (world->classes.count > 0) {
        self(view)->class_id = world->classes.items[0].id;
    } else {
        return err_set(err, ERR_NOT_FOUND, "there are no classes yet");
    }
    return OK;
}

static void close_class(struct view *view)
{
    free(self(view)->images);
}

/* How well an image hits its class's code: B[c].z in quantised units. */
static int score(const struct world *world, int64_t row, uint64_t code)
{
    const int8_t *margins = &world->images.margins[row * world->images.bits];
    int sum = 0;

    for (int bit = 0; bit < world->images.bits; bit++)
        sum += code_bit(code, bit) ? margins[bit] : -margins[bit];
    return sum;
}

struct scored {
    int64_t id;
    int score;
};

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void sort_images(struct class_view *class)
{
    const struct world *world = &class->view.app->world;
    uint64_t code = world->codes.codes[class->index];
    struct scored *found = NULL;
    int count = 0, room = 0;

    for (int64_t i = 0; i < world->images.n; i++) {
        if (world->labels[i] != class->index)
            continue;
        ARRAY_GROW(found, count, room);
        found[count++] =
            (struct scored){world->images.ids[i], score(world, i, code)};
    }
    if (count > 0)
        qsort(found, (size_t)count, sizeof(*found), by_score);
    class->images = mem_zalloc((size_t)count + 1, sizeof(*class->images));
    for (int i = 0; i < count; i++)
        class->images[i] = found[i].id;
    class->image_count = count;
    free(found);
}

static int by_errors(const void *x, const void *y)
{
    const struct confusion_pair *a = x, *b = y;
    size_t first = a->a_as_b + a->b_as_a, second = b->a_as_b + b->b_as_a;

    if (first != second)
        return first > second ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

/* The classes it is taken for, and those taken for it, on the test split. */
static void find_confused(struct class_view *class)
{
    const struct world *world = &class->view.app->world;
    size_t n = (size_t)world->classes.count, count = 0;
    struct confusion_pair *pairs = mem_zalloc(n + 1, sizeof(*pairs));

    for (int64_t i = 0; i < world->images.n; i++) {
        bool own = world->labels[i] == class->index;
        bool taken = world->images.decoded[i] == class->class_id;
        int other;

        if (own == taken || world->images.split[i] != SPLIT_TEST ||
            world->labels[i] < 0)
            continue;
        other = own ? class_index(&world->classes, world->images.decoded[i])
                    : world->labels[i];
        if (other < 0)
            continue;
        pairs[other].a_as_b += own;
        pairs[other].b_as_a += taken;
    }
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].a_as_b + pairs[i].b_as_a == 0)
            continue;
        pairs[count] = pairs[i];
        pairs[count].a = (uint32_t) class->index;
        pairs[count++].b = (uint32_t)i;
    }
    if (count > 0)
        qsort(pairs, count, sizeof(*pairs), by_errors);
    class->confused_count = count < CONFUSED ? (int)count : CONFUSED;
    memcpy(class->confused, pairs,
           (size_t) class->confused_count * sizeof(*pairs));
    free(pairs);
}

static enum status load_class(struct view *view, struct err *err)
{
    struct class_view *class = self(view);
    struct world *world = &view->app->world;

    (void)err;
    if (class->version == world->version)
        return OK;
    class->version = world->version;
    class->index = class_index(&world->classes, class->class_id);
    class->near_count = class->confused_count = 0;
    class->bits_known = false;
    free(class->images);
    class->images = NULL;
    class->image_count = 0;
    class->sorted = false;
    if (class->index < 0)
        return OK;
    if (world->has_codes && class->index < world->codes.classes) {
        class->near_count =
            fact_nearest(world, class->index, class->near, NEAREST);
        classbit_find(class->bits, world, class->index);
        class->bits_known = true;
    }
    if (world->has_codes && world->has_images) {
        sort_images(class);
        find_confused(class);
        class->sorted = class->image_count > 0;
    }
    if (!class->sorted) {
        free(class->images);
        class->images = mem_zalloc(256, sizeof(*class->images));
        class->image_count =
            fact_images(view->app, class->class_id, -1, class->images, 256);
    }
    if (class->image >= class->image_count)
        class->image = class->image_count > 0 ? class->image_count - 1 : 0;
    return OK;
}

static int confused_with(const struct class_view *class, int i)
{
    return (int)class->confused[i].b;
}

/* The class of a row of the list: the nearest, then the confused. */
static int class_at(const struct class_view *class, int row)
{
    return row < class->near_shown
               ? class->near[row]
               : confused_with(class, row - class->near_shown);
}

static void draw_near_row(const struct class_view *class, struct pane pane,
                          int row, int other)
{
    const struct world *world = &class->view.app->world;
    uint64_t own = world->codes.codes[class->index];
    struct codecell cells = {world->codes.bits, world->codes.codes[other], 0,
                             own ^ world->codes.codes[other], -1};
    int wide = codecell_width(world->codes.bits);
    int names = pane.cols - 4;
    char text[16];

    snprintf(text, sizeof(text), "%d", code_distance(own, cells.code));
    pane_field(pane, row, 0, 2, true, ROLE_NUMBER, text);
    if (names - wide - 2 >= 8) {
        names -= wide + 2;
        codecell_draw(pane, row, pane.cols - wide, &cells);
    }
    pane_name(pane, row, 4, names, ROLE_TEXT, world->names[other]);
}

static void draw_confused_row(const struct class_view *class, struct pane pane,
                              int row, int i)
{
    const struct confusion_pair *pair = &class->confused[i];

    pane_name(pane, row, 4, pane.cols - 18, ROLE_TEXT,
              class->view.app->world.names[confused_with(class, i)]);
    pane_textf(pane, row, pane.cols - 13, ROLE_BAD, "%4zu", pair->a_as_b);
    pane_put(pane, row, pane.cols - 8, ROLE_DIM,
             pane.look->glyphs->ascii ? '>' : 0x2192);
    pane_textf(pane, row, pane.cols - 6, ROLE_WARN, "%4zu", pair->b_as_a);
    pane_put(pane, row, pane.cols - 1, ROLE_DIM,
             pane.look->glyphs->ascii ? '<' : 0x2190);
}

static void select_row(struct class_view *class, struct pane pane, int row)
{
    pane_over(pane, row, 0, pane.cols,
              class->focus == ON_CLASSES ? ROLE_SELECTED : ROLE_SELECTED_IDLE);
    if (class->focus == ON_CLASSES)
        pane_cursor(pane, row, 0);
}

static void draw_lists(struct class_view *class, struct pane pane, int row)
{
    int room = pane.rows - row;
    int near = class->near_count, confused = class->confused_count;
    int near_room = confused > 0 ? (room - 3) / 2 : room - 1;

    if (near > near_room)
        near = near_room > 0 ? near_room : 0;
    class->near_shown = near;
    pane_heading(pane, row++, "Nearest classes", "distance of codes");
    for (int i = 0; i < near; i++) {
        draw_near_row(class, pane, row, class->near[i]);
        if (class->classes.cursor == i)
            select_row(class, pane, row);
        row++;
    }
    if (confused > pane.rows - row - 2)
        confused = pane.rows - row - 2;
    if (confused <= 0) {
        list_fit(&class->classes, near, near);
        return;
    }
    row++;
    pane_heading(pane, row++, "Most confused",
                 pane.look->glyphs->ascii ? "> for it  < for this"
                                          : "→ for it  ← for this");
    for (int i = 0; i < confused; i++) {
        draw_confused_row(class, pane, row, i);
        if (class->classes.cursor == near + i)
            select_row(class, pane, row);
        row++;
    }
    list_fit(&class->classes, near + confused, near + confused);
}

static int draw_facts(struct class_view *class, struct pane pane)
{
    struct app *app = class->view.app;
    const struct world *world = &app->world;
    const struct class_row *row = &world->classes.items[class->index];
    struct codecell cells = {0, 0, 0, 0, -1};
    struct str safe = STR_INIT;
    int y = 1;

    utf8_escape(&safe, row->name);
    pane_heading(pane, 0, safe.text, NULL);
    str_clear(&safe);
    utf8_escape(&safe, row->path);
    if (safe.length)
        y = fact_text(pane, y, "group", ROLE_TEXT, "%s", safe.text);
    str_release(&safe);
    y = fact_text(pane, y, "images", ROLE_NUMBER,
                  "%" PRId64 " train, %" PRId64 " test",
                  row->images[SPLIT_TRAIN], row->images[SPLIT_TEST]);
    y = fact_accuracy(app, pane, y, class->index);
    if (!world->has_codes || class->index >= world->codes.classes)
        return fact_text(pane, y, "code", ROLE_DIM, "none learnt yet") + 1;
    cells.bits = world->codes.bits;
    cells.code = world->codes.codes[class->index];
    y = fact_code(pane, y, &cells);
    if (pane.rows > 30)
        y = fact_notes(app, pane, y, NOTE_CLASS, class->class_id, 0);
    return y + 1;
}

static void draw_gallery(struct class_view *class, struct pane pane)
{
    struct app *app = class->view.app;
    int rows, cols, cursor;
    struct pane grid = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);

    pane_heading(pane, 0, class->sorted ? "Typical to doubtful" : "Images",
                 NULL);
    if (class->image_count == 0) {
        pane_wrap(grid, 0, ROLE_DIM, "This class has no images.");
        return;
    }
    album_fit(&app->world, grid, class->image_count, pane.rows >= 30 ? 16 : 9,
              &rows, &cols);
    class->across = (grid.cols + 1) / (cols + 1);
    class->down = (grid.rows + 1) / (rows + 1);
    if (class->across < 1 || class->down < 1)
        return;
    cursor = class->image / class->across;
    if (class->top > cursor)
        class->top = cursor;
    if (class->top <= cursor - class->down)
        class->top = cursor - class->down + 1;
    album_grid(&app->album, &app->world, grid,
               class->images + (long)class->top * class->across,
               class->image_count - class->top * class->across, rows, cols);
    if (class->focus == ON_IMAGES) {
        int y = (cursor - class->top) * (rows + 1);
        int x = class->image % class->across * (cols + 1);

        pane_fill(grid, y + rows, x, cols, ROLE_BAR,
                  app->look.glyphs->ascii ? '=' : 0x2594);
        pane_cursor(grid, y + rows, x);
    }
}

static void draw_bits(struct class_view *class, struct pane pane)
{
    const struct app *app = class->view.app;
    struct list *list = &class->bit_list;
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);

    if (!class->bits_known) {
        pane_heading(pane, 0, "Bits", NULL);
        pane_wrap(body, 0, ROLE_DIM, "This class has no code yet.");
        return;
    }
    pane_heading(pane, 0, "Bits", NULL);
    pane_text(pane, 0, 6, ROLE_DIM, " agree ");
    pane_text(pane, 0, 13, ROLE_DIM, " flipped, nearest ");
    list_fit(list, app->world.codes.bits, body.rows);
    for (int i = 0; i < body.rows && list->top + i < list->count; i++)
        classbit_draw(app, body, i, class->index, list->top + i,
                      &class->bits[list->top + i]);
    pane_over(body, list->cursor - list->top, 0, body.cols,
              class->focus == ON_BITS ? ROLE_SELECTED : ROLE_SELECTED_IDLE);
    if (class->focus == ON_BITS)
        pane_cursor(body, list->cursor - list->top, 0);
}

/* Three panes have room side by side: lists, bits, images. */
static bool is_wide(int cols)
{
    return cols >= 150;
}

static void draw_class(struct view *view, struct pane pane)
{
    struct class_view *class = self(view);
    struct pane left, middle, right;

    if (class->index < 0) {
        pane_text(pane, 2, 4, ROLE_TEXT, "This class is no longer there.");
        return;
    }
    left = pane_cut_left(
        pane, is_wide(pane.cols) ? pane.cols / 3 : pane.cols / 2, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    draw_lists(class, left, draw_facts(class, left));
    pane_rule(right, 0);
    if (is_wide(pane.cols)) {
        middle = pane_cut_left(right, pane.cols / 3, &right);
        draw_bits(class, pane_sub(middle, 0, 2, middle.rows, middle.cols - 3));
        pane_rule(right, 0);
    }
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    if (class->show_bits && !is_wide(pane.cols))
        draw_bits(class, right);
    else
        draw_gallery(class, right);
}

/* ---- actions ---- */

static bool move_image(struct class_view *class, enum action action)
{
    int by = action == ACTION_LEFT        ? -1
             : action == ACTION_RIGHT     ? 1
             : action == ACTION_UP        ? -class->across
             : action == ACTION_DOWN      ? class->across
             : action == ACTION_PAGE_UP   ? -class->across * class->down
             : action == ACTION_PAGE_DOWN ? class->across * class->down
             : action == ACTION_FIRST     ? -class->image_count
             : action == ACTION_LAST      ? class->image_count
                                          : 0;

    if (by == 0)
        return false;
    class->image += by;
    if (class->image >= class->image_count)
        class->image = class->image_count - 1;
    if (class->image < 0)
        class->image = 0;
    return true;
}

static void open_selected(struct class_view *class)
{
    const struct world *world = &class->view.app->world;
    struct target target = {.kind = TARGET_CLASS};

    if (class->focus == ON_IMAGES && class->image < class->image_count) {
        target.kind = TARGET_IMAGE;
        target.id = class->images[class->image];
        app_open(class->view.app, VIEW_NEAR, &target);
    } else if (class->focus == ON_BITS && class->bits_known) {
        target.kind = TARGET_BIT;
        target.id = class->bit_list.cursor;
        app_open(class->view.app, VIEW_BITS, &target);
    } else if (class->focus == ON_CLASSES && class->classes.count > 0) {
        target.id =
            world->classes.items[class_at(class, class->classes.cursor)].id;
        app_open(class->view.app, VIEW_CLASS, &target);
    }
}

/* Over the panes that are seen. */
static void next_focus(struct class_view *class, int by)
{
    bool wide = is_wide(class->view.app->canvas.cols);

    do
        class->focus = (enum focus)((class->focus + by) % FOCUSES);
    while (!wide && class->focus == (class->show_bits ? ON_IMAGES : ON_BITS));
}

static bool act_class(struct view *view, enum action action, int key)
{
    struct class_view *class = self(view);

    (void)key;
    if (class->index < 0)
        return false;
    switch (action) {
    case ACTION_NEXT_PANE:
        next_focus(class, 1);
        return true;
    case ACTION_PREVIOUS_PANE:
        next_focus(class, FOCUSES - 1);
        return true;
    case ACTION_CLASS_BITS:
        class->show_bits = !class->show_bits;
        class->focus = class->show_bits ? ON_BITS : ON_CLASSES;
        return true;
    case ACTION_OPEN:
        open_selected(class);
        return true;
    default:
        break;
    }
    if (class->focus == ON_IMAGES)
        return move_image(class, action);
    if (action == ACTION_RIGHT || action == ACTION_LEFT) {
        next_focus(class, action == ACTION_RIGHT ? 1 : FOCUSES - 1);
        return true;
    }
    return list_act(
        class->focus == ON_BITS ? &class->bit_list : &class->classes, action);
}

static bool matches(void *context, int row)
{
    const struct class_view *class = context;
    const struct app *app = class->view.app;

    return finder_matches(&app->finder, app->world.names[class_at(class, row)]);
}

static bool find_class(struct view *view, enum find_step step)
{
    struct class_view *class = self(view);

    if (class->index < 0)
        return false;
    class->focus = ON_CLASSES;
    return view_find_in_list(&class->classes, &class->origin, step, matches,
                             class);
}

static void subject_class(const struct view *view, struct target *out)
{
    const struct class_view *class = (const struct class_view *)view;

    if (class->focus == ON_IMAGES && class->image < class->image_count)
        *out = (struct target){.kind = TARGET_IMAGE,
                               .id = class->images[class->image]};
    else if (class->focus == ON_BITS && class->bits_known)
        *out =
            (struct target){.kind = TARGET_BIT, .id = class->bit_list.cursor};
    else
        *out = (struct target){.kind = TARGET_CLASS, .id = class->class_id};
}

static void scene_class(const struct view *view, struct scene *out)
{
    const struct class_view *class = (const struct class_view *)view;

    out->about = (struct target){.kind = TARGET_CLASS, .id = class->class_id};
}

const struct view_ops view_class = {.kind = VIEW_CLASS,
                                    .name = "class",
                                    .size = sizeof(struct class_view),
                                    .open = open_class,
                                    .close = close_class,
                                    .load = load_class,
                                    .draw = draw_class,
                                    .act = act_class,
                                    .subject = subject_class,
                                    .scene = scene_class,
                                    .find = find_class};
