#include <config.h>

#include "ui/bitsheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "index/poles.h"
#include "ui/chart.h"
#include "ui/fact.h"

/* Above so many steps of decoding, flipping costs are left to `bits`. */
#define LOSS_STEPS 100e6

#define BITSHEET_FACTS 48 /* columns of the facts beside the pictures */

void bitsheet_release(struct bitsheet *page)
{
    free(page->pairs);
    wording_free(page->wording);
    memset(page, 0, sizeof(*page));
    page->picked_bit = -1;
}

/* MHD on the test split, with each bit flipped: if that is a moment's work. */
static enum status load_loss(struct bitsheet *page, const struct world *world,
                             struct err *err)
{
    const struct image_codes *images = &world->images;
    int bits = images->bits;
    size_t tests = 0;
    int8_t *margins;
    int32_t *labels;
    enum status status;

    for (int64_t i = 0; i < images->n; i++)
        tests += images->split[i] == SPLIT_TEST && world->labels[i] >= 0;
    if (tests == 0 || (double)tests * world->codes.classes * bits > LOSS_STEPS)
        return OK;
    margins = mem_zalloc(tests * (size_t)bits, 1);
    labels = mem_zalloc(tests, sizeof(*labels));
    tests = 0;
    for (int64_t i = 0; i < images->n; i++) {
        if (images->split[i] != SPLIT_TEST || world->labels[i] < 0)
            continue;
        memcpy(margins + tests * (size_t)bits, images->margins + i * bits,
               (size_t)bits);
        labels[tests++] = world->labels[i];
    }
    status = bitreport_loss(&page->loss, &world->book, margins, labels, tests,
                            NULL, NULL, err);
    page->has_loss = status == OK;
    free(margins);
    free(labels);
    return status;
}

enum status bitsheet_load(struct bitsheet *page, const struct world *world,
                          struct err *err)
{
    if (page->version == world->version)
        return OK;
    bitsheet_release(page);
    page->version = world->version;
    if (!world->has_codes)
        return OK;
    bitreport_side(&page->classes, world->codes.codes,
                   (size_t)world->codes.classes, world->codes.bits);
    page->pair_count = bitreport_pairs(&page->pairs, &world->book);
    page->wording =
        wording_new(world->names, world->paths, (uint32_t)world->codes.classes);
    if (!world->has_images)
        return OK;
    bitreport_side(&page->images, world->images.codes, (size_t)world->images.n,
                   world->images.bits);
    return load_loss(page, world, err);
}

/* Classes with the bit, those without, by how firmly: |W|, then by number. */
static int firmest(const struct world *world, int bit, bool on, int *out)
{
    int count = 0;

    for (int c = 0; c < world->codes.classes; c++) {
        float weight = world->codes.weights[(long)c * world->codes.bits + bit];
        int at;

        if (code_bit(world->codes.codes[c], bit) != on)
            continue;
        if (count < BITSHEET_IMAGES)
            count++;
        else if (fabsf(weight) <=
                 fabsf(world->codes
                           .weights[(long)out[count - 1] * world->codes.bits +
                                    bit]))
            continue;
        for (at = count - 1; at > 0; at--) {
            float before =
                world->codes
                    .weights[(long)out[at - 1] * world->codes.bits + bit];

            if (fabsf(before) >= fabsf(weight))
                break;
            out[at] = out[at - 1];
        }
        out[at] = c;
    }
    return count;
}

/* Until images have codes: one of each of the firmest classes of a side. */
static void pick_classes(struct bitsheet *page, struct app *app, int bit)
{
    const struct world *world = &app->world;

    for (int side = 0; side < 3; side += 2) {
        int classes[BITSHEET_IMAGES];
        int n = firmest(world, bit, side == 0, classes);

        page->counts[side] = 0;
        for (int i = 0; i < n; i++)
            page->counts[side] +=
                fact_images(app, world->classes.items[classes[i]].id, -1,
                            &page->ids[side][page->counts[side]], 1);
    }
    page->counts[1] = 0;
}

