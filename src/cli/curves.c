#include <config.h>

#include "cli/curves.h"

#include <math.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"
#include "taxonomy/dendro.h"

/* Pixels. */
#define WIDE   640
#define LEFT   44
#define RIGHT  128 /* for the names */
#define TOP    30
#define BOTTOM 34
#define LETTER 14  /* least between two names, one below the other */
#define NAME   6.5 /* a letter of a name, as wide as they get */

static void number(struct str *out, double value)
{
    dendro_height_text(out, value, 1);
}

static double x_at(const struct curves *c, double x)
{
    double span = c->count > 1 ? c->count - 1 : 1;

    return LEFT + (WIDE - LEFT - RIGHT) * (x - c->first) / span;
}

static double y_at(const struct curves *c, double y)
{
    double span = c->high > c->low ? c->high - c->low : 1;

    return c->height - BOTTOM -
           (c->height - TOP - BOTTOM) * (y - c->low) / span;
}

/* The round step nearest above `least`: 1, 2 or 5 times a power of ten. */
static double round_step(double least)
{
    double power = pow(10, floor(log10(least > 0 ? least : 1)));

    for (double step = power;; step *= 10) {
        if (step >= least * 0.999)
            return step;
        if (2 * step >= least * 0.999)
            return 2 * step;
        if (5 * step >= least * 0.999)
            return 5 * step;
    }
}

static void add_text(struct str *out, const char *kind, double x, double y)
{
    str_addf(out, "<text class=\"%s\" x=\"", kind);
    number(out, x);
    str_add(out, "\" y=\"");
    number(out, y);
    str_add(out, "\">");
}

static void draw_rules(struct str *out, const struct curves *c)
{
    double step = round_step((c->high - c->low) / 5);

    for (double y = ceil(c->low / step - 1e-9) * step;
         y <= c->high + step * 1e-6; y += step) {
        str_addf(out, "<path class=\"rule\" d=\"M%d ", LEFT);
        number(out, y_at(c, y));
        str_addf(out, "H%d\"/>", WIDE - RIGHT);
        add_text(out, "y", LEFT - 8, y_at(c, y) + 4);
        dendro_height_text(out, c->percent ? 100 * y : y, 3);
        str_add(out, c->percent ? " %</text>\n" : "</text>\n");
    }
}

static void draw_across(struct str *out, const struct curves *c)
{
    int last = c->first + c->count - 1;
    int step = (int)round_step(c->count > 10 ? c->count / 10.0 : 1);

    for (int x = c->first; x <= last; x++) {
        if (x % step != 0 && x != last && x != c->first)
            continue;
        if (x != last && last - x < step && c->count > 10)
            continue;
        if (x == c->first && x % step != 0 && step - x % step < step / 2)
            continue;
        add_text(out, "x", x_at(c, x), c->height - BOTTOM + 18);
        str_addf(out, "%d</text>", x);
    }
    add_text(out, "name", WIDE - RIGHT + 10, c->height - BOTTOM + 18);
    str_addf(out, "%s</text>\n", c->across);
}

/* A name that would run into the one before stands above it. */
static void draw_marks(struct str *out, const struct curves *c)
{
    double end = 0;

    for (int i = 0; i < c->marks; i++) {
        double x = x_at(c, c->mark[i].x - 0.5);
        bool first = c->mark[i].x <= c->first;
        bool above;

        if (first)
            x = x_at(c, c->first) - 4;
        above = x + 4 < end;
        if (!first) {
            str_add(out, "<path class=\"mark\" d=\"M");
            number(out, x);
            str_addf(out, " %dV%d\"/>", above ? TOP - 26 : TOP - 14,
                     c->height - BOTTOM);
        }
        add_text(out, "name", x + 4, above ? TOP - 17 : TOP - 5);
        str_addf(out, "%s</text>\n", c->mark[i].name);
        end = above ? 0 : x + 8 + NAME * (double)strlen(c->mark[i].name);
    }
}

static int last_known(const struct curves *c, int line)
{
    int at = c->count - 1;

    while (at >= 0 && isnan(c->line[line].y[at]))
        at--;
    return at;
}

static void draw_line(struct str *out, const struct curves *c, int line)
{
    const double *y = c->line[line].y;
    bool pen = false;

    str_addf(out, "<path class=\"curve c%d\" d=\"", line);
    for (int i = 0; i < c->count; i++) {
        if (!isnan(y[i])) {
            str_add_char(out, pen ? 'L' : 'M');
            number(out, x_at(c, c->first + i));
            str_add_char(out, ' ');
            number(out, y_at(c, y[i]));
            /* one point alone is a dot */
            if (!pen && (i + 1 == c->count || isnan(y[i + 1])))
                str_add(out, "h0.1");
        }
        pen = !isnan(y[i]);
    }
    str_add(out, "\"/>\n");
}

/* Names stand at the ends of their curves, from the highest down, each below
 * the one before. */
static void draw_names(struct str *out, const struct curves *c)
{
    bool done[CURVES_MOST] = {false};
    double above = -LETTER;

    for (int turn = 0; turn < c->lines; turn++) {
        int next = -1, at;
        double y, best = INFINITY;

        for (int i = 0; i < c->lines; i++) {
            at = last_known(c, i);
            if (!done[i] && at >= 0 && y_at(c, c->line[i].y[at]) < best) {
                best = y_at(c, c->line[i].y[at]);
                next = i;
            }
        }
        if (next < 0)
            return;
        done[next] = true;
        at = last_known(c, next);
        y = best + 4 > above + LETTER ? best + 4 : above + LETTER;
        above = y;
        str_addf(out, "<text class=\"end c%d\" x=\"%d\" y=\"", next,
                 WIDE - RIGHT + 10);
        number(out, y);
        str_addf(out, "\">%s ", c->line[next].name);
        if (c->percent)
            str_addf(out, "%.1f %%</text>\n", 100 * c->line[next].y[at]);
        else
            str_addf(out, "%.3f</text>\n", c->line[next].y[at]);
    }
}

void curves_svg(struct str *out, const struct curves *c)
{
    str_addf(out,
             "<svg class=\"curves\" role=\"img\" aria-labelledby=\"%s-title\" "
             "viewBox=\"0 0 %d %d\">\n<title id=\"%s-title\">",
             c->id, WIDE, c->height, c->id);
    markup_text(out, c->title);
    str_add(out, "</title>\n");
    draw_rules(out, c);
    draw_across(out, c);
    draw_marks(out, c);
    for (int i = 0; i < c->lines; i++)
        draw_line(out, c, i);
    draw_names(out, c);
    str_add(out, "</svg>\n");
}
