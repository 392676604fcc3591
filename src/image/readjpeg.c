#include <config.h>

#include "image/readjpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/mem.h"
#include "image/exif.h"

enum { SCANS_MAX = 128, SCANS_LEAST = 16, EXIF_MARKER = JPEG_APP0 + 1 };

/* What all scans of a file may go over: a progressive one has ten or so. */
#define SCANNED_MAX (1ull << 30)

/* What the coefficients of a progressive file may take. */
#define MEMORY_MAX (768l << 20)

/* Everything that must outlive a longjmp(). The libraries' structs come first
 * in theirs, so that callbacks find this one. */
struct reader {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    jmp_buf failed;
    char message[JMSG_LENGTH_MAX];
    struct picture picture;
    uint8_t *row; /* of CMYK */
    struct err *err;
    enum status status; /* of err, when it was ours */
};

static void on_error(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;

    jpeg->err->format_message(jpeg, r->message);
    longjmp(r->failed, 1);
}

/* Warnings that mean that pixels are missing are errors. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && (jpeg->err->msg_code == JWRN_JPEG_EOF ||
                      jpeg->err->msg_code == JWRN_HIT_MARKER))
        on_error(jpeg);
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* Scans that a picture of so many pixels may have. */
static int scans_most(const struct jpeg_decompress_struct *jpeg)
{
    uint64_t pixels = (uint64_t)jpeg->image_width * jpeg->image_height;
    uint64_t most = SCANNED_MAX / (pixels > 0 ? pixels : 1);

    return most > SCANS_MAX     ? SCANS_MAX
           : most < SCANS_LEAST ? SCANS_LEAST
                                : (int)most;
}

/* Empty scans take few bytes, and each a walk through all coefficients. */
static void on_progress(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;
    int most = scans_most(&r->jpeg);

    if (r->jpeg.input_scan_number <= most)
        return;
    snprintf(r->message, sizeof(r->message), "more than %d scans", most);
    longjmp(r->failed, 1);
}

static void choose_scale(struct jpeg_decompress_struct *jpeg, uint32_t least)
{
    uint32_t side = jpeg->image_width < jpeg->image_height ? jpeg->image_width
                                                           : jpeg->image_height;

    jpeg->scale_num = 8;
    jpeg->scale_denom = 8;
    while (least > 0 && jpeg->scale_num > 1 &&
           (uint64_t)side * jpeg->scale_num / 16 >= least)
        jpeg->scale_num /= 2;
}

/* What a JPEG calls ink is light; nothing is known about the inks. */
static void from_cmyk(uint8_t *to, const uint8_t *from, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, from += 4)
        for (int c = 0; c < 3; c++) {
            unsigned ink = 255u - from[c];
            unsigned product = ink * from[3] + 128u;

            *to++ = (uint8_t)(from[3] - (((product >> 8) + product) >> 8));
        }
}

static int orientation(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m != NULL; m = m->next)
        if (m->marker == EXIF_MARKER && m->data_length >= 6 &&
            m->data[0] == 'E' && m->data[1] == 'x')
            return exif_orientation(m->data, m->data_length);
    return 1;
}

static void read_rows(struct reader *r)
{
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    size_t stride = (size_t)r->picture.width * r->picture.channels;

    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = r->picture.pixels + jpeg->output_scanline * stride;
        JSAMPROW row = r->row != NULL ? r->row : to;

        if (jpeg_read_scanlines(jpeg, &row, 1) == 1 && r->row != NULL)
            from_cmyk(to, r->row, r->picture.width);
    }
}

/* Leaves by longjmp() on failure, with r->status set when it was ours. */
static void decode(struct reader *r, const uint8_t *bytes, size_t n,
                   uint32_t least, const char *name)
{
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    int turn;

    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = MEMORY_MAX;
    jpeg->progress = &r->progress;
    jpeg_mem_src(jpeg, bytes, n);
    jpeg_save_markers(jpeg, EXIF_MARKER, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    choose_scale(jpeg, least);
    if (jpeg->num_components == 1)
        jpeg->out_color_space = JCS_GRAYSCALE;
    else if (jpeg->num_components == 4)
        jpeg->out_color_space = JCS_CMYK;
    else
        jpeg->out_color_space = JCS_RGB;
    jpeg_calc_output_dimensions(jpeg);
    r->status =
        picture_new(&r->picture, jpeg->output_width, jpeg->output_height,
                    jpeg->num_components == 1 ? 1 : 3, name, r->err);
    if (r->status != OK)
        longjmp(r->failed, 1);
    jpeg_start_decompress(jpeg);
    if (jpeg->out_color_space == JCS_CMYK)
        r->row = mem_alloc((size_t)jpeg->output_width * 4);
    read_rows(r);
    turn = orientation(jpeg);
    jpeg_finish_decompress(jpeg);
    r->status = picture_orient(&r->picture, turn, r->err);
    if (r->status != OK)
        longjmp(r->failed, 1);
}

enum status readjpeg_decode(struct picture *out, const uint8_t *bytes, size_t n,
                            uint32_t least, const char *name, struct err *err)
{
    struct reader *r = mem_zalloc(1, sizeof(*r));
    enum status status = OK;

    r->err = err;
    r->progress.progress_monitor = on_progress;
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->jpeg.client_data = r;
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
    r->errors.output_message = on_output;
    if (setjmp(r->failed) == 0) {
        decode(r, bytes, n, least, name);
        *out = r->picture;
    } else {
        picture_release(&r->picture);
        status = r->status != OK
                     ? r->status
                     : err_set(err, ERR_BAD_INPUT, "%s is no whole JPEG: %s",
                               name, r->message);
    }
    jpeg_destroy_decompress(&r->jpeg);
    free(r->row);
    free(r);
    return status;
}