static void pick(struct bitsheet *page, struct app *app, int bit)
{
    const struct world *world = &app->world;
    static const enum poles which[3] = {POLES_ON, POLES_EDGE, POLES_OFF};

    if (page->picked_bit == bit)
        return;
    page->picked_bit = bit;
    if (!world->has_images) {
        pick_classes(page, app, bit);
        return;
    }
    for (int i = 0; i < 3; i++) {
        size_t rows[BITSHEET_IMAGES];
        size_t n =
            poles_pick(rows, BITSHEET_IMAGES, world->near, bit, which[i], 0);

        page->counts[i] = (int)n;
        for (size_t j = 0; j < n; j++)
            page->ids[i][j] = world->images.ids[rows[j]];
    }
}

void bitsheet_propose(const struct bitsheet *page, const struct world *world,
                      int bit, struct str *out)
{
    struct wording_proposal proposal;

    if (!page->wording || !world->has_codes)
        return;
    wording_propose(&proposal, page->wording, world->codes.codes, bit);
    wording_text(out, &proposal);
}

/* "loop 4 of 8, 0 of 8 without": what a proposal rests on. */
static int draw_evidence(struct pane pane, int row,
                         const struct wording_term *terms, int count,
                         enum role role)
{
    for (int i = 0; i < count; i++) {
        const struct wording_term *t = &terms[i];
        int col = pane_name(pane, row, FACT_LABEL, -1, role, t->text);

        pane_textf(pane, row++, col + 1, ROLE_DIM,
                   "%u of %u with 1, %u of %u with 0, z %.1f", t->on, t->ons,
                   t->off, t->offs, t->score < 0 ? -t->score : t->score);
    }
    return row;
}

/* The caption with who wrote it when; else what the classes suggest. */
static int draw_caption(const struct bitsheet *page, const struct world *world,
                        struct pane pane, int row, int bit)
{
    const struct caption_list *captions = &world->captions;
    struct wording_proposal proposal;
    struct str text = STR_INIT, safe = STR_INIT;
    char when[32];

    if (captions->text && bit < captions->bits && captions->text[bit]) {
        utf8_escape(&safe, captions->text[bit]);
        row = pane_wrap(pane, row, ROLE_HEADING, safe.text);
        clock_format(captions->written_at[bit], when, sizeof(when));
        str_clear(&safe);
        utf8_escape(&safe, captions->author[bit]);
        pane_textf(pane, row++, 0, ROLE_DIM, "%s, %.10s", safe.text, when);
        str_release(&safe);
        return row;
    }
    memset(&proposal, 0, sizeof(proposal));
    if (page->wording)
        wording_propose(&proposal, page->wording, world->codes.codes, bit);
    wording_text(&text, &proposal);
    utf8_escape(&safe, text.text);
    if (safe.length == 0) {
        row = pane_wrap(pane, row, ROLE_DIM,
                        "No caption yet: e writes one. No word and no path "
                        "stands out on one side.");
    } else {
        row = pane_wrap(pane, row, ROLE_TEXT, safe.text);
        pane_text(pane, row++, 0, ROLE_DIM, "proposed; e takes or changes it");
        if (pane.rows >= 26) {
            pane_text(pane, row, 0, ROLE_DIM,
                      proposal.on_count && !proposal.on[0].path ? "words"
                                                                : "paths");
            row = draw_evidence(pane, row, proposal.on, proposal.on_count,
                                ROLE_SIDE_ON);
            row = draw_evidence(pane, row, proposal.off, proposal.off_count,
                                ROLE_SIDE_OFF);
        }
    }
    str_release(&text);
    str_release(&safe);
    return row;
}

#define GOES_WITH 3 /* bits that a bit is said to go with */

