#include <config.h>

#include "ui/outlierpage.h"

#include <inttypes.h>
#include <stdio.h>

#include "ui/fact.h"
#include "ui/imagepage.h"
#include "ui/marginbars.h"
#include "ui/teach.h"

#define PICTURE_ROWS 3 /* smaller ones tell nothing */

/* A picture and the words above it. */
struct exhibit {
    const char *title; /* ours, or NULL: the name of class_id */
    int64_t class_id;
    int64_t image; /* 0: there is none */
};

/* The first image of a class, of the training images if it can be. */
static int64_t example(const struct app *app, int64_t class_id)
{
    int64_t id = 0;

    if (class_id == 0 || fact_images(app, class_id, SPLIT_TRAIN, &id, 1) == 1 ||
        fact_images(app, class_id, -1, &id, 1) == 1)
        return id;
    return 0;
}

/* As many as have room side by side, at most `rest` rows from the bottom.
 * Returns the row after them. */
static int draw_exhibits(struct app *app, struct pane pane, int row, int rest,
                         const struct exhibit *all, int count)
{
    int rows, cols, high = pane.rows - row - rest, wide;

    while (count > 2 && (pane.cols + 2) / count - 2 < 10)
        count--;
    wide = (pane.cols + 2) / count - 2;
    album_box(&app->world, wide > 28 ? 28 : wide, &rows, &cols);
    if (rows > high && app->world.dataset.kind != DATASET_VECTORS) {
        cols = rows > 0 ? cols * high / rows : 0;
        rows = high;
    }
    if (rows < PICTURE_ROWS || cols < 2 * PICTURE_ROWS)
        return row;
    for (int i = 0; i < count; i++) {
        int col = i * (cols + 2), width = cols;

        if (col + width > pane.cols)
            break;
        if (all[i].title)
            pane_field(pane, row, col, width, false, ROLE_DIM, all[i].title);
        else
            pane_name(pane, row, col, width, ROLE_DIM,
                      world_class_name(&app->world, all[i].class_id));
        if (all[i].image)
            album_draw(&app->album, &app->world,
                       pane_sub(pane, row + 1, col, rows, cols), all[i].image);
    }
    return row + rows + 2;
}

static int name_fact(const struct app *app, struct pane pane, int row,
                     const char *label, enum role role, int64_t class_id)
{
    pane_text(pane, row, 0, ROLE_DIM, label);
    pane_name(pane, row, FACT_LABEL, pane.cols - FACT_LABEL,
              class_id ? role : ROLE_DIM,
              world_class_name(&app->world, class_id));
    return row + 1;
}

static int draw_code(const struct app *app, struct pane pane, int row,
                     uint64_t code, uint64_t differ)
{
    struct codecell cells = {app->world.model ? app->world.model->bits : 1,
                             code, 0, differ, -1};

    return fact_code(pane, row, &cells);
}

static int draw_bits(const struct app *app, struct pane pane, int row,
                     uint64_t differ, const char *from)
{
    struct str text = STR_INIT;

    if (differ) {
        str_addf(&text, "%s in bit ", from);
        fact_bits(&app->world, differ, &text);
        row = pane_wrap(pane, row, ROLE_TEXT, text.text);
    }
    str_release(&text);
    return row;
}

/* ---- an image ---- */

static int draw_twin(const struct app *app, struct pane pane, int row,
                     const struct survey_image *image)
{
    bool vectors = app->world.dataset.kind == DATASET_VECTORS;

    row = name_fact(app, pane, row, "class", ROLE_TEXT, image->class_id);
    row = name_fact(app, pane, row, "repeats",
                    image->class_id == image->twin_class ? ROLE_TEXT : ROLE_BAD,
                    image->twin_class);
    row = fact_text(pane, row, "splits",
                    image->split == image->twin_split ? ROLE_TEXT : ROLE_WARN,
                    "%s, %s", split_name(image->split),
                    split_name(image->twin_split));
    if (image->exact)
        row = fact_text(pane, row, "pixels", ROLE_NUMBER, "%s",
                        vectors ? "none; equal margins" : "the same");
    else
        row = fact_text(pane, row, "pixels", ROLE_NUMBER, "%.1f of 255 apart",
                        image->pixels);
    if (!image->coded)
        return fact_text(pane, row, "code", ROLE_DIM, "not known of both");
    row = draw_code(app, pane, row, image->code, image->differ);
    if (!image->differ)
        return fact_text(pane, row, "", ROLE_DIM, "the same code");
    return draw_bits(app, pane, row, image->differ, "Differs");
}

static int draw_decoded(const struct app *app, struct pane pane, int row,
                        enum survey_kind kind, const struct survey_image *image)
{
    double scale = app->world.model ? app->world.model->margin_scale : 0;

    row = name_fact(app, pane, row, "class", ROLE_TEXT, image->class_id);
    if (kind == SURVEY_MISTAKES) {
        row = name_fact(app, pane, row, "decoded", ROLE_BAD, image->decoded);
        row = fact_text(pane, row, "lead", ROLE_NUMBER, "%d bit%s, %.1f",
                        image->lead, image->lead == 1 ? "" : "s",
                        image->margin_lead * scale);
    } else {
        row = name_fact(app, pane, row, "nearest", ROLE_TEXT, image->decoded);
        row = fact_text(pane, row, "margin", ROLE_NUMBER, "%.2f least",
                        image->margin * scale);
    }
    row = fact_text(pane, row, "distance", ROLE_NUMBER, "%d%s", image->distance,
                    image->distance == 0 ? ", its very code" : "");
    row = draw_code(app, pane, row, image->code, image->differ);
    return draw_bits(app, pane, row, image->differ,
                     kind == SURVEY_MISTAKES ? "Differs from the label"
                                             : "Differs from the nearest");
}

