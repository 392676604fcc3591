#include <config.h>

/* The head of a report, and what the model is. */

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalogue/images.h"
#include "cli/report.h"

static bool is_learning(const struct report *p)
{
    return p->s->model.state == MODEL_LEARNING;
}

/* ---- head ---- */

static void tile(struct html *h, const char *name, double value, bool percent,
                 const char *what)
{
    html_open(h, "div", NULL);
    html_words(h, "dt", NULL, "%s", name);
    html_open(h, "dd", NULL);
    html_open(h, "strong", NULL);
    if (percent)
        report_rate(h, value);
    else
        report_real(h, value, 3);
    html_close(h);
    html_words(h, "small", NULL, "%s", what);
    html_close(h);
    html_close(h);
}

static void write_tiles(struct report *p)
{
    const struct evaluation *e = p->e;
    struct html *h = &p->html;
    struct str name = STR_INIT, what = STR_INIT;

    str_addf(&name, "MAP@%zu", p->bounds.r);
    if (evaluation_retrieved(e))
        str_addf(&what, "%zu queries of test in %zu images of train",
                 e->retrieval.queries, e->retrieval.database);
    else
        str_add(&what, "needs coded images of test and train");
    html_open(h, "dl", "class=\"tiles\"");
    tile(h, "Class codes", e->top1, true,
         "of the test images by logits, top-1");
    tile(h, "Nearest class", e->mhd, true, "of the test images by code (MHD)");
    tile(h, "Exact code", e->ed, true, "of the test images (ED)");
    tile(h, name.text, evaluation_retrieved(e) ? e->retrieval.map : NAN, false,
         what.text);
    html_close(h);
    str_release(&name);
    str_release(&what);
}

enum status report_head(struct report *p, struct err *err)
{
    const struct subject *s = p->s;
    struct html *h = &p->html;

    (void)err;
    html_line(h, "h1", NULL, s->model.name);
    html_open(h, "p", "class=\"lede\"");
    html_say(h, "%d bits for %d classes of ", s->book.bits, s->coded.count);
    html_line(h, "em", NULL, s->dataset.name);
    html_say(h, ", learnt by ");
    html_text(h, s->model.encoder);
    html_say(h, ", ");
    report_time(h, s->model.created_at);
    html_say(h, ".");
    html_close(h);
    if (is_learning(p))
        html_words(h, "p", "class=\"notice\" role=\"note\"",
                   "Still learning: epoch %d of %d. Images get their codes at "
                   "the end; until then there is nothing here that needs them.",
                   s->model.step, s->model.steps);
    else if (!p->coded)
        html_words(h, "p", "class=\"notice\" role=\"note\"",
                   "No images are coded, so there is nothing here that needs "
                   "their codes. <code>bitgrove encode</code> makes them.");
    if (s->dataset.kind == DATASET_VECTORS)
        html_words(h, "p", "class=\"notice\" role=\"note\"",
                   "The data set is of vectors, which have no pictures: images "
                   "are named by number and class.");
    write_tiles(p);
    return OK;
}

/* ---- model ---- */

static void fact(struct html *h, const char *name)
{
    html_words(h, "dt", NULL, "%s", name);
    html_open(h, "dd", NULL);
}

static int64_t duration(const struct report *p)
{
    int64_t sum = 0;

    for (int i = 0; i < p->history.count; i++)
        sum += p->history.items[i].duration;
    return sum;
}

static enum status write_images(struct report *p, struct err *err)
{
    struct html *h = &p->html;
    struct images_query query;
    enum status status = OK;

    fact(h, "Images");
    for (int split = 0; split < SPLIT_COUNT && status == OK; split++) {
        int64_t count = 0;

        images_query_init(&query);
        query.dataset = p->s->dataset.id;
        query.split = split;
        query.class_id = -1;
        status = images_count(p->s->cat, &query, &count, err);
        if (count > 0)
            html_say(h, "%lld %s, ", (long long)count,
                     split_name((enum split)split));
    }
    html_say(h, "of which %lld have codes", (long long)p->s->model.coded);
    html_close(h);
    return status;
}

static void write_data(struct report *p)
{
    const struct dataset *d = &p->s->dataset;
    struct html *h = &p->html;

    fact(h, "Data set");
    html_text(h, d->name);
    if (d->kind == DATASET_VECTORS)
        html_say(h, ", vectors of %d", d->channels);
    else
        html_say(h, ", %d × %d, %s", d->width, d->height,
                 d->channels == 1 ? "grey" : "colour");
    html_close(h);
}

static void write_options(struct report *p)
{
    json_t *options = json_loads(p->s->model.options, 0, NULL), *value;
    const char *name;
    struct html *h = &p->html;

    if (json_object_size(options) > 0) {
        html_open(h, "details", NULL);
        html_words(h, "summary", NULL, "Every option it was learnt with");
        html_open(h, "dl", "class=\"facts options\"");
        json_object_foreach(options, name, value)
        {
            char *text = json_is_string(value)
                             ? mem_strdup(json_string_value(value))
                             : json_dumps(value, JSON_ENCODE_ANY |
                                                     JSON_REAL_PRECISION(9));

            html_line(h, "dt", NULL, name);
            html_line(h, "dd", NULL, text != NULL ? text : "");
            free(text);
        }
        html_close(h);
        html_close(h);
    }
    json_decref(options);
}

enum status report_model(struct report *p, struct err *err)
{
    const struct model_row *m = &p->s->model;
    struct html *h = &p->html;
    enum status status;
    char text[40];

    html_open(h, "dl", "class=\"facts\"");
    fact(h, "Encoder");
    html_text(h, m->encoder);
    html_close(h);
    fact(h, "Code");
    html_say(h, "%d bits; %u different codes of %u classes", p->s->book.bits,
             p->e->distinct, p->s->book.classes);
    if (p->e->distance_min >= 0)
        html_say(h, ", at least %d apart", p->e->distance_min);
    html_close(h);
    write_data(p);
    status = write_images(p, err);
    fact(h, "Recipe");
    html_text(h, m->recipe);
    if (m->baseline[0])
        html_say(h, ", baseline ");
    html_text(h, m->baseline);
    html_say(h, ", seed %lld", (long long)m->seed);
    html_close(h);
    fact(h, "Learnt");
    report_time(h, m->created_at);
    html_say(h, ", epoch %d of %d", m->step, m->steps);
    if (p->history.count > 0)
        html_say(h, ", in %s", clock_duration(duration(p), text, sizeof(text)));
    html_close(h);
    html_close(h);
    write_options(p);
    return status == OK ? report_notes(p, NOTE_MODEL, NULL, err) : status;
}
