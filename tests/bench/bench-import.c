#include <config.h>

/*
 * bench-import make DIR N: N rendered pictures of 500 x 375 in DIR/train/cC,
 * four JPEGs to a PNG.
 * bench-import read DIR N: the peer, a plain loop that reads and decodes the
 * same JPEGs with libjpeg, every pixel, one thread; prints pictures a second.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>
#include <png.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"

enum { WIDTH = 500, HEIGHT = 375, CLASSES = 20 };

static bool is_png(int i)
{
    return i % 5 == 4;
}

static char *path_of(char *out, size_t room, const char *dir, int i)
{
    snprintf(out, room, "%s/train/c%02d/%06d.%s", dir, i % CLASSES, i,
             is_png(i) ? "png" : "jpg");
    return out;
}

/* Waves, a disc and noise, other ones for each i. */
static void render(uint8_t *pixels, int i)
{
    struct rng rng;
    int cx, cy, a, b;

    rng_init(&rng, 1, (uint64_t)i);
    cx = (int)rng_below(&rng, WIDTH);
    cy = (int)rng_below(&rng, HEIGHT);
    a = 1 + (int)rng_below(&rng, 7);
    b = 1 + (int)rng_below(&rng, 7);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int dx = x - cx, dy = y - cy, inside = dx * dx + dy * dy < 9000;
            uint8_t *p = pixels + ((size_t)y * WIDTH + (size_t)x) * 3;
            int wave = (x * a + y * b) % 256, noise = (int)rng_below(&rng, 16);

            wave = wave < 128 ? 2 * wave : 510 - 2 * wave;
            p[0] = (uint8_t)((inside ? 200 : wave * 3 / 4) + noise);
            p[1] = (uint8_t)(x * 220 / WIDTH + noise);
            p[2] = (uint8_t)((inside ? wave / 2 : y * 220 / HEIGHT) + noise);
        }
}

static void write_jpeg(FILE *f, uint8_t *pixels)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, f);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 85, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < HEIGHT) {
        JSAMPROW row = pixels + (size_t)jpeg.next_scanline * WIDTH * 3;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
}

static void write_png(FILE *f, const uint8_t *pixels)
{
    png_image image;

    memset(&image, 0, sizeof(image));
    image.version = PNG_IMAGE_VERSION;
    image.width = WIDTH;
    image.height = HEIGHT;
    image.format = PNG_FORMAT_RGB;
    image.flags = PNG_IMAGE_FLAG_FAST;
    if (!png_image_write_to_stdio(&image, f, 0, pixels, 0, NULL))
        abort();
}

static int make(const char *dir, int n)
{
    uint8_t *pixels = mem_alloc((size_t)WIDTH * HEIGHT * 3);
    char path[4096];

    mkdir(dir, 0777);
    snprintf(path, sizeof(path), "%s/train", dir);
    mkdir(path, 0777);
    for (int c = 0; c < CLASSES; c++) {
        snprintf(path, sizeof(path), "%s/train/c%02d", dir, c);
        mkdir(path, 0777);
    }
    for (int i = 0; i < n; i++) {
        FILE *f = fopen(path_of(path, sizeof(path), dir, i), "wb");

        if (f == NULL) {
            perror(path);
            return 1;
        }
        render(pixels, i);
        if (is_png(i))
            write_png(f, pixels);
        else
            write_jpeg(f, pixels);
        if (fclose(f) != 0)
            return 1;
    }
    free(pixels);
    return 0;
}

static void read_jpeg(const char *path, uint8_t *pixels)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        abort();
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_stdio_src(&jpeg, f);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = pixels + (size_t)jpeg.output_scanline * WIDTH * 3;

        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    fclose(f);
}

static int read_all(const char *dir, int n)
{
    uint8_t *pixels = mem_alloc((size_t)WIDTH * HEIGHT * 3);
    int64_t began = clock_monotonic(), count = 0;
    char path[4096];

    for (int i = 0; i < n; i++)
        if (!is_png(i)) {
            read_jpeg(path_of(path, sizeof(path), dir, i), pixels);
            count++;
        }
    printf("%.1f\n",
           (double)count * 1000.0 / (double)(clock_monotonic() - began + 1));
    free(pixels);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], atoi(argv[3]));
    if (argc == 4 && strcmp(argv[1], "read") == 0)
        return read_all(argv[2], atoi(argv[3]));
    fprintf(stderr, "usage: bench-import make|read DIR N\n");
    return 2;
}
