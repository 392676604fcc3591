#ifndef BITGROVE_CLI_CONSOLE_H
#define BITGROVE_CLI_CONSOLE_H

/*
 * What the command line may assume of the terminal it prints to, and text fit
 * for it. The explorer has its own (ui/); this needs no ncurses. Main thread.
 */

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/* Reads locale and environment. Call once, first. */
void console_init(void);

/* The locale's characters are UTF-8: lines and blocks may be drawn. */
bool console_utf8(void);

/* Standard output is a terminal, NO_COLOR is unset, TERM is not dumb. */
bool console_colour(void);

/* 24-bit colours may be used (COLORTERM says so). */
bool console_truecolour(void);

/* Columns of the terminal behind the stream ($COLUMNS first); 0: no limit,
 * because it is no terminal. */
int console_columns(FILE *stream);

/*
 * Appends a name from outside as it may be shown: utf8_escape(), and in a
 * locale without UTF-8 every character beyond ASCII as \u{HHHH}.
 */
void console_name(struct str *out, const char *text);

/* The same for text that was escaped already, such as a label. */
void console_label(struct str *out, const char *escaped);

/*
 * A sentence of ours with names in it, some of them escaped already: what a
 * terminal would obey is escaped, backslashes are left single.
 */
void console_message(struct str *out, const char *text);

/*
 * Prints "head", `indent` columns wide, and the text, which is escaped but may
 * be beyond the locale; "-" for an empty one. On a terminal the text is broken
 * at blanks, its further lines begun with as many blanks.
 */
void console_entry(const char *head, int indent, const char *text);

/* Writes to standard error, "bitgrove: " before it, a newline after it. */
void console_say(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
