#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "metrics/confusion.h"
#include "ui/app.h"
#include "ui/fact.h"
#include "ui/views/views.h"

#define NEAREST  12
#define CONFUSED 12

struct class_view {
    struct view view;
    int64_t class_id;
    uint64_t version; /* of the world that all below is about */
    int index;        /* in world->classes, or -1 */

    int near[NEAREST], near_count, near_shown;
    struct confusion_pair confused[CONFUSED];
    int confused_count;
    struct list classes; /* over nearest, then confused */

    int64_t *images; /* ids, from typical to doubtful; owned */
    int image_count;
    bool sorted; /* by margin; else by id, for want of codes */
    int image, top, across, down;
    bool on_images; /* which pane has the focus */
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

static void find_confused(struct class_view *class)
{
    const struct world *world = &class->view.app->world;
    size_t n = (size_t)world->images.n, count;
    int32_t *truth = mem_zalloc(n, sizeof(*truth));
    int32_t *answer = mem_zalloc(n, sizeof(*answer));
    struct confusion_pair *pairs;
    uint32_t own = (uint32_t) class->index;

    for (size_t i = 0; i < n; i++) {
        bool test =
            world->images.split[i] == SPLIT_TEST && world->labels[i] >= 0;

        truth[i] = test ? world->labels[i] : -1;
        answer[i] = -1;
        if (test && (truth[i] == class->index ||
                     world->images.decoded[i] == class->class_id))
            answer[i] = class_index(&world->classes, world->images.decoded[i]);
    }
    count = confusion_pairs(&pairs, truth, answer, n);
    class->confused_count = 0;
    for (size_t i = 0; i < count && class->confused_count < CONFUSED; i++)
        if (pairs[i].a == own || pairs[i].b == own)
            class->confused[class->confused_count++] = pairs[i];
    free(pairs);
    free(truth);
    free(answer);
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
    free(class->images);
    class->images = NULL;
    class->image_count = 0;
    class->sorted = false;
    if (class->index < 0)
        return OK;
    if (world->has_codes && class->index < world->codes.classes)
        class->near_count =
            fact_nearest(world, class->index, class->near, NEAREST);
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
    const struct confusion_pair *pair = &class->confused[i];

    return (int)(pair->a == (uint32_t) class->index ? pair->b : pair->a);
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
    bool first = pair->a == (uint32_t) class->index;
    size_t out = first ? pair->a_as_b : pair->b_as_a;
    size_t in = first ? pair->b_as_a : pair->a_as_b;

    pane_name(pane, row, 4, pane.cols - 18, ROLE_TEXT,
              class->view.app->world.names[confused_with(class, i)]);
    pane_textf(pane, row, pane.cols - 13, ROLE_BAD, "%4zu", out);
    pane_put(pane, row, pane.cols - 8, ROLE_DIM,
             pane.look->glyphs->ascii ? '>' : 0x2192);
    pane_textf(pane, row, pane.cols - 6, ROLE_WARN, "%4zu", in);
    pane_put(pane, row, pane.cols - 1, ROLE_DIM,
             pane.look->glyphs->ascii ? '<' : 0x2190);
}

static void select_row(struct class_view *class, struct pane pane, int row)
{
    pane_over(pane, row, 0, pane.cols,
              class->on_images ? ROLE_SELECTED_IDLE : ROLE_SELECTED);
    if (!class->on_images)
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
    if (class->on_images) {
        int y = (cursor - class->top) * (rows + 1);
        int x = class->image % class->across * (cols + 1);

        pane_fill(grid, y + rows, x, cols, ROLE_BAR,
                  app->look.glyphs->ascii ? '=' : 0x2594);
        pane_cursor(grid, y + rows, x);
    }
}

static void draw_class(struct view *view, struct pane pane)
{
    struct class_view *class = self(view);
    struct pane left, right;

    if (class->index < 0) {
        pane_text(pane, 2, 4, ROLE_TEXT, "This class is no longer there.");
        return;
    }
    left = pane_cut_left(pane, pane.cols / 2, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    pane_rule(right, 0);
    right = pane_sub(right, 0, 2, right.rows, right.cols - 3);
    draw_lists(class, left, draw_facts(class, left));
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

    if (class->on_images && class->image < class->image_count) {
        target.kind = TARGET_IMAGE;
        target.id = class->images[class->image];
        app_open(class->view.app, VIEW_NEAR, &target);
    } else if (!class->on_images && class->classes.count > 0) {
        target.id =
            world->classes.items[class_at(class, class->classes.cursor)].id;
        app_open(class->view.app, VIEW_CLASS, &target);
    }
}

static bool act_class(struct view *view, enum action action, int key)
{
    struct class_view *class = self(view);

    (void)key;
    if (class->index < 0)
        return false;
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE) {
        class->on_images = !class->on_images;
        return true;
    }
    if (action == ACTION_OPEN) {
        open_selected(class);
        return true;
    }
    if (class->on_images)
        return move_image(class, action);
    if (action == ACTION_RIGHT) {
        class->on_images = true;
        return true;
    }
    return list_act(&class->classes, action);
}

static void subject_class(const struct view *view, struct target *out)
{
    const struct class_view *class = (const struct class_view *)view;

    if (class->on_images && class->image < class->image_count)
        *out = (struct target){.kind = TARGET_IMAGE,
                               .id = class->images[class->image]};
    else
        *out = (struct target){.kind = TARGET_CLASS, .id = class->class_id};
}

const struct view_ops view_class = {.kind = VIEW_CLASS,
                                    .name = "class",
                                    .size = sizeof(struct class_view),
                                    .open = open_class,
                                    .close = close_class,
                                    .load = load_class,
                                    .draw = draw_class,
                                    .act = act_class,
                                    .subject = subject_class};
