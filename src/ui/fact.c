#include <config.h>

#include "ui/fact.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/chart.h"

int fact_text(struct pane pane, int row, const char *label, enum role role,
              const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    pane_text(pane, row, 0, ROLE_DIM, label);
    pane_text(pane, row, FACT_LABEL, role, text);
    return row + 1;
}

int fact_accuracy(const struct app *app, struct pane pane, int row,
                  int class_number)
{
    const struct world_tally *tally;
    double rate = world_accuracy(&app->world, class_number);
    char text[64];

    if (isnan(rate))
        return row;
    tally = &app->world.tallies[class_number];
    snprintf(text, sizeof(text), " %.0f %% of %lld", rate * 100,
             (long long)tally->total);
    pane_text(pane, row, 0, ROLE_DIM, "right");
    chart_bar(pane, row, FACT_LABEL, 10, rate);
    pane_text(pane, row, FACT_LABEL + 10, ROLE_NUMBER, text);
    return row + 1;
}

int fact_code(struct pane pane, int row, const struct codecell *cells)
{
    pane_text(pane, row, 0, ROLE_DIM, "code");
    return row +
           codecell_block(pane, row, FACT_LABEL, pane.cols - FACT_LABEL, cells);
}

int fact_nearest(const struct world *world, int class_number, int *indexes,
                 int most)
{
    uint64_t own = world->codes.codes[class_number];
    int found = 0;

    for (int distance = 0; distance <= world->codes.bits && found < most;
         distance++)
        for (int i = 0; i < world->codes.classes && found < most; i++)
            if (i != class_number &&
                code_distance(world->codes.codes[i], own) == distance)
                indexes[found++] = i;
    return found;
}

void fact_bits(const struct world *world, uint64_t bits, struct str *out)
{
    bool first = true;

    for (int bit = 0; bit < CODE_BITS_MAX; bit++) {
        const char *words = world->captions.text && bit < world->captions.bits
                                ? world->captions.text[bit]
                                : NULL;

        if (!code_bit(bits, bit))
            continue;
        str_addf(out, "%s%d", first ? "" : ", ", bit);
        first = false;
        if (words && words[0]) {
            str_add(out, " (");
            utf8_escape(out, words);
            str_add(out, ")");
        }
    }
}

int fact_tags(const struct app *app, struct pane pane, int row, int64_t image)
{
    struct tag_list tags;
    struct str all = STR_INIT;
    struct err err;

    if (tag_all(app->world.cat, image, &tags, &err) != OK)
        return row;
    for (int i = 0; i < tags.count; i++)
        str_addf(&all, "%s%s", i ? ", " : "", tags.items[i]);
    if (tags.count > 0) {
        pane_text(pane, row, 0, ROLE_DIM, "tags");
        pane_name(pane, row++, FACT_LABEL, pane.cols - FACT_LABEL, ROLE_TEXT,
                  all.text);
    }
    tag_list_release(&tags);
    str_release(&all);
    return row;
}

int fact_notes(const struct app *app, struct pane pane, int row,
               enum note_target target, int64_t item, uint64_t key)
{
    const struct world *world = &app->world;
    bool general = target == NOTE_CLASS || target == NOTE_IMAGE;
    struct note_list notes = {NULL, 0, 0};
    char text[32], when[32];
    struct err err;

    if (target == NOTE_NODE)
        snprintf(text, sizeof(text), "%llx", (unsigned long long)key);
    else
        snprintf(text, sizeof(text), "%lld", (long long)item);
    if (note_all(world->cat, general || !world->model ? 0 : world->model->id,
                 target, text, &notes, &err) != OK)
        return row;
    for (int i = notes.count - 1; i >= 0 && row + 1 < pane.rows; i--) {
        const struct note_row *note = &notes.items[i];
        struct str safe = STR_INIT;

        clock_format(note->written_at, when, sizeof(when));
        utf8_escape(&safe, note->text);
        row = pane_wrap(pane, row, ROLE_TEXT, safe.text);
        str_clear(&safe);
        utf8_escape(&safe, note->author);
        pane_textf(pane, row++, 0, ROLE_DIM, "%s, %.10s", safe.text, when);
        str_release(&safe);
    }
    note_list_release(&notes);
    return row;
}

void fact_empty(struct pane pane, const char *what, const char *how)
{
    int margin = pane.cols >= 80 ? 8 : 2, width = pane.cols - 2 * margin, row;

    pane = pane_sub(pane, pane.rows >= 12 ? 3 : 1, margin, pane.rows,
                    width > 64 ? 64 : width);
    row = pane_wrap(pane, 0, ROLE_TEXT, what);
    pane_wrap(pane, row + 1, ROLE_DIM, how);
}

int fact_images(const struct app *app, int64_t class_id, int split,
                int64_t *ids, int most)
{
    struct image_list page = {NULL, 0, 0};
    struct images_query query;
    struct err err;
    int count;

    images_query_init(&query);
    query.dataset = app->world.dataset.id;
    query.class_id = class_id;
    query.split = split;
    query.limit = most;
    if (images_page(app->world.cat, &query, &page, &err) != OK)
        return 0;
    count = page.count < most ? page.count : most;
    for (int i = 0; i < count; i++)
        ids[i] = page.items[i].id;
    image_list_release(&page);
    return count;
}
