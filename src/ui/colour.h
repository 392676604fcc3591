#ifndef BITGROVE_UI_COLOUR_H
#define BITGROVE_UI_COLOUR_H

/*
 * Colours by number: COLOUR_DEFAULT is the terminal's own, 0 to 15 the ANSI
 * colours (whose shade belongs to the user), 16 to 255 the fixed cube and
 * greys of xterm, colour_rgb() any shade. A terminal with fewer gets the
 * nearest it has. Pure functions; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#define COLOUR_DEFAULT (-1)

/* How many colours a terminal has that shows every shade. */
#define COLOUR_TRUE (1 << 24)

/* Parts from 0 to 255. */
int colour_rgb(int red, int green, int blue);

/* The parts, of ANSI 0 to 15 as xterm has them; false of COLOUR_DEFAULT. */
bool colour_parts(int colour, int rgb[3]);

/*
 * "red", "bright-blue", "default", a number up to 255 or "#rrggbb". False if
 * it is none of these; *out is untouched then.
 */
bool colour_parse(const char *word, int *out);

/*
 * What a terminal of `colours` colours shows for it: 256 give the nearest
 * shade; 16 to 255 one of 0 to 15 and 8 one of 0 to 7, of the same hue, so
 * that what differs goes on to differ; fewer COLOUR_DEFAULT.
 */
int colour_reduce(int colour, int colours);

/*
 * The number nearest to a colour, each part 0 to 255: the shade itself
 * (COLOUR_TRUE), or one among the cube and the greys (256 colours) or the
 * usual shades of ANSI 0 to 15 (16 colours). Takes colours >= 16.
 */
int colour_nearest(int red, int green, int blue, int colours);

#endif
