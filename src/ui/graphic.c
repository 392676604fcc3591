#include <config.h>

#include "ui/graphic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CHAFA
#include <chafa.h>
#endif

#include "base/mem.h"
#include "base/utf8.h"

static const char *const names[GRAPHIC_MODES] = {
    "auto", "kitty", "iterm", "sixel", "half", "ascii", "none"};

const char *graphic_mode_name(enum graphic_mode mode)
{
    return names[mode];
}

bool graphic_mode_parse(const char *word, enum graphic_mode *out)
{
    for (int i = 0; i < GRAPHIC_MODES; i++) {
        if (strcmp(names[i], word) == 0) {
            *out = (enum graphic_mode)i;
            return true;
        }
    }
    return false;
}

bool graphic_mode_is_pixels(enum graphic_mode mode)
{
    return mode == GRAPHIC_KITTY || mode == GRAPHIC_ITERM ||
           mode == GRAPHIC_SIXEL;
}

bool graphic_mode_is_built(enum graphic_mode mode)
{
#ifdef HAVE_CHAFA
    (void)mode;
    return true;
#else
    return !graphic_mode_is_pixels(mode);
#endif
}

/* Whatever is inside goes to the terminal outside: each escape character
 * doubled, in pieces that are short enough for tmux to keep. */
static void wrap_for_tmux(struct str *out, const char *bytes, size_t n)
{
    str_add(out, "\033Ptmux;");
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\033')
            str_add_char(out, '\033');
        str_add_char(out, bytes[i]);
    }
    str_add(out, "\033\\");
}

#ifdef HAVE_CHAFA

/* (channels, height, width) to three bytes a pixel. */
static uint8_t *interleave(int channels, int height, int width,
                           const uint8_t *pixels)
{
    size_t plane = (size_t)height * (size_t)width;
    uint8_t *rgb = mem_alloc(plane * 3);

    for (size_t i = 0; i < plane; i++)
        for (size_t c = 0; c < 3; c++)
            rgb[3 * i + c] = pixels[(channels == 3 ? c * plane : 0) + i];
    return rgb;
}

/* What the protocols open and close with; %1 and so on are numbers that
 * libchafa fills in. */
static ChafaTermInfo *protocol(const struct graphic_frame *frame)
{
    ChafaTermInfo *info = chafa_term_info_new();
    char begin[160];

    snprintf(begin, sizeof(begin),
             "\033_Ga=T,q=2,C=1,i=%u%s,f=%%1,s=%%2,v=%%3,c=%%4,r=%%5,m=1"
             "\033\\",
             frame->id, frame->tmux ? ",U=1" : "");
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1,
                            begin, NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_END_KITTY_IMAGE,
                            "\033_Gm=0\033\\", NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_BEGIN_KITTY_IMAGE_CHUNK,
                            "\033_Gm=1;", NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_END_KITTY_IMAGE_CHUNK,
                            "\033\\", NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_BEGIN_SIXELS, "\033P%1;%2;%3q",
                            NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_END_SIXELS, "\033\\", NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE,
                            "\033]1337;File=inline=1;width=%1;height=%2;"
                            "preserveAspectRatio=0:",
                            NULL);
    chafa_term_info_set_seq(info, CHAFA_TERM_SEQ_END_ITERM2_IMAGE, "\033\\",
                            NULL);
    return info;
}

/*
 * Kitty and iTerm2 scale, so they are sent about as many pixels as there are;
 * sixels are pixels of the screen, in bands of six rows of which the last
 * must not reach into the row of cells below.
 */
static ChafaCanvasConfig *geometry(const struct graphic_frame *frame,
                                   int height, int width)
{
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    int rows = frame->rows, cols = frame->cols;

    if (frame->mode == GRAPHIC_SIXEL) {
        int high = rows * frame->cell_height / 6 * 6;

        chafa_canvas_config_set_geometry(config, 1, 1);
        chafa_canvas_config_set_cell_geometry(config, cols * frame->cell_width,
                                              high > 0 ? high : 6);
        chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SIXELS);
    } else {
        chafa_canvas_config_set_geometry(config, cols, rows);
        chafa_canvas_config_set_cell_geometry(config, (width + cols - 1) / cols,
                                              (height + rows - 1) / rows);
        chafa_canvas_config_set_pixel_mode(
            config, frame->mode == GRAPHIC_KITTY ? CHAFA_PIXEL_MODE_KITTY
                                                 : CHAFA_PIXEL_MODE_ITERM2);
    }
    chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR);
    chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_NONE);
    chafa_canvas_config_set_work_factor(config, 0.1f);
    return config;
}

void graphic_show(struct str *out, const struct graphic_frame *frame,
                  int channels, int height, int width, const uint8_t *pixels)
{
    uint8_t *rgb = interleave(channels, height, width, pixels);
    ChafaCanvasConfig *config = geometry(frame, height, width);
    ChafaTermInfo *info = protocol(frame);
    ChafaCanvas *canvas;
    GString *text;

    chafa_set_n_threads(1);
    canvas = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, rgb, width, height,
                                 width * 3);
    text = chafa_canvas_print(canvas, info);
    if (frame->tmux)
        wrap_for_tmux(out, text->str, text->len);
    else
        str_add_bytes(out, text->str, text->len);
    g_string_free(text, TRUE);
    chafa_canvas_unref(canvas);
    chafa_term_info_unref(info);
    chafa_canvas_config_unref(config);
    free(rgb);
}

#else

void graphic_show(struct str *out, const struct graphic_frame *frame,
                  int channels, int height, int width, const uint8_t *pixels)
{
    (void)out;
    (void)frame;
    (void)channels;
    (void)height;
    (void)width;
    (void)pixels;
}

#endif

void graphic_remove(struct str *out, const struct graphic_frame *frame)
{
    struct str text = STR_INIT;

    if (frame->mode != GRAPHIC_KITTY)
        return;
    str_addf(&text, "\033_Ga=d,d=I,q=2,i=%u\033\\", frame->id);
    if (frame->tmux)
        wrap_for_tmux(out, text.text, text.length);
    else
        str_add(out, text.text);
    str_release(&text);
}

void graphic_placeholder(struct str *out, int row, int col)
{
    /* Combining characters of class 230, in the order in which kitty's
     * protocol counts with them. */
    static const uint16_t marks[GRAPHIC_CELLS] = {
        0x0305, 0x030d, 0x030e, 0x0310, 0x0312, 0x033d, 0x033e, 0x033f,
        0x0346, 0x034a, 0x034b, 0x034c, 0x0350, 0x0351, 0x0352, 0x0357,
        0x035b, 0x0363, 0x0364, 0x0365, 0x0366, 0x0367, 0x0368, 0x0369,
        0x036a, 0x036b, 0x036c, 0x036d, 0x036e, 0x036f, 0x0483, 0x0484,
        0x0485, 0x0486, 0x0487, 0x0592, 0x0593, 0x0594, 0x0595, 0x0597,
        0x0598, 0x0599, 0x059c, 0x059d, 0x059e, 0x059f, 0x05a0, 0x05a1,
        0x05a8, 0x05a9, 0x05ab, 0x05ac, 0x05af, 0x05c4, 0x0610, 0x0611,
        0x0612, 0x0613, 0x0614, 0x0615, 0x0616, 0x0617, 0x0657, 0x0658};

    utf8_encode(out, 0x10eeee);
    utf8_encode(out, marks[row]);
    utf8_encode(out, marks[col]);
}