/* The bits most correlated with this one, by |phi|, then by number. */
static int draw_correlation(const struct bitsheet *page,
                            const struct world *world, struct pane pane,
                            int row, int bit)
{
    const struct bitreport_side *side =
        page->images.count ? &page->images : &page->classes;
    bool used[CODE_BITS_MAX] = {false};
    int col = FACT_LABEL;

    if (world->codes.bits < 2)
        return row;
    pane_text(pane, row, 0, ROLE_DIM, "goes with");
    used[bit] = true;
    for (int n = 0; n < GOES_WITH; n++) {
        int best = -1;
        double phi;

        for (int i = 0; i < world->codes.bits; i++)
            if (!used[i] &&
                (best < 0 || fabs(side->correlation[bit][i]) >
                                 fabs(side->correlation[bit][best])))
                best = i;
        if (best < 0)
            break;
        used[best] = true;
        phi = side->correlation[bit][best];
        col = pane_textf(pane, row, col, ROLE_TEXT, "%d", best);
        col = pane_textf(pane, row, col + 1,
                         fabs(phi) >= 0.5 ? ROLE_WARN : ROLE_NUMBER, "%+.2f",
                         phi) +
              2;
    }
    return row + 1;
}

/* A bar divided by the part of ones, both sides with their counts. */
static int draw_split(struct pane pane, int row, const char *label,
                      const struct bitreport_side *side, int bit)
{
    int bar = pane.cols - FACT_LABEL - 18;
    char text[24];

    if (side->count == 0)
        return row;
    bar = bar > 20 ? 20 : bar;
    pane_text(pane, row, 0, ROLE_DIM, label);
    snprintf(text, sizeof(text), "%zu", side->set[bit]);
    pane_field(pane, row, FACT_LABEL, 7, true, ROLE_SIDE_ON, text);
    chart_bar(pane, row, FACT_LABEL + 8, bar, side->balance[bit]);
    snprintf(text, sizeof(text), "%zu", side->count - side->set[bit]);
    pane_field(pane, row, FACT_LABEL + 9 + bar, 7, false, ROLE_SIDE_OFF, text);
    return row + 1;
}

static int draw_turn(const struct app *app, struct pane pane, int row, int bit)
{
    const struct world *world = &app->world;
    const struct naming naming = {world->names, world->paths,
                                  app->look.glyphs->ascii};
    struct str label = STR_INIT;
    uint32_t node = world->has_tree
                        ? nodebits_turn(&world->nodebits, &world->tree, bit)
                        : DENDRO_NONE;

    if (node == DENDRO_NONE)
        return row;
    naming_label(&label, &world->tree, &naming, node, 2);
    pane_text(pane, row, 0, ROLE_DIM, "turns at");
    pane_name(pane, row, FACT_LABEL, pane.cols - FACT_LABEL, ROLE_TEXT,
              label.text);
    str_release(&label);
    return row + 1;
}

static int draw_loss(const struct bitsheet *page, struct pane pane, int row,
                     int bit)
{
    const struct bitreport_loss *loss = &page->loss;
    double n = (double)loss->images;

    if (!page->has_loss || loss->images == 0)
        return row;
    row = fact_text(pane, row, "flipped", ROLE_NUMBER, "MHD %.1f to %.1f %%",
                    (double)loss->right / n * 100,
                    (double)loss->flipped[bit] / n * 100);
    return fact_text(pane, row, "left out", ROLE_NUMBER, "MHD %.1f to %.1f %%",
                     (double)loss->right / n * 100,
                     (double)loss->masked[bit] / n * 100);
}

static int draw_pairs(const struct bitsheet *page, const struct app *app,
                      struct pane pane, int row, int bit, int most)
{
    int shown = 0, all = 0;

    for (size_t i = 0; i < page->pair_count; i++) {
        const struct bitreport_pair *pair = &page->pairs[i];
        int col;

        if (pair->bit != bit || all++ >= most)
            continue;
        pane_text(pane, row, 0, ROLE_DIM, shown ? "" : "it alone");
        pane_put(pane, row, FACT_LABEL, ROLE_SIDE_ON, pane.look->glyphs->on);
        col = pane_name(pane, row, FACT_LABEL + 2,
                        (pane.cols - FACT_LABEL) / 2 - 3, ROLE_TEXT,
                        app->world.names[pair->on]);
        pane_put(pane, row, col + 1, ROLE_SIDE_OFF, pane.look->glyphs->off);
        pane_name(pane, row, col + 3, pane.cols - col - 3, ROLE_TEXT,
                  app->world.names[pair->off]);
        row++;
        shown++;
    }
    if (all > shown)
        pane_textf(pane, row++, FACT_LABEL, ROLE_DIM, "and %d more pair%s",
                   all - shown, all - shown == 1 ? "" : "s");
    return row;
}

