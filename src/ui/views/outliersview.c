#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/acts.h"
#include "ui/app.h"
#include "ui/fact.h"
#include "ui/outlierpage.h"
#include "ui/scene.h"
#include "ui/views/views.h"

struct outliers_view {
    struct view view;
    enum survey_kind kind;
    struct list lists[SURVEY_KINDS];
    int64_t anchors[SURVEY_KINDS][2]; /* the ids of the row under the cursor */
    int origin;
};

static struct outliers_view *self(struct view *view)
{
    return (struct outliers_view *)view;
}

static const struct survey_list *rows_of(const struct outliers_view *outliers)
{
    return &outliers->view.app->world.survey.lists[outliers->kind];
}

static const struct survey_image *image_at(const struct outliers_view *outliers)
{
    const struct survey_list *rows = rows_of(outliers);
    int at = outliers->lists[outliers->kind].cursor;

    return !rows->pairs && at < (int)rows->count ? &rows->image[at] : NULL;
}

static const struct survey_pair *pair_at(const struct outliers_view *outliers)
{
    const struct survey_list *rows = rows_of(outliers);
    int at = outliers->lists[outliers->kind].cursor;

    return rows->pairs && at < (int)rows->count ? &rows->pair[at] : NULL;
}

static bool is_row(const struct survey_list *rows, int row, const int64_t *ids)
{
    return rows->pairs
               ? rows->pair[row].a == ids[0] && rows->pair[row].b == ids[1]
               : rows->image[row].id == ids[0];
}

/* What was under the cursor is again, wherever it went. */
static void settle(struct outliers_view *outliers)
{
    const struct survey_list *rows = rows_of(outliers);
    struct list *list = &outliers->lists[outliers->kind];
    const int64_t *ids = outliers->anchors[outliers->kind];
    int count = (int)rows->count;

    if (ids[0] && !(list->cursor < count && is_row(rows, list->cursor, ids)))
        for (int i = 0; i < count; i++)
            if (is_row(rows, i, ids))
                list->cursor = i;
    list_fit(list, count, list->rows);
}

static void drop_anchor(struct outliers_view *outliers)
{
    const struct survey_image *image = image_at(outliers);
    const struct survey_pair *pair = pair_at(outliers);
    int64_t *ids = outliers->anchors[outliers->kind];

    ids[0] = image ? image->id : pair ? pair->a : 0;
    ids[1] = pair ? pair->b : 0;
}

static enum status load_outliers(struct view *view, struct err *err)
{
    (void)err;
    settle(self(view));
    return OK;
}

/* ---- drawing ---- */

static const char *const titles[SURVEY_KINDS] = {
    "Unknown", "Mistakes", "Duplicates", "Classes", "Confused"};

/* One section in the bar: with its digit, with how many it holds. */
static void label(const struct outliers_view *outliers, int kind, bool digit,
                  bool number, char *out, size_t size)
{
    const struct surveyor *s = &outliers->view.app->world.survey;
    char begin[16] = "", end[24] = "";

    if (digit)
        snprintf(begin, sizeof(begin), "%d ", kind + 1);
    if (number && s->known[surveyor_part_of((enum survey_kind)kind)])
        snprintf(end, sizeof(end), " %zu", s->lists[kind].total);
    snprintf(out, size, "%s%s%s", begin, titles[kind], end);
}

/* The sections in a row, told as much of as there is room for. */
static void draw_bar(const struct outliers_view *outliers, struct pane pane)
{
    char text[48];
    int width, col = 0, level = 0;

    for (; level < 3; level++) {
        width = 0;
        for (int i = 0; i < SURVEY_KINDS; i++) {
            label(outliers, i, level < 1, level < 2, text, sizeof(text));
            width += (int)strlen(text) + 2;
        }
        if (width <= pane.cols)
            break;
    }
    for (int i = 0; i < SURVEY_KINDS; i++) {
        bool own = i == (int)outliers->kind;

        label(outliers, i, level < 1, level < 2, text, sizeof(text));
        pane_text(pane, 0, col + 1, own ? ROLE_TEXT : ROLE_DIM, text);
        if (own)
            pane_over(pane, 0, col, (int)strlen(text) + 2, ROLE_SELECTED_IDLE);
        col += (int)strlen(text) + 2;
    }
}

