#include <config.h>

#include "image/readgif.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "base/mem.h"

struct bytes {
    const uint8_t *bytes;
    size_t n, at;
};

static int on_read(GifFileType *gif, GifByteType *to, int want)
{
    struct bytes *b = gif->UserData;
    size_t n = b->n - b->at;

    if (want < 0)
        return 0;
    if ((size_t)want < n)
        n = (size_t)want;
    memcpy(to, b->bytes + b->at, n);
    b->at += n;
    return (int)n;
}

static enum status broken(const GifFileType *gif, int code, const char *name,
                          struct err *err)
{
    const char *why = GifErrorString(gif != NULL ? gif->Error : code);

    return err_set(err, ERR_BAD_INPUT, "%s is no whole GIF: %s", name,
                   why != NULL ? why : "it is damaged");
}

/* Goes on to the first frame; *transparent: an index, or -1. */
static enum status find_frame(GifFileType *gif, int *transparent,
                              const char *name, struct err *err)
{
    *transparent = NO_TRANSPARENT_COLOR;
    for (;;) {
        GifRecordType type;
        GifByteType *block;
        int code;

        if (DGifGetRecordType(gif, &type) != GIF_OK)
            return broken(gif, 0, name, err);
        if (type == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(gif) == GIF_OK ? OK
                                                   : broken(gif, 0, name, err);
        if (type == TERMINATE_RECORD_TYPE)
            return err_set(err, ERR_BAD_INPUT, "%s is a GIF without a picture",
                           name);
        if (type != EXTENSION_RECORD_TYPE)
            continue;
        if (DGifGetExtension(gif, &code, &block) != GIF_OK)
            return broken(gif, 0, name, err);
        if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL && block[0] >= 4 &&
            (block[1] & 1) != 0)
            *transparent = block[4];
        while (block != NULL)
            if (DGifGetExtensionNext(gif, &block) != GIF_OK)
                return broken(gif, 0, name, err);
    }
}

/* Indices of a row to colours; what lies beyond the screen is cut. */
static void put_row(const GifFileType *gif, struct picture *picture,
                    const GifPixelType *row, uint32_t y, int transparent)
{
    const ColorMapObject *map =
        gif->Image.ColorMap != NULL ? gif->Image.ColorMap : gif->SColorMap;
    uint32_t left = (uint32_t)gif->Image.Left;
    uint8_t *to;

    y += (uint32_t)gif->Image.Top;
    if (y >= picture->height)
        return;
    to = picture->pixels + ((size_t)y * picture->width + left) * 3;
    for (uint32_t x = 0; x < (uint32_t)gif->Image.Width; x++, to += 3) {
        GifColorType colour = {0, 0, 0};

        if (left + x >= picture->width)
            break;
        if (row[x] == transparent)
            continue;
        if (row[x] < map->ColorCount)
            colour = map->Colors[row[x]];
        to[0] = colour.Red;
        to[1] = colour.Green;
        to[2] = colour.Blue;
    }
}

static enum status read_frame(GifFileType *gif, struct picture *picture,
                              int transparent, const char *name,
                              struct err *err)
{
    static const uint32_t start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    int width = gif->Image.Width, passes = gif->Image.Interlace ? 4 : 1;
    uint32_t height = (uint32_t)gif->Image.Height;
    GifPixelType *row;
    enum status status = OK;

    if (gif->Image.ColorMap == NULL && gif->SColorMap == NULL)
        return err_set(err, ERR_BAD_INPUT, "%s is a GIF without colours", name);
    row = mem_alloc((size_t)width + 1);
    for (int pass = 0; pass < passes && status == OK; pass++)
        for (uint32_t y = passes == 1 ? 0 : start[pass];
             y < height && status == OK; y += passes == 1 ? 1 : step[pass]) {
            if (DGifGetLine(gif, row, width) != GIF_OK)
                status = broken(gif, 0, name, err);
            else
                put_row(gif, picture, row, y, transparent);
        }
    free(row);
    return status;
}

static enum status decode(struct picture *out, GifFileType *gif,
                          const char *name, struct err *err)
{
    struct picture picture;
    int transparent;
    enum status status = find_frame(gif, &transparent, name, err);

    if (status != OK)
        return status;
    if (gif->Image.Width <= 0 || gif->Image.Height <= 0 ||
        gif->Image.Left < 0 || gif->Image.Top < 0)
        return err_set(err, ERR_BAD_INPUT, "%s is a GIF without pixels", name);
    /* A frame may be larger than the screen, and is unpacked all the same. */
    if ((uint64_t)gif->Image.Width * (uint64_t)gif->Image.Height >
        PICTURE_PIXELS_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has a frame of %d x %d pixels, more than %u "
                       "million: make it smaller",
                       name, gif->Image.Width, gif->Image.Height,
                       PICTURE_PIXELS_MAX / 1000000);
    /* Some writers leave the screen's size out. */
    if (gif->SWidth == 0 || gif->SHeight == 0) {
        gif->SWidth = gif->Image.Left + gif->Image.Width;
        gif->SHeight = gif->Image.Top + gif->Image.Height;
    }
    status = picture_new(&picture, (uint32_t)gif->SWidth,
                         (uint32_t)gif->SHeight, 3, name, err);
    if (status != OK)
        return status;
    memset(picture.pixels, 255, (size_t)picture.width * picture.height * 3);
    status = read_frame(gif, &picture, transparent, name, err);
    if (status == OK)
        *out = picture;
    else
        picture_release(&picture);
    return status;
}

enum status readgif_decode(struct picture *out, const uint8_t *bytes, size_t n,
                           const char *name, struct err *err)
{
    struct bytes b = {bytes, n, 0};
    int code = 0;
    GifFileType *gif = DGifOpen(&b, on_read, &code);
    enum status status;

    if (gif == NULL)
        return broken(NULL, code, name, err);
    status = decode(out, gif, name, err);
    DGifCloseFile(gif, &code);
    return status;
}
