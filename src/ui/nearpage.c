#include <config.h>

#include "ui/nearpage.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/chart.h"
#include "ui/codecell.h"
#include "ui/fact.h"

static uint64_t switches(const struct query *query, int bits)
{
    return code_mask(bits) & ~query->freed;
}

static const char *caption_of(const struct world *world, int bit)
{
    const char *words = world->captions.text && bit < world->captions.bits
                            ? world->captions.text[bit]
                            : NULL;

    return words ? words : "";
}

/* ---- the switchboard ---- */

#define BOARD_LINES 4 /* heading, nearest class, count, the bit's caption */

int nearpage_board_rows(const struct query *query, int bits, int cols)
{
    int groups = (cols + 1) / 5 > 0 ? (cols + 1) / 5 : 1;

    (void)query;
    return BOARD_LINES + (bits + groups * 4 - 1) / (groups * 4);
}

static void draw_nearest(const struct app *app, const struct query *query,
                         struct pane pane, int row)
{
    const struct world *world = &app->world;
    int alike = 0, col;

    if (query->class_count == 0)
        return;
    while (alike < query->class_count &&
           query->classes[alike].distance == query->classes[0].distance)
        alike++;
    col = pane_text(pane, row, 0, ROLE_DIM, "nearest class ");
    col = pane_name(pane, row, col, -1, ROLE_TEXT,
                    world->names[query->classes[0].row]);
    col = pane_textf(pane, row, col + 1, ROLE_NUMBER, "at %d",
                     query->classes[0].distance);
    if (alike > 1)
        pane_textf(pane, row, col, ROLE_DIM, ", %d%s as near", alike - 1,
                   alike == QUERY_CLASSES ? " or more" : " more");
}

/* How many images have exactly what the switches say. */
static void draw_count(const struct app *app, const struct query *query,
                       struct pane pane, int row)
{
    size_t same = query->answer.histogram[0];
    bool pattern = query->freed != 0;
    bool other = query->target.kind == TARGET_IMAGE && !query->flipped;
    int col;

    if (!app->world.has_images) {
        pane_text(pane, row, 0, ROLE_DIM, "the images have no codes yet");
        return;
    }
    col = pane_textf(pane, row, 0, ROLE_NUMBER, "%zu", same);
    pane_textf(pane, row, col + 1, ROLE_DIM, "%simage%s %s",
               other ? "other " : "", same == 1 ? "" : "s",
               pattern     ? (same == 1 ? "matches" : "match")
               : same == 1 ? "has this code"
                           : "have this code");
}

static void describe_switches(const struct query *query, struct str *out)
{
    int flips = __builtin_popcountll(query->flipped & ~query->freed);
    int frees = __builtin_popcountll(query->freed);

    if (flips)
        str_addf(out, "%d flipped", flips);
    if (frees)
        str_addf(out, "%s%d free", flips ? ", " : "", frees);
}

int nearpage_board(const struct app *app, const struct query *query,
                   struct pane pane, int row, int bit)
{
    const struct world *world = &app->world;
    struct codecell cells = {world->model->bits, query_code(query),
                             query->freed, query->flipped, bit};
    struct str note = STR_INIT;
    int col;

    describe_switches(query, &note);
    pane_heading(pane, row++, "Switchboard", note.text);
    str_release(&note);
    row += codecell_block(pane, row, 0, pane.cols, &cells);
    draw_nearest(app, query, pane, row++);
    draw_count(app, query, pane, row++);
    if (bit >= 0) {
        col = pane_textf(pane, row, 0, ROLE_DIM, "bit %d", bit);
        if (caption_of(world, bit)[0])
            pane_name(pane, row, col + 2, -1, ROLE_TEXT,
                      caption_of(world, bit));
        else
            pane_text(pane, row, col + 2, ROLE_DIM, "no caption yet");
    }
    return row + 1;
}

/* ---- why ---- */

static void draw_difference(const struct app *app, const struct query *query,
                            uint64_t code, struct pane pane, int row, int bit)
{
    const struct glyphs *g = pane.look->glyphs;
    bool was = code_bit(query_code(query), bit), is = code_bit(code, bit);

    pane_textf(pane, row, 0, ROLE_NUMBER, "%2d", bit);
    pane_put(pane, row, 3, was ? ROLE_BIT_ON : ROLE_BIT_OFF,
             was ? g->on : g->off);
    pane_text(pane, row, 5, ROLE_DIM, g->ascii ? "->" : "→");
    pane_put(pane, row, g->ascii ? 8 : 7, ROLE_BIT_DIFFERS,
             is ? g->on_differs : g->off_differs);
    if (caption_of(&app->world, bit)[0])
        pane_name(pane, row, 10, pane.cols - 10, ROLE_TEXT,
                  caption_of(&app->world, bit));
    else
        pane_text(pane, row, 10, ROLE_DIM, "no caption yet");
}

