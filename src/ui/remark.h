#ifndef BITGROVE_UI_REMARK_H
#define BITGROVE_UI_REMARK_H

/*
 * What people say about things from the explorer: tags, notes, captions. Each
 * is one transaction of the catalogue and one entry of a list of edits, kept
 * in memory until the explorer ends, that `undo` takes back from the newest
 * on. Failures and what was done become the message. The user interface's
 * thread.
 */

#include "base/str.h"
#include "catalogue/notes.h"

struct app;

enum edit_kind { EDIT_TAG, EDIT_NOTE, EDIT_CAPTION };

/* How an edit is taken back. */
struct edit {
    enum edit_kind kind;
    bool on;      /* the tag was put on, the note added */
    int64_t *ids; /* of the images whose tag changed; owned */
    int count;
    struct note_row note; /* the note; its id while it is there; owned */
    int64_t model;        /* of a caption, and its bit */
    int bit;
    char *text, *author; /* the tag; the caption before and its author; owned */
};

struct edits {
    struct edit *items;
    int count, room;
};

void edits_release(struct edits *edits);

/* Tags the marked images, else the one under the cursor; takes the tag off
 * where all have it. */
void remark_tag(struct app *app, const char *name);

/* Notes on what is under the cursor. */
void remark_note(struct app *app, const char *text);
void remark_delete_note(struct app *app);

/* The caption of the bit under the cursor; "" removes it. */
void remark_caption(struct app *app, const char *text);

void remark_undo(struct app *app);

/* Who writes: the setting `author`, else the user's name. */
const char *remark_author(const struct app *app);

#endif
