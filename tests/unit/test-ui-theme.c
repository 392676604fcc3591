/* Every theme can be read: contrast as WCAG 2.1 has it, on the backgrounds it
 * is for, and on terminals of few colours text is never hidden. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/colour.h"
#include "ui/theme.h"

#include "tap.h"

static const int dark[3] = {24, 24, 24}, light[3] = {255, 255, 255};

/* Lines and the empty part of bars: to be seen, not read. */
static const enum role faint[] = {ROLE_RULE, ROLE_TREE, ROLE_BAR_REST};

static double luminance(const int rgb[3])
{
    static const double weight[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double part = rgb[i] / 255.0;

        sum += weight[i] * (part <= 0.03928 ? part / 12.92
                                            : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(const int a[3], const int b[3])
{
    double x = luminance(a), y = luminance(b);

    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* Black on light, white on dark, unless the style has a colour. */
static void shade(int colour, const int fallback[3], int out[3])
{
    if (!colour_parts(colour, out))
        memcpy(out, fallback, 3 * sizeof(*out));
}

static bool is_faint(int role)
{
    for (size_t i = 0; i < ARRAY_SIZE(faint); i++)
        if ((int)faint[i] == role)
            return true;
    return false;
}

/* The least contrast of a text role, and of a faint one. */
static void measure(const struct theme *theme, const int screen[3],
                    double *text, double *lines, const char **worst)
{
    const int *ink = screen == light ? dark : light;

    *text = *lines = INFINITY;
    for (int role = 0; role < ROLES; role++) {
        struct style style = theme->styles[role];
        int fg[3], bg[3], under[3];
        double ratio;

        shade(theme->styles[ROLE_SCREEN].bg, screen, under);
        shade(style.fg, ink, fg);
        shade(style.bg, under, bg);
        ratio = contrast(fg, bg);
        if (is_faint(role)) {
            *lines = ratio < *lines ? ratio : *lines;
        } else if (ratio < *text) {
            *text = ratio;
            *worst = theme_key((enum role)role);
        }
    }
}

static void load(struct theme *theme, const char *name)
{
    struct err err;

    if (theme_find(theme, name, &err) == OK)
        return;
    tap_ok(false, "%s: %s", name, err.text);
    exit(1);
}

static void test_contrast(void)
{
    /* No one colour has 4.5 on black and on white: 3 is asked of what is for
     * both, as of large text. */
    static const struct {
        const char *name;
        double on_dark, on_light;
    } table[] = {{"default", 3, 3}, {"cb-safe", 3, 3},    {"dark", 4.5, 0},
                 {"dusk", 4.5, 0},  {"phosphor", 4.5, 0}, {"light", 0, 4.5},
                 {"paper", 0, 4.5}, {"mono", 4.5, 4.5}};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct theme theme;

        load(&theme, table[i].name);
        for (int side = 0; side < 2; side++) {
            double least = side ? table[i].on_light : table[i].on_dark;
            double text, lines;
            const char *worst = "";

            if (least == 0)
                continue;
            measure(&theme, side ? light : dark, &text, &lines, &worst);
            tap_ok(text >= least, "%s on %s: %.2f, least of %s", theme.name,
                   side ? "light" : "dark", text, worst);
            tap_ok(lines >= 1.3, "%s on %s: lines %.2f", theme.name,
                   side ? "light" : "dark", lines);
        }
    }
}

/* With few colours: text is seen, the cursor's row differs from the others
 * and from the one without focus. */
static void test_few_colours(const char *name)
{
    static const int counts[] = {COLOUR_TRUE, 256, 16, 8, 0};

    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        struct theme theme;
        int hidden = 0;

        load(&theme, name);
        theme_reduce(&theme, counts[i]);
        for (int role = 0; role < ROLES; role++) {
            struct style s = theme.styles[role];

            hidden += s.fg == s.bg && s.fg != COLOUR_DEFAULT;
            hidden += counts[i] < 256 && (s.fg > 15 || s.bg > 15);
            hidden += counts[i] == 8 && (s.fg > 7 || s.bg > 7);
        }
        tap_int(hidden, 0, "%s of %d colours: nothing hidden", name, counts[i]);
        tap_ok(!style_equal(theme.styles[ROLE_SELECTED],
                            theme.styles[ROLE_TEXT]) &&
                   !style_equal(theme.styles[ROLE_SELECTED],
                                theme.styles[ROLE_SELECTED_IDLE]),
               "%s of %d colours: the cursor's row differs", name, counts[i]);
    }
}

static void test_hues(void)
{
    static const struct {
        int colour, of_16, of_8;
    } table[] = {{31, 6, 6},
                 {130, 3, 3},
                 {28, 2, 2},
                 {167, 1, 1},
                 {133, 5, 5},
                 {25, 4, 4},
                 {117, 14, 6},
                 {222, 11, 3},
                 {174, 9, 1},
                 {244, 8, 0},
                 {236, 0, 0},
                 {255, 15, 7},
                 {COLOUR_DEFAULT, -1, -1}};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        tap_int(colour_reduce(table[i].colour, 16), table[i].of_16,
                "%d of 16 colours", table[i].colour);
        tap_int(colour_reduce(table[i].colour, 8), table[i].of_8,
                "%d of 8 colours", table[i].colour);
    }
    tap_int(colour_reduce(colour_rgb(255, 255, 255), 256), 231, "white of 256");
    tap_int(colour_reduce(colour_rgb(1, 2, 3), COLOUR_TRUE),
            colour_rgb(1, 2, 3), "all shades stay");
}

int main(void)
{
    struct str names = STR_INIT;
    char *save, *name;

    const char *top = getenv("top_srcdir");
    char themes[4096];

    snprintf(themes, sizeof(themes), "%s/themes", top ? top : ".");
    setenv("BITGROVE_THEMES", themes, 1);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    test_contrast();
    test_hues();
    theme_list(&names);
    for (name = strtok_r(names.text, "\n", &save); name;
         name = strtok_r(NULL, "\n", &save))
        test_few_colours(name);
    str_release(&names);
    return tap_done();
}
