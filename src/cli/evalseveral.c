#include <config.h>

/* Models side by side: a row a figure, with its protocol, a column a model. */

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/evaluate.h"
#include "cli/figures.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"

static void add_cell(struct tabular *t, int figure, const struct compared *c)
{
    double value;

    if (figures[figure].kind == FIGURE_TEXT) {
        tabular_text(t, figure_text(figure, &c->s));
        return;
    }
    value = figure_value(figure, &c->s, &c->e);
    if (figures[figure].kind == FIGURE_RATE)
        tabular_rate(t, value);
    else if (isnan(value))
        tabular_text(t, t->format == FORMAT_CSV ? "" : "-");
    else if (figures[figure].kind == FIGURE_WHOLE)
        tabular_int(t, (int64_t)value);
    else
        tabular_real(t, value, t->format == FORMAT_CSV ? 9 : 4);
}

static void add_protocol(struct tabular *t, int figure, size_t r)
{
    struct str line = STR_INIT;

    figure_cut(&line, figures[figure].protocol, r);
    tabular_text(t, line.text);
    str_release(&line);
}

static void print_table(const struct compared *list, int count, size_t r,
                        enum format format)
{
    struct column *columns = mem_zalloc((size_t)count + 2, sizeof(*columns));
    char **names = mem_zalloc((size_t)count, sizeof(*names));
    struct tabular t;

    columns[0] = (struct column){"figure", COLUMN_TEXT};
    for (int i = 0; i < count; i++) {
        struct str name = STR_INIT;

        utf8_escape(&name, list[i].s.model.name);
        names[i] = str_take(&name);
        columns[i + 1] = (struct column){names[i], COLUMN_NUMBER};
    }
    columns[count + 1] = (struct column){"protocol", COLUMN_NAME};
    tabular_init(&t, columns, count + 2, format);
    for (int figure = 0; figure < FIGURES; figure++) {
        tabular_text(&t, figures[figure].key);
        for (int i = 0; i < count; i++)
            add_cell(&t, figure, &list[i]);
        add_protocol(&t, figure, r);
    }
    tabular_print(&t);
    tabular_release(&t);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    free(columns);
}

static void print_json(const struct compared *list, int count, size_t r)
{
    json_t *models = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(models,
                              evaluation_json(&list[i].e, &list[i].s, r));
    jsonout_print(json_pack("{s:o}", "models", models));
}

enum status evaluate_several(const char *path, const char *const *names,
                             int count, size_t r, enum format format,
                             struct err *err)
{
    struct compared *list = mem_zalloc((size_t)count, sizeof(*list));
    enum status status = compared_open(list, path, names, count, r, err);

    if (status == OK && format == FORMAT_JSON)
        print_json(list, count, r);
    else if (status == OK)
        print_table(list, count, r, format);
    compared_close(list, count);
    free(list);
    return status;
}
