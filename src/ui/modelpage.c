#include <config.h>

#include "ui/modelpage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "queue/params.h"
#include "ui/chart.h"
#include "ui/fact.h"

void modelpage_release(struct modelpage *page)
{
    history_list_release(&page->history);
    memset(page, 0, sizeof(*page));
}

static void summarise(struct modelpage *page, const struct model_row *model)
{
    const struct history_row *codes = history_classes(&page->history, model);

    page->top1 = codes && codes->phase != MODEL_WARM ? codes->top1 : NAN;
    if (model->baseline[0] && codes)
        page->top1 = codes->top1;
    page->mhd = page->ed = page->ties = NAN;
    page->duration = 0;
    for (int i = 0; i < page->history.count; i++) {
        const struct history_row *row = &page->history.items[i];

        page->duration += row->duration;
        if (!isnan(row->mhd))
            page->mhd = row->mhd;
        if (!isnan(row->ed))
            page->ed = row->ed;
        if (!isnan(row->ties))
            page->ties = row->ties;
    }
}

enum status modelpage_load(struct modelpage *page, struct catalogue *cat,
                           const struct model_row *model, struct err *err)
{
    struct history_list history = {NULL, 0, 0};

    if (page->id == model->id && page->step == model->step)
        return OK;
    if (history_all(cat, model->id, &history, err) != OK)
        return err->status;
    history_list_release(&page->history);
    page->history = history;
    page->id = model->id;
    page->step = model->step;
    summarise(page, model);
    return OK;
}

static double value_of(const struct history_row *row,
                       enum modelpage_chart chart, int curve)
{
    if (chart == MODELPAGE_LOSS)
        return curve == 0 ? row->loss : NAN;
    if (chart == MODELPAGE_RATE)
        return curve == 0 ? row->rate : NAN;
    return curve == 0 ? row->top1 : curve == 1 ? row->mhd : row->ed;
}

double modelpage_most(const struct modelpage *page, enum modelpage_chart chart)
{
    double most = 0;

    if (chart == MODELPAGE_ACCURACY)
        return 1;
    for (int i = 0; i < page->history.count; i++)
        if (value_of(&page->history.items[i], chart, 0) > most)
            most = value_of(&page->history.items[i], chart, 0);
    return most > 0 ? most : 1;
}

static void draw_legend(struct pane pane, enum modelpage_chart chart)
{
    static const char *const names[MODELPAGE_CHARTS][3] = {
        {"class codes", "MHD", "ED"},
        {"loss", "", ""},
        {"learning rate", "", ""}};
    int col = pane.cols < 44 ? 0 : 8;

    for (int i = 0; i < 3 && names[chart][i][0]; i++) {
        pane_fill(pane, 0, col, 2, (enum role)(ROLE_CURVE_1 + i),
                  pane.look->glyphs->ascii ? '*' : 0x2501);
        col = pane_text(pane, 0, col + 3, ROLE_TEXT, names[chart][i]) +
              (pane.cols < 44 ? 2 : 3);
    }
}

void modelpage_chart(struct pane pane, const struct modelpage *page,
                     const struct model_row *model, enum modelpage_chart chart,
                     double most, int marker)
{
    const struct history_list *history = &page->history;
    struct chart_axes axes = {0, most, model->steps, marker,
                              chart == MODELPAGE_ACCURACY};
    size_t n = (size_t)history->count;
    double *values = mem_zalloc(n * 3 + 1, sizeof(*values));
    struct curve curves[3];

    for (int c = 0; c < 3; c++) {
        curves[c] = (struct curve){values + (size_t)c * n, history->count,
                                   (enum role)(ROLE_CURVE_1 + c)};
        for (size_t i = 0; i < n; i++)
            values[(size_t)c * n + i] = value_of(&history->items[i], chart, c);
    }
    draw_legend(pane, chart);
    chart_curves(pane_sub(pane, 1, 0, pane.rows - 1, pane.cols), curves, 3,
                 &axes);
    free(values);
}

