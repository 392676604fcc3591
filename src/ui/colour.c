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

enum { SHADE = 1 << 24 }; /* marks a colour of any shade */

int colour_rgb(int red, int green, int blue)
{
    return SHADE | red << 16 | green << 8 | blue;
}

bool colour_parts(int colour, int rgb[3])
{
    if (colour == COLOUR_DEFAULT)
        return false;
    if (colour & SHADE) {
        for (int i = 0; i < 3; i++)
            rgb[i] = colour >> (16 - 8 * i) & 255;
    } else if (colour < 16) {
        for (int i = 0; i < 3; i++)
            rgb[i] = ansi[colour][i];
    } else if (colour < 232) {
        rgb[0] = cube_level((colour - 16) / 36);
        rgb[1] = cube_level((colour - 16) / 6 % 6);
        rgb[2] = cube_level((colour - 16) % 6);
    } else {
        rgb[0] = rgb[1] = rgb[2] = 8 + 10 * (colour - 232);
    }
    return true;
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
    if (word[0] == '#' && strlen(word) == 7 &&
        strspn(word + 1, "0123456789abcdefABCDEF") == 6) {
        *out = SHADE | (int)strtol(word + 1, NULL, 16);
        return true;
    }
    if (word[0] < '0' || word[0] > '9')
        return false;
    number = strtol(word, &end, 10);
    if (*end != '\0' || number > 255)
        return false;
    *out = (int)number;
    return true;
}

static int by_lightness(int light)
{
    return light < 64 ? 0 : light < 150 ? 8 : light < 220 ? 7 : 15;
}

/* Degrees on the wheel, red at 0; the parts differ by `range`. */
static int hue(const int rgb[3], int top, int range)
{
    int r = rgb[0], g = rgb[1], b = rgb[2];

    if (top == r)
        return (360 + 60 * (g - b) / range) % 360;
    return top == g ? 120 + 60 * (b - r) / range : 240 + 60 * (r - g) / range;
}

/* One of ANSI 0 to 15 of about the same hue. */
static int by_hue(const int rgb[3])
{
    static const uint8_t wheel[12] = {1, 3, 3, 2, 2, 6, 6, 4, 4, 5, 5, 1};
    int top = 0, low = 255, luma, angle, base;

    for (int i = 0; i < 3; i++) {
        top = rgb[i] > top ? rgb[i] : top;
        low = rgb[i] < low ? rgb[i] : low;
    }
    luma = (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000;
    if (top - low < 36)
        return by_lightness(luma);
    angle = hue(rgb, top, top - low);
    base = wheel[angle / 30];
    /* Blue is hard to read on black, cyan on white. */
    if (angle >= 195 && angle < 225)
        base = luma < 110 ? 4 : 6;
    return luma >= 150 || top > 250 ? base + 8 : base;
}

int colour_reduce(int colour, int colours)
{
    int rgb[3];

    if (colour == COLOUR_DEFAULT || colours >= COLOUR_TRUE ||
        (colour < 256 && colours >= 256))
        return colour;
    if (colours < 8)
        return COLOUR_DEFAULT;
    if (colour >= 16) {
        colour_parts(colour, rgb);
        if (colours >= 256)
            return colour_nearest(rgb[0], rgb[1], rgb[2], 256);
        colour = by_hue(rgb);
    }
    return colours >= 16 ? colour : colour & 7;
}

int colour_nearest(int red, int green, int blue, int colours)
{
    int rgb[3], grey = (red * 3 + green * 4 + blue * 2) / 9;
    int best = 0, best_distance = 1 << 30;

    if (colours >= COLOUR_TRUE)
        return colour_rgb(red, green, blue);
    if (colours >= 256) {
        int cube = 16 + 36 * cube_index(red) + 6 * cube_index(green) +
                   cube_index(blue);
        int step = grey < 3 ? 0 : (grey - 3) / 10;
        int ramp = grey < 3     ? 16
                   : grey > 246 ? 231
                                : 232 + (step > 23 ? 23 : step);
        int other[3];

        colour_parts(cube, rgb);
        colour_parts(ramp, other);
        return distance(other, red, green, blue) <
                       distance(rgb, red, green, blue)
                   ? ramp
                   : cube;
    }
    for (int i = 0; i < 16; i++) {
        int d;

        colour_parts(i, rgb);
        d = distance(rgb, red, green, blue);
        if (d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    return best;
}
