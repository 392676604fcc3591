#include <config.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "image/augment.h"
#include "image/bmp.h"
#include "image/exif.h"
#include "image/imagefile.h"
#include "image/prepare.h"
#include "image/readjpeg.h"
#include "tap.h"

/* Every file of tests/golden/pictures beside what Pillow makes of it, squares
 * beside what torchvision makes of them, and files that are no pictures. */

static char *folder;

static uint8_t *slurp(const char *name, size_t *n)
{
    struct str path = STR_INIT;
    FILE *f;
    uint8_t *bytes = mem_alloc(1u << 20);

    str_addf(&path, "%s/%s", folder, name);
    f = fopen(path.text, "rb");
    if (f == NULL)
        abort();
    *n = fread(bytes, 1, 1u << 20, f);
    fclose(f);
    str_release(&path);
    return bytes;
}

static bool read_file(struct picture *out, const char *name, uint32_t least)
{
    struct err err = {OK, ""};
    size_t n;
    uint8_t *bytes = slurp(name, &n);
    enum status status = imagefile_decode(out, bytes, n, least, name, &err);

    free(bytes);
    if (status != OK)
        tap_note("%s", err.text);
    return status == OK;
}

/* NAME.ppm or NAME.pgm, whichever there is. */
static bool read_wanted(struct picture *out, const char *name)
{
    static const char *const endings[] = {"ppm", "pgm"};
    bool found = false;

    for (size_t i = 0; i < 2 && !found; i++) {
        struct str wanted = STR_INIT, path = STR_INIT;
        FILE *f;

        str_add_bytes(&wanted, name, strcspn(name, "."));
        str_addf(&wanted, ".%s", endings[i]);
        str_addf(&path, "%s/%s", folder, wanted.text);
        f = fopen(path.text, "rb");
        if (f != NULL) {
            fclose(f);
            found = read_file(out, wanted.text, 0);
        }
        str_release(&wanted);
        str_release(&path);
    }
    return found;
}

/* The largest difference; grey counts as three equal channels. */
static int farthest(const struct picture *a, const struct picture *b)
{
    int most = 0;

    if (a->width != b->width || a->height != b->height)
        return 999;
    for (size_t i = 0; i < (size_t)a->width * a->height; i++)
        for (size_t c = 0; c < 3; c++) {
            int x = a->pixels[a->channels == 3 ? i * 3 + c : i];
            int y = b->pixels[b->channels == 3 ? i * 3 + c : i];

            most = abs(x - y) > most ? abs(x - y) : most;
        }
    return most;
}

static void compare(const char *name)
{
    struct picture got = {.pixels = NULL}, want = {.pixels = NULL};
    int most;

    if (tap_ok(read_file(&got, name, 0), "%s is read", name) &&
        tap_ok(read_wanted(&want, name), "what Pillow makes of %s", name)) {
        most = farthest(&got, &want);
        tap_ok(most <= 1, "%s: within one grey level of Pillow", name);
        if (most > 1)
            tap_note("%d; %u x %u x %u, %u x %u x %u", most, got.width,
                     got.height, got.channels, want.width, want.height,
                     want.channels);
    }
    picture_release(&got);
    picture_release(&want);
}

/* square-NAME-RESIZE-SIZE.jpg */
static void compare_square(const char *name)
{
    struct picture in = {.pixels = NULL}, want = {.pixels = NULL}, got;
    struct prepare how = {.channels = 3};
    struct err err = {OK, ""};
    uint8_t *planes;
    size_t pixels;

    if (sscanf(name, "square-%*[a-z]-%u-%u", &how.resize, &how.size) != 2 ||
        !read_file(&in, name, 0) || !read_wanted(&want, name))
        abort();
    pixels = (size_t)how.size * how.size;
    planes = mem_alloc(pixels * 3);
    got = (struct picture){how.size, how.size, 3, mem_alloc(pixels * 3)};
    tap_int(prepare_picture(planes, &in, &how, &err), OK, "%s", name);
    for (size_t i = 0; i < pixels * 3; i++)
        got.pixels[i % pixels * 3 + i / pixels] = planes[i];
    tap_int(farthest(&got, &want), 0, "%s: torchvision's bytes", name);
    free(planes);
    picture_release(&got);
    picture_release(&in);
    picture_release(&want);
}