int nearpage_why(const struct app *app, const struct query *query,
                 uint64_t code, struct pane pane, int row, int rows)
{
    uint64_t differ =
        (code ^ query_code(query)) & switches(query, app->world.model->bits);
    int count = __builtin_popcountll(differ), end = row + rows;
    struct str text = STR_INIT;

    if (!differ) {
        pane_text(pane, row++, 0, ROLE_TEXT,
                  query->freed ? "It matches every bit that is not free."
                               : "The same code.");
    } else if (count + 1 <= rows && rows > 2) {
        pane_textf(pane, row++, 0, ROLE_DIM, "differs in %d bit%s", count,
                   count == 1 ? "" : "s");
        for (int bit = 0; bit < CODE_BITS_MAX; bit++)
            if (code_bit(differ, bit))
                draw_difference(app, query, code, pane, row++, bit);
    } else {
        str_add(&text, "differs in bit ");
        fact_bits(&app->world, differ, &text);
        row = pane_wrap(pane_sub(pane, 0, 0, end, pane.cols), row, ROLE_TEXT,
                        text.text);
        str_release(&text);
    }
    return row < end ? row : end;
}

/* ---- classes ---- */

void nearpage_classes(const struct app *app, const struct query *query,
                      struct pane pane)
{
    const struct world *world = &app->world;
    uint64_t code = query_code(query);
    uint64_t mask = switches(query, world->model->bits);
    int wide = codecell_width(world->codes.bits);
    bool cells = pane.cols - wide >= 16;

    pane_heading(pane, 0, "Classes", NULL);
    for (int i = 0; i < query->class_count && i + 1 < pane.rows; i++) {
        uint32_t class = query->classes[i].row;
        struct codecell cell = {world->codes.bits, world->codes.codes[class], 0,
                                (world->codes.codes[class] ^ code) & mask, -1};
        char text[16];

        snprintf(text, sizeof(text), "%d", query->classes[i].distance);
        pane_field(pane, i + 1, 0, 2, true, ROLE_NUMBER, text);
        pane_name(pane, i + 1, 4, pane.cols - 4 - (cells ? wide + 1 : 0),
                  ROLE_TEXT, world->names[class]);
        if (cells)
            codecell_draw(pane, i + 1, pane.cols - wide, &cell);
    }
}

/* ---- shells ---- */

/* Heights on a scale of logarithms: one image shows beside a million. */
static int64_t height_of(size_t count)
{
    return (int64_t)(log1p((double)count) * 1000);
}

bool nearpage_shells(const struct app *app, const struct query *query,
                     struct pane pane, int distance)
{
    const struct near_answer *found = &query->answer;
    int bits = app->world.model->bits, each = 1, bins, width, gap;
    size_t counts[CODE_BITS_MAX + 1] = {0}, within = 0;
    int64_t heights[CODE_BITS_MAX + 1];
    struct pane bars = pane_sub(pane, 1, 0, pane.rows - 2, pane.cols);
    char note[80] = "";

    if (bars.rows < 2 || bars.cols < 12)
        return false;
    if (found->considered == 0)
        return true;
    while (bits / each + 1 > bars.cols)
        each++;
    bins = bits / each + 1;
    for (int i = 0; i <= bits; i++) {
        counts[i / each] += found->histogram[i];
        within += i <= distance ? found->histogram[i] : 0;
    }
    for (int i = 0; i < bins; i++)
        heights[i] = height_of(counts[i]);
    if (distance >= 0)
        snprintf(note, sizeof(note), "%zu at %d, %zu up to it",
                 found->histogram[distance], distance, within);
    gap = 2 * bins - 1 <= bars.cols;
    width = 3 * bins - 1 <= bars.cols ? 2 : 1;
    pane_heading(pane, 0, "Images by distance (log)", note);
    chart_histogram(bars, heights, bins, width, gap);
    for (int i = 0, end = -1; i < bins; i++)
        if (i * (width + gap) > end && i % (width + gap < 3 ? 5 : 1) == 0)
            end = pane_textf(pane, pane.rows - 1, i * (width + gap),
                             i * each == distance ? ROLE_HEADING : ROLE_DIM,
                             "%d", i * each);
    return true;
}

void nearpage_spark(const struct app *app, const struct query *query,
                    struct pane pane, int row)
{
    const struct glyphs *g = pane.look->glyphs;
    const size_t *histogram = query->answer.histogram;
    int bits = app->world.model->bits, col;
    int64_t most = 1;

