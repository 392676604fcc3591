#ifndef BITGROVE_UI_COLOUR_H
#define BITGROVE_UI_COLOUR_H

/*
 * Colours by number: COLOUR_DEFAULT is the terminal's own, 0 to 15 the ANSI
 * colours (whose shade belongs to the user), 16 to 255 the fixed cube and
 * greys of xterm. A terminal with fewer gets the nearest it has. Pure
 * functions; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#define COLOUR_DEFAULT (-1)

/*
 * "red", "bright-blue", "default" or a number up to 255. False if it is none
 * of these; *out is untouched then.
 */
bool colour_parse(const char *word, int *out);

/*
 * The nearest colour a terminal of `colours` colours shows: 256 and above
 * keep it, 16 to 255 give 0 to 15, 8 give 0 to 7, fewer COLOUR_DEFAULT.
 */
int colour_reduce(int colour, int colours);

/*
 * The number nearest to a colour, each part 0 to 255, among the cube and the
 * greys (256 colours) or the usual shades of ANSI 0 to 15 (16 colours).
 * Takes colours >= 16.
 */
int colour_nearest(int red, int green, int blue, int colours);

#endif
