#include <config.h>

#include "cli/halfblock.h"

#include "cli/console.h"

struct source {
    const uint8_t *pixels;
    int channels, height, width, step;
};

struct rgb {
    int c[3];
};

/* The pixel shown at column x, row y; black below the last row. */
static struct rgb at(const struct source *s, int x, int y)
{
    struct rgb out = {{0, 0, 0}};

    x *= s->step;
    y *= s->step;
    if (y >= s->height)
        return out;
    for (int c = 0; c < 3; c++) {
        int plane = s->channels == 1 ? 0 : c;

        out.c[c] = s->pixels[(plane * s->height + y) * s->width + x];
    }
    return out;
}

static int grey(struct rgb p)
{
    return (299 * p.c[0] + 587 * p.c[1] + 114 * p.c[2]) / 1000;
}

/* The nearest of the 256 colours: 24 greys, or the 6x6x6 cube. */
static int palette(struct rgb p)
{
    int level = grey(p);

    if (p.c[0] == p.c[1] && p.c[1] == p.c[2])
        return level < 4 ? 16 : level > 243 ? 231 : 232 + (level - 3) / 10;
    return 16 + 36 * ((p.c[0] * 5 + 127) / 255) +
           6 * ((p.c[1] * 5 + 127) / 255) + (p.c[2] * 5 + 127) / 255;
}

static void add_coloured(struct str *out, struct rgb top, struct rgb low)
{
    if (console_truecolour())
        str_addf(out, "\033[38;2;%d;%d;%d;48;2;%d;%d;%dm\xe2\x96\x80", top.c[0],
                 top.c[1], top.c[2], low.c[0], low.c[1], low.c[2]);
    else
        str_addf(out, "\033[38;5;%d;48;5;%dm\xe2\x96\x80", palette(top),
                 palette(low));
}

static void add_shade(struct str *out, struct rgb top, struct rgb low)
{
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    static const char ramp[] = " .:-=+*#%@";
    int level = (grey(top) + grey(low)) / 2;

    if (console_utf8())
        str_add(out, shades[level * 5 / 256]);
    else
        str_add_char(out, ramp[level * 10 / 256]);
}

void halfblock_draw(struct str *out, const uint8_t *pixels, int channels,
                    int height, int width, int columns)
{
    struct source s = {pixels, channels, height, width, 1};
    bool colour = console_colour() && console_utf8();

    if (columns < 1)
        columns = 1;
    s.step = (width + columns - 1) / columns;
    for (int y = 0; y * s.step < height; y += 2) {
        for (int x = 0; x * s.step < width; x++) {
            if (colour)
                add_coloured(out, at(&s, x, y), at(&s, x, y + 1));
            else
                add_shade(out, at(&s, x, y), at(&s, x, y + 1));
        }
        str_add(out, colour ? "\033[0m\n" : "\n");
    }
}
