#include <config.h>

#include "image/readwebp.h"

#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "base/mem.h"

static enum status broken(const char *name, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s is no whole WebP: it is damaged or cut off", name);
}

static enum status decode_alpha(struct picture *picture, const uint8_t *bytes,
                                size_t n, const char *name, struct err *err)
{
    size_t pixels = (size_t)picture->width * picture->height;
    uint8_t *raw = mem_large(pixels, 4);
    enum status status = OK;

    if (raw == NULL)
        return err_set(err, ERR_NOMEM, "%s: no memory for %u x %u pixels", name,
                       picture->width, picture->height);
    if (WebPDecodeRGBAInto(bytes, n, raw, pixels * 4,
                           (int)picture->width * 4) == NULL)
        status = broken(name, err);
    for (size_t i = 0; i < pixels && status == OK; i++)
        for (size_t c = 0; c < 3; c++)
            picture->pixels[i * 3 + c] =
                picture_over_white(raw[i * 4 + c], raw[i * 4 + 3]);
    free(raw);
    return status;
}

/* A picture without frames. */
static enum status decode_still(struct picture *out, const uint8_t *bytes,
                                size_t n, const char *name, struct err *err)
{
    WebPBitstreamFeatures features;
    struct picture picture;
    enum status status;

    if (WebPGetFeatures(bytes, n, &features) != VP8_STATUS_OK ||
        features.width <= 0 || features.height <= 0 || features.has_animation)
        return broken(name, err);
    status = picture_new(&picture, (uint32_t)features.width,
                         (uint32_t)features.height, 3, name, err);
    if (status != OK)
        return status;
    if (features.has_alpha)
        status = decode_alpha(&picture, bytes, n, name, err);
    else if (WebPDecodeRGBInto(bytes, n, picture.pixels,
                               (size_t)picture.width * picture.height * 3,
                               (int)picture.width * 3) == NULL)
        status = broken(name, err);
    if (status == OK)
        *out = picture;
    else
        picture_release(&picture);
    return status;
}

static enum status decode_frame(struct picture *out, const uint8_t *bytes,
                                size_t n, const char *name, struct err *err)
{
    WebPData data = {bytes, n};
    WebPDemuxer *demuxer = WebPDemux(&data);
    WebPIterator frame;
    enum status status;

    if (demuxer == NULL)
        return broken(name, err);
    if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
        status = frame.complete ? decode_still(out, frame.fragment.bytes,
                                               frame.fragment.size, name, err)
                                : broken(name, err);
        WebPDemuxReleaseIterator(&frame);
    } else {
        status = broken(name, err);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

enum status readwebp_decode(struct picture *out, const uint8_t *bytes, size_t n,
                            const char *name, struct err *err)
{
    WebPBitstreamFeatures features;

    if (WebPGetFeatures(bytes, n, &features) == VP8_STATUS_OK &&
        features.has_animation)
        return decode_frame(out, bytes, n, name, err);
    return decode_still(out, bytes, n, name, err);
}
