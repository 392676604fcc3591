#include <config.h>

#include "image/writepng.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/mem.h"

enum status writepng_encode(struct str *out, const struct picture *picture,
                            struct err *err)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = picture->width,
                       .height = picture->height,
                       .format = picture->channels == 3 ? PNG_FORMAT_RGB
                                                        : PNG_FORMAT_GRAY};
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *bytes = mem_large(room, 1);
    enum status status = OK;

    if (bytes == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a picture of %u x %u",
                       picture->width, picture->height);
    if (png_image_write_to_memory(&image, bytes, &room, 0, picture->pixels, 0,
                                  NULL))
        str_add_bytes(out, bytes, room);
    else
        status = err_set(err, ERR_NOMEM, "cannot write a picture: %s",
                         image.message);
    free(bytes);
    return status;
}