/* The columns of a list: a number, two names, and what has room. */
struct layout {
    int name; /* width of a name; the second begins at second */
    int second;
    int margin; /* column of the margin, or -1 */
    int id;     /* column of the id, or -1 */
    int split;  /* of the split, or of two counts */
};

static struct layout arrange(struct pane pane, bool pairs, bool margin)
{
    struct layout l = {0, 0, -1, -1, -1};
    int left = pane.cols - 7;

    if (left >= 34) {
        l.split = pane.cols - (pairs ? 11 : 5);
        left -= pairs ? 12 : 6;
    }
    if (left >= 44 && !pairs) {
        l.id = l.split - 9;
        left -= 9;
    }
    if (left >= 40 && margin) {
        l.margin = l.id - 8;
        left -= 8;
    }
    l.name = (left - 1) / 2;
    l.second = 7 + l.name + 1;
    return l;
}

static bool is_tagged(const struct app *app, int64_t image)
{
    struct tag_list tags;
    struct err err;
    bool any;

    if (tag_all(app->world.cat, image, &tags, &err) != OK)
        return false;
    any = tags.count > 0;
    tag_list_release(&tags);
    return any;
}

static double margin_scale(const struct world *world)
{
    return world->model ? world->model->margin_scale : 0;
}

static void draw_image_row(const struct outliers_view *outliers,
                           struct pane pane, int row, struct layout l,
                           const struct survey_image *image)
{
    const struct app *app = outliers->view.app;
    bool twins = outliers->kind == SURVEY_DUPLICATES;
    int64_t other = twins ? image->twin_class : image->decoded;
    enum role role =
        outliers->kind == SURVEY_MISTAKES || (twins && other != image->class_id)
            ? ROLE_BAD
            : ROLE_TEXT;
    char text[24];

    if (!twins)
        snprintf(text, sizeof(text), "%d",
                 outliers->kind == SURVEY_MISTAKES ? image->lead
                                                   : image->distance);
    else if (image->exact)
        snprintf(text, sizeof(text), "same");
    else
        snprintf(text, sizeof(text), "%.1f", image->pixels);
    pane_field(pane, row, 0, 4, true, ROLE_NUMBER, text);
    if (marks_has_id(&app->marks, TARGET_IMAGE, image->id))
        pane_put(pane, row, 4, ROLE_MATCH, MARK_GLYPH);
    if (is_tagged(app, image->id))
        pane_put(pane, row, 5, ROLE_WARN, '+');
    pane_name(pane, row, 7, l.name, image->class_id ? ROLE_TEXT : ROLE_DIM,
              world_class_name(&app->world, image->class_id));
    pane_name(pane, row, l.second, l.name, other ? role : ROLE_DIM,
              world_class_name(&app->world, other));
    snprintf(text, sizeof(text), "%.2f",
             (outliers->kind == SURVEY_UNKNOWN ? image->margin
                                               : image->margin_lead) *
                 margin_scale(&app->world));
    if (l.margin >= 0)
        pane_field(pane, row, l.margin, 7, true, ROLE_NUMBER, text);
    snprintf(text, sizeof(text), "%" PRId64, image->id);
    if (l.id >= 0)
        pane_field(pane, row, l.id, 8, true, ROLE_DIM, text);
    if (l.split >= 0)
        pane_field(pane, row, l.split, 5, true,
                   twins && image->split != image->twin_split ? ROLE_WARN
                                                              : ROLE_DIM,
                   split_name(image->split));
}

