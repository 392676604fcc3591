#ifndef BITGROVE_UI_PROMPT_H
#define BITGROVE_UI_PROMPT_H

/*
 * The line at the foot of the screen that takes text: a search, a command, a
 * caption. It edits and completes; whoever opened it is told of every change
 * and of the end through the two callbacks. History is kept a label.
 */

#include <stdbool.h>

#include "base/str.h"
#include "ui/pane.h"

struct prompt {
    bool open;
    char label[32];
    struct str text;
    size_t cursor; /* byte position in text */

    /* NULL or called after every change, and with NULL when given up. */
    void (*change)(void *context, const char *text);
    /* Called with the text on Enter, after the prompt was closed. */
    void (*done)(void *context, const char *text);
    /* NULL or appends the candidates for the text, one a line, each the
     * whole text it would become. */
    void (*complete)(void *context, const char *text, struct str *out);
    void *context;

    char **history; /* "label text", newest last */
    int history_count, history_room, history_at;
    struct str candidates; /* of the completion under way */
    int candidate;         /* which of them is shown, or -1 */
};

void prompt_init(struct prompt *prompt);
void prompt_release(struct prompt *prompt);

/* Opens it with `text` already there; set the callbacks before. */
void prompt_open(struct prompt *prompt, const char *label, const char *text);
void prompt_cancel(struct prompt *prompt);

/* Answers with `text` as if it were typed, and Enter; history stays as it is. */
void prompt_answer(struct prompt *prompt, const char *text);

void prompt_key(struct prompt *prompt, int key);
void prompt_draw(const struct prompt *prompt, struct pane pane, int row);

#endif
