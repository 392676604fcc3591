#ifndef BITGROVE_UI_TERMASK_H
#define BITGROVE_UI_TERMASK_H

/*
 * What a terminal can do, asked of itself. The questions are sent once; the
 * answers come among the keys, whenever they like, and termask_feed() takes
 * them out again, with whatever else is no key: a control sequence that
 * nobody asked for, garbage, one that never ends. Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A sequence is over when so many milliseconds passed without a byte, or
 * after so many bytes: then what follows are keys again. */
#define TERMASK_GAP_MS 100
#define TERMASK_LONG   4096

struct termask {
    bool kitty, iterm, sixel;    /* shows such pictures */
    bool sync;                   /* shows a frame at once: DEC mode 2026 */
    int cell_width, cell_height; /* pixels of a cell; 0 if not said */
    bool complete;               /* the last answer has come */

    int state; /* of the sequence under way; 0: none */
    char text[256];
    size_t length;    /* of text; what is longer is no answer of ours */
    size_t bytes;     /* of the sequence */
    int64_t heard_at; /* when its last byte came, in milliseconds */
};

void termask_init(struct termask *ask);

/*
 * Appends the questions that a terminal called `term` (TERM) understands or
 * at least keeps quiet about; none for old ones. inside: tmux or screen.
 */
void termask_questions(struct str *out, const char *term, bool inside);

/* An escape came, and after it `code`, at once. True if the two begin a
 * sequence, which is to be fed from now on. */
bool termask_begin(struct termask *ask, int code, int64_t now);

/*
 * A character came at `now`, a monotonic time in milliseconds. True if it
 * belongs to a sequence; false if it is a key, of which there are none
 * within one.
 */
bool termask_feed(struct termask *ask, int code, int64_t now);

#endif
