#include <config.h>

#include "cli/report.h"

/* A picture in a box of its own that scrolls when it is wider than the page. */
static enum status draw(struct report *p, uint32_t rows, const char *id,
                        struct err *err)
{
    const struct taxon_part part = {rows, id};
    struct html *h = &p->html;
    enum status status;

    report_wide(h, "Tree");
    status = taxon_svg(h->out, &p->tree, p->s, LINKAGE_AVERAGE, &part, err);
    html_close(h);
    return status;
}

static enum status draw_all(struct report *p, struct err *err)
{
    struct html *h = &p->html;
    enum status status;

    html_open(h, "details", NULL);
    html_words(h, "summary", NULL, "All %u classes", p->tree.dendro.leaves);
    status = draw(p, 0, "whole", err);
    html_close(h);
    return status;
}

enum status report_tree(struct report *p, struct err *err)
{
    uint32_t leaves = p->has_tree ? p->tree.dendro.leaves : 0;
    bool folded = leaves > (uint32_t)p->bounds.rows;
    struct html *h = &p->html;
    enum status status;

    if (leaves < 2) {
        html_words(h, "p", "class=\"none\"",
                   "No tree: it takes two classes with codes. <code>bitgrove "
                   "tree</code> makes it.");
        return OK;
    }
    html_open(h, "p", NULL);
    html_say(h,
             "Average linkage of the class codes after epoch %d; the scale is "
             "Hamming distance, and what is nearest meets at the right. A "
             "split has the number and the colour of the bit that tells its "
             "sides apart best, full where it does so without exception. ",
             p->tree.step);
    if (folded)
        html_say(h,
                 "The %u classes are folded into %d rows, and the scale ends "
                 "where the last are told apart: a wedge is a cluster, and a "
                 "cell at its right is as full as its classes have the bit.",
                 leaves, p->bounds.rows);
    else
        html_say(h, "The codes stand at the right, a cell for each set bit.");
    html_close(h);
    status = draw(p, folded ? (uint32_t)p->bounds.rows : 0, "folded", err);
    if (status == OK && folded && leaves <= (uint32_t)p->bounds.classes)
        status = draw_all(p, err);
    else if (status == OK && folded)
        html_words(
            h, "p", "class=\"none\"",
            "All %u classes are more than a page can hold (its bound is "
            "%d, <code>--classes</code>): <code>bitgrove export --format "
            "svg</code> draws them.",
            leaves, p->bounds.classes);
    return status;
}
