#include <config.h>

#include "codes/bithue.h"

#include <math.h>

#define GOLDEN_ANGLE (137.50776405003785 * 3.14159265358979323846 / 180)
#define FIRST        4.4 /* radians: a blue */

/* Linear light to a byte of sRGB (IEC 61966-2-1). */
static uint32_t to_byte(double linear)
{
    double c = linear <= 0 ? 0 : linear >= 1 ? 1 : linear;

    c = c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
    return (uint32_t)lround(c * 255);
}

uint32_t bithue(int bit, bool dark)
{
    double lightness = dark ? 0.78 : 0.56, chroma = dark ? 0.11 : 0.135;
    double hue = FIRST + bit * GOLDEN_ANGLE;
    double a = chroma * cos(hue), b = chroma * sin(hue);
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;

    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    return to_byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
               << 16 |
           to_byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
               << 8 |
           to_byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
}
