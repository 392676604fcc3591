#include <config.h>

/* How good the codes are, beside other models, and how they were learnt. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/curves.h"
#include "cli/report.h"

/* ---- figures ---- */

static void write_value(struct html *h, int figure, const struct compared *c)
{
    double value;

    html_open(h, "td", REPORT_NUMBER);
    if (figures[figure].kind == FIGURE_TEXT) {
        html_text(h, figure_text(figure, &c->s));
    } else {
        value = figure_value(figure, &c->s, &c->e);
        if (figures[figure].kind == FIGURE_RATE)
            report_rate(h, value);
        else if (figures[figure].kind == FIGURE_REAL || isnan(value))
            report_real(h, value, 4);
        else
            report_whole(h, (int64_t)value);
    }
    html_close(h);
}

/* Of a model alone, what no model here has is left out. */
static bool is_known(const struct report *p, int figure)
{
    if (figures[figure].kind == FIGURE_TEXT)
        return p->count > 1;
    for (int i = 0; i < p->count; i++)
        if (!isnan(figure_value(figure, &p->models[i].s, &p->models[i].e)))
            return p->count > 1 || strcmp(figures[figure].group, "Model") != 0;
    return false;
}

static void write_group(struct html *h, const char *group, int columns)
{
    struct str attributes = STR_INIT;

    html_open(h, "tr", "class=\"group\"");
    str_addf(&attributes, "scope=\"colgroup\" colspan=\"%d\"", columns);
    html_words(h, "th", attributes.text, "%s", group);
    html_close(h);
    str_release(&attributes);
}

static void write_figure(struct report *p, int figure)
{
    struct html *h = &p->html;
    struct str text = STR_INIT;

    str_addf(&text, "id=\"figure-%s\"", figures[figure].key);
    html_open(h, "tr", text.text);
    str_clear(&text);
    figure_cut(&text, figures[figure].name, p->bounds.r);
    html_line(h, "th", "scope=\"row\"", text.text);
    str_clear(&text);
    for (int i = 0; i < p->count; i++)
        write_value(h, figure, &p->models[i]);
    figure_cut(&text, figures[figure].protocol, p->bounds.r);
    html_line(h, "td", "class=\"protocol\"", text.text);
    html_close(h);
    str_release(&text);
}

static void write_radius(struct report *p)
{
    const struct retrieval *q = &p->e->retrieval;
    struct curves c = {
        .id = "radius",
        .title = "Precision and recall of all queries together, "
                 "by the radius looked within",
        .line = {{"precision", q->precision}, {"recall", q->recall}},
        .lines = 2,
        .across = "bits of radius",
        .low = 0,
        .high = 1,
        .percent = true,
        .height = 220};

    if (!evaluation_retrieved(p->e))
        return;
    while (c.count <= q->bits &&
           (c.count < 3 || q->recall[c.count - 1] < 0.9995))
        c.count++;
    html_open(&p->html, "figure", NULL);
    curves_svg(p->html.out, &c);
    html_words(
        &p->html, "figcaption", NULL,
        "Retrieval within a radius: %zu queries of test in %zu images of "
        "train.",
        q->queries, q->database);
    html_close(&p->html);
}

enum status report_figures(struct report *p, struct err *err)
{
    struct html *h = &p->html;
    const char *group = "";

    (void)err;
    report_table(h, "Figures", "class=\"figures\"");
    html_words(h, "caption", NULL,
               "How good the codes are, and how that was measured. Accuracy is "
               "of the test split; outliers are the ood split.");
    html_open(h, "thead", NULL);
    html_open(h, "tr", NULL);
    html_words(h, "th", "scope=\"col\"", "figure");
    for (int i = 0; i < p->count; i++)
        html_line(h, "th", "scope=\"col\" class=\"n\"",
                  p->models[i].s.model.name);
    html_words(h, "th", "scope=\"col\"", "protocol");
    html_close(h);
    html_close(h);
    html_open(h, "tbody", NULL);
    for (int i = 0; i < FIGURES; i++) {
        if (!is_known(p, i))
            continue;
        if (strcmp(group, figures[i].group) != 0)
            write_group(h, figures[i].group, p->count + 2);
        group = figures[i].group;
        write_figure(p, i);
    }
    html_close(h);
    html_close(h);
    html_close(h);
    write_radius(p);
    return OK;
}

