#ifndef BITGROVE_UI_TTY_H
#define BITGROVE_UI_TTY_H

/*
 * The terminal, through ncurses: the only file that includes it. One at a
 * time in a process. Whatever ends the program, the terminal is given back as
 * it was: tty_close(), a crash and a signal all restore it; Ctrl-Z suspends
 * and `fg` comes back. Sizes change through KEY_CODE_RESIZE alone.
 */

#include <stdbool.h>

#include "base/err.h"
#include "ui/canvas.h"

struct tty;

/* ERR_BAD_INPUT when standard output is no terminal or TERM is unknown. */
MUST_USE enum status tty_open(struct tty **out, struct err *err);
void tty_close(struct tty *tty); /* NULL is fine */

void tty_size(const struct tty *tty, int *rows, int *cols);
int tty_colours(const struct tty *tty); /* 0 when it has none */

/* What TERM is said to have, for drawing without a terminal; 0 if unknown. */
int tty_colours_of_name(const char *name);

/* The next key (key.h), or KEY_CODE_NONE after `milliseconds`. */
int tty_key(struct tty *tty, int milliseconds);

/* Asks for clicks and the wheel, or leaves them to the terminal. */
void tty_mouse(struct tty *tty, bool on);

/* Where the last KEY_CODE_CLICK was. */
void tty_click(const struct tty *tty, int *row, int *col);

/* Shows a frame, sending what changed; parks or shows the cursor. */
void tty_show(struct tty *tty, const struct canvas *canvas, bool cursor);

/* Makes the next frame be sent whole. */
void tty_redraw(struct tty *tty);

/* True once SIGTERM or SIGHUP came: leave cleanly. */
bool tty_stopped(void);

#endif