/* Three strips of pictures, as large as the rows allow. */
static void draw_strips(struct bitsheet *page, struct app *app,
                        struct pane pane, int bit)
{
    static const char *const labels[3] = {"surest 1", "edge", "surest 0"};
    static const char *const sides[3] = {"with 1", "", "with 0"};
    static const enum role roles[3] = {ROLE_SIDE_ON, ROLE_SIDE_MIXED,
                                       ROLE_SIDE_OFF};
    bool images = app->world.has_images;
    int width = (pane.cols - FACT_LABEL) / 4 - 1;
    int strips = images ? 3 : 2, each = pane.rows / strips, rows, cols, y = 0;

    pick(page, app, bit);
    album_box(&app->world, width > 16 ? 16 : width, &rows, &cols);
    if (rows > each - 1) {
        cols = cols * (each - 1) / rows;
        rows = each - 1;
    }
    if (rows < 2)
        return;
    for (int i = 0; i < 3; i++) {
        struct pane strip = pane_sub(pane, y, 0, rows, pane.cols);

        if (!images && i == 1)
            continue;
        y += rows + 1;
        pane_text(strip, rows / 2, 0, roles[i], images ? labels[i] : sides[i]);
        album_grid(
            &app->album, &app->world,
            pane_sub(strip, 0, FACT_LABEL, rows, strip.cols - FACT_LABEL),
            page->ids[i], page->counts[i], rows, cols);
    }
}

static int draw_facts(struct bitsheet *page, struct app *app, struct pane pane,
                      int bit)
{
    const struct world *world = &app->world;
    bool roomy = pane.rows >= 26;
    int row = draw_caption(page, world, pane, 1, bit);

    row += roomy;
    row = draw_split(pane, row, "classes", &page->classes, bit);
    row = draw_split(pane, row, "images", &page->images, bit);
    if (page->images.count)
        row = fact_text(pane, row, "entropy", ROLE_NUMBER,
                        "%.3f classes, %.3f images", page->classes.entropy[bit],
                        page->images.entropy[bit]);
    else
        row = fact_text(pane, row, "entropy", ROLE_NUMBER, "%.3f of 1 bit",
                        page->classes.entropy[bit]);
    row = draw_correlation(page, world, pane, row, bit);
    row = draw_turn(app, pane, row, bit);
    row = draw_loss(page, pane, row, bit);
    row = draw_pairs(page, app, pane, row, bit, roomy ? 4 : 1);
    if (roomy)
        row = fact_notes(app, pane_sub(pane, 0, 0, row + 5, pane.cols), row,
                         NOTE_BIT, bit, 0);
    return row;
}

void bitsheet_draw(struct bitsheet *page, struct app *app, struct pane pane,
                   int bit)
{
    struct pane pictures = pane;
    char title[32];
    int row;

    snprintf(title, sizeof(title), "Bit %d", bit);
    if (pane.cols >= 2 * BITSHEET_FACTS) {
        pane = pane_cut_left(pane, BITSHEET_FACTS, &pictures);
        pane_rule(pictures, 0);
        pictures = pane_sub(pictures, 0, 2, pictures.rows, pictures.cols - 2);
        pane = pane_sub(pane, 0, 0, pane.rows, pane.cols - 1);
        pane_heading(pane, 0, title, NULL);
        pane_heading(pictures, 0, "Images from 1 to 0", NULL);
        draw_facts(page, app, pane, bit);
        row = 1;
    } else {
        pane_heading(pane, 0, title, NULL);
        row = draw_facts(page, app, pane, bit);
    }
    draw_strips(
        page, app,
        pane_sub(pictures, row + 1, 0, pictures.rows - row - 1, pictures.cols),
        bit);
}
