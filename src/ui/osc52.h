#ifndef BITGROVE_UI_OSC52_H
#define BITGROVE_UI_OSC52_H

/*
 * Text for the clipboard of the terminal, by the control sequence OSC 52 of
 * xterm ("ctlseqs", Operating System Commands, Ps = 52), which works over SSH.
 * Nothing answers, so nobody knows whether the terminal took it. Any thread.
 */

#include "base/err.h"
#include "base/str.h"

/* Bytes of text; in base 64 what xterm and tmux take of a sequence. */
#define OSC52_MOST 74994

/* Appends text with what no clipboard should hold (control characters, line
 * separators, marks that turn the direction, malformed bytes) as U+FFFD: what
 * is pasted into a shell runs nothing by itself. */
void osc52_harmless(struct str *out, const char *text);

/*
 * Appends the sequence that sends text. Within tmux it stands twice: for tmux
 * itself (set-clipboard on), and wrapped for the terminal around it
 * (allow-passthrough on). ERR_BAD_INPUT when the text is longer than
 * OSC52_MOST.
 */
MUST_USE enum status osc52_write(struct str *out, const char *text, bool tmux,
                                 struct err *err);

#endif
