#include <config.h>

#include "ui/remark.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app.h"

static void edit_release(struct edit *edit)
{
    free(edit->ids);
    free(edit->note.item);
    free(edit->note.text);
    free(edit->note.author);
    free(edit->text);
    free(edit->author);
}

void edits_release(struct edits *edits)
{
    for (int i = 0; i < edits->count; i++)
        edit_release(&edits->items[i]);
    free(edits->items);
    memset(edits, 0, sizeof(*edits));
}

static void remember(struct app *app, const struct edit *edit)
{
    struct edits *edits = &app->edits;

    ARRAY_GROW(edits->items, edits->count, edits->room);
    edits->items[edits->count++] = *edit;
}

const char *remark_author(const struct app *app)
{
    const struct passwd *entry;
    const char *user;

    if (app->author && app->author[0])
        return app->author;
    entry = getpwuid(getuid());
    user = getenv("USER");
    return entry ? entry->pw_name : user ? user : "";
}

/* Ends the transaction as `status` says. */
static enum status finish(struct app *app, enum status status, struct err *err)
{
    if (status == OK)
        status = catalogue_commit(app->world.cat, err);
    if (status != OK)
        catalogue_rollback(app->world.cat);
    return status;
}

/* ---- tags ---- */

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool has_tag(int64_t id, const int64_t *tagged, size_t n)
{
    return n > 0 && bsearch(&id, tagged, n, sizeof(id), compare_ids);
}

/* Keeps the images that lack the tag, or all of them when none does; true if
 * it is to be put on. tagged: (n) those that have it, ascending. */
static bool keep(struct edit *edit, const int64_t *tagged, size_t n)
{
    int lack = 0;

    for (int i = 0; i < edit->count; i++)
        lack += !has_tag(edit->ids[i], tagged, n);
    if (lack == 0)
        return false;
    lack = 0;
    for (int i = 0; i < edit->count; i++)
        if (!has_tag(edit->ids[i], tagged, n))
            edit->ids[lack++] = edit->ids[i];
    edit->count = lack;
    return true;
}

/* The marked images, else the one under the cursor; *count 0 if there is none,
 * which the message says. The caller frees them. */
static int64_t *tagged_things(struct app *app, int *count)
{
    int marked = marks_of_kind(&app->marks, TARGET_IMAGE);
    int64_t *ids = mem_zalloc((size_t)marked + 1, sizeof(*ids));
    struct target target;

    *count = 0;
    for (int i = 0; i < app->marks.count; i++)
        if (app->marks.items[i].kind == TARGET_IMAGE)
            ids[(*count)++] = app->marks.items[i].id;
    if (*count > 0)
        return ids;
    app_subject(app, &target);
    if (app->marks.count > 0)
        app_message(app, "a tag is for an image, and none is marked; U takes "
                         "the marks off");
    else if (target.kind != TARGET_IMAGE)
        app_message(app, "a tag is for an image: i shows those of a class");
    else
        ids[(*count)++] = target.id;
    return ids;
}

static enum status set_tags(struct app *app, const struct edit *edit, bool on,
                            struct err *err)
{
    enum status status = catalogue_begin(app->world.cat, err);

    for (int i = 0; status == OK && i < edit->count; i++)
        status = tag_set(app->world.cat, edit->ids[i], edit->text, on, err);
    return finish(app, status, err);
}

void remark_tag(struct app *app, const char *name)
{
    struct edit edit = {.kind = EDIT_TAG, .on = false};
    int64_t *tagged = NULL;
    struct err err;
    size_t n = 0;

    if (name[0] == '\0') {
        app_message(app, "name the tag: :tag NAME");
        return;
    }
    if (tag_images(app->world.cat, name, &tagged, &n, &err) != OK) {
        app_error(app, &err);
        return;
    }
    edit.ids = tagged_things(app, &edit.count);
    edit.on = keep(&edit, tagged, n);
    free(tagged);
    edit.text = mem_strdup(name);
    if (edit.count == 0) {
        edit_release(&edit);
        return;
    }
    if (set_tags(app, &edit, edit.on, &err) != OK) {
        app_error(app, &err);
        edit_release(&edit);
        return;
    }
    remember(app, &edit);
    app_reload(app);
    if (edit.count == 1)
        app_message(app,
                    edit.on ? "image %" PRId64 " tagged %s"
                            : "image %" PRId64 " no longer %s",
                    edit.ids[0], name);
    else
        app_message(app, edit.on ? "%d images tagged %s" : "%d no longer %s",
                    edit.count, name);
}

/* ---- notes ---- */

/* A note hangs on the row's id, so it stays when names change. */
static bool note_place(const struct app *app, struct note_row *row)
{
    static const enum note_target kinds[] = {[TARGET_MODEL] = NOTE_MODEL,
                                             [TARGET_CLASS] = NOTE_CLASS,
                                             [TARGET_IMAGE] = NOTE_IMAGE,
                                             [TARGET_BIT] = NOTE_BIT,
                                             [TARGET_NODE] = NOTE_NODE};
    struct target target;
    struct str item = STR_INIT;

    app_subject(app, &target);
    if (target.kind == TARGET_NONE || target.kind > TARGET_NODE)
        return false;
    row->target = kinds[target.kind];
    if (target.kind != TARGET_CLASS && target.kind != TARGET_IMAGE)
        row->model_id = app->world.model ? app->world.model->id : 0;
    if (target.kind == TARGET_NODE)
        str_addf(&item, "%llx", (unsigned long long)target.key);
    else
        str_addf(&item, "%lld", (long long)target.id);
    row->item = str_take(&item);
    return true;
}

