#include <config.h>

#include "image/readpng.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/mem.h"
#include "image/exif.h"

#define CHUNK_MAX (8u << 20)

/* Everything that must outlive a longjmp(). */
struct reader {
    const uint8_t *bytes;
    size_t n, at;
    png_structp png;
    png_infop info;
    jmp_buf failed;
    char message[128];
    struct picture picture;
    uint8_t *raw;     /* with alpha: a row, or all of an interlaced one */
    uint32_t samples; /* a pixel of raw: 1 to 4 */
    struct err *err;
    enum status status; /* of err, when it was ours */
};

static void on_error(png_structp png, png_const_charp message)
{
    struct reader *r = png_get_error_ptr(png);

    snprintf(r->message, sizeof(r->message), "%s", message);
    longjmp(r->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep to, size_t want)
{
    struct reader *r = png_get_io_ptr(png);

    if (want > r->n - r->at)
        png_error(png, "it is cut off");
    memcpy(to, r->bytes + r->at, want);
    r->at += want;
}

/* Rows of grey, grey and alpha, RGB or RGBA bytes. */
static void ask_for_bytes(struct reader *r)
{
    png_set_expand(r->png);
    png_set_scale_16(r->png);
}

/* raw to the pixels from `to` on, count of them. */
static void lay_over_white(const struct reader *r, uint8_t *to,
                           const uint8_t *raw, size_t count)
{
    uint32_t colours = r->picture.channels;

    if (r->samples == colours) {
        memcpy(to, raw, count * colours);
        return;
    }
    for (size_t i = 0; i < count; i++, raw += r->samples)
        for (uint32_t c = 0; c < colours; c++)
            *to++ = picture_over_white(raw[c], raw[colours]);
}

static void allocate(struct reader *r, const char *name, bool interlaced)
{
    uint32_t width = png_get_image_width(r->png, r->info);
    uint32_t height = png_get_image_height(r->png, r->info);

    r->samples = png_get_channels(r->png, r->info);
    r->status = picture_new(&r->picture, width, height, r->samples < 3 ? 1 : 3,
                            name, r->err);
    if (r->status == OK)
        r->raw = mem_large((size_t)width * r->samples, interlaced ? height : 1);
    if (r->status == OK && r->raw == NULL)
        r->status =
            err_set(r->err, ERR_NOMEM, "%s: no memory for %u x %u pixels", name,
                    width, height);
    if (r->status != OK)
        longjmp(r->failed, 1);
}

static int orientation(struct reader *r)
{
    png_uint_32 n = 0;
    png_bytep bytes = NULL;

    if (png_get_eXIf_1(r->png, r->info, &n, &bytes) == 0 || bytes == NULL)
        return 1;
    return exif_orientation(bytes, n);
}

/* A size beyond bounds is said before libpng thinks of rows that long. */
static void check_size(struct reader *r, const char *name)
{
    uint64_t width = png_get_image_width(r->png, r->info);
    uint64_t height = png_get_image_height(r->png, r->info);

    if (width * height <= PICTURE_PIXELS_MAX)
        return;
    r->status = picture_new(&r->picture, (uint32_t)width, (uint32_t)height, 1,
                            name, r->err);
    longjmp(r->failed, 1);
}

/* Leaves by longjmp() on failure, with r->status set when it was ours. */
static void decode(struct reader *r, const char *name)
{
    size_t stride;
    int passes;
    uint32_t height;

    r->png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    if (r->png != NULL)
        r->info = png_create_info_struct(r->png);
    if (r->info == NULL) {
        r->status =
            err_set(r->err, ERR_NOMEM, "%s: no memory to read it", name);
        longjmp(r->failed, 1);
    }
    png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(r->png, CHUNK_MAX);
    png_set_read_fn(r->png, r, on_read);
    png_read_info(r->png, r->info);
    check_size(r, name);
    ask_for_bytes(r);
    passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    allocate(r, name, passes > 1);
    height = r->picture.height;
    stride = (size_t)r->picture.width * r->samples;
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) {
            uint8_t *raw = r->raw + (passes > 1 ? y * stride : 0);

            png_read_row(r->png, raw, NULL);
            if (pass == passes - 1)
                lay_over_white(r,
                               r->picture.pixels + (size_t)y *
                                                       r->picture.width *
                                                       r->picture.channels,
                               raw, r->picture.width);
        }
    r->status = picture_orient(&r->picture, orientation(r), r->err);
    if (r->status != OK)
        longjmp(r->failed, 1);
}

enum status readpng_decode(struct picture *out, const uint8_t *bytes, size_t n,
                           const char *name, struct err *err)
{
    struct reader *r = mem_zalloc(1, sizeof(*r));
    enum status status = OK;

    r->bytes = bytes;
    r->n = n;
    r->err = err;
    if (setjmp(r->failed) == 0) {
        decode(r, name);
        *out = r->picture;
    } else {
        picture_release(&r->picture);
        status = r->status != OK
                     ? r->status
                     : err_set(err, ERR_BAD_INPUT, "%s is no whole PNG: %s",
                               name, r->message);
    }
    png_destroy_read_struct(&r->png, &r->info, NULL);
    free(r->raw);
    free(r);
    return status;
}