static void test_golden(void)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort), seen = 0;

    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        const char *dot = strrchr(name, '.');

        if (strncmp(name, "square-", 7) == 0) {
            if (strcmp(dot, ".jpg") == 0)
                compare_square(name);
        } else if (imagefile_named(name) && strcmp(dot, ".ppm") != 0 &&
                   strcmp(dot, ".pgm") != 0) {
            compare(name);
            seen++;
        }
        free(entries[i]);
    }
    free(entries);
    tap_ok(seen > 40, "%d files", seen);
}

/* A JPEG decoded smaller keeps the side asked for, and the look. */
static void test_scaled(void)
{
    static const struct {
        uint32_t least, width, height;
    } rows[] = {{0, 331, 222},   {223, 331, 222}, {112, 331, 222},
                {111, 166, 111}, {56, 166, 111},  {55, 83, 56},
                {28, 83, 56},    {27, 42, 28},    {1, 42, 28}};
    struct prepare how = {24, 24, 3};
    struct picture whole;
    uint8_t near[3 * 24 * 24], far[3 * 24 * 24];
    struct err err;
    long sum = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct picture p = {.pixels = NULL};

        tap_ok(read_file(&p, "square-large-160-144.jpg", rows[i].least),
               "at least %u", rows[i].least);
        tap_int(p.width, rows[i].width, "its width");
        tap_int(p.height, rows[i].height, "its height");
        picture_release(&p);
    }
    if (!read_file(&whole, "square-large-160-144.jpg", 0) ||
        prepare_picture(far, &whole, &how, &err) != OK)
        abort();
    picture_release(&whole);
    if (!read_file(&whole, "square-large-160-144.jpg", 48) ||
        prepare_picture(near, &whole, &how, &err) != OK)
        abort();
    picture_release(&whole);
    for (size_t i = 0; i < sizeof(near); i++)
        sum += abs(near[i] - far[i]);
    tap_ok(sum > 0 && sum < 3 * (long)sizeof(near),
           "half the size and then 24 x 24: much the same (%.2f)",
           (double)sum / (double)sizeof(near));
}

/* Cut off anywhere, a file is an error that names it, and no picture. */
static void test_cut(void)
{
    static const char *const names[] = {
        "baseline.jpg", "progressive.jpg", "colour.png", "alphawoven.png",
        "lossy.webp",   "lossless.webp",   "plain.gif",  "woven.gif",
        "colour.bmp",   "rle8.bmp",        "cmyk.jpg",   "mono.bmp",
        "baseline.ppm", "moving.webp",     "palette.png"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t n, taken = 0, named = 0, tries = 0;
        uint8_t *bytes = slurp(names[i], &n);

        for (size_t cut = 0; cut + 24 < n; cut += 1 + n / 97) {
            struct picture p = {.pixels = NULL};
            struct err err = {OK, ""};
            /* its own copy, so that a reader beyond the end is seen */
            uint8_t *part = mem_alloc(cut + 1);

            memcpy(part, bytes, cut);
            tries++;
            if (imagefile_decode(&p, part, cut, 0, names[i], &err) == OK)
                taken++;
            else
                named += err.status == ERR_BAD_INPUT &&
                         strstr(err.text, names[i]) == err.text;
            picture_release(&p);
            free(part);
        }
        /* the first frame of an animation is whole before its end */
        tap_ok(strncmp(names[i], "moving", 6) == 0 || taken == 0,
               "%s, cut off: never taken", names[i]);
        tap_int((long long)(named + taken), (long long)tries, "and named");
        free(bytes);
    }
}

#define B(s) (const uint8_t *)s, sizeof(s) - 1

