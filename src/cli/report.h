#ifndef BITGROVE_CLI_REPORT_H
#define BITGROVE_CLI_REPORT_H

/*
 * A model on one page of HTML that needs nothing else: no network, no scripts,
 * no fonts; pictures are within. The same catalogue gives the same bytes.
 * report.c gathers the facts and holds the table of sections; each section is
 * one function over a struct report. Main thread.
 */

#include <stdint.h>

#include "catalogue/notes.h"
#include "cli/figures.h"
#include "cli/html.h"
#include "cli/ranking.h"
#include "cli/taxon.h"
#include "ui/survey.h"

/* How much is shown. */
struct report_bounds {
    size_t r;   /* the cut of MAP */
    int images; /* pictures on either side of a bit, up to RANKING_MOST; 0: no
 picture at all */
    int pixels; /* their longer side */
    int classes; /* rows of the table of classes; trees of more are folded only */
    int rows;    /* of the folded tree */
};

/* A row of the table of classes. */
struct report_class {
    int64_t tested, right; /* of its test images */
    int64_t typical;       /* the image with the largest B[c].z, 0: none */
    int64_t score;         /* that */
};

struct report {
    struct html html;
    struct report_bounds bounds;
    struct compared *models; /* (count) the first is reported, the others stand
                                beside it; owned */
    int count;
    struct subject *s;          /* models[0].s */
    const struct evaluation *e; /* models[0].e */
    struct history_list history;
    struct caption_list captions;
    bool has_tree;
    struct taxon tree;
    bool coded; /* and then: */
    struct image_codes codes;
    struct ranking (*sure)[2];    /* (bits) the surest images of side 0 and 1,
                                  of each class the surest; owned */
    struct report_class *classes; /* (coded classes); owned */
    struct survey_list lists[SURVEY_KINDS];
};

/*
 * Writes the page to `out`. names: (count) models, the first of which is
 * reported; a NULL is the newest. Errors of subject_open(); ERR_CANCELLED
 * after Ctrl-C.
 */
enum status report_write(struct str *out, const char *path,
                         const char *const *names, int count,
                         const struct report_bounds *bounds,
                         struct err *err) MUST_USE;

/* ---- for the sections ---- */

/* Whether there are pictures to be shown. */
bool report_pictured(const struct report *p);

/* The picture of an image, within the page; alt: what it is, from outside.
 * Nothing when none can be shown. */
enum status report_picture(struct report *p, int64_t id, const char *alt,
                           struct err *err) MUST_USE;

/* "87.6 %", "0.9322", "12", each as <data> with the value at full length; "–"
 * for NAN. */
void report_rate(struct html *h, double value);
void report_real(struct html *h, double value, int places);
void report_whole(struct html *h, int64_t value);

/* A cell of numbers around one of them. */
#define REPORT_NUMBER "class=\"n\""

/* Opens a box that scrolls where what it holds is wider than the page; label:
 * what that is, ours. */
void report_wide(struct html *h, const char *label);
/* The same, and a table in it. */
void report_table(struct html *h, const char *label, const char *attributes);

/* The head of a table: names of columns, in numbers those that begin with '#'.
 */
void report_columns(struct html *h, const char *const *names, int count);

/* "2026-11-23 20:53 UTC" as <time>. */
void report_time(struct html *h, int64_t milliseconds);

/* What people wrote about the model or a bit, as a list, if they did. */
enum status report_notes(struct report *p, enum note_target target,
                         const char *item, struct err *err) MUST_USE;

enum status report_head(struct report *p, struct err *err) MUST_USE;
enum status report_model(struct report *p, struct err *err) MUST_USE;
enum status report_figures(struct report *p, struct err *err) MUST_USE;
enum status report_learning(struct report *p, struct err *err) MUST_USE;
enum status report_tree(struct report *p, struct err *err) MUST_USE;
enum status report_bits(struct report *p, struct err *err) MUST_USE;
enum status report_classes(struct report *p, struct err *err) MUST_USE;
enum status report_doubts(struct report *p, struct err *err) MUST_USE;

/* One scan of all codes: fills p->sure and p->classes. ERR_NOMEM. */
enum status report_scan(struct report *p, struct err *err) MUST_USE;

/* The style of the page, of src/cli/report.css. */
extern const char report_css[];

#endif
