#include <config.h>

#include "ui/thumb.h"

#include "ui/colour.h"

#define HALF_BLOCK 0x2580

/* Overlap of [a0, a1) with [b, b + 1), all in units of 1 / scale. */
static int overlap(int a0, int a1, int b, int scale)
{
    int lo = b * scale, hi = lo + scale;

    lo = a0 > lo ? a0 : lo;
    hi = a1 < hi ? a1 : hi;
    return hi > lo ? hi - lo : 0;
}

int thumb_sample(const struct thumb *thumb, int c, int x, int y, int w, int h)
{
    const uint8_t *plane =
        thumb->pixels + (long)c * thumb->height * thumb->width;
    int x0 = x * thumb->width, x1 = x0 + thumb->width; /* in 1/w pixels */
    int y0 = y * thumb->height, y1 = y0 + thumb->height;
    int64_t sum = 0, area = 0;

    for (int row = y0 / h; row < thumb->height && row * h < y1; row++) {
        int dy = overlap(y0, y1, row, h);

        for (int col = x0 / w; col < thumb->width && col * w < x1; col++) {
            int64_t part = (int64_t)dy * overlap(x0, x1, col, w);

            sum += part * plane[row * thumb->width + col];
            area += part;
        }
    }
    return area ? (int)((sum + area / 2) / area) : 0;
}

void thumb_size(const struct thumb *thumb, int rows, int cols, int *out_rows,
                int *out_cols)
{
    int zoom = thumb->zoom > 0 ? thumb->zoom : 1;
    int w = thumb->width * zoom, h = thumb->height * zoom;

    if (w > cols) {
        h = h * cols / w;
        w = cols;
    }
    if (h > 2 * rows) {
        w = w * 2 * rows / h;
        h = 2 * rows;
    }
    *out_cols = w > 0 ? w : 1;
    *out_rows = h > 1 ? (h + 1) / 2 : 1;
}

static int colour_at(struct pane pane, const struct thumb *thumb, int x, int y,
                     int w, int h)
{
    int rgb[3];

    for (int i = 0; i < 3; i++)
        rgb[i] = thumb_sample(thumb, thumb->channels == 3 ? i : 0, x, y, w, h);
    return colour_nearest(rgb[0], rgb[1], rgb[2], pane.look->colours);
}

static void draw_colours(struct pane pane, const struct thumb *thumb, int rows,
                         int cols)
{
    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
            int top = colour_at(pane, thumb, col, 2 * row, cols, 2 * rows);
            int bottom =
                colour_at(pane, thumb, col, 2 * row + 1, cols, 2 * rows);
            struct style style = {top, bottom, 0};

            pane_put_style(pane, row, col, style, HALF_BLOCK);
        }
    }
}

/* Mean over the channels of a pixel of a w x h grid. */
static int grey_at(const struct thumb *thumb, int x, int y, int w, int h)
{
    int sum = 0;

    for (int c = 0; c < thumb->channels; c++)
        sum += thumb_sample(thumb, c, x, y, w, h);
    return sum / thumb->channels;
}

/* Quadrants by ordered dithering around the middle of the image's range. */
static void draw_quadrants(struct pane pane, const struct thumb *thumb,
                           int rows, int cols)
{
    static const uint16_t glyphs[16] = {
        ' ',    0x2598, 0x259d, 0x2580, 0x2596, 0x258c, 0x259e, 0x259b,
        0x2597, 0x259a, 0x2590, 0x259c, 0x2584, 0x2599, 0x259f, 0x2588};
    static const int8_t bayer[2][2] = {{-3, 1}, {3, -1}}; /* sixteenths */
    int w = 2 * cols, h = 2 * rows, low = 255, high = 0;

    for (int i = 0; i < w * h; i++) {
        int grey = grey_at(thumb, i % w, i / w, w, h);

        low = grey < low ? grey : low;
        high = grey > high ? grey : high;
    }
    for (int i = 0; i < rows * cols; i++) {
        int bits = 0;

        for (int k = 0; k < 4; k++) {
            int x = i % cols * 2 + k % 2, y = i / cols * 2 + k / 2;
            int cut =
                (low + high) / 2 + (high - low) * bayer[k / 2][k % 2] / 16;

            if (high > low && grey_at(thumb, x, y, w, h) > cut)
                bits |= 1 << k;
        }
        pane_put(pane, i / cols, i % cols, ROLE_TEXT, glyphs[bits]);
    }
}

static void draw_ramp(struct pane pane, const struct thumb *thumb, int rows,
                      int cols)
{
    static const char ramp[] = " .:-=+*#%@";

    for (int i = 0; i < rows * cols; i++) {
        int grey = grey_at(thumb, i % cols, i / cols, cols, rows);

        pane_put(pane, i / cols, i % cols, ROLE_TEXT,
                 (uint32_t)ramp[grey * 10 / 256]);
    }
}

void thumb_draw(struct pane pane, const struct thumb *thumb)
{
    int rows, cols;

    if (pane.rows <= 0 || pane.cols <= 0)
        return;
    thumb_size(thumb, pane.rows, pane.cols, &rows, &cols);
    pane = pane_sub(pane, (pane.rows - rows) / 2, (pane.cols - cols) / 2, rows,
                    cols);
    if (pane.look->pictures == GRAPHIC_NONE)
        pane_put(pane, rows / 2, cols / 2, ROLE_DIM, '.');
    else if (graphic_mode_is_pixels(pane.look->pictures) &&
             pane_lay(pane, thumb->channels, thumb->height, thumb->width,
                      thumb->pixels))
        return;
    else if (pane.look->glyphs->ascii || pane.look->pictures == GRAPHIC_ASCII)
        draw_ramp(pane, thumb, rows, cols);
    else if (pane.look->colours >= 16)
        draw_colours(pane, thumb, rows, cols);
    else
        draw_quadrants(pane, thumb, rows, cols);
}
