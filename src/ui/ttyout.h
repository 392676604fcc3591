#ifndef BITGROVE_UI_TTYOUT_H
#define BITGROVE_UI_TTYOUT_H

/*
 * A frame as the bytes that turn the screen's last one into it: what changed
 * and no more, in the words of the terminal's description. Pictures of real
 * pixels go with the cells: one that stays is left alone, one that went is
 * taken away before anything is put in its place. The user interface's
 * thread; needs the description that tty.h has opened.
 */

#include <stdbool.h>

#include "base/str.h"
#include "ui/canvas.h"
#include "ui/graphic.h"

struct ttyout;

/* colours: how many the terminal has, COLOUR_TRUE for every shade. */
struct ttyout *ttyout_new(int colours);
void ttyout_free(struct ttyout *out); /* NULL is fine */

/* How pictures are shown from the next frame on; cell sizes in pixels. */
void ttyout_set_pictures(struct ttyout *out, enum graphic_mode mode, bool tmux,
                         int cell_width, int cell_height);

/*
 * Appends the frame; nothing when it looks like the last. cursor: whether the
 * cursor is seen at the canvas's place, where it is put in any case.
 */
void ttyout_frame(struct ttyout *out, struct str *bytes,
                  const struct canvas *canvas, bool cursor);

/* Forgets the last frame: the screen is cleared and the next sent whole. */
void ttyout_forget(struct ttyout *out);

/* Appends what takes all pictures off the screen. */
void ttyout_remove_pictures(struct ttyout *out, struct str *bytes);

#endif