static void draw_pair_row(const struct outliers_view *outliers,
                          struct pane pane, int row, struct layout l,
                          const struct survey_pair *pair)
{
    const struct world *world = &outliers->view.app->world;
    char text[24];

    snprintf(text, sizeof(text), "%d", pair->distance);
    pane_field(pane, row, 0, 4, true, ROLE_NUMBER, text);
    pane_name(pane, row, 7, l.name, ROLE_TEXT,
              world_class_name(world, pair->a));
    pane_name(pane, row, l.second, l.name, ROLE_TEXT,
              world_class_name(world, pair->b));
    if (l.split < 0)
        return;
    snprintf(text, sizeof(text), "%zu", pair->a_as_b);
    pane_field(pane, row, l.split, 5, true, pair->a_as_b ? ROLE_BAD : ROLE_DIM,
               text);
    snprintf(text, sizeof(text), "%zu", pair->b_as_a);
    pane_field(pane, row, l.split + 6, 5, true,
               pair->b_as_a ? ROLE_BAD : ROLE_DIM, text);
}

static void draw_header(const struct outliers_view *outliers, struct pane pane,
                        struct layout l)
{
    static const char *const heads[SURVEY_KINDS][3] = {
        {"bits", "class", "nearest"}, {"lead", "class", "decoded"},
        {"diff", "class", "repeats"}, {"bits", "one", "other"},
        {"bits", "one", "other"},
    };
    bool pairs = outliers->kind >= SURVEY_CLASSES;

    pane_field(pane, 0, 0, 4, true, ROLE_DIM, heads[outliers->kind][0]);
    pane_field(pane, 0, 7, l.name, false, ROLE_DIM, heads[outliers->kind][1]);
    pane_field(pane, 0, l.second, l.name, false, ROLE_DIM,
               heads[outliers->kind][2]);
    if (l.margin >= 0)
        pane_field(pane, 0, l.margin, 7, true, ROLE_DIM, "margin");
    if (l.id >= 0)
        pane_field(pane, 0, l.id, 8, true, ROLE_DIM, "image");
    if (l.split >= 0)
        pane_field(pane, 0, l.split, 5, true, ROLE_DIM, pairs ? "->" : "split");
    if (l.split >= 0 && pairs)
        pane_field(pane, 0, l.split + 6, 5, true, ROLE_DIM, "<-");
}

static void draw_rows(struct outliers_view *outliers, struct pane pane)
{
    const struct survey_list *rows = rows_of(outliers);
    struct list *list = &outliers->lists[outliers->kind];
    struct pane body = pane_sub(pane, 1, 0, pane.rows - 1, pane.cols);
    struct layout l =
        arrange(pane, rows->pairs, outliers->kind <= SURVEY_MISTAKES);
    int at;

    draw_header(outliers, pane, l);
    list_fit(list, (int)rows->count, body.rows);
    for (int i = 0; i < body.rows; i++) {
        int row = list->top + i;

        if (row >= (int)rows->count)
            break;
        if (rows->pairs)
            draw_pair_row(outliers, body, i, l, &rows->pair[row]);
        else
            draw_image_row(outliers, body, i, l, &rows->image[row]);
    }
    at = list->cursor - list->top;
    pane_over(body, at, 0, body.cols, ROLE_SELECTED);
    pane_cursor(body, at, 0);
}

/* How many there are, of how many, and what was left out. */
static void describe(const struct outliers_view *outliers, struct str *out)
{
    const struct app *app = outliers->view.app;
    const struct survey_list *rows = rows_of(outliers);
    const char *dot = app->look.glyphs->dot;

    if (!app->world.survey.known[surveyor_part_of(outliers->kind)])
        return;
    if (rows->count < rows->total)
        str_addf(out, "first %zu%s", rows->count, dot);
    if (rows->crowded)
        str_addf(out, "%zu not compared with all%s", rows->crowded, dot);
    str_addf(out, "%zu %simages", rows->looked,
             rows->splits == 1u << SPLIT_TEST ? "test " : "");
}

static void draw_page(struct outliers_view *outliers, struct pane pane)
{
    struct app *app = outliers->view.app;

    pane_rule(pane, 0);
    pane = pane_sub(pane, 0, 2, pane.rows, pane.cols - 3);
    if (image_at(outliers))
        outlierpage_image(app, pane, outliers->kind, image_at(outliers));
    else if (pair_at(outliers))
        outlierpage_pair(app, pane, pair_at(outliers));
}

