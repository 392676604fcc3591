#include <config.h>

#include "ui/classbit.h"

#include <stdio.h>
#include <string.h>

static void find_nearest(struct classbit *out, const struct world *world,
                         int own, uint64_t code)
{
    out->nearest = -1;
    for (int c = 0; c < world->codes.classes; c++) {
        int distance = code_distance(world->codes.codes[c], code);

        if (c == own || (out->nearest >= 0 && distance >= out->distance))
            continue;
        out->nearest = c;
        out->distance = distance;
    }
}

void classbit_find(struct classbit *out, const struct world *world,
                   int class_number)
{
    uint64_t code = world->codes.codes[class_number];
    int bits = world->codes.bits;

    memset(out, 0, (size_t)bits * sizeof(*out));
    for (int bit = 0; bit < bits; bit++)
        find_nearest(&out[bit], world, class_number, code ^ UINT64_C(1) << bit);
    if (!world->has_images || world->images.bits != bits)
        return;
    for (int64_t i = 0; i < world->images.n; i++) {
        uint64_t differ = world->images.codes[i] ^ code;

        if (world->labels[i] != class_number)
            continue;
        for (int bit = 0; bit < bits; bit++) {
            out[bit].images++;
            out[bit].agree += !code_bit(differ, bit);
        }
    }
}

void classbit_draw(const struct app *app, struct pane pane, int row,
                   int class_number, int bit, const struct classbit *what)
{
    const struct world *world = &app->world;
    const struct glyphs *g = app->look.glyphs;
    bool on = code_bit(world->codes.codes[class_number], bit);
    const char *caption = world->captions.text && bit < world->captions.bits
                              ? world->captions.text[bit]
                              : NULL;
    int names = pane.cols >= 52 ? 20 : pane.cols - 17;
    char text[16];

    snprintf(text, sizeof(text), "%d", bit);
    pane_field(pane, row, 0, 2, true, ROLE_NUMBER, text);
    pane_put(pane, row, 4, on ? ROLE_BIT_ON : ROLE_BIT_OFF,
             on ? g->on : g->off);
    if (what->images > 0) {
        double rate = (double)what->agree / (double)what->images;

        snprintf(text, sizeof(text), "%.0f %%", rate * 100);
        pane_field(pane, row, 5, 7, true,
                   rate >= 0.9   ? ROLE_GOOD
                   : rate >= 0.6 ? ROLE_WARN
                                 : ROLE_BAD,
                   text);
    }
    if (what->nearest >= 0) {
        snprintf(text, sizeof(text), "%d", what->distance);
        pane_field(pane, row, 12, 3, true,
                   what->distance <= 1 ? ROLE_BAD : ROLE_NUMBER, text);
        pane_name(pane, row, 17, names,
                  what->distance <= 1 ? ROLE_WARN : ROLE_TEXT,
                  world->names[what->nearest]);
    }
    if (caption && names < pane.cols - 17)
        pane_name(pane, row, 17 + names + 1, -1, ROLE_DIM, caption);
}
