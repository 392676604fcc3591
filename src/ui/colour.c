#include <config.h>

#include "ui/colour.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"black", "red",     "green", "yellow",
                                    "blue",  "magenta", "cyan",  "white"};

/* The shades that xterm gives ANSI 0 to 15. */
static const uint8_t ansi[16][3] = {
    {0, 0, 0},       {205, 0, 0},   {0, 205, 0},   {205, 205, 0},
    {0, 0, 238},     {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
    {127, 127, 127}, {255, 0, 0},   {0, 255, 0},   {255, 255, 0},
    {92, 92, 255},   {255, 0, 255}, {0, 255, 255}, {255, 255, 255}};

static int cube_level(int i)
{
    return i ? 55 + 40 * i : 0;
}

static int cube_index(int value)
{
    return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

static void shades(int colour, int rgb[3])
{
    if (colour < 16) {
        for (int i = 0; i < 3; i++)
            rgb[i] = ansi[colour][i];
    } else if (colour < 232) {
        rgb[0] = cube_level((colour - 16) / 36);
        rgb[1] = cube_level((colour - 16) / 6 % 6);
        rgb[2] = cube_level((colour - 16) % 6);
    } else {
        rgb[0] = rgb[1] = rgb[2] = 8 + 10 * (colour - 232);
    }
}

static int distance(const int a[3], int red, int green, int blue)
{
    int r = a[0] - red, g = a[1] - green, b = a[2] - blue;

    return 3 * r * r + 4 * g * g + 2 * b * b;
}

bool colour_parse(const char *word, int *out)
{
    const char *base = word;
    int bright = 0;
    char *end;
    long number;

    if (strcmp(word, "default") == 0) {
        *out = COLOUR_DEFAULT;
        return true;
    }
    if (strncmp(word, "bright-", 7) == 0) {
        base = word + 7;
        bright = 8;
    }
    for (int i = 0; i < 8; i++) {
        if (strcmp(base, names[i]) == 0) {
            *out = i + bright;
            return true;
        }
    }
    if (word[0] < '0' || word[0] > '9')
        return false;
    number = strtol(word, &end, 10);
    if (*end != '\0' || number > 255)
        return false;
    *out = (int)number;
    return true;
}

int colour_reduce(int colour, int colours)
{
    int rgb[3];

    if (colour == COLOUR_DEFAULT || colours >= 256)
        return colour;
    if (colours < 8)
        return COLOUR_DEFAULT;
    if (colour >= 16) {
        shades(colour, rgb);
        colour = colour_nearest(rgb[0], rgb[1], rgb[2], 16);
    }
    return colours >= 16 ? colour : colour & 7;
}

int colour_nearest(int red, int green, int blue, int colours)
{
    int rgb[3], grey = (red * 3 + green * 4 + blue * 2) / 9;
    int best = 0, best_distance = 1 << 30;

    if (colours >= 256) {
        int cube = 16 + 36 * cube_index(red) + 6 * cube_index(green) +
                   cube_index(blue);
        int step = grey < 3 ? 0 : (grey - 3) / 10;
        int ramp = grey < 3     ? 16
                   : grey > 246 ? 231
                                : 232 + (step > 23 ? 23 : step);
        int other[3];

        shades(cube, rgb);
        shades(ramp, other);
        return distance(other, red, green, blue) <
                       distance(rgb, red, green, blue)
                   ? ramp
                   : cube;
    }
    for (int i = 0; i < 16; i++) {
        int d;

        shades(i, rgb);
        d = distance(rgb, red, green, blue);
        if (d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    return best;
}