static void draw_outliers(struct view *view, struct pane pane)
{
    static const char *const what[SURVEY_KINDS] = {
        "Code of no class", "Decoded otherwise", "Seen before", "One bit apart",
        "Taken for each other"};
    static const char *const means[SURVEY_KINDS] = {
        "No class has their code: farthest first, then least sure",
        "Surely another class by their code: the widest lead first",
        "They repeat an earlier image: equal ones first",
        "Classes that share a code or are a bit apart, with mistakes",
        "Classes whose images are decoded as the other: most first"};
    struct outliers_view *outliers = self(view);
    struct world *world = &view->app->world;
    int side = pane.cols >= 100 ? 44 : pane.cols >= 76 ? 32 : 24;
    struct pane body, left, right;
    struct str note = STR_INIT;

    surveyor_want(&world->survey, surveyor_part_of(outliers->kind));
    settle(outliers);
    draw_bar(outliers, pane_sub(pane, 0, 1, 1, pane.cols - 2));
    body = pane_sub(pane, 2, 0, pane.rows - 2, pane.cols);
    if (rows_of(outliers)->count == 0) {
        outlierpage_empty(view->app,
                          pane_sub(body, 1, 4, body.rows - 1, body.cols - 8),
                          outliers->kind);
        return;
    }
    pane_text(pane, 1, 2, ROLE_DIM, means[outliers->kind]);
    left = pane_cut_left(body, body.cols - side, &right);
    left = pane_sub(left, 0, 1, left.rows, left.cols - 2);
    describe(outliers, &note);
    pane_heading(left, 0, what[outliers->kind], note.text);
    str_release(&note);
    draw_rows(outliers, pane_sub(left, 1, 0, left.rows - 1, left.cols));
    draw_page(outliers, right);
}

/* ---- actions ---- */

/* All of unknown code as a gallery, at the image under the cursor. */
static bool open_gallery(struct outliers_view *outliers)
{
    struct app *app = outliers->view.app;
    struct target target = {.kind = TARGET_NONE};
    struct scene scene;
    struct err err;

    if (outliers->kind != SURVEY_UNKNOWN || !image_at(outliers))
        return false;
    target.kind = TARGET_IMAGE;
    target.id = image_at(outliers)->id;
    scene_init(&scene);
    scene_set(&scene, "filter", "unknown sort=-distance");
    app_open(app, VIEW_IMAGES, &target);
    if (app_view(app)->ops->recall(app_view(app), &scene, &err) != OK)
        app_error(app, &err);
    scene_release(&scene);
    return true;
}

static void turn(struct outliers_view *outliers, int kind)
{
    outliers->kind = (enum survey_kind)((kind + SURVEY_KINDS) % SURVEY_KINDS);
    settle(outliers);
}

static bool open_row(struct outliers_view *outliers, bool other)
{
    const struct survey_image *image = image_at(outliers);
    const struct survey_pair *pair = pair_at(outliers);
    struct target target = {.kind = TARGET_CLASS};
    enum view_kind kind = VIEW_CLASS;

    if (pair) {
        target.id = other ? pair->b : pair->a;
    } else if (image && (!other || outliers->kind == SURVEY_DUPLICATES)) {
        target = (struct target){.kind = TARGET_IMAGE,
                                 .id = other ? image->twin : image->id};
        kind = VIEW_NEAR;
    } else if (image && image->decoded) {
        target.id = image->decoded;
    } else {
        return true;
    }
    app_open(outliers->view.app, kind, &target);
    return true;
}

static void tag_row(struct outliers_view *outliers)
{
    static const char *const tags[SURVEY_KINDS] = {"unknown", "mistake",
                                                   "duplicate", NULL, NULL};

    acts_end_range(outliers->view.app);
    if (image_at(outliers))
        remark_tag(outliers->view.app, tags[outliers->kind]);
    else
        app_message(outliers->view.app, "a tag is for an image");
}

