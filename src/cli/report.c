#include <config.h>

#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/follow.h"
#include "taxonomy/dendrosvg.h"

#define DOUBTS 16 /* rows of a list of doubts */

static const struct section {
    const char *id, *title;
    enum status (*write)(struct report *p, struct err *err);
} sections[] = {
    {"model", "Model", report_model},
    {"figures", "Figures", report_figures},
    {"learning", "Learning", report_learning},
    {"tree", "Tree", report_tree},
    {"bits", "Bits", report_bits},
    {"classes", "Classes", report_classes},
    {"doubts", "Doubts", report_doubts},
};

/* ---- what it says ---- */

static enum status gather_codes(struct report *p, struct err *err)
{
    struct survey_options options;
    enum status status = subject_codes(p->s, &p->codes, err);

    if (status != OK)
        return status == ERR_NOT_FOUND ? OK : status;
    p->coded = true;
    status = report_scan(p, err);
    if (status != OK)
        return status;
    survey_options_init(&options);
    options.most = DOUBTS;
    options.cancel = follow_interrupted;
    return survey_codes(p->lists, &p->codes, &p->s->class_codes, &options, err);
}

static enum status gather(struct report *p, const char *path,
                          const char *const *names, struct err *err)
{
    enum status status =
        compared_open(p->models, path, names, p->count, p->bounds.r, err);

    p->s = &p->models[0].s;
    p->e = &p->models[0].e;
    if (status == OK)
        status = model_need_codes(&p->s->model, err);
    if (status == OK)
        status = history_all(p->s->cat, p->s->model.id, &p->history, err);
    if (status == OK)
        status = caption_all(p->s->cat, p->s->model.id, p->s->book.bits,
                             &p->captions, err);
    if (status != OK)
        return status;
    status = taxon_load(&p->tree, p->s, 0, LINKAGE_AVERAGE, err);
    p->has_tree = status == OK;
    if (status == OK || status == ERR_NOT_FOUND)
        status = gather_codes(p, err);
    return status;
}

static void forget(struct report *p)
{
    for (int i = 0; i < SURVEY_KINDS; i++)
        survey_list_release(&p->lists[i]);
    free(p->sure);
    free(p->classes);
    if (p->coded)
        image_codes_release(&p->codes);
    taxon_release(&p->tree);
    caption_list_release(&p->captions);
    history_list_release(&p->history);
    compared_close(p->models, p->count);
    free(p->models);
}

/* ---- the page ---- */

static void write_style(struct html *h, int bits)
{
    html_open(h, "style", NULL);
    str_add_char(h->out, '\n');
    str_add(h->out, report_css);
    dendrosvg_style(h->out, bits);
    html_close(h);
}

/* Nothing is fetched and nothing runs, whatever a name holds. */
static void write_top(struct report *p)
{
    struct html *h = &p->html;

    str_add(h->out, "<!DOCTYPE html>\n");
    html_open(h, "html", "lang=\"en\"");
    str_add_char(h->out, '\n');
    html_open(h, "head", NULL);
    html_void(h, "meta", "charset=\"utf-8\"");
    html_void(h, "meta",
              "http-equiv=\"Content-Security-Policy\" content=\"default-src "
              "'none'; img-src data:; style-src 'unsafe-inline'\"");
    html_void(h, "meta",
              "name=\"viewport\" content=\"width=device-width, "
              "initial-scale=1\"");
    html_void(h, "meta", "name=\"color-scheme\" content=\"light dark\"");
    html_void(h, "meta",
              "name=\"generator\" content=\"bitgrove " //
              PACKAGE_VERSION "\"");
    html_open(h, "title", NULL);
    html_text(h, p->s->model.name);
    html_say(h, " – bitgrove");
    html_close(h);
    write_style(h, p->s->book.bits);
    html_close(h);
}

static void write_contents(struct html *h)
{
    html_open(h, "nav", "aria-label=\"Contents\"");
    html_open(h, "ul", NULL);
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
        html_open(h, "li", NULL);
        html_say(h, "<a href=\"#%s\">%s</a>", sections[i].id,
                 sections[i].title);
        html_close(h);
    }
    html_close(h);
    html_close(h);
}

static void write_foot(struct report *p)
{
    const struct report_bounds *b = &p->bounds;
    const char *path = catalogue_path(p->s->cat), *file = strrchr(path, '/');
    struct html *h = &p->html;

    html_open(h, "footer", NULL);
    html_open(h, "p", NULL);
    html_say(h, "Written by bitgrove " PACKAGE_VERSION " from ");
    html_line(h, "code", NULL, file != NULL ? file + 1 : path);
    html_say(h, ". Everything on this page is within it; it fetches and runs "
                "nothing.");
    html_close(h);
    html_open(h, "p", NULL);
    html_say(h,
             "What bounds its size: %d pictures on either side of a bit "
             "(<code>--images</code>), at most %d pixels a side "
             "(<code>--pixels</code>), %d rows of classes "
             "(<code>--classes</code>), %d of the folded tree "
             "(<code>--rows</code>).",
             b->images, b->pixels, b->classes, b->rows);
    html_close(h);
    html_close(h);
}

static enum status write_page(struct report *p, struct err *err)
{
    struct html *h = &p->html;
    enum status status;

    write_top(p);
    html_open(h, "body", NULL);
    str_add_char(h->out, '\n');
    html_open(h, "header", NULL);
    status = report_head(p, err);
    html_close(h);
    write_contents(h);
    html_open(h, "main", NULL);
    for (size_t i = 0; i < ARRAY_SIZE(sections) && status == OK; i++) {
        struct str id = STR_INIT;

        str_addf(&id, "id=\"%s\"", sections[i].id);
        html_open(h, "section", id.text);
        html_words(h, "h2", NULL, "%s", sections[i].title);
        status = sections[i].write(p, err);
        html_close(h);
        str_release(&id);
        if (follow_interrupted(NULL))
            status = err_set(err, ERR_CANCELLED, "the report was cancelled");
    }
    html_close(h);
    write_foot(p);
    html_close(h);
    html_close(h);
    return status;
}

enum status report_write(struct str *out, const char *path,
                         const char *const *names, int count,
                         const struct report_bounds *bounds, struct err *err)
{
    struct report p = {.bounds = *bounds, .count = count};
    enum status status;

    p.models = mem_zalloc((size_t)count, sizeof(*p.models));
    p.html.out = out;
    follow_catch();
    status = gather(&p, path, names, err);
    if (status == OK)
        status = catalogue_snapshot(p.s->cat, err);
    if (status == OK) {
        status = write_page(&p, err);
        catalogue_rollback(p.s->cat);
    }
    forget(&p);
    return status;
}