/* ---- learning ---- */

static const char *const phases[] = {"warm", "codes", "images"};

static void mark_phases(struct curves *c, const struct history_list *history)
{
    int phase = -1;

    for (int i = 0; i < history->count && c->marks < CURVES_MOST; i++) {
        const struct history_row *row = &history->items[i];

        if (row->phase == phase || row->phase < 0 || row->phase > 2)
            continue;
        phase = row->phase;
        c->mark[c->marks].x = row->step;
        c->mark[c->marks++].name = phases[phase];
    }
}

static void draw_learning(struct report *p)
{
    const struct history_list *list = &p->history;
    double *room = mem_zalloc((size_t)list->count * 4, sizeof(*room));
    double *y[4], most = 0;
    struct curves c = {.id = "accuracy",
                       .title = "Accuracy of the test images after each epoch",
                       .first = list->items[0].step,
                       .count = list->count,
                       .across = "epochs",
                       .high = 1,
                       .percent = true,
                       .height = 260};

    for (int i = 0; i < 4; i++)
        y[i] = room + i * list->count;
    for (int i = 0; i < list->count; i++) {
        y[0][i] = list->items[i].top1;
        y[1][i] = list->items[i].mhd;
        y[2][i] = list->items[i].ed;
        y[3][i] = list->items[i].loss;
        most = y[3][i] > most ? y[3][i] : most;
    }
    c.line[0] = (struct curves_line){"top-1", y[0]};
    c.line[1] = (struct curves_line){"MHD", y[1]};
    c.line[2] = (struct curves_line){"ED", y[2]};
    c.lines = 3;
    mark_phases(&c, list);
    curves_svg(p->html.out, &c);
    c.id = "loss";
    c.title = "Loss of each epoch";
    c.line[0] = (struct curves_line){"loss", y[3]};
    c.lines = 1;
    c.high = most > 0 ? most : 1;
    c.percent = false;
    c.height = 150;
    curves_svg(p->html.out, &c);
    free(room);
}

static void write_epoch(struct html *h, const struct history_row *row)
{
    char text[40];

    html_open(h, "tr", NULL);
    html_words(h, "th", "scope=\"row\" class=\"n\"", "%d", row->step);
    html_words(h, "td", NULL, "%s",
               row->phase >= 0 && row->phase <= 2 ? phases[row->phase] : "");
    html_open(h, "td", REPORT_NUMBER);
    report_real(h, row->loss, 4);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_real(h, row->rate, 4);
    html_close(h);
    for (int i = 0; i < 3; i++) {
        html_open(h, "td", REPORT_NUMBER);
        report_rate(h, i == 0 ? row->top1 : i == 1 ? row->mhd : row->ed);
        html_close(h);
    }
    html_words(h, "td", REPORT_NUMBER, "%s",
               clock_duration(row->duration, text, sizeof(text)));
    html_close(h);
    str_add_char(h->out, '\n');
}

enum status report_learning(struct report *p, struct err *err)
{
    static const char *const columns[] = {"#epoch", "phase", "#loss", "#rate",
                                          "#top-1", "#MHD",  "#ED",   "#time"};
    struct html *h = &p->html;

    (void)err;
    if (p->history.count == 0) {
        html_words(h, "p", "class=\"none\"",
                   "No history: the model was not learnt in this catalogue.");
        return OK;
    }
    html_open(h, "figure", NULL);
    draw_learning(p);
    html_words(
        h, "figcaption", NULL,
        "Accuracy of the test images after each epoch (top-1 of the class "
        "codes by logits, images decoded to the nearest class and by "
        "their exact code), and the loss. Names above are phases: what "
        "is learnt.");
    html_close(h);
    html_open(h, "details", NULL);
    html_words(h, "summary", NULL, "The same as a table");
    report_table(h, "Epochs", NULL);
    report_columns(h, columns, ARRAY_SIZE(columns));
    html_open(h, "tbody", NULL);
    for (int i = 0; i < p->history.count; i++)
        write_epoch(h, &p->history.items[i]);
    html_close(h);
    html_close(h);
    html_close(h);
    html_close(h);
    return OK;
}
