#include <config.h>

#include "cli/tabular.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/console.h"
#include "codes/code.h"

#define GAP     2 /* blanks between columns */
#define CLIP_TO 8 /* a name is never clipped to less */

void tabular_init(struct tabular *t, const struct column *columns, int width,
                  enum format format)
{
    memset(t, 0, sizeof(*t));
    t->columns = columns;
    t->width = width;
    t->format = format;
    t->out = stdout;
}

static void forget_rows(struct tabular *t)
{
    for (int i = 0; i < t->count; i++)
        free(t->cells[i]);
    t->count = 0;
}

void tabular_release(struct tabular *t)
{
    forget_rows(t);
    free(t->cells);
    t->cells = NULL;
    t->room = 0;
}

static void add(struct tabular *t, char *cell)
{
    ARRAY_GROW(t->cells, t->count, t->room);
    t->cells[t->count++] = cell;
}

void tabular_text(struct tabular *t, const char *text)
{
    struct str s = STR_INIT;

    if (t->format == FORMAT_TABLE)
        console_name(&s, text);
    else
        utf8_escape(&s, text);
    add(t, str_take(&s));
}

void tabular_int(struct tabular *t, int64_t value)
{
    struct str s = STR_INIT;

    str_addf(&s, "%lld", (long long)value);
    add(t, str_take(&s));
}

void tabular_real(struct tabular *t, double value, int digits)
{
    struct str s = STR_INIT;

    if (!isnan(value))
        str_addf(&s, "%.*f", digits, value);
    else if (t->format == FORMAT_TABLE)
        str_add(&s, "-");
    add(t, str_take(&s));
}

void tabular_percent(struct str *out, double rate)
{
    if (isnan(rate))
        str_add(out, "-");
    else
        str_addf(out, "%.1f %%", rate * 100);
}

void tabular_rate(struct tabular *t, double rate)
{
    struct str s = STR_INIT;

    if (t->format == FORMAT_TABLE)
        tabular_percent(&s, rate);
    else if (!isnan(rate))
        str_addf(&s, "%.6g", rate);
    add(t, str_take(&s));
}

void tabular_code(struct tabular *t, uint64_t code, int bits)
{
    struct str s = STR_INIT;

    code_text(&s, code, bits,
              t->format == FORMAT_TABLE ? CODE_GROUPED : CODE_PLAIN);
    add(t, str_take(&s));
}

void tabular_csv(struct str *out, const char *text)
{
    if (text[strcspn(text, "\",\r\n")] == '\0' && text[0] != ' ') {
        str_add(out, text);
        return;
    }
    str_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            str_add_char(out, '"');
        str_add_char(out, *text);
    }
    str_add_char(out, '"');
}

static void print_csv(const struct tabular *t)
{
    struct str line = STR_INIT;

    for (int c = 0; c < t->width && !t->begun; c++) {
        str_add(&line, c ? "," : "");
        tabular_csv(&line, t->columns[c].key);
    }
    if (!t->begun)
        str_add_char(&line, '\n');
    fputs(line.text, t->out);
    for (int i = 0; i < t->count; i += t->width) {
        str_clear(&line);
        for (int c = 0; c < t->width; c++) {
            str_add(&line, c ? "," : "");
            tabular_csv(&line, t->cells[i + c]);
        }
        str_add_char(&line, '\n');
        fputs(line.text, t->out);
    }
    str_release(&line);
}

/* Takes columns from the widest name column until the table fits. */
static void narrow(const struct tabular *t, int *widths)
{
    int room = console_columns(t->out);
    int total = GAP * (t->width - 1);

    if (room == 0)
        return;
    for (int c = 0; c < t->width; c++)
        total += widths[c];
    while (total > room) {
        int widest = -1;

        for (int c = 0; c < t->width; c++)
            if (t->columns[c].kind == COLUMN_NAME && widths[c] > CLIP_TO &&
                (widest < 0 || widths[c] > widths[widest]))
                widest = c;
        if (widest < 0)
            return;
        widths[widest]--;
        total--;
    }
}

static void add_cell(struct str *line, const struct tabular *t, int c,
                     const char *text, int width)
{
    struct str cell = STR_INIT;
    int used = utf8_clip(&cell, text, width, !console_utf8());
    int pad = width - used;

    if (t->columns[c].kind == COLUMN_NUMBER)
        for (; pad > 0; pad--)
            str_add_char(line, ' ');
    str_add(line, cell.text);
    if (c + 1 < t->width)
        for (pad += GAP; pad > 0; pad--)
            str_add_char(line, ' ');
    str_release(&cell);
}

static void print_table(const struct tabular *t)
{
    bool colour = console_colour();
    struct str line = STR_INIT;
    int *widths = mem_zalloc((size_t)t->width, sizeof(*widths));

    for (int c = 0; c < t->width; c++)
        widths[c] = utf8_width(t->columns[c].key);
    for (int i = 0; i < t->count; i++) {
        int w = utf8_width(t->cells[i]);

        if (w > widths[i % t->width])
            widths[i % t->width] = w;
    }
    narrow(t, widths);
    for (int c = 0; c < t->width; c++)
        add_cell(&line, t, c, t->columns[c].key, widths[c]);
    fprintf(t->out, "%s%s%s\n", colour ? "\033[1m" : "", line.text,
            colour ? "\033[0m" : "");
    for (int i = 0; i < t->count; i += t->width) {
        str_clear(&line);
        for (int c = 0; c < t->width; c++)
            add_cell(&line, t, c, t->cells[i + c], widths[c]);
        while (line.length && line.text[line.length - 1] == ' ')
            line.text[--line.length] = '\0';
        fprintf(t->out, "%s\n", line.text);
    }
    str_release(&line);
    free(widths);
}

void tabular_print(const struct tabular *t)
{
    assert(t->count % t->width == 0);
    if (t->format == FORMAT_CSV)
        print_csv(t);
    else if (t->count > 0)
        print_table(t);
}

void tabular_flush(struct tabular *t)
{
    if (t->format != FORMAT_CSV)
        return;
    tabular_print(t);
    t->begun = true;
    forget_rows(t);
}