void outlierpage_image(struct app *app, struct pane pane, enum survey_kind kind,
                       const struct survey_image *image)
{
    struct exhibit shown[3] = {{"this", 0, image->id}};
    int count = 1, row;
    const int8_t *margins;
    char title[48];

    snprintf(title, sizeof(title), "Image %" PRId64, image->id);
    pane_heading(pane, 0, title, split_name(image->split));
    if (kind == SURVEY_DUPLICATES) {
        snprintf(title, sizeof(title), "%" PRId64, image->twin);
        shown[count++] = (struct exhibit){title, 0, image->twin};
    } else {
        shown[count++] = (struct exhibit){NULL, image->decoded,
                                          example(app, image->decoded)};
        if (kind == SURVEY_MISTAKES)
            shown[count++] = (struct exhibit){NULL, image->class_id,
                                              example(app, image->class_id)};
    }
    row = draw_exhibits(app, pane, 1, 9, shown, count);
    row = kind == SURVEY_DUPLICATES ? draw_twin(app, pane, row, image)
                                    : draw_decoded(app, pane, row, kind, image);
    row = fact_tags(app, pane, row, image->id);
    row = fact_notes(app, pane, row, NOTE_IMAGE, image->id, 0);
    margins = imagepage_margins(&app->world, image->id);
    if (margins)
        marginbars_draw(
            pane_sub(pane, row + 1, 0, pane.rows - row - 1, pane.cols),
            &app->world, margins, image->differ);
}

/* ---- a pair of classes ---- */

static int draw_side(const struct app *app, struct pane pane, int row,
                     int64_t class_id, int64_t other, size_t taken,
                     size_t images, uint64_t differ)
{
    const struct world *world = &app->world;
    int index = class_index(&world->classes, class_id), col;
    char text[64];

    pane_name(pane, row++, 0, pane.cols, ROLE_HEADING,
              world_class_name(world, class_id));
    if (world->has_codes && index >= 0 && index < world->codes.classes)
        row = draw_code(app, pane, row, world->codes.codes[index], differ);
    snprintf(text, sizeof(text), "%zu of %zu taken for ", taken, images);
    col = pane_text(pane, row, 0, ROLE_DIM, text);
    pane_name(pane, row, col, pane.cols - col, taken ? ROLE_BAD : ROLE_DIM,
              world_class_name(world, other));
    return row + 1;
}

void outlierpage_pair(struct app *app, struct pane pane,
                      const struct survey_pair *pair)
{
    const struct exhibit shown[2] = {
        {NULL, pair->a, example(app, pair->a)},
        {NULL, pair->b, example(app, pair->b)},
    };
    char note[32];
    int row;

    snprintf(note, sizeof(note), "%d bit%s apart", pair->distance,
             pair->distance == 1 ? "" : "s");
    pane_heading(pane, 0, "Pair", pair->distance ? note : "one code");
    row = draw_exhibits(app, pane, 1, 8, shown, 2);
    row = draw_side(app, pane, row, pair->a, pair->b, pair->a_as_b,
                    pair->a_images, pair->differ);
    row = draw_side(app, pane, row, pair->b, pair->a, pair->b_as_a,
                    pair->b_images, pair->differ);
    draw_bits(app, pane, row, pair->differ, "They differ");
}

/* ---- nothing to show ---- */

/* Why a section can't be filled yet, or NULL if it can. */
static const char *lacking(const struct world *world, enum survey_kind kind)
{
    bool by_pixels =
        kind == SURVEY_DUPLICATES && world->dataset.kind != DATASET_VECTORS;

    if (!world->has_dataset)
        return "There are no images yet. In a shell: bitgrove import CATALOGUE "
               "IMAGES LABELS";
    if (by_pixels && !world_images_pending(world))
        return world->running ? "It is looked for when the worker has nothing "
                                "to do; w shows the queue."
                              : NULL;
    return teach_uncoded(world);
}

void outlierpage_empty(const struct app *app, struct pane pane,
                       enum survey_kind kind)
{
    static const char *const what[SURVEY_KINDS] = {
        "Images whose code no class has: out of distribution, with no "
        "threshold to choose. Those farthest from every class come first.",
        "Likely label mistakes: images decoded with confidence to another "
        "class than their label says.",
        "Images that repeat an earlier one: equal pixels, or nearly equal "
        "pixels and code.",
        "Pairs of classes that share a code or are one bit apart, with how "
        "often each is taken for the other.",
        "Pairs of classes whose test images are taken for each other, most "
        "often first.",
    };
    static const char *const none[SURVEY_KINDS] = {
        "There is none: every image has the very code of a class.",
        "There is none: no image lies safely within another class's code.",
        "There is none: no two images are equal, or nearly so.",
        "There is none: all classes are two bits apart or more.",
        "There is none: every image looked at is decoded to its class.",
    };
    const struct world *world = &app->world;
    const struct surveyor *s = &world->survey;
    enum surveyor_part part = surveyor_part_of(kind);
    const char *why = lacking(world, kind);
    int row = pane_wrap(pane, 0, ROLE_TEXT, what[kind]);

    if (!why && s->fresh[part])
        why = s->known[part] ? none[kind] : "It could not be looked for.";
    else if (!why)
        why = part == SURVEYOR_TWINS ? "Every image is being looked at."
                                     : "The codes are being looked at.";
    row = pane_wrap(pane, row + 1, ROLE_DIM, why);
    if (s->fresh[part] && s->known[part])
        pane_wrap(pane, row + 1, ROLE_DIM, "Tab shows the next list.");
}
