#include <config.h>

#include "ui/gallerypage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/fact.h"
#include "ui/teach.h"

/* The terms, but for a group of the tree its name. */
static void add_terms(const struct gallerypage *page, struct str *out)
{
    const struct world *world = &page->app->world;
    struct imagefilter filter = *page->filter;
    struct str terms = STR_INIT;
    uint32_t node = DENDRO_NONE;

    if (filter.node && world->has_tree)
        node = dendro_find(&world->tree, strtoull(filter.node, NULL, 16));
    if (node != DENDRO_NONE) {
        filter.node = NULL;
        str_add(&terms,
                world_label(world, node, page->app->look.glyphs->ascii));
    }
    imagefilter_terms(&filter, &terms);
    utf8_escape(out, terms.text);
    str_release(&terms);
}

/* "only test class=ring, by -margin" */
static void describe(const struct gallerypage *page, struct str *out)
{
    const struct imagefilter *filter = page->filter;
    const char *dot = page->app->look.glyphs->dot;
    size_t before;

    str_add(out, "only ");
    before = out->length;
    add_terms(page, out);
    if (out->length == before) {
        str_clear(out);
        str_add(out, "all");
    }
    str_addf(out, "%sby %s%s", dot, filter->falling ? "-" : "",
             image_measure_name(filter->order));
    if (page->walk->list && page->walk->list->uncoded > 0)
        str_addf(out, "%s%" PRId64 " uncoded", dot, page->walk->list->uncoded);
}

bool gallerypage_filtered(const struct gallerypage *page)
{
    struct str terms = STR_INIT;
    bool any;

    imagefilter_terms(page->filter, &terms);
    any = terms.length > 0;
    str_release(&terms);
    return any;
}

void gallerypage_line(const struct gallerypage *page, struct pane pane)
{
    char place[64] = "";
    struct str what = STR_INIT;
    int width;

    if (gallerywalk_count(page->walk) > 0)
        snprintf(place, sizeof(place), "%sno. %" PRId64,
                 page->large && marks_has_id(&page->app->marks, TARGET_IMAGE,
                                             page->walk->anchor)
                     ? "* "
                     : "",
                 page->walk->at + 1);
    width = (int)strlen(place);
    describe(page, &what);
    pane_text(pane_sub(pane, 0, 0, 1, pane.cols - width - 1), 0, 0,
              gallerypage_filtered(page) ? ROLE_TEXT : ROLE_DIM, what.text);
    pane_text(pane, 0, pane.cols - width, ROLE_DIM, place);
    str_release(&what);
}

void gallerypage_heading(const struct gallerypage *page, struct pane pane)
{
    const struct gallery_list *list = page->walk->list;
    char note[64] = "";

    if (list && gallerypage_filtered(page))
        snprintf(note, sizeof(note), "%" PRId64 " of %" PRId64 " images",
                 list->found.n, list->of);
    else if (list)
        snprintf(note, sizeof(note), "%" PRId64 " images", list->found.n);
    pane_heading(pane, 0, "Images", note);
    gallerypage_line(page, pane_sub(pane, 1, 0, 1, pane.cols));
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

void gallerypage_grid(const struct gallerypage *page, struct pane pane)
{
    struct app *app = page->app;
    struct gallerywalk *walk = page->walk;
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
void gallerypage_empty(const struct gallerypage *page, struct pane pane)
{
    const struct world *world = &page->app->world;
    const char *what = "No image passes this filter.", *how = NULL;
    bool failed = world->gallery.why[0] && !page->walk->list;
    bool uncoded =
        failed && imagefilter_of_codes(page->filter) && !world->has_images;

    if (uncoded)
        what = "The images have no codes yet.";
    else if (failed)
        what = world->gallery.why;
    else if (!page->walk->list)
        what = world_images_pending(world)
                   ? "The codes of the images are being read."
                   : "The images are being looked through.";
    else if (!gallerypage_filtered(page))
        what = "This data set has no images.";
    else if (page->filter->exact && page->walk->list->of > 0)
        what = "This class has no such images.";
    if (uncoded)
        how = teach_uncoded(world);
    else if (page->walk->list || failed)
        how = "f changes the filter, a shows all images.";
    fact_empty(pane, what, how ? how : "");
}
