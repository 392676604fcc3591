#ifndef BITGROVE_UI_TTY_H
#define BITGROVE_UI_TTY_H

/*
 * The terminal: keys through ncurses, frames through ttyout.h, and its
 * settings, which it gets back whatever ends the program: tty_close(), a
 * crash and a signal all restore them; Ctrl-Z suspends and `fg` comes back.
 * One at a time in a process; the user interface's thread.
 *
 * A frame is one write, and where the terminal says that it can it is shown
 * at once. What the terminal says about itself comes among the keys, so
 * nothing ever waits for it; what comes later than TTY_ASK_MS after the first
 * look is not believed.
 */

#include <stdbool.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/graphic.h"

#define TTY_ASK_MS 150

struct tty;

/* ERR_BAD_INPUT when standard output is no terminal or TERM is unknown. */
MUST_USE enum status tty_open(struct tty **out, struct err *err);
void tty_close(struct tty *tty); /* NULL is fine */

void tty_size(const struct tty *tty, int *rows, int *cols);

/* 0 when it has none, COLOUR_TRUE when it has all; see colour.h. */
int tty_colours(const struct tty *tty);

/* What TERM is said to have, for drawing without a terminal; 0 if unknown. */
int tty_colours_of_name(const char *name);

/* What is wanted; one that was not built in is half blocks. */
void tty_set_pictures(struct tty *tty, enum graphic_mode mode);

/* What there is: never GRAPHIC_AUTO. Inside tmux and screen, and until the
 * terminal has said more, auto is half blocks. */
enum graphic_mode tty_pictures(struct tty *tty);

/* The next key (key.h), or KEY_CODE_NONE after `milliseconds`. */
int tty_key(struct tty *tty, int milliseconds);

/* Asks for clicks and the wheel, or leaves them to the terminal. */
void tty_mouse(struct tty *tty, bool on);

/* The row of the last KEY_CODE_CLICK. */
int tty_click(const struct tty *tty);

/* Shows a frame, sending what changed; parks or shows the cursor. */
void tty_show(struct tty *tty, const struct canvas *canvas, bool cursor);

/* Makes the next frame be sent whole. */
void tty_redraw(struct tty *tty);

/* Sends a text to the clipboard, see osc52_write(). */
MUST_USE enum status tty_copy(struct tty *tty, const char *text,
                              struct err *err);

/* True once SIGTERM or SIGHUP came or the terminal is gone: leave cleanly. */
bool tty_stopped(void);

#endif