static bool act_outliers(struct view *view, enum action action, int key)
{
    struct outliers_view *outliers = self(view);

    switch (action) {
    case ACTION_NEXT_PANE:
    case ACTION_RIGHT:
        turn(outliers, (int)outliers->kind + 1);
        return true;
    case ACTION_LEFT:
    case ACTION_PREVIOUS_PANE:
        turn(outliers, (int)outliers->kind - 1);
        return true;
    case ACTION_SECTION:
        turn(outliers, key - '1');
        return true;
    case ACTION_OPEN:
        return open_row(outliers, false);
    case ACTION_OTHER:
        return open_row(outliers, true);
    case ACTION_TAG_KIND:
        tag_row(outliers);
        return true;
    case ACTION_VIEW_IMAGES:
        return open_gallery(outliers);
    default:
        if (!list_act(&outliers->lists[outliers->kind], action))
            return false;
        drop_anchor(outliers);
        return true;
    }
}

static void subject_outliers(const struct view *view, struct target *out)
{
    const struct outliers_view *outliers = (const struct outliers_view *)view;

    if (image_at(outliers))
        *out =
            (struct target){.kind = TARGET_IMAGE, .id = image_at(outliers)->id};
    else if (pair_at(outliers))
        *out =
            (struct target){.kind = TARGET_CLASS, .id = pair_at(outliers)->a};
}

static void row_target(const struct view *view, int row, struct target *out)
{
    const struct survey_list *rows =
        rows_of((const struct outliers_view *)view);

    *out =
        rows->pairs
            ? (struct target){.kind = TARGET_CLASS, .id = rows->pair[row].a}
            : (struct target){.kind = TARGET_IMAGE, .id = rows->image[row].id};
}

static void range_outliers(struct view *view, const struct target *from,
                           struct marks *marks)
{
    struct outliers_view *outliers = self(view);

    view_range_in_list(view, &outliers->lists[outliers->kind], from, marks,
                       row_target);
}

static bool matches(void *context, int row)
{
    const struct outliers_view *outliers = context;
    const struct survey_list *rows = rows_of(outliers);
    const struct app *app = outliers->view.app;
    int64_t one = rows->pairs ? rows->pair[row].a : rows->image[row].class_id;
    int64_t other = rows->pairs ? rows->pair[row].b
                    : outliers->kind == SURVEY_DUPLICATES
                        ? rows->image[row].twin_class
                        : rows->image[row].decoded;

    return finder_matches(&app->finder, world_class_name(&app->world, one)) ||
           finder_matches(&app->finder, world_class_name(&app->world, other));
}

static bool find_outliers(struct view *view, enum find_step step)
{
    struct outliers_view *outliers = self(view);
    bool found = view_find_in_list(&outliers->lists[outliers->kind],
                                   &outliers->origin, step, matches, outliers);

    drop_anchor(outliers);
    return found;
}

static void scene_outliers(const struct view *view, struct scene *out)
{
    const struct outliers_view *outliers = (const struct outliers_view *)view;

    scene_set(out, "kind", survey_name(outliers->kind));
}

static enum status recall_outliers(struct view *view, const struct scene *scene,
                                   struct err *err)
{
    struct str kind = STR_INIT;
    enum status status = OK;

    if (scene_get(scene, "kind", &kind))
        status = survey_parse(&self(view)->kind, kind.text, err);
    str_release(&kind);
    if (status == OK)
        settle(self(view));
    return status;
}

const struct view_ops view_outliers = {.kind = VIEW_OUTLIERS,
                                       .name = "outliers",
                                       .size = sizeof(struct outliers_view),
                                       .single = true,
                                       .load = load_outliers,
                                       .draw = draw_outliers,
                                       .act = act_outliers,
                                       .subject = subject_outliers,
                                       .scene = scene_outliers,
                                       .recall = recall_outliers,
                                       .range = range_outliers,
                                       .find = find_outliers};