static void add_percent(struct pane pane, int row, int col, double rate)
{
    char text[16];

    snprintf(text, sizeof(text), "%.1f %%", rate * 100);
    pane_field(pane, row, col, 8, true, isnan(rate) ? ROLE_DIM : ROLE_NUMBER,
               isnan(rate) ? pane.look->glyphs->dash_text : text);
}

void modelpage_table(struct pane pane, const struct modelpage *page)
{
    static const char *const phases[] = {"warm", "codes", "images"};
    const struct history_list *history = &page->history;
    int first = history->count - (pane.rows - 1);
    char text[32];

    if (first < 0)
        first = 0;
    pane_text(pane, 0, 0, ROLE_DIM,
              " epoch  phase      loss   class     MHD      ED     time");
    for (int i = first; i < history->count; i++) {
        const struct history_row *row = &history->items[i];
        int y = i - first + 1;

        snprintf(text, sizeof(text), "%d", row->step);
        pane_field(pane, y, 0, 6, true, ROLE_NUMBER, text);
        pane_field(pane, y, 8, 7, false, ROLE_TEXT,
                   row->phase >= 0 && row->phase < 3 ? phases[row->phase] : "");
        snprintf(text, sizeof(text), "%.4f", row->loss);
        pane_field(pane, y, 15, 8, true, ROLE_NUMBER, text);
        add_percent(pane, y, 23, row->top1);
        add_percent(pane, y, 31, row->mhd);
        add_percent(pane, y, 39, row->ed);
        clock_duration(row->duration, text, sizeof(text));
        pane_field(pane, y, 47, 9, true, ROLE_DIM, text);
    }
}

static int draw_rate(struct pane pane, int row, const char *label, double rate)
{
    char text[16];

    if (isnan(rate))
        return row;
    pane_text(pane, row, 0, ROLE_DIM, label);
    snprintf(text, sizeof(text), "%.1f %%", rate * 100);
    pane_field(pane, row, FACT_LABEL + 2, 7, true, ROLE_NUMBER, text);
    chart_bar(pane, row, FACT_LABEL + 11, 12, rate);
    return row + 1;
}

static int draw_option(struct pane pane, int row, const char *name,
                       const char *value)
{
    struct str safe = STR_INIT;

    utf8_escape(&safe, value ? value : pane.look->glyphs->dash_text);
    pane_text(pane, row, 0, ROLE_DIM, name);
    pane_text(pane, row, FACT_LABEL + 6, ROLE_WARN, safe.text);
    str_release(&safe);
    return row + 1;
}

/* The options in which two models differ, as this one has them. */
static void draw_options(struct pane pane, int row,
                         const struct model_row *model,
                         const struct model_row *beside)
{
    struct params own = {NULL, NULL, 0, 0}, other = {NULL, NULL, 0, 0};
    struct err err;
    int count;
    const struct param_spec *specs = param_specs(JOB_LEARN, &count);

    if (params_read(&own, model->options, &err) == OK &&
        params_read(&other, beside->options, &err) == OK) {
        for (int i = 0; i < count; i++) {
            const char *a = params_get(&own, JOB_LEARN, specs[i].name);
            const char *b = params_get(&other, JOB_LEARN, specs[i].name);

            if (strcmp(specs[i].name, "name") != 0 &&
                strcmp(a ? a : "", b ? b : "") != 0)
                row = draw_option(pane, row, specs[i].name, a);
        }
    }
    params_release(&own);
    params_release(&other);
}

void modelpage_facts(struct pane pane, const struct modelpage *page,
                     const struct model_row *model,
                     const struct model_row *beside)
{
    char text[32];
    int row = 0;

    row = draw_rate(pane, row, "class code", page->top1);
    row = draw_rate(pane, row, "MHD", page->mhd);
    row = draw_rate(pane, row, "ED", page->ed);
    row = draw_rate(pane, row, "ties", page->ties);
    clock_duration(page->duration, text, sizeof(text));
    if (page->history.count > 0)
        row = fact_text(pane, row, "learnt in", ROLE_TEXT, "  %s", text);
    if (beside)
        draw_options(pane, row, model, beside);
}
