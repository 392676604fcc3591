#ifndef BITGROVE_BASE_UTF8_H
#define BITGROVE_BASE_UTF8_H

/*
 * Text from outside. Class names, file names, notes and tags can hold any
 * bytes, terminal escape sequences included; nothing of the kind may reach a
 * terminal raw. utf8_escape() is the one gate: what it returns is valid UTF-8
 * without control characters. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Decodes one character of text[0..n), n > 0; sets *code and returns the
 * bytes it takes. On a malformed or overlong sequence *code is the byte with
 * UTF8_BAD set and 1 is returned.
 */
#define UTF8_BAD 0x80000000u
size_t utf8_decode(const char *text, size_t n, uint32_t *code);

/* Appends the character to *out. code must be a scalar value. */
void utf8_encode(struct str *out, uint32_t code);

/*
 * Appends text to *out with C0, DEL and C1 controls, bidirectional overrides,
 * line separators and malformed bytes shown as \n, \t, \e, \xHH or \u{HHHH}
 * and a backslash doubled.
 */
void utf8_escape(struct str *out, const char *text);

/* Columns that a valid UTF-8 text takes: 0, 1 or 2 each (wcwidth). */
int utf8_width(const char *text);

/*
 * Appends as much of text as fits in `columns`, ending in "…" (or "~" when
 * ascii is true) if it was cut. Returns the columns used.
 */
int utf8_clip(struct str *out, const char *text, int columns, bool ascii);

#endif