/* The newest note on the thing of *row, into it; id 0 if there is none. */
static enum status newest_note(struct app *app, struct note_row *row,
                               struct err *err)
{
    struct note_list list;

    if (note_all(app->world.cat, row->model_id, row->target, row->item, &list,
                 err) != OK)
        return err->status;
    row->id = 0;
    if (list.count > 0) {
        const struct note_row *last = &list.items[list.count - 1];

        free(row->text);
        free(row->author);
        row->id = last->id;
        row->model_id = last->model_id;
        row->written_at = last->written_at;
        row->text = mem_strdup(last->text);
        row->author = mem_strdup(last->author);
    }
    note_list_release(&list);
    return OK;
}

/* Adds the note and learns its id. */
static enum status add_note(struct app *app, struct note_row *row,
                            struct err *err)
{
    enum status status = catalogue_begin(app->world.cat, err);

    if (status == OK)
        status = note_add(app->world.cat, row, err);
    if (status == OK)
        status = newest_note(app, row, err);
    return finish(app, status, err);
}

void remark_note(struct app *app, const char *text)
{
    struct edit edit = {.kind = EDIT_NOTE, .on = true};
    struct err err;

    if (text[0] == '\0') {
        app_message(app, "write the note after it: :note TEXT");
        return;
    }
    if (!note_place(app, &edit.note)) {
        app_message(app, "there is nothing under the cursor to note");
        return;
    }
    edit.note.text = mem_strdup(text);
    edit.note.author = mem_strdup(remark_author(app));
    edit.note.written_at = clock_wall();
    if (add_note(app, &edit.note, &err) != OK) {
        app_error(app, &err);
        edit_release(&edit);
        return;
    }
    remember(app, &edit);
    app_reload(app);
    app_message(app, "noted");
}

void remark_delete_note(struct app *app)
{
    struct edit edit = {.kind = EDIT_NOTE, .on = false};
    enum status status = OK;
    struct err err;

    if (note_place(app, &edit.note))
        status = newest_note(app, &edit.note, &err);
    if (status == OK && edit.note.id)
        status = note_delete(app->world.cat, edit.note.id, &err);
    if (status != OK || !edit.note.id) {
        if (status != OK)
            app_error(app, &err);
        else
            app_message(app, "there is no note on what is under the cursor");
        edit_release(&edit);
        return;
    }
    remember(app, &edit);
    app_reload(app);
    app_message(app, "note deleted: %s", edit.note.text);
}

/* ---- captions ---- */

void remark_caption(struct app *app, const char *text)
{
    const struct caption_list *captions = &app->world.captions;
    struct edit edit = {.kind = EDIT_CAPTION};
    struct target target;
    const char *old = NULL, *author = NULL;
    struct err err;

    app_subject(app, &target);
    if (target.kind != TARGET_BIT || !app->world.model) {
        app_message(app, "a caption is for a bit: open Bits with B");
        return;
    }
    edit.bit = (int)target.id;
    edit.model = app->world.model->id;
    if (captions->text && edit.bit < captions->bits) {
        old = captions->text[edit.bit];
        author = captions->author[edit.bit];
    }
    edit.text = mem_strdup(old ? old : "");
    edit.author = mem_strdup(author ? author : "");
    if (caption_set(app->world.cat, edit.model, edit.bit, text,
                    remark_author(app), &err) != OK) {
        app_error(app, &err);
        edit_release(&edit);
        return;
    }
    remember(app, &edit);
    app_reload(app);
    app_message(app,
                text[0] ? "caption of bit %d set" : "caption of bit %d removed",
                edit.bit);
}

/* ---- undo ---- */

static enum status take_back(struct app *app, struct edit *edit,
                             struct err *err)
{
    switch (edit->kind) {
    case EDIT_TAG:
        return set_tags(app, edit, !edit->on, err);
    case EDIT_NOTE:
        if (edit->on)
            return note_delete(app->world.cat, edit->note.id, err);
        return add_note(app, &edit->note, err);
    case EDIT_CAPTION:
        return caption_set(app->world.cat, edit->model, edit->bit, edit->text,
                           edit->author, err);
    }
    return OK;
}

static void say_undone(struct app *app, const struct edit *edit)
{
    switch (edit->kind) {
    case EDIT_TAG:
        app_message(app, "undone: %d image%s %s %s", edit->count,
                    edit->count == 1 ? "" : "s",
                    edit->on ? "no longer" : "tagged", edit->text);
        break;
    case EDIT_NOTE:
        app_message(app,
                    edit->on ? "undone: the note is gone: %s"
                             : "undone: the note is there again: %s",
                    edit->note.text);
        break;
    case EDIT_CAPTION:
        app_message(app, "undone: the caption of bit %d is '%s'", edit->bit,
                    edit->text);
        break;
    }
}

void remark_undo(struct app *app)
{
    struct edit edit;
    struct err err;

    if (app->edits.count == 0) {
        app_message(app, "nothing to undo: tags, notes and captions written "
                         "since the start can be");
        return;
    }
    edit = app->edits.items[--app->edits.count];
    if (take_back(app, &edit, &err) != OK) {
        app_error(app, &err);
    } else {
        app_reload(app);
        say_undone(app, &edit);
    }
    edit_release(&edit);
}