    if (query->answer.considered == 0)
        return;
    for (int i = 0; i <= bits; i++)
        if (height_of(histogram[i]) > most)
            most = height_of(histogram[i]);
    col = pane_text(pane, row, 0, ROLE_DIM, "at 0 ");
    for (int i = 0; i <= bits; i++) {
        int eighths = (int)(height_of(histogram[i]) * 8 / most);

        if (histogram[i] > 0 && eighths == 0)
            eighths = 1;
        pane_put(pane, row, col++, ROLE_BAR, g->spark[eighths]);
    }
    pane_textf(pane, row, col + 1, ROLE_DIM, "%d bits away", bits);
}

/* "image 9", "class star", "typed", "shoe.png" */
void nearpage_title(const struct app *app, const struct query *query,
                    const struct filequery *file, struct str *out)
{
    const struct target *target = &query->target;

    if (file->known) {
        const char *slash = strrchr(file->path, '/');

        str_add(out, "file ");
        utf8_escape(out, slash ? slash + 1 : file->path);
    } else if (target->kind == TARGET_IMAGE) {
        str_addf(out, "image %" PRId64, target->id);
    } else if (target->kind == TARGET_CLASS) {
        str_add(out, "class ");
        utf8_escape(out, world_class_name(&app->world, target->id));
    } else {
        str_add(out, "typed bits");
    }
}

/* "k=200, 214 at distance ≤ 3": where a tie was cut is said. */
void nearpage_ties(const struct app *app, const struct query *query,
                   struct str *out)
{
    const struct near_answer *found = &query->answer;

    if (found->ties.distance < 0)
        return;
    str_addf(out, "k=%zu, %zu at distance %s %d", found->ties.given,
             found->ties.in_all, app->look.glyphs->ascii ? "<=" : "≤",
             found->ties.distance);
}

void nearpage_empty(const struct app *app, const struct query *query,
                    const struct filequery *file, struct pane pane)
{
    const struct world *world = &app->world;

    fact_empty(
        pane,
        "The images nearest to an image, a class, a file or typed bits, with "
        "every bit of the code as a switch: flip or free one, and the answers "
        "change at once.",
        file->job
            ? "The worker computes the code of the file; w shows the queue."
        : !world->model ? "Neighbours need codes, and there is no model "
                          "yet. In a shell: bitgrove learn CATALOGUE"
        : !model_has_codes(world->model)
            ? "Neighbours need codes, and an ordinary classifier has "
              "none: choose another model with m."
        : file->known
            ? "The file was coded with another model: f codes it with this "
              "one."
        : world_images_pending(world) ? "The codes of the images are being "
                                        "read."
        : query->target.kind == TARGET_CLASS
            ? "This class has no code yet; it comes with the first "
              "epoch that has class codes."
        : query->target.kind == TARGET_CODE
            ? "These bits are of a model with another number of bits: p "
              "types others."
            : "This image has no code yet. Codes of images are computed "
              "when the learning is done; r computes this one now.");
}

void nearpage_row(const struct app *app, const struct query *query,
                  struct pane pane, int row, int distance, int class,
                  uint64_t code, const char *split)
{
    const struct world *world = &app->world;
    struct codecell cells = {world->model->bits, code, 0,
                             (code ^ query_code(query)) & ~query->freed, -1};
    int wide = codecell_width(cells.bits), right = split ? 6 : 0;
    int names = pane.cols - 5 - right;
    bool same = class >= 0 && query->target.kind == TARGET_CLASS &&
                world->classes.items[class].id == query->target.id;
    char text[16];

    snprintf(text, sizeof(text), "%d", distance);
    pane_field(pane, row, 0, 2, true, ROLE_NUMBER, text);
    if (names - wide - 1 >= 7) {
        names -= wide + 1;
        codecell_draw(pane, row, pane.cols - right - wide, &cells);
    }
    pane_name(pane, row, 4, names, same ? ROLE_GOOD : ROLE_TEXT,
              class >= 0 ? world->names[class] : "none");
    if (split)
        pane_field(pane, row, pane.cols - 5, 5, true, ROLE_DIM, split);
}

/* ---- as a scene ---- */

void nearpage_switches(const struct app *app, const struct query *query,
                       struct scene *out)
{
    struct pattern pattern = query_pattern(query, app->world.model->bits);
    struct str text = STR_INIT;

    pattern_text(&text, &pattern, CODE_PLAIN);
    scene_set(out, "code", text.text);
    str_release(&text);
}

enum status nearpage_recall(const struct app *app, struct query *query,
                            const struct scene *scene, struct err *err)
{
    struct str text = STR_INIT;
    struct pattern pattern;
    enum status status = OK;

    query_reset(query);
    if (query->known && scene_get(scene, "code", &text)) {
        status =
            target_pattern(&pattern, text.text, app->world.model->bits, err);
        if (status == OK) {
            query->freed = code_mask(pattern.bits) & ~pattern.fixed;
            query->flipped = (query->own ^ pattern.value) & pattern.fixed;
        }
    }
    str_release(&text);
    return status;
}