static void test_hostile(void)
{
    static const struct {
        const char *name;
        const uint8_t *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {"empty", B(""), "is empty"},
        {"text", B("hello"), "no picture that can be read"},
        {"png of 2^31 pixels",
         B("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\0\x80\0\x08\2\0\0\0"
           "\xa7\x5a\x4d\xd8\0\0\0\0IDAT"),
         "65536 x 32768 pixels"},
        {"gif of 2^32 pixels",
         B("GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\1\1\1,\0\0\0\0\1\0\1\0\0\2"),
         "65535 x 65535 pixels"},
        {"gif without a frame", B("GIF89a\1\0\1\0\x80\0\0\0\0\0\1\1\1;"),
         "without a picture"},
        {"gif of a frame of 2^32 pixels",
         B("GIF89a\1\0\1\0\x80\0\0\0\0\0\1\1\1,\0\0\0\0\xff\xff\xff\xff\0"
           "\2"),
         "a frame of 65535 x 65535"},
        {"bmp of 2^31 pixels",
         B("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\1\0\0\x80\0\0\1\0\x18"
           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
         "65536 x 32768 pixels"},
        {"bmp that claims pixels",
         B("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\1\0\0\0\1\0\0\1\0\x18"
           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
         "pixels would go beyond its end"},
        {"ppm of 2^32 pixels", B("P6 65535 65535 255\n"), "is cut off"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct picture p = {.pixels = NULL};
        struct err err = {OK, ""};

        tap_int(imagefile_decode(&p, rows[i].bytes, rows[i].n, 0, "f", &err),
                ERR_BAD_INPUT, "%s", rows[i].name);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "says why"))
            tap_note("%s", err.text);
        tap_ok(p.pixels == NULL, "and makes nothing");
    }
}

/* A file of 362 bytes that claims 39 million pixels, found by libFuzzer: it is
 * right, and the time for it is that of filling as many bytes. */
static void test_claim(void)
{
    size_t n;
    uint8_t *bytes = slurp("rle4.bmp", &n);
    struct picture p = {.pixels = NULL};
    struct err err = {OK, ""};
    clock_t began = clock();
    double seconds;

    memcpy(bytes + 22, "\x1d\0\x10\0", 4);
    tap_int(bmp_decode(&p, bytes, n, "f", &err), OK, "a tall BMP of few runs");
    seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    tap_ok(p.height == (1u << 20) + 29 && seconds < 4, "takes %.2f s", seconds);
    picture_release(&p);
    free(bytes);
}

/* A progressive file whose scans repeat: a few kilobytes, minutes of work. */
static void test_scans(void)
{
    size_t n, start, end, total;
    uint8_t *bytes = slurp("progressive.jpg", &n), *many;
    struct picture p = {.pixels = NULL};
    struct err err = {OK, ""};

    for (start = 2; memcmp(bytes + start, "\xff\xda", 2) != 0;)
        start++;
    for (end = start + 2; bytes[end] != 0xff || bytes[end + 1] == 0;)
        end++;
    many = mem_alloc(n + 400 * n);
    memcpy(many, bytes, n - 2);
    total = n - 2;
    for (int i = 0; i < 400; i++) {
        memcpy(many + total, bytes + start, end - start);
        total += end - start;
    }
    memcpy(many + total, "\xff\xd9", 2);
    tap_int(readjpeg_decode(&p, many, total + 2, 0, "f", &err), ERR_BAD_INPUT,
            "a JPEG of 400 scans");
    if (!tap_ok(strstr(err.text, "scans") != NULL, "says why"))
        tap_note("%s", err.text);
    free(many);
    free(bytes);
}

static void test_exif(void)
{
    tap_int(exif_orientation(B("Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0"
                               "\6\0\0\0")),
            6, "little-endian");
    tap_int(exif_orientation(B("MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x08"
                               "\0\0")),
            8, "big-endian");
    tap_int(exif_orientation(B("MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x09"
                               "\0\0")),
            1, "no such orientation");
    tap_int(exif_orientation(B("MM\0*\xff\xff\xff\xff\0\1")), 1,
            "beyond the end");
    tap_int(exif_orientation(B("MM\0*\0\0\0\x08\xff\xff\1\x12")), 1,
            "too many entries");
    tap_int(exif_orientation(B("")), 1, "nothing");
}

static void test_prepare(void)
{
    uint8_t colour[2 * 3] = {255, 0, 0, 0, 0, 255}, out[3 * 4];
    struct picture p = {2, 1, 3, colour};
    struct picture thin = {1u << 20, 1, 1, NULL};
    struct prepare grey = {2, 2, 1}, wide = {4096, 4096, 3};
    struct err err = {OK, ""};

    tap_int(prepare_picture(out, &p, &grey, &err), OK, "to grey");
    tap_int(out[0], 64, "three quarters of red, one of blue");
    tap_int(out[1], 41, "and the other way round");
    tap_int(prepare_picture(out, &thin, &wide, &err), ERR_BAD_INPUT,
            "a picture of a single long row");
    tap_ok(strstr(err.text, "too long and thin") != NULL, "is refused");
}

int main(void)
{
    const char *source = getenv("top_srcdir");
    struct str path = STR_INIT;

    str_addf(&path, "%s/tests/golden/pictures", source ? source : ".");
    folder = str_take(&path);
    test_golden();
    test_scaled();
    test_cut();
    test_hostile();
    test_claim();
    test_scans();
    test_exif();
    test_prepare();
    free(folder);
    return tap_done();
}
